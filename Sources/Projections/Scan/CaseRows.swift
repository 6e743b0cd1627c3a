/// The rows of many cases, one of which is looked at: its rows in order, and (for a long one) the
/// places where each selector holds.
package struct CaseRows: ~Copyable {
    package var rows: Buffer<Row>
    package var payload: Buffer<UInt32>
    /// What more than time and rank tells rows in order, and stands in the payload right before their
    /// own words: set before any row is added, where the log has it.
    package var extras = RowExtras()
    /// Whether some rows have orders of their sources that are longer than their keys, and by sequence
    /// those that had to be read.
    package var hasLongOrders = false
    package var longOrders: [UInt32: [UInt8]] = [:]
    /// Whether the rows of each case are all here, those included that nobody looks at: others may
    /// wait for them at an opening. Else `lacksRows` says whether the case at hand needs them.
    package var isWhole = false
    package internal(set) var lacksRows = false
    /// First row of the case looked at, and its number of rows.
    package internal(set) var start = 0
    package internal(set) var count = 0
    let selectors: Buffer<SelectorCode>
    /// Selector of a bit and type, as `bit << 6 | type`; -1 none.
    var selectorOfBit: Buffer<Int16>
    var isIndexed = false
    var listStarts: Buffer<Int32>
    var listEnds: Buffer<Int32>
    var positions: Buffer<Int32>
    var spare: Buffer<Row>
    /// What the rows of a case say beside each other.
    let rules: CaseRuleTables

    /// Cases of at least this many rows are indexed; below, running through them is quicker.
    private static let indexedFrom = 64

    package init(
        selectors codes: [SelectorCode], rules: CaseRules = CaseRules(),
        tables: RowTables = RowTables()
    ) {
        rows = Buffer()
        payload = Buffer()
        selectors = Buffer(codes)
        selectorOfBit = Buffer(repeating: -1, count: 64 * 64)
        listStarts = Buffer(repeating: 0, count: codes.count + 1)
        listEnds = Buffer(repeating: 0, count: codes.count + 1)
        positions = Buffer()
        spare = Buffer()
        self.rules = CaseRuleTables(rules, tables)
        for (index, code) in codes.enumerated() {
            for type in 0..<64 where code.types >> UInt64(type) & 1 != 0 {
                selectorOfBit[code.bit.trailingZeroBitCount << 6 | type] = Int16(index)
            }
        }
    }

    /// Looks at a case: puts its rows in order, has them say what they mean beside each other, and
    /// indexes them when they are many.
    ///
    /// - Parameter isPrepared: whether `share` did the first two.
    /// - Complexity: O(rows) when nearly in order already, else O(rows × log rows).
    package mutating func look(at start: Int, count: Int, isPrepared: Bool = false) {
        precondition(start >= 0 && count >= 0 && start + count <= rows.count, "out of bounds")
        self.start = start
        self.count = count
        if !isPrepared { prepare() }
        isIndexed = count >= CaseRows.indexedFrom
        if isIndexed { index() }
    }

    /// Prepares two stretches of rows and counts the leading rows that they share.
    ///
    /// - Returns: their number, and the bits of all rows that follow in either.
    package mutating func share(_ left: Range<Int>, _ right: Range<Int>) -> (Int, UInt64) {
        for stretch in [left, right] {
            precondition(stretch.lowerBound >= 0 && stretch.upperBound <= rows.count)
            start = stretch.lowerBound
            count = stretch.count
            prepare()
        }
        var shared = 0
        while shared < min(left.count, right.count),
            rows[left.lowerBound + shared] == rows[right.lowerBound + shared]
        { shared += 1 }
        var mask: UInt64 = 0
        for place in left.lowerBound + shared..<left.upperBound { mask |= rows[place].mask }
        for place in right.lowerBound + shared..<right.upperBound { mask |= rows[place].mask }
        return (shared, mask)
    }

    /// Puts the case's rows in order, then has them say what they mean beside each other.
    private mutating func prepare() {
        lacksRows = false
        order()
        if rules.isActive { applyRules() }
    }

    /// Forgets all rows.
    package mutating func clear() {
        rows.truncate(to: 0)
        payload.truncate(to: 0)
        hasLongOrders = false
        longOrders.removeAll()
    }

    /// A row of the case.
    @inline(__always)
    package subscript(position: Int) -> Row {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such row")
        return unsafe rows.base[start + position]
    }

    /// Whether a selector holds for a row of the case.
    @inline(__always)
    package func holds(_ selector: Int, at position: Int) -> Bool {
        selectors[selector].matches(self[position])
    }

    /// Every bit that some row of the case has: a quick test that a selector holds nowhere.
    package var union: UInt64 {
        var union: UInt64 = 0
        for position in 0..<count { union |= self[position].mask }
        return union
    }

    /// A value that went with a row, by its place (word × 2, plus 1 for an integer of two words);
    /// `Int64.min` when absent.
    @inline(__always)
    func value(_ place: Int32, of row: Row) -> Int64 {
        let word = Int(row.payload) + Int(place >> 1)
        let first = payload[word]
        if place & 1 == 0 { return first == 0 ? .min : Int64(first) }
        return Int64(bitPattern: UInt64(first) << 32 | UInt64(payload[word + 1]))
    }

    /// The bit of a selector.
    @inline(__always)
    package func bit(of selector: Int) -> UInt64 { selectors[selector].bit }
}
