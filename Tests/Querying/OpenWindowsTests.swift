import Definitions
import EventModel
import Shipped
import Testing

@testable import Querying

@Suite("Open windows: read off the shipped definitions")
struct OpenWindowsTests {
    private func windows(_ name: String) throws -> OpenWindows {
        let types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        let library = DefinitionLibrary(types: types, files: Shipped.texts(in: "catalogue"))
        return OpenWindows(try #require(try library.projection(name)))
    }

    @Test("Only measures that look past the fact keep a period open") func measures() throws {
        let resolution = try windows("first_resolution")
        #expect(resolution.ofFacts == 0)
        #expect(resolution.ofMeasures == ["first_contact": 7])
        #expect(try windows("call_volume").ofMeasures == ["first_contact": 7])
        #expect(try windows("purchase").ofMeasures == ["returning": 90])
        #expect(try windows("csat").ofMeasures.isEmpty)
    }
}
