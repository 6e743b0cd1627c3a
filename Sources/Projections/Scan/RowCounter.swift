import EventLog

/// Counts the rows that a plan looks at, and the others by type.
struct RowCounter: ~Copyable {
    private(set) var applied = 0
    /// By the log's type.
    private(set) var ignored: [Int]
    private var maker: RowMaker
    private let voided: Set<UInt32>
    /// By the plan's number of a type: the bits that a projection looks at.
    private let looked: [UInt64]

    init(tables: RowTables, typeCount: Int, looked: [UInt64], voided: Set<UInt32>) {
        self.looked = looked
        maker = RowMaker(tables: tables, typeCount: typeCount)
        ignored = Array(repeating: 0, count: typeCount)
        self.voided = voided
    }

    /// Counts a segment's rows among some sequences.
    mutating func count(_ segment: ColumnSegment, _ sequences: Range<UInt32>) {
        maker.leaveSegment()
        let first = max(segment.first, sequences.lowerBound)
        let end = min(segment.first + UInt32(segment.count), sequences.upperBound)
        guard first < end else { return }
        for sequence in first..<end {
            let row = Int(sequence - segment.first)
            let type = Int(segment.types[row])
            if !voided.isEmpty, voided.contains(sequence) { continue }
            let number = maker.numberOfType[type]
            if number != 255 {
                maker.enter(Int(number), of: segment)
                let mask = maker.mask(Int(number), ordinal: Int(segment.ordinals[row]))
                if mask & looked[Int(number)] != 0 {
                    applied += 1
                    continue
                }
            }
            ignored[type] += 1
        }
    }
}
