import Definitions

/// For how many days after a fact's own something may still change: the reach of the windows that
/// look past the fact, `within: 7d` after a resolution. A window without an end has no such day.
struct OpenWindows {
    /// For the facts themselves: whether there is one, and its dimensions.
    var ofFacts = 0
    /// For what measures hold, where they look past the fact.
    var ofMeasures: [String: Int] = [:]
    /// Windows whose length a field says, in units of so many milliseconds.
    struct FieldWindow: Hashable {
        var field: FieldReference
        var millisecondsPerUnit: Int64
    }
    /// For the facts themselves, and for what measures hold.
    private(set) var fieldsOfFacts: [FieldWindow] = []
    private(set) var fieldsOfMeasures: [String: [FieldWindow]] = [:]

    private let definition: ProjectionDefinition
    /// Milliseconds past the fact, of bindings that look there.
    private var reach: [String: Int64] = [:]
    /// Bindings of events after the fact.
    private var later: Set<String> = []

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
        findLater()
        ofFacts = days(names, definition.conditions)
        fieldsOfFacts = fields(definition.conditions)
        for (name, source) in definition.measures {
            let days = days(Set(source.names), source.conditions)
            if days > 0 { ofMeasures[name] = days }
            let fields = fields(source.conditions)
            if !fields.isEmpty { fieldsOfMeasures[name] = fields }
        }
    }

    /// Which bindings look past the fact, with or without an end.
    private mutating func findLater() {
        var starts: Set<String> = ["fact"]
        if case .one(let name) = definition.fact { starts.insert(name) }
        for binding in definition.bindings where !starts.contains(binding.name) {
            let isLater =
                if case .either(let others) = binding.kind {
                    others.contains { later.contains($0) }
                } else {
                    binding.window.after.map { starts.contains($0) || later.contains($0) } ?? false
                }
            if isLater { later.insert(binding.name) }
        }
    }

    /// The fields that say for how long an event after the fact still changes it.
    private func fields(_ conditions: [Condition]) -> [FieldWindow] {
        var found: [FieldWindow] = []
        for condition in conditions {
            switch condition {
            case .within(let duration, let field, let unit),
                .beyond(let duration, let field, let unit):
                let window = FieldWindow(field: field, millisecondsPerUnit: unit)
                if later.contains(duration.to), !found.contains(window) { found.append(window) }
            case .any(let lists):
                for window in lists.flatMap({ fields($0) }) where !found.contains(window) {
                    found.append(window)
                }
            case .exists, .field, .latest, .count, .duration: break
            }
        }
        return found
    }

    /// The longest time after which a length of time up to an event after the fact is decided.
    private func bound(_ conditions: [Condition]) -> Int64 {
        conditions.map { condition in
            switch condition {
            case .duration(let duration, let least, let most):
                later.contains(duration.to) ? max(least ?? 0, most ?? 0) : 0
            case .any(let lists): lists.map { bound($0) }.max() ?? 0
            case .exists, .field, .latest, .count, .within, .beyond: 0
            }
        }.max() ?? 0
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

    private func days(_ names: Set<String>, _ conditions: [Condition]) -> Int {
        let longest = max(names.compactMap { reach[$0] }.max() ?? 0, bound(conditions))
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

extension MeasureSource {
    fileprivate var conditions: [Condition] {
        switch self {
        case .flag(let conditions), .name(_, when: let conditions): conditions
        case .duration, .number, .count, .money: []
        }
    }
}
