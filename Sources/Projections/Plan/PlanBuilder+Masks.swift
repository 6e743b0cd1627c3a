import Definitions
import EventModel

extension PlanBuilder {
    /// Writes what a column says about the selectors that test it.
    func maskStep(
        _ field: FieldSchema, _ tests: [(bit: UInt64, check: FieldCheck)], use: Int32,
        in rows: inout RowTables
    ) -> MaskStep {
        switch field.column ?? .name {
        case .enumeration, .boolean: codeStep(field, tests, use, &rows)
        case .name: nameStep(tests, use, &rows)
        case .integer, .day: integerStep(tests, use, &rows)
        }
    }

    private func codeStep(
        _ field: FieldSchema, _ tests: [(bit: UInt64, check: FieldCheck)], _ use: Int32,
        _ rows: inout RowTables
    ) -> MaskStep {
        let start = rows.codeMasks.count
        for code in 0..<256 {
            var mask = UInt64.max
            for (bit, check) in tests where !holds(check, code: code, of: field) { mask &= ~bit }
            rows.codeMasks.append(mask)
        }
        return MaskStep(operation: .codes, use: use, start: Int32(start), count: 256)
    }

    private func holds(_ check: FieldCheck, code: Int, of field: FieldSchema) -> Bool {
        switch check {
        case .somebody, .recorded: code != 0
        case .nobody: code == 0
        case .range: false
        case .among(let scalars, let negated):
            scalars.contains { PlanBuilder.code(of: $0, in: field) == code } != negated
        }
    }

    /// A constant's code in an enumeration or boolean column; nil where it has none.
    static func code(of scalar: Scalar, in field: FieldSchema) -> Int? {
        switch (scalar, field.kind) {
        case (.text(let text), .enumeration(let list)): list.firstIndex(of: text).map { $0 + 1 }
        case (.boolean(let value), .boolean): value ? 2 : 1
        default: nil
        }
    }

    private func nameStep(
        _ tests: [(bit: UInt64, check: FieldCheck)], _ use: Int32, _ rows: inout RowTables
    ) -> MaskStep {
        func mask(_ name: UInt32?) -> UInt64 {
            var mask = UInt64.max
            for (bit, check) in tests where !holds(check, name: name) { mask &= ~bit }
            return mask
        }
        var constants: Set<UInt32> = []
        for (_, check) in tests {
            if case .among(let scalars, _) = check {
                constants.formUnion(scalars.compactMap { id(of: $0) })
            }
        }
        let start = rows.nameMasks.count
        for name in constants.sorted() where name > 1 {
            rows.nameMasks.append(NameMask(name: name, mask: mask(name)))
        }
        return MaskStep(
            operation: .names, use: use, start: Int32(start),
            count: Int32(rows.nameMasks.count - start), absent: mask(0), nobody: mask(1),
            other: mask(nil))
    }

    /// - Parameter name: nil for one that no constant names.
    private func holds(_ check: FieldCheck, name: UInt32?) -> Bool {
        switch check {
        case .recorded: name != 0
        case .somebody: name.map { $0 > 1 } ?? true
        case .nobody: name.map { $0 <= 1 } ?? false
        case .range: false
        case .among(let scalars, let negated):
            // An id the dictionary lacks compares with nothing, nor does an absent value.
            (name.map { name in name != 0 && scalars.contains { id(of: $0) == name } } ?? false)
                != negated
        }
    }

    private func id(of scalar: Scalar) -> UInt32? {
        guard case .text(let text) = scalar else { return nil }
        return text.isEmpty ? 1 : names[text]
    }

    private func integerStep(
        _ tests: [(bit: UInt64, check: FieldCheck)], _ use: Int32, _ rows: inout RowTables
    ) -> MaskStep {
        let start = rows.integerChecks.count
        for (bit, check) in tests {
            var bounds: [Bounds] = []
            var negated = false
            var absentPasses = false
            switch check {
            case .somebody, .recorded: bounds = [Bounds(minimum: .min, maximum: .max)]
            case .nobody: absentPasses = true
            case .range(let minimum, let maximum):
                bounds = [Bounds(minimum: minimum ?? .min, maximum: maximum ?? .max)]
            case .among(let scalars, let isNegated):
                for case .integer(let value) in scalars {
                    bounds.append(Bounds(minimum: value, maximum: value))
                }
                negated = isNegated
                absentPasses = isNegated
            }
            rows.integerChecks.append(
                IntegerCheck(
                    bit: bit, start: Int32(rows.bounds.count), count: Int32(bounds.count),
                    isNegated: negated, absentPasses: absentPasses))
            rows.bounds += bounds
        }
        return MaskStep(
            operation: .integers, use: use, start: Int32(start),
            count: Int32(rows.integerChecks.count - start))
    }
}
