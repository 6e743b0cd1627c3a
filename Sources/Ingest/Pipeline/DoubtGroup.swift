/// What was accepted, but is told since it may not be what was meant, counted by kind.
public struct DoubtGroup: Sendable, Equatable {
    /// What is doubtful.
    public enum Kind: String, Sendable, CaseIterable {
        /// It looks like a phone number.
        case phone
        /// It looks like an e-mail address.
        case email
        /// A local time that the clock shows twice.
        case localTimeRepeated = "local_time_repeated"
        /// A local time that the clock never shows.
        case localTimeSkipped = "local_time_skipped"
        /// A date that two of the stated formats read differently.
        case twoDateFormats = "two_date_formats"

        /// Whether it is about the reading of a time.
        public var isOfTime: Bool {
            switch self {
            case .phone, .email: false
            case .localTimeRepeated, .localTimeSkipped, .twoDateFormats: true
            }
        }
    }

    /// What is doubtful.
    public var kind: Kind
    /// Where it stands: `id`, `subject` or `source`; for a time the name that the mapping gives it.
    public var attribute: String
    /// How many events or rows have one.
    public var count: Int
    /// The first line that has.
    public var line: Int

    /// A group from its parts.
    public init(kind: Kind, attribute: String, count: Int, line: Int) {
        self.kind = kind
        self.attribute = attribute
        self.count = count
        self.line = line
    }
}

/// Counts doubts by kind and place.
struct DoubtTally {
    private struct Key: Hashable {
        var kind: DoubtGroup.Kind
        var attribute: String
    }

    private var groups: [Key: (count: Int, line: Int)] = [:]

    mutating func add(_ kind: DoubtGroup.Kind, _ attribute: String, line: Int) {
        groups[Key(kind: kind, attribute: attribute), default: (0, line)].count += 1
    }

    /// By kind, then by place.
    var sorted: [DoubtGroup] {
        groups.map {
            DoubtGroup(kind: $0.kind, attribute: $0.attribute, count: $1.count, line: $1.line)
        }
        .sorted { ($0.kind.rawValue, $0.attribute) < ($1.kind.rawValue, $1.attribute) }
    }
}
