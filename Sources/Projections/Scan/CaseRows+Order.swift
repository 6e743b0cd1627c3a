import EventLog

// The order of a case's events: time as it was sent, then their source's own order between its own
// events, then rank, then sequence. All but the source's order is an order of any two events, so that
// rows are sorted by it; the source's order then says who goes first within an instant.

extension CaseRows {
    @inline(__always)
    private func precedes(_ left: Row, _ right: Row) -> Bool {
        if extras.contains(.nanoseconds), left.time == right.time {
            let nanoseconds = (payload[Int(left.payload) - 1], payload[Int(right.payload) - 1])
            if nanoseconds.0 != nanoseconds.1 { return nanoseconds.0 < nanoseconds.1 }
        }
        if left.place != right.place { return left.place < right.place }
        return left.sequence < right.sequence
    }

    /// Whether two rows are of one instant.
    @inline(__always)
    func areSimultaneous(_ left: Row, _ right: Row) -> Bool {
        left.time == right.time
            && (!extras.contains(.nanoseconds)
                || payload[Int(left.payload) - 1] == payload[Int(right.payload) - 1])
    }

    mutating func order() {
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
                break
            }
        }
        if extras.contains(.orders) { heedSources() }
    }

    /// Bottom-up merge sort, for cases whose events came in great disorder.
    private mutating func mergeSort() {
        spare.resize(
            to: count,
            filling: Row(time: 0, rank: 0, type: 0, mask: 0, sequence: 0, payload: 0))
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
}

// MARK: - The source's own order

extension CaseRows {
    /// Has the rows of each instant go as their sources say: see `EventOrder`.
    private mutating func heedSources() {
        var position = 0
        while position < count {
            var end = position + 1
            while end < count, areSimultaneous(self[position], self[end]) { end += 1 }
            if end - position > 1 { heedSources(position..<end) }
            position = end
        }
    }

    private mutating func heedSources(_ range: Range<Int>) {
        let old = range.map { self[$0] }
        let places = old.map { eventPlace(of: $0) }
        guard places.contains(where: { $0.source.source != nil }) else { return }
        for (position, place) in zip(range, EventOrder.ofInstant(places)) {
            rows[start + position] = old[place]
        }
    }

    /// Where a row stands among others of its case.
    func eventPlace(of row: Row) -> EventPlace {
        var place = EventPlace(
            time: row.time, nanoseconds: nanoseconds(of: row), rank: Int(row.rank),
            sequence: row.sequence)
        guard extras.contains(.orders) else { return place }
        let start = Int(row.payload) - extras.words
        place.source = OrderSource(word: payload[start])
        place.key = UInt64(payload[start + 1]) << 32 | UInt64(payload[start + 2])
        place.text = longOrders[row.sequence] ?? []
        return place
    }

    /// Whether two rows differ in nothing but when they were recorded, and in what their sources say of
    /// their order.
    func sayTheSame(_ left: Row, _ right: Row) -> Bool {
        left.stamp == right.stamp && left.mask == right.mask
            && (0..<UInt32(rules.wordsOfType[left.type])).allSatisfy {
                payload[Int(left.payload + $0)] == payload[Int(right.payload + $0)]
            }
    }
}
