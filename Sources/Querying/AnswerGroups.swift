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
                    let text = try plan.source.text(
                        ofDimension: plan.keyColumns[place] - 1, id: id)
                    key[place] = intern(text)
                    known[place][id] = key[place]
                }
            }
            groups.append(table.group(of: key))
        }
        return groups
    }

    private mutating func intern(_ text: String) -> UInt32 {
        if let id = idByText[text] { return id }
        let id = UInt32(texts.count)
        texts.append(text)
        idByText[text] = id
        return id
    }

    /// All groups, by name without regard to case (hours and weekdays by number), nobody last.
    func sorted(_ dimensions: [AnswerDimension]) -> [Int] {
        var order = [Int](repeating: 0, count: texts.count)
        let folded = texts.map { ($0.isEmpty ? 1 : 0, Int($0) ?? .max, $0.lowercased(), $0) }
        for (place, text) in texts.indices.sorted(by: { folded[$0] < folded[$1] }).enumerated() {
            order[text] = place
        }
        return (0..<count).sorted { left, right in
            for (first, second) in zip(table.key(left), table.key(right)) where first != second {
                return order[Int(first)] < order[Int(second)]
            }
            return false
        }
    }
}
