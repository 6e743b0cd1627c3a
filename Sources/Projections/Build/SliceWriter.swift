import EventLog
import LMDB

/// Puts rows into write transactions of a bounded size, several projections together.
struct SliceWriter {
    let store: ProjectionStore
    let plan: Plan
    /// Bytes of one write transaction.
    let sliceBytes: Int
    private var pending: [(projection: Int, rows: [UInt32])] = []
    private var bytes = 0
    private(set) var rows: UInt64 = 0

    init(store: ProjectionStore, plan: Plan, sliceBytes: Int) {
        self.store = store
        self.plan = plan
        self.sliceBytes = sliceBytes
    }

    typealias Runs = (Int, borrowing WriteTransaction) throws -> SortedRuns

    mutating func add(_ block: CellBlock, to projection: Int, _ runs: Runs) throws {
        let words = plan.layouts[projection].words
        rows += UInt64(block.rows.count / words)
        let piece = max(1, min(16 << 20, sliceBytes) / 4 / words) * words
        var start = 0
        while start < block.rows.count {
            let end = min(start + piece, block.rows.count)
            pending.append((projection, block.rows.array(start..<end)))
            bytes += 4 * (end - start)
            start = end
            if bytes >= sliceBytes { try flush(runs) { _ in } }
        }
    }

    mutating func flush(
        _ runs: Runs, also body: (borrowing WriteTransaction) throws -> Void
    ) throws {
        let pending = pending
        try store.log.write { write, _ in
            for (projection, rows) in pending {
                try runs(projection, write).appendToBuild(rows, in: write)
            }
            try body(write)
        }
        self.pending = []
        bytes = 0
    }
}
