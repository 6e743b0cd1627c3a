import EventModel

extension ProjectionReader {
    /// Dimensions: names with where their values come from.
    func readDimensions(_ value: YAMLValue?) -> [(name: String, source: DimensionSource)] {
        guard
            let pairs = readOutputs(
                value, what: "dimensions", example: "{agent: fact.actor, team: latest team}",
                most: ProjectionReader.mostDimensions)
        else { return [] }
        return pairs.compactMap { pair in
            guard CommonReader(faults: faults).name(pair.key) != nil,
                isFree(pair, besides: ProjectionReader.factColumns),
                let (source, _) = readSource(pair.value)
            else { return nil }
            return (pair.name, source)
        }
    }

    /// What each fact is told with beside its dimensions and measures, so that none may be called so.
    static let factColumns = ["case", "sequence", "time", "day", "count"]
    /// A measure may be a `time` or a `case`, and is then told as `measure.time`; `facts` is what an
    /// explanation calls that a fact counts.
    static let measureColumns = ["sequence", "day", "count", "facts"]

    /// Whether a new definition may call a dimension or measure so: a name stands once in a fact.
    private func isFree(_ pair: YAMLPair, besides taken: [String]) -> Bool {
        guard columns.isNew, taken.contains(pair.name) else { return true }
        faults.report(
            at: pair.key, "\"\(pair.name)\" is told of every fact already",
            expected: "another name than \(Words.list(taken, "or"))")
        return false
    }

    private func readOutputs(
        _ value: YAMLValue?, what: String, example: String, most: Int
    ) -> [YAMLPair]? {
        guard let value else { return nil }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under \(what)", expected: "names: \(example)")
            return nil
        }
        if pairs.count > most {
            faults.report(
                at: pairs[most].key, "\(pairs.count) \(what) are given", expected: "at most \(most)"
            )
            return nil
        }
        return pairs
    }

    /// A source and the shape of its values: alternatives parted by `or`.
    func readSource(_ value: YAMLValue) -> (DimensionSource, ColumnShape)? {
        guard let text = value.text else {
            faults.report(
                at: value, "\(value.inWords) stands where a dimension's value should",
                expected: ProjectionReader.sourceForms)
            return nil
        }
        var sources: [(source: DimensionSource, shape: ColumnShape)] = []
        for part in ProjectionReader.alternatives(text) {
            guard let source = readAlternative(part, at: value) else { return nil }
            sources.append(source)
        }
        let shape = sources.first { !isConstant($0.source) }?.shape ?? .name
        let areConstant = sources.allSatisfy { isConstant($0.source) }
        for (source, other) in sources {
            if case .constant(let text) = source {
                guard areConstant || text.isEmpty || shape.kind != .name else {
                    faults.report(
                        at: value,
                        "'\(text)' stands beside names, and those come from events alone",
                        expected: "fields of names; facts without one stand under \"–\"")
                    return nil
                }
                guard shape.kind == .name || shape.values.contains(text) else {
                    faults.report(
                        at: value, "'\(text)' is never a value of this dimension", word: text,
                        among: shape.values)
                    return nil
                }
            } else if other != shape {
                faults.report(
                    at: value,
                    "these alternatives are of different kinds: \(shape.inWords), and "
                        + "\(other.inWords)", expected: "fields of the same kind")
                return nil
            }
        }
        if sources.count == 1 { return sources[0] }
        return (.firstOf(sources.map(\.source)), shape)
    }

    static let sourceForms =
        "binding.field, latest field, latest field at binding, 'text', hour, weekday or subject"

    private func isConstant(_ source: DimensionSource) -> Bool {
        if case .constant = source { return true }
        return false
    }

    /// The parts of `a or b`; an `or` inside quotes is part of the text.
    static func alternatives(_ text: String) -> [String] {
        var parts: [String] = []
        var words: [Substring] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let isOpen = words.joined(separator: " ").count { $0 == "'" } % 2 == 1
            if word == "or", !isOpen {
                parts.append(words.joined(separator: " "))
                words = []
            } else {
                words.append(word)
            }
        }
        parts.append(words.joined(separator: " "))
        return parts
    }

    private func readAlternative(
        _ text: String, at value: YAMLValue
    ) -> (source: DimensionSource, shape: ColumnShape)? {
        if text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") {
            return (.constant(String(text.dropFirst().dropLast())), .name)
        }
        let words = text.split(separator: " ")
        switch (words.first, words.count) {
        case ("hour", 1), ("weekday", 1), ("subject", 1):
            if isStock, text != "subject" {
                faults.report(
                    at: value, "a stock has no \(text): it is counted at the end of days",
                    expected: "latest, a text, subject, or a field of a binding")
                return nil
            }
            switch text {
            case "hour": return (.hour, .integer)
            case "weekday": return (.weekday, .integer)
            default: return (.subject, .name)
            }
        case ("latest", 2), ("latest", 4):
            guard let shape = latestShape(of: String(words[1]), at: value) else { return nil }
            guard words.count == 4 else { return (.latest(String(words[1]), at: "fact"), shape) }
            guard words[2] == "at" else { break }
            if isStock {
                faults.report(
                    at: value, "a stock's values are those in force each day",
                    expected: "latest \(words[1])")
                return nil
            }
            guard eventTypes(of: String(words[3]), at: value) != nil else { return nil }
            return (.latest(String(words[1]), at: String(words[3])), shape)
        case (_, 1):
            guard let reference = ProjectionReader.fieldReference(text) else { break }
            guard let types = eventTypes(of: reference.binding, at: value),
                let shape = columns.shape(
                    of: reference.field, in: types, at: value, faults: faults)
            else { return nil }
            return (.field(reference), shape)
        default: break
        }
        faults.report(
            at: value, "\"\(text)\" says no value",
            expected: ProjectionReader.sourceForms)
        return nil
    }

    // MARK: Measures

    /// Measures: names with what is measured.
    func readMeasures(_ value: YAMLValue?) -> [(name: String, source: MeasureSource)] {
        guard
            let pairs = readOutputs(
                value, what: "measures", example: "{wait: {from: opened, to: answer}}",
                most: ProjectionReader.mostMeasures)
        else { return [] }
        return pairs.compactMap { pair in
            guard CommonReader(faults: faults).name(pair.key) != nil,
                isFree(pair, besides: ProjectionReader.measureColumns),
                let source = readMeasure(pair.value)
            else { return nil }
            if isStock {
                guard case .name(_, let conditions) = source, conditions.isEmpty else {
                    faults.report(
                        at: pair.key, "a stock counts cases: it measures nothing but names",
                        expected: "{name: …} without conditions, or no measure")
                    return nil
                }
            }
            return (pair.name, source)
        }
    }

    /// Amounts need a dimension that says their currency, and each output a name of its own.
    func checkOutputs(_ definition: ProjectionDefinition, _ fields: Fields) {
        let names = definition.dimensions.map(\.name)
        for (name, _) in definition.measures where columns.isNew && names.contains(name) {
            guard let at = fields["measures"]?.pairs?.first(where: { $0.name == name })?.key else {
                continue
            }
            faults.report(
                at: at, "\"\(name)\" is a dimension already", expected: "a name of its own")
        }
        for (name, source) in definition.measures {
            guard case .money(_, let currency) = source, !names.contains(currency),
                let at = fields["measures"]?.pairs?.first(where: { $0.name == name })?.value
            else { continue }
            faults.report(
                at: at.pairs?.first { $0.name == "currency" }?.value ?? at,
                "there is no dimension \"\(currency)\" to say the currency", word: currency,
                among: names)
        }
    }

    /// Durations that `measures` defines by name, for conditions that stand before them.
    func readDurationMeasures(_ value: YAMLValue?) {
        for pair in value?.pairs ?? [] {
            guard pair.value.pairs?.contains(where: { $0.name == "to" }) ?? false else { continue }
            var references: [NameReference] = []
            let quiet = FaultList(file: "")
            let reader = copy(reportingTo: quiet)
            guard let duration = reader.readDuration(pair.value, references: &references),
                quiet.faults.isEmpty
            else { continue }
            durationMeasures[pair.name] = duration
        }
    }

    private func readMeasure(_ value: YAMLValue) -> MeasureSource? {
        if let text = value.text { return readNamedMeasure(text, at: value) }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where a measure should",
                expected: ProjectionReader.measureForms)
            return nil
        }
        let keys = pairs.map(\.name)
        if keys.contains("money") { return readMoney(value) }
        if keys.contains("flag") || keys.contains("name") {
            guard
                let fields = Fields(
                    value, of: "a measure",
                    keys: keys.contains("flag") ? ["flag"] : ["name", "when"], faults: faults)
            else { return nil }
            if let conditions = fields["flag"] { return .flag(readConditions(conditions)) }
            let conditions = fields["when"].map { readConditions($0) } ?? []
            guard let at = fields["name"], let (source, shape) = readSource(at) else { return nil }
            guard shape.kind == .name else {
                faults.report(
                    at: at, "this is \(shape.inWords)", expected: "a field that holds a name")
                return nil
            }
            return .name(source, when: conditions)
        }
        var references: [NameReference] = []
        guard let duration = readDuration(value, references: &references) else { return nil }
        let known = references.allSatisfy { eventTypes(of: $0.name, at: $0.at) != nil }
        return known ? .duration(duration) : nil
    }

    static let measureForms =
        "{from: …, to: …}, {flag: …}, {name: …}, {money: …}, binding.field, or a name of let"

    /// `{money: binding.field, currency: dimension}`.
    private func readMoney(_ value: YAMLValue) -> MeasureSource? {
        guard
            let fields = Fields(
                value, of: "an amount of money", keys: ["money", "currency"], faults: faults),
            let amount = fields.required("money", "a field such as fact.amount"),
            let currency = fields.required(
                "currency", "the dimension that says the currency, such as currency")
        else { return nil }
        guard let dimension = CommonReader(faults: faults).name(currency) else { return nil }
        guard let text = amount.text, ProjectionReader.fieldReference(text) != nil else {
            faults.report(
                at: amount, "\(amount.inWords) is no amount",
                expected: "a field that holds a whole number, such as fact.amount")
            return nil
        }
        guard case .number(let reference)? = readNamedMeasure(text, at: amount) else { return nil }
        return .money(reference, currency: dimension)
    }

    private func readNamedMeasure(_ text: String, at value: YAMLValue) -> MeasureSource? {
        if let reference = ProjectionReader.fieldReference(text) {
            guard let types = eventTypes(of: reference.binding, at: value),
                let shape = columns.shape(
                    of: reference.field, in: types, at: value, faults: faults)
            else { return nil }
            guard shape.kind == .integer else {
                faults.report(
                    at: value, "\(text) is \(shape.inWords)",
                    expected: "a field that holds a whole number (or {name: \(text)} for distinct)")
                return nil
            }
            return .number(reference)
        }
        switch names[text] {
        case .count: return .count(text)
        case .duration(let duration): return .duration(duration)
        case .broken: return nil
        case .event:
            faults.report(
                at: value, "\"\(text)\" is an event, which is no measure",
                expected: ProjectionReader.measureForms)
        case nil:
            faults.report(
                at: value, "\"let\" does not say what \"\(text)\" is", word: text,
                among: names.keys.sorted())
        }
        return nil
    }
}
