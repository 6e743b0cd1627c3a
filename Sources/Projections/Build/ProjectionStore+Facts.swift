public import Definitions
import EventLog
public import EventModel
import LMDB
import Synchronization

/// Facts gathered from several threads, as many as memory has room for.
private final class FactRoom: Sendable {
    private struct State {
        var facts: [Fact] = []
        var bytes = 0
    }
    private let state = Guarded(State())
    private let most: Int

    init(_ options: BuildOptions) { most = options.memoryBudgetBytes / 2 }

    func add(_ facts: [Fact]) throws {
        let isFull = state.withLock { state in
            state.facts += facts
            for fact in facts { state.bytes += fact.byteCount }
            return state.bytes > most
        }
        if isFull { throw ProjectionFault.tooManyFacts(memoryBytes: most * 2) }
    }

    func take() -> [Fact] { state.withLock { $0.facts } }
}

extension ProjectionStore {
    /// Computes a projection's facts one by one, for explaining a figure: they add up to its rows.
    ///
    /// - Parameters:
    ///   - upTo: the log's first so many entries; nil for all.
    ///   - days: only facts of these days.
    ///   - nets: of a stock, only what is left when a case's flows in and out of a cell are added
    ///     up: what is there at the end of the days.
    ///   - isWanted: asked with each fact's row before anything else is done with it.
    /// - Returns: the layout of the rows.
    /// - Throws: `ProjectionFault.tooManyFacts` where those wanted take more than half of the memory
    ///   that `options` give.
    @discardableResult
    public func facts(
        of definition: ProjectionDefinition, context: BuildContext, upTo: UInt32? = nil,
        days: Range<Day>, netting nets: Bool = false, options: BuildOptions = BuildOptions(),
        where isWanted: @escaping @Sendable (CellLayout, Span<UInt32>) -> Bool = { _, _ in true },
        _ body: (Fact) throws -> Void
    ) throws -> CellLayout {
        let room = FactRoom(options)
        let layout = try streamFacts(
            of: definition, context: context, upTo: upTo, days: days, options: options,
            where: isWanted
        ) { _, part in
            // A case lies in one part with all its facts.
            try room.add(nets ? Self.netted(part) : part)
        }
        for fact in room.take() { try body(fact) }
        return layout
    }

    /// Computes a projection's facts and gives them away as they come, a range of cases at a time:
    /// by case, then by sequence. However many there are, no more is kept than each core's range.
    ///
    /// - Parameters:
    ///   - upTo: the log's first so many entries; nil for all.
    ///   - days: only facts of these days; nil for all.
    ///   - isWanted: asked with each fact's row before anything else is done with it.
    ///   - body: told on some thread, one call at a time; what it throws ends the stream.
    /// - Returns: the layout of the rows.
    @discardableResult
    public func streamFacts(
        of definition: ProjectionDefinition, context: BuildContext, upTo: UInt32? = nil,
        days: Range<Day>? = nil, options: BuildOptions = BuildOptions(),
        where isWanted: @escaping @Sendable (CellLayout, Span<UInt32>) -> Bool = { _, _ in true },
        _ body: @escaping @Sendable (CellLayout, [Fact]) throws -> Void
    ) throws -> CellLayout {
        let (plans, count) = try prepare([definition], context: context)
        let plan = plans[0]
        let layout = plan.layouts[0]
        let reader = TraceReader(plan, 0)
        let pass = Pass(
            log: log, plan: plan, upTo: min(upTo ?? count, count), options: options, isTraced: true)
        let turn = Atomic<Int>(0)
        try pass.run(firstCases: [0]) { result in
            var found: [Fact] = []
            result.blocks[0]?.rows.withSpan(0..<(result.blocks[0]?.rows.count ?? 0)) { trace in
                reader.read(trace) { row, read in
                    guard days?.contains(CellLayout.day(row, 0)) ?? true, isWanted(layout, row)
                    else { return }
                    found.append(read())
                }
            }
            found.sort { ($0.caseID, $0.sequence) < ($1.caseID, $1.sequence) }
            // Earlier ranges first: whoever is ahead waits, so that nothing piles up.
            while turn.load(ordering: .acquiring) != result.index {
                guard !pass.hasFailed.load(ordering: .relaxed) else { return }
                Pause.briefly()
            }
            try body(layout, found)
            turn.store(result.index + 1, ordering: .releasing)
        }
        return layout
    }

    /// What is left of flows when those of one case and cell are added up, whatever their days; each
    /// stands where its last flow does.
    private static func netted(_ flows: [Fact]) -> [Fact] {
        struct Place: Hashable {
            var caseID: UInt32
            var cell: ArraySlice<UInt32>
        }
        var left: [Place: Fact] = [:]
        for flow in flows {
            let place = Place(caseID: flow.caseID, cell: flow.row[1..<flow.row.count - 2])
            guard let known = left[place] else {
                left[place] = flow
                continue
            }
            var last = (flow.row[0], flow.sequence) < (known.row[0], known.sequence) ? known : flow
            last.multiplicity = known.multiplicity + flow.multiplicity
            left[place] = last
        }
        return left.values.filter { $0.multiplicity != 0 }
            .sorted { ($0.caseID, $0.sequence) < ($1.caseID, $1.sequence) }
    }

    /// What the log's entries from one count to another change in projections' facts: those that
    /// hold after them and not before (+), and those that held before and do not any more (−). What
    /// is the same but for the events it rests on is left out.
    ///
    /// The cases that the entries touch are evaluated, before and after; nothing else is read.
    ///
    /// - Parameters:
    ///   - entries: the second state's entries after the first state's.
    ///   - end: only facts of the days before.
    /// - Returns: for each definition, its changed facts, by case.
    /// - Throws: `ProjectionFault.tooManyFacts`, and what the store has to say.
    public func changes(
        of definitions: [ProjectionDefinition], context: BuildContext, by entries: Range<UInt32>,
        before end: Day, options: BuildOptions = BuildOptions()
    ) throws -> [[Fact]] {
        var changes: [[Fact]] = []
        guard !entries.isEmpty else { return definitions.map { _ in [] } }
        let (known, limit) = try reach(of: entries, context, before: end)
        let most = options.memoryBudgetBytes / 2
        for plan in try prepare(definitions, context: context).plans {
            var differences = Differences(log: log, plan: plan, isTraced: true)
            _ = try differences.compute(entries) { $0 < known || $1 < limit }
            var sums = plan.definitions.map { _ in [FactPlace: Fact]() }
            var bytes = 0
            try differences.takeFacts { projection, fact in
                guard fact.day < end else { return }
                let place = FactPlace(caseID: fact.caseID, key: fact.row.dropLast(2))
                let before = sums[projection][place]?.multiplicity ?? 0
                var sum = fact
                sum.multiplicity += before
                if sum.multiplicity == 0 {
                    sums[projection][place] = nil
                    bytes -= fact.byteCount
                } else {
                    if before == 0 { bytes += fact.byteCount }
                    sums[projection][place] = sum
                }
                if bytes > most { throw ProjectionFault.tooManyFacts(memoryBytes: most * 2) }
            }
            changes += sums.map { facts in
                facts.values.sorted { left, right in
                    let places = ((left.caseID, left.sequence), (right.caseID, right.sequence))
                    return places.0 == places.1
                        ? left.row.lexicographicallyPrecedes(right.row) : places.0 < places.1
                }
            }
        }
        return changes
    }
}

extension ProjectionStore {
    /// Which cases matter to days: a case of which nothing was known before some entries, and in
    /// which nothing happened before the end of the days, has no fact on them.
    ///
    /// - Returns: cases below `known` matter, and others by an event before `limit`, in milliseconds.
    private func reach(
        of entries: Range<UInt32>, _ context: BuildContext, before end: Day
    ) throws -> (known: UInt32, limit: Int64) {
        (
            try log.read { try $0.caseCount(upTo: entries.lowerBound) },
            context.zone.start(of: end).milliseconds
        )
    }

    /// Whether `changes` of some entries costs less than computing a projection from zero: by the
    /// rule of catching up, of the cases that matter to the days before an end.
    ///
    /// - Complexity: O(entries given); two columns of each are read.
    package func isFollowingCheaper(
        _ entries: Range<UInt32>, context: BuildContext, before end: Day
    ) throws -> Bool {
        let (known, limit) = try reach(of: entries, context, before: end)
        return try isFollowingCheaper(entries, known: known, limit: limit)
    }
}

/// Where facts of one case are the same to every figure.
private struct FactPlace: Hashable {
    var caseID: UInt32
    var key: ArraySlice<UInt32>
}
