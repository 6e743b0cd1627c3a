internal import LMDB

/// Merges several runs into one order; under `sum`, equal keys become one record and zeros none.
struct RunMerger {
    private let shape: RunShape
    private(set) var readers: [RunReader]
    /// Records taken from the readers so far.
    private(set) var consumedRecords = 0
    /// Chunks that were read to their end, when asked to keep note of them.
    private(set) var emptied: [Key] = []
    private let notesEmptied: Bool

    /// - Parameter readers: standing at their first record.
    init(_ readers: [RunReader], shape: RunShape, notesEmptied: Bool = false) {
        self.shape = shape
        self.readers = readers.filter { !$0.isDone }
        self.notesEmptied = notesEmptied
    }

    var isDone: Bool { readers.isEmpty }

    /// Puts the next records into a block.
    ///
    /// - Parameters:
    ///   - offset: the word of the block to begin at.
    ///   - consuming: stops once this many records were taken, sum or not.
    /// - Returns: the word after the last one filled.
    /// - Complexity: O(records · runs).
    mutating func fill(
        _ block: inout [UInt32], from offset: Int, to end: Int, consuming: Int = .max,
        _ cursor: inout Cursor
    ) throws -> Int {
        var offset = offset
        let most = consuming == .max ? Int.max : consumedRecords + consuming
        while offset < end, consumedRecords < most, !readers.isEmpty {
            if readers.count == 1 {
                offset = try copyRest(&block, from: offset, to: end, &cursor)
                continue
            }
            let (best, second) = leaders()
            repeat {
                if shape.sums, order(best, second) == 0 {
                    offset = try addUp(best, &block, at: offset, &cursor)
                    break
                }
                readers[best].block.copy(
                    readers[best].at..<readers[best].at + shape.words, to: &block, at: offset)
                offset += shape.words
                try advance(best, &cursor)
            } while offset < end && consumedRecords < most && !readers[best].isDone
                && order(best, second) <= 0
            dropFinished()
        }
        return offset
    }

    /// The reader with the smallest record, and the one after it.
    private func leaders() -> (best: Int, second: Int) {
        var best = 0
        var second = 1
        if order(1, 0) < 0 { swap(&best, &second) }
        for index in 2..<max(2, readers.count) {
            if order(index, best) < 0 {
                second = best
                best = index
            } else if order(index, second) < 0 {
                second = index
            }
        }
        return (best, second)
    }

    @inline(__always)
    private func order(_ left: Int, _ right: Int) -> Int {
        let a = readers[left].head
        let b = readers[right].head
        if a != b { return a < b ? -1 : 1 }
        return orderBeyondHead(left, right)
    }

    private func orderBeyondHead(_ left: Int, _ right: Int) -> Int {
        guard shape.keyWords > 2 else { return 0 }
        let a = readers[left].at
        let b = readers[right].at
        for word in 2..<shape.keyWords {
            let x = readers[left].block[a + word]
            let y = readers[right].block[b + word]
            if x != y { return x < y ? -1 : 1 }
        }
        return 0
    }

    /// Adds up the smallest key's records, one of each reader that has it.
    private mutating func addUp(
        _ best: Int, _ block: inout [UInt32], at offset: Int, _ cursor: inout Cursor
    ) throws -> Int {
        var total: Int64 = 0
        var equals = [best]
        for index in readers.indices where index != best && order(index, best) == 0 {
            equals.append(index)
        }
        readers[best].block.copy(
            readers[best].at..<readers[best].at + shape.words, to: &block, at: offset)
        for index in equals {
            let reader = readers[index]
            let bits = reader.block.pair(reader.at + shape.keyWords)
            let (sum, overflow) = total.addingReportingOverflow(Int64(bitPattern: bits))
            guard !overflow else { throw RunsFault.overflow }
            total = sum
            try advance(index, &cursor)
        }
        guard total != 0 else { return offset }
        (block[offset + shape.keyWords], block[offset + shape.keyWords + 1]) = total.runWords
        return offset + shape.words
    }

    /// With one reader left there is nothing to compare: its records are copied as they are.
    private mutating func copyRest(
        _ block: inout [UInt32], from offset: Int, to end: Int, _ cursor: inout Cursor
    ) throws -> Int {
        let rest = readers[0].rest
        let words = min(rest.count, (end - offset) / shape.words * shape.words)
        readers[0].block.copy(rest.lowerBound..<rest.lowerBound + words, to: &block, at: offset)
        consumedRecords += words / shape.words
        noteEmptied(0, words: words)
        try readers[0].advance(words: words, &cursor)
        dropFinished()
        return words == 0 ? end : offset + words
    }

    @inline(__always)
    private mutating func advance(_ index: Int, _ cursor: inout Cursor) throws {
        noteEmptied(index, words: shape.words)
        try readers[index].advance(&cursor)
        consumedRecords += 1
    }

    @inline(__always)
    private mutating func noteEmptied(_ index: Int, words: Int) {
        if notesEmptied, readers[index].at + words >= readers[index].limit {
            emptied.append(readers[index].chunkKey(readers[index].place))
        }
    }

    @inline(__always)
    private mutating func dropFinished() {
        if readers.contains(where: \.isDone) { readers.removeAll(where: \.isDone) }
    }
}
