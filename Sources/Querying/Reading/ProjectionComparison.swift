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
        /// The KPI as an answer's column.
        package var column: AnswerColumn
        /// The dimension it is split by; nil for the total.
        package var dimension: AnswerDimension?
        /// The dimension's value; "" is nobody.
        package var key: String
        /// The month.
        package var slice: PeriodSlice
        /// Before and after.
        package var old: Figure
        package var new: Figure
        /// How many cases have other facts there, and some of them.
        package var cases = 0
        package var examples: [String] = []
    }

    /// Cells (days and dimensions) of the period, in either version, and those that differ.
    package private(set) var cells = 0
    package private(set) var movedCells = 0
    /// Largest change first; totals of the whole period before what they are made of.
    package private(set) var figures: [MovedFigure] = []
    /// Figures that were compared.
    package private(set) var figuresCompared = 0
    /// KPIs that can't be read with the new version, with the reason.
    package private(set) var broken: [(kpi: String, reason: String)] = []
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
    /// - Parameter period: as in `QueryRequest`.
    /// - Throws: `QueryFaults` where the period can't be read, or what the store throws.
    /// - Complexity: two passes over the log for the rows, and two more for the cases where some
    ///   figure moves.
    package init(
        _ old: ProjectionVersions.Version, _ new: ProjectionVersions.Version, period: String,
        days: Range<Day>, versions: ProjectionVersions, live: LiveProjections, log: LogStore,
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
        try compareKPIs(before, after, period: period, old: old, new: new, versions: versions)
        if !figures.isEmpty, !isAnonymous {
            try findCases(moved, shared, before.layout, days: days, upTo: count)
        }
        sort()
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
        _ before: CellSet, _ after: CellSet, period: String,
        old oldVersion: ProjectionVersions.Version,
        new newVersion: ProjectionVersions.Version, versions: ProjectionVersions
    ) throws {
        let types = context.types
        let register = versions.register
        let fates = try DefinitionLibrary.fates(of: newVersion, in: register, types: types)
        kpis = fates.map(\.kpi)
        for (kpi, fate) in fates {
            if case .breaks(let reason) = fate { broken.append((kpi, reason)) }
        }
        let readable = fates.filter { $0.fate == .stays }.map(\.kpi)
        let sides:
            [(version: ProjectionVersions.Version, set: CellSet, definition: ProjectionDefinition)]
        sides = [(oldVersion, before, self.old), (newVersion, after, self.new)]
        for kpi in readable {
            var answers: [(total: Answer, split: Answer?)] = []
            for side in sides {
                let library = DefinitionLibrary(
                    register: register, types: types, promoting: side.version)
                guard (try? library.kpi(kpi)) != nil else { continue }
                answers.append(
                    try answer(kpi, period, side.set, side.definition, library))
            }
            guard answers.count == 2 else { continue }
            compare(answers[0].total, answers[1].total)
            if let old = answers[0].split, let new = answers[1].split { compare(old, new) }
        }
    }

    /// The KPI for the whole period, and by month and agent (or team, or channel).
    private func answer(
        _ kpi: String, _ period: String, _ set: CellSet, _ definition: ProjectionDefinition,
        _ library: DefinitionLibrary
    ) throws -> (total: Answer, split: Answer?) {
        try log.read { view in
            var context = try QueryContext(view, of: log, projections: projections)
            let stored = context.source
            let facts = try LiveFacts.shown(
                set, of: definition, projections, self.context, log, in: view)
            context.source = { $0 == set.name ? facts : try stored($0) }
            context.kpi = { try library.kpi($0) }
            let total = try context.answer(
                QueryRequest(kpis: [kpi], period: period))
            let by = ["agent", "team", "channel"].first { total.otherDimensions.contains($0) }
            let split = try context.answer(
                QueryRequest(
                    kpis: [kpi], by: by.map { [$0] } ?? [], period: period, grain: "month"))
            return (total, split)
        }
    }

    private mutating func compare(_ old: Answer, _ new: Answer) {
        guard old.dimensions == new.dimensions else { return }
        func rows(_ answer: Answer) -> [[String]: AnswerRow] {
            let all = answer.rows.isEmpty ? answer.totals : answer.rows
            return Dictionary(all.map { ($0.key + [String($0.slice)], $0) }) { first, _ in first }
        }
        let (before, after) = (rows(old), rows(new))
        for key in Set(before.keys).union(after.keys) {
            figuresCompared += 1
            let nothing = Figure(value: .none, count: 0, reason: .nothing)
            let left = before[key]?.figures[0] ?? nothing
            let right = after[key]?.figures[0] ?? nothing
            guard
                left.value.hasValue != right.value.hasValue
                    || (left.value.hasValue && Fraction.compare(left.value, right.value) != 0)
            else { continue }
            let slice = Int(key[key.count - 1]) ?? 0
            let slices = old.slices
            figures.append(
                MovedFigure(
                    column: old.columns[0], dimension: old.dimensions.first,
                    key: key.count > 1 ? key[0] : "",
                    slice: slices[slice < 0 ? 0 : min(slice, slices.count - 1)], old: left,
                    new: right))
        }
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
                let figure = figures[place]
                let index = figure.dimension.flatMap { dimension in
                    shared.dimensions.firstIndex { $0.name == dimension.name }
                }
                var isOurs: [UInt32: Bool] = [:]
                var cases: Set<UInt32> = []
                for fact in changed {
                    let day = Day(number: Int32(bitPattern: fact.cell[0] ^ 0x8000_0000))
                    guard figure.slice.period.days.contains(day) else { continue }
                    if let index {
                        let word = fact.cell[1 + index]
                        if isOurs[word] == nil {
                            let text = try texts.text(
                                ofDimension: shared.dimensions[index].old, word, in: view)
                            isOurs[word] = text ?? "" == figure.key
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

    // MARK: Order

    private mutating func sort() {
        figures.sort { left, right in
            let (a, b) = (Self.size(left), Self.size(right))
            if let order = Fraction.compare(a, b), order != 0 { return order > 0 }
            if left.cases != right.cases { return left.cases > right.cases }
            // All groups together and nobody have the same key, of no dimension and of one.
            func place(_ figure: MovedFigure) -> (String, String, String, Day) {
                (
                    figure.column.name, figure.dimension?.name ?? "", figure.key,
                    figure.slice.period.days.lowerBound
                )
            }
            return place(left) < place(right)
        }
    }

    /// How far a figure moved, as a share of what it was; more than all where it came or went.
    private static func size(_ figure: MovedFigure) -> Fraction {
        guard figure.old.value.hasValue, figure.new.value.hasValue,
            let distance = try? figure.new.value.distance(from: figure.old.value)
        else { return Fraction(1_000_000_000) }
        if figure.old.value.numerator == 0 { return Fraction(1_000_000) }
        return (try? distance.dividedByMagnitude(of: figure.old.value)) ?? Fraction(1_000_000)
    }
}
