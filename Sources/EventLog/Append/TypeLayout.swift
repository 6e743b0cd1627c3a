import EventModel

/// The columns of every type, flat: what the loops over rows look up by type id.
struct TypeLayout: Sendable {
    /// By type id: the first of its columns among `kinds`, and one more for the end.
    let columnStart: [Int]
    let kinds: [ColumnKind]
    /// By place in `kinds`: how the column's values tell of persons.
    private let personal: [PersonalKind?]
    /// By type id: how many columns come from an event's slots, the others being derived.
    let slotColumns: [Int]
    /// By type id: the first of its name columns among `nameColumns`, and one more for the end.
    let nameStart: [Int]
    let nameColumns: [Int]
    /// By place in `nameColumns`, whether its names are persons'.
    let isPersonal: [Bool]
    /// By type id: whether its events may be answers of people who are not to be known.
    let mayAnswer: [Bool]
    /// By type id: whether its events are looked at one by one when admitted.
    let needsCare: [Bool]
    /// `event.voided`, which has one derived column: the sequence it voids.
    let voidType: UInt16?
    /// `definition.registered`, `.promoted` and `.dropped`.
    let registeredType: UInt16?
    let promotedType: UInt16?
    let droppedType: UInt16?

    init(_ types: EventTypes) {
        var columnStart = [0]
        var kinds: [ColumnKind] = []
        var nameStart = [0]
        var nameColumns: [Int] = []
        var isPersonal: [Bool] = []
        var personal: [PersonalKind?] = []
        for schema in types.schemas {
            for (index, field) in schema.columns.enumerated() {
                guard let kind = field.column else { continue }
                kinds.append(kind)
                personal.append(field.personal)
                if kind == .name {
                    nameColumns.append(index)
                    isPersonal.append(field.personal != nil)
                }
            }
            if schema.type == TypeLayout.voidTypeName {
                kinds.append(.integer)
                personal.append(nil)
            }
            columnStart.append(kinds.count)
            nameStart.append(nameColumns.count)
        }
        self.columnStart = columnStart
        self.kinds = kinds
        self.personal = personal
        self.nameStart = nameStart
        self.nameColumns = nameColumns
        self.isPersonal = isPersonal
        slotColumns = types.schemas.map(\.columns.count)
        mayAnswer = types.schemas.map(\.mayAnswer)
        needsCare = types.schemas.map {
            [TypeLayout.voidTypeName, TypeLayout.registeredTypeName].contains($0.type)
        }
        voidType = types.id(of: TypeLayout.voidTypeName)
        registeredType = types.id(of: TypeLayout.registeredTypeName)
        promotedType = types.id(of: "definition.promoted")
        droppedType = types.id(of: "definition.dropped")
    }

    /// The one type of input the log itself understands.
    static let voidTypeName = "event.voided"
    private static let registeredTypeName = "definition.registered"

    var typeCount: Int { slotColumns.count }

    /// The columns of a type, derived ones last.
    func columns(of type: Int) -> ArraySlice<ColumnKind> {
        kinds[columnStart[type]..<columnStart[type + 1]]
    }

    /// How a column of a type tells of persons; nil where it does not.
    func personal(_ type: Int, _ index: Int) -> PersonalKind? {
        personal[columnStart[type] + index]
    }
}
