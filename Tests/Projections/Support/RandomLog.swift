import EventModel

/// Random logs of a few cases: ties, orders of sources, clocks that differ, times beyond the
/// millisecond, events out of order and late, some voided, names cleared, cases of several kinds,
/// fields left out.
struct RandomLog {
    var random: Seeded
    private var count = 0
    private var recorded: [EventDraft] = []

    init(seed: UInt64) { random = Seeded(seed) }

    /// - Parameters:
    ///   - cases: how many cases share the events; few make long ones.
    ///   - step: what times are multiples of, in milliseconds. Small ones crowd a case's events around
    ///     its opening.
    mutating func drafts(_ events: Int, cases: Int, step: Int64 = 1_800_000) -> [EventDraft] {
        recorded = []
        var alive: [Int] = []
        var clock = testStart
        for _ in 0..<events {
            if random.chance(6), let place = alive.popLast(), recorded[place].type != "event.voided"
            {
                recorded.append(void(recorded[place]))
                continue
            }
            // Many at the same instant, two in ten late by up to a day; half hours, so that limits
            // of time are met exactly.
            if !random.chance(30) { clock += Int64(random.below(9)) * step }
            let late = random.chance(20) ? Int64(random.below(48)) * step : 0
            recorded.append(event(at: clock - late, case: random.below(cases)))
            if random.chance(50) { alive.append(recorded.count - 1) }
            if random.chance(20), alive.count > 1 { alive.swapAt(0, alive.count - 1) }
        }
        return recorded
    }

    private mutating func id() -> String {
        count += 1
        return "e\(count)"
    }

    private mutating func void(_ target: EventDraft) -> EventDraft {
        EventDraft(
            id: id(), source: "test", type: "event.voided", subject: target.subject,
            time: target.time,
            fields: [
                .init("source", .text(target.source)), .init("id", .text(target.id)),
                .init("reason", .text("test")),
            ])
    }

    private mutating func event(at time: Int64, case number: Int) -> EventDraft {
        let kind = number % 7 == 6 ? "call" : number % 11 == 10 ? "customer" : "ticket"
        let (type, fields) = kind == "ticket" ? ticketEvent() : anyEvent()
        // Clocks of two sources, one of which is up to three minutes slow.
        let isSlow = random.chance(15)
        var draft = EventDraft(
            id: id(), source: isSlow ? "slow" : random.pick(["test", "other"]), type: type,
            subject: "\(kind)/\(number)",
            time: Instant(milliseconds: time - (isSlow ? Int64(random.below(4)) * 60_000 : 0)),
            fields: fields)
        if random.chance(15) { draft.nanoseconds = UInt32(random.below(3)) }
        if random.chance(40) {
            draft.order = order()
            draft.isPlace = random.chance(50)
        }
        return draft
    }

    /// An order of the source: a number, a text, or a text that is longer than its key.
    private mutating func order() -> SourceOrder {
        switch random.below(3) {
        case 0: .integer(Int64(random.below(9)) - 4)
        case 1: .text("\(random.below(12))")
        default: .text("batch-00\(random.below(2))\(random.pick(["", "-1", "-2"]))")
        }
    }

    typealias Fields = [EventDraft.Field]

    private mutating func ticketEvent() -> (String, Fields) {
        switch random.below(9) {
        case 0: return ("ticket.opened", opened())
        case 1:
            return ("ticket.assigned", maybe("agent", agent()) + maybe("team", team()))
        case 2, 3:
            let status = random.pick(["new", "open", "pending", "hold", "resolved", "closed"])
            return (
                "ticket.status_changed", [.init("status", .text(status))] + maybe("actor", agent())
            )
        case 4, 5:
            return (
                "message.posted",
                [
                    .init("direction", .text(random.pick(["in", "out"]))),
                    .init("visibility", .text(random.pick(["public", "internal"]))),
                    .init("actor_kind", .text(random.pick(["agent", "customer", "bot"]))),
                    .init("actor", agent()),
                ] + maybe("channel", .text(random.pick(["email", "chat"])))
                    + maybe("automatic", .boolean(random.chance(50)))
            )
        case 6:
            return (
                "ticket.escalated",
                [.init("trigger", .text(random.pick(["customer", "agent", "sla"])))]
                    + maybe("from_level", .integer(Int64(random.below(4))))
                    + maybe("to_level", .integer(Int64(random.below(4))))
                    + maybe("from_agent", agent()) + maybe("to_agent", agent())
            )
        case 7:
            return (
                "ticket.attributes_set",
                maybe("priority", .text(random.pick(["low", "normal", "high", "urgent"])))
                    + maybe("channel", .text(random.pick(["email", "chat", "phone"])))
                    + maybe("level", .integer(Int64(random.below(5))))
            )
        default: return anyEvent()
        }
    }

    private mutating func opened() -> Fields {
        [
            .init("channel", .text(random.pick(["email", "chat", "phone"]))),
            .init("origin", .text(random.pick(["customer", "agent", "system"]))),
        ] + maybe("priority", .text(random.pick(["low", "normal", "high"])))
            + maybe("agent", agent()) + maybe("team", team())
            + maybe("level", .integer(Int64(random.below(5))))
    }

    private mutating func anyEvent() -> (String, Fields) {
        random.chance(50)
            ? (
                "survey.answered",
                [
                    .init("survey", .text("s")),
                    .init("kind", .text(random.pick(["csat", "nps"]))),
                    .init("score", .integer(Int64(random.below(11)))),
                ] + maybe("agent", agent()) + maybe("team", team())
            )
            : (
                "cost.recorded",
                [
                    .init("amount", .integer(Int64(random.below(2000)) - 1000)),
                    .init("currency", .text("IDR")),
                ] + maybe("agent", agent()) + days()
            )
    }

    /// Days that a cost covers: mostly a few, sometimes none, or the last before the first.
    private mutating func days() -> Fields {
        guard random.chance(60) else { return [] }
        let first = Int32(20_089 + random.below(5))
        let last = first + Int32(random.below(9)) - 2
        return [
            .init("from_day", .text(Day(number: first).description)),
            .init("to_day", .text(Day(number: last).description)),
        ]
    }

    private mutating func agent() -> FieldValue {
        .text(random.chance(20) ? "" : "Agent \(random.below(4))")
    }

    private mutating func team() -> FieldValue {
        .text(random.chance(15) ? "" : "Team \(random.below(3))")
    }

    private mutating func maybe(_ name: String, _ value: FieldValue) -> Fields {
        random.chance(60) ? [.init(name, value)] : []
    }
}
