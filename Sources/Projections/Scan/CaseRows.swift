/// The rows of many cases, one of which is looked at: its rows in order, and (for a long one) the
/// places where each selector holds.
package struct CaseRows: ~Copyable {
    package var rows: Buffer<Row>
    package var payload: Buffer<UInt32>
    /// Whether each row's nanoseconds beyond its millisecond stand in the payload, right before its
    /// own: set before any row is added, where the log has times that need them.
    package var isExact = false
    /// First row of the case looked at, and its number of rows.
    package private(set) var start = 0
    package private(set) var count = 0
    private let selectors: Buffer<SelectorCode>
    /// Selector of a bit and type, as `bit << 6 | type`; -1 none.
    private var selectorOfBit: Buffer<Int16>
    private var isIndexed = false
    private var listStarts: Buffer<Int32>
    private var listEnds: Buffer<Int32>
    private var positions: Buffer<Int32>
    private var spare: Buffer<Row>

    /// Cases of at least this many rows are indexed; below, running through them is quicker.
    private static let indexedFrom = 64

    package init(selectors codes: [SelectorCode]) {
        rows = Buffer()
        payload = Buffer()
        selectors = Buffer(codes)
        selectorOfBit = Buffer(repeating: -1, count: 64 * 64)
        listStarts = Buffer(repeating: 0, count: codes.count + 1)
        listEnds = Buffer(repeating: 0, count: codes.count + 1)
        positions = Buffer()
        spare = Buffer()
        for (index, code) in codes.enumerated() {
            for type in 0..<64 where code.types >> UInt64(type) & 1 != 0 {
                selectorOfBit[code.bit.trailingZeroBitCount << 6 | type] = Int16(index)
            }
        }
    }

    /// Looks at a case: puts its rows in order and indexes them when they are many.
    ///
    /// - Complexity: O(rows) when nearly in order already, else O(rows × log rows).
    package mutating func look(at start: Int, count: Int) {
        precondition(start >= 0 && count >= 0 && start + count <= rows.count, "out of bounds")
        self.start = start
        self.count = count
        order()
        isIndexed = count >= CaseRows.indexedFrom
        if isIndexed { index() }
    }

    /// Puts two stretches of rows in order and counts the leading rows that they share.
    ///
    /// - Returns: their number, and the bits of all rows that follow in either.
    package mutating func share(_ left: Range<Int>, _ right: Range<Int>) -> (Int, UInt64) {
        for stretch in [left, right] {
            precondition(stretch.lowerBound >= 0 && stretch.upperBound <= rows.count)
            start = stretch.lowerBound
            count = stretch.count
            order()
        }
        var shared = 0
        while shared < min(left.count, right.count),
            rows[left.lowerBound + shared].sequence == rows[right.lowerBound + shared].sequence
        { shared += 1 }
        var mask: UInt64 = 0
        for place in left.lowerBound + shared..<left.upperBound { mask |= rows[place].mask }
        for place in right.lowerBound + shared..<right.upperBound { mask |= rows[place].mask }
        return (shared, mask)
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

    /// The bit of a selector.
    @inline(__always)
    package func bit(of selector: Int) -> UInt64 { selectors[selector].bit }
}

// MARK: - Order

extension CaseRows {
    /// The order of a case's events: time as it was sent, then sequence.
    @inline(__always)
    private func precedes(_ left: Row, _ right: Row) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if isExact {
            let nanoseconds = (payload[Int(left.payload) - 1], payload[Int(right.payload) - 1])
            if nanoseconds.0 != nanoseconds.1 { return nanoseconds.0 < nanoseconds.1 }
        }
        return left.sequence < right.sequence
    }

    private mutating func order() {
        // Mostly sorted already: insertion, unless that moves too many rows.
        var moves = 4 * count + 64
        var position = 1
        let first = unsafe rows.base + start
        while position < count {
            let row = unsafe first[position]
            var place = position
            while place > 0, unsafe precedes(row, first[place - 1]) {
                unsafe first[place] = first[place - 1]
                place -= 1
            }
            unsafe first[place] = row
            moves -= position - place
            position += 1
            if moves < 0 {
                mergeSort()
                return
            }
        }
    }

    /// Bottom-up merge sort, for cases whose events came in great disorder.
    private mutating func mergeSort() {
        spare.resize(
            to: count, filling: Row(time: 0, type: 0, mask: 0, sequence: 0, payload: 0))
        var source = unsafe rows.base + start
        var target = unsafe spare.base
        var width = 1
        while width < count {
            var low = 0
            while low < count {
                let middle = min(low + width, count)
                let high = min(low + 2 * width, count)
                var left = low
                var right = middle
                var out = low
                while left < middle, right < high {
                    if unsafe precedes(source[right], source[left]) {
                        unsafe target[out] = source[right]
                        right += 1
                    } else {
                        unsafe target[out] = source[left]
                        left += 1
                    }
                    out += 1
                }
                while left < middle {
                    unsafe target[out] = source[left]
                    left += 1
                    out += 1
                }
                while right < high {
                    unsafe target[out] = source[right]
                    right += 1
                    out += 1
                }
                low = high
            }
            unsafe swap(&source, &target)
            width *= 2
        }
        if unsafe source == spare.base {
            unsafe (rows.base + start).update(from: source, count: count)
        }
    }

    private mutating func index() {
        listEnds.fill(0)
        let first = unsafe rows.base + start
        for position in 0..<count {
            let row = unsafe first[position]
            var rest = row.mask
            while rest != 0 {
                let bit = rest.trailingZeroBitCount
                rest &= rest - 1
                let selector = Int(selectorOfBit[bit << 6 | row.type])
                if selector >= 0 { listEnds[selector] += 1 }
            }
        }
        var total: Int32 = 0
        for selector in 0..<listEnds.count {
            let length = listEnds[selector]
            listStarts[selector] = total
            listEnds[selector] = total
            total += length
        }
        positions.resize(to: Int(total), filling: 0)
        for position in 0..<count {
            let row = unsafe first[position]
            var rest = row.mask
            while rest != 0 {
                let bit = rest.trailingZeroBitCount
                rest &= rest - 1
                let selector = Int(selectorOfBit[bit << 6 | row.type])
                if selector >= 0 {
                    positions[Int(listEnds[selector])] = Int32(position)
                    listEnds[selector] += 1
                }
            }
        }
    }
}

// MARK: - Search

extension CaseRows {
    /// The first row in `low..<high` for which a selector holds; -1 none.
    @inline(__always)
    package func first(_ selector: Int, _ low: Int, _ high: Int) -> Int {
        if isIndexed {
            let place = lowerBound(selector, low)
            guard place < Int(listEnds[selector]) else { return -1 }
            let position = Int(positions[place])
            return position < high ? position : -1
        }
        let code = selectors[selector]
        let end = min(high, count)
        var position = max(low, 0)
        while position < end {
            if unsafe code.matches(rows.base[start + position]) { return position }
            position += 1
        }
        return -1
    }

    /// The last row in `low..<high` for which a selector holds; -1 none.
    @inline(__always)
    package func last(_ selector: Int, _ low: Int, _ high: Int) -> Int {
        if isIndexed {
            let place = lowerBound(selector, high) - 1
            guard place >= Int(listStarts[selector]) else { return -1 }
            let position = Int(positions[place])
            return position >= low ? position : -1
        }
        let code = selectors[selector]
        let end = max(low, 0)
        var position = min(high, count) - 1
        while position >= end {
            if unsafe code.matches(rows.base[start + position]) { return position }
            position -= 1
        }
        return -1
    }

    /// The number of rows in `low..<high` for which a selector holds.
    package func count(_ selector: Int, _ low: Int, _ high: Int) -> Int {
        guard low < high else { return 0 }
        if isIndexed { return lowerBound(selector, high) - lowerBound(selector, low) }
        let code = selectors[selector]
        var total = 0
        var position = max(low, 0)
        while position < min(high, count) {
            if unsafe code.matches(rows.base[start + position]) { total += 1 }
            position += 1
        }
        return total
    }

    /// The first place in a selector's list whose row is at or after `position`.
    private func lowerBound(_ selector: Int, _ position: Int) -> Int {
        var low = Int(listStarts[selector])
        var high = Int(listEnds[selector])
        while low < high {
            let middle = (low + high) >> 1
            if Int(positions[middle]) < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first row in `low..<high` at or after an instant; `high` when there is none.
    package func firstRow(from time: Int64, _ low: Int, _ high: Int) -> Int {
        var low = low
        var high = high
        while low < high {
            let middle = (low + high) >> 1
            if self[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
