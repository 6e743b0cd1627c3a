import EventModel
import LMDB

/// Columns: segments that the new entry count asks for are written, those they swallow go.
extension Appender {
    /// - Parameter tree: that of the log with the new entries.
    func writeSegments(
        _ input: AppendInput, _ old: LogState, _ tree: HeldTree,
        _ voids: [(voided: UInt32, by: UInt32)], in transaction: borrowing WriteTransaction
    ) throws {
        let base = Int(input.base)
        let change = Segmentation.change(from: base, to: base + accepted.count)
        let rows = unsafe NewRows(
            input: input, accepted: accepted.start, count: accepted.count,
            caseIDs: caseIDs.start, nameIDs: nameIDs.start, previous: previous.start,
            contents: space.contents.start,
            orderSources: orderSources.count > 0 ? UnsafePointer(orderSources.start) : nil,
            voids: voids)
        let check = SegmentCheck(
            types: types, layout: layout, caseCount: old.caseCount, nameCount: old.nameCount)
        let oldTree = HeldTree(tables, old)
        for piece in change.come {
            let parts = try change.gone.filter { piece.overlaps($0) }.map {
                try tables.segment(over: $0, check, oldTree, in: transaction)
            }
            let root = try tree.root(atSegmentEnd: piece.upperBound, in: transaction)
            try write(piece, root, parts, rows, in: transaction)
        }
        // A new segment's key replaces that of the first one it swallows.
        let kept = Set(change.come.map(\.lowerBound))
        for piece in change.gone where !kept.contains(piece.lowerBound) {
            try transaction.delete(tables.segments, Key(UInt32(piece.lowerBound)))
        }
    }

    private func write(
        _ piece: Range<Int>, _ root: TreeHash, _ parts: [ColumnSegment], _ rows: NewRows,
        in transaction: borrowing WriteTransaction
    ) throws {
        let base = Int(rows.input.base)
        let fresh = max(piece.lowerBound, base) - base..<piece.upperBound - base
        let writer = SegmentWriter(
            layout: layout, first: piece.lowerBound, count: piece.count, root: root, parts: parts,
            rows: rows, fresh: fresh)
        let isFinal = piece.count == Segmentation.finalRows
        if parts.contains(where: { Int($0.first) == piece.lowerBound }) {
            // Writing under the first part's key could free its pages while they are read.
            let value = writer.bytes(isFinal: isFinal)
            try transaction.put(tables.segments, Key(UInt32(piece.lowerBound)), value)
        } else {
            try transaction.put(
                tables.segments, Key(UInt32(piece.lowerBound)),
                byteCount: writer.plan.storedBytes(isFinal: isFinal)
            ) { target in
                unsafe target.withUnsafeMutableBytes { unsafe writer.fill($0.baseAddress!) }
            }
        }
    }
}
