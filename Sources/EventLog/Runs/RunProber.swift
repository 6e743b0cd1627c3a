internal import LMDB

/// Looks sorted fingerprints up in one run: chunks by the B-tree, records by interpolation.
///
/// Fingerprints are uniform, so that a position in a chunk of n records is guessed to within about
/// √n / 2 of them, and corrected by the distance seen to within a few. The guesses of many keys
/// are made together, so that their cache misses overlap.
///
/// Source: Y. Perl, A. Itai, H. Avni, "Interpolation search – a log log n search", 1978.
struct RunProber {
    private var reader: RunReader
    private let words: Int

    /// Chunks to step over before the B-tree is asked.
    private static let steps = 8
    /// Keys whose cache misses overlap.
    private static let together = 64

    init(_ reader: RunReader) {
        self.reader = reader
        words = reader.shape.words
    }

    /// Reports every record of the run whose fingerprint is one of the ascending keys.
    ///
    /// - Parameter guesses: room for them, empty before and after.
    mutating func probe(
        _ keys: Span<UInt64>, _ cursor: inout Cursor, _ guesses: inout [Guess],
        _ onHit: (Int, Span<UInt32>) throws -> Void
    ) throws {
        var key = 0
        var stepped = 0
        guard try reader.stand(beforeFence: keys[0], &cursor) else { return }
        while true {
            // The cursor stands at the reader's chunk; the next one's fence ends its keys.
            let next = try cursor.move(.next) ? try reader.fence(at: cursor) : nil
            if next.map({ keys[key] <= $0.fence }) ?? true {
                key = try probeChunk(keys, from: key, nextFence: next?.fence, &guesses, onHit)
                stepped = 0
            }
            guard let next else { break }
            while key < keys.count, keys[key] < next.fence { key += 1 }
            guard key < keys.count else { break }
            stepped += 1
            if stepped > RunProber.steps, keys[key] > next.fence {
                stepped = 0
                guard try reader.stand(beforeFence: keys[key], &cursor) else { break }
            } else if try !reader.load(&cursor) {
                break
            }
        }
        try RunProber.settle(&guesses, words, onHit)
    }

    /// Guesses where the keys that can lie in the current chunk do.
    ///
    /// - Returns: the first key that equals the next chunk's fence or lies beyond it: such a key
    ///   can have records on both sides of the fence.
    private func probeChunk(
        _ keys: Span<UInt64>, from first: Int, nextFence: UInt64?, _ guesses: inout [Guess],
        _ onHit: (Int, Span<UInt32>) throws -> Void
    ) throws -> Int {
        let low = reader.at / words
        let high = reader.limit / words
        let lowest = reader.place.fence
        let highest = nextFence ?? reader.readHead((high - 1) * words)
        let scale = Scale(from: lowest, to: highest, count: high)
        var key = first
        while key < keys.count, keys[key] <= highest {
            let target = keys[key]
            let at = target > lowest ? scale.records(target - lowest) : 0
            guesses.append(
                Guess(
                    block: reader.block, scale: scale, target: target, key: key,
                    at: min(max(at, low), high - 1), low: low, high: high))
            if guesses.count == RunProber.together {
                try RunProber.settle(&guesses, words, onHit)
            }
            key += 1
        }
        while key > first, keys[key - 1] >= nextFence ?? .max { key -= 1 }
        return key
    }

    /// Corrects the guesses step by step, all of them in each step, and reports the hits.
    private static func settle(
        _ guesses: inout [Guess], _ words: Int, _ onHit: (Int, Span<UInt32>) throws -> Void
    ) throws {
        for index in guesses.indices { guesses[index].look(words) }
        for index in guesses.indices { guesses[index].correct(words) }
        for index in guesses.indices where guesses[index].land(words) {
            let hit = guesses[index]
            var record = Int(hit.at)
            repeat {
                try hit.block.withSpan(record * words..<(record + 1) * words) {
                    try onHit(Int(hit.key), $0)
                }
                record += 1
            } while record < hit.high && hit.block.pair(record * words) == hit.target
        }
        guesses.removeAll(keepingCapacity: true)
    }
}

/// Where a key's first record may be in a chunk: at `low` or after it, at the latest at `end`.
struct Guess {
    let block: RunWords
    let target: UInt64
    private let scale: Scale
    private var found: UInt64 = 0
    private(set) var at: Int32
    private var low: Int32
    private var end: Int32
    /// Records of the chunk.
    let high: Int32
    let key: Int32

    private static let nearby: Int32 = 16

    fileprivate init(
        block: RunWords, scale: Scale, target: UInt64, key: Int, at: Int, low: Int, high: Int
    ) {
        self.block = block
        self.scale = scale
        self.target = target
        self.key = Int32(key)
        self.at = Int32(at)
        self.low = Int32(low)
        end = Int32(high)
        self.high = Int32(high)
    }

    @inline(__always)
    private func fingerprint(_ record: Int32, _ words: Int) -> UInt64 {
        block.pair(Int(record) &* words)
    }

    @inline(__always)
    mutating func look(_ words: Int) { found = fingerprint(at, words) }

    /// Moves the guess by the distance seen, inside what is still possible, and looks again.
    @inline(__always)
    mutating func correct(_ words: Int) {
        if found < target {
            low = at &+ 1
            guard low < end else { return }
            at = Int32(min(Int(low) &+ scale.records(target &- found), Int(end) &- 1))
        } else {
            end = at
            guard low < end else { return }
            at = Int32(max(Int(end) &- 1 &- scale.records(found &- target), Int(low)))
        }
        look(words)
    }

    /// Ends at the first record that is the target or more: step by step near the guess, else by
    /// halves.
    ///
    /// - Returns: whether it is the target.
    @inline(__always)
    mutating func land(_ words: Int) -> Bool {
        if low < end {
            if found < target {
                low = at &+ 1
                let near = min(low &+ Guess.nearby, end)
                while low < near {
                    if fingerprint(low, words) >= target { end = low } else { low &+= 1 }
                    if low == end { break }
                }
            } else {
                end = at
                let near = max(end &- Guess.nearby, low)
                while end > near {
                    if fingerprint(end &- 1, words) < target { low = end } else { end &-= 1 }
                    if low == end { break }
                }
            }
            while low < end {
                let middle = (low &+ end) / 2
                if fingerprint(middle, words) < target { low = middle &+ 1 } else { end = middle }
            }
        }
        at = low
        return low < high && fingerprint(low, words) == target
    }
}

/// Turns a distance between fingerprints into about so many records.
private struct Scale {
    private let shift: UInt64
    private let factor: UInt64

    init(from lowest: UInt64, to highest: UInt64, count: Int) {
        let span = highest > lowest ? highest - lowest : 1
        shift = UInt64(span.leadingZeroBitCount)
        factor = (UInt64(count) << 32) / ((span << shift) >> 32)
    }

    /// At most 2^32, whatever the distance: the caller keeps the result inside the chunk.
    @inline(__always)
    func records(_ distance: UInt64) -> Int {
        Int(truncatingIfNeeded: (((distance &<< shift) &>> 32) &* factor) &>> 32)
    }
}
