import Definitions
import EventModel

extension ProjectionBuilder {
    /// The plan's selector for a definition's, without its `same` tests.
    mutating func selector(_ selector: Selector) throws -> Int32 {
        let types = try ids(selector.types)
        var checks: [SelectorKey.Check] = []
        for (field, test) in selector.tests {
            guard let check = FieldCheck(test) else { continue }
            checks.append(try checked(field, check, in: types))
        }
        finderTypes.formUnion(types)
        return look(SelectorKey(types: types, checks: checks, isFinder: true))
    }

    /// A selector for the events of some types that have a field, one of whose types has it.
    mutating func selector(
        types: [UInt16], field: String, _ check: FieldCheck
    ) throws -> Int32 {
        let having = types.filter { column(field, of: $0) != nil }
        guard !having.isEmpty else { throw fault("no event it reads has the column \"\(field)\"") }
        return look(
            SelectorKey(types: having, checks: [try checked(field, check, in: having)]))
    }

    private mutating func look(_ key: SelectorKey) -> Int32 {
        let selector = plan.selector(key)
        looked.insert(selector)
        return selector
    }

    func column(_ field: String, of type: UInt16) -> FieldSchema? {
        let schema = plan.context.types.schemas[Int(type)]
        return schema.columnIndex(of: field).map { schema.columns[$0] }
    }

    private func checked(
        _ field: String, _ check: FieldCheck, in types: [UInt16]
    ) throws -> SelectorKey.Check {
        for type in types {
            let name = plan.context.types.schemas[Int(type)].type
            guard let column = column(field, of: type) else {
                throw fault("\(name) has no column \"\(field)\"")
            }
            if case .range = check, column.column != .integer, column.column != .day {
                throw fault("\(name).\(field) is no number, so that it has no range")
            }
            guard case .among(let scalars, _) = check else { continue }
            for scalar in scalars {
                let fits =
                    switch (scalar, column.column) {
                    case (.text, .name), (.integer, .integer), (.integer, .day): true
                    default: PlanBuilder.code(of: scalar, in: column) != nil
                    }
                guard fits else { throw fault("\(name).\(field) is never \(scalar)") }
            }
        }
        return SelectorKey.Check(field: field, check: check)
    }

    /// The tests of a selector that compare with other events.
    mutating func residuals(_ selector: Selector) throws -> RangeCode {
        var residuals: [ResidualCode] = []
        let types = try ids(selector.types)
        for (field, test) in selector.tests {
            guard case .same(let other, let negated) = test else { continue }
            let codes = try compare(field, of: types, with: other)
            residuals.append(
                ResidualCode(
                    field: codes.field, otherSlot: codes.otherSlot, otherField: codes.otherField,
                    isNegated: negated))
        }
        return append(residuals, to: \.residuals)
    }

    /// Prepares a comparison of two fields, whose columns must be of one kind.
    mutating func compare(
        _ field: String, of types: [UInt16], with other: FieldReference
    ) throws -> (field: Int32, otherSlot: Int32, otherField: Int32) {
        let otherTypes = try self.types(of: other.binding)
        guard try kind(of: field, in: types) == kind(of: other.field, in: otherTypes) else {
            throw fault(
                "\(field) and \(other.binding).\(other.field) are kept differently, "
                    + "so that they cannot be compared")
        }
        return (
            plan.field(field, of: types), try eventSlot(other.binding),
            plan.field(other.field, of: otherTypes)
        )
    }

    /// What the values of a field stand for in events of these types, which must agree.
    func kind(of field: String, in types: [UInt16]) throws -> CellLayout.ValueKind {
        var found: CellLayout.ValueKind?
        for type in types {
            guard let column = column(field, of: type) else { continue }
            let kind: CellLayout.ValueKind =
                switch (column.column, column.kind) {
                case (.enumeration, .enumeration(let list)): .list(list)
                case (.boolean, _): .list(["false", "true"])
                case (.integer, _): .integer
                case (.day, _): .day
                default: .name
                }
            if let found, found != kind {
                throw fault("the events it reads keep \"\(field)\" in different ways")
            }
            found = kind
        }
        guard let found else { throw fault("no event it reads has the column \"\(field)\"") }
        return found
    }

    /// The event types that set the value in force of a field.
    func latestTypes(_ field: String) throws -> [UInt16] {
        if let entry = definition.latestTypes.first(where: { $0.field == field }) {
            return try ids(entry.types)
        }
        return plan.context.types.schemas.indices.map { UInt16($0) }.filter { type in
            column(field, of: type) != nil
                && plan.context.types.schemas[Int(type)].occurs(in: definition.subjectKinds)
        }
    }
}

extension FieldCheck {
    /// A definition's test; nil for a comparison with another event.
    init?(_ test: FieldTest) {
        switch test {
        case .among(let scalars, let negated): self = .among(scalars, negated: negated)
        case .range(let minimum, let maximum): self = .range(minimum: minimum, maximum: maximum)
        case .present: self = .somebody
        case .absent: self = .nobody
        case .same: return nil
        }
    }

    /// Whether it holds for an absent value.
    var holdsWhenAbsent: Bool {
        switch self {
        case .among(_, let negated): negated
        case .nobody: true
        case .range, .somebody, .recorded: false
        }
    }
}
