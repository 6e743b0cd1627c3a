public import EventModel

/// A projection's rows in memory: sorted, equal keys added up, zeros left out.
public struct CellSet: Sendable {
    /// The projection's name.
    public var name: String
    /// The projection's version.
    public var version: Int
    /// It holds the facts of the log's first so many entries.
    public var position: UInt32
    /// What its rows say.
    public var texts: CellTexts
    let block: CellBlock

    /// How its rows are written.
    public var layout: CellLayout { texts.layout }

    /// The number of rows.
    public var count: Int { block.rows.count / layout.words }

    /// Lends the rows of some days, in the order of their words.
    public func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) rethrows {
        try block.scan(days: days, words: layout.words, body)
    }

    /// Lends all rows, in the order of their words.
    public func scan(_ body: (Span<UInt32>) throws -> Void) rethrows {
        try block.rows.withSpan(0..<block.rows.count) { try body($0) }
    }
}
