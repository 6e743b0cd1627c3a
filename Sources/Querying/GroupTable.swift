/// Finds the dense number of a tuple of UInt32 words, in order of first appearance: what groups rows
/// by packed dimension values. Open addressing over flat arrays; a single small word is looked up
/// directly.
struct GroupTable {
    /// Words of a key.
    let width: Int
    /// How many keys there are.
    private(set) var count = 0
    /// The keys, `width` words each.
    private(set) var keys: [UInt32] = []
    /// Group by word, for keys of one word below `directLimit`; −1 none.
    private var direct: [Int32] = []
    /// Groups by hash, a power of two of places; −1 empty.
    private var places: [Int32]

    private static let directLimit: UInt32 = 1 << 20

    init(width: Int) {
        self.width = width
        places = [Int32](repeating: -1, count: 64)
    }

    /// Memory it takes.
    var byteCount: Int { (keys.count + direct.count + places.count) * 4 }

    /// The words of a group's key.
    func key(_ group: Int) -> ArraySlice<UInt32> { keys[group * width..<(group + 1) * width] }

    /// The group of a key, a new one where it was never seen.
    ///
    /// - Complexity: amortised O(width).
    mutating func group(of key: [UInt32]) -> Int {
        if width == 0 {
            count = 1
            return 0
        }
        if width == 1, key[0] < GroupTable.directLimit {
            let word = Int(key[0])
            if word >= direct.count {
                let room = max(word + 1, direct.count * 2) - direct.count
                direct.append(contentsOf: repeatElement(-1, count: room))
            }
            if direct[word] < 0 {
                direct[word] = Int32(count)
                keys.append(key[0])
                count += 1
            }
            return Int(direct[word])
        }
        if count * 2 >= places.count { grow() }
        var place = GroupTable.hash(key, 0, width) & (places.count - 1)
        while places[place] >= 0 {
            if isEqual(Int(places[place]), key) { return Int(places[place]) }
            place = (place + 1) & (places.count - 1)
        }
        places[place] = Int32(count)
        keys.append(contentsOf: key)
        count += 1
        return count - 1
    }

    private func isEqual(_ group: Int, _ key: [UInt32]) -> Bool {
        let start = group * width
        for index in 0..<width where keys[start + index] != key[index] { return false }
        return true
    }

    private mutating func grow() {
        places = [Int32](repeating: -1, count: places.count * 4)
        for group in 0..<count where width > 1 || keys[group] >= GroupTable.directLimit {
            var place = GroupTable.hash(keys, group * width, width) & (places.count - 1)
            while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(group)
        }
    }

    private static func hash(_ words: [UInt32], _ start: Int, _ width: Int) -> Int {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for index in start..<start + width {
            let product = (state ^ UInt64(words[index]))
                .multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
            state = product.high ^ product.low
        }
        return Int(truncatingIfNeeded: state >> 1)
    }
}
