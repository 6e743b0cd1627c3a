import Definitions
import EventModel
import Testing

@testable import Querying
@testable import Rendering

/// Method: rows split by a dimension of every name that rows have parts of; read back by a parser that
/// refuses a name twice.
@Suite("A name stands once in a row")
struct RowNamesTests {
    /// An answer with targets and a comparison, split by some dimensions.
    private func answer(by names: [String]) -> Answer {
        let key = names.map { "of \($0)" }
        var row = Samples.row(
            key, [Samples.minutes(3, 2), Samples.nothing],
            before: [Samples.minutes(1, 1), Samples.nothing])
        row.targets = [.maximum(Fraction(60_000)), nil]
        return Samples.answer(
            columns: [Samples.response, Samples.satisfaction],
            dimensions: names.map { AnswerDimension(name: $0, kind: .text) }, rows: [row],
            totals: [row], compare: "2025-06")
    }

    private func members(_ value: JSONValue?) -> [JSONMember] {
        if case .object(let members)? = value { members } else { [] }
    }

    @Test("JSON of a dimension called like any of the rows' own parts has each name once")
    func json() throws {
        for name in RowNames.own.sorted() {
            let value = try JSONValue(parsing: answer(by: [name]).json())
            guard case .array(let rows)? = value["rows"] else { throw Missing() }
            #expect(rows.count == 2)
            for row in rows {
                #expect(row["dimension." + name] == .string("of \(name)"), "\(name)")
            }
        }
    }

    @Test("A heading of CSV has each name once, and every line as many cells")
    func csv() throws {
        let names = RowNames.own.sorted()
        let lines = answer(by: names).csv().split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(Set(lines[0]).count == lines[0].count)
        #expect(lines.allSatisfy { $0.count == lines[0].count })
        for name in names {
            let place = try #require(lines[0].firstIndex { $0 == "dimension." + name })
            #expect(lines[1][place] == "of \(name)")
        }
    }

    @Test("Every part that rows of figures have is among those that no dimension is called by")
    func own() throws {
        let value = try JSONValue(parsing: answer(by: ["team"]).json())
        guard case .array(let rows)? = value["rows"] else { throw Missing() }
        let keys = Set(rows.flatMap { members($0).map(\.key) } + members(value).map(\.key))
        #expect(
            keys.subtracting(RowNames.own).subtracting(["team", "rows", "compared_with"]) == [])
        let heading = answer(by: []).csv().split(separator: "\r\n")[0].split(separator: ",")
        #expect(Set(heading.map(String.init)).subtracting(RowNames.own) == [])
        #expect(RowNames.dimension("team") == "team")
        #expect(RowNames.dimension("reason") == "dimension.reason")
    }

    private struct Missing: Error {}
}
