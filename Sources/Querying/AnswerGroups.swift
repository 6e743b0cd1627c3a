/// The groups of an answer: projections keep dimension values under their own ids, here they meet by
/// their texts.
struct AnswerGroups {
    private var table: GroupTable
    private var texts: [String] = []
    private var idByText: [String: UInt32] = [:]

    init(width: Int) {
        table = GroupTable(width: width)
        // Without dimensions there is one group, facts or none.
        if width == 0 { _ = table.group(of: []) }
    }

    /// How many there are.
    var count: Int { table.count }

    /// The values of a group.
    func texts(of group: Int) -> [String] { table.key(group).map { texts[Int($0)] } }

    /// The groups of a scan's keys, new ones added.
    ///
    /// - Complexity: O(keys), and a text for each different value.
    mutating func add(_ keys: GroupTable, of plan: ProjectionPlan) throws -> [Int] {
        if table.width == 0 { return [Int](repeating: 0, count: keys.count) }
        var known = [[UInt32: UInt32]](repeating: [:], count: keys.width)
        var key = [UInt32](repeating: 0, count: keys.width)
        var groups: [Int] = []
        groups.reserveCapacity(keys.count)
        for group in 0..<keys.count {
            for (place, id) in keys.key(group).enumerated() {
                if let found = known[place][id] {
                    key[place] = found
                } else {
                    key[place] = intern(try plan.text(of: id, atKey: place))
                    known[place][id] = key[place]
                }
            }
            groups.append(table.group(of: key))
        }
        return groups
    }

    /// The groups by some of their dimensions, by these places in the key, and which of them each of
    /// these groups is part of.
    ///
    /// - Complexity: O(groups).
    func joined(by places: [Int]) -> (groups: AnswerGroups, parts: [Int]) {
        var joined = AnswerGroups(width: places.count)
        (joined.texts, joined.idByText) = (texts, idByText)
        let parts = (0..<count).map { group in
            let key = table.key(group)
            return joined.table.group(of: places.map { key[key.startIndex + $0] })
        }
        return (joined, parts)
    }

    private mutating func intern(_ text: String) -> UInt32 {
        if let id = idByText[text] { return id }
        let id = UInt32(texts.count)
        texts.append(text)
        idByText[text] = id
        return id
    }

    /// Every value of a dimension, by its place in the key.
    func values(at place: Int) -> Set<String> {
        Set((0..<count).map { texts[Int(table.key($0)[table.key($0).startIndex + place])] })
    }

    /// All groups, by name without regard to case (hours and weekdays by number), nobody last.
    ///
    /// - Parameter names: what people call the values, for each dimension.
    func sorted(naming names: [[String: String]]) -> [Int] {
        let orders = names.map { names in
            var order = [Int](repeating: 0, count: texts.count)
            let folded = texts.map { text in
                let shown = names[text] ?? text
                return (text.isEmpty ? 1 : 0, Int(shown) ?? .max, shown.lowercased(), shown, text)
            }
            let sorted = texts.indices.sorted { folded[$0] < folded[$1] }
            for (place, text) in sorted.enumerated() { order[text] = place }
            return order
        }
        return (0..<count).sorted { left, right in
            let (first, second) = (table.key(left), table.key(right))
            for (place, order) in orders.enumerated() {
                let one = first[first.startIndex + place]
                let other = second[second.startIndex + place]
                if one != other { return order[Int(one)] < order[Int(other)] }
            }
            return false
        }
    }
}
