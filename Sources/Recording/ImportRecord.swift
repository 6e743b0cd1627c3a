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
    /// Whether more inputs of the same command follow: recording rests after the last of them alone, so
    /// that their order tells nothing.
    public var hasMore = false
    /// Whether it is recorded though the input was and adds nothing: something has to say that the
    /// command ended.
    public var endsCommand = false
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
    /// What was doubtful, by kind; what stands in clear by attribute as well.
    public var doubts: [String: Doubt] = [:]
    /// The entries it added.
    public var ranges: [Range<UInt32>] = []

    /// How often something was doubtful, with the first line and the first cases.
    public struct Doubt: Hashable, Sendable {
        /// How many events or rows.
        public var count = 0
        /// The first line; nil for none.
        public var line: Int?
        /// The first cases, none of them a person.
        public var cases: [String] = []

        /// None yet.
        public init() {}

        /// Adds some more.
        public mutating func add(_ count: Int, line: Int?, cases: [String]) {
            self.count += count
            self.line = [self.line, line].compactMap { $0 }.min()
            let more = cases.filter { !self.cases.contains($0) }
            self.cases += more.prefix(max(0, DoubtfulCases.shown - self.cases.count))
        }

        /// `{"cases":["ticket/1"],"count":3,"line":12}`
        func json(withCases: Bool) -> JSONValue {
            func number(_ value: Int) -> JSONValue { .number(String(value)) }
            var members = [JSONMember(key: "count", value: number(count))]
            if let line { members.append(JSONMember(key: "line", value: number(line))) }
            if withCases, !cases.isEmpty {
                members.append(
                    JSONMember(key: "cases", value: .array(cases.map { .string($0) })))
            }
            return .object(members)
        }
    }

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
        // Who was erased may stand in the input's name: it does not come back with what the input adds.
        let isErased = try store.read { try $0.hasErasedInput(ofImport: "ingest/" + id) }
        var attempt = 1
        var rest = ranges[...]
        repeat {
            let part = rest.prefix(Self.rangesPerEvent)
            let name = attempt == 1 ? id : "\(id)/\(attempt)"
            if try append(part, id: name, isErased, isFirst: recorded.isEmpty, store, now) {
                recorded.append(name)
                rest = rest.dropFirst(part.count)
            } else if accepted == 0, !endsCommand || hasMore {
                return recorded
            }
            attempt += 1
        } while !rest.isEmpty || (recorded.isEmpty && attempt < 10_000)
        return recorded
    }

    /// False when an event of this id is there already.
    private func append(
        _ part: ArraySlice<Range<UInt32>>, id: String, _ isErased: Bool, isFirst: Bool,
        _ store: LogStore, _ now: Instant
    ) throws -> Bool {
        let text = part.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
        var fields: [EventDraft.Field] = [
            .init("input", .text(isErased ? "" : String(input.unicodeScalars.suffix(1000)))),
            .init("lines", .integer(Int64(isFirst ? lines : 0))),
            .init("accepted", .integer(Int64(isFirst ? accepted : 0))),
            .init("duplicate", .integer(Int64(isFirst ? duplicates : 0))),
            .init("refused", .integer(Int64(isFirst ? refused : 0))),
            .init("ranges", .text(text)),
        ]
        if hasMore { fields.append(.init("more", .boolean(true))) }
        if !hasAnswers { fields.append(.init("digest", .text(digest))) }
        if let mapping { fields.append(.init("mapping", .text(mapping))) }
        if isFirst, !refusals.isEmpty {
            fields.append(
                .init("refusals", .text(Self.text(of: refusals.mapValues { Self.number($0) }))))
        }
        if isFirst, !doubts.isEmpty {
            let count = doubts.values.reduce(0) { $0 + $1.count }
            fields.append(.init("doubtful", .integer(Int64(count))))
            // Cases may have long names.
            let text = Self.text(of: doubts.mapValues { $0.json(withCases: true) })
            let isLong = text.utf8.count > Self.longestText
            fields.append(
                .init(
                    "doubts",
                    .text(
                        isLong
                            ? Self.text(of: doubts.mapValues { $0.json(withCases: false) }) : text))
            )
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

    /// Bytes of such a text, at most: the schema has 20,000 characters.
    private static let longestText = 18_000

    private static func number(_ value: Int) -> JSONValue { .number(String(value)) }

    /// A JSON object by kinds and fields. They are few, so that it has room for them; where it has not,
    /// their number is told.
    private static func text(of values: [String: JSONValue]) -> String {
        let members = values.sorted { $0.key < $1.key }.map {
            JSONMember(key: $0.key, value: $0.value)
        }
        let text = String(decoding: JSONValue.object(members).canonical ?? [], as: UTF8.self)
        guard text.utf8.count > longestText else { return text }
        return "{\"other\":\(values.count)}"
    }
}
