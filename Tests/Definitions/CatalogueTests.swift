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

@Suite struct PrintTests {
    @Test func `explained`() throws {
        let library = DefinitionLibrary(types: vocabulary, files: CatalogueTests.files)
        for name in ["reply", "csat", "backlog", "reopening"] {
            print(try library.projection(name)!.explanation, "\n")
        }
        for name in ["csat", "first_response_time", "nps", "escalation_rate", "sla_compliance"] {
            print(Definition.kpi(try library.kpi(name)!).explanation, "\n")
        }
    }
}
