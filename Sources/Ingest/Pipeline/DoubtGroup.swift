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
    /// The first cases that have, by their subjects; none where `line` is nil.
    public var cases: [String]

    /// A group from its parts.
    public init(kind: Kind, attribute: String, count: Int, line: Int?, cases: [String] = []) {
        self.kind = kind
        self.attribute = attribute
        self.count = count
        self.line = line
        self.cases = cases
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

    private var groups: [Key: DoubtGroup] = [:]

    /// Nothing yet.
    public init() {}

    /// Counts one; without a line where it is of somebody who is not to be known.
    ///
    /// - Parameter subject: its case, where that can be told.
    public mutating func add(
        _ kind: DoubtGroup.Kind, _ attribute: String, line: Int?,
        ofCase subject: @autoclosure () -> String? = nil
    ) {
        let key = Key(kind: kind, attribute: attribute, isAnonymous: line == nil)
        let blank = DoubtGroup(kind: kind, attribute: attribute, count: 0, line: line)
        groups[key, default: blank].count += 1
        guard line != nil, groups[key, default: blank].cases.count < DoubtfulCases.shown,
            let subject = subject(), groups[key]?.cases.contains(subject) == false
        else { return }
        groups[key]?.cases.append(subject)
    }

    /// By kind, then by place.
    public var sorted: [DoubtGroup] {
        groups.values.sorted {
            ($0.kind.rawValue, $0.attribute, $0.line ?? .max)
                < ($1.kind.rawValue, $1.attribute, $1.line ?? .max)
        }
    }
}
