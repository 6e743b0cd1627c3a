/// What the log adds to the events of one batch alike: who stands behind them.
public struct Provenance: Hashable, Sendable {
    /// `rekamsender`: who sent them.
    public var sender: String?
    /// `rekamapprovals`: signatures of those who approved them, separated by spaces.
    public var approvals: String?
    /// `rekamclock`: where their recording time came from, when it was not the machine's clock.
    public var clock: String?

    /// Nothing known.
    public init() {}

    /// The clock of who said what time it is, with `REKAM_NOW`.
    public static let givenClock = "given"
}

/// What the log adds to an event, in attributes that begin with `rekam`: a name that no CloudEvents
/// extension has.
public struct LogMarks: Hashable, Sendable {
    /// `rekamtime`: when it was recorded.
    public var recorded: Instant
    /// `rekamposition`: its sequence in the log.
    public var position: UInt32
    /// `rekamorder`: the source's own order, where the input's rows told it and not the event.
    public var order: SourceOrder?
    /// Whether that is `rekamplace`: see `EventRow.isPlace`.
    public var isPlace = false
    /// `rekamsalt`: random, in an answer of somebody who is not to be known.
    package var salt: String?
    /// `rekamsender`, `rekamapprovals`, `rekamclock`.
    public var provenance = Provenance()

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
        if let approvals = provenance.approvals { put("approvals", .string(approvals)) }
        if let clock = provenance.clock { put("clock", .string(clock)) }
        let name: StaticString = isPlace ? "place" : "order"
        switch order {
        case .integer(let number)?: put(name, .number(String(number)))
        case .text(let text)?: put(name, .string(text))
        case nil: break
        }
        put("position", .number(String(position)))
        if let salt { put("salt", .string(salt)) }
        if let sender = provenance.sender { put("sender", .string(sender)) }
        put("time", .string(recorded.rfc3339))
    }
}

/// What the log salts an entry with whose content could else be found from its hash: all of an answer
/// but the score may be known, and the scores there are are soon tried.
package struct EntrySalt: Hashable, Sendable {
    /// Its event's row in the batch.
    package var row: Int
    /// 22 characters of base64url.
    package var text: [UInt8]

    /// Random bytes.
    package static let byteCount = 16
    /// Characters they are written in.
    package static let length = 22

    /// Whether a text is 16 bytes in base64url, as the log writes them.
    static func isSalt(_ text: Span<UInt8>) -> Bool {
        guard text.count == length else { return false }
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: continue
            default: return false
            }
        }
        // The last of them has two bits only: A, Q, g or w.
        return [0x41, 0x51, 0x67, 0x77].contains(text[length - 1])
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
