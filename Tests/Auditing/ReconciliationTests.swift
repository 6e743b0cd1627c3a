import Auditing
import Definitions
import EventLog
import EventModel
import Foundation
import Ingest
import Recording
import Testing
import Vault

/// Method: a small list is recorded through its mapping, altered and held against the log again, one alteration
/// at a time; a seed draws which.
@Suite("A source's list held against the log")
struct ReconciliationTests {
    private static let mapping = """
        mapping: m
        source: crm
        time: {format: yyyy-MM-dd HH:mm}
        times: {opened: "{opened}", solved: "{solved}"}
        case: "ticket/{id}"
        at: opened
        events:
          - {type: ticket.opened, data: {channel: "{channel}", origin: customer, agent: "{agent}"}}
          - {type: ticket.status_changed, at: solved, data: {status: resolved, actor_kind: agent}}
        """

    private func mapping(_ log: LogStore) throws -> Mapping {
        try Mapping.read(
            Self.mapping, file: "m.yaml",
            in: MappingSurroundings(types: log.types, storeZone: .utc, zone: { _ in nil }))
    }

    private func source(_ rows: [[String]]) -> InputSource {
        let lines = [["id", "opened", "solved", "channel", "agent"]] + rows
        let text = lines.map { $0.joined(separator: ",") + "\n" }.joined()
        return InputSource(bytes: Array(text.utf8), name: "list.csv")
    }

    private func log(_ rows: [[String]]) throws -> AuditedLog {
        let audited = try AuditedLog(now: "2025-10-01T00:00:00Z")
        let now = audited.now
        let outcome = try Import(into: audited.log, clock: { now })
            .run(source(rows), through: mapping(audited.log))
        #expect(outcome.counts.refused == 0)
        return audited
    }

    private func reconcile(
        _ rows: [[String]], with audited: AuditedLog, period: String = "2025-07",
        tokens: Bool = false
    ) throws -> Reconciliation.Outcome {
        let folder =
            FileManager.default.temporaryDirectory.path + "/rekam-list-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scratch = try LogStore.create(
            at: folder, origin: "list", types: audited.log.types,
            seed: Array(repeating: 0, count: 32), salts: .counting(), isDurable: false)
        let now = audited.now
        var work = try Reconciliation(
            of: audited.log, in: Period(period, today: Day(number: 0)), zone: .utc, scratch: scratch
        )
        work.showsTokens = tokens
        return try work.run(source(rows), through: mapping(audited.log), clock: { now })
    }

    private let rows = (1...20).map {
        [
            "T\($0)", "2025-07-\($0 + 9) 08:00", "2025-07-\($0 + 9) 1\($0 % 10):00", "email",
            "Agen \($0 % 3)",
        ]
    }

    private func said(_ outcome: Reconciliation.Outcome) -> [String] {
        outcome.findings.map {
            [$0.verdict.rawValue, $0.subject, $0.type, $0.field].joined(separator: " ")
        }
    }

    @Test("Whatever is altered in a list is found, and nothing else", arguments: 1...12)
    func altered(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let audited = try log(rows)
        #expect(try reconcile(rows, with: audited).agrees, "seed \(seed)")
        let alterations: [(String, ([[String]], Int) -> [[String]])] = [
            (
                "missing_there TICKET  ",
                { list, place in
                    var list = list
                    list.remove(at: place)
                    return list
                }
            ),
            ("missing_here ticket/X  ", { list, _ in list + [["X"] + list[0].dropFirst()] }),
            ("differs TICKET ticket.opened channel", { change($0, $1, 3, "chat") }),
            ("differs TICKET ticket.opened agent", { change($0, $1, 4, "Ani") }),
            ("differs TICKET ticket.opened time", { change($0, $1, 1, "2025-07-09 08:00") }),
            (
                "differs TICKET ticket.status_changed time",
                { change($0, $1, 2, "2025-09-01 08:00") }
            ),
        ]
        func change(_ list: [[String]], _ row: Int, _ column: Int, _ text: String) -> [[String]] {
            var list = list
            list[row][column] = text
            return list
        }
        for (wanted, alter) in alterations {
            let place = random.below(rows.count)
            let outcome = try reconcile(alter(rows, place), with: audited)
            let expected = wanted.replacing("TICKET", with: "ticket/" + rows[place][0])
            #expect(said(outcome) == [expected], "seed \(seed), row \(place)")
            #expect(!outcome.agrees && outcome.findings.allSatisfy { !$0.kpis.isEmpty })
            #expect(outcome.cases == outcome.same + 1)
        }
    }

    @Test("What was taken back is missing, also where the same was said by another source")
    func takenBack() throws {
        let audited = try log(rows)
        let first = try #require(
            try audited.log.read { view in
                try view.caseID("ticket/T1").map { try view.caseHistory($0)[0] }
            })
        try audited.void(first + 1..<first + 2)
        #expect(
            said(try reconcile(rows, with: audited))
                == ["missing_here ticket/T1 ticket.status_changed "])
        try audited.void(first..<first + 1)
        #expect(said(try reconcile(rows, with: audited)) == ["missing_here ticket/T1  "])
        // Said again with the same content by another source, it is there.
        try audited.record(
            "ticket.opened", "ticket/T1", at: "2025-07-10T08:00:00Z", id: "a",
            [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("agent", .text("Agen 1")),
            ])
        try audited.record(
            "ticket.status_changed", "ticket/T1", at: "2025-07-10T11:00:00Z", id: "b",
            [.init("status", .text("resolved")), .init("actor_kind", .text("agent"))])
        #expect(try reconcile(rows, with: audited).agrees)
    }

    @Test("Persons are compared by name and shown as the log's tokens, where it knows them")
    func tokens() throws {
        let audited = try log(rows)
        var list = rows
        list[3][4] = "Agen 2"
        list[5][4] = "Sari"
        let named = try reconcile(list, with: audited)
        #expect(named.findings.map(\.there) == ["Agen 2", "Sari"])
        let marked = try reconcile(list, with: audited, tokens: true)
        #expect(said(marked) == said(named) && marked.same == named.same)
        #expect(!audited.log.showsTokens)
        let known = try audited.log.read { view in
            try ["Agen 2", "Agen 1", "Agen 0"].map { try view.tokenMarked(of: $0) }
        }
        #expect(marked.findings[0].there == known[0] && marked.findings[0].here == known[1])
        #expect(marked.findings[1].here == known[2])
        let texts = marked.findings.map { $0.there + $0.here }.joined()
        #expect(!texts.contains("Agen") && !texts.contains("Sari") && !texts.isEmpty)
    }

    @Test("Cases of other periods are no matter of the list")
    func periods() throws {
        let audited = try log(rows)
        let july = try reconcile(
            Array(rows.prefix(3)), with: audited, period: "2025-07-10..2025-07-12")
        #expect(july.agrees && july.cases == 3)
        let before = try reconcile(rows, with: audited, period: "2025-06")
        #expect(before.agrees && before.cases == 0)
    }
}
