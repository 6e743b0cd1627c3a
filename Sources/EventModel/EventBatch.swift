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

/// A text of an event that tells of a person: the log keeps a commitment in its place.
public struct PersonalText: Sendable {
    /// What it is to the log.
    public enum Kind: UInt8, Sendable {
        /// A name: one token for each text.
        case name
        /// What is said about somebody: a token of its own.
        case text
        /// The name behind the slash of a subject: a token shared with fields that hold the name.
        case subject
    }

    /// What it is to the log.
    public var kind: Kind
    /// Whether it is another attribute's and not a field of `data` or the subject.
    public var isAttribute: Bool
    /// Whether it is a number of another attribute: its token then needs quotes.
    public var isNumber: Bool
    /// Where it stands, in bytes from the start of the row's canonical JSON: what its token replaces.
    public var at: UInt32
    /// How many bytes the token replaces there.
    public var length: UInt32
    /// The decoded text; of a recorded entry the token itself.
    public var text: TextRange
    /// The fingerprint of the text.
    public var fingerprint: Fingerprint
    /// The name of its field or attribute.
    public var key: TextRange
    /// Which of the row's pairs of slots holds it, from 0; `noPair` where it has no column.
    public var pair: UInt16

    /// No column.
    public static let noPair = UInt16.max
    /// Bytes of a token: base64url of a SHA-256, without padding.
    public static let tokenBytes = 43
    /// The byte before a token where a text in clear could stand in its place: `~`.
    public static let mark: UInt8 = 0x7E
}

/// The order that a source gives its own events, where it declares one.
public enum SourceOrder: Hashable, Sendable {
    /// A number, as by the CloudEvents extension `sequence` with `sequencetype` `Integer`.
    case integer(Int64)
    /// A text, compared by its bytes.
    case text(String)
    /// The order that a number of a source is: a text where it is beyond ±(2^53−1), since no entry
    /// holds such a number.
    public init(_ number: Int64) {
        self = WholeNumber.isWithin(number) ? .integer(number) : .text(String(number))
    }
}

/// A source's order as columns keep it: eight bytes that compare as the order does.
public struct OrderKey: Hashable, Sendable {
    /// What the eight bytes are.
    public enum Kind: UInt8, Sendable {
        /// No order was declared.
        case none = 0
        /// A number: the 64 bits of an `Int64`.
        case integer = 1
        /// A text of at most eight bytes, the first one highest, filled with zeros.
        case text = 2
        /// The first eight bytes of a longer text: where two are equal, the entries decide.
        case prefix = 3
    }

    /// What `value` is.
    public var kind: Kind
    /// The eight bytes.
    public var value: UInt64

    /// No order.
    public static let none = OrderKey(kind: .none, value: 0)

    init(kind: Kind, value: UInt64) {
        self.kind = kind
        self.value = value
    }

    /// The key of a number.
    public init(_ number: Int64) { self.init(kind: .integer, value: UInt64(bitPattern: number)) }

    /// The key of a text.
    public init(_ text: Span<UInt8>) {
        var value: UInt64 = 0
        for index in 0..<8 { value = value << 8 | (index < text.count ? UInt64(text[index]) : 0) }
        self.init(kind: text.count > 8 ? .prefix : .text, value: value)
    }

    /// The key of an order.
    public init(_ order: SourceOrder) {
        switch order {
        case .integer(let number): self.init(number)
        case .text(let text): self.init(text.utf8Span.span)
        }
    }
}

/// One validated event of a batch. Its canonical JSON (RFC 8785, without what the log adds) lies in
/// `EventBatch.bytes`, its texts in clear. The log forms an entry by putting its own attributes in at
/// one place, and a token in the place of each personal text.
public struct EventRow: Sendable {
    /// The canonical JSON, `{` to `}`.
    public var canonical: TextRange
    /// Where the log's own attributes go, in bytes from the start of `canonical`: before the first
    /// top-level key that sorts after `rekam…`.
    public var logAt: UInt32 = 0
    /// Type id, in the `EventTypes` the batch was made with.
    public var type: UInt16
    /// When it happened.
    public var time: Instant
    /// Nanoseconds beyond the millisecond.
    public var nanoseconds: UInt32 = 0
    /// The source's own order, where it declares one.
    public var order = OrderKey.none
    /// Whether it is the place of a row, of which several may tell one update: two places, unlike two
    /// orders, need not be two changes.
    public var isPlace = false
    /// Whether rows alike are told apart by counting them, by its id.
    public var isCounted = false
    /// Whether its id, subject or source might hold a phone number or an address: `ContactShape.mayBe`.
    package var mayHoldContact = false
    /// The JSON of an order that the log adds (`rekamorder`, or `rekamplace` for the place of a row), as
    /// it is written; empty for none.
    public var orderText = TextRange(offset: 0, length: 0)
    /// The case: its decoded text.
    public var subject = TextRange(offset: 0, length: 0)
    /// The case's fingerprint: that of its text.
    public var subjectFingerprint: Fingerprint
    /// The first half of the idempotency key: its decoded text.
    public var source = TextRange(offset: 0, length: 0)
    /// The second half, likewise.
    public var id = TextRange(offset: 0, length: 0)
    /// The idempotency key's fingerprint: `Fingerprint(of source, of id)`.
    public var identity: Fingerprint
    /// First of this event's slots in `EventBatch.slots`: two per column of its type, in the order
    /// of `EventSchema.columns`. For a name: `offset << 32 | length` of its decoded text, then its
    /// fingerprint; `UInt64.max` when absent. For the others: the value as the column keeps it
    /// (`UInt64(bitPattern:)` for integers), then 0.
    public var firstSlot: UInt32
    /// Its personal texts in `EventBatch.personal`, in the order of their places.
    public var firstPersonal: UInt32
    /// How many they are.
    public var personalCount: UInt16 = 0
    /// The pieces of its canonical JSON that make it the same event, in `EventBatch.content`: all
    /// attributes with their keys but `specversion` and extensions other than `sequence` and
    /// `sequencetype`.
    public var firstContent: UInt32
    /// How many they are.
    public var contentCount: UInt8 = 0
    /// 1-based line or row of the input.
    public var line: Int

    /// A row from the parts that all have.
    init(
        canonical: TextRange, type: UInt16, time: SentTime, subjectFingerprint: Fingerprint,
        identity: Fingerprint, firstSlot: Int, firstPersonal: Int, firstContent: Int, line: Int
    ) {
        self.canonical = canonical
        self.type = type
        self.time = time.instant
        nanoseconds = time.nanoseconds
        self.subjectFingerprint = subjectFingerprint
        self.identity = identity
        self.firstSlot = UInt32(truncatingIfNeeded: firstSlot)
        self.firstPersonal = UInt32(truncatingIfNeeded: firstPersonal)
        self.firstContent = UInt32(truncatingIfNeeded: firstContent)
        self.line = line
    }

    /// Its places in `EventBatch.personal`.
    @inlinable public var personal: Range<Int> {
        Int(firstPersonal)..<Int(firstPersonal) + Int(personalCount)
    }
    /// Its places in `EventBatch.content`.
    @inlinable public var content: Range<Int> {
        Int(firstContent)..<Int(firstContent) + Int(contentCount)
    }
    /// When it happened, as its sender said.
    public var sent: SentTime { SentTime(time, nanoseconds: nanoseconds) }
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
    /// Personal texts, see `EventRow.personal`.
    public var personal: [PersonalText] = []
    /// Pieces of canonical JSON, from the start of their row's, see `EventRow.content`.
    public var content: [TextRange] = []
    /// What entries that were read back are salted with (`rekamsalt`), by ascending row.
    package internal(set) var salts: [EntrySalt] = []
    /// Whether the log itself made these events: only then may they have its origin as their source.
    public var isLogsOwn = false
    /// Whether the events of one line or row stand and fall together: the log takes all of them or,
    /// where it refuses one, none.
    public var isAtomicByLine = false
    /// Whether they were read back from entries, with tokens in the place of personal texts.
    public internal(set) var isSealed = false
    /// Who stands behind them.
    public var provenance = Provenance()
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
        personal.removeAll(keepingCapacity: true)
        content.removeAll(keepingCapacity: true)
        salts.removeAll(keepingCapacity: true)
        isAtomicByLine = false
        isSealed = false
        provenance = Provenance()
        columnCounts = []
    }

    /// Makes room for so many events like those of another batch, so that it need not grow step by
    /// step.
    package mutating func reserve(_ events: Int, like other: borrowing EventBatch) {
        guard rows.capacity < events, !other.rows.isEmpty else { return }
        func room(_ count: Int) -> Int { count * events / other.rows.count * 9 / 8 }
        rows.reserveCapacity(events)
        bytes.reserveCapacity(room(other.bytes.count))
        slots.reserveCapacity(room(other.slots.count))
        personal.reserveCapacity(room(other.personal.count))
        content.reserveCapacity(room(other.content.count))
    }

    /// Makes room for the canonical JSON of some events.
    package mutating func reserve(bytes count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// How much is in a batch, to go back to.
    public struct Mark: Sendable {
        fileprivate var bytes: Int
        fileprivate var rows: Int
        fileprivate var slots: Int
        fileprivate var personal: Int
        fileprivate var content: Int
    }

    /// How much is in it now.
    public var mark: Mark {
        Mark(
            bytes: bytes.count, rows: rows.count, slots: slots.count, personal: personal.count,
            content: content.count)
    }

    /// Forgets the events that came after a mark.
    public mutating func goBack(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.bytes)
        rows.removeLast(rows.count - mark.rows)
        slots.removeLast(slots.count - mark.slots)
        personal.removeLast(personal.count - mark.personal)
        content.removeLast(content.count - mark.content)
        while let last = salts.last, last.row >= mark.rows { salts.removeLast() }
    }

    /// Gives the last event an order that its input's rows told.
    mutating func order(last order: SourceOrder, isPlace: Bool) {
        guard let place = rows.indices.last else { return }
        rows[place].isPlace = isPlace
        var order = order
        if case .integer(let number) = order { order = SourceOrder(number) }
        let value: JSONValue =
            switch order {
            case .integer(let number): .number(String(number))
            case .text(let text): .string(text)
            }
        let text = value.canonical ?? []
        rows[place].orderText = TextRange(offset: bytes.count, length: text.count)
        rows[place].order = OrderKey(order)
        bytes += text
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

    /// A row as input says it: its canonical JSON, and an order that the log would add, so that it is
    /// the same event also beside the row that it was made from.
    package func input(_ row: EventRow) -> [UInt8] {
        let canonical = bytes[row.canonical.indices]
        guard row.orderText.length > 0 else { return Array(canonical) }
        let place = canonical.startIndex + Int(row.logAt)
        let name = row.isPlace ? "\"rekamplace\":" : "\"rekamorder\":"
        let order = Array(name.utf8) + bytes[row.orderText.indices] + [0x2C]
        return canonical[..<place] + order + canonical[place...]
    }

    /// A text of this batch.
    public func text(_ range: TextRange) -> String {
        String(decoding: bytes[range.indices], as: UTF8.self)
    }

    /// Longest entry in bytes; an event whose entry would be longer is refused when parsed.
    public static let longestEntry = 65_535
    /// Bytes the log adds to an event, at most: `"rekamposition":4294967295,`, `"rekamtime":"…",` and,
    /// to an answer, `"rekamsalt":"…",`.
    public static let longestLogAttributes = 27 + 39 + 37
    /// Bytes of an order that the log adds, at most: `"rekamorder":` and its value with a comma.
    public static let longestOrder = 13 + 200
    /// Bytes of an order's text, at most: each may need an escape.
    public static let longestOrderText = 98
    /// Bytes of a sender, at most, with its key, quotes and comma.
    public static let longestSender = 17 + 260
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
    /// The rows recorded, where not all of them were.
    package var acceptedRows: Set<Int>?
    /// Rows that were there already, but recorded at another place among those of their instant.
    package var elsewhere: [Int] = []

    /// An empty outcome.
    public init() {}

    /// Whether a row was recorded.
    ///
    /// - Complexity: O(1).
    package func isAccepted(_ row: Int) -> Bool {
        acceptedRows.map { $0.contains(row) } ?? (accepted > 0)
    }
}

/// Where validated events go: the log, or a counter in a dry run.
public protocol EventSink {
    /// Records a batch, all of it or (on an error) nothing. With `isStrict` the first refusal
    /// refuses the whole batch: nothing of it is recorded and the outcome names it.
    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome

    /// What says of batches what `append` would say and records nothing, each batch seeing those
    /// before it; nil for a sink that refuses nothing.
    func rehearsal() -> (any EventSink)?
}

extension EventSink {
    /// None: it refuses nothing.
    public func rehearsal() -> (any EventSink)? { nil }
}
