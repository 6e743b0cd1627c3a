/// How the rows of the log are cut into segments. It follows from the entry count alone, so that
/// the same log has the same segments whatever batches it came in.
///
/// Whole multiples of 65,536 rows are final segments; the rest is its binary decomposition, from
/// 32,768 rows down to 64, and one remainder below 64 rows: a binary counter, in which equal
/// neighbours merge when the count grows.
package enum Segmentation {
    /// Rows of a final segment.
    package static let finalRows = 65_536
    /// Rows of the smallest piece that is not the remainder.
    static let smallestRows = 64

    /// The segments of a log with so many entries, in order.
    ///
    /// - Complexity: O(result).
    package static func pieces(ofCount count: Int) -> [Range<Int>] {
        pieces(ofCount: count, from: 0)
    }

    /// The segments that begin at or after the last final boundary at or before `start`.
    static func pieces(ofCount count: Int, from start: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var first = start - start % finalRows
        while first + finalRows <= count {
            pieces.append(first..<first + finalRows)
            first += finalRows
        }
        var size = finalRows / 2
        while size >= smallestRows {
            if first + size <= count {
                pieces.append(first..<first + size)
                first += size
            }
            size /= 2
        }
        if first < count { pieces.append(first..<count) }
        return pieces
    }

    /// The segment that holds a row of a log with so many entries.
    static func piece(containing row: Int, ofCount count: Int) -> Range<Int> {
        precondition(row >= 0 && row < count, "row outside the log")
        var first = row - row % finalRows
        if first + finalRows <= count { return first..<first + finalRows }
        var size = finalRows / 2
        while size >= smallestRows {
            if first + size <= count {
                if row < first + size { return first..<first + size }
                first += size
            }
            size /= 2
        }
        return first..<count
    }

    /// What growing from one count to another changes: segments that go, and those that come.
    /// Every one that goes lies whole within one that comes.
    static func change(from old: Int, to new: Int) -> (gone: [Range<Int>], come: [Range<Int>]) {
        let before = pieces(ofCount: old, from: old)
        let after = pieces(ofCount: new, from: old)
        return (before.filter { !after.contains($0) }, after.filter { !before.contains($0) })
    }
}
