internal import EventModel

/// Counts refusals by problem.
struct RefusalTally {
    private var groups: [String: RefusalGroup] = [:]

    /// Kinds told apart, at most: an input of nothing but different faults must not fill memory.
    static let mostGroups = 1000

    mutating func add(_ rejection: Rejection) {
        var key = rejection.problem
        if groups[key] == nil, groups.count >= RefusalTally.mostGroups {
            key = "other problems"
        }
        if groups[key] != nil {
            groups[key]!.count += 1
        } else {
            var first = rejection
            first.problem = key
            groups[key] = RefusalGroup(count: 1, first: first)
        }
    }

    /// The most frequent first, then by line.
    var sorted: [RefusalGroup] {
        groups.values.sorted {
            ($1.count, $0.first.line, $0.first.problem) < (
                $0.count, $1.first.line, $1.first.problem
            )
        }
    }
}
