package import EventLog

/// Gathers the rows of a range of cases from the columns, each case's together (a counting sort
/// whose counts the census knows). One per worker: it keeps its memory.
package struct PartitionScan: ~Copyable {
    /// Where the next row of each case of the range goes, and where its rows began.
    private var cursors = Buffer<UInt32>()
    private var starts = Buffer<UInt32>()
    private var maker: RowMaker

    package init(tables: RowTables, typeCount: Int) {
        maker = RowMaker(tables: tables, typeCount: typeCount)
    }

    /// The rows of a case of the range last gathered.
    package func rows(ofCase place: Int) -> Range<Int> {
        Int(starts[place])..<Int(cursors[place])
    }

    /// Gathers the rows below `upTo` that some selector of the plan holds for, and those whose source
    /// told their order: others of the same source wait for them.
    ///
    /// - Parameters:
    ///   - voided: sequences that are taken out, ascending.
    ///   - mayContinue: asked now and then; false ends the scan early.
    package mutating func gather(
        _ cases: Range<Int>, census: borrowing Census, segments: [ColumnSegment], upTo: UInt32,
        voided: borrowing Buffer<UInt32>, into table: inout CaseRows, mayContinue: () -> Bool
    ) -> Bool {
        cursors.truncate(to: 0)
        starts.truncate(to: 0)
        var total = 0
        for id in cases {
            starts.append(UInt32(total))
            total += Int(census.counts[id])
        }
        precondition(total < Int(UInt32.max), "a partition's rows are counted in 32 bits")
        cursors.append(starts, 0..<starts.count)
        table.rows.resizeUninitialized(to: total)
        table.payload.truncate(to: 0)
        table.hasLongOrders = false
        table.longOrders.removeAll()
        table.extras = RowExtras(
            nanoseconds: segments.contains { $0.nanoseconds != nil },
            orders: segments.contains { $0.orders != nil })
        for segment in segments where segment.first < upTo {
            guard census.mayHold(segment, cases) else { continue }
            guard mayContinue() else { return false }
            add(segment, cases, upTo: upTo, voided: voided, to: &table)
        }
        return true
    }

    private mutating func add(
        _ segment: ColumnSegment, _ range: Range<Int>, upTo: UInt32,
        voided: borrowing Buffer<UInt32>, to table: inout CaseRows
    ) {
        let count = min(segment.count, Int(upTo) - Int(segment.first))
        let cases = unsafe segment.cases.pointer
        let types = unsafe segment.types.pointer
        let times = unsafe segment.times.pointer
        let ordinals = unsafe segment.ordinals.pointer
        let hasExtras = !table.extras.isEmpty
        let extras = ExtraColumns(segment)
        let hasOrders = extras.hasOrders
        let first = UInt32(range.lowerBound)
        let width = UInt32(range.count)
        var nextVoid = PartitionScan.lowerBound(voided, segment.first)
        let cursor = unsafe cursors.base
        let rows = unsafe table.rows.base
        let capacity = table.rows.count
        let numbers = unsafe maker.numberOfType.base
        let typeCount = UInt16(maker.numberOfType.count)
        maker.leaveSegment()
        for row in 0..<count {
            let place = unsafe cases[row] &- first
            guard place < width else { continue }
            let type = unsafe types[row]
            precondition(type < typeCount, "a row names no type")
            let number = unsafe numbers[Int(type)]
            if number == 255, !hasOrders { continue }
            let sequence = segment.first &+ UInt32(truncatingIfNeeded: row)
            while nextVoid < voided.count, voided[nextVoid] < sequence { nextVoid += 1 }
            if nextVoid < voided.count, voided[nextVoid] == sequence { continue }
            let ordinal = Int(unsafe ordinals[row])
            var mask: UInt64 = 0
            if number != 255 {
                maker.enter(Int(number), of: segment)
                mask = maker.mask(Int(number), ordinal: ordinal)
            }
            if mask == 0 {
                if hasOrders { keep(row, of: segment, extras, for: Int(place), in: &table) }
                continue
            }
            if hasExtras { table.add(extras, row) }
            let payload = maker.addPayload(Int(number), ordinal: ordinal, to: &table.payload)
            let target = Int(unsafe cursor[Int(place)])
            precondition(target < capacity, "more rows than the census counted")
            unsafe rows[target] = Row(
                time: times[row], rank: maker.rank(Int(number), ordinal: ordinal), type: number,
                mask: mask, sequence: sequence, payload: payload)
            unsafe cursor[Int(place)] &+= 1
        }
    }

    /// Keeps a row that nobody looks at, where its source told its order.
    @inline(never)
    private mutating func keep(
        _ row: Int, of segment: ColumnSegment, _ extras: ExtraColumns, for place: Int,
        in table: inout CaseRows
    ) {
        guard extras.isDeclared(row), let rank = maker.rank(ofUnread: row, in: segment) else {
            return
        }
        let target = Int(cursors[place])
        precondition(target < table.rows.count, "more rows than the census counted")
        table.rows[target] = table.unreadRow(
            extras, row, time: segment.times[row], rank: rank,
            sequence: segment.first &+ UInt32(row))
        cursors[place] += 1
    }

    static func contains(_ sorted: borrowing Buffer<UInt32>, _ value: UInt32) -> Bool {
        let place = lowerBound(sorted, value)
        return place < sorted.count && sorted[place] == value
    }

    static func lowerBound(_ sorted: borrowing Buffer<UInt32>, _ value: UInt32) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) >> 1
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
