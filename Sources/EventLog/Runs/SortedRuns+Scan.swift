package import LMDB

extension SortedRuns {
    /// Lends all records of a range in order, one at a time; under `sum` added up, without zeros.
    ///
    /// - Parameters:
    ///   - from: the first words of the first record wanted; empty for the beginning.
    ///   - to: the first words of the first record no longer wanted; nil for the end.
    /// - Complexity: O(records · runs).
    package func scan(
        from: [UInt32] = [], to: [UInt32]? = nil,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt32>) throws -> Void
    ) throws {
        try scanBlocks(from: from, to: to, in: transaction) { block in
            var offset = 0
            while offset < block.count {
                try body(block.extracting(offset..<offset + words))
                offset += words
            }
        }
    }

    /// Lends the same as `scan`, many whole records at a time.
    package func scanBlocks(
        from: [UInt32] = [], to: [UInt32]? = nil,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt32>) throws -> Void
    ) throws {
        guard let manifest = try load(in: transaction) else { return }
        var cursor = try transaction.cursor(tables.chunks)
        var readers: [RunReader] = []
        for run in manifest.runs where run.role.isRead {
            var reader = self.reader(of: run, store: manifest.store)
            try reader.seek(from, &cursor)
            readers.append(reader)
        }
        var merger = RunMerger(readers, shape: shape)
        var block = [UInt32](repeating: 0, count: 1024 * words)
        while !merger.isDone {
            let filled = try merger.fill(&block, from: 0, to: block.count, &cursor)
            let wanted = to.map { wantedWords(block.span.extracting(0..<filled), before: $0) }
            try body(block.span.extracting(0..<(wanted ?? filled)))
            if let wanted, wanted < filled { return }
        }
    }

    /// Lends the records of a range run by run, as they lie in the map: neither merged nor added
    /// up, each run's in order, many whole records at a time. For adding up where order does not
    /// matter, this is the quick way.
    ///
    /// - Complexity: O(records in the range + runs).
    package func scanRaw(
        from: [UInt32] = [], to: [UInt32]? = nil,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt32>) throws -> Void
    ) throws {
        guard let manifest = try load(in: transaction) else { return }
        var cursor = try transaction.cursor(tables.chunks)
        for run in manifest.runs where run.role.isRead {
            var reader = self.reader(of: run, store: manifest.store)
            try reader.seek(from, &cursor)
            while !reader.isDone {
                let wanted = to.map { reader.lowerBound($0) } ?? reader.limit
                if wanted > reader.at {
                    try reader.block.withSpan(reader.at..<wanted) { try body($0) }
                }
                if wanted < reader.limit { break }
                try reader.nextChunk(&cursor)
            }
        }
    }

    /// How many words of sorted records come before a bound.
    private func wantedWords(_ block: Span<UInt32>, before bound: [UInt32]) -> Int {
        var low = 0
        var high = block.count / words
        while low < high {
            let middle = (low + high) / 2
            if isBefore(block, middle * words, bound) { low = middle + 1 } else { high = middle }
        }
        return low * words
    }

    private func isBefore(_ block: Span<UInt32>, _ offset: Int, _ bound: [UInt32]) -> Bool {
        for index in 0..<min(bound.count, shape.keyWords) {
            let word = block[offset + index]
            if word != bound[index] { return word < bound[index] }
        }
        return false
    }
}
