package import EventLog

/// Gathers one case's rows by walking back through the columns, for differences.
///
/// Valid inside the transaction that lent its segments.
package struct ChainWalk: ~Copyable {
    private let segments: [ColumnSegment]
    private var firsts = Buffer<UInt32>()
    private var maker: RowMaker
    /// The segment whose columns the row maker has found.
    private var current = -1

    package init(tables: RowTables, typeCount: Int, segments: [ColumnSegment]) {
        self.segments = segments
        maker = RowMaker(tables: tables, typeCount: typeCount)
        for segment in segments { firsts.append(segment.first) }
    }

    private func place(of sequence: UInt32) -> Int {
        var low = 0
        var high = firsts.count
        while low < high {
            let middle = (low + high) >> 1
            if firsts[middle] <= sequence { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// The log's type of an entry, and the case's entry before it (`UInt32.max`: none).
    package func step(_ sequence: UInt32) -> (type: UInt16, previous: UInt32) {
        let segment = segments[place(of: sequence)]
        let row = Int(sequence - segment.first)
        return (segment.types[row], segment.previous[row])
    }

    /// An entry's event time and the log's type of it.
    package func place(_ sequence: UInt32) -> (time: Int64, type: UInt16) {
        let segment = segments[place(of: sequence)]
        let row = Int(sequence - segment.first)
        return (segment.times[row], segment.types[row])
    }

    /// The case of an entry.
    package func caseID(_ sequence: UInt32) -> UInt32 {
        let segment = segments[place(of: sequence)]
        return segment.cases[Int(sequence - segment.first)]
    }

    /// When an entry's event happened, in milliseconds.
    package func time(_ sequence: UInt32) -> Int64 {
        let segment = segments[place(of: sequence)]
        return segment.times[Int(sequence - segment.first)]
    }

    /// The plan's number of a log's type; 255 where it does not read it.
    package func number(ofType type: UInt16) -> UInt8 { maker.numberOfType[Int(type)] }

    /// Adds an entry's row to a table, unless no selector holds for it.
    ///
    /// - Returns: whether it was added.
    package mutating func add(_ sequence: UInt32, to table: inout CaseRows) -> Bool {
        let place = place(of: sequence)
        let segment = segments[place]
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
        let payload = maker.addPayload(Int(number), ordinal: ordinal, to: &table.payload)
        table.rows.append(
            Row(
                time: segment.times[row], type: number, mask: mask, sequence: sequence,
                payload: payload))
        return true
    }
}
