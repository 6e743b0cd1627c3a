import EventModel

/// What makes a fact, as written.
struct RawFact {
    enum Rule {
        case one(String)
        case each(Selector, rounds: YAMLValue?)
        case stock(from: String, while: YAMLValue)
        case stay(enter: Selector, leave: Selector)
    }

    var rule: Rule
    var at: YAMLValue
}

extension ProjectionReader {
    /// Reads `fact` or `stock`; exactly one of them must stand.
    func readFact(_ fields: Fields, bindings: [RawBinding]) -> RawFact? {
        if let value = fields["stock"] {
            if let key = fields.key("fact") {
                faults.report(
                    at: key, "\"fact\" stands beside \"stock\"", expected: "one of them")
            }
            return readStock(value, bindings: bindings)
        }
        guard
            let value = fields.required(
                "fact", "the name of a binding, {each: …}, or \"stock\" in its place")
        else { return nil }
        if let name = value.text {
            guard let binding = bindings.first(where: { $0.name == name }) else {
                faults.report(
                    at: value, "\"let\" does not say what \"\(name)\" is", word: name,
                    among: bindings.map(\.name))
                return nil
            }
            return isEvent(binding, at: value) ? RawFact(rule: .one(name), at: value) : nil
        }
        guard let fields = Fields(value, of: "a fact", keys: Self.eachKeys, faults: faults),
            let selector = readEach(fields)
        else { return nil }
        return RawFact(rule: .each(selector, rounds: fields["round"]), at: value)
    }

    static let eachKeys = ["each", "where", "round"]

    /// `{each: types, where: {…}}`.
    private func readEach(_ each: Fields) -> Selector? {
        var references: [NameReference] = []
        guard each.required("each", "an event type") != nil else { return nil }
        let selector = readSelector(each, key: "each", references: &references)
        if let reference = references.first {
            faults.report(
                at: reference.at, "\"each\" compares with another binding",
                expected: "that comparison under \"when\"")
        }
        return selector.types.isEmpty ? nil : selector
    }

    static let stockKeys = ["from", "while", "enter", "leave"]

    /// `{enter: types, leave: types}`, each also as `{each: types, where: {…}}`.
    private func readStay(_ fields: Fields, at value: YAMLValue) -> RawFact? {
        for key in fields.present(["from", "while"]) {
            faults.report(
                at: fields.key(key) ?? value, "\"\(key)\" stands beside enter and leave",
                expected: "enter and leave, or from and while")
        }
        func selector(_ key: String, _ expected: String) -> Selector? {
            guard let value = fields.required(key, expected) else { return nil }
            if value.pairs != nil {
                return Fields(
                    value, of: "\"\(key)\"", keys: ["each", "where"], faults: faults
                ).flatMap { readEach($0) }
            }
            let types = readTypes(value)
            return types.isEmpty ? nil : Selector(types: types, tests: [])
        }
        let enter = selector("enter", "the event type that brings a case into stock")
        let leave = selector("leave", "the event type that takes it out again")
        guard let enter, let leave else { return nil }
        return RawFact(rule: .stay(enter: enter, leave: leave), at: value)
    }

    private func readStock(_ value: YAMLValue, bindings: [RawBinding]) -> RawFact? {
        guard
            let fields = Fields(
                value, of: "a stock", keys: ProjectionReader.stockKeys, faults: faults)
        else { return nil }
        if !fields.present(["enter", "leave"]).isEmpty { return readStay(fields, at: value) }
        guard
            let from = fields.required("from", "the binding whose event brings a case into stock"),
            let condition = fields.required(
                "while", "conditions such as {latest status: [new, open]}")
        else { return nil }
        guard let name = from.text, let binding = bindings.first(where: { $0.name == name }) else {
            faults.report(
                at: from, "\"let\" does not say what \(from.inWords) is", word: from.text,
                among: bindings.map(\.name))
            return nil
        }
        guard isEvent(binding, at: from) else { return nil }
        return RawFact(rule: .stock(from: name, while: condition), at: value)
    }

    private func isEvent(_ raw: RawBinding, at value: YAMLValue) -> Bool {
        switch raw.kind {
        case .binding(let binding):
            guard case .count = binding.kind else { return true }
            faults.report(
                at: value, "\"\(raw.name)\" is a number of events", expected: "one event")
        case .duration:
            faults.report(at: value, "\"\(raw.name)\" is a duration", expected: "one event")
        case .broken: break
        }
        return false
    }

    /// The fact rule with its conditions.
    func finish(_ fact: RawFact) -> FactRule? {
        switch fact.rule {
        case .one(let name): return .one(name)
        case .each(let selector, _): return .each(selector)
        case .stay(let enter, let leave): return .stay(enter: enter, leave: leave)
        case .stock(let from, let condition):
            let conditions = readConditions(condition, latestOnly: true)
            return .stock(from: from, while: conditions)
        }
    }

    /// Second pass: brings bindings into an order in which each uses only earlier ones, gives each
    /// name its meaning, and reports unknown names and cycles.
    func resolve(_ raw: [RawBinding], fact: RawFact?) -> [Binding] {
        var index: [String: Int] = [:]
        for (number, entry) in raw.enumerated() {
            if case .binding = entry.kind { index[entry.name] = number }
        }
        for entry in raw { names[entry.name] = meaning(of: entry) }
        var alias: String?
        switch fact?.rule {
        case .one(let name): alias = name
        case .each(let selector, _): names["fact"] = .event(types: selector.types)
        case .stock, .stay, nil: break
        }
        var state = [Int](repeating: 0, count: raw.count)
        var ordered: [Binding] = []
        var path: [Int] = []
        func visit(_ number: Int) {
            guard state[number] == 0 else { return }
            state[number] = 1
            path.append(number)
            for reference in raw[number].references {
                let target = reference.name == "fact" ? alias ?? "fact" : reference.name
                guard let next = index[target] else { continue }
                if state[next] == 1 {
                    let cycle = path[(path.firstIndex(of: next) ?? 0)...].map { raw[$0].name }
                    faults.report(
                        at: reference.at,
                        "\"\(raw[next].name)\" depends on itself: "
                            + (cycle + [raw[next].name]).joined(separator: " → "),
                        expected: "bindings that don't depend on each other in a circle")
                    state[next] = 2
                }
                visit(next)
            }
            path.removeLast()
            state[number] = 2
            if case .binding(let binding) = raw[number].kind {
                if case .either(let names) = binding.kind {
                    let targets = names.map { $0 == "fact" ? alias ?? "fact" : $0 }
                    self.names[binding.name] = union(of: targets)
                }
                ordered.append(binding)
            }
        }
        for number in raw.indices { visit(number) }
        if let alias { names["fact"] = names[alias] }
        for entry in raw { for reference in entry.references { check(reference) } }
        return ordered
    }

    private func meaning(of entry: RawBinding) -> Named {
        switch entry.kind {
        case .broken: return .broken
        case .duration(let duration): return .duration(duration)
        case .binding(let binding):
            switch binding.kind {
            case .first(let selector), .last(let selector):
                return .event(types: selector.types)
            case .count: return .count
            case .either: return .broken
            }
        }
    }

    private func union(of bindings: [String]) -> Named {
        var types: [String] = []
        for name in bindings {
            guard case .event(let more) = names[name] else { return .broken }
            for type in more where !types.contains(type) { types.append(type) }
        }
        return .event(types: types)
    }

    /// A name in a window, a duration or `either` must stand for an event.
    private func check(_ reference: NameReference) {
        if reference.name == "fact" {
            if isStock {
                faults.report(
                    at: reference.at, "a stock has no fact to look from",
                    expected: "first or last, without the fact")
            }
            return
        }
        _ = eventTypes(of: reference.name, at: reference.at)
    }

    /// The types of the event a name stands for; nil (and a fault) when it stands for none.
    func eventTypes(of name: String, at value: YAMLValue) -> [String]? {
        switch names[name] {
        case .event(let types): return types
        case .broken: return nil
        case .count:
            faults.report(at: value, "\"\(name)\" is a number of events", expected: "an event")
        case .duration:
            faults.report(at: value, "\"\(name)\" is a duration", expected: "an event")
        case nil:
            if name == "fact" {
                if isStock {
                    faults.report(
                        at: value, "a stock has no fact", expected: "latest, or a binding of let")
                }
                return nil
            }
            faults.report(
                at: value, "\"let\" does not say what \"\(name)\" is", word: name,
                among: names.keys.sorted())
        }
        return nil
    }

    /// `same: binding.field` in selectors: known now that all bindings are.
    func checkReferences() {
        for (reference, shape, value) in pendingReferences {
            check(reference, against: shape, at: value)
        }
        pendingReferences = []
    }

    /// A field compared with another must have its shape.
    func check(_ reference: FieldReference, against shape: ColumnShape, at value: YAMLValue) {
        guard let types = eventTypes(of: reference.binding, at: value),
            let other = columns.shape(of: reference.field, in: types, at: value, faults: faults)
        else { return }
        if other != shape {
            faults.report(
                at: value,
                "\(reference.binding).\(reference.field) is \(other.inWords), which is never equal "
                    + "to \(shape.inWords)", expected: "a field of the same kind")
        }
    }
}
