package import EventModel

/// A doubt that an import told, as the log keeps it (`ingest.recorded`).
package struct ToldDoubt: Hashable, Sendable {
    /// What is doubtful.
    package var kind: DoubtKind
    /// How many rows or events of the input.
    package var count: Int
    /// The first line; nil where it was not kept.
    package var line: Int?
    /// The first cases; none that are persons.
    package var cases: [String]
    /// The entry that keeps it.
    package var sequence: UInt32
    /// The input's name.
    package var input: String
}

extension LogView {
    /// What imports told of inputs that their events no longer show, by some entries of the log.
    ///
    /// - Complexity: O(imports since the first of the entries).
    package func toldDoubts(in entries: Range<UInt32>) throws -> [ToldDoubt] {
        guard let id = try caseID("log/ingest"), var sequence = try lastSequence(ofCase: id) else {
            return []
        }
        var told: [ToldDoubt] = []
        while sequence != .max, sequence >= entries.lowerBound {
            let segment = try segment(containing: sequence)
            if entries.contains(sequence) { told += try toldDoubts(by: sequence) }
            sequence = segment.previous[Int(sequence - segment.first)]
        }
        return told.sorted { $0.sequence < $1.sequence }
    }

    private func toldDoubts(by sequence: UInt32) throws -> [ToldDoubt] {
        let entry = try JSONValue(
            parsing: String(decoding: try revealedEntry(sequence), as: UTF8.self))
        guard case .string(let text)? = entry["data"]?["doubts"],
            case .object(let members)? = try? JSONValue(parsing: text)
        else { return [] }
        var input = ""
        if case .string(let name)? = entry["data"]?["input"] { input = name }
        return members.compactMap { member in
            let kind = DoubtKind(rawValue: String(member.key.prefix { $0 != " " }))
            guard let kind, kind.isOfInputs else { return nil }
            // A number, or an object with the first line and cases.
            func number(_ value: JSONValue?) -> Int? {
                guard case .number(let digits)? = value else { return nil }
                return Int(digits)
            }
            guard let count = number(member.value) ?? number(member.value["count"]) else {
                return nil
            }
            var cases: [String] = []
            if case .array(let values)? = member.value["cases"] {
                for case .string(let subject) in values { cases.append(subject) }
            }
            return ToldDoubt(
                kind: kind, count: count, line: number(member.value["line"]), cases: cases,
                sequence: sequence, input: input)
        }
    }
}
