package import EventLog

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

    package init(tables: RowTables, typeCount: Int, segments: consuming SegmentWalk) {
        extras = RowExtras(
            nanoseconds: segments.hasNanoseconds, orders: segments.hasOrders)
        self.segments = segments
        maker = RowMaker(tables: tables, typeCount: typeCount)
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

    /// The plan's number of a log's type; 255 where it does not read it.
    package func number(ofType type: UInt16) -> UInt8 { maker.numberOfType[Int(type)] }

    /// Adds an entry's row to a table, unless no selector holds for it.
    ///
    /// - Returns: whether it was added.
    package mutating func add(
        _ sequence: UInt32, to table: inout CaseRows
    ) throws(StoreFault) -> Bool {
        let (segment, place) = try segments.segment(containing: sequence)
        let row = Int(sequence - segment.first)
        let number = maker.numberOfType[Int(segment.types[row])]
        guard number != 255 else { return false }
        if place != current {
            maker.leaveSegment()
            current = place
        }
        let ordinal = Int(segment.ordinals[row])
        maker.enter(Int(number), of: segment)
        let mask = maker.mask(Int(number), ordinal: ordinal)
        guard mask != 0 else { return false }
        table.extras = extras
        if !extras.isEmpty { table.add(ExtraColumns(segment), row) }
        let payload = maker.addPayload(Int(number), ordinal: ordinal, to: &table.payload)
        table.rows.append(
            Row(
                time: segment.times[row], rank: maker.rank(Int(number), ordinal: ordinal),
                type: number, mask: mask, sequence: sequence, payload: payload))
        return true
    }
}
