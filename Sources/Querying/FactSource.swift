package import EventModel
package import Projections

/// One dimension of a projection's rows.
package struct FactDimension: Hashable, Sendable {
    /// What its values are, which decides how they are sorted and shown.
    package enum Kind: Hashable, Sendable {
        case text
        /// 0–23.
        case hour
        /// 1 Monday to 7 Sunday.
        case weekday
    }

    package var name: String
    package var kind: Kind
    /// Its values, where the definition or the schema lists them all.
    package var listed: [String] = []
    /// Whether its values are cases, called by their kind and name.
    package var namesKinds = false

    package init(name: String, kind: Kind = .text) {
        self.name = name
        self.kind = kind
    }
}

/// What a projection's rows hold.
///
/// A row is flat UInt32 words: the day (biased by 2^31), one word per dimension, two per measure
/// (big word first, biased by 2^63; absent is `Int64.min`), and two for the signed multiplicity.
package struct FactLayout: Hashable, Sendable {
    /// The projection's name and the version that answers.
    package var projection: String
    package var version: Int
    package var dimensions: [FactDimension]
    package var measures: [String]
    /// Whether the rows are a stock's flows.
    package var isStock: Bool
    /// Whether its cases are people who are not to be known.
    package var isAnonymous: Bool
    /// The dimension that says the currency, by the place of a measure that is money.
    package var currencies: [Int: Int]
    /// For how long its facts may still change.
    package var reach: Reach
    /// The same for what measures hold, where that is longer.
    package var reachOfMeasures: [Int: Reach]
    /// Windows after the fact whose length a field says.
    package var windows: [FieldWindow] = []
    /// The same for what measures hold.
    package var windowsOfMeasures: [Int: [FieldWindow]] = [:]
    /// The calendars by which it is decided what a fact is.
    package var calendars: [CalendarVersion] = []
    /// The same for what measures hold.
    package var calendarsOfMeasures: [Int: [CalendarVersion]] = [:]
    /// What measures hold, where that is known: only values of one kind can be counted together.
    package var kinds: [Int: CellLayout.MeasureKind] = [:]

    /// A window after a fact.
    package struct FieldWindow: Hashable, Sendable {
        /// The measure that holds how many units it is long.
        package var measure: Int
        /// What a unit is.
        package var millisecondsPerUnit: Int64

        package init(measure: Int, millisecondsPerUnit: Int64) {
            self.measure = measure
            self.millisecondsPerUnit = millisecondsPerUnit
        }
    }

    package init(
        projection: String, version: Int, dimensions: [FactDimension], measures: [String],
        isStock: Bool = false, isAnonymous: Bool = false, currencies: [Int: Int] = [:],
        reach: Reach = Reach(), reachOfMeasures: [Int: Reach] = [:]
    ) {
        self.projection = projection
        self.version = version
        self.dimensions = dimensions
        self.measures = measures
        self.isStock = isStock
        self.isAnonymous = isAnonymous
        self.currencies = currencies
        self.reach = reach
        self.reachOfMeasures = reachOfMeasures
    }

    /// Words of a row.
    package var stride: Int { 1 + dimensions.count + 2 * measures.count + 2 }

    /// Where a measure's first word stands.
    package func offset(ofMeasure index: Int) -> Int { 1 + dimensions.count + 2 * index }

    /// The measure whose first word stands there.
    package func measure(atOffset offset: Int) -> Int { (offset - 1 - dimensions.count) / 2 }
}

/// The facts a query reads: the live version of one projection.
package protocol FactSource {
    /// What its rows hold.
    var layout: FactLayout { get }

    /// Lends the rows of some days in blocks of whole rows, in any order, not merged: equal rows may
    /// come several times, with multiplicities that cancel. Rows of other days may be among them.
    func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws

    /// The text of a dimension's value; "" for 0, which is absent or nobody.
    func text(ofDimension index: Int, id: UInt32) throws -> String

    /// The words that stand for a text; none where no row can have it, and two where names of two
    /// sorts are alike, of which the dimension has one.
    func ids(ofDimension index: Int, text: String) throws -> [UInt32]

    /// Its rows hold the facts of the log's first so many entries; nil: of all.
    var position: UInt32? { get }

    /// Every value of a dimension that occurs in some row, in order of id.
    func occurringIDs(ofDimension index: Int) throws -> [UInt32]

    /// Whether a value of a dimension occurs in some row.
    func occurs(_ id: UInt32, inDimension index: Int) throws -> Bool
}

extension FactSource {
    package var position: UInt32? { nil }

    /// The days of every row there can be.
    package static var allDays: Range<Day> { Day(number: -1_000_000)..<Day(number: 4_000_000) }

    package func occurringIDs(ofDimension index: Int) throws -> [UInt32] {
        try scannedIDs(ofDimension: index)
    }

    /// - Complexity: O(rows before the first that has it).
    package func occurs(_ id: UInt32, inDimension index: Int) throws -> Bool {
        let stride = layout.stride
        do {
            try scan(days: Self.allDays) { rows in
                var at = 1 + index
                while at < rows.count {
                    if rows[at] == id { throw FoundInScan() }
                    at += stride
                }
            }
        } catch is FoundInScan { return true }
        return false
    }

    /// Every value of a dimension that a scan meets, in order of id: also where its rows cancel.
    ///
    /// - Complexity: O(rows); one word of each is read.
    func scannedIDs(ofDimension index: Int) throws -> [UInt32] {
        let stride = layout.stride
        var seen: [Bool] = []
        var large: Set<UInt32> = []
        var last: UInt32?
        try scan(days: Self.allDays) { rows in
            var at = 1 + index
            while at < rows.count {
                let id = rows[at]
                at += stride
                if id == last { continue }
                last = id
                guard id < 1 << 24 else {
                    large.insert(id)
                    continue
                }
                if Int(id) >= seen.count {
                    seen.append(
                        contentsOf: repeatElement(false, count: Int(id) + 1024 - seen.count))
                }
                seen[Int(id)] = true
            }
        }
        return seen.indices.filter { seen[$0] }.map { UInt32($0) } + large.sorted()
    }
}

/// Ends a scan that found what it looked for.
private struct FoundInScan: Error {}
