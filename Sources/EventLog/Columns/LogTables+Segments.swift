import LMDB

extension LogTables {
    /// A stored segment in place.
    func segment(
        over piece: Range<Int>, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> ColumnSegment {
        let key = Key(UInt32(piece.lowerBound))
        guard let value = unsafe try transaction.unsafeValue(segments, key),
            let base = value.baseAddress,
            let segment = unsafe ColumnSegment(
                base: base, byteCount: value.count, first: UInt32(piece.lowerBound)),
            segment.count == piece.count
        else {
            throw StoreFault.damaged(
                path: path, table: segments.name, key: String(piece.lowerBound),
                reason: "the segment is missing or does not hold together")
        }
        return segment
    }
}
