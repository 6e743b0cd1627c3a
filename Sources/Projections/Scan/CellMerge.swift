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
package struct CellMerge: ~Copyable {
    struct Head: BitwiseCopyable {
        /// The first two words of the row at `place`.
        var key: UInt64
        var block: Int32
        var place: Int
        var end: Int
    }
    private let blocks: [CellBlock]
    private let words: Int
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
            var head = Head(key: 0, block: Int32(number), place: start, end: end)
            head.key = key(block, start)
            heap.append(head)
        }
        var place = heap.count / 2 - 1
        while place >= 0 {
            sink(place)
            place -= 1
        }
    }

    /// Appends the next rows, about `limit` words of them.
    ///
    /// - Returns: whether there are more.
    package mutating func next(
        limit: Int, into output: inout Buffer<UInt32>
    ) throws(CellOverflow) -> Bool {
        let start = output.count
        while heap.count > 0 {
            let head = heap[0]
            let block = blocks[Int(head.block)]
            // A row equal to the last one always joins it, so that slices never share a key.
            if output.count - start >= limit, !continues(block, head.place, output) { break }
            try CellSorter.add(
                block.rows, head.place, words: words, to: &output, from: start)
            advance(block)
        }
        CellSorter.dropZero(words: words, in: &output, from: start)
        return heap.count > 0
    }

    private func continues(
        _ block: CellBlock, _ place: Int, _ output: borrowing Buffer<UInt32>
    ) -> Bool {
        let last = output.count - words
        for word in 0..<words - 2 where block.rows[place + word] != output[last + word] {
            return false
        }
        return true
    }

    private mutating func advance(_ block: CellBlock) {
        var head = heap[0]
        head.place += words
        if head.place < head.end {
            head.key = key(block, head.place)
            heap[0] = head
        } else {
            heap[0] = heap[heap.count - 1]
            heap.truncate(to: heap.count - 1)
        }
        if heap.count > 1 { sink(0) }
    }

    private func key(_ block: CellBlock, _ place: Int) -> UInt64 {
        UInt64(block.rows[place]) << 32 | (words > 3 ? UInt64(block.rows[place + 1]) : 0)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        let moved = heap[place]
        while true {
            var child = 2 * place + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
            if !precedes(heap[child], moved) { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = moved
    }

    private func precedes(_ left: Head, _ right: Head) -> Bool {
        if left.key != right.key { return left.key < right.key }
        let first = blocks[Int(left.block)]
        let second = blocks[Int(right.block)]
        var word = 2
        while word < words - 2 {
            let a = first.rows[left.place + word]
            let b = second.rows[right.place + word]
            if a != b { return a < b }
            word += 1
        }
        return left.block < right.block
    }
}
