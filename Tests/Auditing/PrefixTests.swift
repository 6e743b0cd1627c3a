import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Querying
import Synchronization
import Testing

/// Time travel is exact: what a log's first entries answer is what a store answers that holds
/// nothing else.
///
/// Method: random logs with late events, voids, and definitions that change on the way; a second
/// store is given the same entries one stretch after the other, and at each stop every KPI is asked
/// of both. Every failure names its seed and stop.
@Suite("As of: a log's first entries")
struct PrefixTests {
    /// A log of a year in which definitions change and entries are taken back.
    private func history(seed: UInt64, events: Int) throws -> AuditedLog {
        let audited = try AuditedLog()
        var random = Seeded(seed)
        var rest = try generatedLines(events, seed: seed)[...]
        var step = 0
        while !rest.isEmpty {
            // Whatever number a batch has, it ends somewhere within a bundle of 256.
            let size = min(rest.count, 20 + random.below(160))
            audited.wait(milliseconds: 86_400_000 * Int64(1 + random.below(30)))
            try audited.record(rest.prefix(size))
            rest = rest.dropFirst(size)
            step += 1
            let count = try audited.entryCount
            for _ in 0..<random.below(4) {
                let sequence = UInt32(random.below(Int(count)))
                try audited.void(sequence..<sequence + 1)
            }
            switch step {
            case 2:
                try audited.revise("kpi", "csat") {
                    $0.replacing("100 *", with: "50 *")
                }
            case 3:
                try audited.revise("projection", "ticket_volume") {
                    $0.replacing(
                        "opened: {first: ticket.opened}",
                        with: "opened: {first: ticket.opened, where: {origin: customer}}")
                }
            case 4:
                try audited.revise("projection", "first_response") {
                    $0.replacing("actor_kind: agent", with: "actor_kind: [agent, bot]")
                }
            default: break
            }
        }
        return audited
    }

    /// What an answer says, in words that can be compared.
    private func words(_ answer: Answer) -> [String] {
        var words = ["\(answer.basis.sequence) \(answer.basis.root) \(answer.basis.today)"]
        words += answer.definitions.map { "\($0.name) \($0.version)" }
        words += answer.columns.map { "\($0)" }
        words += (answer.rows + answer.totals).map { "\($0)" }
        return words
    }

    /// More seeds and more stops where `REKAM_THOROUGH` asks for them.
    private static let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] != nil

    @Test(
        "Every KPI at many entry counts",
        arguments: 1...(isThorough ? 12 : 1) as ClosedRange<UInt64>)
    func everyKPI(seed: UInt64) throws {
        let audited = try history(seed: seed, events: 600)
        try audited.catchUp()
        let count = try audited.entryCount
        var random = Seeded(seed + 50)
        // Around the ends of bundles, at the log's end, and anywhere.
        var stops: Set<UInt32> = [511, 512, 513, count]
        while stops.count < (Self.isThorough ? 30 : 7) {
            stops.insert(100 + UInt32(random.below(Int(count) - 100)))
        }
        let shadow = try AuditedLog(copying: audited)
        var compared = 0
        var different = 0
        var last: [String: [String]] = [:]
        for stop in stops.sorted() {
            try shadow.copy(from: audited, upTo: stop)
            try shadow.catchUp()
            // Little memory makes every scan a replay of its own.
            let memory = stop % 2 == 0 ? 1 << 28 : 1 << 12
            let context = try StoreState(
                of: audited.log, asOf: stop,
                options: BuildOptions(threads: 2, memoryBudgetBytes: memory))
            let there = try shadow.log.read { try $0.definitions().live("kpi").map(\.name) }
            #expect(context.kpiNames.sorted() == there, "seed \(seed), \(stop) entries")
            for kpi in there {
                for by in [[], ["agent"]] {
                    let request = QueryRequest(
                        kpis: [kpi], by: by, period: "2025", grain: by.isEmpty ? "quarter" : nil)
                    guard let expected = try? shadow.answer(request) else {
                        #expect(throws: QueryFaults.self) { try context.answer(request) }
                        continue
                    }
                    let found = words(try context.answer(request))
                    #expect(
                        found == words(expected), "seed \(seed), \(stop) entries, \(kpi) by \(by)")
                    compared += 1
                    if last[kpi + "\(by)"] != Array(found.dropFirst()) { different += 1 }
                    last[kpi + "\(by)"] = Array(found.dropFirst())
                }
            }
        }
        // A comparison of nothing with nothing would hold, too.
        #expect(compared > 300 && different > 150, "\(compared) compared, \(different) moved")
    }

    @Test("Nothing stored is touched, and stored rows are read where little came since")
    func untouched() throws {
        let audited = try history(seed: 3, events: 300)
        try audited.catchUp()
        let store = try ProjectionStore(log: audited.log)
        let before = try audited.log.read { try store.statuses(in: $0) }
        let count = try audited.entryCount
        let request = QueryRequest(kpis: ["csat"], by: ["channel"], period: "2025")
        let live = try audited.answer(request)
        for (stop, stored) in [
            (count, StoredRows.whereCheaper), (count - 1, .whereCheaper), (count - 1, .unread),
        ] {
            let passes = Atomic(0)
            var options = BuildOptions()
            options.progress = { _ in passes.add(1, ordering: .relaxed) }
            let context = try StoreState(
                of: audited.log, asOf: stop, options: options, stored: stored)
            let answer = try context.answer(request)
            #expect((words(answer) == words(live)) == (stop == count))
            #expect((passes.load(ordering: .relaxed) > 0) == (stored == .unread))
        }
        #expect(try audited.log.read { try store.statuses(in: $0) } == before)
    }

    @Test(
        "Stored rows and what the entries between changed are what a replay from zero gives",
        arguments: 1...(isThorough ? 12 : 1) as ClosedRange<UInt64>)
    func storedRows(seed: UInt64) throws {
        let audited = try history(seed: seed + 20, events: 450)
        try audited.catchUp()
        let position = try audited.entryCount
        audited.wait(milliseconds: 86_400_000)
        try audited.record(
            generatedLines(120, seed: seed + 60).suffix(100)
                .map { $0.replacing("\"id\":\"", with: "\"id\":\"again-") })
        try audited.void(position - 40..<position - 38)
        var random = Seeded(seed + 90)
        // Before and after where the stored rows stand.
        var stops = [try audited.entryCount, position + 1, position - 1]
        for _ in 0..<(Self.isThorough ? 20 : 3) {
            stops.append(100 + UInt32(random.below(Int(position) - 100)))
        }
        var corrected = 0
        for stop in stops {
            let passes = Atomic(0)
            var options = BuildOptions(threads: 2)
            options.progress = { _ in passes.add(1, ordering: .relaxed) }
            let quick = try StoreState(
                of: audited.log, asOf: stop, options: options, stored: .always)
            let slow = try StoreState(of: audited.log, asOf: stop, stored: .unread)
            for kpi in slow.kpiNames {
                for by in [[], ["agent"]] {
                    let request = QueryRequest(
                        kpis: [kpi], by: by, period: by.isEmpty ? "2025-Q3" : "2025")
                    guard let expected = try? slow.answer(request) else {
                        #expect(throws: QueryFaults.self) { try quick.answer(request) }
                        continue
                    }
                    let before = passes.load(ordering: .relaxed)
                    let found = words(try quick.answer(request))
                    #expect(found == words(expected), "seed \(seed), \(stop), \(kpi) by \(by)")
                    if passes.load(ordering: .relaxed) == before { corrected += 1 }
                }
            }
            for name in slow.projectionNames {
                guard let one = try quick.source(name), let other = try slow.source(name) else {
                    continue
                }
                for index in other.layout.dimensions.indices {
                    let ids = try other.occurringIDs(ofDimension: index)
                    #expect(
                        try one.occurringIDs(ofDimension: index) == ids,
                        "seed \(seed), \(stop), \(name), dimension \(index)")
                }
            }
        }
        #expect(corrected > 300, "\(corrected) answers from stored rows")
    }

    @Test("Names and cases that came later are not known")
    func laterNames() throws {
        let audited = try AuditedLog()
        audited.wait(milliseconds: 1000)
        func open(_ number: Int, agent: String) throws {
            try audited.record(
                "ticket.opened", "ticket/\(number)", at: "2025-03-0\(number)T08:00:00Z",
                id: "\(number)",
                [
                    .init("channel", .text("email")), .init("origin", .text("customer")),
                    .init("agent", .text(agent)),
                ])
        }
        try open(1, agent: "Budi")
        let count = try audited.entryCount
        try open(2, agent: "Citra")
        try audited.catchUp()
        func ask(_ agent: String, asOf count: UInt32) throws -> String? {
            let request = QueryRequest(
                kpis: ["ticket_volume"], filters: [("agent", agent)], period: "2025")
            return try StoreState(of: audited.log, asOf: count).answer(request)
                .total.figures[0].value.decimalText()
        }
        #expect(try ask("Budi", asOf: count) == "1")
        #expect(throws: QueryFaults.self) { try ask("Citra", asOf: count) }
        #expect(try ask("Citra", asOf: count + 1) == "1")
        let known = try audited.log.read { view in
            try (1...view.entryCount).map { try view.nameCount(upTo: $0) }
        }
        #expect(known == known.sorted())
        #expect(known.last == (try audited.log.read { UInt32($0.nameCount) }))
    }

    @Test("Current definitions over the entries of then") func currentDefinitions() throws {
        let audited = try AuditedLog()
        audited.wait(milliseconds: 1000)
        for (number, origin) in ["customer", "customer", "agent"].enumerated() {
            try audited.record(
                "ticket.opened", "ticket/\(number)", at: "2025-03-01T08:00:00Z", id: "\(number)",
                [.init("channel", .text("email")), .init("origin", .text(origin))])
        }
        let count = try audited.entryCount
        try audited.revise("kpi", "ticket_volume") {
            $0.replacing("value: count(ticket_volume)", with: "value: 10 * count(ticket_volume)")
        }
        let request = QueryRequest(kpis: ["ticket_volume"], period: "2025")
        func value(_ choice: DefinitionChoice) throws -> String? {
            try StoreState(of: audited.log, asOf: count, definitions: choice).answer(request)
                .total.figures[0].value.decimalText()
        }
        let then = try #require(try value(.then).flatMap { Int($0) })
        #expect(then > 0)
        #expect(try value(.current) == String(then * 10))
    }
}
