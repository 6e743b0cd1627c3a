import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// A projection's facts are its own: the same whatever else is computed in one pass with it, alone as
/// in company, live as rebuilt. The logs are crowded: many events of an instant, orders of sources,
/// and clocks that differ around an opening. Every failure names its seed.
///
/// Faults planted that made it fail: rows with an order that nobody looks at left out of a rebuild, or
/// of differences; a late one that touches no case, or concerns no projection; rows before an opening
/// left out; updates joined only where somebody looks for them; projections of two tolerances in one
/// pass.
@Suite("A projection's facts don't depend on what else is in its pass")
struct OwnFactsTests {
    private func crowd(_ seed: UInt64) -> [EventDraft] {
        var random = RandomLog(seed: seed)
        return random.drafts(
            160, cases: 5 + Int(seed % 3) * 6, step: [1000, 10_000, 40_000][Int(seed) % 3])
    }

    private func definitions(
        _ seed: UInt64, _ store: ProjectionStore, count: Int
    ) -> [ProjectionDefinition] {
        var random = RandomDefinitions(seed: seed)
        return (0..<count).map { random.definition("p\($0)") }.filter {
            (try? store.check([$0], context: testContext)) != nil
        }
    }

    @Test("Alone and in company a replay gives what the documentation says", arguments: 0..<14)
    func replays(seed: UInt64) throws {
        let drafts = crowd(seed + 1000)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let definitions = definitions(seed + 1000, store, count: 20)
        let together = try canonical(try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            let expected = NaiveEvaluator(definition).lines(of: drafts)
            let alone = try canonical(try store.replay([definition], context: testContext), log)
            #expect(alone[definition.name] == expected, "seed \(seed), alone, \(definition)")
            #expect(
                together[definition.name] == expected, "seed \(seed), in company, \(definition)")
        }
    }

    @Test("Alone and in company live rows are those of a replay", arguments: 0..<5)
    func live(seed: UInt64) throws {
        let drafts = crowd(seed + 1100)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        let all = definitions(seed + 1100, store, count: 16)
        let (company, alone) = (all.dropLast(6), all.suffix(6))
        var options = BuildOptions()
        options.strategy = .differences
        try store.rebuild(sources(all), context: testContext)
        var sizes = Seeded(seed)
        var rest = drafts[...]
        while !rest.isEmpty {
            let size = 1 + sizes.below(7)
            try log.record(rest.prefix(size))
            rest = rest.dropFirst(size)
            try store.catchUp(sources(Array(company)), context: testContext, options: options)
            for definition in alone {
                try store.catchUp(sources([definition]), context: testContext, options: options)
            }
        }
        let live = try canonical(all, store, log)
        let replayed = try canonical(try store.replay(all, context: testContext), log)
        for definition in all {
            #expect(
                live[definition.name] == replayed[definition.name], "seed \(seed), \(definition)")
        }
    }

    @Test("The facts of one case are those of a replay", arguments: 0..<4)
    func cases(seed: UInt64) throws {
        let drafts = crowd(seed + 1200)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let ids = try log.read { (0..<$0.caseCount).map { UInt32($0) } }
        for definition in definitions(seed + 1200, store, count: 10) {
            let replayed = try canonical(try store.replay([definition], context: testContext), log)
            let found = try store.facts(
                ofCases: ids, definition, context: testContext, upTo: UInt32(drafts.count))
            let cells = try canonical([found.cells], log)
            #expect(cells == replayed, "seed \(seed), \(definition)")
        }
    }

    private static let opening = deskEvent(
        "o", "ticket.opened", 0,
        [.init("channel", .text("email")), .init("origin", .text("customer"))])

    /// A fact of a case's last event of a type, with these dimensions.
    private static func last(
        _ type: String, of kind: String, _ dimensions: String
    ) throws -> ProjectionDefinition {
        let text = """
            projection: p
            version: 1
            title: {en: Course, id: Jalannya}
            of: \(kind)
            let: {final: {last: \(type)}}
            fact: final
            dimensions: {\(dimensions)}
            measures: {}
            """
        let library = DefinitionLibrary(types: shippedTypes, files: [("p.yaml", text)])
        return try #require(try library.projection("p"))
    }

    /// The status that a ticket has last, and its agent then.
    private static func course(_ drafts: [EventDraft]) throws -> [String] {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let definition = try last(
            "ticket.status_changed", of: "ticket", "status: final.status, agent: latest agent")
        let sets = try ProjectionStore(log: log).replay([definition], context: testContext)
        return try #require(try canonical(sets, log)["p"]).map { line in
            line.split(separator: "\t").dropFirst().dropLast().joined(separator: " ")
        }
    }

    @Test("A row that nobody looks at keeps its place between others of its source")
    func order() throws {
        // A survey's answer has rank 96: the status that its source puts after it waits for it, and so
        // comes after the other source's closing.
        let answer = deskEvent(
            "s", "survey.answered", 9,
            [
                .init("survey", .text("s")), .init("kind", .text("csat")),
                .init("score", .integer(1)),
            ], order: .integer(1))
        let open = deskEvent(
            "a", "ticket.status_changed", 9, [.init("status", .text("open"))], order: .integer(2))
        let closed = deskEvent(
            "c", "ticket.status_changed", 9, [.init("status", .text("closed"))])
        #expect(try Self.course([Self.opening, answer, open, closed]) == ["open –"])
        #expect(try Self.course([Self.opening, open, closed]) == ["closed –"])
    }

    @Test("A row before the opening that nobody looks at holds up what follows it")
    func opening() throws {
        let early = [
            deskEvent(
                "q", "survey.sent", -20,
                [.init("survey", .text("s")), .init("kind", .text("csat"))]
            ),
            deskEvent("a", "ticket.status_changed", -10, [.init("status", .text("new"))]),
        ]
        let open = deskEvent("b", "ticket.status_changed", 0, [.init("status", .text("open"))])
        #expect(try Self.course([Self.opening, open] + early) == ["new –"])
        #expect(try Self.course([Self.opening, open, early[1]]) == ["open –"])
    }

    @Test("An event between two rows of an update comes after all that the update says")
    func update() throws {
        func assigned(_ field: String, _ value: String, _ order: Int64) -> EventDraft {
            var row = deskEvent(
                field, "ticket.assigned", 9, [.init(field, .text(value))], order: .integer(order))
            row.isPlace = true
            return row
        }
        let closed = deskEvent(
            "c", "ticket.status_changed", 9, [.init("status", .text("closed"))], order: .integer(2))
        let (team, agent) = (assigned("team", "east", 1), assigned("agent", "budi", 3))
        #expect(try Self.course([Self.opening, agent, closed, team]) == ["closed budi"])
    }

    @Test("What comes late and nobody looks at moves what waits for it, live as in a replay")
    func late() throws {
        let cost = [EventDraft.Field("amount", .integer(1)), .init("currency", .text("IDR"))]
        func state(_ id: String, _ word: String, order: SourceOrder? = nil) -> EventDraft {
            deskEvent(
                id, "agent.state_changed", 9, [.init("state", .text(word))],
                subject: "agent/budi", order: order)
        }
        let open = deskEvent("b", "ticket.status_changed", 0, [.init("status", .text("open"))])
        let new = deskEvent("a", "ticket.status_changed", -10, [.init("status", .text("new"))])
        for (kind, type, field, before, late, expected) in [
            // One that comes before an opening.
            (
                "ticket", "ticket.status_changed", "status", [Self.opening, open, new],
                deskEvent("c", "cost.recorded", -20, cost), ["open", "new"]
            ),
            // One whose source tells its order, in a case that nothing opens.
            (
                "agent", "agent.state_changed", "state",
                [state("a", "available", order: .integer(2)), state("b", "break")],
                deskEvent(
                    "c", "cost.recorded", 9, cost, subject: "agent/budi", order: .integer(1)),
                ["break", "available"]
            ),
        ] {
            let folder = StoreFolder()
            let log = try LogStore.make(in: folder)
            let store = try ProjectionStore(log: log)
            let definition = try Self.last(type, of: kind, "word: final.\(field)")
            var options = BuildOptions()
            options.strategy = .differences
            try store.rebuild(sources([definition]), context: testContext)
            for (part, word) in zip([before, [late]], expected) {
                try log.record(part)
                try store.catchUp(sources([definition]), context: testContext, options: options)
                let live = try canonical([definition], store, log)
                #expect(live["p"]?.map { $0.contains("\t\(word)\t") } == [true], "\(live)")
                let replayed = try store.replay([definition], context: testContext)
                #expect(try canonical(replayed, log) == live)
            }
        }
    }
}
