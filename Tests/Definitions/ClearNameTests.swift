import EventModel
import Shipped
import Testing

@testable import Definitions

/// Method: a name of a person is put at every place of a definition where a value can stand; a value of
/// a field that names nobody, a name that was published and a definition that the log has pass.
@Suite("Definitions name nobody in clear")
struct ClearNameTests {
    private static let projection = """
        projection: p
        version: 1
        title: P
        of: ticket
        let:
          opened: {first: ticket.opened}
        fact: opened
        when: {}
        dimensions: {agent: latest agent, customer: latest customer, team: latest team}
        measures: {wait: {from: opened, to: opened}}

        """
    private static let kpi = """
        kpi: k
        version: 1
        title: K
        group: operational
        unit: count
        better: lower
        value: count(p)

        """

    private func said(_ text: String, published: [String]? = []) throws -> [String] {
        var reader = DefinitionReader(
            types: try EventTypes.shipped(texts: Shipped.texts(in: "events")))
        if let published { reader.isPublishedName = { published.contains($0) } }
        do throws(DefinitionFaults) {
            _ = try reader.read(text, file: "d.yaml")
            return []
        } catch {
            return error.faults.map(\.what)
        }
    }

    private static let fault =
        "\"Ratna\" would be a person's name in clear, which nobody could erase"

    @Test(
        "A person's name is refused, once, wherever it stands",
        arguments: [
            ("first: ticket.opened}", "first: ticket.opened, where: {customer: Ratna}}"),
            ("first: ticket.opened}", "first: ticket.opened, where: {customer: {not: Ratna}}}"),
            ("first: ticket.opened}", "first: ticket.opened, where: {customer: [Ratna, '']}}"),
            ("when: {}", "when: {latest agent: Ratna}"),
            ("when: {}", "when: {opened.customer: {is: Ratna}}"),
            ("value: count(p)", "value: count(p[agent=Ratna])"),
            ("value: count(p)", "value: 100 * count(p[customer=Ratna|other,team=x]) / count(p)"),
        ])
    func refused(place: String, with name: String) throws {
        let text = (Self.projection + "---\n" + Self.kpi).replacing(place, with: name)
        let faults = try said(text)
        #expect(faults.contains(Self.fault), "\(faults)")
        #expect(faults.filter { $0 == Self.fault }.count == 1)
        let others = try said(text, published: ["Ratna", "other"])
        #expect(!others.contains { $0.contains("in clear") }, "\(others)")
        #expect(try !said(text, published: nil).contains { $0.contains("in clear") })
    }

    @Test("Teams, absence and comparisons with other fields name nobody")
    func accepted() throws {
        #expect(try said(Self.projection + "---\n" + Self.kpi) == [])
        for test in ["team: Ratna", "customer: present", "customer: {is: absent}"] {
            let text = Self.projection.replacing(
                "first: ticket.opened}", with: "first: ticket.opened, where: {\(test)}}")
            #expect(try said(text) == [], "\(test)")
        }
    }
}
