/// A value of an event's `data`, or of another attribute.
public enum FieldValue: Hashable, Sendable {
    /// A text, a word of an enumeration, or a date as `2025-07-14`.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// true or false.
    case boolean(Bool)

    /// The value as a text: digits of a number, `true` or `false`.
    public var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let value): value ? "true" : "false"
        }
    }
}

/// An event put together in the program rather than read from a line: by a mapping, by
/// `rekam void`, by the log for its own events. It enters a batch through the same validator as a
/// line does, see `EventValidator.admit(_:as:line:into:)`.
public struct EventDraft: Hashable, Sendable {
    /// The idempotency key, with `source`.
    public var id: String
    /// The system the event comes from.
    public var source: String
    /// The event type.
    public var type: String
    /// The case.
    public var subject: String
    /// When it happened.
    public var time: Instant
    /// Nanoseconds beyond its millisecond.
    public var nanoseconds: UInt32 = 0
    /// The source's own order, where it comes from the input's rows and not from the event.
    public var order: SourceOrder?
    /// Whether that is the place of a row: see `EventRow.isPlace`.
    public var isPlace = false
    /// Whether rows alike are told apart by counting them, by its id.
    public var isCounted = false
    /// The fields of `data`, in any order.
    public var fields: [Field]
    /// Other CloudEvents attributes, kept unread.
    public var attributes: [Field]

    /// One named value.
    public struct Field: Hashable, Sendable {
        /// The field's name.
        public var name: String
        /// Its value.
        public var value: FieldValue

        /// A field from its parts.
        public init(_ name: String, _ value: FieldValue) {
            self.name = name
            self.value = value
        }
    }

    /// A draft from its parts.
    public init(
        id: String, source: String, type: String, subject: String, time: Instant,
        fields: [Field] = [], attributes: [Field] = []
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.fields = fields
        self.attributes = attributes
    }

    /// Sets a field, replacing an earlier value.
    public mutating func set(_ name: String, _ value: FieldValue) {
        if let place = fields.firstIndex(where: { $0.name == name }) {
            fields[place].value = value
        } else {
            fields.append(Field(name, value))
        }
    }
}

extension EventTokens {
    /// The tokens of a draft.
    mutating func read(_ draft: EventDraft) {
        removeAll()
        func known(_ key: String, _ value: String) {
            append(key)
            append(value)
        }
        known("specversion", "1.0")
        known("id", draft.id)
        known("source", draft.source)
        known("type", draft.type)
        known("subject", draft.subject)
        known("time", SentTime(draft.time, nanoseconds: draft.nanoseconds).rfc3339)
        for attribute in draft.attributes { append(attribute) }
        append("data")
        append(.object, length: draft.fields.count)
        for field in draft.fields { append(field) }
        finish()
    }

    private mutating func append(_ field: EventDraft.Field) {
        append(field.name)
        switch field.value {
        case .text(let text): append(text)
        case .integer(let value): append(value)
        case .boolean(let value): append(value ? .yes : .no)
        }
    }
}
