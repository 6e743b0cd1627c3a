/// A sorted, added-up block of a projection's rows.
package final class CellBlock: Sendable {
    package let rows: Buffer<UInt32>

    package init(_ rows: consuming Buffer<UInt32>) { self.rows = rows }

    /// The first row whose first word is at least `word`, as a place among the words.
    package func lowerBound(firstWord word: UInt32, words: Int) -> Int {
        var low = 0
        var high = rows.count / words
        while low < high {
            let middle = (low + high) / 2
            if rows[middle * words] < word { low = middle + 1 } else { high = middle }
        }
        return low * words
    }
}

/// Merges sorted blocks into one, equal keys added up and zeros left out.
@safe
package struct CellMerge: ~Copyable {
    /// The row at hand of one block. The blocks live as long as the merge, so rows are read
    /// where they lie: looking each up through its block costs more than comparing it.
    @safe
    struct Head: BitwiseCopyable {
        /// The first two words of the row.
        var key: UInt64
        var row: UnsafePointer<UInt32>
        var end: UnsafePointer<UInt32>
        var block: Int32
    }
    private let blocks: [CellBlock]
    private let words: Int
    /// Words of all rows to merge.
    private var total = 0
    /// A binary heap: the smallest head first.
    private var heap = Buffer<Head>()

    /// A merge of the rows whose first word (the day) lies within bounds.
    package init(_ blocks: [CellBlock], words: Int, days: ClosedRange<UInt32>) {
        self.blocks = blocks
        self.words = words
        for (number, block) in blocks.enumerated() {
            let start = block.lowerBound(firstWord: days.lowerBound, words: words)
            let end =
                days.upperBound == .max
                ? block.rows.count
                : block.lowerBound(firstWord: days.upperBound + 1, words: words)
            guard start < end else { continue }
            precondition(start >= 0 && end <= block.rows.count && (end - start) % words == 0)
            total += end - start
            let row = unsafe UnsafePointer(block.rows.base + start)
            let head = unsafe Head(
                key: key(row), row: row, end: UnsafePointer(block.rows.base + end),
                block: Int32(number))
            heap.append(head)
        }
        var place = heap.count / 2 - 1
        while place >= 0 {
            sink(place)
            place -= 1
        }
    }

    /// All rows, in order.
    ///
    /// - Complexity: O(rows × log blocks).
    /// - Throws: `CellOverflow` when multiplicities add up to more than 64 bits.
    package consuming func rows() throws(CellOverflow) -> Buffer<UInt32> {
        var output = Buffer<UInt32>(capacity: total)
        try withExtendedLifetime(blocks) { () throws(CellOverflow) in
            while heap.count > 0 {
                try unsafe CellSorter.add(heap.base[0].row, words: words, to: &output, from: 0)
                advance()
            }
        }
        CellSorter.dropZero(words: words, in: &output, from: 0)
        return output
    }

    private mutating func advance() {
        var head = heap[0]
        unsafe head.row += words
        if unsafe head.row < head.end {
            head.key = unsafe key(head.row)
            heap[0] = head
        } else {
            heap[0] = heap[heap.count - 1]
            heap.truncate(to: heap.count - 1)
        }
        if heap.count > 1 { sink(0) }
    }

    @inline(__always)
    private func key(_ row: UnsafePointer<UInt32>) -> UInt64 {
        unsafe UInt64(row[0]) << 32 | (words > 3 ? UInt64(row[1]) : 0)
    }

    private mutating func sink(_ start: Int) {
        let count = heap.count
        let heads = unsafe heap.base
        var place = start
        let moved = unsafe heads[place]
        while true {
            var child = 2 * place + 1
            if child >= count { break }
            if child + 1 < count, unsafe precedes(heads[child + 1], heads[child]) { child += 1 }
            if unsafe !precedes(heads[child], moved) { break }
            unsafe heads[place] = heads[child]
            place = child
        }
        unsafe heads[place] = moved
    }

    @inline(__always)
    private func precedes(_ left: Head, _ right: Head) -> Bool {
        if left.key != right.key { return left.key < right.key }
        var word = 2
        while word < words - 2 {
            let a = unsafe left.row[word]
            let b = unsafe right.row[word]
            if a != b { return a < b }
            word += 1
        }
        return left.block < right.block
    }
}
