/// Sorts 64-bit keys with a 32-bit value each, stably, by key; memory is kept between sorts.
///
/// Least significant digit first, in 11-bit digits, skipping digits in which all keys agree.
@safe final class RadixSort: @unchecked Sendable {
    // Sendable because one appending thread uses it at a time.
    private var keys: UnsafeMutablePointer<UInt64>
    private var values: UnsafeMutablePointer<UInt32>
    private var otherKeys: UnsafeMutablePointer<UInt64>
    private var otherValues: UnsafeMutablePointer<UInt32>
    private var capacity = 0
    /// Pairs at hand.
    private(set) var count = 0

    init() {
        unsafe keys = .allocate(capacity: 0)
        unsafe values = .allocate(capacity: 0)
        unsafe otherKeys = .allocate(capacity: 0)
        unsafe otherValues = .allocate(capacity: 0)
    }

    deinit { free() }

    private func free() {
        unsafe keys.deallocate()
        unsafe values.deallocate()
        unsafe otherKeys.deallocate()
        unsafe otherValues.deallocate()
    }

    /// Forgets all pairs and makes room for so many.
    func reset(capacity wanted: Int) {
        count = 0
        guard wanted > capacity else { return }
        free()
        capacity = wanted + wanted / 2
        unsafe keys = .allocate(capacity: capacity)
        unsafe values = .allocate(capacity: capacity)
        unsafe otherKeys = .allocate(capacity: capacity)
        unsafe otherValues = .allocate(capacity: capacity)
    }

    /// Adds a pair.
    @inline(__always)
    func add(_ key: UInt64, _ value: UInt32) {
        precondition(count < capacity, "more pairs than room was made for")
        unsafe keys[count] = key
        unsafe values[count] = value
        count &+= 1
    }

    /// The places of a key, after `sort`.
    ///
    /// - Complexity: O(log pairs), and the number of places.
    func places(of key: UInt64) -> Range<Int> {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self.key(middle) < key { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < count, self.key(end) == key { end += 1 }
        return low..<end
    }

    /// The key at a place.
    @inline(__always)
    func key(_ place: Int) -> UInt64 {
        precondition(place >= 0 && place < count, "place outside the pairs")
        return unsafe keys[place]
    }

    /// The value at a place.
    @inline(__always)
    func value(_ place: Int) -> UInt32 {
        precondition(place >= 0 && place < count, "place outside the pairs")
        return unsafe values[place]
    }

    /// All keys, in their present order.
    var sortedKeys: [UInt64] {
        unsafe [UInt64](UnsafeBufferPointer(start: keys, count: count))
    }

    /// Sorts the pairs by key; equal keys keep their order.
    ///
    /// - Complexity: O(count).
    func sort() {
        guard count > 1 else { return }
        var histogram = [Int](repeating: 0, count: 6 * 2048)
        for place in 0..<count {
            let key = unsafe keys[place]
            for digit in 0..<6 {
                histogram[digit << 11 | Int(truncatingIfNeeded: key >> (11 * digit)) & 2047] &+= 1
            }
        }
        for digit in 0..<6 {
            let start = digit << 11
            let shift = UInt64(11 * digit)
            let first = Int(truncatingIfNeeded: unsafe keys[0] >> shift) & 2047
            if histogram[start + first] == count { continue }
            var sum = 0
            for bucket in start..<start + 2048 {
                let here = histogram[bucket]
                histogram[bucket] = sum
                sum += here
            }
            for place in 0..<count {
                let key = unsafe keys[place]
                let bucket = start | Int(truncatingIfNeeded: key >> shift) & 2047
                let target = histogram[bucket]
                histogram[bucket] = target &+ 1
                unsafe otherKeys[target] = key
                unsafe otherValues[target] = unsafe values[place]
            }
            unsafe swap(&keys, &otherKeys)
            unsafe swap(&values, &otherValues)
        }
    }
}
