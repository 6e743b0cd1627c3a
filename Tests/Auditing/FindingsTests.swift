import Auditing
import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Querying
import Recording
import Shipped
import Testing
import Vault

@Suite("Findings: exceptions, samples, replays")
struct FindingsTests {
    private func log() throws -> AuditedLog {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2026-01-05T00:00:00Z")
        try audited.record(try generatedLines(800, seed: 9))
        try audited.catchUp()
        return audited
    }

    @Test("Voids, new definitions, promotions and backdated events are found with who and why")
    func exceptions() throws {
        let audited = try log()
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        try audited.void(count - 5..<count - 4, reason: "a test ticket", by: "sari")
        try audited.revise("kpi", "csat") { $0.replacing("100 *", with: "50 *") }
        try audited.revise("projection", "first_response") {
            $0.replacing("actor_kind: agent", with: "actor_kind: [agent, bot]")
        }
        let zone = TimeZoneRules(
            name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200])
        let period = try Period("2026-01", today: Day(number: 0))
        var search = AuditExceptions(of: audited.log)
        let found = try search.found(in: period, zone: zone)
        let void = try #require(found.first { $0.kind == .void })
        #expect(void.reason == "a test ticket" && void.person == "sari" && void.sequence == count)
        for subject in ["kpi csat@2", "projection first_response@2"] {
            #expect(found.contains { $0.kind == .definition && $0.subject == subject })
        }
        #expect(
            found.contains { $0.kind == .promotion && $0.subject == "projection first_response@2" })
        let late = found.filter { $0.kind == .backdated && !$0.isAnonymous }
        search.listsEach = true
        let each = try search.found(in: period, zone: zone).filter {
            $0.kind == .backdated && !$0.isAnonymous
        }
        #expect(late.count == 1 && late[0].count == each.count && each.count > 100)
        // What the one line of many shows is of one of them, that of the earliest time.
        var shown = try #require(
            each.min { ($0.happened, $0.sequence) < ($1.happened, $1.sequence) })
        shown.count = each.count
        #expect(late[0] == shown)
        // Respondents' entries are counted by kind, and no entry is named.
        let anonymous = found.filter(\.isAnonymous)
        #expect(anonymous.map(\.kind) == [.backdated] && anonymous[0].count > 0)
        #expect(anonymous[0].sequence == .max && anonymous[0].subject.isEmpty)
        #expect(
            try search.found(in: Period("2025-01", today: Day(number: 0)), zone: zone).isEmpty)
    }

    @Test("A clock that was given, and one that ran far behind the log, leave a trace")
    func clocks() throws {
        let audited = try log()
        let search = AuditExceptions(of: audited.log)
        let period = try Period("2026-01", today: Day(number: 0))
        func found(_ kind: AuditException.Kind) throws -> [AuditException] {
            try search.found(in: period, zone: .utc).filter { $0.kind == kind }
        }
        audited.wait(milliseconds: 3_600_000)
        try audited.revise("kpi", "csat") { $0.replacing("100 *", with: "50 *") }
        try #expect(found(.clockSet).isEmpty && found(.clockBehind).isEmpty)

        // A minute is what two writers may wait for each other.
        audited.wait(milliseconds: -60_000)
        try audited.revise("kpi", "reopen_rate") { $0.replacing("100 *", with: "50 *") }
        try #expect(found(.clockBehind).isEmpty)

        audited.wait(milliseconds: -600_000)
        audited.log.tellGivenClock()
        let count = try audited.entryCount
        try audited.revise("kpi", "sla_compliance") { $0.replacing("100 *", with: "50 *") }
        let behind = try #require(found(.clockBehind).first)
        #expect(behind.sequence == count && behind.recorded > behind.happened)
        let given = try found(.clockSet)
        #expect(given.map(\.sequence) == [count])
        let bytes = try audited.log.read { try $0.entry(count) }
        let entry = try JSONValue(parsing: bytes.span)
        #expect(entry["rekamclock"] == .string("given"))
    }

    @Test("Rows that a killed command left to be made anew are named by all who would read them")
    func interrupted() throws {
        let audited = try log()
        let count = try audited.entryCount
        func said() throws -> (live: [String], verified: [String], report: VerificationReport) {
            let live = try LiveProjections(of: audited.log)
            let report = try Verification(of: audited.log).run(threads: 2)
            return (
                try audited.log.read { try live.superseded(in: $0).map(\.text) },
                report.superseded, report
            )
        }
        #expect(try said().live.isEmpty && said().verified.isEmpty)
        // What a calendar, the choice of one and an event type's next version leave, each killed before
        // it built anything again.
        audited.wait(milliseconds: 1000)
        try audited.revise("calendar", "indonesia") {
            $0.replacing("08:00-12:00", with: "08:00-09:30")
        }
        func check(_ name: String, _ kpi: String, _ other: String) throws {
            let found = try said()
            #expect(found.live.contains(name), "\(found)")
            #expect(found.live == found.verified.sorted(), "\(found)")
            #expect(found.report.difference == nil && found.report.uncompared.isEmpty, "\(found)")
            let request = QueryRequest(kpis: [kpi], period: "2025")
            #expect(throws: QueryFault.self, "\(kpi)") { try audited.answer(request) }
            _ = try audited.answer(QueryRequest(kpis: [other], period: "2025"))
            try audited.catchUp()
            #expect(try said().live.isEmpty && said().verified.isEmpty)
            _ = try audited.answer(request)
        }
        try check("first_response@1", "first_response_time_business", "ticket_volume")
        try audited.log.appendOwn(
            [
                audited.log.promotion(
                    kind: "calendar", of: "always_open", version: 1, after: count, reason: "test",
                    at: audited.now)
            ], recorded: audited.now)
        try check("first_response@1", "first_response_time_business", "ticket_volume")
        let shipped = try #require(
            Shipped.texts(in: "events").first { $0.path.hasSuffix("ticket.opened.json") })
        let text = shipped.text.replacing(
            "\"type\": \"object\",\n  \"properties\": {\n    \"type\"",
            with: "\"x-version\": 2, \"type\": \"object\",\n  \"properties\": {\n    \"type\"")
        #expect(text != shipped.text)
        try SchemaRegistration([("opened.json", text)], for: audited.log.types)
            .record(in: audited.log, at: audited.now)
        try check("ticket_volume@1", "ticket_volume", "average_handle_time")
    }

    @Test("That the time of a store's making was given is told once, of all that it began with")
    func makingGiven() throws {
        let path = FileManager.default.temporaryDirectory.path + "/rekam-made-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var new = NewStore(
            origin: "test.example/log", timeZone: .utc, types: AuditedLog.types,
            catalogue: Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            }, seed: (0..<32).map { UInt8($0) }, salts: .counting(), calendar: "always_open",
            zoneRules: { _ in .utc })
        new.isClockGiven = true
        let now = try Instant(rfc3339: "2025-06-15T00:00:00Z")
        let log = try new.create(at: path, now: now, threads: 1).store
        let count = try log.read { $0.entryCount }
        for place in [0, count / 2, count - 1] {
            let bytes = try log.read { try $0.entry(place) }
            let entry = try JSONValue(parsing: bytes.span)
            #expect(entry["rekamclock"] == .string("given"), "entry \(place)")
        }
        let search = AuditExceptions(of: log)
        let found = try search.found(in: Period("2025-06", today: Day(number: 0)), zone: .utc)
        #expect(found.map(\.kind) == [.clockSet] && found.map(\.count) == [Int(count)])
        #expect(try search.found(in: Period("2025-07", today: Day(number: 0)), zone: .utc).isEmpty)
    }

    @Test("The same seed draws the same facts, a larger sample holds the smaller") func sample()
        throws
    {
        let audited = try log()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        let explanation = try context.explanation(
            QueryRequest(kpis: ["ticket_volume"], period: "2025"))
        func draw(_ size: Int, _ seed: String) throws -> [UInt32] {
            try FactSample(of: explanation, size: size, seed: seed, from: audited.log).drawn
                .map(\.line.sequence)
        }
        let ten = try draw(10, "7")
        #expect(ten.count == 10 && Set(ten).count == 10)
        #expect(try draw(4, "7") == Array(ten.prefix(4)))
        #expect(try draw(10, "8") != ten)
        let all = try FactSample(
            of: explanation, size: .max, seed: "7", from: audited.log)
        #expect(all.population == explanation.count && all.drawn.count == all.population)
    }

    @Test("A replay agrees, now and as of earlier states, and touches nothing") func replay() throws
    {
        let audited = try log()
        let period = try Period("2025", today: Day(number: 0))
        let count = try audited.entryCount
        for size in [count, count - 100] {
            let report = try Replay(of: audited.log, asOf: size, options: BuildOptions())
                .run(period)
            #expect(report.difference == nil, "\(report.difference ?? "")")
            #expect(report.compared.count > 10 && report.facts > 50)
            #expect(report.figures.compared > 50)
        }
    }
}
