package import Definitions
package import EventLog
package import EventModel
package import Projections

/// A view of the log that several sources share; as short-lived as the transaction behind it.
package final class SharedView {
    package let view: LogView

    package init(_ view: borrowing LogView) throws { self.view = try view.sharing() }
}

/// The facts of one version of a projection: stored ones, or some just replayed.
package struct LiveFacts: FactSource {
    /// Where the rows come from.
    package enum Rows {
        case stored(ProjectionStatus, ProjectionStore)
        case replayed(CellSet)
    }

    package let layout: FactLayout
    package let position: UInt32?
    private let cells: CellLayout
    private let rows: Rows
    private let log: SharedView
    private let subjectKinds: [String]

    /// - Parameter definition: that of the same version; nil where it is not known, and with it
    ///   which dimensions are hours, and for how long facts may change.
    package init(
        _ rows: Rows, definition: ProjectionDefinition?, calendars: CalendarsInForce,
        log: SharedView
    ) {
        let name: String
        let version: Int
        switch rows {
        case .stored(let status, _):
            (name, version) = (status.name, status.version)
            cells = status.layout
            position = status.position
        case .replayed(let set):
            (name, version) = (set.name, set.version)
            cells = set.layout
            position = set.position
        }
        self.rows = rows
        self.log = log
        subjectKinds = definition?.subjectKinds ?? []
        layout = FactLayout(
            cells, projection: name, version: version, definition: definition,
            calendars: calendars)
    }

    package func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        switch rows {
        case .stored(let status, let store):
            try store.scan(status, days: days, in: log.view, body)
        case .replayed(let set): try set.scan(days: days, body)
        }
    }

    package func text(ofDimension index: Int, id: UInt32) throws -> String {
        try cells.text(ofDimension: index, id, in: log.view) ?? ""
    }

    package func id(ofDimension index: Int, text: String) throws -> UInt32? {
        let kind = cells.dimensions[index].kind
        guard case .name = kind else {
            return try kind.id(of: text, subjectKinds: subjectKinds, in: log.view)
        }
        let ids = try log.view.nameIDs(text)
        guard ids.count > 1 else { return ids.first }
        // A person and something else are called the same: a dimension has only one kind of them.
        var found: UInt32?
        try scan(days: Day(number: .min)..<Day(number: .max)) { block in
            var row = 0
            while found == nil, row < block.count {
                let id = cells.dimension(index, block, row)
                if ids.contains(id) { found = id }
                row += cells.words
            }
        }
        return found
    }
}

extension FactLayout {
    /// The layout of a projection's cells.
    ///
    /// - Parameter definition: that of the same version; nil where it is not known.
    init(
        _ cells: CellLayout, projection: String, version: Int, definition: ProjectionDefinition?,
        calendars inForce: CalendarsInForce
    ) {
        let sources = definition?.dimensions ?? []
        let measures = cells.measures.map(\.name)
        self.init(
            projection: projection, version: version,
            dimensions: cells.dimensions.map { dimension in
                let source = sources.first { $0.name == dimension.name }?.source
                let kind: FactDimension.Kind =
                    source == .hour ? .hour : (source == .weekday ? .weekday : .text)
                return FactDimension(name: dimension.name, kind: kind)
            }, measures: measures, isStock: cells.isStock)
        for (place, measure) in cells.measures.enumerated() { kinds[place] = measure.kind }
        guard let definition else { return }
        isAnonymous = definition.isAnonymous
        let windows = OpenWindows(definition)
        self.windows = Self.held(windows.fieldsOfFacts, in: definition, cells)
        // Of a window whose length no measure holds, the end is not known.
        let isKnown = self.windows.count == windows.fieldsOfFacts.count
        reach = isKnown ? windows.ofFacts : .unlimited
        reach.tolerance = definition.toleranceMilliseconds
        calendars = inForce.counted(by: definition.durationsOfFacts)
        for (place, name) in measures.enumerated() {
            reachOfMeasures[place] = windows.ofMeasures[name]
            let fields = windows.fieldsOfMeasures[name] ?? []
            let held = Self.held(fields, in: definition, cells)
            if !held.isEmpty { windowsOfMeasures[place] = held }
            if held.count < fields.count { reachOfMeasures[place] = .unlimited }
            let source = definition.measures.first { $0.name == name }?.source
            let counted = inForce.counted(by: source?.durations ?? [])
            if !counted.isEmpty { calendarsOfMeasures[place] = counted }
        }
        for (name, source) in definition.measures {
            guard case .money(_, let currency) = source, let measure = cells.measure(name),
                let dimension = cells.dimension(currency)
            else { continue }
            currencies[measure] = dimension
        }
    }

    /// Windows whose length some measure holds.
    private static func held(
        _ windows: [OpenWindows.FieldWindow], in definition: ProjectionDefinition,
        _ cells: CellLayout
    ) -> [FieldWindow] {
        windows.compactMap { window in
            let name = definition.measures.first { $0.source == .number(window.field) }?.name
            return name.flatMap { cells.measure($0) }.map {
                FieldWindow(measure: $0, millisecondsPerUnit: window.millisecondsPerUnit)
            }
        }
    }
}

extension CellLayout.ValueKind {
    /// The word that stands for a text; nil where no row can have it.
    func id(
        of text: String, subjectKinds: [String], in view: borrowing LogView
    ) throws -> UInt32? {
        switch self {
        case .name: return try view.nameIDs(text).first
        case .list(let list): return list.firstIndex(of: text).map { UInt32($0 + 1) }
        case .integer: return Int64(text).flatMap { Self.biased($0) }
        case .day:
            guard let period = try? Period(text, today: Day(number: 0)),
                period.first.grain == .day, period.isSingle
            else { return nil }
            return Self.biased(Int64(period.first.index))
        case .subject:
            for kind in subjectKinds {
                if let id = try view.caseID(kind + "/" + text) { return id + 1 }
            }
            return nil
        }
    }

    private static func biased(_ value: Int64) -> UInt32? {
        UInt32(exactly: value + 0x8000_0000).flatMap { $0 == 0 ? nil : $0 }
    }
}
