import Definitions
import EventModel

/// Random projections over the types of `RandomLog`: every kind of binding, window, condition,
/// dimension and measure.
struct RandomDefinitions {
    var random: Seeded
    private var bindings: [Binding] = []
    /// Bindings that have events, those that count, and the types of each.
    private var events: [String] = []
    private var counts: [String] = []
    private var types: [String: [String]] = [:]
    private var isStock = false
    private var split: Split?

    init(seed: UInt64) { random = Seeded(seed) }

    private static let names = ["agent", "team", "channel", "actor", "from_agent", "to_agent"]
    private static let enums: [String: [String]] = [
        "priority": ["low", "normal", "high", "urgent"], "direction": ["in", "out"],
        "status": ["new", "open", "pending", "hold", "resolved", "closed"],
        "origin": ["customer", "agent", "system"], "kind": ["csat", "nps"],
    ]
    private static let integers = ["level", "from_level", "to_level", "score", "amount"]
    private static let allTypes = [
        "ticket.opened", "ticket.assigned", "ticket.status_changed", "message.posted",
        "ticket.escalated", "ticket.attributes_set", "survey.answered", "cost.recorded",
    ]

    mutating func definition(_ name: String) -> ProjectionDefinition {
        bindings = []
        events = []
        counts = []
        types = [:]
        isStock = false
        for number in 0..<1 + random.below(4) { addBinding("b\(number)", mayUseFact: false) }
        let rule: FactRule
        switch random.below(5) {
        case 0 where !events.isEmpty, 1 where !events.isEmpty:
            let fact = random.pick(events)
            rule = .one(fact)
            types["fact"] = types[fact]
        case 4 where !events.isEmpty:
            isStock = true
            rule =
                random.chance(50)
                ? .stock(from: random.pick(events), while: whileConditions())
                : .stay(enter: selector(mayCompare: false), leave: selector(mayCompare: false))
        default:
            let selector = selector(mayCompare: true)
            rule = .each(selector)
            types["fact"] = selector.types
        }
        if !isStock {
            events.append("fact")
            for number in 0..<random.below(4) { addBinding("f\(number)", mayUseFact: true) }
        }
        let conditions = (0..<(random.chance(60) ? 0 : 1 + random.below(2))).map { _ in
            condition(depth: 0)
        }
        let rounds = randomRounds(rule)
        split = isStock || rounds != nil ? nil : randomSplit()
        if rounds != nil {
            events.append(Rounds.last)
            types[Rounds.last] = types["fact"]
        }
        return ProjectionDefinition(
            name: name, version: 1, title: LocalizedText(english: name),
            subjectKinds: random.chance(70) ? ["ticket"] : ["ticket", "call"],
            toleranceMilliseconds: random.chance(70) ? 120_000 : Int64(random.below(6)) * 60_000,
            bindings: bindings, fact: rule, rounds: rounds, split: split,
            conditions: conditions.filter { !isStock || !readsLatest($0) },
            latestTypes: random.chance(50)
                ? [("agent", ["ticket.opened", "ticket.assigned"])] : [],
            dimensions: (0..<random.below(5)).map { ("d\($0)", dimension()) },
            measures: (0..<random.below(4)).map { ("m\($0)", measure()) })
    }

    private mutating func randomRounds(_ rule: FactRule) -> Rounds? {
        guard case .each(let selector) = rule, random.chance(30) else { return nil }
        var rounds = Rounds(
            field: random.chance(50) ? columns(of: selector.types).first : nil, invitation: nil,
            days: nil, withinMilliseconds: Int64(random.below(80)) * 1_800_000)
        let anchors = events.filter { $0 != "fact" }
        if random.chance(70), let asked = anchors.randomElement(using: &random) {
            rounds.invitation = asked
            let field = columns(of: types[asked] ?? []).first { Self.integers.contains($0) }
            rounds.days = field.map { FieldReference(binding: asked, field: $0) }
        }
        return rounds
    }

    private mutating func randomSplit() -> Split? {
        let holders = events.filter { types[$0] == ["cost.recorded"] }
        if let holder = holders.randomElement(using: &random), random.chance(70) {
            return .days(
                from: FieldReference(binding: holder, field: "from_day"),
                to: FieldReference(binding: holder, field: "to_day"),
                withinDays: random.chance(50) ? random.below(3) : nil)
        }
        guard random.chance(30), !events.isEmpty else { return nil }
        return .time(
            from: random.pick(events), to: random.pick(events), byHour: random.chance(50))
    }

    private func readsLatest(_ condition: Condition) -> Bool {
        switch condition {
        case .latest: true
        case .any(let lists): lists.contains { $0.contains { readsLatest($0) } }
        default: false
        }
    }

    // MARK: Bindings

    private mutating func addBinding(_ name: String, mayUseFact: Bool) {
        let anchors = events.filter { mayUseFact || $0 != "fact" }
        if random.chance(12), anchors.count > 1 {
            let chosen = [random.pick(anchors), random.pick(anchors)]
            bindings.append(
                Binding(name: name, kind: .either(chosen), window: Window()))
            types[name] = Array(Set(chosen.flatMap { types[$0] ?? [] })).sorted()
            events.append(name)
            return
        }
        var window = Window()
        if random.chance(50), !anchors.isEmpty {
            window.after = random.pick(anchors)
            window.includesStart = random.chance(30)
        }
        if random.chance(35), !anchors.isEmpty {
            window.before = random.pick(anchors)
            window.includesEnd = random.chance(30)
        }
        if window.after != nil || window.before != nil, random.chance(30) {
            window.withinMilliseconds = Int64(random.below(80)) * 1_800_000
        }
        // Often of the type it is looked for from, so that it matters whether that one counts too.
        let near = random.chance(40) ? (window.after ?? window.before).flatMap { types[$0] } : nil
        let selector = selector(mayCompare: !anchors.isEmpty, of: near)
        let kind: Binding.Kind
        switch random.below(5) {
        case 0: kind = .count(selector)
        case 1, 2: kind = .last(selector)
        default: kind = .first(selector)
        }
        bindings.append(
            Binding(
                name: name, kind: kind, window: window,
                isStartOptional: window.after != nil && random.chance(30)))
        types[name] = selector.types
        if case .count = kind { counts.append(name) } else { events.append(name) }
    }

    private mutating func selector(mayCompare: Bool, of types: [String]? = nil) -> Selector {
        var chosen = types ?? [random.pick(Self.allTypes)]
        if types == nil, random.chance(25) {
            let other = random.pick(Self.allTypes)
            if other != chosen[0] { chosen.append(other) }
        }
        var tests: [(field: String, test: FieldTest)] = []
        for _ in 0..<(random.chance(50) ? 0 : 1 + random.below(2)) {
            guard let field = columns(of: chosen).randomElement(using: &random) else { continue }
            tests.append((field, test(field, mayCompare: mayCompare)))
        }
        return Selector(types: chosen, tests: tests)
    }

    /// Columns that all of these types have.
    private func columns(of types: [String]) -> [String] {
        let all = Self.names + Self.enums.keys.sorted() + Self.integers + ["automatic"]
        return all.filter { field in
            types.allSatisfy { shippedTypes[$0]?.columnIndex(of: field) != nil }
        }
    }

    private mutating func test(_ field: String, mayCompare: Bool) -> FieldTest {
        if random.chance(15) { return random.chance(50) ? .present : .absent }
        if mayCompare, Self.names.contains(field), random.chance(40),
            let other = reference(among: Self.names)
        {
            return .same(other, negated: random.chance(50))
        }
        let negated = random.chance(30)
        if let list = Self.enums[field] {
            let values = (0..<1 + random.below(2)).map { _ in Scalar.text(random.pick(list)) }
            return .among(field == "kind" ? [.text("csat")] : values, negated: negated)
        }
        if field == "automatic" { return .among([.boolean(random.chance(50))], negated: negated) }
        if Self.integers.contains(field) {
            if random.chance(30) {
                return .among([.integer(1), .integer(Int64(random.below(4)))], negated: negated)
            }
            return .range(
                minimum: random.chance(70) ? Int64(random.below(4)) : nil,
                maximum: random.chance(50) ? Int64(random.below(400)) : nil)
        }
        let values = ["Agent 1", "Team 1", "email", "chat", "", "Nobody Knows"]
        return .among([.text(random.pick(values)), .text(random.pick(values))], negated: negated)
    }

    private mutating func reference(among fields: [String]) -> FieldReference? {
        let anchors = events.filter { $0 != "fact" || types["fact"] != nil }
        guard let binding = anchors.randomElement(using: &random),
            let field = columns(of: types[binding] ?? []).filter({ fields.contains($0) })
                .randomElement(using: &random)
        else { return nil }
        return FieldReference(binding: binding, field: field)
    }

    // MARK: Conditions

    private mutating func whileConditions() -> [Condition] {
        var conditions: [Condition] = [
            .latest(
                "status",
                .among([.text("resolved"), .text("closed")], negated: random.chance(70)))
        ]
        if random.chance(30) {
            conditions.append(
                .any([
                    [.latest("priority", .among([.text("high")], negated: true))],
                    [.latest("agent", .present)],
                ]))
        }
        return conditions
    }

    private mutating func condition(depth: Int) -> Condition {
        switch random.below(8) {
        case 0 where !events.isEmpty:
            return .exists(random.pick(events), negated: random.chance(40))
        case 1:
            if let reference = reference(among: Self.names + Array(Self.enums.keys).sorted()) {
                return .field(reference, test(reference.field, mayCompare: true))
            }
        case 2:
            let field = random.pick(["agent", "team", "priority", "status", "level"])
            return .latest(field, test(field, mayCompare: true))
        case 3 where !counts.isEmpty:
            return .count(random.pick(counts), minimum: random.chance(50) ? 1 : nil, maximum: 3)
        case 4 where !events.isEmpty:
            return .duration(
                duration(), minimum: random.chance(50) ? 0 : nil,
                maximum: Int64(random.below(120)) * 1_800_000)
        case 5 where !events.isEmpty:
            if let reference = reference(among: Self.integers) {
                return random.chance(50)
                    ? .within(duration(), reference, millisecondsPerUnit: 1_800_000)
                    : .beyond(duration(), reference, millisecondsPerUnit: 1_800_000)
            }
        case 6 where depth < 2:
            return .any([[condition(depth: depth + 1)], [condition(depth: depth + 1)]])
        default: break
        }
        return events.isEmpty ? .any([[]]) : .exists(random.pick(events), negated: false)
    }

    private mutating func duration() -> Definitions.Duration {
        var duration = Definitions.Duration(
            from: random.pick(events), to: random.pick(events),
            clock: random.chance(40) ? .business : .wall)
        if duration.clock == .business {
            switch random.below(4) {
            case 0: duration.calendar = .named(random.pick(["nights", "office"]))
            case 1, 2: duration.calendar = reference(among: Self.names).map { .field($0) }
            default: break
            }
        }
        let states: (field: String, values: [Scalar]) = (
            "status", [.text("pending"), .text(random.pick(["hold", "open"]))]
        )
        switch random.below(5) {
        case 0, 1: duration.except = states
        case 2: duration.only = states
        default: break
        }
        return duration
    }

    // MARK: Dimensions and measures

    private mutating func dimension() -> DimensionSource {
        switch random.below(8) {
        case 0:
            let fields =
                Self.names + Array(Self.enums.keys).sorted() + Self.integers + ["automatic"]
            if let reference = reference(among: fields) { return .field(reference) }
        case 1, 2:
            let at = !events.isEmpty && random.chance(30) ? random.pick(events) : "fact"
            return .latest(
                random.pick(["agent", "team", "channel", "priority", "level", "status"]), at: at)
        case 3:
            if let reference = reference(among: Self.names) {
                return .firstOf([
                    .field(reference), .latest("team", at: "fact"), .latest("agent", at: "fact"),
                ])
            }
        case 4: return .constant("fixed")
        case 5 where !isStock: return .hour
        case 6 where !isStock: return .weekday
        case 7: return .subject
        default: break
        }
        return .latest("agent", at: "fact")
    }

    private mutating func measure() -> MeasureSource {
        switch random.below(5) {
        case 0 where !events.isEmpty:
            var duration = duration()
            if case .time(let from, let to, _) = split { (duration.from, duration.to) = (from, to) }
            return .duration(duration)
        case 1:
            if let reference = reference(among: Self.integers) { return .number(reference) }
        case 2 where !counts.isEmpty: return .count(random.pick(counts))
        case 3:
            let conditions = [condition(depth: 1)]
            return .flag(conditions.filter { !isStock || !readsLatest($0) })
        default: break
        }
        let conditions = random.chance(50) ? [condition(depth: 1)] : []
        return .name(
            random.chance(50) ? .subject : .latest("team", at: "fact"),
            when: conditions.filter { !isStock || !readsLatest($0) })
    }
}
