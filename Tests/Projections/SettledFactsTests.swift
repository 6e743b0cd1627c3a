import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// What a new event cannot have changed is not computed again: facts that look ahead, within a
/// window, through each other, and stocks, on cases that grow by an event or a few at a time, some
/// of them late or taken back, give what a replay gives.
///
/// Faults planted that made it fail: a window whose end is not looked at; a late event found that
/// passes for settled; bindings of the case that always do.
@Suite struct SettledFactsTests {
    private static func posts(_ direction: String) -> Selector {
        Selector(
            types: ["message.posted"],
            tests: [("direction", .among([.text(direction)], negated: false))])
    }

    private static func status(_ words: String...) -> Selector {
        Selector(
            types: ["ticket.status_changed"],
            tests: [("status", .among(words.map { .text($0) }, negated: false))])
    }

    private static func definition(
        _ name: String, _ bindings: [Binding], fact: FactRule,
        measures: [(name: String, source: MeasureSource)]
    ) -> ProjectionDefinition {
        ProjectionDefinition(
            name: name, version: 1, title: LocalizedText(english: name), subjectKinds: ["ticket"],
            bindings: bindings, fact: fact,
            dimensions: [("priority", .latest("priority", at: "fact"))], measures: measures)
    }

    private static let wait = MeasureSource.duration(
        Duration(
            from: "fact", to: "answer", clock: .wall, except: ("status", [.text("pending")])))

    private static let ahead = definition(
        "ahead",
        [
            Binding(name: "answer", kind: .first(posts("out")), window: Window(after: "fact")),
            Binding(
                name: "thanks", kind: .first(posts("in")), window: Window(after: "answer")),
            Binding(
                name: "between", kind: .count(status("open", "pending", "hold")),
                window: Window(after: "fact", before: "thanks")),
            Binding(
                name: "held", kind: .last(status("hold")),
                window: Window(after: "fact", before: "answer")),
        ],
        fact: .each(posts("in")),
        measures: [
            ("wait", wait), ("between", .count("between")),
            ("thanked", .flag([.exists("thanks", negated: false)])),
            ("held", .flag([.exists("held", negated: false)])),
        ])

    private static let soon = definition(
        "soon",
        [
            Binding(
                name: "answer", kind: .first(posts("out")),
                window: Window(after: "fact", withinMilliseconds: 6 * 1_800_000)),
            Binding(
                name: "earlier", kind: .count(posts("in")), window: Window(before: "fact")),
        ],
        fact: .each(posts("in")),
        measures: [("wait", wait), ("earlier", .count("earlier"))])

    /// What the whole case tells decides about each fact.
    private static let closing = definition(
        "closing",
        [
            Binding(name: "first", kind: .first(status("resolved")), window: Window()),
            Binding(name: "last", kind: .last(status("closed")), window: Window()),
            Binding(
                name: "answer", kind: .first(posts("out")), window: Window(after: "first")),
            Binding(
                name: "lead", kind: .count(posts("in")), window: Window(before: "last")),
        ],
        fact: .each(status("resolved", "closed")),
        measures: [
            ("lead", .count("lead")), ("answered", .flag([.exists("answer", negated: false)])),
            ("solved", .flag([.exists("first", negated: false)])),
        ])

    private static let open = definition(
        "open",
        [Binding(name: "begin", kind: .first(posts("in")), window: Window())],
        fact: .stock(
            from: "begin",
            while: [.latest("status", .among([.text("resolved"), .text("closed")], negated: true))]),
        measures: [])

    private static let stay = definition(
        "stay", [], fact: .stay(enter: status("open", "hold"), leave: status("resolved")),
        measures: [])

    @Test(arguments: 0..<4)
    func `A case that grows gives what a replay gives`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 900)
        let drafts = random.drafts(260, cases: 2)
        let definitions = [Self.ahead, Self.soon, Self.closing, Self.open, Self.stay]
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        var options = BuildOptions()
        options.strategy = .differences
        try store.rebuild(sources(definitions), context: testContext)
        var sizes = Seeded(seed)
        var rest = drafts[...]
        var round = 0
        while !rest.isEmpty {
            let size = seed < 2 ? 1 : 1 + sizes.below(5)
            try log.record(rest.prefix(size))
            rest = rest.dropFirst(size)
            try store.catchUp(sources(definitions), context: testContext, options: options)
            round += 1
            guard round % 20 == 0 || rest.isEmpty else { continue }
            let live = try canonical(definitions, store, log)
            let replayed = try canonical(
                try store.replay(definitions, context: testContext), log)
            for definition in definitions {
                #expect(
                    live[definition.name] == replayed[definition.name],
                    "seed \(seed), \(drafts.count - rest.count) events, \(definition.name)")
                #expect(rest.count > 0 || (live[definition.name]?.count ?? 0) > 3)
            }
        }
    }
}
