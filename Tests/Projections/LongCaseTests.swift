import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// Cases of very many events, in order and in great disorder: the same cells. `tools/bench` says
/// how long they take.
@Suite struct LongCaseTests {
    /// Messages in and out, the next answer to each, and how many came before it.
    private let replies = ProjectionDefinition(
        name: "replies", version: 1, title: LocalizedText(english: "Replies"),
        subjectKinds: ["ticket"],
        bindings: [
            Binding(
                name: "answer",
                kind: .first(
                    Selector(
                        types: ["message.posted"],
                        tests: [("direction", .among([.text("out")], negated: false))])),
                window: Window(after: "fact")),
            Binding(
                name: "earlier",
                kind: .count(Selector(types: ["message.posted"], tests: [])),
                window: Window(before: "fact")),
            Binding(
                name: "recent",
                kind: .last(
                    Selector(
                        types: ["message.posted"],
                        tests: [("direction", .among([.text("out")], negated: false))])),
                window: Window(before: "fact", withinMilliseconds: 120_000)),
        ],
        fact: .each(
            Selector(
                types: ["message.posted"],
                tests: [("direction", .among([.text("in")], negated: false))])),
        dimensions: [("actor", .latest("actor", at: "fact"))],
        measures: [
            (
                "wait",
                .duration(
                    Duration(
                        from: "fact", to: "answer", clock: .wall,
                        except: ("status", [.text("pending")])))
            ), ("earlier", .count("earlier")),
            ("recent", .flag([.exists("recent", negated: false)])),
        ])

    private func drafts(_ count: Int, seed: UInt64) -> [EventDraft] {
        var random = Seeded(seed)
        return (0..<count).map { number in
            let time = Instant(milliseconds: testStart + Int64(number / 3) * 60_000)
            guard !random.chance(10) else {
                return EventDraft(
                    id: "s\(number)", source: "test", type: "ticket.status_changed",
                    subject: "ticket/1", time: time,
                    fields: [.init("status", .text(random.pick(["open", "pending"])))])
            }
            return EventDraft(
                id: "m\(number)", source: "test", type: "message.posted", subject: "ticket/1",
                time: time,
                fields: [
                    .init("direction", .text(random.pick(["in", "out"]))),
                    .init("visibility", .text("public")), .init("actor_kind", .text("agent")),
                    .init("actor", .text("Agent \(random.below(3))")),
                ])
        }
    }

    @Test func `Arriving backwards gives the same as arriving in order`() throws {
        let inOrder = drafts(1500, seed: 5)
        // Groups of three share an instant and keep their order among themselves.
        var backwards: [EventDraft] = []
        for start in stride(from: inOrder.count - 3, through: 0, by: -3) {
            backwards += inOrder[start..<start + 3]
        }
        var forms: [[String]] = []
        for order in [inOrder, backwards] {
            let folder = StoreFolder()
            let log = try LogStore.make(in: folder)
            try log.record(order)
            let store = try ProjectionStore(log: log)
            let sets = try store.replay([replies], context: testContext)
            forms.append(try canonical(sets, log)["replies"] ?? [])
        }
        #expect(forms[0] == forms[1] && forms[0].count > 500)
        let naive = NaiveEvaluator(replies)
        let short = Array(inOrder.prefix(300))
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(short)
        let sets = try ProjectionStore(log: log).replay([replies], context: testContext)
        #expect(try canonical(sets, log)["replies"] == naive.lines(of: short))
    }
}
