package import LMDB

extension SortedRuns {
    /// Finds all records whose first two words are one of many fingerprints.
    ///
    /// - Parameters:
    ///   - fingerprints: ascending; the first word of a record is the upper half, the second the
    ///     lower one. Equal ones are all reported.
    ///   - onHit: gets the fingerprint's index and the record, lent; run by run, in no order of
    ///     indexes over all.
    /// - Complexity: O(fingerprints · runs), a few cache lines each when records are uniform.
    package func probe(
        _ fingerprints: [UInt64], in transaction: borrowing some Transaction & ~Copyable,
        onHit: (Int, Span<UInt32>) throws -> Void
    ) throws {
        precondition(shape.keyWords >= 2, "a fingerprint is two words of the key")
        guard !fingerprints.isEmpty, let manifest = try load(in: transaction) else { return }
        var cursor = try transaction.cursor(tables.chunks)
        let keys = fingerprints.span
        for index in 1..<max(1, keys.count) {
            precondition(keys[index - 1] <= keys[index], "fingerprints are not sorted")
        }
        for run in manifest.runs where run.role.isRead && run.count > 0 {
            var prober = RunProber(RunReader(run, store: manifest.store, shape: shape))
            try prober.probe(keys, &cursor, onHit)
        }
    }

    /// All records of one fingerprint, flat, in order.
    package func records(
        of fingerprint: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [UInt32] {
        var found: [[UInt32]] = []
        try probe([fingerprint], in: transaction) { _, record in
            found.append((0..<record.count).map { record[$0] })
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }
}

/// Looks sorted fingerprints up in one run: chunks by the B-tree, records by interpolation.
private struct RunProber {
    private var reader: RunReader
    private let words: Int
    /// Chunks to step over before the B-tree is asked.
    private static let steps = 8

    init(_ reader: RunReader) {
        self.reader = reader
        words = reader.shape.words
    }

    mutating func probe(
        _ keys: Span<UInt64>, _ cursor: inout Cursor, _ onHit: (Int, Span<UInt32>) throws -> Void
    ) throws {
        var key = 0
        var stepped = 0
        guard try reader.stand(beforeFence: keys[0], &cursor) else { return }
        while true {
            // The cursor stands at the reader's chunk; the next one's fence ends its keys.
            let next = try cursor.move(.next) ? reader.fence(at: cursor) : nil
            if next.map({ keys[key] <= $0.fence }) ?? true {
                key = try probeChunk(keys, from: key, nextFence: next?.fence, onHit)
                stepped = 0
            }
            guard let next else { return }
            // A key that equals the fence can have records on both sides of it.
            while key < keys.count, keys[key] < next.fence { key += 1 }
            guard key < keys.count else { return }
            stepped += 1
            if stepped > RunProber.steps, keys[key] > next.fence {
                stepped = 0
                guard try reader.stand(beforeFence: keys[key], &cursor) else { return }
            } else if try !reader.load(&cursor) {
                return
            }
        }
    }

    /// Looks up the keys that can lie in the current chunk.
    ///
    /// - Returns: the first key that equals the next chunk's fence or lies beyond it.
    private func probeChunk(
        _ keys: Span<UInt64>, from first: Int, nextFence: UInt64?,
        _ onHit: (Int, Span<UInt32>) throws -> Void
    ) throws -> Int {
        let count = reader.limit / words
        var low = reader.at / words
        let lowest = reader.place.fence
        let highest = nextFence ?? reader.readHead((count - 1) * words)
        let scale = Scale(from: lowest, to: highest, count: count)
        var key = first
        while key < keys.count, keys[key] <= highest {
            let target = keys[key]
            let guess = target > lowest ? scale.records(target - lowest) : 0
            low = lowerBound(target, from: low, to: count, guess: guess, scale)
            var record = low
            while record < count, reader.block.pair(record * words) == target {
                try reader.block.withSpan(record * words..<(record + 1) * words) {
                    try onHit(key, $0)
                }
                record += 1
            }
            key += 1
        }
        while key > first, keys[key - 1] >= nextFence ?? .max { key -= 1 }
        return key
    }

    /// The first record in a range whose fingerprint is the target or more.
    @inline(__always)
    private func lowerBound(
        _ target: UInt64, from start: Int, to end: Int, guess: Int, _ scale: Scale
    ) -> Int {
        var low = start
        var high = end
        var guess = guess
        // Each step corrects by the distance seen, which leaves about the root of the error.
        for _ in 0..<3 where low < high {
            let at = min(max(guess, low), high - 1)
            let found = reader.block.pair(at * words)
            if found < target {
                low = at + 1
                guess = low + scale.records(target - found)
            } else {
                high = at
                guess = high - 1 - scale.records(found - target)
            }
        }
        var steps = 0
        while low < high, steps < 8 {
            if reader.block.pair(low * words) >= target { return low }
            low += 1
            steps += 1
        }
        while low < high {
            let middle = (low + high) / 2
            if reader.block.pair(middle * words) < target {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// Turns a distance between fingerprints into about so many records.
private struct Scale {
    private let shift: UInt64
    private let factor: UInt64
    private let span: UInt64
    private let count: Int

    init(from lowest: UInt64, to highest: UInt64, count: Int) {
        span = highest > lowest ? highest - lowest : 1
        shift = UInt64(span.leadingZeroBitCount)
        factor = (UInt64(count) << 32) / ((span << shift) >> 32)
        self.count = count
    }

    @inline(__always)
    func records(_ distance: UInt64) -> Int {
        guard distance < span else { return count }
        return Int(truncatingIfNeeded: (((distance << shift) >> 32) &* factor) >> 32)
    }
}
