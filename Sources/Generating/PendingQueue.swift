/// What happens next, in order of time: a heap of four children a node over single words.
///
/// A key is `time << 24 | slot`: 40 bits of milliseconds since the start of the span (34 years) and
/// the slot of the case it concerns. Two keys are never equal as a slot waits for one moment only,
/// so the order of equal times is settled by the slot, the same on every run.
struct PendingQueue: Sendable {
    private var keys: [UInt64] = []

    static let slotBits: UInt64 = 24
    static let slotLimit = 1 << 24
    static let timeLimit: Int64 = 1 << 40

    /// The least key; nil when nothing is pending.
    var first: UInt64? { keys.first }

    var count: Int { keys.count }

    static func key(time: Int64, slot: Int) -> UInt64 {
        UInt64(min(time, timeLimit - 1)) << slotBits | UInt64(slot)
    }

    static func time(of key: UInt64) -> Int64 { Int64(key >> slotBits) }

    static func slot(of key: UInt64) -> Int { Int(key & UInt64(slotLimit - 1)) }

    /// Adds a moment.
    ///
    /// - Complexity: O(log count).
    mutating func push(time: Int64, slot: Int) {
        let key = PendingQueue.key(time: time, slot: slot)
        var index = keys.count
        keys.append(key)
        while index > 0 {
            let parent = (index - 1) / 4
            if keys[parent] <= key { break }
            keys[index] = keys[parent]
            index = parent
        }
        keys[index] = key
    }

    /// Takes the least key out; the queue must not be empty.
    ///
    /// - Complexity: O(log count).
    mutating func removeFirst() -> UInt64 {
        let result = keys[0]
        let last = keys.removeLast()
        if keys.isEmpty { return result }
        let count = keys.count
        var index = 0
        while true {
            let firstChild = index * 4 + 1
            if firstChild >= count { break }
            var least = firstChild
            var leastKey = keys[firstChild]
            var child = firstChild + 1
            while child < min(firstChild + 4, count) {
                if keys[child] < leastKey {
                    least = child
                    leastKey = keys[child]
                }
                child += 1
            }
            if last <= leastKey { break }
            keys[index] = leastKey
            index = least
        }
        keys[index] = last
        return result
    }

    mutating func removeAll() { keys.removeAll() }
}
