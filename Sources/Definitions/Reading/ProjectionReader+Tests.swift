import EventModel

extension ProjectionReader {
    static let testKeys = ["is", "not", "min", "max", "same", "differs"]

    /// What a column's value must be: a value, a list, `present`, `absent`, or a mapping of
    /// several tests that must all hold.
    func readTests(
        _ value: YAMLValue, shape: ColumnShape, references: inout [NameReference]
    ) -> [FieldTest] {
        guard value.pairs != nil else {
            return readIs(value, shape: shape).map { [$0] } ?? []
        }
        guard
            let fields = Fields(
                value, of: "a test", keys: ProjectionReader.testKeys, faults: faults)
        else { return [] }
        var tests: [FieldTest] = []
        if let wanted = fields["is"], let test = readIs(wanted, shape: shape) {
            tests.append(test)
        }
        if let unwanted = fields["not"] {
            if let word = unwanted.plainText, word == "present" || word == "absent" {
                faults.report(
                    at: unwanted, "\"not: \(word)\" is a double negative",
                    expected: word == "present" ? "absent" : "present")
            } else {
                let values = readScalars(unwanted, shape: shape)
                if !values.isEmpty { tests.append(.among(values, negated: true)) }
            }
        }
        if let range = readFieldRange(fields, shape: shape) { tests.append(range) }
        for key in fields.present(["same", "differs"]) {
            for at in fields[key]?.elements ?? [] {
                guard let reference = readFieldReference(at) else { continue }
                references.append(NameReference(name: reference.binding, at: at))
                pendingReferences.append((reference, shape, at))
                tests.append(.same(reference, negated: key == "differs"))
            }
        }
        if tests.isEmpty, fields.present(ProjectionReader.testKeys).isEmpty {
            faults.report(
                at: value, "this test asks for nothing", among: ProjectionReader.testKeys)
        }
        return tests
    }

    private func readIs(_ value: YAMLValue, shape: ColumnShape) -> FieldTest? {
        switch value.plainText {
        case "present": return .present
        case "absent": return .absent
        default:
            let values = readScalars(value, shape: shape)
            return values.isEmpty ? nil : .among(values, negated: false)
        }
    }

    private func readFieldRange(_ fields: Fields, shape: ColumnShape) -> FieldTest? {
        let given = fields.present(["min", "max"])
        guard let first = given.first, let key = fields.key(first) else { return nil }
        guard shape.kind == .integer || shape.kind == .day else {
            faults.report(
                at: key, "\"\(first)\" asks for an order among \(shape.inWords)",
                expected: "is or not with values")
            return nil
        }
        return readRange(fields) { number(of: $0, shape: shape) }
            .map { .range(minimum: $0.minimum, maximum: $0.maximum) }
    }

    /// Bounds under `min` and `max`; nil (and a fault) when one is none or both exclude everything.
    func readRange(
        _ fields: Fields, bound: (YAMLValue) -> Int64?
    ) -> (minimum: Int64?, maximum: Int64?)? {
        var minimum: Int64?
        var maximum: Int64?
        if let value = fields["min"] {
            minimum = bound(value)
            if minimum == nil { return nil }
        }
        if let value = fields["max"] {
            maximum = bound(value)
            if maximum == nil { return nil }
        }
        if let minimum, let maximum, minimum > maximum {
            faults.report(
                at: fields["min"] ?? fields.value, "nothing lies between these bounds",
                expected: "min at most max")
            return nil
        }
        return (minimum, maximum)
    }

    /// A value, or a list of values, of a column; empty (and a fault) when one does not fit.
    func readScalars(_ value: YAMLValue, shape: ColumnShape) -> [Scalar] {
        var scalars: [Scalar] = []
        for element in value.elements {
            guard let scalar = scalar(of: element, shape: shape) else { return [] }
            if case .text(let text) = scalar { columns.checkName(text, shape, at: element, faults) }
            scalars.append(scalar)
        }
        if scalars.isEmpty {
            faults.report(at: value, "no value is given", expected: shape.inWords)
        }
        return scalars
    }

    private func scalar(of value: YAMLValue, shape: ColumnShape) -> Scalar? {
        switch shape.kind {
        case .name:
            if case .scalar(let text, _) = value.content, !value.isEmpty { return .text(text) }
        case .enumeration:
            if let text = value.text {
                if shape.values.contains(text) { return .text(text) }
                faults.report(
                    at: value, "\"\(text)\" is never a value of this field", word: text,
                    among: shape.values)
                return nil
            }
        case .boolean:
            if let truth = value.boolean { return .boolean(truth) }
        case .integer, .day:
            return number(of: value, shape: shape).map { .integer($0) }
        }
        faults.report(
            at: value, "\(value.inWords) does not fit this field", expected: shape.inWords)
        return nil
    }

    /// A whole number, or a date as its day number.
    private func number(of value: YAMLValue, shape: ColumnShape) -> Int64? {
        if shape.kind == .day {
            if let text = value.text, let day = ProjectionReader.day(text) {
                return Int64(day.number)
            }
        } else if let number = value.integer {
            return number
        }
        faults.report(
            at: value, "\(value.inWords) does not fit this field", expected: shape.inWords)
        return nil
    }

    private static func day(_ text: String) -> Day? {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        return Day(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// `binding.field`, not yet checked.
    func readFieldReference(_ value: YAMLValue) -> FieldReference? {
        guard let text = value.text, let reference = ProjectionReader.fieldReference(text) else {
            faults.report(
                at: value, "\(value.inWords) is no field of a binding",
                expected: "binding.field, such as fact.agent")
            return nil
        }
        return reference
    }

    /// The parts of `binding.field`; nil when the text has not this form.
    static func fieldReference(_ text: String) -> FieldReference? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ isWord($0) }) else { return nil }
        return FieldReference(binding: String(parts[0]), field: String(parts[1]))
    }

    /// Whether a text is one word of letters, digits and `_`.
    static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || $0 == 95
            }
    }
}
