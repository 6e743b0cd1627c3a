/// Sorts rows of cells by their keys and adds equal ones up. One per worker: it keeps its memory.
package struct CellSorter: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// Two words of the key.
        var key: UInt64
        var row: UInt32
    }
    private var entries = Buffer<Entry>()
    private var spare = Buffer<Entry>()
    private var counts = Buffer<UInt32>(repeating: 0, count: 256)

    package init() {}

    /// Sorts rows and appends them, equal keys added up and zeros left out, to `output`.
    ///
    /// - Complexity: O(rows × words) for the radix passes and comparisons among equal prefixes.
    /// - Throws: `CellOverflow` when multiplicities add up to more than 64 bits.
    package mutating func sort(
        _ rows: borrowing Buffer<UInt32>, words: Int, into output: inout Buffer<UInt32>
    ) throws(CellOverflow) {
        let count = rows.count / words
        precondition(count * words == rows.count, "whole rows")
        guard count > 0 else { return }
        let dummy = Entry(key: 0, row: 0)
        entries.resize(to: count, filling: dummy)
        spare.resize(to: count, filling: dummy)
        for row in 0..<count { entries[row].row = UInt32(row) }
        sortRange(0, count, 0, rows, words)
        let start = output.count
        for place in 0..<count {
            let row = Int(entries[place].row) * words
            try unsafe CellSorter.add(rows.base + row, words: words, to: &output, from: start)
        }
        CellSorter.dropZero(words: words, in: &output, from: start)
        entries.removeAll(keepingAtMost: 1 << 20)
        spare.removeAll(keepingAtMost: 1 << 20)
    }

    /// Sorts entries `low..<high`, which agree before `word`, by the words from there on.
    private mutating func sortRange(
        _ low: Int, _ high: Int, _ word: Int, _ rows: borrowing Buffer<UInt32>, _ words: Int
    ) {
        let keyWords = words - 2
        let source = unsafe rows.base
        let entry = unsafe entries.base
        for place in low..<high {
            let start = Int(unsafe entry[place].row) * words + word
            let first = UInt64(unsafe source[start]) << 32
            let second = word + 1 < keyWords ? UInt64(unsafe source[start + 1]) : 0
            unsafe entry[place].key = first | second
        }
        if high - low > 512 { radixSort(low, high) } else { quickSort(low, high) }
        guard word + 2 < keyWords else { return }
        var start = low
        while start < high {
            let key = unsafe entry[start].key
            var end = start + 1
            while end < high, unsafe entry[end].key == key { end += 1 }
            if end - start > 1 { sortRange(start, end, word + 2, rows, words) }
            start = end
        }
    }

    /// Least significant byte first; bytes that all keys share cost nothing but a look.
    private mutating func radixSort(_ low: Int, _ high: Int) {
        var source = unsafe entries.base
        var target = unsafe spare.base
        var different: UInt64 = 0
        let first = unsafe source[low].key
        for place in low..<high { different |= unsafe source[place].key ^ first }
        var shift: UInt64 = 0
        while shift < 64 {
            defer { shift += 8 }
            guard different >> shift & 0xFF != 0 else { continue }
            counts.fill(0)
            let count = unsafe counts.base
            for place in low..<high {
                let byte = Int(truncatingIfNeeded: unsafe source[place].key >> shift & 0xFF)
                unsafe count[byte] += 1
            }
            var total = UInt32(low)
            for byte in 0..<256 {
                let number = unsafe count[byte]
                unsafe count[byte] = total
                total += number
            }
            for place in low..<high {
                let value = unsafe source[place]
                let byte = Int(truncatingIfNeeded: value.key >> shift & 0xFF)
                let position = Int(unsafe count[byte])
                unsafe target[position] = value
                unsafe count[byte] += 1
            }
            unsafe swap(&source, &target)
        }
        if unsafe source != entries.base {
            unsafe (entries.base + low).update(from: source + low, count: high - low)
        }
    }

    private mutating func quickSort(_ low: Int, _ high: Int) {
        let entry = unsafe entries.base
        var low = low
        var high = high
        while high - low > 24 {
            let pivot = median(low, high)
            var left = low
            var right = high - 1
            while left <= right {
                while unsafe entry[left].key < pivot { left += 1 }
                while unsafe pivot < entry[right].key { right -= 1 }
                if left <= right {
                    let moved = unsafe entry[left]
                    unsafe entry[left] = unsafe entry[right]
                    unsafe entry[right] = moved
                    left += 1
                    right -= 1
                }
            }
            // The smaller side by recursion, so that the stack stays shallow.
            if right + 1 - low < high - left {
                quickSort(low, right + 1)
                low = left
            } else {
                quickSort(left, high)
                high = right + 1
            }
        }
        var place = low + 1
        while place < high {
            let value = unsafe entry[place]
            var position = place
            while position > low, unsafe value.key < entry[position - 1].key {
                unsafe entry[position] = unsafe entry[position - 1]
                position -= 1
            }
            unsafe entry[position] = value
            place += 1
        }
    }

    private func median(_ low: Int, _ high: Int) -> UInt64 {
        let entry = unsafe entries.base
        let first = unsafe entry[low].key
        let middle = unsafe entry[(low + high) / 2].key
        let last = unsafe entry[high - 1].key
        return max(min(first, middle), min(max(first, middle), last))
    }
}

/// Multiplicities that add up to more than 64 bits.
package struct CellOverflow: Error {}

// MARK: - Adding rows up

extension CellSorter {
    /// Appends a row that is not before the last one: adds it up with an equal one, and takes the
    /// last one away again when it came to zero.
    ///
    /// - Parameter row: `words` words.
    @inline(__always)
    static func add(
        _ row: UnsafePointer<UInt32>, words: Int, to output: inout Buffer<UInt32>,
        from start: Int
    ) throws(CellOverflow) {
        if output.count > start {
            let last = output.count - words
            let before = unsafe output.base + last
            precondition(last >= start, "whole rows")
            if unsafe isEqual(row, before, words - 2) {
                let (sum, overflow) = unsafe multiplicity(row, words)
                    .addingReportingOverflow(multiplicity(before, words))
                guard !overflow else { throw CellOverflow() }
                output[last + words - 2] = UInt32(truncatingIfNeeded: sum >> 32)
                output[last + words - 1] = UInt32(truncatingIfNeeded: sum)
                return
            }
            dropZero(words: words, in: &output, from: start)
        }
        unsafe output.append(UnsafeBufferPointer(start: row, count: words).span)
    }

    static func dropZero(words: Int, in output: inout Buffer<UInt32>, from start: Int) {
        let last = output.count - words
        guard last >= start else { return }
        if unsafe multiplicity(output.base + last, words) == 0 { output.truncate(to: last) }
    }

    @inline(__always)
    private static func multiplicity(_ row: UnsafePointer<UInt32>, _ words: Int) -> Int64 {
        unsafe Int64(bitPattern: UInt64(row[words - 2]) << 32 | UInt64(row[words - 1]))
    }

    @inline(__always)
    private static func isEqual(
        _ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>, _ keyWords: Int
    ) -> Bool {
        var word = keyWords - 1
        while word >= 0 {
            if unsafe left[word] != right[word] { return false }
            word -= 1
        }
        return true
    }
}
