import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Querying
import Shipped
import Testing
import Vault

@Suite("Queries of a store: a small one, worked out by hand")
struct StoreQueryTests {
    /// A store with the shipped ticket volume and some tickets, in UTC.
    private final class Desk {
        let path: String
        let log: LogStore
        private var count = 0

        init() throws {
            path = FileManager.default.temporaryDirectory.path + "/rekam-query-\(UUID().uuidString)"
            let types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
            log = try LogStore.create(
                at: path, origin: "test.example/desk", types: types,
                seed: [UInt8](repeating: 7, count: 32), salts: .counting())
            let bodies = Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            }
            var drafts: [EventDraft] = []
            for body in bodies {
                guard let (kind, name) = body.heading, name == "ticket_volume" else { continue }
                drafts.append(
                    own(
                        "definition.registered", kind, name,
                        [
                            .init("body", .text(body.text)),
                            .init("digest", .text(String(repeating: "a", count: 64))),
                        ]))
                guard kind == "projection" else { continue }
                drafts.append(
                    own("definition.promoted", kind, name, [.init("reason", .text("test"))]))
            }
            try log.appendOwn(drafts, recorded: Desk.instant("2025-07-01T00:00:00Z"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        static func instant(_ text: String) -> Instant {
            guard let instant = try? Instant(rfc3339: text) else { fatalError(text) }
            return instant
        }

        private func own(
            _ type: String, _ kind: String, _ name: String, _ fields: [EventDraft.Field]
        ) -> EventDraft {
            EventDraft(
                id: "\(type)/\(kind)/\(name)", source: "test.example/desk", type: type,
                subject: "log/definitions", time: Desk.instant("2025-07-01T00:00:00Z"),
                fields: [
                    .init("kind", .text(kind)), .init("name", .text(name)),
                    .init("version", .integer(1)),
                ] + fields)
        }

        /// Records a ticket.
        func open(_ time: String, agent: String?, channel: String, reason: String) throws {
            count += 1
            var fields: [EventDraft.Field] = [
                .init("channel", .text(channel)), .init("origin", .text("customer")),
                .init("reason", .text(reason)),
            ]
            if let agent { fields.append(.init("agent", .text(agent))) }
            try log.appendOwn(
                [
                    EventDraft(
                        id: "\(count)", source: "test", type: "ticket.opened",
                        subject: "ticket/T-\(count)", time: Desk.instant(time), fields: fields)
                ], recorded: Desk.instant("2025-08-05T10:00:00Z"))
        }

        func catchUp() throws { try LiveProjections(of: log).catchUp() }

        func answer(_ request: QueryRequest) throws -> Answer {
            let projections = try ProjectionStore(log: log)
            return try log.read { view in
                try StoreState(view, of: log, projections: projections).answer(request)
            }
        }
    }

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.open("2025-07-07T08:00:00Z", agent: "Budi", channel: "email", reason: "complaint")
        try desk.open("2025-07-07T09:00:00Z", agent: "Budi", channel: "chat", reason: "inquiry")
        try desk.open("2025-07-08T23:59:59Z", agent: "Citra", channel: "email", reason: "complaint")
        try desk.open("2025-06-30T23:59:59Z", agent: nil, channel: "email", reason: "inquiry")
        try desk.catchUp()
        return desk
    }

    @Test("Names, lists, hours and weekdays are dimensions; nobody is empty") func dimensions()
        throws
    {
        let desk = try desk()
        func rows(_ by: [String]) throws -> [String] {
            let answer = try desk.answer(
                QueryRequest(kpis: ["ticket_volume"], by: by, period: "2025-06..2025-07"))
            return answer.rows.map { row in
                row.key.joined(separator: "/") + "="
                    + (row.figures[0].value.decimalText() ?? "null")
            }
        }
        #expect(try rows(["agent"]) == ["Budi=2", "Citra=1", "=1"])
        #expect(
            try rows(["channel", "reason"]) == [
                "chat/inquiry=1", "email/complaint=2", "email/inquiry=1",
            ])
        #expect(try rows(["weekday"]) == ["1=3", "2=1"])
        #expect(try rows(["hour"]) == ["8=1", "9=1", "23=2"])
    }

    @Test("An answer names the texts, event types and rules it rests on, as of any state alike")
    func grounds() throws {
        let desk = try desk()
        let request = QueryRequest(kpis: ["ticket_volume"], period: "2025-07")
        let live = try desk.answer(request).basis
        let digest = String(repeating: "a", count: 64)
        #expect(live.digests == ["kpi/ticket_volume": digest, "projection/ticket_volume": digest])
        #expect(live.eventTypes["ticket.opened"] == 1 && live.eventTypes["ticket.merged"] == 1)
        #expect(live.evaluation == EvaluationVersion.current)
        let count = try desk.log.read { $0.entryCount }
        var then = try StoreState(of: desk.log, asOf: count).answer(request).basis
        then.isAsOf = live.isAsOf
        #expect(then == live)
    }

    @Test("Filters know names and list values") func filters() throws {
        let desk = try desk()
        func count(_ dimension: String, _ value: String) throws -> String? {
            try desk.answer(
                QueryRequest(
                    kpis: ["ticket_volume"], filters: [(dimension, value)],
                    period: "2025-06..2025-07")
            ).total.figures[0].value.decimalText()
        }
        #expect(try count("agent", "budi") == "2")
        #expect(try count("agent", "–") == "1")
        #expect(try count("reason", "complaint") == "2")
        #expect(try count("reason", "compl") == "2")
        #expect(try count("hour", "23") == "2")
        #expect(try count("weekday", "1") == "3")
        #expect(throws: QueryFaults.self) { try count("agent", "email") }
        #expect(throws: QueryFaults.self) { try count("reason", "nonsense") }
        // No number is too large to be looked for.
        for number in [
            Int64.max, Int64.max - 0x8000_0000, 0x8000_0000, 0x7FFF_FFFF, -0x8000_0000, Int64.min,
        ] {
            #expect(throws: QueryFaults.self, "\(number)") { try count("hour", "\(number)") }
        }
    }

    @Test("An answer says what it rests on, also when projections lag behind") func basis() throws {
        let desk = try desk()
        let request = QueryRequest(
            kpis: ["ticket_volume"], period: "2025-08", compare: "previous")
        let answer = try desk.answer(request)
        let (count, root) = try desk.log.read { ($0.entryCount, $0.root) }
        #expect(answer.basis.sequence == count && answer.basis.root == root)
        #expect(answer.basis.origin == "test.example/desk")
        #expect(answer.basis.today.description == "2025-08-05")
        #expect(answer.period.description == "2025-08")
        #expect(
            answer.definitions.map(\.name) == ["kpi/ticket_volume", "projection/ticket_volume"])
        #expect(answer.total.figures[0].value == Fraction(0))
        #expect(answer.total.previous[0].value == Fraction(3))
        #expect(answer.total.statuses == [.provisional])
        #expect(answer.entriesNotYetIn == 0)

        try desk.open("2025-08-01T08:00:00Z", agent: "Budi", channel: "email", reason: "inquiry")
        let late = try desk.answer(request)
        #expect(late.entriesNotYetIn == 1)
        #expect(late.basis.sequence == count && late.basis.root == root)
        #expect(late.total.figures[0].value == Fraction(0))
        try desk.catchUp()
        #expect(try desk.answer(request).total.figures[0].value == Fraction(1))
    }
}
