public import EventModel

/// What was accepted, but is told since it may not be what was meant, counted by kind.
public struct DoubtGroup: Sendable, Equatable {
    /// What is doubtful.
    public typealias Kind = DoubtKind

    /// What is doubtful.
    public var kind: Kind
    /// Where it stands: an attribute (`id`, `subject`, `source`, `time`, `sequence`), a field
    /// (`data.score`), or for a time of a row the name that the mapping gives it.
    public var attribute: String
    /// How many events or rows have one.
    public var count: Int
    /// The first line that has; nil where it would tell what somebody answered who is not to be known.
    public var line: Int?

    /// A group from its parts.
    public init(kind: Kind, attribute: String, count: Int, line: Int?) {
        self.kind = kind
        self.attribute = attribute
        self.count = count
        self.line = line
    }

    /// Whether it is about answers of people who are not to be known: how many is all that is told.
    public var isAnonymous: Bool { line == nil }
}

/// Counts doubts by kind and place.
public struct DoubtTally: Sendable {
    private struct Key: Hashable {
        var kind: DoubtGroup.Kind
        var attribute: String
        var isAnonymous: Bool
    }

    private var groups: [Key: (count: Int, line: Int?)] = [:]

    /// Nothing yet.
    public init() {}

    /// Counts one; without a line where it is of somebody who is not to be known.
    public mutating func add(_ kind: DoubtGroup.Kind, _ attribute: String, line: Int?) {
        let key = Key(kind: kind, attribute: attribute, isAnonymous: line == nil)
        groups[key, default: (0, line)].count += 1
    }

    /// By kind, then by place.
    public var sorted: [DoubtGroup] {
        groups.map {
            DoubtGroup(kind: $0.kind, attribute: $0.attribute, count: $1.count, line: $1.line)
        }
        .sorted {
            ($0.kind.rawValue, $0.attribute, $0.line ?? .max)
                < ($1.kind.rawValue, $1.attribute, $1.line ?? .max)
        }
    }
}
