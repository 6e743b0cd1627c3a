import Definitions

/// For how long after a fact something may still change: the reach of the windows that look past it,
/// `within: 7d` after a resolution. What looks past the fact without an end may change for ever.
///
/// Read off the definition alone, and on the safe side: nothing that only happens after the reach
/// moves a fact (law 9), but for events that take a whole case out (`undoingTypes`).
struct OpenWindows {
    /// For the facts themselves: whether there is one, its day and its dimensions.
    private(set) var ofFacts = Reach()
    /// For what measures hold, where that is longer.
    private(set) var ofMeasures: [String: Reach] = [:]
    /// Windows whose length a field says, in units of so many milliseconds.
    struct FieldWindow: Hashable {
        var field: FieldReference
        var millisecondsPerUnit: Int64
    }
    /// For the facts themselves, and for what measures hold.
    private(set) var fieldsOfFacts: [FieldWindow] = []
    private(set) var fieldsOfMeasures: [String: [FieldWindow]] = [:]

    private let definition: ProjectionDefinition
    /// Milliseconds past the fact after which a binding finds what it found; `.max`: never.
    private var reach: [String: Int64] = ["fact": 0]
    /// Bindings that the fact itself hangs on: found before it, or no fact.
    private var ancestors: Set<String> = []

    /// - Complexity: O(definition).
    init(_ definition: ProjectionDefinition) {
        self.definition = definition
        findAncestors()
        for binding in definition.bindings { reach[binding.name] = reach(of: binding) }
        var whole = Need()
        switch definition.fact {
        case .one(let name):
            whole.milliseconds = reach[name] ?? 0
            reach[name] = 0
        case .stock(let from, let conditions):
            whole.milliseconds = reach[from] ?? 0
            whole.add(need(conditions))
        case .each, .stay: break
        }
        whole.add(need(definition.conditions))
        for (_, source) in definition.dimensions { whole.add(need(source.names)) }
        ofFacts = Reach(milliseconds: whole.milliseconds).joined(with: reachOfSplit())
        fieldsOfFacts = whole.fields
        for (name, source) in definition.measures {
            var own = need(source.conditions)
            own.add(need(source.names))
            if own.milliseconds > 0 { ofMeasures[name] = Reach(milliseconds: own.milliseconds) }
            if !own.fields.isEmpty { fieldsOfMeasures[name] = own.fields }
        }
    }

    /// What some parts of a definition need to know before they are decided.
    private struct Need {
        var milliseconds: Int64 = 0
        var fields: [FieldWindow] = []

        mutating func add(_ other: Need) {
            milliseconds = max(milliseconds, other.milliseconds)
            for field in other.fields where !fields.contains(field) { fields.append(field) }
        }
    }

    // MARK: Bindings

    /// The bindings by which the fact's own is found, each the first of its kind after the one
    /// before: once there is a fact, none of them is found elsewhere.
    private mutating func findAncestors() {
        var name: String? =
            switch definition.fact {
            case .one(let name), .stock(from: let name, _): name
            case .each, .stay: nil
            }
        while let known = name, let binding = definition.bindings.first(where: { $0.name == known })
        {
            guard case .first = binding.kind, !binding.isStartOptional else { return }
            ancestors.insert(known)
            name = binding.window.after
        }
    }

    /// Bindings stand in an order in which each uses only earlier ones.
    private func reach(of binding: Binding) -> Int64 {
        switch binding.kind {
        case .either(let names): return longest(names)
        case .first(let selector), .last(let selector), .count(let selector):
            if Set(selector.types).isSubset(of: definition.undoingTypes) { return 0 }
            let window = binding.window
            var compared = selector.tests.flatMap { $0.test.names }
            compared.removeAll { $0 == window.after }
            let others = longest(compared)
            // What ends at another event is decided when that one is.
            if let before = window.before { return max(others, reach[before] ?? .max) }
            if ancestors.contains(binding.name) { return others }
            guard let after = window.after, let within = window.withinMilliseconds else {
                return .max
            }
            return max(others, sum(reach[after] ?? .max, within))
        }
    }

    private func longest(_ names: [String]) -> Int64 {
        names.map { reach[$0] ?? .max }.max() ?? 0
    }

    private func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }

    // MARK: Conditions

    private func need(_ names: [String]) -> Need {
        var need = Need()
        for name in names {
            if let rounds = definition.rounds, name == Rounds.last {
                need.milliseconds = max(need.milliseconds, rounds.withinMilliseconds)
                let window = rounds.days.map {
                    FieldWindow(field: $0, millisecondsPerUnit: 86_400_000)
                }
                if let window, !need.fields.contains(window) { need.fields.append(window) }
            } else {
                need.milliseconds = max(need.milliseconds, reach[name] ?? .max)
            }
        }
        return need
    }

    /// Conditions that all must hold. A length of time up to an event that must lie within a bound
    /// decides them all once the bound is past: an event found later is too late.
    private func need(_ conditions: [Condition]) -> Need {
        need(conditions, bounds: [:], fields: [:])
    }

    /// - Parameters:
    ///   - bounds: until when conditions beside these decide about a binding.
    ///   - fields: the same, where a field says it.
    private func need(
        _ conditions: [Condition], bounds: [String: Int64], fields: [String: FieldWindow]
    ) -> Need {
        var (bounds, fields) = (bounds, fields)
        for condition in conditions {
            switch condition {
            case .duration(let duration, _, let most?) where isFirst(duration.to):
                let end = sum(reach[duration.from] ?? .max, most)
                bounds[duration.to] = min(bounds[duration.to] ?? .max, end)
            case .within(let duration, let field, let unit) where isFirst(duration.to):
                fields[duration.to] = FieldWindow(field: field, millisecondsPerUnit: unit)
            default: break
            }
        }
        var found = Need()
        for condition in conditions {
            if case .any(let lists) = condition {
                for list in lists { found.add(need(list, bounds: bounds, fields: fields)) }
                continue
            }
            for name in condition.names {
                var own = need([name])
                if let bound = bounds[name] {
                    own.milliseconds = min(own.milliseconds, bound)
                } else if own.milliseconds == .max, let field = fields[name] {
                    own = Need(fields: [field])
                }
                found.add(own)
            }
        }
        return found
    }

    /// Whether a binding is the first of its kind: once one is found, later ones change nothing.
    private func isFirst(_ name: String) -> Bool {
        let binding = definition.bindings.first { $0.name == name }
        if case .first = binding?.kind { return true }
        return false
    }

    // MARK: Parts

    /// Parts of a fact may lie on days before its event, which it then changes.
    private func reachOfSplit() -> Reach {
        switch definition.split {
        case nil: return Reach()
        case .days(_, _, let within?): return Reach(days: within)
        case .days(_, _, nil): return .unlimited
        case .time(let from, let to, _):
            let start =
                from == "fact"
                ? 0
                : definition.bindings.first { $0.name == from }
                    .flatMap { $0.window.before == "fact" ? $0.window.withinMilliseconds : nil }
            return Reach(milliseconds: sum(start ?? .max, reach[to] ?? .max))
        }
    }
}

// Names of the bindings that parts of a definition look at.

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
    /// Those it looks at beside its conditions.
    fileprivate var names: [String] {
        switch self {
        case .duration(let duration): duration.names
        case .number(let reference), .money(let reference, _): [reference.binding]
        case .count(let name): [name]
        case .flag: []
        case .name(let source, _): source.names
        }
    }

    fileprivate var conditions: [Condition] {
        switch self {
        case .flag(let conditions), .name(_, when: let conditions): conditions
        case .duration, .number, .count, .money: []
        }
    }
}
