import EventModel

/// Reads the facts of a planned question and forms the answer.
struct QueryEvaluation {
    let context: any AskedState
    private(set) var plan: QueryPlan
    var memory = QueryMemory(bytes: QueryRequest.usualMemoryBytes)

    /// Figures by group: what is shown, and what is withheld, by projection.
    struct Cells {
        struct Withheld {
            var reason: NullReason
            var openThrough: Day?
            var figures: CellFigures
        }
        var shown: [CellFigures] = []
        var withheld: [[Withheld]] = []
    }

    /// What was read for a question: all that any answer to it is formed of.
    struct Reading {
        var groups: AnswerGroups
        var current: Scans
        var previous: Scans?
    }

    /// A period's scans, one per projection.
    struct Scans {
        var period: Period
        var slices: [PeriodSlice]
        var shown: [(scan: FactScan, groups: KeyGroups)] = []
        /// Of what is withheld, by projection.
        var withheld: [[(part: PublishedFacts.Withheld, scan: FactScan, groups: KeyGroups)]] = []

        /// The same with groups joined: each is part of one of others.
        fileprivate func joined(_ parts: [Int]) -> Scans {
            var joined = self
            joined.shown = shown.map { ($0.scan, $0.groups.joined(parts)) }
            joined.withheld = withheld.map { part in
                part.map { ($0.part, $0.scan, $0.groups.joined(parts)) }
            }
            return joined
        }
    }

    /// The answer's groups of a scan's keys.
    struct KeyGroups {
        var groups: [Int]
        /// How many stand for each key: one, or one for each slice where what is in force counts.
        var stride = 1

        func group(_ key: Int, _ slice: Int) -> Int {
            stride == 1 ? groups[key] : groups[key * stride + slice]
        }

        fileprivate func joined(_ parts: [Int]) -> KeyGroups {
            KeyGroups(groups: groups.map { $0 < 0 ? -1 : parts[$0] }, stride: stride)
        }
    }

    /// A period's figures.
    struct Measured {
        /// What terms come to, by group and slice, and all groups together.
        var terms: (cells: Cells, whole: Cells)
        /// By group and slice.
        var cells: [[Figure]]
        /// By slice, all groups.
        var slices: [[Figure]]
        var whole: [Figure]
        /// Which groups have anything to show.
        var isPresent: [Bool]
        var sliceCount: Int

        func cell(_ group: Int, _ slice: Int) -> [Figure] {
            slice < sliceCount ? cells[group * sliceCount + slice] : []
        }

        /// What a term comes to in a group of one slice; nil for all groups together.
        func value(of term: Expression.Term, in group: Int?) -> Fraction {
            let cells = group == nil ? terms.whole : terms.cells
            return term.value(of: group ?? 0, in: cells.shown[term.projection])
        }
    }

    /// Reads what the question asks for.
    ///
    /// - Parameter known: groups that are there though nothing of them may be read.
    func read(in known: AnswerGroups? = nil) throws -> Reading {
        var groups = known ?? AnswerGroups(width: plan.dimensions.count)
        let current = try scan(plan.period, &groups)
        let previous = try plan.comparison.map { try scan($0, &groups) }
        return Reading(groups: groups, current: current, previous: previous)
    }

    /// The answer by some of the question's dimensions.
    func answer(from reading: Reading, by split: [String]) throws -> Answer {
        let places = split.compactMap { name in plan.dimensions.firstIndex { $0.name == name } }
        var part = self
        part.plan.dimensions = places.map { plan.dimensions[$0] }
        let (groups, parts) = reading.groups.joined(by: places)
        return try part.answer(
            from: Reading(
                groups: groups, current: reading.current.joined(parts),
                previous: reading.previous?.joined(parts)))
    }

    /// The answer to the question as it was read.
    func answer(from reading: Reading) throws -> Answer {
        try answer(from: reading, measure(reading.current, reading.groups.count))
    }

    /// The answer with what was measured of the period.
    func answer(from reading: Reading, _ figures: Measured) throws -> Answer {
        let (groups, current, before) = (reading.groups, reading.current, reading.previous)
        guard groups.count * current.slices.count <= QueryLimits.cells else {
            throw QueryFault.tooManyRows(limit: QueryLimits.cells)
        }
        let previous = try before.map { try measure($0, groups.count) }
        var rows: [AnswerRow] = []
        let names = try Naming(context: context, plan: plan, upTo: entriesRead).names(groups)
        let open = current.slices.map { self.open(before: $0.period.days.upperBound) }
        for group in groups.sorted(naming: plan.dimensions.map { names[$0.name]?.texts ?? [:] }) {
            let isPresent = figures.isPresent[group] || previous?.isPresent[group] == true
            guard isPresent || plan.dimensions.isEmpty else { continue }
            let key = groups.texts(of: group)
            for slice in current.slices.indices {
                rows.append(
                    row(
                        key, open[slice], slice, figures.cell(group, slice),
                        previous?.cell(group, slice)))
            }
        }
        return Answer(
            basis: try basis, entriesNotYetIn: entriesNotYetIn, definitions: definitions,
            columns: columns(figures.whole),
            dimensions: plan.dimensions, otherDimensions: plan.otherDimensions,
            filters: plan.filters, filterKinds: plan.filterKinds, present: plan.present,
            names: names, period: plan.period,
            grain: plan.grain, slices: current.slices, comparison: plan.comparison,
            comparisonSlices: before?.slices ?? [], rows: rows,
            totals: totals(open, figures, previous), doubts: plan.doubts)
    }

    /// Where projections lag behind the log, the answer rests on the entries they have.
    private var position: UInt32? {
        plan.projections.compactMap(\.source.position).min().flatMap {
            $0 < context.basis.sequence ? $0 : nil
        }
    }

    /// How many of the log's entries the answer rests on.
    private var entriesRead: UInt32 { position ?? context.basis.sequence }

    private var basis: AnswerBasis {
        get throws {
            let state = try position.map { try context.basis(ofFirst: $0) } ?? context.basis
            return state.counting(plan.outputs.flatMap(\.column.calendars))
        }
    }

    private var entriesNotYetIn: UInt32 { position.map { context.basis.sequence - $0 } ?? 0 }

    /// Which outputs' facts of days before one may still change. The same for every group.
    private func open(before end: Day) -> [Bool] {
        plan.outputs.map { context.settling.isOpen(before: end, $0.reach) }
    }

    /// Whether a window that is open through a day may still change a figure of an output.
    private func isOpen(through day: Day, _ output: Int) -> Bool {
        context.settling.isOpen(through: day, plan.outputs[output].reach)
    }

    /// - Parameter open: by slice, as in `open(before:)`.
    private func totals(
        _ open: [[Bool]], _ figures: Measured, _ previous: Measured?
    ) -> [AnswerRow] {
        var totals: [AnswerRow] = []
        // Without dimensions a slice's total is its row.
        if open.count > 1, !plan.dimensions.isEmpty {
            for slice in open.indices {
                let before = previous.map { slice < $0.slices.count ? $0.slices[slice] : [] }
                totals.append(
                    row([], open[slice], slice, figures.slices[slice], before))
            }
        }
        let whole = self.open(before: plan.period.days.upperBound)
        totals.append(row([], whole, -1, figures.whole, previous?.whole))
        return totals
    }

    private func row(
        _ key: [String], _ open: [Bool], _ slice: Int, _ figures: [Figure],
        _ previous: [Figure]?
    ) -> AnswerRow {
        var before = previous ?? []
        if previous != nil, before.isEmpty {
            before = figures.map { _ in Figure(value: .none, count: nil, reason: .nothing) }
        }
        let statuses = plan.outputs.indices.map { index -> FigureStatus in
            let isOpen =
                open[index]
                || figures[index].openThrough.map { self.isOpen(through: $0, index) } ?? false
                || figures[index].isAwaited
            return isOpen ? .provisional : .settled
        }
        return AnswerRow(
            key: key, slice: slice, figures: figures, previous: before, statuses: statuses)
    }

    // MARK: Reading

    private func scan(_ period: Period, _ groups: inout AnswerGroups) throws -> Scans {
        var slices = [PeriodSlice(period: period, whole: period.first)]
        if let grain = plan.grain {
            let shortest = [.day: 1, .week: 7, .month: 28, .quarter: 90, .half: 181][grain] ?? 365
            guard period.dayCount / shortest <= QueryLimits.cells else {
                throw QueryFault.tooManyRows(limit: QueryLimits.cells)
            }
            slices = period.split(by: grain)
        }
        var found = Scans(period: period, slices: slices)
        for projection in plan.projections {
            let scan = try FactScan.run(
                projection, slices: slices, days: period.days, memory: memory)
            let keys =
                projection.usesStock && projection.isFollowing
                ? try followed(scan, projection, slices, &groups)
                : KeyGroups(groups: try groups.add(scan.keys, of: projection))
            found.shown.append((scan, keys))
            let parts = try (projection.source as? PublishedFacts)?.withheld() ?? []
            found.withheld.append(
                try parts.map { part in
                    var projection = projection
                    projection.source = part.rows
                    let scan = try FactScan.run(
                        projection, slices: slices, days: period.days, memory: memory)
                    return (
                        part, scan, KeyGroups(groups: try groups.add(scan.keys, of: projection))
                    )
                })
        }
        return found
    }

    /// The groups of a stock's keys, by what is in force on each slice's last day.
    private func followed(
        _ scan: FactScan, _ projection: ProjectionPlan, _ slices: [PeriodSlice],
        _ groups: inout AnswerGroups
    ) throws -> KeyGroups {
        let width = plan.dimensions.count
        var table = GroupTable(width: width)
        var places: [Int] = []
        for key in 0..<scan.keys.count {
            let words = Array(scan.keys.key(key))
            for slice in slices {
                let day = slice.period.days.upperBound.number - 1
                let passes = projection.followedFilters.allSatisfy { filter in
                    guard let place = projection.keyColumns.firstIndex(of: filter.followed.column)
                    else { preconditionFailure("a stock's key has what its filters ask for") }
                    return filter.passes(words[place], day: day)
                }
                var shown = Array(words.prefix(width))
                for (place, followed) in projection.followedKeys {
                    shown[place] = followed.value(of: words[place], day: day)
                }
                places.append(passes ? table.group(of: shown) : -1)
            }
        }
        let known = try groups.add(table, of: projection)
        return KeyGroups(
            groups: places.map { $0 < 0 ? -1 : known[$0] }, stride: slices.count)
    }

    func measure(_ scans: Scans, _ groupCount: Int) throws -> Measured {
        let sliceCount = scans.slices.count
        let cells = try regroup(scans, count: groupCount * sliceCount, spansSlices: false) {
            $0 * sliceCount + $1
        }
        let whole =
            sliceCount == 1 && plan.dimensions.isEmpty
            ? cells : try regroup(scans, count: 1, spansSlices: true) { _, _ in 0 }
        let lengths = try scans.slices.map { try PeriodLength($0.period) }
        var measured = Measured(
            terms: (cells, whole), cells: [], slices: [],
            whole: try figures(of: 0, in: whole, length: PeriodLength(scans.period)),
            isPresent: [], sliceCount: sliceCount)
        measured.cells = try (0..<groupCount * sliceCount).map {
            try figures(of: $0, in: cells, length: lengths[$0 % sliceCount])
        }
        measured.isPresent = (0..<groupCount).map { group in
            (group * sliceCount..<(group + 1) * sliceCount).contains { isPresent($0, cells) }
        }
        if plan.dimensions.isEmpty {
            measured.slices = measured.cells
        } else if sliceCount > 1 {
            let slices = try regroup(scans, count: sliceCount, spansSlices: false) { $1 }
            measured.slices = try (0..<sliceCount).map {
                try figures(of: $0, in: slices, length: lengths[$0])
            }
        }
        return measured
    }

    private func regroup(
        _ scans: Scans, count: Int, spansSlices: Bool, _ place: @escaping (Int, Int) -> Int
    ) throws(QueryFault) -> Cells {
        func regroup(
            _ scan: FactScan, _ groups: KeyGroups, _ projection: ProjectionPlan
        ) throws(QueryFault) -> CellFigures {
            try CellFigures(
                scan, plan: projection, sliceCount: scans.slices.count,
                by: .init(
                    count: count,
                    group: { key, slice in
                        let group = groups.group(key, slice)
                        return group < 0 ? -1 : place(group, slice)
                    },
                    spansSlices: spansSlices))
        }
        var cells = Cells()
        for (index, (scan, groups)) in scans.shown.enumerated() {
            let projection = plan.projections[index]
            cells.shown.append(try regroup(scan, groups, projection))
            var withheld: [Cells.Withheld] = []
            for (part, scan, groups) in scans.withheld[index] {
                withheld.append(
                    .init(
                        reason: part.reason, openThrough: part.openThrough,
                        figures: try regroup(scan, groups, projection)))
            }
            cells.withheld.append(withheld)
        }
        return cells
    }

    private func isPresent(_ cell: Int, _ cells: Cells) -> Bool {
        plan.projections.indices.contains { index in
            let shown = cells.shown[index]
            return plan.projections[index].usesStock
                ? shown.stock(cell, stream: 0, ofMeasure: false) != 0
                    || plan.projections[index].usesStart && shown.start(cell, stream: 0) != 0
                : shown.count(cell, stream: 0) != 0
                    || cells.withheld[index].contains { $0.figures.count(cell, stream: 0) != 0 }
        }
    }

    private func columns(_ whole: [Figure]) -> [AnswerColumn] {
        plan.outputs.enumerated().map { index, output in
            var column = output.column
            let end = plan.period.days.upperBound
            guard let last = context.settling.lastOpenDay(before: end, output.reach) else {
                column.staysOpen = true
                return column
            }
            let isOpen = context.settling.isOpen(before: end, output.reach)
            let latest = whole[index].openThrough
            if isOpen || latest.map({ self.isOpen(through: $0, index) }) ?? false {
                let day = latest.map { context.settling.lastOpenDay(through: $0, output.reach) }
                column.openUntil = max(last, day ?? last)
            }
            return column
        }
    }

    /// A KPI and its projection may share a name: their kinds part them.
    private var definitions: [(name: String, version: Int)] {
        var versions: [String: Int] = [:]
        for used in plan.outputs.flatMap(\.definitions) {
            versions[(used.isProjection ? "projection/" : "kpi/") + used.name] = used.version
        }
        return versions.sorted { $0.key < $1.key }.map { (name: $0.key, version: $0.value) }
    }
}
