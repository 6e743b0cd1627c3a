package import EventLog

/// What a first look at the log's columns tells: how many rows each case may have, of what kind
/// the case is, and which stretches of the log hold which cases.
package struct Census: ~Copyable {
    /// Rows of each case whose type the plan reads: at most so many will be kept.
    package var counts: Buffer<UInt32>
    /// Kind of each case: the plan's number + 1; `unknown`, or `otherKind` that no one reads.
    package var kinds: Buffer<UInt8>
    /// Whether a stretch of 65,536 entries holds a row of a block of cases, as
    /// stretch × blocks + block.
    private var seen: Buffer<UInt8>
    private let blocks: Int
    private let blockShift: Int

    package static let unknown: UInt8 = 0
    package static let otherKind: UInt8 = 255
    static let stretchShift = 16

    package init(caseCount: Int, entryCount: UInt32) {
        counts = Buffer(repeating: 0, count: caseCount)
        kinds = Buffer(repeating: Census.unknown, count: caseCount)
        var shift = 8
        while caseCount >> shift >= 4096 { shift += 1 }
        blockShift = shift
        blocks = (caseCount >> shift) + 1
        seen = Buffer(
            repeating: 0, count: ((Int(entryCount) >> Census.stretchShift) + 1) * blocks)
    }

    /// Counts the rows of a segment below `upTo`.
    ///
    /// - Parameters:
    ///   - numbers: the plan's number of each type, 255 for types it does not read.
    ///   - kindOfType: what a row of each type says about its case's kind.
    package mutating func count(
        _ segment: ColumnSegment, upTo: UInt32, numbers: borrowing Buffer<UInt8>,
        kindOfType: borrowing Buffer<UInt8>
    ) {
        let rows = min(segment.count, Int(upTo) - Int(segment.first))
        guard rows > 0 else { return }
        let stretch = (Int(segment.first) >> Census.stretchShift) * blocks
        let cases = unsafe segment.cases.pointer
        let types = unsafe segment.types.pointer
        let typeCount = UInt16(numbers.count)
        let caseCount = UInt32(counts.count)
        precondition(kindOfType.count == numbers.count && stretch + blocks <= seen.count)
        let number = unsafe numbers.base
        let kindOf = unsafe kindOfType.base
        let count = unsafe counts.base
        let kind = unsafe kinds.base
        let flag = unsafe seen.base + stretch
        for row in 0..<rows {
            let type = unsafe types[row]
            let id = unsafe cases[row]
            precondition(type < typeCount && id < caseCount, "a row names no type or case")
            let known = unsafe kindOf[Int(type)]
            if known != Census.unknown { unsafe kind[Int(id)] = known }
            if unsafe number[Int(type)] != 255 {
                unsafe count[Int(id)] &+= 1
                unsafe flag[Int(id) >> blockShift] = 1
            }
        }
    }

    /// Adds what another worker counted.
    package mutating func add(_ other: borrowing Census) {
        precondition(other.counts.count == counts.count && other.seen.count == seen.count)
        for id in 0..<counts.count {
            counts[id] &+= other.counts[id]
            if kinds[id] == Census.unknown { kinds[id] = other.kinds[id] }
        }
        for place in 0..<seen.count where other.seen[place] != 0 { seen[place] = 1 }
    }

    /// Whether a segment may hold rows of some cases.
    package func mayHold(_ segment: ColumnSegment, _ cases: Range<Int>) -> Bool {
        let stretch = (Int(segment.first) >> Census.stretchShift) * blocks
        for block in cases.lowerBound >> blockShift...(cases.upperBound - 1) >> blockShift
        where seen[stretch + block] != 0 { return true }
        return false
    }

    /// Rows of the cases from one on: at most so many will be kept.
    package func rows(from first: Int) -> Int {
        var rows = 0
        for id in first..<max(first, counts.count) { rows += Int(counts[id]) }
        return rows
    }

    /// Cuts the cases into ranges of at most so many rows (a longer case stands alone).
    package func partitions(from first: Int, rowsEach limit: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = first
        var rows = 0
        for id in first..<max(first, counts.count) {
            let more = Int(counts[id])
            if rows > 0, rows + more > limit {
                ranges.append(start..<id)
                start = id
                rows = 0
            }
            rows += more
        }
        if rows > 0 { ranges.append(start..<counts.count) }
        return ranges
    }
}
