/// How the records of a `SortedRuns` are laid out and compared.
struct RunShape: Equatable, Sendable {
    /// Words of a record.
    let words: Int
    /// Words that decide the order: all of them, or all but the multiplicity.
    let keyWords: Int
    /// Whether the last two words are a multiplicity to be added up.
    let sums: Bool
    /// Records of a full chunk.
    let recordsPerChunk: Int

    /// Bytes of a full chunk's value: 16 pages less the header of the first.
    static let chunkBytes = 16 * 4096 - 16

    init(words: Int, sums: Bool) {
        precondition(words >= (sums ? 3 : 1), "a record needs a key")
        self.words = words
        self.sums = sums
        keyWords = sums ? words - 2 : words
        // A packed chunk has its seal behind what its numbers take.
        recordsPerChunk = (RunShape.chunkBytes - (sums ? 0 : RunPacking.sealBytes)) / 4 / words
        precondition(recordsPerChunk >= 16, "records this wide do not belong in runs")
    }

    var recordBytes: Int { words * 4 }

    /// Whether chunks lie packed on disk: those that are added up, never probed for single records.
    var isPacked: Bool { sums }

    /// The size of an unpacked chunk's value, its seal with it: few sizes, so that LMDB finds freed
    /// pages again quickly.
    func paddedBytes(records: Int) -> Int {
        let bytes = records * recordBytes + RunPacking.sealBytes
        var pages = 1
        while pages * 4096 - 16 < bytes { pages *= 2 }
        return pages * 4096 - 16
    }

    /// The first two key words as one number: decides most comparisons and finds chunks.
    func head(_ words: Span<UInt32>, at offset: Int) -> UInt64 {
        UInt64(words[offset]) << 32 | (keyWords > 1 ? UInt64(words[offset + 1]) : 0)
    }

    /// How two records' keys compare: negative, zero or positive.
    func order(
        _ left: Span<UInt32>, at leftOffset: Int, _ right: Span<UInt32>, at rightOffset: Int
    ) -> Int {
        for word in 0..<keyWords {
            let a = left[leftOffset + word]
            let b = right[rightOffset + word]
            if a != b { return a < b ? -1 : 1 }
        }
        return 0
    }

    /// A record's multiplicity.
    func multiplicity(_ words: Span<UInt32>, at offset: Int) -> Int64 {
        let high = UInt64(words[offset + keyWords])
        return Int64(bitPattern: high << 32 | UInt64(words[offset + keyWords + 1]))
    }
}

extension Int64 {
    /// The two words of a multiplicity, the bigger first.
    var runWords: (high: UInt32, low: UInt32) {
        let bits = UInt64(bitPattern: self)
        return (UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits))
    }
}
