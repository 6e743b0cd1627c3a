import Definitions
import EventLog
import EventModel

extension PlanBuilder {
    /// Writes what a column says about the selectors that test it.
    func maskStep(
        _ field: FieldSchema, absent: FieldValue?,
        _ tests: [(bit: UInt64, check: FieldCheck)], use: Int32, in rows: inout RowTables
    ) -> MaskStep {
        let absent = value(absent, of: field)
        switch field.column ?? .name {
        case .enumeration, .boolean: return codeStep(field, Int(absent), tests, use, &rows)
        case .name: return nameStep(UInt32(absent), tests, use, &rows)
        case .integer, .day: return integerStep(absent, tests, use, &rows)
        }
    }

    /// What an event without a field reads as, as its column would keep it.
    func value(_ value: FieldValue?, of field: FieldSchema) -> Int64 {
        let column = field.column ?? .name
        switch (value, column) {
        case (.text(let text)?, .name): return Int64(names[text] ?? 0)
        case (.text(let text)?, .enumeration):
            return PlanBuilder.code(of: .text(text), in: field).map { Int64($0) } ?? column.absent
        case (.text(let text)?, .day):
            return Day(iso: text.utf8Span.span).map { Int64($0.number) } ?? column.absent
        case (.boolean(let value)?, .boolean): return value ? 2 : 1
        case (.integer(let number)?, .integer): return number
        default: return column.absent
        }
    }

    private func codeStep(
        _ field: FieldSchema, _ absent: Int, _ tests: [(bit: UInt64, check: FieldCheck)],
        _ use: Int32,
        _ rows: inout RowTables
    ) -> MaskStep {
        let start = rows.codeMasks.count
        for code in 0..<256 {
            var mask = UInt64.max
            let read = code == 0 ? absent : code
            for (bit, check) in tests where !holds(check, code: read, of: field) { mask &= ~bit }
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
        _ absent: UInt32, _ tests: [(bit: UInt64, check: FieldCheck)], _ use: Int32,
        _ rows: inout RowTables
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
            count: Int32(rows.nameMasks.count - start), absent: mask(absent), nobody: mask(1),
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
        _ absent: Int64, _ tests: [(bit: UInt64, check: FieldCheck)], _ use: Int32,
        _ rows: inout RowTables
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
            if absent != .min {
                absentPasses =
                    bounds.contains { $0.minimum <= absent && absent <= $0.maximum } != negated
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
