package import EventLog
import EventModel

/// What a row has in the payload before its own words, where the log has events that need it: the words
/// of the source's order, then that of the nanoseconds.
package struct RowExtras: OptionSet, BitwiseCopyable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nanoseconds beyond the millisecond: a word.
    package static let nanoseconds = RowExtras(rawValue: 1)
    /// The source's own order: whose it is and what its key is (`OrderSource`), then the key, upper word
    /// first.
    package static let orders = RowExtras(rawValue: 2)

    package init(nanoseconds: Bool, orders: Bool) {
        self = []
        if nanoseconds { insert(.nanoseconds) }
        if orders { insert(.orders) }
    }

    /// Words of it all.
    @inline(__always)
    package var words: Int { (contains(.orders) ? 3 : 0) + (contains(.nanoseconds) ? 1 : 0) }
}

/// The columns of a segment by which its rows have extras, found once.
package struct ExtraColumns {
    fileprivate let first: UInt32
    fileprivate let orders: (keys: MappedColumn<UInt64>, sources: MappedColumn<UInt32>)?
    fileprivate let nanoseconds: MappedColumn<UInt32>?

    package init(_ segment: ColumnSegment) {
        first = segment.first
        orders = segment.orders
        nanoseconds = segment.nanoseconds
    }

    /// Whether some source told its order, of any row or of one.
    var hasOrders: Bool { orders != nil }
    func isDeclared(_ row: Int) -> Bool { (orders?.sources[row] ?? 0) != 0 }
}

extension CaseRows {
    /// Adds what a row has before its own words to the payload.
    @inline(__always)
    package mutating func add(_ columns: ExtraColumns, _ row: Int) {
        if extras.contains(.orders) {
            let source = columns.orders?.sources[row] ?? 0
            let key = columns.orders?.keys[row] ?? 0
            payload.append(source)
            payload.append(UInt32(truncatingIfNeeded: key >> 32))
            payload.append(UInt32(truncatingIfNeeded: key))
            if OrderSource(word: source).kind == .prefix { hasLongOrders = true }
        }
        if extras.contains(.nanoseconds) { payload.append(columns.nanoseconds?[row] ?? 0) }
    }

    /// Adds a row that nobody looks at, and for which others of its case may wait.
    package mutating func unreadRow(
        _ columns: ExtraColumns, _ row: Int, time: Int64, rank: UInt8, sequence: UInt32
    ) -> Row {
        if !extras.isEmpty { add(columns, row) }
        return Row(
            time: time, rank: rank, type: UInt8(Row.unread), mask: 0, sequence: sequence,
            payload: UInt32(payload.count))
    }

    /// Whether others of its case may wait for a row, whoever looks at it: its source told its order,
    /// or it comes no later than the opening.
    func holdsUp(_ row: Row, openingAt opening: Int64) -> Bool {
        row.time <= opening || isDeclared(row)
    }

    /// Whether a row's source told its order.
    func isDeclared(_ row: Row) -> Bool {
        extras.contains(.orders) && payload[Int(row.payload) - extras.words] != 0
    }

    /// Nanoseconds beyond a row's millisecond.
    func nanoseconds(of row: Row) -> UInt32 {
        extras.contains(.nanoseconds) ? payload[Int(row.payload) - 1] : 0
    }

    /// The earliest time of a row that opens the case, in milliseconds; `Int64.min` for none.
    func opening(_ range: Range<Int>) -> Int64 {
        var opening = Int64.max
        for place in range where isOne(of: rules.openings, rows[place]) {
            opening = min(opening, rows[place].time)
        }
        return opening == .max ? .min : opening
    }

    /// Reads the orders that are longer than their keys where the keys don't tell: of rows of one
    /// instant and source in a case.
    ///
    /// - Parameter cases: the places of each case's rows, all of which are gathered.
    /// - Complexity: O(rows), and a bundle of the log for each 256 entries that hold such an order.
    package mutating func readLongOrders(
        of cases: some Sequence<Range<Int>>, _ view: borrowing LogView
    ) throws {
        guard hasLongOrders else { return }
        var wanted: [UInt32] = []
        for range in cases where !isStrictlyAscending(range) {
            var first: [LongKey: UInt32] = [:]
            for place in range {
                guard let key = LongKey(rows[place], of: self) else { continue }
                let sequence = rows[place].sequence
                if let known = first[key] {
                    wanted += [known, sequence]
                } else {
                    first[key] = sequence
                }
            }
        }
        // Neighbours lie in one bundle, which is decompressed once.
        wanted.sort()
        for sequence in wanted where longOrders[sequence] == nil {
            longOrders[sequence] = try view.sourceOrder(of: sequence)
        }
    }
}

extension CaseRows {
    /// Whether each of some rows happened later than the one gathered before it: no two share an instant.
    private func isStrictlyAscending(_ range: Range<Int>) -> Bool {
        var latest = Int64.min
        for place in range {
            let time = rows[place].time
            guard time > latest else { return false }
            latest = time
        }
        return true
    }
}

/// What rows have in common that only the rest of their source's order tells apart.
private struct LongKey: Hashable {
    private let time: Int64
    private let nanoseconds: UInt32
    private let source: UInt32
    private let key: UInt64

    /// Nil for a row whose source told none that is longer than its key.
    init?(_ row: Row, of table: borrowing CaseRows) {
        let start = Int(row.payload) - table.extras.words
        let word = OrderSource(word: table.payload[start])
        guard word.kind == .prefix, let source = word.source else { return nil }
        self.source = source
        time = row.time
        nanoseconds = table.nanoseconds(of: row)
        key = UInt64(table.payload[start + 1]) << 32 | UInt64(table.payload[start + 2])
    }
}
