import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// What a case's events mean beside each other, by the sentences of Schemas/EVENTS.md; random logs
/// follow in `SameCellsTests` and `NaiveComparisonTests`.
@Suite("The order of a case's events, and what they mean beside each other")
struct CaseOrderTests {
    /// What a ticket comes to: its last status, when that was, and how often what happened.
    private static let definition = """
        projection: p
        version: 1
        title: {en: Course, id: Jalannya}
        of: ticket
        let:
          opened: {first: ticket.opened}
          final: {last: ticket.status_changed}
          changes: {count: ticket.status_changed}
          handovers: {count: ticket.assigned}
          escalations: {count: ticket.escalated}
          lasting: {from: opened, to: final}
        fact: opened
        dimensions: {status: final.status}
        measures: {lasting: lasting, changes: changes, handovers: handovers, escalations: escalations}
        """

    private func course(
        _ drafts: [EventDraft], _ definition: String = definition
    ) throws -> [String] {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let library = DefinitionLibrary(
            types: shippedTypes, files: [("p.yaml", definition)])
        let definition = try #require(try library.projection("p"))
        let lines = try canonical(try store.replay([definition], context: testContext), log)["p"]
        return (lines ?? []).map { line in
            line.split(separator: "\t").dropFirst().dropLast().joined(separator: " ")
        }
    }

    /// A course, in whatever order it was recorded.
    private func expect(
        _ drafts: [EventDraft], _ expected: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var random = Seeded(7)
        for order in [drafts, drafts.reversed(), drafts.shuffled(using: &random)] {
            #expect(try course(order) == [expected], sourceLocation: sourceLocation)
        }
    }

    private static let words: [EventDraft.Field] = [
        .init("channel", .text("email")), .init("origin", .text("customer")),
    ]

    private var opened: EventDraft { deskEvent("o", "ticket.opened", 0, Self.words) }

    @Test("At one instant an opening comes first, an ending last")
    func ranks() throws {
        try expect(
            [
                deskStatus("c", "closed", 0), deskStatus("a", "open", 0), opened,
                deskStatus("b", "resolved", 0),
            ],
            "closed 0 3 0 0")
    }

    @Test("A source's order goes before rank, between its own events alone")
    func sources() throws {
        try expect(
            [
                opened, deskStatus("a", "resolved", 9, order: .integer(9)),
                deskStatus("b", "open", 9, order: .integer(10)),
            ], "open 9000 2 0 0")
        // As text 10 comes before 9; the other source's events go by rank.
        try expect(
            [
                opened, deskStatus("a", "open", 9, order: .text("9")),
                deskStatus("b", "resolved", 9, order: .text("10")),
                deskStatus("c", "pending", 9, source: "other", order: .text("1")),
            ], "open 9000 3 0 0")
        // One order told twice, as of the events of one row, decides nothing: rank does.
        try expect(
            [
                opened, deskStatus("a", "closed", 9, order: .integer(4)),
                deskStatus("b", "resolved", 9, order: .integer(4)),
            ], "closed 9000 2 0 0")
        // Longer than a key of eight bytes, of rows that may be one update, too.
        for isPlace in [false, true] {
            var changes = [
                deskStatus("a", "resolved", 9, order: .text("2025-01-01/1")),
                deskStatus("b", "open", 9, order: .text("2025-01-01/2")),
            ]
            for place in changes.indices { changes[place].isPlace = isPlace }
            try expect([opened] + changes, "open 9000 2 0 0")
        }
    }

    @Test("What came up to two minutes before its opening counts as at it, no earlier")
    func tolerance() throws {
        try expect([deskStatus("a", "resolved", -120), opened], "resolved 0 1 0 0")
        try expect([deskStatus("a", "resolved", -120.001), opened], "resolved – 1 0 0")
        // Among each other they keep their order, among those of the instant they go by rank.
        try expect(
            [
                deskStatus("a", "closed", -2), deskStatus("b", "open", -1), opened,
                deskStatus("c", "pending", 0),
            ], "open 0 3 0 0")
    }

    @Test("Nobody waits for a void, nor for what it takes out")
    func voids() throws {
        let definition = """
            projection: p
            version: 1
            title: {en: Agents, id: Agen}
            of: ticket
            fact: {each: ticket.status_changed}
            dimensions: {agent: latest agent}
            """
        func assigned(_ id: String, _ agent: String, _ seconds: Double) -> EventDraft {
            deskEvent(id, "ticket.assigned", seconds, [.init("agent", .text(agent))])
        }
        let void = deskEvent(
            "v", "event.voided", -60,
            [
                .init("source", .text("desk")), .init("id", .text("z")),
                .init("reason", .text("a mistake")),
            ])
        // Of those just before the opening each holds up the next: here none does.
        let drafts = [
            deskStatus("z", "closed", -70), void, assigned("a", "ani", -30), opened,
            assigned("b", "budi", 0), deskStatus("e", "open", 9),
        ]
        #expect(try course(drafts, definition) == ["budi"])
    }

    @Test("A repetition is no change, and neither is a second opening")
    func repetitions() throws {
        try expect(
            [
                opened, deskStatus("a", "resolved", 60), deskStatus("b", "resolved", 120),
                deskEvent("p", "ticket.opened", 90, Self.words),
            ], "resolved 60000 1 0 0")
        // Nobody is who had it from the start.
        let nobody = deskEvent("n", "ticket.assigned", 5, [.init("agent", .text(""))])
        let budi = deskEvent("x", "ticket.assigned", 6, [.init("agent", .text("budi"))])
        let again = deskEvent("y", "ticket.assigned", 7, [.init("agent", .text("budi"))])
        try expect([opened, nobody, budi, again, deskStatus("a", "open", 8)], "open 8000 1 1 0")
    }

    @Test("Only what changes the team lets a ticket be escalated to the same one again")
    func escalatedAgain() throws {
        func assigned(_ id: String, _ team: String, _ seconds: Double) -> EventDraft {
            deskEvent(id, "ticket.assigned", seconds, [.init("team", .text(team))])
        }
        func escalated(_ id: String, _ seconds: Double) -> EventDraft {
            deskEvent(
                id, "ticket.escalated", seconds,
                [.init("trigger", .text("agent")), .init("to_team", .text("third"))])
        }
        let end = deskStatus("z", "open", 9)
        for (teams, escalations) in [
            (["north", "north"], 1), (["north", "south"], 2), (["north", "third"], 1),
            (["", ""], 1), (["", "north"], 2),
        ] {
            // Said again after the escalation, and once more after the next.
            try expect(
                [
                    opened, assigned("a", teams[0], 1), escalated("e", 2),
                    assigned("b", teams[1], 3),
                    assigned("c", teams[1], 4), escalated("f", 5), assigned("d", teams[1], 6),
                    escalated("g", 7), end,
                ],
                "open 9000 1 \(Set(teams).subtracting([""]).count) \(escalations)")
        }
    }

    @Test("Openings after the first say nothing, whatever their instant")
    func openings() throws {
        let definition = """
            projection: p
            version: 1
            title: {en: Priorities, id: Prioritas}
            of: ticket
            fact: {each: ticket.status_changed}
            dimensions: {priority: latest priority}
            """
        func opening(_ id: String, _ seconds: Double, _ order: Int64, _ word: String? = nil)
            -> EventDraft
        {
            deskEvent(
                id, "ticket.opened", seconds,
                Self.words + (word.map { [.init("priority", .text($0))] } ?? []),
                order: .integer(order))
        }
        let status = deskStatus("a", "open", 9)
        let first = opening("o", 0, 1, "low")
        for (openings, expected) in [
            ([first, opening("p", 0, 2, "urgent")], "low"),
            ([opening("o", 0, 1), opening("p", 0, 2, "urgent")], "–"),
            ([first, opening("p", 1, 2, "urgent")], "low"),
            ([opening("o", 0, 1), opening("p", 1, 2, "urgent")], "–"),
        ] {
            #expect(try course(openings + [status], definition) == [expected])
            #expect(try course([status] + openings.reversed(), definition) == [expected])
        }
    }

    @Test("Two orders of a source part what would be one change, places of rows do not")
    func counted() throws {
        func assigned(
            _ field: String, _ order: SourceOrder?, source: String = "desk", isPlace: Bool = false
        ) -> EventDraft {
            var draft = deskEvent(
                field, "ticket.assigned", 5, [.init(field, .text("x"))], order: order)
            draft.source = source
            draft.isPlace = isPlace
            return draft
        }
        let end = deskStatus("z", "open", 8)
        let long = String(repeating: "7", count: 20)
        let orders: [(SourceOrder?, SourceOrder?, isOne: Bool)] = [
            (.integer(1), .integer(2), false), (.integer(1), .integer(1), true),
            (.text("a"), .text("b"), false), (.text(long + "1"), .text(long + "2"), false),
            (.text(long), .text(long), true), (.integer(1), .text("1"), false),
            (.integer(1), nil, true),
        ]
        for (first, second, isOne) in orders {
            try expect(
                [opened, assigned("agent", first), assigned("team", second), end],
                "open 8000 1 \(isOne ? 1 : 2) 0")
            try expect(
                [opened, assigned("agent", first, isPlace: true), assigned("team", second), end],
                "open 8000 1 1 0")
        }
        try expect(
            [
                opened, assigned("agent", .integer(1)),
                assigned("team", .integer(2), source: "other"), end,
            ], "open 8000 1 1 0")
    }

    @Test("States told by several rows of one instant are one change, told twice they are two")
    func updates() throws {
        func assigned(_ id: String, _ field: String, _ value: String, by: String? = nil)
            -> EventDraft
        {
            deskEvent(
                id, "ticket.assigned", 5,
                [.init(field, .text(value))] + (by.map { [.init("by", .text($0))] } ?? []))
        }
        let end = deskStatus("z", "open", 8)
        try expect(
            [opened, assigned("a", "agent", "budi"), assigned("b", "team", "east"), end],
            "open 8000 1 1 0")
        try expect(
            [
                opened, assigned("a", "agent", "budi", by: "sari"),
                assigned("b", "team", "east", by: "rano"), end,
            ], "open 8000 1 2 0")
        try expect(
            [opened, assigned("a", "agent", "budi"), assigned("b", "agent", "sari"), end],
            "open 8000 1 2 0")
    }

    @Test("An escalation repeats the one before it, unless the ticket was assigned elsewhere since")
    func escalations() throws {
        func escalated(_ id: String, _ seconds: Double) -> EventDraft {
            deskEvent(
                id, "ticket.escalated", seconds,
                [.init("trigger", .text("agent")), .init("to_team", .text("second line"))])
        }
        let back = deskEvent("b", "ticket.assigned", 20, [.init("team", .text("first line"))])
        let end = deskStatus("z", "open", 90)
        try expect([opened, escalated("a", 10), escalated("c", 30), end], "open 90000 1 0 1")
        try expect([opened, escalated("a", 10), back, escalated("c", 30), end], "open 90000 1 1 2")
    }
}
