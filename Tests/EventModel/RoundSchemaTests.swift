import EventModel
import Testing

@Suite("Schemas of answers: what a version may not take from a round")
struct RoundSchemaTests {
    private func schema(version: Int, _ fields: String, required: String) throws -> EventSchema {
        try EventSchema(
            jsonSchema: """
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "cloudevent.json",
                 "title": "Poll", "type": "object", "x-version": \(version),
                 "properties": {"type": {"const": "poll.answered"},
                   "subject": {"pattern": "^respondent/."},
                   "data": {"type": "object", "additionalProperties": false,
                     "properties": {\(fields)}, "required": [\(required)]}}}
                """)
    }

    private let survey =
        #""survey": {"type": "string", "x-column": "name", "x-round": "survey"}"#
    private let team = #""team": {"type": "string", "x-column": "name", "x-round": "group"}"#

    private func number(_ name: String, _ role: String) -> String {
        #""\#(name)": {"type": "integer", "x-column": "integer", "x-round": "\#(role)"}"#
    }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("An answer is required, and a type has one group")
    func first() throws {
        let optional = problem {
            _ = try schema(
                version: 1, "\(survey), \(number("a", "answer"))", required: #""survey""#)
        }
        #expect(optional.contains("belongs to a required field"), "\(optional)")
        let other = team.replacing("team", with: "site")
        let groups = problem {
            _ = try schema(version: 1, "\(survey), \(team), \(other)", required: #""survey""#)
        }
        #expect(groups.contains("more than one group"), "\(groups)")
    }

    @Test("No version leaves out a field of a round, or adds an answer")
    func later() throws {
        let answer = number("a", "answer")
        let first = try schema(
            version: 1, "\(survey), \(team), \(answer)", required: #""survey", "a""#)
        let without = try schema(version: 2, "\(survey), \(team)", required: #""survey""#)
        #expect(problem { _ = try first.evolved(to: without) }.contains("must stay"))
        let ungrouped = try schema(version: 2, "\(survey), \(answer)", required: #""survey", "a""#)
        #expect(problem { _ = try first.evolved(to: ungrouped) }.contains("must stay"))
        let more = try schema(
            version: 2, "\(survey), \(team), \(answer), \(number("b", "answer"))",
            required: #""survey", "a", "b""#)
        #expect(problem { _ = try first.evolved(to: more) }.contains("comes too late"))
        let same = try schema(
            version: 2, "\(survey), \(team), \(answer), \"note\": {\"type\": \"string\"}",
            required: #""survey", "a""#)
        #expect(problem { _ = try first.evolved(to: same) } == "")
    }
}
