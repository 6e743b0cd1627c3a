import Definitions
import EventLog
import EventModel
import Foundation
import Ingest
import Recording
import Shipped
import Testing
import Vault

/// Method: small inputs in stores of their own; what is told of them is compared whole, when recording,
/// in a rehearsal beside it, and in what the log keeps of the import.
@Suite("Doubtful is not silent: what an import tells")
struct DoubtTests {
    private let now = Instant(milliseconds: 1_767_574_800_000)

    private func event(
        _ id: String, _ type: String, _ subject: String, _ time: String, _ data: String,
        more: String = ""
    ) -> String {
        let usual = type == "ticket.opened" ? "\"channel\":\"email\",\"origin\":\"customer\"" : ""
        let data = usual + (usual.isEmpty || data.isEmpty ? "" : ",") + data
        return """
            {"specversion":"1.0","id":"\(id)","source":"test","type":"\(type)",\
            "subject":"\(subject)","time":"\(time)"\(more),"data":{\(data)}}
            """ + "\n"
    }

    private func answer(_ id: String, _ subject: String, _ score: Int, _ scale: String) -> String {
        event(
            id, "survey.answered", subject, "2025-07-14T08:00:00Z",
            "\"survey\":\"s\",\"kind\":\"csat\",\"score\":\(score)\(scale)")
    }

    private func state(_ id: String, _ status: String, _ sequence: String) -> String {
        event(
            id, "ticket.status_changed", "ticket/1", "2025-07-14T09:00:00Z",
            "\"status\":\"\(status)\"", more: ",\"sequence\":\"\(sequence)\"")
    }

    private func record(_ text: String, in store: LogStore) throws -> IngestOutcome {
        let now = now
        return try Import(into: store, clock: { now })
            .run(InputSource(bytes: Array(text.utf8), name: "input.ndjson"))
    }

    private func rehearse(_ text: String, in store: LogStore) throws -> IngestOutcome {
        let now = now
        var nothing = store.rehearsal()
        return try Import(into: store, clock: { now }).rehearse(
            InputSource(bytes: Array(text.utf8), name: "input.ndjson"), through: nil,
            after: &nothing
        ) { _, _ in }
    }

    private func kept(_ store: LogStore) throws -> [String] {
        try store.read { view in
            guard let id = try view.caseID("log/ingest") else { return [] }
            return try view.caseHistory(id).compactMap {
                let entry = try JSONValue(
                    parsing: String(decoding: view.revealedEntry($0), as: UTF8.self))
                guard case .string(let text)? = entry["data"]?["doubts"] else { return nil }
                return text
            }
        }
    }

    @Test("Scores off their scale are counted; one without a scale is not judged")
    func offScale() throws {
        let scale = ",\"scale_minimum\":1,\"scale_maximum\":5"
        let text =
            answer("1", "ticket/1", 5, scale) + answer("2", "ticket/2", 1000, scale)
            + answer("3", "ticket/3", 0, scale) + answer("4", "ticket/4", 1000, "")
            + answer("5", "respondent/r", 1000, scale)
        let expected = [
            DoubtGroup(
                kind: .offScale, attribute: "data.score", count: 2, line: 2,
                cases: ["ticket/2", "ticket/3"]),
            DoubtGroup(kind: .offScale, attribute: "data.score", count: 1, line: nil),
        ]
        try withStore { (store: LogStore) throws -> Void in
            #expect(try rehearse(text, in: store).doubts == expected)
            #expect(try record(text, in: store).doubts == expected)
            // The log does not keep that somebody's answer was off its scale.
            #expect(
                try kept(store) == [
                    #"{"off_scale":{"cases":["ticket/2","ticket/3"],"count":2,"line":2}}"#
                ])
        }
    }

    @Test(
        "Points above their maximum are counted, field by field; those without one are not judged")
    func abovePoints() throws {
        func review(_ id: String, _ points: String) -> String {
            event(
                id, "quality.reviewed", "ticket/\(id)", "2025-07-14T08:00:00Z",
                "\"agent\":\"Budi\",\(points)")
        }
        let text =
            review("1", "\"score\":80,\"maximum\":100,\"competent\":5,\"criterion_maximum\":5")
            + review("2", "\"score\":101,\"maximum\":100")
            + review(
                "3", "\"score\":7,\"maximum\":5,\"proactive\":6,\"criterion_maximum\":5")
        let expected = [
            DoubtGroup(
                kind: .offScale, attribute: "data.proactive", count: 1, line: 3,
                cases: ["ticket/3"]),
            DoubtGroup(
                kind: .offScale, attribute: "data.score", count: 2, line: 2,
                cases: ["ticket/2", "ticket/3"]),
        ]
        try withStore { (store: LogStore) throws -> Void in
            #expect(
                try rehearse(text, in: store).doubts.filter { $0.kind == .offScale } == expected)
            #expect(try record(text, in: store).doubts.filter { $0.kind == .offScale } == expected)
            var details: [String] = []
            try store.read { view in
                try view.findDoubts(in: 0..<view.entryCount) {
                    if $0.kind == .offScale { details.append($0.detail) }
                }
            }
            #expect(
                details.sorted() == ["proactive 6 (0–5)", "score 101 (0–100)", "score 7 (0–5)"])
        }
    }

    @Test("Names are alike whatever fields say them, and each pair is told once")
    func alikeInFields() throws {
        func message(_ id: String, _ actor: String, _ kind: String) -> String {
            event(
                id, "message.posted", "ticket/1", "2025-07-14T08:00:00Z",
                "\"direction\":\"out\",\"visibility\":\"public\",\"actor_kind\":\"\(kind)\","
                    + "\"actor\":\"\(actor)\"")
        }
        let text =
            event(
                "o", "ticket.opened", "ticket/1", "2025-07-14T08:00:00Z",
                "\"agent\":\"Budi\",\"team\":\"Sales\",\"customer\":\"Ratna\"")
            + message("1", "budi", "agent") + message("2", "Budi", "agent")
            // A customer who is called like an agent is somebody else.
            + message("3", "BUDI", "customer") + message("4", "ratna", "customer")
            + event(
                "e", "ticket.escalated", "ticket/1", "2025-07-14T09:00:00Z",
                "\"trigger\":\"agent\",\"to_agent\":\"Bu\u{200b}di\",\"to_team\":\"sales\"")
            + event(
                "m", "agent.profile_set", "agent/c", "2025-07-14T09:00:00Z", "\"manager\":\"budi\"")
        let expected = [
            "agent: Budi · Bu\\u{200b}di · budi", "customer: Ratna · ratna", "team: Sales · sales",
        ]
        func alike(_ doubts: [DoubtfulCases]) -> [DoubtfulCases] {
            doubts.filter { $0.kind == .namesAlike }
        }
        try withStore { (store: LogStore) throws -> Void in
            let now = now
            var nothing = store.rehearsal()
            var cases: RehearsedCases? = RehearsedCases(store.types)
            _ = try Import(into: store, clock: { now }).rehearse(
                InputSource(bytes: Array(text.utf8), name: "input.ndjson"), through: nil,
                after: &nothing
            ) { batch, outcome in cases?.add(batch, outcome, now: now) }
            let rehearsed = try store.read { try cases?.doubts(in: $0) ?? [] }
            #expect(alike(rehearsed).map(\.count) == [3])
            #expect(alike(rehearsed).first?.first == expected)
            cases = nil
            let first = try store.read { $0.entryCount }
            _ = try record(text, in: store)
            var census = DoubtCensus()
            try store.read {
                try $0.countDoubts(in: first..<$0.entryCount, &census, isImport: true)
            }
            let told = try store.read { alike(try census.named(in: $0)) }
            #expect(told.map(\.count) == [3] && told.first?.first == expected, "\(told)")
        }
    }

    @Test("Events more than two minutes after their recording are counted, plans are not")
    func future() throws {
        func opened(_ id: String, _ milliseconds: Int64) -> String {
            event(
                id, "ticket.opened", "ticket/\(id)",
                Instant(milliseconds: now.milliseconds + milliseconds).rfc3339, "")
        }
        let text =
            opened("1", 120_000) + opened("2", 120_001)
            + event(
                "3", "shift.scheduled", "agent/sari", "2030-01-01T00:00:00Z",
                "\"length_milliseconds\":1000")
        try withStore { (store: LogStore) throws -> Void in
            let expected = [
                DoubtGroup(
                    kind: .future, attribute: "time", count: 1, line: 2, cases: ["ticket/2"])
            ]
            #expect(try record(text, in: store).doubts == expected)
        }
    }

    @Test("Numbers of different length that order events as text are counted, others are not")
    func widths() throws {
        let cases: [(lines: [String], count: Int)] = [
            ([state("a", "resolved", "9"), state("b", "open", "10")], 1),
            ([state("b", "open", "10"), state("a", "resolved", "9")], 1),
            ([state("a", "resolved", "09"), state("b", "open", "10")], 0),
            ([state("a", "resolved", "999999999"), state("b", "open", "9999999999")], 1),
            ([state("a", "resolved", "9"), state("b", "open", "v10")], 0),
        ]
        for (lines, count) in cases {
            try withStore { (store: LogStore) throws -> Void in
                let doubts = try record(lines.joined(), in: store).doubts
                #expect(
                    doubts.filter { $0.kind == .sequenceWidths }.map(\.count)
                        == (count > 0 ? [count] : []), "\(lines)")
                var found = 0
                try store.read { view in
                    try view.findDoubts(in: 0..<view.entryCount) {
                        if $0.kind == .sequenceWidths { found += 1 }
                    }
                }
                #expect(found == count, "\(lines)")
            }
        }
    }

    @Test("What is there already, or refused, is not told as doubtful again")
    func onlyRecorded() throws {
        let scale = ",\"scale_minimum\":1,\"scale_maximum\":5"
        let bad = answer("1", "ticket/1", 9, scale)
        try withStore { (store: LogStore) throws -> Void in
            #expect(try record(bad, in: store).doubts.count == 1)
            let again = bad + answer("1", "ticket/1", 8, scale) + answer("2", "ticket/2", 5, scale)
            let outcome = try record(again, in: store)
            #expect(outcome.counts.accepted == 1 && outcome.counts.refused == 1)
            #expect(outcome.doubts.isEmpty, "\(outcome.doubts)")
        }
    }

    @Test("A rehearsal says what recording says: repeats, conflicts, voids, own source, in order")
    func rehearsal() throws {
        func opened(_ id: String, _ source: String = "test", _ data: String = "") -> String {
            event(id, "ticket.opened", "ticket/\(id)", "2025-07-14T08:00:00Z", data)
                .replacing("\"source\":\"test\"", with: "\"source\":\"\(source)\"")
        }
        func void(_ id: String, of subject: String, _ number: String) -> String {
            event(
                "v\(number)", "event.voided", subject, "2025-07-14T09:00:00Z",
                "\"source\":\"test\",\"id\":\"\(id)\",\"reason\":\"x\"")
        }
        let inputs = [
            opened("1") + opened("2", "test", "\"agent\":\"Sari\""),
            // There already; another content; the same twice; another content in one input.
            opened("1") + opened("2", "test", "\"agent\":\"Budi\"") + opened("3") + opened("3")
                + opened("3", "test", "\"agent\":\"Budi\"") + opened("4", "test.example/log"),
            // Voids: of nothing, of another case, twice, and what frees its name.
            void("9", of: "ticket/9", "1") + void("1", of: "ticket/2", "2")
                + void("1", of: "ticket/1", "3") + void("1", of: "ticket/1", "4")
                + opened("1", "test", "\"agent\":\"Dewi\"") + opened("1")
                + opened("5") + void("5", of: "ticket/5", "5") + opened("5") + "no JSON\n",
            answer("6", "respondent/r", 3, "") + answer("6", "respondent/r", 4, "")
                + answer("6", "ticket/6", 4, ""),
        ]
        try withStore { (store: LogStore) throws -> Void in
            for input in inputs {
                let before = try store.read { $0.entryCount }
                let said = try rehearse(input, in: store)
                #expect(try store.read { $0.entryCount } == before, "nothing is recorded")
                let done = try record(input, in: store)
                #expect(said.counts.accepted == done.counts.accepted, "\(input)")
                #expect(said.counts.duplicates == done.counts.duplicates, "\(input)")
                #expect(said.refusals == done.refusals, "\(input)")
            }
        }
    }
}
