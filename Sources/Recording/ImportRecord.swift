public import EventLog
public import EventModel

/// What the log keeps about one input: `ingest.recorded`.
public struct ImportRecord: Sendable {
    /// The input's name, as the user gave it.
    public var input: String
    /// SHA-256 of its bytes.
    public var digest: String
    /// Whether it held answers of people who are not to be known: then the digest is not kept, since a
    /// small input could be guessed by it.
    public var hasAnswers = false
    /// SHA-256 of the mapping, where it was read through one.
    public var mapping: String?
    /// Lines or rows read.
    public var lines = 0
    /// Events recorded.
    public var accepted = 0
    /// Events that were there already.
    public var duplicates = 0
    /// Lines or events refused.
    public var refused = 0
    /// Refusals by kind and field.
    public var refusals: [String: Int] = [:]
    /// Values that look like what does not belong in clear, by kind and attribute.
    public var doubts: [String: Int] = [:]
    /// The entries it added.
    public var ranges: [Range<UInt32>] = []

    /// A record of an input of which nothing was read yet.
    public init(input: String, digest: String, mapping: String? = nil) {
        self.input = input
        self.digest = digest
        self.mapping = mapping
    }

    /// Ranges in one event, so that its text stays within the schema.
    static let rangesPerEvent = 800

    /// Records it. The same input again, adding nothing, is recorded once only; where it added
    /// something (after an interrupted or a voided import) it gets a record of its own.
    ///
    /// - Returns: the ids recorded; empty when there was nothing to say.
    @discardableResult
    public func record(in store: LogStore, now: Instant) throws -> [String] {
        var recorded: [String] = []
        // Of input and mapping, and private: an input of one line could be guessed.
        let id = Hexadecimal.text(
            try store.privateDigest()(Array((digest + (mapping ?? "")).utf8)))
        var attempt = 1
        var rest = ranges[...]
        repeat {
            let part = rest.prefix(Self.rangesPerEvent)
            let name = attempt == 1 ? id : "\(id)/\(attempt)"
            if try append(part, id: name, isFirst: recorded.isEmpty, store, now) {
                recorded.append(name)
                rest = rest.dropFirst(part.count)
            } else if accepted == 0 {
                return recorded
            }
            attempt += 1
        } while !rest.isEmpty || (recorded.isEmpty && attempt < 10_000)
        return recorded
    }

    /// False when an event of this id is there already.
    private func append(
        _ part: ArraySlice<Range<UInt32>>, id: String, isFirst: Bool, _ store: LogStore,
        _ now: Instant
    ) throws -> Bool {
        let text = part.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
        var fields: [EventDraft.Field] = [
            .init("input", .text(String(input.unicodeScalars.suffix(1000)))),
            .init("lines", .integer(Int64(isFirst ? lines : 0))),
            .init("accepted", .integer(Int64(isFirst ? accepted : 0))),
            .init("duplicate", .integer(Int64(isFirst ? duplicates : 0))),
            .init("refused", .integer(Int64(isFirst ? refused : 0))),
            .init("ranges", .text(text)),
        ]
        if !hasAnswers { fields.append(.init("digest", .text(digest))) }
        if let mapping { fields.append(.init("mapping", .text(mapping))) }
        if isFirst, !refusals.isEmpty {
            fields.append(.init("refusals", .text(Self.text(of: refusals))))
        }
        if isFirst, !doubts.isEmpty {
            fields.append(.init("doubtful", .integer(Int64(doubts.values.reduce(0, +)))))
            fields.append(.init("doubts", .text(Self.text(of: doubts))))
        }
        let draft = EventDraft(
            id: "ingest/\(id)", source: store.origin, type: "ingest.recorded",
            subject: "log/ingest", time: now, fields: fields)
        var batch = EventBatch()
        batch.isLogsOwn = true
        var validator = EventValidator(store.types)
        if let rejection = validator.admit(draft, as: .logsOwn, into: &batch) { throw rejection }
        return try store.append(batch, recorded: now, isStrict: false).accepted == 1
    }

    /// Counts as a JSON object. Kinds and fields are few, so that the schema's 20,000 characters hold
    /// them; where they do not, the sum is told.
    private static func text(of counts: [String: Int]) -> String {
        let members = counts.sorted { $0.key < $1.key }.map {
            JSONMember(key: $0.key, value: .number(String($0.value)))
        }
        let text = String(decoding: JSONValue.object(members).canonical ?? [], as: UTF8.self)
        guard text.utf8.count > 18_000 else { return text }
        return "{\"other\":\(counts.values.reduce(0, +))}"
    }
}
