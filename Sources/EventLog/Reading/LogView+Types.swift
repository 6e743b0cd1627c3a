package import EventModel

/// An entry of some type, as its columns tell it.
package struct TypedEntry: Sendable {
    /// Its sequence.
    package let sequence: UInt32
    /// When its event happened, in milliseconds since 1970, and nanoseconds beyond.
    package let time: Int64
    package let nanoseconds: UInt32
    /// Its case.
    package let caseID: UInt32
    /// Its type's id in the log.
    package let type: UInt16

    /// A row of a segment.
    init(_ row: Int, of segment: ColumnSegment) {
        sequence = segment.first + UInt32(row)
        time = segment.times[row]
        nanoseconds = segment.nanoseconds?[row] ?? 0
        caseID = segment.cases[row]
        type = segment.types[row]
    }
}

extension LogView {
    /// The entries of one type among the first `count`, in order; for types of which there are few.
    ///
    /// Only these rows are held against what a row can be, so that a question about few entries
    /// does not look through the whole log.
    ///
    /// - Throws: `StoreFault.damaged` where one of them does not hold.
    /// - Complexity: O(entries), two bytes of each in the segments that hold such entries.
    package func entries(ofType type: UInt16, upTo count: UInt32) throws -> [TypedEntry] {
        var found: [TypedEntry] = []
        for segment in try uncheckedSegments(covering: 0..<count) {
            var left = segment.rowCount(ofType: type)
            var row = 0
            while left > 0, let next = segment.types.first(type, from: row) {
                left -= 1
                row = next + 1
                let sequence = segment.first + UInt32(next)
                guard sequence < count else { return found }
                let entry = TypedEntry(next, of: segment)
                guard entry.caseID < state.caseCount,
                    entry.time >= Instant.earliest.milliseconds,
                    entry.time <= Instant.latest.milliseconds
                else { throw damage("segments", sequence, "a row holds what no row can") }
                found.append(entry)
            }
        }
        return found
    }

    /// The recorded value of an entry's column; `kind.absent` where it has none, nil where its segment
    /// is older than the column.
    ///
    /// - Throws: `StoreFault.damaged` where its row does not hold.
    /// - Complexity: O(log segments).
    package func value(
        of entry: TypedEntry, column index: Int
    ) throws -> (value: Int64, kind: ColumnKind)? {
        let segment = try uncheckedSegment(containing: entry.sequence)
        let row = Int(entry.sequence - segment.first)
        guard let column = segment.column(type: entry.type, index: index) else { return nil }
        let ordinal = Int(segment.ordinals[row])
        guard segment.types[row] == entry.type, ordinal < column.count else {
            throw damage("segments", entry.sequence, "a row holds what no row can")
        }
        let value = column[ordinal]
        guard column.kind != .name || value < Int64(state.nameCount) else {
            throw damage("segments", entry.sequence, "a column names no name")
        }
        return (value, column.kind)
    }
}

extension MappedColumn<UInt16> {
    /// The first row from a place on that holds a value; nil when none does.
    ///
    /// - Complexity: O(rows), 32 at a time.
    func first(_ value: UInt16, from start: Int) -> Int? {
        let wanted = SIMD32<UInt16>(repeating: value)
        var row = start
        while row + 32 <= count {
            let some = unsafe base.loadUnaligned(
                fromByteOffset: row &* 2, as: SIMD32<UInt16>.self)
            if any(some .== wanted) { break }
            row += 32
        }
        while row < count {
            if self[row] == value { return row }
            row += 1
        }
        return nil
    }
}
