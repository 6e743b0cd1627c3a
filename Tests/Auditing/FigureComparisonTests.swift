import Auditing
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Testing

/// Method: two states of a log, and stored rows beside entries, are compared where figures are the same,
/// differ, exist on one side only, and are given by none; each is counted as what it is.
@Suite("One comparison of figures")
struct FigureComparisonTests {
    private let quarter: Period

    init() throws { quarter = try Period("2025-Q3", today: Day(number: 0)) }

    private func run(
        _ audited: AuditedLog, from count: UInt32, _ kpis: [String], by: [String] = []
    ) throws -> (cells: [ChangedCell], figures: FigureComparison) {
        var comparison = Comparison(
            of: audited.log, from: count, to: try audited.entryCount, options: BuildOptions())
        comparison.kpis = kpis
        comparison.by = by
        return try comparison.run(quarter)
    }

    private func open(_ audited: AuditedLog, _ number: Int) throws {
        try audited.record(
            "ticket.opened", "ticket/\(number)", at: "2025-09-0\(number)T02:00:00Z",
            id: "o\(number)",
            [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("agent", .text("Budi")),
            ])
    }

    private func answer(_ audited: AuditedLog, _ person: Int, _ team: String) throws {
        try audited.record(
            "survey.answered", "respondent/\(team)\(person)", at: "2025-09-10T02:00:00Z",
            id: "\(team)\(person)",
            [
                .init("survey", .text("e")), .init("kind", .text("enps")),
                .init("score", .integer(9)), .init("team", .text(team)),
            ])
    }

    @Test("Figures of two states are the same, differ, are new, or are given by neither")
    func states() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        for person in 1...6 { try answer(audited, person, "large") }
        for person in 1...2 { try answer(audited, person, "small") }
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        let same = try run(audited, from: count, ["ticket_volume"])
        #expect(same.figures.counts == [.same: 4] && same.cells.isEmpty)
        // No figure of an open round is compared with itself.
        let open = try run(audited, from: count, ["enps"])
        #expect(open.figures.compared == 0 && open.figures.count(.refused) > 1)
        #expect(open.figures.notCompared.map(\.why) == [.withheld] && open.cells.isEmpty)
        // Once it has closed, what was not shown then is; whose answers they are isn't told.
        audited.now = try Instant(rfc3339: "2025-10-20T00:00:00Z")
        try self.open(audited, 4)
        let closed = try run(audited, from: count, ["enps", "ticket_volume"])
        let total = try #require(
            closed.cells.first { $0.figure.name == "enps" && $0.figure.key.isEmpty })
        #expect(!total.figure.before.value.hasValue && total.figure.after.value.hasValue)
        #expect(total.causes.isEmpty && total.isUntold)
        let small = closed.figures.notCompared.first { $0.name == "enps" }
        #expect(small?.outcome == .refused && small?.splits == [["team"]])
        #expect(closed.cells.contains { $0.figure.name == "ticket_volume" && !$0.causes.isEmpty })
    }

    @Test(
        "A KPI or split that one state does not have is not defined there; a wrong name is a fault")
    func names() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        try audited.revise("projection", "ticket_volume") {
            $0.replacing("  channel: opened.channel", with: "  way: opened.channel")
        }
        let renamed = try run(audited, from: count, ["ticket_volume"])
        let gone = try #require(renamed.figures.notCompared.first)
        #expect(gone.outcome == .notDefined && gone.splits == [["channel"]], "\(gone)")
        #expect(renamed.figures.count(.differs) == 0 && renamed.figures.count(.same) == 3)
        #expect(try run(audited, from: 1, ["csat"]).figures.counts.keys.contains(.notDefined))
        for (kpi, by) in [("foo", []), ("csat.foo", []), ("csat", ["foo"])] {
            #expect(throws: QueryFaults.self, "\(kpi) \(by)") {
                try run(audited, from: count, [kpi], by: by)
            }
        }
        #expect(throws: QueryFaults.self) { try run(audited, from: count, [], by: ["foo"]) }
    }

    /// What moved a figure of all together.
    private func causes(
        _ found: (cells: [ChangedCell], figures: FigureComparison), of name: String
    ) -> [String] {
        let cell = found.cells.first { $0.figure.name == name && $0.figure.key.isEmpty }
        return (cell?.causes ?? []).map { "\($0.type) \($0.subject)" }
    }

    @Test("Only what can move a figure is named as its cause") func named() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        var count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        func say(
            _ number: Int, _ id: String, _ type: String, _ hour: Int, _ fields: [EventDraft.Field]
        ) throws {
            try audited.record(
                type, "ticket/\(number)", at: "2025-09-0\(number)T0\(hour):00:00Z",
                id: "\(id)\(number)", fields)
        }
        func reply(_ number: Int, _ id: String, _ hour: Int, _ visibility: String) throws {
            try say(
                number, id, "message.posted", hour,
                [
                    .init("direction", .text("out")), .init("visibility", .text(visibility)),
                    .init("actor_kind", .text("agent")), .init("actor", .text("Budi")),
                ])
        }
        try reply(1, "n", 3, "internal")
        try reply(1, "r", 4, "public")
        try reply(1, "s", 5, "public")
        try say(1, "p", "ticket.attributes_set", 3, [.init("priority", .text("high"))])
        try say(1, "t", "ticket.status_changed", 6, [.init("status", .text("pending"))])
        let late = try run(audited, from: count, ["first_response_time", "replies_sent"])
        #expect(causes(late, of: "first_response_time") == ["message.posted ticket/1"])
        #expect(
            causes(late, of: "replies_sent")
                == ["message.posted ticket/1", "message.posted ticket/1"])
        // A ticket that is told whole, of which each KPI needs a part.
        count = try audited.entryCount
        try open(audited, 4)
        try say(4, "g", "ticket.assigned", 3, [.init("agent", .text("Sari"))])
        try reply(4, "r", 4, "public")
        let whole = try run(audited, from: count, ["ticket_volume", "first_response_time"])
        #expect(causes(whole, of: "ticket_volume") == ["ticket.opened ticket/4"])
        #expect(
            causes(whole, of: "first_response_time")
                == ["ticket.opened ticket/4", "message.posted ticket/4"])
        // An opening that is taken out, and one corrected in what the figure does not look at.
        count = try audited.entryCount
        let opened = try audited.log.read { view -> [UInt32] in
            var first: [UInt32] = []
            for number in 1...2 {
                guard let id = try view.caseID("ticket/\(number)") else { continue }
                first.append(try view.caseHistory(id)[0])
            }
            return first
        }
        try #require(opened.count == 2)
        try audited.void(opened[0]..<opened[0] + 1)
        try audited.void(opened[1]..<opened[1] + 1)
        try audited.record(
            "ticket.opened", "ticket/2", at: "2025-09-02T02:00:00Z", id: "o2",
            [
                .init("channel", .text("chat")), .init("origin", .text("customer")),
                .init("agent", .text("Budi")),
            ])
        let voided = try run(audited, from: count, ["ticket_volume"])
        #expect(causes(voided, of: "ticket_volume") == ["ticket.opened ticket/1"])
        let chat = voided.cells.first { $0.figure.key.first?.value == "chat" }
        #expect(chat?.causes.map(\.kind) == [.corrected], "\(voided.cells)")
    }

    @Test(
        "Without names every statistic is compared, and what is nothing on both sides is no difference"
    )
    func statistics() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        try open(audited, 1)
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        try audited.record(
            "ticket.opened", "ticket/2", at: "2025-09-02T02:00:00Z", id: "o2",
            [
                .init("channel", .text("chat")), .init("origin", .text("customer")),
                .init("agent", .text("Sari")), .init("reason", .text("complaint")),
            ])
        let found = try run(audited, from: count, [])
        let names = Set(found.cells.map(\.figure.name))
        #expect(names.contains("complaint_count.tickets"), "\(names)")
        for cell in found.cells {
            #expect(
                !cell.figure.before.isOfNothing || !cell.figure.after.isOfNothing,
                "\(cell.figure)")
            #expect(!cell.causes.isEmpty, "\(cell.figure)")
        }
    }

    @Test("A difference is listed whether or not its cause is found") func withoutACause() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        let count = try audited.entryCount
        let context = try StoreState(of: audited.log, asOf: count)
        let request = QueryRequest(kpis: ["ticket_volume"], period: "2025-Q3")
        let answer = try context.answer(request)
        var other = answer
        other.totals[other.totals.count - 1].figures[0].value = Fraction(7)
        var comparison = FigureComparison()
        comparison.compare(
            "ticket_volume", by: [], try FigureSide { answer }, try FigureSide { other })
        #expect(comparison.counts == [.differs: 1])
        #expect(comparison.differing[0].after.value == Fraction(7))
        // The same number of another unit is another figure.
        other = answer
        other.columns[0].unit = .duration
        comparison.compare(
            "ticket_volume", by: [], try FigureSide { answer }, try FigureSide { other })
        #expect(comparison.counts == [.differs: 2])
        for fault in [QueryFault.tooManyRows(limit: 1), .tooMuchMemory(limit: 1)] {
            #expect(throws: QueryFaults.self) { try FigureSide { throw QueryFaults([fault]) } }
        }
        comparison.compare(
            "x", by: [], try FigureSide { answer },
            try FigureSide { throw QueryFaults([.notBuilt(projection: "p", kpi: "x")]) })
        #expect(comparison.count(.refused) == 1 && comparison.compared == 2)
    }

    @Test("A KPI whose numbers are too large is refused by name, and every other one is compared")
    func tooLarge() throws {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        try audited.revise("kpi", "ticket_volume") { text in
            text.replacing(
                "value: count(ticket_volume)",
                with: "value: count(ticket_volume)"
                    + String(repeating: " * 9007199254740991", count: 3))
        }
        try audited.catchUp()
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        try open(audited, 4)
        try audited.catchUp()
        let found = try run(audited, from: count, [])
        let refused = try #require(found.figures.notCompared.first { $0.name == "ticket_volume" })
        #expect(refused.outcome == .refused && refused.why == .tooLarge, "\(refused)")
        #expect(refused.why.text == "too_large" && refused.splits.count == 4)
        #expect(
            found.figures.compared > 20
                && !found.cells.contains {
                    $0.figure.name == "ticket_volume"
                })
        let alone = try run(audited, from: count, ["ticket_volume"])
        #expect(alone.figures.counts.keys.sorted { $0.rawValue < $1.rawValue } == [.refused])
        let report = try Replay(
            of: audited.log, asOf: audited.entryCount, options: BuildOptions()
        ).run(quarter)
        #expect(report.difference == nil && report.figures.count(.differs) == 0)
        #expect(report.figures.compared > 20)
        let left = report.figures.notCompared.filter { $0.why == .tooLarge }
        #expect(left.map(\.name) == ["ticket_volume"] && left[0].count >= 4)
        // Where one state gives figures and the other can't, they are refused, not said to differ.
        let before = try run(audited, from: 120, ["ticket_volume"])
        #expect(before.figures.count(.differs) == 0 && before.figures.count(.refused) > 0)
    }

    @Test("A replay compares what is stored, and says of what it compared nothing") func replay()
        throws
    {
        let audited = try AuditedLog(now: "2025-09-12T00:00:00Z")
        for number in 1...3 { try open(audited, number) }
        func replay() throws -> ReplayReport {
            try Replay(of: audited.log, asOf: audited.entryCount, options: BuildOptions())
                .run(quarter)
        }
        // Nothing is stored: nothing is compared with itself.
        let empty = try replay()
        #expect(empty.compared.isEmpty && empty.figures.compared == 0)
        #expect(empty.figures.count(.refused) > 50 && empty.difference == nil)
        try audited.catchUp()
        let stored = try replay()
        #expect(stored.figures.compared > 50 && stored.notStored.isEmpty)
        let left = stored.figures.notCompared
        #expect(left.allSatisfy { $0.why == .notStored } && left.contains { $0.name == "enps" })
        // Another definition in force is another projection, of which no rows are stored yet.
        try audited.revise("projection", "ticket_volume") {
            $0.replacing("  channel: opened.channel", with: "  way: opened.channel")
        }
        let other = try replay()
        #expect(other.notStored == ["ticket_volume@2"] && other.difference == nil)
        #expect(other.figures.notCompared.contains { $0.name == "ticket_volume" })
    }
}
