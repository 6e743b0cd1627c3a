import Definitions

/// For how many days after a fact's own something may still change: the reach of the windows that
/// look past the fact, `within: 7d` after a resolution. A window without an end has no such day.
struct OpenWindows {
    /// For the facts themselves: whether there is one, and its dimensions.
    var ofFacts = 0
    /// For what measures hold, where they look past the fact.
    var ofMeasures: [String: Int] = [:]

    private let definition: ProjectionDefinition
    /// Milliseconds past the fact, of bindings that look there.
    private var reach: [String: Int64] = [:]

    /// - Complexity: O(definition).
    init(_ definition: ProjectionDefinition) {
        self.definition = definition
        reach["fact"] = 0
        if case .one(let name) = definition.fact { reach[name] = 0 }
        for binding in definition.bindings where reach[binding.name] == nil {
            reach[binding.name] = reach(of: binding)
        }
        var names = Set(definition.conditions.flatMap { $0.names })
        for (_, source) in definition.dimensions { names.formUnion(source.names) }
        ofFacts = days(names)
        for (name, source) in definition.measures {
            let days = days(Set(source.names))
            if days > 0 { ofMeasures[name] = days }
        }
    }

    /// Bindings stand in an order in which each uses only earlier ones.
    private func reach(of binding: Binding) -> Int64? {
        var own: Int64?
        if let start = binding.window.after, let from = reach[start] {
            own = from + (binding.window.withinMilliseconds ?? 0)
        }
        let used = binding.names.compactMap { reach[$0] }.max()
        guard let own else { return used }
        return max(own, used ?? 0)
    }

    private func days(_ names: Set<String>) -> Int {
        let longest = names.compactMap { reach[$0] }.max() ?? 0
        return Int((longest + 86_399_999) / 86_400_000)
    }
}

// Names of the bindings that parts of a definition look at.

extension Binding {
    fileprivate var names: [String] {
        var names = [window.after, window.before].compactMap { $0 }
        switch kind {
        case .first(let selector), .last(let selector), .count(let selector):
            names += selector.tests.flatMap { $0.test.names }
        case .either(let others): names += others
        }
        return names
    }
}

extension FieldTest {
    fileprivate var names: [String] {
        if case .same(let reference, _) = self { [reference.binding] } else { [] }
    }
}

extension Condition {
    fileprivate var names: [String] {
        switch self {
        case .exists(let name, _), .count(let name, _, _): [name]
        case .field(let reference, let test): [reference.binding] + test.names
        case .latest(_, let test): test.names
        case .duration(let duration, _, _): duration.names
        case .within(let duration, let reference, _), .beyond(let duration, let reference, _):
            duration.names + [reference.binding]
        case .any(let lists): lists.flatMap { $0.flatMap { $0.names } }
        }
    }
}

extension Definitions.Duration {
    fileprivate var names: [String] { [from, to] }
}

extension DimensionSource {
    fileprivate var names: [String] {
        switch self {
        case .field(let reference): [reference.binding]
        case .latest(_, let place): [place]
        case .firstOf(let sources): sources.flatMap { $0.names }
        case .constant, .hour, .weekday, .subject: []
        }
    }
}

extension MeasureSource {
    fileprivate var names: [String] {
        switch self {
        case .duration(let duration): duration.names
        case .number(let reference), .money(let reference, _): [reference.binding]
        case .count(let name): [name]
        case .flag(let conditions): conditions.flatMap { $0.names }
        case .name(let source, let conditions):
            source.names + conditions.flatMap { $0.names }
        }
    }
}
