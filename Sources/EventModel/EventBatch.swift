/// A piece of text inside an `EventBatch`'s bytes.
public struct TextRange: Hashable, Sendable {
    /// First byte, in `EventBatch.bytes`.
    public var offset: UInt32
    /// Length in bytes.
    public var length: UInt32

    /// A range from its parts.
    @inlinable
    public init(offset: Int, length: Int) {
        self.offset = UInt32(offset)
        self.length = UInt32(length)
    }

    /// The range as indices.
    @inlinable
    public var indices: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}

/// One validated event of a batch. Its canonical JSON (RFC 8785, without `recordedtime` and
/// `sequence`) lies in `EventBatch.bytes`; the two places where the log inserts its own attributes
/// are known, so that an entry is formed by copying three pieces.
public struct EventRow: Sendable {
    /// The canonical JSON, `{` to `}`.
    public var canonical: TextRange
    /// Where `"recordedtime":"…",` goes, in bytes from the start of `canonical`: before the first
    /// top-level key that sorts after it.
    public var recordedTimeAt: UInt32
    /// Where `"sequence":N,` goes, likewise; never before `recordedTimeAt`.
    public var sequenceAt: UInt32
    /// Type id, in the `EventTypes` the batch was made with.
    public var type: UInt16
    /// When it happened.
    public var time: Instant
    /// The case: its decoded text.
    public var subject: TextRange
    /// The case's fingerprint: that of its text.
    public var subjectFingerprint: Fingerprint
    /// The first half of the idempotency key: its decoded text.
    public var source: TextRange
    /// The second half, likewise.
    public var id: TextRange
    /// The idempotency key's fingerprint: `Fingerprint(of source, of id)`.
    public var identity: Fingerprint
    /// First of this event's slots in `EventBatch.slots`: two per column of its type, in the order
    /// of `EventSchema.columns`. For a name: `offset << 32 | length` of its decoded text, then its
    /// fingerprint; `UInt64.max` when absent. For the others: the value as the column keeps it
    /// (`UInt64(bitPattern:)` for integers), then 0.
    public var firstSlot: UInt32
    /// 1-based line or row of the input.
    public var line: Int

    /// A row from its parts.
    public init(
        canonical: TextRange, recordedTimeAt: UInt32, sequenceAt: UInt32, type: UInt16,
        time: Instant, subject: TextRange, subjectFingerprint: Fingerprint, source: TextRange,
        id: TextRange, identity: Fingerprint, firstSlot: UInt32, line: Int
    ) {
        self.canonical = canonical
        self.recordedTimeAt = recordedTimeAt
        self.sequenceAt = sequenceAt
        self.type = type
        self.time = time
        self.subject = subject
        self.subjectFingerprint = subjectFingerprint
        self.source = source
        self.id = id
        self.identity = identity
        self.firstSlot = firstSlot
        self.line = line
    }
}

/// Validated events on their way into the log: flat arrays, no allocation per event.
///
/// Made by the event parser of `Ingest`, one per worker; taken by the log's `append`.
public struct EventBatch: Sendable {
    /// Canonical JSON of all events, and decoded texts where these differ from it.
    public var bytes: [UInt8] = []
    /// One per event, in input order.
    public var rows: [EventRow] = []
    /// Column values, see `EventRow.firstSlot`.
    public var slots: [UInt64] = []
    /// By type id, how many columns it had for whoever made the batch: a log whose types have grown
    /// since knows by it. Empty before the first event.
    public internal(set) var columnCounts: [Int] = []

    /// An empty batch.
    public init() {}

    /// Forgets all events, keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        columnCounts = []
    }

    /// The same events for types that have grown since: columns that came later are absent.
    package func widened(to types: EventTypes) -> EventBatch {
        var batch = self
        batch.columnCounts = types.schemas.map(\.columns.count)
        batch.slots = []
        for (place, row) in rows.enumerated() {
            let own = columnCounts[Int(row.type)]
            let start = Int(row.firstSlot)
            batch.rows[place].firstSlot = UInt32(batch.slots.count)
            batch.slots += slots[start..<start + 2 * own]
            for column in types.schemas[Int(row.type)].columns[own...] {
                if let kind = column.column { batch.appendAbsent(kind) }
            }
        }
        return batch
    }

    /// A text of this batch.
    public func text(_ range: TextRange) -> String {
        String(decoding: bytes[range.indices], as: UTF8.self)
    }

    /// Longest entry in bytes; an event whose entry would be longer is refused when parsed.
    public static let longestEntry = 65_535
    /// Bytes the log adds to an event: `"recordedtime":"…",` and `"sequence":4294967295,`.
    public static let longestLogAttributes = 42 + 22
}

/// What the log did with a batch.
public struct AppendOutcome: Sendable {
    /// Events recorded.
    public var accepted = 0
    /// Events that were there already, with the same content.
    public var duplicates = 0
    /// Events refused by the log: another event has their (`source`,`id`), or a void names nothing.
    public var rejections: [(row: Int, rejection: Rejection)] = []
    /// Sequences given, `first ..< end`; empty when nothing was recorded.
    public var sequences: Range<UInt32> = 0..<0
    /// Whether the clock ran behind the last recording time, which was repeated.
    public var clockRanBehind = false

    /// An empty outcome.
    public init() {}
}

/// Where validated events go: the log, or a counter in a dry run.
public protocol EventSink {
    /// Records a batch, all of it or (on an error) nothing. With `isStrict` the first refusal
    /// refuses the whole batch: nothing of it is recorded and the outcome names it.
    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome
}

/// A field of a case whose value in force is asked for.
public struct CaseField: Hashable, Sendable {
    /// The field's name in `data`.
    public var name: String
    /// The event types that set it, none else.
    public var types: [String]

    /// A field from its parts.
    public init(name: String, types: [String]) {
        self.name = name
        self.types = types
    }
}

/// What the log knows of a case, for imports that record only what changed.
public protocol CaseStates {
    /// The values in force in a case just before an instant, one per field: that of the last event
    /// (by event time, then sequence; voided ones left out) before `time` that is of one of the
    /// field's types and has the field; nil where there is none. Values are texts: of a name or
    /// enumeration, digits of an integer, `true`/`false`, an ISO date. The result as a whole is nil
    /// when the log has no event of the case before `time`, voided ones left out.
    ///
    /// - Complexity: O(events of the case).
    func values(
        of fields: [CaseField], inCase subject: String, before time: Instant
    ) throws -> [String?]?
}
