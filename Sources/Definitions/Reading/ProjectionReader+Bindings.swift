import EventModel

/// A reference by name, and where it stands.
struct NameReference {
    var name: String
    var at: YAMLValue
}

/// An entry of `let` as written.
struct RawBinding {
    enum Kind {
        case binding(Binding)
        case duration(Duration)
        case broken
    }

    var name: String
    var at: YAMLValue
    var kind: Kind
    /// The bindings it refers to; each must have an event.
    var references: [NameReference] = []
}

extension ProjectionReader {
    static let selectorKeys = ["first", "last", "next", "previous", "count", "either"]
    static let windowKeys = ["after", "since", "from", "before", "until", "between", "within"]
    static let durationKeys = ["from", "to", "clock", "calendar", "except", "only"]

    /// First pass: what each entry of `let` says.
    func readBindings(_ value: YAMLValue?) -> [RawBinding] {
        guard let value else { return [] }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under let",
                expected: "names with what each stands for: {opened: {first: ticket.opened}}")
            return []
        }
        if pairs.count > ProjectionReader.mostBindings {
            faults.report(
                at: pairs[ProjectionReader.mostBindings].key,
                "\(pairs.count) names stand under let",
                expected: "at most \(ProjectionReader.mostBindings)")
            return []
        }
        var raw: [RawBinding] = []
        for pair in pairs {
            guard CommonReader(faults: faults).name(pair.key) != nil else {
                // Lower-cased, so that those who use it are not reported, too.
                names[pair.name] = .broken
                raw.append(
                    RawBinding(name: pair.name.lowercased(), at: pair.key, kind: .broken))
                continue
            }
            if ProjectionReader.reserved.contains(pair.name) {
                faults.report(
                    at: pair.key, "\"\(pair.name)\" has a meaning of its own",
                    expected: "another name")
                continue
            }
            raw.append(readEntry(pair))
        }
        return raw
    }

    private func readEntry(_ pair: YAMLPair) -> RawBinding {
        var raw = RawBinding(name: pair.name, at: pair.key, kind: .broken)
        let isDuration = pair.value.pairs?.contains { $0.name == "to" } ?? false
        if isDuration {
            if let duration = readDuration(pair.value, references: &raw.references) {
                raw.kind = .duration(duration)
            }
            return raw
        }
        let keys =
            ProjectionReader.selectorKeys + ["where"] + ProjectionReader.windowKeys
        guard
            let fields = Fields(pair.value, of: "a binding", keys: keys, faults: faults),
            let selector = onlySelector(of: fields, name: pair.name)
        else { return raw }
        if selector == "either" {
            if let kind = readEither(fields, references: &raw.references) {
                raw.kind = .binding(Binding(name: pair.name, kind: kind, window: Window()))
            }
            return raw
        }
        let before = faults.faults.count
        let found = readSelector(fields, key: selector, references: &raw.references)
        var binding = Binding(name: pair.name, kind: .first(found), window: Window())
        readWindow(fields, selector: selector, into: &binding, references: &raw.references)
        switch selector {
        case "last", "previous": binding.kind = .last(found)
        case "count": binding.kind = .count(found)
        default: break
        }
        if faults.faults.count == before { raw.kind = .binding(binding) }
        return raw
    }

    private func onlySelector(of fields: Fields, name: String) -> String? {
        let given = fields.present(ProjectionReader.selectorKeys)
        if given.count == 1 { return given[0] }
        faults.report(
            at: given.count > 1 ? fields.key(given[1]) ?? fields.value : fields.value,
            given.isEmpty
                ? "\"\(name)\" does not say what to look for"
                : "\"\(name)\" looks for two things, \(given[0]) and \(given[1])",
            expected: listed(ProjectionReader.selectorKeys) + ", or from and to")
        return nil
    }

    private func readEither(_ fields: Fields, references: inout [NameReference]) -> Binding.Kind? {
        for key in fields.present(ProjectionReader.windowKeys + ["where"]) {
            faults.report(
                at: fields.key(key) ?? fields.value, "\"either\" has no \"\(key)\"",
                expected: "\(key) at the bindings it names")
        }
        var names: [String] = []
        for element in fields["either"]?.elements ?? [] {
            guard let name = reference(element, to: &references) else { return nil }
            names.append(name)
        }
        if names.count < 2 {
            faults.report(
                at: fields["either"] ?? fields.value, "\"either\" names fewer than two bindings",
                expected: "a list such as [resolved, closed]")
            return nil
        }
        return .either(names)
    }

    /// A selector: types under `key`, tests under `where`.
    func readSelector(
        _ fields: Fields, key: String, references: inout [NameReference]
    ) -> Selector {
        let types = fields[key].map { readTypes($0) } ?? []
        var tests: [(field: String, test: FieldTest)] = []
        if let value = fields["where"] {
            guard let pairs = value.pairs else {
                faults.report(
                    at: value, "\(value.inWords) stands under where",
                    expected: "fields with what they must be: {status: [resolved, closed]}")
                return Selector(types: types, tests: [])
            }
            for pair in pairs where !types.isEmpty {
                guard
                    let shape = columns.shape(
                        of: pair.name, in: types, at: pair.key, faults: faults)
                else { continue }
                for test in readTests(pair.value, shape: shape, references: &references) {
                    tests.append((pair.name, test))
                }
            }
        }
        return Selector(types: types, tests: tests)
    }

    private func readWindow(
        _ fields: Fields, selector: String, into binding: inout Binding,
        references: inout [NameReference]
    ) {
        var window = Window()
        let starts = fields.present(["after", "since", "from", "between"])
        let ends = fields.present(["before", "until", "between"])
        for extra in [starts.dropFirst().first, ends.dropFirst().first].compactMap({ $0 }) {
            faults.report(
                at: fields.key(extra) ?? fields.value,
                "\"\(extra)\" stands beside \"\(starts.contains(extra) ? starts[0] : ends[0])\"",
                expected: "one of them")
            return
        }
        if let start = starts.first, start != "between", let value = fields[start] {
            window.after = reference(value, to: &references)
            window.includesStart = start == "from"
            binding.isStartOptional = start == "since"
        }
        if let end = ends.first, end != "between", let value = fields[end] {
            window.before = reference(value, to: &references)
            window.includesEnd = end == "until"
        }
        if let value = fields["between"] {
            let elements = value.elements
            if elements.count == 2 {
                window.after = reference(elements[0], to: &references)
                window.before = reference(elements[1], to: &references)
            } else {
                faults.report(
                    at: value, "\"between\" names \(elements.count) bindings",
                    expected: "two, such as [opened, resolved]")
            }
        }
        if selector == "next" || selector == "previous" {
            addFact(selector, fields, to: &window, references: &references)
        }
        if let value = fields["within"] {
            window.withinMilliseconds = readLength(value)
            if window.after == nil, window.before == nil {
                faults.report(
                    at: fields.key("within") ?? value, "\"within\" has nothing to count from",
                    expected: "after, since, from, before or until beside it")
            }
        }
        binding.window = window
    }

    /// `next: X` is the first after the fact, `previous: X` the last before it.
    private func addFact(
        _ selector: String, _ fields: Fields, to window: inout Window,
        references: inout [NameReference]
    ) {
        let clash =
            selector == "next"
            ? ["after", "since", "from", "between"]
            : ["before", "until", "between"]
        if let key = fields.present(clash).first {
            faults.report(
                at: fields.key(key) ?? fields.value, "\"\(key)\" stands beside \"\(selector)\"",
                expected: "\(selector == "next" ? "first" : "last") with \"\(key)\", or "
                    + "\(selector) without it")
            return
        }
        references.append(NameReference(name: "fact", at: fields.key(selector) ?? fields.value))
        if selector == "next" { window.after = "fact" } else { window.before = "fact" }
    }

    /// The name of a binding; it is checked when all are known.
    func reference(_ value: YAMLValue, to references: inout [NameReference]) -> String? {
        guard let name = value.text else {
            faults.report(
                at: value, "\(value.inWords) stands where the name of a binding should")
            return nil
        }
        references.append(NameReference(name: name, at: value))
        return name
    }

    /// A length of time.
    func readLength(_ value: YAMLValue) -> Int64? {
        guard let text = value.text, let length = DurationText.milliseconds(text) else {
            faults.report(
                at: value, "\(value.inWords) is no length of time", expected: DurationText.form)
            return nil
        }
        return length
    }

    /// Elapsed time between two bindings.
    func readDuration(_ value: YAMLValue, references: inout [NameReference]) -> Duration? {
        guard
            let fields = Fields(
                value, of: "a duration", keys: ProjectionReader.durationKeys, faults: faults),
            let from = fields.required("from", "the binding where it starts"),
            let to = fields.required("to", "the binding where it ends"),
            let start = reference(from, to: &references),
            let end = reference(to, to: &references)
        else { return nil }
        var duration = Duration(from: start, to: end, clock: .wall)
        if let clock = fields["clock"] {
            guard let known = clock.text.flatMap(Duration.Clock.init(rawValue:)) else {
                faults.report(
                    at: clock, "there is no clock \(clock.inWords)", word: clock.text,
                    among: ["wall", "business"])
                return nil
            }
            duration.clock = known
        }
        guard readCalendar(fields, into: &duration, references: &references) else { return nil }
        if let only = fields.key("only"), fields["except"] != nil {
            faults.report(at: only, "\"only\" stands beside \"except\"", expected: "one of them")
            return nil
        }
        if let value = fields["except"] {
            guard let states = readStates(value, "except") else { return nil }
            duration.except = states
        }
        if let value = fields["only"] {
            guard let states = readStates(value, "only") else { return nil }
            duration.only = states
        }
        return duration
    }

    /// The states that `except` leaves out, or that `only` keeps.
    private func readStates(
        _ value: YAMLValue, _ key: String
    ) -> (field: String, values: [Scalar])? {
        guard let pairs = value.pairs, pairs.count == 1, let pair = pairs.first else {
            faults.report(
                at: value, "\"\(key)\" is not one field with its values",
                expected: "{status: [pending, hold]}")
            return nil
        }
        guard let shape = latestShape(of: pair.name, at: pair.key) else { return nil }
        let values = readScalars(pair.value, shape: shape)
        return values.isEmpty ? nil : (pair.name, values)
    }
}
