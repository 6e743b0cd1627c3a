import EventModel

extension ProjectionReader {
    static let mostConditions = 64

    /// Conditions that must all hold: a mapping, or a list of mappings.
    ///
    /// - Parameter latestOnly: Whether only values in force may be asked for, as in a stock.
    func readConditions(
        _ value: YAMLValue, latestOnly: Bool = false, depth: Int = 1
    ) -> [Condition] {
        var conditions: [Condition] = []
        for element in value.elements {
            guard let pairs = element.pairs else {
                faults.report(
                    at: element, "\(element.inWords) stands where conditions should",
                    expected: "a mapping such as {answer: present}")
                continue
            }
            for pair in pairs {
                conditions += readCondition(pair, latestOnly: latestOnly, depth: depth)
            }
        }
        if conditions.count > ProjectionReader.mostConditions {
            faults.report(
                at: value, "\(conditions.count) conditions stand here",
                expected: "at most \(ProjectionReader.mostConditions)")
        }
        return conditions
    }

    private func readCondition(_ pair: YAMLPair, latestOnly: Bool, depth: Int) -> [Condition] {
        let name = pair.name
        if name == "any" { return readAny(pair, latestOnly: latestOnly, depth: depth) }
        if name.hasPrefix("latest ") {
            return readLatestCondition(pair, latestOnly: latestOnly)
        }
        if latestOnly {
            faults.report(
                at: pair.key, "\"\(name)\" can't say how long a case is in stock",
                expected: "latest and a field, such as latest status")
            return []
        }
        if name.contains(".") {
            guard let reference = readFieldReference(pair.key),
                let types = eventTypes(of: reference.binding, at: pair.key),
                let shape = columns.shape(
                    of: reference.field, in: types, at: pair.key, faults: faults)
            else { return [] }
            var references: [NameReference] = []
            let tests = readTests(pair.value, shape: shape, references: &references)
            checkReferences()
            return tests.map { .field(reference, $0) }
        }
        switch names[name] {
        case .event: return readExistence(pair)
        case .count: return readCount(pair)
        case .duration(let duration): return readDurationCondition(pair, duration)
        case .broken: return []
        case nil:
            if let duration = durationMeasures[name] {
                return readDurationCondition(pair, duration)
            }
            _ = eventTypes(of: name, at: pair.key)
            return []
        }
    }

    private func readAny(_ pair: YAMLPair, latestOnly: Bool, depth: Int) -> [Condition] {
        guard case .list(let elements) = pair.value.content, elements.count >= 2 else {
            faults.report(
                at: pair.value, "\"any\" has no choice",
                expected: "a list of two or more: [{a: present}, {b: absent}]")
            return []
        }
        guard depth < 8 else {
            faults.report(at: pair.key, "\"any\" is nested too deep", expected: "at most 8 levels")
            return []
        }
        return [
            .any(
                elements.map { readConditions($0, latestOnly: latestOnly, depth: depth + 1) })
        ]
    }

    private func readLatestCondition(_ pair: YAMLPair, latestOnly: Bool) -> [Condition] {
        if isStock, !latestOnly {
            faults.report(
                at: pair.key, "a value in force stands under \"when\" of a stock",
                expected: "it under \"while\"")
            return []
        }
        let field = String(pair.name.dropFirst("latest ".count)).trimmed
        guard let shape = latestShape(of: field, at: pair.key) else { return [] }
        var references: [NameReference] = []
        let tests = readTests(pair.value, shape: shape, references: &references)
        if latestOnly, let reference = references.first {
            faults.report(
                at: reference.at, "a stock compares values in force with an event's",
                expected: "values")
        }
        checkReferences()
        return tests.map { .latest(field, $0) }
    }

    private func readExistence(_ pair: YAMLPair) -> [Condition] {
        switch pair.value.plainText {
        case "present": return [.exists(pair.name, negated: false)]
        case "absent": return [.exists(pair.name, negated: true)]
        default:
            faults.report(
                at: pair.value, "\(pair.value.inWords) says nothing about an event",
                expected: "present or absent, or a field of it (\(pair.name).field)")
            return []
        }
    }

    private func readCount(_ pair: YAMLPair) -> [Condition] {
        func bound(_ value: YAMLValue) -> Int64? {
            if let number = value.integer, number >= 0 { return number }
            faults.report(
                at: value, "\(value.inWords) is no number of events",
                expected: "a whole number from 0, or {min: 1, max: 3}")
            return nil
        }
        if pair.value.pairs == nil {
            guard let number = bound(pair.value) else { return [] }
            return [.count(pair.name, minimum: number, maximum: number)]
        }
        guard
            let fields = Fields(
                pair.value, of: "a number of events", keys: ["min", "max"], faults: faults),
            let range = readRange(fields, bound: bound)
        else { return [] }
        return [.count(pair.name, minimum: range.minimum, maximum: range.maximum)]
    }

    private func readDurationCondition(_ pair: YAMLPair, _ duration: Duration) -> [Condition] {
        guard
            let fields = Fields(
                pair.value, of: "a length of time",
                keys: ["min", "max", "within", "beyond", "unit"],
                faults: faults)
        else { return [] }
        var conditions: [Condition] = []
        if !fields.present(["min", "max"]).isEmpty {
            guard let range = readRange(fields, bound: { readLength($0) }) else { return [] }
            conditions.append(.duration(duration, minimum: range.minimum, maximum: range.maximum))
        }
        let targets = fields.present(["within", "beyond"])
        if targets.isEmpty, let unit = fields.key("unit") {
            faults.report(
                at: unit, "\"unit\" has nothing to measure", expected: "within or beyond beside it")
        }
        if targets.isEmpty, conditions.isEmpty {
            faults.report(
                at: pair.value, "this asks for nothing", expected: "min, max, within or beyond")
        }
        let unit = fields["unit"].map { readLength($0) } ?? 1
        for key in targets {
            guard let unit, let at = fields[key], let reference = readTarget(at) else { continue }
            conditions.append(
                key == "within"
                    ? .within(duration, reference, millisecondsPerUnit: unit)
                    : .beyond(duration, reference, millisecondsPerUnit: unit))
        }
        return conditions
    }

    private func readTarget(_ target: YAMLValue) -> FieldReference? {
        guard let reference = readFieldReference(target),
            let types = eventTypes(of: reference.binding, at: target),
            let shape = columns.shape(of: reference.field, in: types, at: target, faults: faults)
        else { return nil }
        guard shape.kind == .integer else {
            faults.report(
                at: target, "\(reference.field) is \(shape.inWords)",
                expected: "a field that holds a whole number of milliseconds (or of \"unit\")")
            return nil
        }
        return reference
    }
}
