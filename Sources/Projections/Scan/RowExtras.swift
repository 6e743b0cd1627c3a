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

extension CaseRows {
    /// Adds what a row of a segment has before its own words to the payload.
    package mutating func addExtras(of segment: ColumnSegment, _ row: Int) {
        if extras.contains(.orders) {
            let orders = segment.orders
            let source = orders?.sources[row] ?? 0
            let key = orders?.keys[row] ?? 0
            payload.append(source)
            payload.append(UInt32(truncatingIfNeeded: key >> 32))
            payload.append(UInt32(truncatingIfNeeded: key))
            if OrderSource(word: source).kind == .prefix {
                longOrders[segment.first + UInt32(row)] = []
            }
        }
        if extras.contains(.nanoseconds) { payload.append(segment.nanoseconds?[row] ?? 0) }
    }

    /// Reads the orders that are longer than their keys, once the rows are gathered.
    package mutating func readLongOrders(_ view: borrowing LogView) throws {
        guard !longOrders.isEmpty else { return }
        for (sequence, text) in longOrders where text.isEmpty {
            longOrders[sequence] = try view.sourceOrder(of: sequence)
        }
    }
}
