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
            if OrderSource(word: source).kind == .prefix {
                longOrders[columns.first + UInt32(row)] = []
            }
        }
        if extras.contains(.nanoseconds) { payload.append(columns.nanoseconds?[row] ?? 0) }
    }

    /// Reads the orders that are longer than their keys, once the rows are gathered.
    package mutating func readLongOrders(_ view: borrowing LogView) throws {
        guard !longOrders.isEmpty else { return }
        for (sequence, text) in longOrders where text.isEmpty {
            longOrders[sequence] = try view.sourceOrder(of: sequence)
        }
    }
}
