import Definitions
import EventModel

/// A test of one field, as selectors in a plan are told apart.
enum FieldCheck: Hashable {
    case among([Scalar], negated: Bool)
    case range(minimum: Int64?, maximum: Int64?)
    /// A value other than "" (`present`), or none (`absent`).
    case somebody
    case nobody
    /// A value, "" included: what sets the value in force.
    case recorded
}

/// A selector of a plan: event types, and checks all of which hold.
struct SelectorKey: Hashable {
    struct Check: Hashable {
        var field: String
        var check: FieldCheck
    }
    /// Ids of types, ascending.
    var types: [UInt16]
    var checks: [Check]
    /// Whether it looks for something happening, which a row that repeats what was so is not.
    var isFinder = false
}

/// Collects what projections look for, then writes a plan's tables. A pass's shared half; what
/// belongs to one projection is `ProjectionBuilder`'s.
struct PlanBuilder {
    let context: BuildContext
    /// Ids of the texts that the definitions compare names with; absent: no event has it.
    let names: [String: UInt32]
    /// How long before its opening an event counts as at it, in milliseconds: of all definitions.
    let tolerance: Int64
    var definitions: [ProjectionDefinition] = []
    var layouts: [CellLayout] = []
    var codes = CodeTables()
    /// Per projection: where each binding's event, or number, is kept.
    var slots: [[String: Int32]] = []
    private(set) var kinds: [String] = []
    private(set) var selectors: [SelectorKey] = []
    private var selectorPlaces: [SelectorKey: Int32] = [:]
    private var fields: [String] = []
    private(set) var fieldPlaces: [String: Int32] = [:]
    /// Columns whose values are read.
    private var valueColumns: Set<ColumnPlace> = []
    private var trackPlaces: [TrackCode: Int32] = [:]
    /// Selectors used by each projection, and those that only its rules look at.
    private var used: [(looked: Set<Int32>, ruled: Set<Int32>)] = []
    /// Types that open cases, and those whose rows may repeat what was so.
    var openings: Set<UInt16> = []
    var telling: Set<UInt16> = []
    /// Types of which several rows may be one update.
    var merging: Set<UInt16> = []
    /// Those whose updates are not joined, only noticed: see `Plan.scanning`.
    var watched: Set<UInt16> = []
    let isScanning: Bool

    private struct ColumnPlace: Hashable {
        var type: UInt16
        var column: Int
    }

    init(
        context: BuildContext, names: [String: UInt32], tolerance: Int64, isScanning: Bool = false
    ) {
        self.context = context
        self.isScanning = isScanning
        self.tolerance = tolerance
        self.names = names
    }

    mutating func add(_ definition: ProjectionDefinition) throws {
        var projection = ProjectionBuilder(definition, in: self)
        try projection.build()
        self = projection.plan
        definitions.append(definition)
        used.append((projection.looked, projection.ruled))
    }

    mutating func kindNumber(_ kind: String) throws -> Int {
        if let place = kinds.firstIndex(of: kind) { return place }
        guard kinds.count < 64 else { throw PassIsFull() }
        kinds.append(kind)
        return kinds.count - 1
    }

    mutating func selector(_ key: SelectorKey) -> Int32 {
        if let place = selectorPlaces[key] { return place }
        let place = Int32(selectors.count)
        selectors.append(key)
        selectorPlaces[key] = place
        return place
    }

    /// The number of a field whose value is read from events of these types.
    mutating func field(_ name: String, of types: [UInt16]) -> Int32 {
        for type in types {
            if let column = context.types.schemas[Int(type)].columnIndex(of: name) {
                valueColumns.insert(ColumnPlace(type: type, column: column))
            }
        }
        if let place = fieldPlaces[name] { return place }
        let place = Int32(fields.count)
        fields.append(name)
        fieldPlaces[name] = place
        return place
    }

    mutating func track(_ code: TrackCode) -> Int32 {
        if let place = trackPlaces[code] { return place }
        let place = Int32(codes.tracks.count)
        codes.tracks.append(code)
        trackPlaces[code] = place
        return place
    }

    /// The first of some tracks that stand side by side.
    mutating func tracks(_ wanted: [TrackCode]) -> Int32 {
        if let place = trackPlaces[wanted[0]].map({ Int($0) }),
            codes.tracks[place...].starts(with: wanted)
        {
            return Int32(place)
        }
        let place = Int32(codes.tracks.count)
        codes.tracks += wanted
        return place
    }

    // MARK: The tables

    mutating func finish() throws -> Plan {
        let types = Array(Set(selectors.flatMap { $0.types })).sorted()
        guard types.count <= Row.unread else { throw PassIsFull() }
        let numbers = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1, $0) })
        try assignBits(numbers)
        var rows = RowTables()
        for type in types { try addProgram(type, numbers: numbers, to: &rows) }
        addUnread(besides: Set(types), to: &rows)
        writePayloadPlaces(types, rows)
        codes.rules = caseRules(numbers)
        writeBits()
        for (place, member) in context.calendars.members.enumerated() {
            for name in member.names {
                guard let id = names[name] else { continue }
                codes.calendarNames.append(CalendarName(name: id, calendar: Int32(place)))
            }
        }
        return Plan(
            definitions: definitions, layouts: layouts, context: context, names: names, rows: rows,
            codes: codes, slots: slots, kinds: kinds)
    }

    /// Gives each selector a bit that no other selector of one of its types has.
    private mutating func assignBits(_ numbers: [UInt16: Int]) throws {
        var taken = [UInt64](repeating: 0, count: numbers.count)
        for key in selectors {
            let places = key.types.compactMap { numbers[$0] }
            let occupied = places.reduce(UInt64(0)) { $0 | taken[$1] }
            guard occupied != .max else { throw PassIsFull() }
            let bit = UInt64(1) << UInt64((~occupied).trailingZeroBitCount)
            for place in places { taken[place] |= bit }
            codes.selectors.append(
                SelectorCode(bit: bit, types: places.reduce(0) { $0 | 1 << UInt64($1) }))
        }
    }

    private mutating func addProgram(
        _ type: UInt16, numbers: [UInt16: Int], to rows: inout RowTables
    ) throws {
        let schema = context.types.schemas[Int(type)]
        var program = TypeProgram(
            type: type, base: 0, masks: [], payload: [], rank: UInt8(schema.rank))
        var checks: [Int: [(bit: UInt64, check: FieldCheck)]] = [:]
        for (place, key) in selectors.enumerated() where key.types.contains(type) {
            let bit = codes.selectors[place].bit
            program.base |= bit
            for check in key.checks {
                guard let column = schema.columnIndex(of: check.field) else {
                    preconditionFailure("a selector's fields are columns")
                }
                checks[column, default: []].append((bit, check.check))
            }
        }
        func use(_ column: Int) -> Int32 {
            let use = ColumnUse(
                type: type, column: column, kind: schema.columns[column].column ?? .name)
            if let place = rows.uses.firstIndex(of: use) { return Int32(place) }
            rows.uses.append(use)
            return Int32(rows.uses.count - 1)
        }
        // Where rows may be joined, what their masks ask for goes with them.
        if merging.contains(type) {
            for column in checks.keys {
                valueColumns.insert(ColumnPlace(type: type, column: column))
            }
        }
        if let column = schema.columns.firstIndex(where: { !$0.ranks.isEmpty }) {
            program.rankUse = use(column)
            program.ranksStart = Int32(rows.codeRanks.count)
            rows.codeRanks += codeRanks(schema, column)
        }
        for (column, tests) in checks.sorted(by: { $0.key < $1.key }) {
            program.masks.append(
                maskStep(
                    schema.columns[column], absent: schema.defaultValue(ofColumn: column), tests,
                    use: use(column), in: &rows))
        }
        for column in schema.columns.indices
        where valueColumns.contains(ColumnPlace(type: type, column: column)) {
            let kind = schema.columns[column].column ?? .name
            program.payload.append(
                PayloadStep(
                    use: use(column), kind: kind.rawValue,
                    absent: value(
                        schema.defaultValue(ofColumn: column), of: schema.columns[column])))
        }
        rows.programs.append(program)
    }

    private func addUnread(besides read: Set<UInt16>, to rows: inout RowTables) {
        // A void is no event of its case: nobody waits for it, as for what it takes out.
        for (id, schema) in context.types.schemas.enumerated()
        where !read.contains(UInt16(id)) && !schema.isLogsOwn && schema.type != "event.voided" {
            var type = UnreadType(type: UInt16(id), rank: UInt8(schema.rank))
            if let column = schema.columns.firstIndex(where: { !$0.ranks.isEmpty }) {
                type.rankColumn = column
                type.ranksStart = rows.codeRanks.count
                rows.codeRanks += codeRanks(schema, column)
            }
            rows.unread.append(type)
        }
    }

    private mutating func writePayloadPlaces(_ types: [UInt16], _ rows: RowTables) {
        codes.payloadPlaces = [Int32](repeating: -1, count: fields.count * 64)
        for (number, program) in rows.programs.enumerated() {
            var word: Int32 = 0
            let schema = context.types.schemas[Int(program.type)]
            for step in program.payload {
                let use = rows.uses[Int(step.use)]
                let isWide = use.kind == .integer || use.kind == .day
                // By its name, or by earlier ones.
                for (name, field) in fieldPlaces where schema.columnIndex(of: name) == use.column {
                    codes.payloadPlaces[Int(field) * 64 + number] = word * 2 + (isWide ? 1 : 0)
                }
                word += isWide ? 2 : 1
            }
        }
    }

    private mutating func writeBits() {
        for (place, used) in used.enumerated() {
            codes.projections[place].bits = Int32(codes.bits.count)
            codes.bits += bits(of: used.looked.union(used.ruled))
            codes.projections[place].lookedBits = Int32(codes.bits.count)
            codes.bits += bits(of: used.looked)
        }
    }

    private func bits(of used: Set<Int32>) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: 64)
        for selector in used {
            let code = codes.selectors[Int(selector)]
            for type in 0..<64 where code.types >> UInt64(type) & 1 != 0 { bits[type] |= code.bit }
        }
        return bits
    }
}
