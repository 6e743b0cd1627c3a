extension ProjectionDefinition {
    /// The measure that holds the case itself of every fact; nil where there is none.
    public var respondentMeasure: String? {
        measures.first { $0.source == .name(.subject, when: []) }?.name
    }

    /// Every length of time that its measures and conditions look at.
    public var durations: [Duration] {
        var found: [Duration] = []
        func add(_ conditions: [Condition]) {
            for condition in conditions {
                switch condition {
                case .duration(let duration, _, _), .within(let duration, _, _),
                    .beyond(let duration, _, _):
                    found.append(duration)
                case .any(let lists): for list in lists { add(list) }
                case .exists, .field, .latest, .count: break
                }
            }
        }
        if case .stock(_, let conditions) = fact { add(conditions) }
        add(conditions)
        for (_, source) in measures {
            switch source {
            case .duration(let duration): found.append(duration)
            case .flag(let conditions), .name(_, when: let conditions): add(conditions)
            case .number, .count, .money: break
            }
        }
        return found
    }

    /// The types of the event that a binding (or `fact`) may stand for; empty for a counting
    /// binding, or where there is no such binding.
    public func eventTypes(of binding: String) -> [String] {
        if binding == "fact" {
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
