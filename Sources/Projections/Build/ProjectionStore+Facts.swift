public import Definitions
import EventLog
public import EventModel
import Synchronization

/// One fact with the events behind it.
public struct Fact: Hashable, Sendable {
    /// The case.
    public var caseID: UInt32
    /// The sequence of the fact's event.
    public var sequence: UInt32
    /// The sequences of the other events it rests on, ascending.
    public var support: [UInt32]
    /// Its row: see `CellLayout`. A multiplicity of -1 takes a stock's earlier flow back.
    public var row: [UInt32]

    /// Reads a row with its trace, as the evaluator leaves them.
    ///
    /// - Parameters:
    ///   - start: the row's first word; after its `words` stand the case and the sequences of
    ///     `slots` bindings, the fact's own first.
    init(_ traced: Span<UInt32>, at start: Int, words: Int, slots: Int) {
        let trace = start + words
        caseID = traced[trace]
        sequence = traced[trace + 1]
        var support: Set<UInt32> = []
        for slot in 1..<max(slots, 1) {
            let other = traced[trace + 1 + slot]
            if other != .max { support.insert(other) }
        }
        support.remove(sequence)
        self.support = support.sorted()
        row = (0..<words).map { traced[start + $0] }
    }
}

extension ProjectionStore {
    /// Computes a projection's facts one by one, for explaining a figure: they add up to its rows.
    ///
    /// - Parameters:
    ///   - upTo: the log's first so many entries; nil for all.
    ///   - days: only facts of these days.
    ///   - isWanted: asked with each fact's row before anything else is done with it.
    /// - Returns: the layout of the rows.
    @discardableResult
    public func facts(
        of definition: ProjectionDefinition, context: BuildContext, upTo: UInt32? = nil,
        days: Range<Day>, options: BuildOptions = BuildOptions(),
        where isWanted: @escaping @Sendable (CellLayout, Span<UInt32>) -> Bool = { _, _ in true },
        _ body: (Fact) throws -> Void
    ) throws -> CellLayout {
        let facts = Mutex<[Fact]>([])
        let layout = try streamFacts(
            of: definition, context: context, upTo: upTo, days: days, options: options,
            where: isWanted
        ) { _, part in
            facts.withLock { $0 += part }
        }
        for fact in facts.withLock({ $0 }) { try body(fact) }
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
        let slots = Int(plan.codes.projections[0].slotCount)
        let pass = Pass(
            log: log, plan: plan, upTo: min(upTo ?? count, count), options: options, isTraced: true)
        let words = layout.words
        let width = words + 1 + slots
        let turn = Atomic<Int>(0)
        try pass.run(firstCases: [0]) { result in
            var found: [Fact] = []
            result.blocks[0]?.rows.withSpan(0..<(result.blocks[0]?.rows.count ?? 0)) { span in
                for start in stride(from: 0, to: span.count, by: width) {
                    let row = span.extracting(start..<start + words)
                    guard days?.contains(CellLayout.day(row, 0)) ?? true, isWanted(layout, row)
                    else { continue }
                    found.append(Fact(span, at: start, words: words, slots: slots))
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
}
