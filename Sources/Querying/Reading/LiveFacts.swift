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
    private let texts: CellTexts
    private let rows: Rows
    private let log: SharedView
    private let subjectKinds: [String]

    /// - Parameters:
    ///   - definition: that of the same version; nil where it is not known, and with it which
    ///     dimensions are hours, and for how long facts may change.
    ///   - reach: the entries that the rows stand for, from how many they were made of.
    package init(
        _ rows: Rows, definition: ProjectionDefinition?, calendars: CalendarsInForce,
        log: SharedView, reach: (UInt32) throws -> UInt32
    ) rethrows {
        let name: String
        let version: Int
        switch rows {
        case .stored(let status, _):
            (name, version) = (status.name, status.version)
            texts = CellTexts(status.layout, of: definition)
            position = try reach(status.position)
        case .replayed(let set):
            (name, version) = (set.name, set.version)
            texts = set.texts
            position = set.position
        }
        self.rows = rows
        self.log = log
        subjectKinds = definition?.subjectKinds ?? []
        layout = FactLayout(
            texts, projection: name, version: version, definition: definition,
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
        try texts.text(ofDimension: index, id, in: log.view) ?? ""
    }

    package func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
        try texts.layout.dimensions[index].kind.ids(
            of: text, subjectKinds: subjectKinds, in: log.view)
    }
}

extension FactLayout {
    /// The layout of a projection's cells.
    ///
    /// - Parameter definition: that of the same version; nil where it is not known.
    init(
        _ texts: CellTexts, projection: String, version: Int, definition: ProjectionDefinition?,
        calendars inForce: CalendarsInForce
    ) {
        let cells = texts.layout
        let sources = definition?.dimensions ?? []
        let measures = cells.measures.map(\.name)
        self.init(
            projection: projection, version: version,
            dimensions: cells.dimensions.map { dimension in
                let source = sources.first { $0.name == dimension.name }?.source
                let kind: FactDimension.Kind =
                    source == .hour ? .hour : (source == .weekday ? .weekday : .text)
                var known = FactDimension(name: dimension.name, kind: kind)
                known.namesKinds = dimension.kind == .subject && texts.namesKinds
                switch (kind, dimension.kind) {
                case (.hour, _): known.listed = (0..<24).map { "\($0)" }
                case (.weekday, _): known.listed = (1...7).map { "\($0)" }
                case (.text, .list(let list)): known.listed = list
                default: break
                }
                return known
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
