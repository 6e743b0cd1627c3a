package import EventModel

/// How a column's values compare: only columns of one shape may stand for each other.
package struct ColumnShape: Hashable, Sendable {
    /// How it is kept.
    package var kind: ColumnKind
    /// The values of an enumeration, in its order; empty otherwise.
    package var values: [String]
    /// Whether its names are those of persons; columns compare all the same.
    package var isOfPersons = false

    /// A shape from its parts.
    package init(kind: ColumnKind, values: [String] = [], isOfPersons: Bool = false) {
        self.kind = kind
        self.values = values
        self.isOfPersons = isOfPersons
    }

    package static func == (left: ColumnShape, right: ColumnShape) -> Bool {
        left.kind == right.kind && left.values == right.values
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(values)
    }

    /// A name's.
    package static let name = ColumnShape(kind: .name)
    /// An integer's.
    package static let integer = ColumnShape(kind: .integer)

    /// For faults: `a name`, `one of open, closed`.
    package var inWords: String {
        switch kind {
        case .name: "a name"
        case .enumeration: listed(values)
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .day: "a date such as 2025-07-14"
        }
    }
}

extension FieldSchema {
    /// The shape of its column; nil where it is none.
    package var shape: ColumnShape? {
        guard let column else { return nil }
        guard case .enumeration(let values) = kind, column == .enumeration else {
            return ColumnShape(kind: column, isOfPersons: personal != nil)
        }
        return ColumnShape(kind: column, values: values)
    }
}

/// What event types offer to definitions.
struct Columns {
    let types: EventTypes
    /// Whether a person's name was published; nil: names are not looked at, as in a definition that
    /// the log has.
    var isPublished: ((String) -> Bool)?

    /// Whether the definition is new, rather than one that the log has and that is taken as it is.
    var isNew: Bool { isPublished != nil }

    /// Refuses a person's name in clear: a definition stands in the log for ever, so that the name could
    /// never be erased.
    func checkName(_ text: String, _ shape: ColumnShape, at value: YAMLValue, _ faults: FaultList) {
        guard shape.isOfPersons, !text.isEmpty, let isPublished, !isPublished(text) else { return }
        faults.report(
            at: value, "\"\(text)\" would be a person's name in clear, which nobody could erase",
            expected: "a team, role or other field of the person, or a name published on purpose: "
                + "rekam name publish SUBJECT --reason R --by B")
    }

    /// Names of the types a definition may read: not the log's own, not the void.
    var readableTypes: [String] {
        types.schemas.filter { !$0.isLogsOwn && $0.type != "event.voided" }.map(\.type)
    }

    /// Kinds of case there are: what the schemas name.
    var subjectKinds: [String] {
        var kinds: [String] = []
        for schema in types.schemas where !schema.isLogsOwn {
            for kind in schema.subjectKinds where !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }

    /// The shape of a field that every one of these types has as a column of the same shape.
    func shape(
        of field: String, in names: [String], at value: YAMLValue, faults: FaultList
    ) -> ColumnShape? {
        var found: (type: String, shape: ColumnShape)?
        for name in names {
            guard let schema = types[name] else { return nil }
            guard let known = schema.field(named: field) else {
                faults.report(
                    at: value, "\(name) has no field \"\(field)\"", word: field,
                    among: schema.columns.map(\.name))
                return nil
            }
            guard let shape = known.shape else {
                faults.report(
                    at: value, "field \"\(field)\" of \(name) is kept in the entry only",
                    expected: "a field kept as a column: \(listed(schema.columns.map(\.name)))")
                return nil
            }
            if let found, found.shape != shape {
                faults.report(
                    at: value,
                    "field \"\(field)\" is \(found.shape.inWords) in \(found.type) but "
                        + "\(shape.inWords) in \(name)", expected: "a field that is alike in both")
                return nil
            }
            let isOfPersons = shape.isOfPersons || found?.shape.isOfPersons == true
            found = (name, shape)
            found?.shape.isOfPersons = isOfPersons
        }
        return found?.shape
    }

    /// The shape of the columns that a dimension's values come from; nil where they come from none.
    func shape(
        of source: DimensionSource, in projection: ProjectionDefinition
    ) -> ColumnShape? {
        switch source {
        case .field(let reference):
            let names = projection.eventTypes(of: reference.binding)
            return names.first.flatMap { types[$0] }?.field(named: reference.field)?.shape
        case .latest(let field, _):
            let names = projection.latestTypes.first { $0.field == field }?.types ?? []
            return names.first.flatMap { types[$0] }?.field(named: field)?.shape
        case .firstOf(let sources):
            return sources.lazy.compactMap { self.shape(of: $0, in: projection) }.first
        case .subject:
            let isOfPersons = projection.subjectKinds.contains { types.personalKinds.contains($0) }
            return ColumnShape(kind: .name, isOfPersons: isOfPersons)
        case .hour, .weekday, .constant: return nil
        }
    }

    /// The types that set the value in force of a field: of the cases' own kind, else all.
    func defaultLatestTypes(of field: String, kinds: [String]) -> [String] {
        types.types(setting: field, ofKinds: kinds).map(\.type)
    }

    /// Every field name that can be asked for with `latest` in such cases.
    func latestFields(kinds: [String]) -> [String] {
        var names: [String] = []
        for schema in types.schemas where !schema.isLogsOwn && schema.occurs(in: kinds) {
            for column in schema.columns where !names.contains(column.name) {
                names.append(column.name)
            }
        }
        return names
    }
}
