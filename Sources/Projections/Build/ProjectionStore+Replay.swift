public import Definitions
import EventLog
public import EventModel
import LMDB

extension ProjectionStore {
    /// The names of definitions' constants, and how many entries the log has.
    func prepare(
        _ definitions: [ProjectionDefinition], context: BuildContext
    ) throws -> (plans: [Plan], entryCount: UInt32) {
        let texts = Plan.texts(in: definitions, context: context).union(context.types.defaultNames)
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
            let parts = Guarded<[PartitionResult]>([])
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
                        texts: CellTexts(layout, of: definition),
                        block: CellBlock(try merge.rows())))
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
