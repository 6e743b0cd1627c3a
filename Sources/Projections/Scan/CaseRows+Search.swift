extension CaseRows {
    /// Notes where each selector holds in the case looked at.
    mutating func index() {
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
    @inline(__always)
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
    @inline(__always)
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
    @inline(__always)
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
