import Definitions
import EventModel
import Foundation
import Testing

@testable import Ingest

@Suite("Values of a mapping: parts of texts, computations, several texts of a row")
struct ValueTests {
    @Test(
        "A step takes a part, or leaves nothing where its mark is missing",
        arguments: [
            (TextStep.after(": "), "Agent: Budi: x", "Budi: x"), (.after(":"), "Budi", nil),
            (.before(" ("), "Budi (Solo) (x)", "Budi"), (.before("("), "Budi", nil),
            (.part(2, of: ";"), "a;b;c", "b"), (.part(-1, of: ";"), "a;b;c", "c"),
            (.part(4, of: ";"), "a;b;c", nil), (.part(-4, of: ";"), "a;b;c", nil),
            (.part(1, of: ", "), "a", "a"), (.part(2, of: ";"), "a;;c", ""),
            (.remove("Value "), "Value 7", "7"), (.remove("Value "), "7", "7"),
            (.removeEnd(" min"), "7 min", "7"), (.removeEnd(" min"), "7", "7"),
            (.lower, "ÄB İ", "äb i̇"), (.upper, "straße", "STRASSE"),
            (.most(2), "e\u{301}öx", "e\u{301}ö"),
        ] as [(TextStep, String, String?)])
    func steps(step: TextStep, text: String, taken: String?) {
        #expect(step.taken(of: text) == taken)
    }

    /// A computation of columns `a` and `b`, with a time `t`.
    private func reckoned(_ text: String, round: Int? = nil, a: String = "", b: String = "") throws
        -> (text: String?, problem: String?)
    {
        let file = try mapped(
            """
            mapping: test
            source: desk
            time: {zone: UTC}
            numbers: {decimal: comma}
            times: {at: "{at}", late: "{late}", "late-2": {after: late, plus: {seconds: 1}}}
            case: "ticket/1"
            at: at
            events:
              - type: survey.answered
                data:
                  survey: s
                  kind: csat
                  score: 1
                  comment: {compute: "\(text)"\(round.map { ", round: \($0)" } ?? "")}
            """,
            "at;late;a;b\n2025-01-01T00:00:00Z;2025-01-01T00:01:30Z;\(a);\(b)\n")
        return (file.drafts.first?.text("comment"), file.rejections.first?.problem)
    }

    @Test("Expressions are exact, and rounded only where it is said")
    func computations() throws {
        for (text, round, a, b, expected) in [
            ("{a} * 60000", nil, "2,5", "", "150000"), ("({a} - 1) * 25", nil, "3", "", "50"),
            ("1 - 2 - 3", nil, "", "", "-4"), ("8 / 4 / 2", nil, "", "", "1"),
            ("2 + 3 * 4", nil, "", "", "14"), ("-{a} + 0.5", nil, "1", "", "-0,5"),
            ("{a} / {b}", 2, "2", "3", "0,67"), ("{a} / {b}", 0, "-5", "2", "-3"),
            ("{a} / {b}", nil, "1", "8", "0,125"), ("late - at", nil, "", "", "90000"),
            ("(late-2 - at) / 1000", nil, "", "", "91"), ("{a} * 2", nil, "", "", nil),
            ("{a} * 1.10", nil, "1.234,5", "", "1357,95"),
        ] as [(String, Int?, String, String, String?)] {
            let (found, problem) = try reckoned(text, round: round, a: a, b: b)
            #expect(
                found == expected && problem == nil, "\(text): \(found ?? "–") \(problem ?? "")")
        }
        for (text, a, b, words) in [
            ("{a} / {b}", "1", "3", "decimals without end"),
            ("{a} / {b}", "1", "0", "divides by nought"),
            ("{a} * 2", "x", "", "it is no number, in {a} * 2"),
            ("{a} * {a} * {a} * {a}", "9007199254740991", "", "is too large"),
        ] {
            let (_, problem) = try reckoned(text, a: a, b: b)
            #expect(problem?.contains(words) == true, "\(text): \(problem ?? "–")")
        }
    }

    @Test(
        "What can't be reckoned is said where the mapping is read",
        arguments: [
            "", "1 +", "(1", "1 2", "{a", "soon - at", "1..2 * 3", "1 % 2",
        ])
    func faults(text: String) {
        #expect(throws: DefinitionFaults.self) { try reckoned(text) }
    }

    @Test("An event is given for each column of a name, with its own time, text and id")
    func eachColumn() throws {
        let yaml = """
            mapping: jira
            source: desk
            time: {format: d/M/yyyy HH:mm, zone: UTC}
            values:
              written: {from: "{#each}", take: [{part: 1, of: ";"}]}
              author: {from: "{#each}", take: [{part: 2, of: ";"}]}
            times: {at: "{at}", said: "{written}"}
            case: "ticket/{no}"
            at: at
            events:
              - type: ticket.opened
                data: {origin: customer, channel: web}
              - type: message.posted
                each: {columns: Comment}
                when: {author: {not: bot}}
                at: said
                data: {direction: out, visibility: public, actor_kind: agent, actor: "{author}"}
            """
        let file = try mapped(
            yaml,
            """
            no,at,Comment,Comment,Comment
            1,1/7/2025 08:00,1/7/2025 09:00;Ana;"Hello",1/7/2025 09:30;bot;x,2/7/2025 10:00;Budi;Bye; bye
            2,1/7/2025 08:00,,,1/7/2025 09:00;Ana;Hello
            """)
        #expect(file.rejections.isEmpty)
        #expect(
            file.drafts.map {
                "\($0.subject) \($0.type) \($0.time.rfc3339.prefix(16)) \($0.text("actor") ?? "")"
            } == [
                "ticket/1 ticket.opened 2025-07-01T08:00 ",
                "ticket/1 message.posted 2025-07-01T09:00 Ana",
                "ticket/1 message.posted 2025-07-02T10:00 Budi",
                "ticket/2 ticket.opened 2025-07-01T08:00 ",
                "ticket/2 message.posted 2025-07-01T09:00 Ana",
            ])
        #expect(Set(file.drafts.map(\.id)).count == 5)
        // A column more in a later export makes no other events.
        let later = try mapped(
            yaml, "no,at,Comment,Comment\n2,1/7/2025 08:00,1/7/2025 09:00;Ana;Hello,\n")
        #expect(later.drafts.map(\.id) == file.drafts.suffix(2).map(\.id))
    }

    @Test("An event is given for each piece of a text; a refused piece refuses the row")
    func eachPiece() throws {
        let file = try mapped(
            """
            mapping: tags
            source: desk
            time: {zone: UTC}
            times: {at: "{at}"}
            case: "ticket/{no}"
            at: at
            events:
              - type: ticket.escalated
                each: {text: "{tags}", between: ","}
                when: {"#each": [l2, l3, l?]}
                data: {trigger: agent, to_level: {from: "{#each}", take: [{remove: l}]}}
            """,
            """
            no;at;tags
            1;2025-01-01T00:00:00Z;vip, l2 ,l3
            2;2025-01-01T00:00:00Z;vip
            3;2025-01-01T00:00:00Z;l2,l?
            4;;vip
            """)
        #expect(file.drafts.map { $0.subject } == ["ticket/1", "ticket/1"])
        #expect(file.rejections.map(\.line) == [4])
    }

    @Test("A text that is cut is told")
    func cut() throws {
        let file = try mapped(
            """
            mapping: cut
            source: desk
            time: {zone: UTC}
            times: {at: "{at}"}
            case: "ticket/{no}"
            at: at
            events:
              - type: ticket.opened
                data: {origin: customer, channel: web, category: {from: "{subject}", take: [{most: 5}]}}
            """,
            "no;at;subject\n1;2025-01-01T00:00:00Z;short\n2;2025-01-01T00:00:00Z;longer\n")
        #expect(file.drafts.map { $0.text("category") } == ["short", "longe"])
        #expect(
            file.doubts.map(\.kind) == [.textCut] && file.doubts.map(\.attribute) == ["category"])
    }

    private func read(
        _ yaml: String, settings: [String: String] = [:], tables: [String: String] = [:]
    ) throws -> Mapping {
        var surroundings = surroundings(files: ["u.csv": "id,name\n1,Budi\n"])
        surroundings.settings = settings
        surroundings.tables = tables.mapValues { ("given.csv", Array($0.utf8)) }
        return try Mapping.read(yaml, file: "test.yaml", in: surroundings)
    }

    private static let given = """
        mapping: given
        source: desk
        time: {zone: UTC}
        constants: {month: ~, site: Solo}
        lookups: {users: {file: u.csv, key: id, value: name, otherwise: skip}}
        times: {at: "{month}-01"}
        case: "ticket/{#file}/{#row}"
        at: at
        events:
          - type: ticket.opened
            data: {origin: customer, channel: web, category: "{site}"}
          - type: ticket.assigned
            data: {agent: {from: "{u}", lookup: users}}
        """

    @Test(
        "Constants and lookup files come with the command; the file and the row say what they are")
    func given() throws {
        func drafts(_ mapping: Mapping) throws -> [EventDraft] {
            try MappedFile(
                mapping, InputSource(bytes: Array("u\n1\n2\n".utf8), name: "in/July.csv")
            ).drafts
        }
        let plain = try read(ValueTests.given, settings: ["month": "2025-07"])
        let first = try drafts(plain)
        #expect(first.map(\.subject).first == "ticket/July.csv/1")
        #expect(first[0].time.rfc3339 == "2025-07-01T00:00:00.000Z")
        #expect(first.compactMap { $0.text("agent") } == ["Budi"])
        let other = try read(
            ValueTests.given, settings: ["month": "2025-08", "site": "Bali"],
            tables: ["users": "id,name\n2,Ayu\n"])
        let second = try drafts(other)
        #expect(second[0].text("category") == "Bali")
        #expect(second.compactMap { $0.text("agent") } == ["Ayu"])
        #expect(plain.contents != other.contents)
    }

    @Test("A constant that isn't said, and one that isn't there, are faults with what to type")
    func unsaid() {
        func fault(_ settings: [String: String], _ tables: [String: String] = [:]) -> String {
            do {
                _ = try read(ValueTests.given, settings: settings, tables: tables)
                return ""
            } catch { return "\(error)" }
        }
        #expect(fault([:]).contains("--set month=TEXT"))
        #expect(fault(["month": "1", "mnth": "2"]).contains("no constant \"mnth\""))
        #expect(fault(["month": "1"], ["user": ""]).contains("no lookup \"user\""))
    }
}
