package import EventLog
import EventModel

/// Gathers one case's rows by walking back through the columns, for differences.
///
/// Valid inside the transaction that lent its segments. Every step throws `StoreFault.damaged` where
/// the columns it comes to do not hold together.
package struct ChainWalk: ~Copyable {
    private var segments: SegmentWalk
    private var maker: RowMaker
    /// The segment whose columns the row maker has found.
    private var current = -1
    /// What some event of the log has.
    private let extras: RowExtras
    /// Whether rows before an opening may be moved to it: others wait for these, whoever looks at them.
    private let mayMove: Bool

    package init(plan: Plan, segments: consuming SegmentWalk) {
        mayMove = plan.codes.rules.openings != 0
        extras = RowExtras(
            nanoseconds: segments.hasNanoseconds, orders: segments.hasOrders)
        self.segments = segments
        maker = RowMaker(tables: plan.rows, typeCount: EventTypes.most)
    }

    private mutating func place(
        of sequence: UInt32
    ) throws(StoreFault) -> (segment: ColumnSegment, row: Int) {
        let segment = try segments.segment(containing: sequence).segment
        return (segment, Int(sequence - segment.first))
    }

    /// The log's type of an entry, and the case's entry before it (`UInt32.max`: none).
    package mutating func step(
        _ sequence: UInt32
    ) throws(StoreFault) -> (type: UInt16, previous: UInt32) {
        let (segment, row) = try place(of: sequence)
        return (segment.types[row], segment.previous[row])
    }

    /// An entry's event time and the log's type of it.
    package mutating func place(
        _ sequence: UInt32
    ) throws(StoreFault) -> (time: Int64, type: UInt16) {
        let (segment, row) = try place(of: sequence)
        return (segment.times[row], segment.types[row])
    }

    /// The case of an entry.
    package mutating func caseID(_ sequence: UInt32) throws(StoreFault) -> UInt32 {
        let (segment, row) = try place(of: sequence)
        return segment.cases[row]
    }

    /// When an entry's event happened, in milliseconds.
    package mutating func time(_ sequence: UInt32) throws(StoreFault) -> Int64 {
        let (segment, row) = try place(of: sequence)
        return segment.times[row]
    }

    /// Whether rows of a log's type may matter to the plan.
    package func mayKeep(_ type: UInt16) -> Bool {
        maker.numberOfType[Int(type)] != 255 || mayMove || extras.contains(.orders)
    }

    /// Adds an entry's row to a table, also one for which no selector holds where others of its case
    /// may wait for it: see `CaseRows.isWhole`.
    ///
    /// - Returns: whether it was added.
    package mutating func add(
        _ sequence: UInt32, to table: inout CaseRows
    ) throws(StoreFault) -> Bool {
        let (segment, place) = try segments.segment(containing: sequence)
        let row = Int(sequence - segment.first)
        let number = maker.numberOfType[Int(segment.types[row])]
        if place != current {
            maker.leaveSegment()
            current = place
        }
        table.extras = extras
        let ordinal = Int(segment.ordinals[row])
        var mask: UInt64 = 0
        if number != 255 {
            maker.enter(Int(number), of: segment)
            mask = maker.mask(Int(number), ordinal: ordinal)
        }
        guard mask != 0 else {
            let columns = ExtraColumns(segment)
            guard mayMove || columns.isDeclared(row),
                let rank = maker.rank(ofUnread: row, in: segment)
            else { return false }
            table.rows.append(
                table.unreadRow(
                    columns, row, time: segment.times[row], rank: rank, sequence: sequence))
            return true
        }
        if !extras.isEmpty { table.add(ExtraColumns(segment), row) }
        let payload = maker.addPayload(Int(number), ordinal: ordinal, to: &table.payload)
        table.rows.append(
            Row(
                time: segment.times[row], rank: maker.rank(Int(number), ordinal: ordinal),
                type: number, mask: mask, sequence: sequence, payload: payload))
        return true
    }
}
