/// A refused piece of the user's data: where, what, what was expected and what to do.
///
/// Rejections are counted and grouped by `problem`, so that it never names a line; `value` is shown
/// at the first line that has it.
public struct Rejection: Error, Hashable, Sendable {
    /// What kind of thing is wrong: what the log keeps of a refusal, since it tells nothing of
    /// whomever the input was about.
    public enum Kind: String, Sendable {
        /// The line is no JSON, or its bytes are no text.
        case unreadable
        /// An attribute, field or column is missing.
        case missing
        /// There is something that nobody asked for: a key, a type, a subject.
        case unknown
        /// A value is not what it may be.
        case value
        /// A key stands twice.
        case twice
        /// The event is too long.
        case long
        /// Another event has the source and id.
        case conflict
        /// The source is the log's own name.
        case ownSource = "own_source"
        /// A void names nothing, or something that cannot be taken out.
        case void
        /// A definition is registered with another body.
        case definition
    }

    /// What an event of the same source and id has where a refused one differs from it.
    public struct Recorded: Hashable, Sendable {
        /// The recorded value, cut to 200 characters; empty where it is missing, `""` for an empty text.
        public var value: String
        /// The entry's sequence.
        public var sequence: UInt32

        /// A recorded value.
        public init(value: String, sequence: UInt32) {
            self.value = Rejection.shortened(value)
            self.sequence = sequence
        }
    }

    /// What kind of thing is wrong.
    public var kind: Kind
    /// 1-based line or row of the input; 0 where there is none.
    public var line: Int
    /// The field, as a path in the event (`data.direction`) or a column's name; empty for the line.
    public var field: String
    /// The offending value as read, cut to 200 characters; empty where it is missing.
    public var value: String
    /// What is wrong and what was expected, in one clause: `message.posted without "direction"
    /// (expected in or out)`.
    public var problem: String
    /// For a conflict what is recorded in the field's place.
    public var recorded: Recorded?

    /// A rejection from its parts; `value` is cut to 200 characters.
    public init(
        kind: Kind = .value, line: Int = 0, field: String, value: String = "", problem: String,
        recorded: Recorded? = nil
    ) {
        self.kind = kind
        self.line = line
        self.field = field
        self.value = Rejection.shortened(value)
        self.problem = problem
        self.recorded = recorded
    }

    /// Stands for a text without characters where nothing would mean that there is none.
    public static let emptyText = "\"\""

    private static func shortened(_ text: String) -> String {
        text.count > 200 ? String(text.prefix(199)) + "…" : text
    }

    /// Whether the line it refuses need not be an event at all: it is no JSON, or lacks what every event
    /// has.
    public var isForeign: Bool {
        switch kind {
        case .unreadable: true
        case .missing, .unknown: field != "type" && !field.hasPrefix("data.")
        default: false
        }
    }

    /// The problem with the value put in after the field's name, cut to 40 characters:
    /// `time "2025-02-30T…" is no date`; for a group of rejections, that of the first.
    public var summary: String {
        if let recorded { return conflictSummary(recorded) }
        let name = field.split(separator: ".").last ?? ""
        guard !value.isEmpty, !name.isEmpty, problem.hasPrefix(name + " ") else { return problem }
        let cut = value.count > 40 ? value.prefix(39) + "…" : value[...]
        return "\(name) \"\(cut)\"" + problem.dropFirst(name.count)
    }

    private func conflictSummary(_ recorded: Recorded) -> String {
        func shown(_ value: String) -> String {
            switch value {
            case "": "nothing"
            case Rejection.emptyText: "an empty text"
            // A number and the text of its digits are two orders: it comes as JSON has it.
            case _ where field == "sequence": value
            default: "\"" + (value.count > 40 ? value.prefix(39) + "…" : value) + "\""
            }
        }
        return "\(problem): \(field) is \(shown(value)) here and \(shown(recorded.value)) in entry "
            + "\(recorded.sequence)"
    }
}
