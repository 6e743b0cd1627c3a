import Definitions
import EventModel
import Shipped
import Testing

/// The shipped definitions, read and checked as an analyst's would be.
@Suite struct CatalogueTests {
    static let files = Shipped.paths(in: "catalogue").map {
        (path: $0, text: Shipped.text(of: $0) ?? "")
    }

    @Test func `The whole catalogue is read and checked`() throws {
        let library = DefinitionLibrary(types: vocabulary, files: Self.files)
        let all = try library.all()
        #expect(all.count > 40)
    }
}
