public import EventModel

/// How a projection's rows are written: which words hold what.
///
/// A row is a key and a multiplicity, in words of 32 bits, big words first so that the order of
/// words is the order of values: the day (biased by 2^31), one word per dimension, two per measure
/// (biased by 2^63; 0 when absent), two for the signed multiplicity. Facts with equal keys share a
/// row: a projection is a multiset of facts, which is all that sums, percentiles and distinct
/// counts need.
public struct CellLayout: Hashable, Sendable {
    /// What a word of a dimension, or a measure that is a value, stands for; 0 is absent.
    public enum ValueKind: Hashable, Sendable {
        /// An id of the log's names.
        case name
        /// A 1-based place in this list.
        case list([String])
        /// An integer, biased by 2^31.
        case integer
        /// A date: days since 1970-01-01, biased by 2^31.
        case day
        /// A case: its id + 1.
        case subject
    }

    /// What a measure is.
    public enum MeasureKind: Hashable, Sendable {
        /// Milliseconds.
        case duration
        /// An event's integer.
        case number
        /// A number of events.
        case count
        /// 1, or absent.
        case flag
        /// A value, for distinct counts.
        case value(ValueKind)
    }

    /// A dimension.
    public struct Dimension: Hashable, Sendable {
        /// Its name in the definition.
        public var name: String
        /// What its word stands for.
        public var kind: ValueKind
    }

    /// A measure.
    public struct Measure: Hashable, Sendable {
        /// Its name in the definition.
        public var name: String
        /// What it is.
        public var kind: MeasureKind
    }

    /// In the definition's order.
    public var dimensions: [Dimension]
    /// In the definition's order.
    public var measures: [Measure]
    /// Whether its facts are flows of a stock, whose running sum is the stock.
    public var isStock: Bool

    /// A layout from its parts.
    public init(dimensions: [Dimension], measures: [Measure], isStock: Bool) {
        self.dimensions = dimensions
        self.measures = measures
        self.isStock = isStock
    }

    /// Words of a row.
    public var words: Int { keyWords + 2 }
    /// Words of a row's key: all but the multiplicity.
    public var keyWords: Int { 1 + dimensions.count + 2 * measures.count }
    /// The word of the first measure.
    public var firstMeasureWord: Int { 1 + dimensions.count }

    /// The place of a dimension; nil when there is none of this name.
    public func dimension(_ name: String) -> Int? {
        dimensions.firstIndex { $0.name == name }
    }

    /// The place of a measure; nil when there is none of this name.
    public func measure(_ name: String) -> Int? { measures.firstIndex { $0.name == name } }
}

extension CellLayout {
    /// A row's day. `start` is its first word in the block.
    @inlinable
    public static func day(_ block: Span<UInt32>, _ start: Int) -> Day {
        Day(number: Int32(bitPattern: block[start] ^ 0x8000_0000))
    }

    /// The word that stands for a day.
    @inlinable
    public static func word(of day: Day) -> UInt32 { UInt32(bitPattern: day.number) ^ 0x8000_0000 }

    /// A row's word for a dimension; 0 when absent.
    @inlinable
    public func dimension(_ index: Int, _ block: Span<UInt32>, _ start: Int) -> UInt32 {
        block[start &+ 1 &+ index]
    }

    /// A row's value of a measure; nil when absent.
    @inlinable
    public func measure(_ index: Int, _ block: Span<UInt32>, _ start: Int) -> Int64? {
        let place = start &+ 1 &+ dimensions.count &+ 2 &* index
        let biased = UInt64(block[place]) << 32 | UInt64(block[place &+ 1])
        return biased == 0 ? nil : Int64(bitPattern: biased ^ (1 << 63))
    }

    /// A row's multiplicity: how many facts it stands for; negative where it takes some back.
    @inlinable
    public func multiplicity(_ block: Span<UInt32>, _ start: Int) -> Int64 {
        let place = start &+ 1 &+ dimensions.count &+ 2 &* measures.count
        return Int64(bitPattern: UInt64(block[place]) << 32 | UInt64(block[place &+ 1]))
    }
}
