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
        #expect(
            try windows("call_volume").ofMeasures == ["answered_in_time": 1, "first_contact": 7])
        #expect(try windows("purchase").ofMeasures == ["returning": 90])
        #expect(try windows("csat").ofMeasures.isEmpty)
    }

    @Test("What surveys accept keeps their answers open, and no other projection's facts")
    func fields() throws {
        let day: Int64 = 86_400_000
        func sent(_ binding: String) -> OpenWindows.FieldWindow {
            .init(
                field: FieldReference(binding: binding, field: "valid_days"),
                millisecondsPerUnit: day)
        }
        let types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        let library = DefinitionLibrary(types: types, files: Shipped.texts(in: "catalogue"))
        for name in library.projectionNames {
            let windows = try windows(name)
            let isAnswer = ["csat", "ces", "nps"].contains(name)
            #expect(windows.fieldsOfFacts == (isAnswer ? [sent("sent")] : []), "\(name)")
            let ofMeasures = name == "survey_invitation" ? ["answered": [sent("fact")]] : [:]
            #expect(windows.fieldsOfMeasures == ofMeasures, "\(name)")
            // Nothing is known of a window that no measure holds.
            let definition = try #require(try library.projection(name))
            for window in windows.fieldsOfFacts + windows.fieldsOfMeasures.values.flatMap({ $0 }) {
                #expect(
                    definition.measures.contains { $0.source == .number(window.field) }, "\(name)")
            }
        }
    }
}
