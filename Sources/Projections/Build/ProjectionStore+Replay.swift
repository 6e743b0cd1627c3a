public import Definitions
import EventLog
public import EventModel
import Synchronization

extension ProjectionStore {
    /// The names of definitions' constants, and how many entries the log has.
    func prepare(
        _ definitions: [ProjectionDefinition], context: BuildContext
    ) throws -> (plans: [Plan], entryCount: UInt32) {
        let texts = Plan.texts(in: definitions)
        let (names, count) = try log.read { view in
            var names: [String: UInt32] = [:]
            for text in texts { names[text] = try view.nameID(text) }
            return (names, view.entryCount)
        }
        return (try Plan.passes(definitions, context: context, names: names), count)
    }

    /// Compiles projections without building them: says what is wrong with them.
    ///
    /// - Throws: `ProjectionFault.definition`.
    public func check(_ definitions: [ProjectionDefinition], context: BuildContext) throws {
        _ = try prepare(definitions, context: context)
    }

    /// Computes projections from zero without touching what is stored: for figures as of an
    /// earlier state of the log, and to prove the stored rows.
    ///
    /// - Parameters:
    ///   - upTo: the log's first so many entries; nil for all.
    ///   - days: only facts of these days are kept; nil for all.
    /// - Returns: one set per definition, in their order.
    public func replay(
        _ definitions: [ProjectionDefinition], context: BuildContext, upTo: UInt32? = nil,
        days: Range<Day>? = nil, options: BuildOptions = BuildOptions()
    ) throws -> [CellSet] {
        let (plans, count) = try prepare(definitions, context: context)
        let end = min(upTo ?? count, count)
        var sets: [CellSet] = []
        for plan in plans {
            let parts = Mutex<[PartitionResult]>([])
            let pass = Pass(log: log, plan: plan, upTo: end, options: options)
            try pass.run(firstCases: plan.definitions.map { _ in 0 }) { result in
                parts.withLock { $0.append(result) }
            }
            let results = parts.withLock { $0 }
            for (place, definition) in plan.definitions.enumerated() {
                let layout = plan.layouts[place]
                let merge = CellMerge(
                    results.compactMap { $0.blocks[place] }, words: layout.words,
                    days: wordRange(days))
                sets.append(
                    CellSet(
                        name: definition.name, version: definition.version, position: end,
                        layout: layout, block: CellBlock(try merge.rows())))
            }
        }
        return sets
    }

    private func wordRange(_ days: Range<Day>?) -> ClosedRange<UInt32> {
        guard let days else { return 0...UInt32.max }
        guard !days.isEmpty else { return 0...0 }
        return CellLayout.word(of: days.lowerBound)...CellLayout.word(of: days.upperBound) - 1
    }
}

/// One fact with the events behind it.
public struct Fact: Sendable {
    /// The case.
    public var caseID: UInt32
    /// The sequence of the fact's event.
    public var sequence: UInt32
    /// The sequences of the other events it rests on, ascending.
    public var support: [UInt32]
    /// Its row: see `CellLayout`. A multiplicity of -1 takes a stock's earlier flow back.
    public var row: [UInt32]
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
        let (plans, count) = try prepare([definition], context: context)
        let plan = plans[0]
        let layout = plan.layouts[0]
        let slots = Int(plan.codes.projections[0].slotCount)
        let facts = Mutex<[Fact]>([])
        let pass = Pass(
            log: log, plan: plan, upTo: min(upTo ?? count, count), options: options, isTraced: true)
        let words = layout.words
        let width = words + 1 + slots
        try pass.run(firstCases: [0]) { result in
            guard let block = result.blocks[0] else { return }
            var found: [Fact] = []
            block.rows.withSpan(0..<block.rows.count) { span in
                var start = 0
                while start < span.count {
                    defer { start += width }
                    let row = span.extracting(start..<start + words)
                    guard days.contains(CellLayout.day(row, 0)), isWanted(layout, row) else {
                        continue
                    }
                    var support: Set<UInt32> = []
                    for slot in 1..<max(slots, 1) {
                        let sequence = span[start + words + 1 + slot]
                        if sequence != .max { support.insert(sequence) }
                    }
                    let sequence = span[start + words + 1]
                    support.remove(sequence)
                    found.append(
                        Fact(
                            caseID: span[start + words], sequence: sequence,
                            support: support.sorted(), row: (0..<words).map { row[$0] }))
                }
            }
            facts.withLock { $0 += found }
        }
        let all = facts.withLock { $0 }.sorted {
            ($0.caseID, $0.sequence) < ($1.caseID, $1.sequence)
        }
        for fact in all { try body(fact) }
        return layout
    }
}
