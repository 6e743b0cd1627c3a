import EventModel

/// What people answered who are not to be known: entries that are never shown one by one.
extension LogView {
    /// Whether an entry is one of them.
    package func isAnswer(_ sequence: UInt32) throws -> Bool {
        let segment = try segment(containing: sequence)
        let row = Int(sequence - segment.first)
        let type = segment.types[row]
        guard types.schemas[Int(type)].mayAnswer else { return false }
        return types.isAnswer(type, ofCase: try subject(ofCase: segment.cases[row]))
    }

    /// Those among the first `count` entries, ascending.
    ///
    /// - Complexity: O(entries), two bytes of each in the segments that hold events of types that may
    ///   tell answers, and O(these events).
    package func answers(upTo count: UInt32) throws -> [UInt32] {
        var found: [UInt32] = []
        for (id, schema) in types.schemas.enumerated() where schema.mayAnswer {
            found += try anonymousEntries(ofType: UInt16(id), upTo: count)
        }
        return found.sorted()
    }

    /// The entries of a type whose cases are people who are not to be known, among the first `count`.
    func anonymousEntries(ofType type: UInt16, upTo count: UInt32) throws -> [UInt32] {
        var isAnonymous: [UInt32: Bool] = [:]
        var found: [UInt32] = []
        for entry in try entries(ofType: type, upTo: count) {
            if isAnonymous[entry.caseID] == nil {
                isAnonymous[entry.caseID] = EventTypes.isAnonymous(
                    try subject(ofCase: entry.caseID))
            }
            if isAnonymous[entry.caseID] == true { found.append(entry.sequence) }
        }
        return found
    }
}
