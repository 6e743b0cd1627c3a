extension ProjectionDefinition {
    /// The event types it looks at, each with the fields it reads; both sorted.
    public var reads: [(type: String, fields: [String])] {
        var found: [String: Set<String>] = [:]
        func add(_ types: [String], _ fields: [String]) {
            for type in types { found[type, default: []].formUnion(fields) }
        }
        func add(_ reference: FieldReference) {
            add(eventTypes(of: reference.binding), [reference.field])
        }
        func add(_ test: FieldTest) {
            if case .same(let reference, _) = test { add(reference) }
        }
        func add(_ selector: Selector) {
            add(selector.types, selector.tests.map(\.field))
            for (_, test) in selector.tests { add(test) }
        }
        func add(_ conditions: [Condition]) {
            for condition in conditions {
                switch condition {
                case .field(let reference, let test):
                    add(reference)
                    add(test)
                case .latest(_, let test): add(test)
                case .within(_, let reference, _), .beyond(_, let reference, _): add(reference)
                case .any(let lists): for list in lists { add(list) }
                case .exists, .count, .duration: break
                }
            }
        }
        func add(_ source: DimensionSource) {
            switch source {
            case .field(let reference): add(reference)
            case .firstOf(let sources): for source in sources { add(source) }
            case .latest, .constant, .hour, .weekday, .subject: break
            }
        }
        for binding in bindings {
            switch binding.kind {
            case .first(let selector), .last(let selector), .count(let selector): add(selector)
            case .either: break
            }
        }
        switch fact {
        case .one: break
        case .each(let selector): add(selector)
        case .stock(_, let conditions): add(conditions)
        case .stay(let enter, let leave):
            add(enter)
            add(leave)
        }
        add(conditions)
        for (_, source) in dimensions { add(source) }
        for (_, source) in measures {
            switch source {
            case .number(let reference), .money(let reference, _): add(reference)
            case .flag(let conditions): add(conditions)
            case .name(let source, let conditions):
                add(source)
                add(conditions)
            case .duration, .count: break
            }
        }
        if let field = rounds?.field { add(FieldReference(binding: "fact", field: field)) }
        if let days = rounds?.days { add(days) }
        if case .days(let from, let to, _) = split {
            add(from)
            add(to)
        }
        for duration in durations {
            if case .field(let reference) = duration.calendar { add(reference) }
        }
        for (field, types) in latestTypes { add(types, [field]) }
        return found.map { ($0.key, $0.value.sorted()) }.sorted { $0.type < $1.type }
    }
}
