import Definitions
package import EventLog
package import EventModel
package import Projections
package import Querying

/// What a replay found.
package struct ReplayReport: Sendable {
    /// Projections whose stored rows were compared, and those that have none of that definition.
    package var compared: [String] = []
    package var notStored: [String] = []
    /// KPI figures by the stored rows, and by the entries; those of rows that are not stored are refused.
    package var figures = FigureComparison()
    /// Rows of the period that were computed.
    package var facts: UInt64 = 0
    /// What the log or a row lacks that the entries give, in words; nil where nothing does. Figures are
    /// not compared then.
    package var difference: String?

    /// Whether all that was compared agrees.
    package var agrees: Bool { difference == nil && figures.differing.isEmpty }
}

/// Computes a period's cells and figures from zero, without touching what is stored, and compares.
///
/// Rows are compared day by day through two 64-bit sums over all of them, so that memory does not
/// grow with the log; a day that differs is then gone through row by row. Where the stored rows
/// stand later than the state asked for, what the entries since changed is taken off them first.
package struct Replay {
    private let log: LogStore
    private let count: UInt32
    private let options: BuildOptions

    /// A replay of a log's first entries.
    package init(of log: LogStore, asOf count: UInt32, options: BuildOptions) {
        self.log = log
        self.count = count
        self.options = options
    }

    /// Holds the log against its entries, then compares every projection of a period, up to the first
    /// row that differs, then every KPI.
    ///
    /// - Complexity: O(entries) for each projection, and for each KPI whose rows do not fit in memory.
    package func run(_ period: Period) throws -> ReplayReport {
        var report = ReplayReport()
        // What is computed is read from columns and from the register of definitions: first these are
        // held against the entries.
        if let difference = try log.verifyEntries(threads: options.threads) {
            report.difference = difference.description
            return report
        }
        let register = try log.read { try $0.definitions(upTo: count) }
        let live = try LiveProjections(of: log, register: register)
        for source in live.sources {
            let name = "\(source.definition.name)@\(source.definition.version)"
            // Where another process brings the rows on meanwhile, there is a newer state to ask.
            let isCompared = try (0..<3).contains { _ in
                try compare(source, live, period, &report)
            }
            if isCompared { report.compared.append(name) } else { report.notStored.append(name) }
            if report.difference != nil { return report }
        }
        try compareFigures(period, live, register, &report)
        return report
    }

    private func days(_ source: ProjectionSource, _ period: Period, _ cells: CellLayout)
        -> Range<Day>
    {
        cells.isStock ? Day(number: -1_000_000)..<period.days.upperBound : period.days
    }

    /// Compares the stored rows of a projection; false where there are none of that definition.
    private func compare(
        _ source: ProjectionSource, _ live: LiveProjections, _ period: Period,
        _ report: inout ReplayReport
    ) throws -> Bool {
        let found = try log.read { view in
            try live.store.status(
                source.definition.name, version: source.definition.version, in: view)
        }
        guard let status = found, status.isReadable, status.digest == source.digest else {
            return false
        }
        let size = min(count, status.position)
        let days = days(source, period, status.layout)
        let words = status.layout.words
        var replayed = RowSums(words: words)
        try live.store.replay(
            source.definition, context: live.context, upTo: size, options: options
        ) { block in
            block.scan(days: days, words: words) { replayed.add($0) }
        }
        var stored = RowSums(words: words)
        let later = try live.store.changes(
            of: [source.definition], context: live.context, by: size..<status.position,
            before: days.upperBound, options: options)[0]
        for fact in later where days.contains(fact.day) {
            var row = fact
            row.multiplicity = -fact.multiplicity
            stored.add(row.row.span)
        }
        let isStill = try log.read { view in
            let now = try live.store.status(status.name, version: status.version, in: view)
            guard now == status else { return false }
            let wanted =
                CellLayout.word(of: days.lowerBound)..<CellLayout.word(of: days.upperBound)
            try live.store.scan(status, days: days, in: view) { block in
                stored.add(block) { wanted.contains($0) }
            }
            return true
        }
        guard isStill else { return false }
        report.facts += replayed.rows
        if let word = replayed.firstDifference(from: stored) {
            let day = Day(number: Int32(bitPattern: word ^ 0x8000_0000))
            report.difference = try name(day, source, status, live, later)
        }
        return true
    }

    /// Names the first row of a day that differs.
    private func name(
        _ day: Day, _ source: ProjectionSource, _ status: ProjectionStatus,
        _ live: LiveProjections, _ later: [Fact]
    ) throws -> String {
        let layout = status.layout
        let days = day..<day.advanced(by: 1)
        var rows: [[UInt32]: (stored: Int64, replayed: Int64)] = [:]
        func each(_ block: Span<UInt32>, _ body: ([UInt32], Int64) -> Void) {
            for start in stride(from: 0, to: block.count, by: layout.words)
            where CellLayout.day(block, start) == day {
                body(
                    (start..<start + layout.keyWords).map { block[$0] },
                    layout.multiplicity(block, start))
            }
        }
        try live.store.replay(
            source.definition, context: live.context, upTo: min(count, status.position),
            options: options
        ) { block in
            block.scan(days: days, words: layout.words) { rows2 in
                each(rows2) { rows[$0, default: (0, 0)].replayed += $1 }
            }
        }
        for fact in later where fact.day == day {
            rows[Array(fact.row.dropLast(2)), default: (0, 0)].stored -= fact.multiplicity
        }
        return try log.read { view in
            try live.store.scan(status, days: days, in: view) { block in
                each(block) { rows[$0, default: (0, 0)].stored += $1 }
            }
            let differing = rows.filter { $0.value.stored != $0.value.replayed }.keys
            guard let key = differing.min(by: { $0.lexicographicallyPrecedes($1) }),
                let counts = rows[key], !source.definition.isAnonymous
            else { return "projection \(status.name)@\(status.version), \(day)" }
            let texts = CellTexts(layout, of: source.definition)
            var cell: [String] = []
            for (index, dimension) in layout.dimensions.enumerated() {
                let text = try texts.text(ofDimension: index, key[1 + index], in: view)
                cell.append("\(dimension.name) \((text ?? "").printableValue)")
            }
            for (index, measure) in layout.measures.enumerated() {
                guard let value = layout.measure(index, key.span, 0) else { continue }
                let text = try texts.text(ofMeasure: index, value, in: view)
                cell.append("\(measure.name) \((text ?? "").printableValue)")
            }
            return "projection \(status.name)@\(status.version), \(day), "
                + cell.joined(separator: ", ")
                + ": \(counts.stored) such facts are stored, the entries give "
                + "\(counts.replayed)"
        }
    }

    /// Holds what the stored rows answer against what the entries do.
    private func compareFigures(
        _ period: Period, _ live: LiveProjections, _ register: DefinitionRegister,
        _ report: inout ReplayReport
    ) throws {
        let fresh = try StoreState(of: log, asOf: count, options: options, stored: .unread)
        let stored = try StoreState(of: log, asOf: count, options: options, stored: .always)
        let library = DefinitionLibrary(register: register, types: log.types(in: register))
        // Figures of respondents' answers are computed from entries whenever they are asked for.
        let compared = Set(
            live.sources.map(\.definition).filter {
                !$0.isAnonymous && report.compared.contains("\($0.name)@\($0.version)")
            }.map(\.name))
        for kpi in try fresh.kpisThatAnswer().answering {
            guard let definition = try library.kpi(kpi) else { continue }
            let isStored = try library.projections(behind: definition)
                .allSatisfy(compared.contains)
            let splits = try fresh.usualSplits(of: kpi)
            let request = QueryRequest(kpis: [kpi], period: period)
            let found = fresh.answers(request, by: splits)
            let known = isStored ? stored.answers(request, by: splits) : []
            for (place, split) in splits.enumerated() {
                report.figures.compare(
                    kpi, by: split,
                    isStored ? try FigureSide(known[place].get) : .refused(.notStored),
                    try FigureSide(found[place].get))
            }
        }
    }
}
