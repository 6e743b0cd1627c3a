import EventModel
import LMDB

/// That a stored segment is as it was written, and what its rows must keep to, so that whoever reads
/// its columns may take types, cases, ordinals and ids as they stand. A damaged file can hold anything; that a segment's entries
/// are those of the log is for verification to say.
struct SegmentCheck: Sendable {
    let types: EventTypes
    let layout: TypeLayout
    let caseCount: UInt32
    let nameCount: UInt32

    /// What does not hold in a segment; nil where it all does.
    ///
    /// - Parameter root: the log's at the segment's end.
    /// - Complexity: O(rows).
    func problem(in segment: ColumnSegment, _ root: TreeHash) -> String? {
        guard segment.isSealed(root) else {
            return "it is not as it was written, or of another log"
        }
        // Rows of each type; a type without any gets 0, and no ordinal is below that.
        var rows = [UInt32](repeating: 0, count: 1 << 16)
        for (type, count) in segment.typeRows {
            guard Int(type) < layout.typeCount else { return "it has rows of no type" }
            rows[Int(type)] = UInt32(count)
            if let problem = columns(of: type, in: segment) { return problem }
        }
        guard isSound(segment, rows) else { return "a row holds what no row can" }
        return nil
    }

    private func isSound(_ segment: ColumnSegment, _ rows: [UInt32]) -> Bool {
        let types = unsafe segment.types.pointer
        let ordinals = unsafe segment.ordinals.pointer
        let cases = unsafe segment.cases.pointer
        let previous = unsafe segment.previous.pointer
        let times = unsafe segment.times.pointer
        let recorded = unsafe segment.recorded.pointer
        let earliest = Instant.earliest.milliseconds
        let span = UInt64(Instant.latest.milliseconds - earliest)
        var isSound = true
        unsafe rows.withUnsafeBufferPointer { rows in
            for row in 0..<segment.count {
                let before = unsafe previous[row]
                // Every type id of 16 bits has its place among `rows`.
                let isOrdered = unsafe UInt32(ordinals[row]) < rows[Int(types[row])]
                let isLinked = before == .max || before < segment.first + UInt32(row)
                let isTimed =
                    unsafe UInt64(bitPattern: times[row] &- earliest) <= span
                    && UInt64(bitPattern: recorded[row] &- earliest) <= span
                let isKnown = unsafe cases[row] < caseCount
                isSound = (isOrdered && isLinked) && (isTimed && isKnown) && isSound
            }
        }
        return isSound
    }

    /// The columns of a type are those that its schema marks, or the first of them, and hold ids and
    /// words that exist.
    private func columns(of type: UInt16, in segment: ColumnSegment) -> String? {
        guard let entry = segment.find(type), entry.columns <= layout.columns(of: Int(type)).count
        else { return "a type has more columns than its schema" }
        let fields = types.schemas[Int(type)].columns
        for (index, kind) in layout.columns(of: Int(type)).prefix(entry.columns).enumerated() {
            guard let column = segment.field(entry, index), column.kind == kind else {
                return "a column is of another kind than its field"
            }
            if let names = column.names, Self.isAny(of: names, atLeast: nameCount) {
                return "a column names no name"
            }
            guard let codes = column.codes else { continue }
            var words = 2
            if kind == .enumeration, index < fields.count,
                case .enumeration(let all) = fields[index].kind
            {
                words = all.count
            }
            if words < 255, Self.isAny(of: codes, atLeast: UInt8(words + 1)) {
                return "a column holds no word"
            }
        }
        return nil
    }

    /// Without a branch or a bound in its loop, so that it takes many values at a time.
    @inline(__always)
    private static func isAny<Value>(
        of column: MappedColumn<Value>, atLeast limit: Value
    ) -> Bool {
        let values = unsafe column.pointer
        var found: Value = 0
        for place in 0..<column.count {
            found |= unsafe values[place] >= limit ? 1 : 0
        }
        return found != 0
    }
}

/// Which segments of a store this process has checked: each once, as stored segments do not change.
final class CheckedSegments: Sendable {
    /// Rows by first sequence.
    private let known = Guarded<[UInt32: Int]>([:])

    func has(_ segment: ColumnSegment) -> Bool {
        known.withLock { $0[segment.first] == segment.count }
    }

    func add(_ segment: ColumnSegment) {
        known.withLock { $0[segment.first] = segment.count }
    }
}

extension LogTables {
    /// A stored segment in place, its rows checked once in this process.
    ///
    /// - Parameter tree: that of the state whose segment it is.
    /// - Throws: `StoreFault.damaged` where they do not hold.
    func segment(
        over piece: Range<Int>, _ check: SegmentCheck, _ tree: HeldTree,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> ColumnSegment {
        let segment = try segment(over: piece, in: transaction)
        if !checked.has(segment) {
            try hold(
                segment, check, tree.root(atSegmentEnd: piece.upperBound, in: transaction))
        }
        return segment
    }

    /// Checks a segment against the log's root at its end.
    func hold(
        _ segment: ColumnSegment, _ check: SegmentCheck, _ root: TreeHash
    ) throws(StoreFault) {
        if let problem = check.problem(in: segment, root) {
            throw .damaged(
                path: path, table: segments.name, key: String(segment.first), reason: problem)
        }
        checked.add(segment)
    }
}

/// All segments of the log as one transaction sees them, each checked when it is first asked for:
/// for walks that touch a few of them.
///
/// Valid inside the transaction that lent them.
package struct SegmentWalk: ~Copyable {
    private let segments: [ColumnSegment]
    private let check: SegmentCheck
    private let tables: LogTables
    /// By place: the log's root at its end, where it is still to be checked.
    private var roots: [TreeHash?]
    private var place = 0

    init(
        _ segments: [ColumnSegment], _ roots: [TreeHash?], _ check: SegmentCheck,
        _ tables: LogTables
    ) {
        self.segments = segments
        self.roots = roots
        self.check = check
        self.tables = tables
    }

    /// The segment that holds a sequence, and its place among all.
    ///
    /// - Throws: `StoreFault.damaged` where it does not hold together, or there is none.
    /// - Complexity: O(log segments), and O(rows) when it is first asked for.
    package mutating func segment(
        containing sequence: UInt32
    ) throws(StoreFault) -> (segment: ColumnSegment, place: Int) {
        if place >= segments.count || !holds(segments[place], sequence) {
            place = find(sequence)
            guard place >= 0, holds(segments[place], sequence) else {
                place = 0
                throw .damaged(
                    path: tables.path, table: tables.segments.name, key: String(sequence),
                    reason: "something leads to this entry, and the log has none such here")
            }
        }
        if let root = roots[place] {
            try tables.hold(segments[place], check, root)
            roots[place] = nil
        }
        return (segments[place], place)
    }

    /// Whether some event has a time beyond the millisecond.
    package var hasNanoseconds: Bool { segments.contains { $0.nanoseconds != nil } }
    /// Whether some event has an order of its source.
    package var hasOrders: Bool { segments.contains { $0.orders != nil } }

    private func holds(_ segment: ColumnSegment, _ sequence: UInt32) -> Bool {
        sequence >= segment.first && Int(sequence - segment.first) < segment.count
    }

    private func find(_ sequence: UInt32) -> Int {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) >> 1
            if segments[middle].first <= sequence { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
