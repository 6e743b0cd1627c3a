extension ProjectionDefinition {
    /// Every length of time that its measures and conditions look at.
    public var durations: [Duration] {
        durationsOfFacts + measures.flatMap { $0.source.durations }
    }

    /// Those by which it is decided whether there is a fact.
    public var durationsOfFacts: [Duration] {
        guard case .stock(_, let held) = fact else { return conditions.flatMap(\.durations) }
        return (held + conditions).flatMap(\.durations)
    }

    /// The types of the event that a binding (or `fact`) may stand for; empty for a counting
    /// binding, or where there is no such binding.
    public func eventTypes(of binding: String) -> [String] {
        if binding == "fact" || (binding == Rounds.last && rounds != nil) {
            switch fact {
            case .one(let name): return eventTypes(of: name)
            case .each(let selector): return selector.types
            case .stock, .stay: return []
            }
        }
        switch bindings.first(where: { $0.name == binding })?.kind {
        case .first(let selector), .last(let selector): return selector.types
        case .either(let names):
            var types: [String] = []
            for name in names {
                for type in eventTypes(of: name) where !types.contains(type) { types.append(type) }
            }
            return types
        case .count, nil: return []
        }
    }
}

extension MeasureSource {
    /// Every length of time that it looks at.
    public var durations: [Duration] {
        switch self {
        case .duration(let duration): [duration]
        case .flag(let conditions), .name(_, when: let conditions):
            conditions.flatMap(\.durations)
        case .number, .count, .money: []
        }
    }
}

extension Condition {
    /// Every length of time that it looks at.
    fileprivate var durations: [Duration] {
        switch self {
        case .duration(let duration, _, _), .within(let duration, _, _),
            .beyond(let duration, _, _):
            [duration]
        case .any(let lists): lists.flatMap { $0.flatMap(\.durations) }
        case .exists, .field, .latest, .count: []
        }
    }
}
