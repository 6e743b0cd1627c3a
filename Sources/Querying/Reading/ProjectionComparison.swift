import Definitions
package import EventLog
package import EventModel
package import Projections
import Synchronization

/// What promoting a version of a projection would move: cells, the figures of every KPI that reads
/// it, and the cases behind each.
package struct ProjectionComparison {
    /// One figure that reads differently.
    package struct MovedFigure {
        package var figure: ChangedFigure
        /// How many cases have other facts there, and some of them.
        package var cases = 0
        package var examples: [String] = []
    }

    /// Cells (days and dimensions) of the period, in either version, and those that differ.
    package private(set) var cells = 0
    package private(set) var movedCells = 0
    /// Largest change first; totals of the whole period before what they are made of.
    package private(set) var figures: [MovedFigure] = []
    /// What came of every figure; those of a KPI that can't be read with the new version are refused.
    package private(set) var compared = FigureComparison()
    /// KPIs in force that read the projection.
    package private(set) var kpis: [String] = []
    /// Dimensions and measures that only one version has.
    package private(set) var onlyOld: [String] = []
    package private(set) var onlyNew: [String] = []

    private let log: LogStore
    private let projections: ProjectionStore
    private let context: BuildContext
    private let options: BuildOptions
    private let old: ProjectionDefinition
    private let new: ProjectionDefinition

    /// Compares two versions, both computed from zero over the log as it is.
    ///
    /// - Throws: `QueryFaults` of what can't be answered, or what the store throws.
    /// - Complexity: two passes over the log for the rows, and two more for the cases where some
    ///   figure moves.
    package init(
        _ old: ProjectionVersions.Version, _ new: ProjectionVersions.Version, period: Period,
        versions: ProjectionVersions, live: LiveProjections, log: LogStore,
        options: BuildOptions
    ) throws {
        self.log = log
        projections = live.store
        context = live.context
        self.options = options
        self.old = try versions.source(old).definition
        self.new = try versions.source(new).definition
        let count = try log.read { $0.entryCount }
        let isStock = [self.old, self.new].contains {
            if case .stock = $0.fact { true } else { false }
        }
        let days = period.days
        let wanted = isStock ? nil : days
        let before = try projections.replay(
            [self.old], context: context, upTo: count, days: wanted, options: options)[0]
        let after = try projections.replay(
            [self.new], context: context, upTo: count, days: wanted, options: options)[0]
        compareNames(before.layout, after.layout)
        let shared = SharedKeys(before.layout, after.layout)
        // Of answers of respondents neither cells nor cases are told.
        let isAnonymous = self.old.isAnonymous || self.new.isAnonymous
        let moved = isAnonymous ? [] : compareCells(before, after, shared, days)
        try compareKPIs(before, after, period, old: old, new: new, versions: versions)
        if !figures.isEmpty, !isAnonymous {
            try findCases(moved, shared, before.layout, days: days, upTo: count)
        }
        figures.sort { $0.figure.isBefore($1.figure, cases: ($0.cases, $1.cases)) }
    }

    // MARK: Cells

    /// The dimensions and measures that both versions have, by their places in each.
    struct SharedKeys: Sendable {
        var dimensions: [(name: String, old: Int, new: Int)] = []
        var measures: [(old: Int, new: Int)] = []

        init(_ old: CellLayout, _ new: CellLayout) {
            for (place, dimension) in old.dimensions.enumerated() {
                guard let other = new.dimension(dimension.name),
                    new.dimensions[other].kind == dimension.kind
                else { continue }
                dimensions.append((dimension.name, place, other))
            }
            for (place, measure) in old.measures.enumerated() {
                guard let other = new.measure(measure.name),
                    new.measures[other].kind == measure.kind
                else { continue }
                measures.append((place, other))
            }
        }

        /// Day and shared dimensions of a row.
        func key(_ row: Span<UInt32>, _ start: Int, isNew: Bool) -> [UInt32] {
            [row[start]] + dimensions.map { row[start + 1 + (isNew ? $0.new : $0.old)] }
        }

        /// A number that stands for a row's shared measures; rows of a cell add up to it.
        func content(
            _ row: Span<UInt32>, _ start: Int, _ layout: CellLayout, isNew: Bool
        ) -> UInt64 {
            var mixed: UInt64 = 0x9E37_79B9_7F4A_7C15
            for measure in measures {
                let value = layout.measure(isNew ? measure.new : measure.old, row, start)
                mixed = (mixed ^ UInt64(bitPattern: value ?? .min)) &* 0xBF58_476D_1CE4_E5B9
                mixed ^= mixed >> 29
            }
            return mixed
        }
    }

    private mutating func compareNames(_ before: CellLayout, _ after: CellLayout) {
        let old = before.dimensions.map(\.name) + before.measures.map(\.name)
        let new = after.dimensions.map(\.name) + after.measures.map(\.name)
        onlyOld = old.filter { !new.contains($0) }
        onlyNew = new.filter { !old.contains($0) }
    }

    private mutating func compareCells(
        _ before: CellSet, _ after: CellSet, _ shared: SharedKeys, _ days: Range<Day>
    ) -> Set<[UInt32]> {
        var sums: [[UInt32]: (content: UInt64, count: Int64)] = [:]
        func add(_ set: CellSet, isNew: Bool) {
            let layout = set.layout
            set.scan(days: days) { block in
                for start in stride(from: 0, to: block.count, by: layout.words) {
                    let times = layout.multiplicity(block, start) * (isNew ? 1 : -1)
                    let content = shared.content(block, start, layout, isNew: isNew)
                    let key = shared.key(block, start, isNew: isNew)
                    sums[key, default: (0, 0)].content &+=
                        content &* UInt64(bitPattern: times)
                    sums[key, default: (0, 0)].count &+= times
                }
            }
        }
        add(before, isNew: false)
        add(after, isNew: true)
        let moved = sums.filter { $0.value.content != 0 || $0.value.count != 0 }
        cells = sums.count
        movedCells = moved.count
        return Set(moved.keys)
    }

    // MARK: Figures

    private mutating func compareKPIs(
        _ before: CellSet, _ after: CellSet, _ period: Period,
        old oldVersion: ProjectionVersions.Version,
        new newVersion: ProjectionVersions.Version, versions: ProjectionVersions
    ) throws {
        let types = context.types
        let register = versions.register
        let fates = try DefinitionLibrary.fates(of: newVersion, in: register, types: types)
        kpis = fates.map(\.kpi)
        let sides = [(oldVersion, before, self.old), (newVersion, after, self.new)]
        for (kpi, fate) in fates {
            var known: [[[String]]] = []
            func both(by split: [String], grain: Grain?) throws {
                let said = try sides.map { side -> FigureSide in
                    if case .breaks(let reason) = fate { return .refused(.fault(reason)) }
                    let library = DefinitionLibrary(
                        register: register, types: types, promoting: side.0)
                    let kpis = try library.kpi(kpi).map { try library.kpis(behind: $0) } ?? []
                    let request = QueryRequest(
                        kpis: [kpi], by: split, period: period, grain: grain)
                    // The log as it is, with this version's rows in place of the projection's.
                    return try log.read { view in
                        let state = try StoreState(view, of: log, projections: projections)
                        state.put(
                            try LiveFacts.shown(
                                side.1, of: side.2, projections, context, log, in: view),
                            kpis: kpis)
                        known.append((try? state.usualSplits(of: kpi)) ?? [])
                        return try FigureSide { try state.answer(request) }
                    }
                }
                compared.compare(kpi, by: split, said[0], said[1])
            }
            try both(by: [], grain: nil)
            let splits = FigureComparison.usualDimensions.map { [$0] }
            let split =
                splits.first { split in known.allSatisfy { $0.contains(split) } }
                ?? splits.first { split in known.contains { $0.contains(split) } }
            if let split, !known.isEmpty { try both(by: split, grain: .month) }
        }
        figures = compared.differing.map { MovedFigure(figure: $0) }
    }

    // MARK: Cases

    /// Facts that only one version has, by case, in the cells that differ.
    private mutating func findCases(
        _ moved: Set<[UInt32]>, _ shared: SharedKeys, _ layout: CellLayout, days: Range<Day>,
        upTo: UInt32
    ) throws {
        let net = Mutex<[FactKey: Int64]>([:])
        for (definition, isNew) in [(old, false), (new, true)] {
            try projections.streamFacts(
                of: definition, context: context, upTo: upTo, days: days, options: options,
                where: { _, row in moved.contains(shared.key(row, 0, isNew: isNew)) }
            ) { layout, facts in
                net.withLock { net in
                    for fact in facts {
                        let row = fact.row.span
                        let key = FactKey(
                            caseID: fact.caseID, cell: shared.key(row, 0, isNew: isNew),
                            content: shared.content(row, 0, layout, isNew: isNew))
                        net[key, default: 0] += layout.multiplicity(fact) * (isNew ? 1 : -1)
                    }
                }
            }
        }
        let texts = CellTexts(layout, of: old)
        let changed = net.withLock { $0.filter { $0.value != 0 }.map(\.key) }
        try log.read { view in
            for place in figures.indices {
                let figure = figures[place].figure
                let index = figure.by.first.flatMap { name in
                    shared.dimensions.firstIndex { $0.name == name }
                }
                var isOurs: [UInt32: Bool] = [:]
                var cases: Set<UInt32> = []
                for fact in changed {
                    let day = Day(number: Int32(bitPattern: fact.cell[0] ^ 0x8000_0000))
                    guard figure.place.period.days.contains(day) else { continue }
                    if let index {
                        let word = fact.cell[1 + index]
                        if isOurs[word] == nil {
                            let text = try texts.text(
                                ofDimension: shared.dimensions[index].old, word, in: view)
                            isOurs[word] = text ?? "" == figure.place.key[0]
                        }
                        guard isOurs[word] == true else { continue }
                    }
                    cases.insert(fact.caseID)
                }
                figures[place].cases = cases.count
                for id in cases.sorted().prefix(3) {
                    figures[place].examples.append(try view.subject(ofCase: id))
                }
            }
        }
    }

    private struct FactKey: Hashable {
        var caseID: UInt32
        var cell: [UInt32]
        var content: UInt64
    }
}
