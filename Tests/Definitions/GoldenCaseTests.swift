import Definitions
import EventModel
import Testing

/// Small cases, worked out by hand: events in, facts out, with the traps of each definition.
///
/// Events are written `TIME type field=value …`, facts `TIME name=value …` (`name=–` for a value
/// that must be absent; names not mentioned are not looked at).
@Suite struct GoldenCaseTests {
    struct Golden: CustomTestStringConvertible {
        var projection: String
        var name: String
        var events: String
        var facts: String
        var testDescription: String { "\(projection): \(name)" }
    }

    private static func event(_ line: Substring) throws -> SampleEvent {
        let words = line.split(separator: " ")
        let type = String(words[1])
        let schema = try #require(vocabulary[type], "\(line)")
        var fields: [String: Scalar] = [:]
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(
                String.init)
            let column = try #require(schema.columns.first { $0.name == parts[0] }, "\(line)")
            fields[parts[0]] =
                switch column.column {
                case .integer: .integer(try #require(Int64(parts[1])))
                case .boolean: .boolean(parts[1] == "true")
                default: .text(parts[1])
                }
        }
        let time = try #require(DurationText.milliseconds(String(words[0])), "\(line)")
        return SampleEvent(type: type, time: time, fields: fields)
    }

    @Test(arguments: cases)
    func `A case gives the facts worked out by hand`(_ golden: Golden) throws {
        let definition = try #require(try CatalogueTests.library().projection(golden.projection))
        let events = try golden.events.split(separator: "\n").map { try Self.event($0) }
        let facts = ReferenceEvaluator(definition, events, calendars: Self.calendars).facts()
        let expected = golden.facts.split(separator: "\n")
        let found = facts.map { fact in
            "\(fact.sign < 0 ? "−" : "")\(DurationText.text(fact.time).replacing(" ", with: "")) "
                + fact.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
        }
        #expect(facts.count == expected.count, "\(found)")
        for (fact, line) in zip(facts, expected) {
            let words = line.split(separator: " ")
            let time =
                (fact.sign < 0 ? "−" : "") + DurationText.text(fact.time).replacing(" ", with: "")
            #expect(time == String(words[0]), "\(found)")
            for word in words.dropFirst() {
                let parts = word.split(separator: "=").map(String.init)
                #expect((fact.values[parts[0]] ?? "–") == parts[1], "\(parts[0]): \(found)")
            }
        }
    }
}
