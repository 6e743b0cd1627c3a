package import Definitions
package import EventLog
package import EventModel
import LMDB

extension ProjectionStore {
    /// Computes a projection from zero, as `replay` does, and lends its rows in parts, each sorted
    /// by itself: no more than the parts in work are in memory, however long the log.
    ///
    /// - Parameters:
    ///   - upTo: the log's first so many entries.
    ///   - body: given one part after the other, perhaps from other threads; the parts are in no
    ///     order, and equal rows may stand in several.
    /// - Complexity: O(entries).
    package func replay(
        _ definition: ProjectionDefinition, context: BuildContext, upTo: UInt32,
        options: BuildOptions, _ body: (CellBlock) throws -> Void
    ) throws {
        let (plans, count) = try prepare([definition], context: context)
        precondition(plans.count == 1, "one projection is one pass")
        let pass = Pass(log: log, plan: plans[0], upTo: min(upTo, count), options: options)
        try withoutActuallyEscaping(body) { body in
            let lender = Lender(body)
            try pass.run(firstCases: [0]) { result in
                if let block = result.blocks[0] { try lender.lend(block) }
            }
        }
    }

    /// How a projection's rows are written.
    package func layout(
        of definition: ProjectionDefinition, context: BuildContext
    ) throws -> CellLayout {
        try prepare([definition], context: context).plans[0].layouts[0]
    }
}

/// Hands parts to a body that knows nothing of threads, one at a time.
private final class Lender: @unchecked Sendable {
    // The body runs only under the lock, while the thread that gave it waits for the pass to end.
    private let body: (CellBlock) throws -> Void
    private let turn = Guarded<Void>(())

    init(_ body: @escaping (CellBlock) throws -> Void) { self.body = body }

    func lend(_ block: CellBlock) throws {
        try turn.withLock { _ in try body(block) }
    }
}

extension CellBlock {
    /// Lends its rows of some days, in the order of their words.
    package func scan(
        days: Range<Day>, words: Int, _ body: (Span<UInt32>) throws -> Void
    ) rethrows {
        guard !days.isEmpty else { return }
        let low = lowerBound(firstWord: CellLayout.word(of: days.lowerBound), words: words)
        let high = lowerBound(firstWord: CellLayout.word(of: days.upperBound), words: words)
        guard low < high else { return }
        try rows.withSpan(low..<high) { try body($0) }
    }
}

extension ProjectionStore {
    /// What lies among the rows, or is said of them, and belongs to no version; nil where nothing does.
    ///
    /// - Complexity: O(versions).
    package func strayProblem(
        _ statuses: [ProjectionStatus], in view: borrowing LogView
    ) throws -> String? {
        guard let runTables else { return nil }
        if let problem = try numberProblem(in: view.transaction) {
            return "projections: \(problem)"
        }
        let used = Set(statuses.map(\.runs).filter { !$0.isEmpty })
        var known = used.union(statuses.compactMap(\.build?.runs))
        for left in try leftNames(in: view) {
            guard !used.contains(left) else {
                return "projections: \(left) is used, and to be deleted"
            }
            known.insert(left)
        }
        let names = try runTables.storedNames(in: view.transaction)
        for name in names where name.hasPrefix("cells/") && !known.contains(name) {
            return "runs.manifests \(name): no projection has these rows"
        }
        return nil
    }

    /// The names of runs that are left over, and will be deleted.
    private func leftNames(in view: borrowing LogView) throws -> [String] {
        guard let table else { return [] }
        var names: [String] = []
        var cursor = try view.transaction.cursor(table)
        while try cursor.move(.next) {
            let key = try cursor.withEntry { key, _ in key.copyBytes() }
            guard key[0] == 0, key.count > 1 else { continue }
            names.append(String(decoding: key.dropFirst(), as: UTF8.self))
        }
        return names
    }

    /// Bytes of a version's rows, unpacked.
    ///
    /// - Complexity: O(runs).
    func rowBytes(_ status: ProjectionStatus, in view: borrowing LogView) throws -> UInt64 {
        guard !status.runs.isEmpty else { return 0 }
        return try runs(status.runs, status.layout).status(in: view.transaction).bytes
    }

    /// Checks the chunks that a version's rows are kept in: order, numbers, fences, padding.
    ///
    /// - Throws: at the first thing that is not as it should be.
    package func checkRuns(_ status: ProjectionStatus, in view: borrowing LogView) throws {
        guard !status.runs.isEmpty else { return }
        try runs(status.runs, status.layout)._checkInvariants(in: view.transaction)
    }
}
