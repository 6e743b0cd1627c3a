/// What the log adds to an event, in attributes that begin with `rekam`: a name that no CloudEvents
/// extension has.
public struct LogMarks: Hashable, Sendable {
    /// `rekamtime`: when it was recorded.
    public var recorded: Instant
    /// `rekamposition`: its sequence in the log.
    public var position: UInt32
    /// `rekamorder`: the source's own order, where the input's rows told it and not the event.
    public var order: SourceOrder?
    /// `rekamsender`: who sent it.
    public var sender: String?
    /// `rekamapprovals`: signatures of those who approved it, separated by spaces.
    public var approvals: String?

    /// Marks from their parts.
    public init(recorded: Instant, position: UInt32) {
        self.recorded = recorded
        self.position = position
    }

    /// Attributes that only the log gives begin so.
    public static let prefix = "rekam"

    /// Appends the attributes as they stand in an entry, each with a comma after it.
    func append(to entry: inout [UInt8]) {
        func put(_ name: StaticString, _ value: JSONValue) {
            entry.append(contentsOf: "\"rekam\(name)\":".utf8)
            entry.append(contentsOf: value.canonical ?? [])
            entry.append(0x2C)
        }
        if let approvals { put("approvals", .string(approvals)) }
        switch order {
        case .integer(let number)?: put("order", .number(String(number)))
        case .text(let text)?: put("order", .string(text))
        case nil: break
        }
        put("position", .number(String(position)))
        if let sender { put("sender", .string(sender)) }
        put("time", .string(recorded.rfc3339))
    }
}

extension EventBatch {
    /// Forms the entry of a row that was read back from one, or has no personal texts: its canonical
    /// JSON with what the log adds put in its place.
    ///
    /// - Complexity: O(length).
    public func appendEntry(_ row: EventRow, _ marks: LogMarks, to entry: inout [UInt8]) {
        let start = Int(row.canonical.offset)
        let place = start + Int(row.logAt)
        entry.append(contentsOf: bytes[start..<place])
        marks.append(to: &entry)
        entry.append(contentsOf: bytes[place..<row.canonical.indices.upperBound])
    }
}
