public import EventLog
public import EventModel

/// Takes entries back: one `event.voided` each, in the same case, so that the figures are as if
/// they had never been recorded, while the log still shows them and why they went.
public struct Withdrawal: Sendable {
    /// Why; recorded with every void.
    public var reason: String
    /// By whom; recorded with every void.
    public var person: String?

    /// A withdrawal with its reason.
    public init(reason: String, person: String? = nil) {
        self.reason = reason
        self.person = person
    }

    /// What a withdrawal did.
    public struct Outcome: Sendable {
        /// Events taken back now.
        public var voided = 0
        /// Entries left as they are: voided before, voids themselves, or the log's own.
        public var skipped = 0
    }

    /// Voids in one batch, at most.
    static let batchSize = 16_384

    /// Takes back the entries of some ranges.
    ///
    /// - Parameter progress: told the number of entries done, after each batch.
    /// - Throws: `StoreFault`, or a `Rejection` where the reason does not fit its schema.
    public func takeBack(
        _ ranges: [Range<UInt32>], in store: LogStore, clock: () throws -> Instant,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Outcome {
        var outcome = Outcome()
        var batch = EventBatch()
        batch.isLogsOwn = true
        var done = 0
        for range in ranges {
            var next = range.lowerBound
            while next < range.upperBound {
                let end = min(range.upperBound, next + UInt32(Self.batchSize))
                let now = try clock()
                let skipped = try store.read { view in
                    try draft(next..<end, of: view, origin: store.origin, into: &batch, at: now)
                }
                let result = try store.append(batch, recorded: now, isStrict: false)
                outcome.voided += result.accepted
                outcome.skipped += skipped + result.duplicates + result.rejections.count
                batch.removeAll()
                done += Int(end - next)
                next = end
                try progress(done)
            }
        }
        return outcome
    }

    /// Drafts the voids of some entries; returns how many entries get none.
    private func draft(
        _ range: Range<UInt32>, of view: borrowing LogView, origin: String,
        into batch: inout EventBatch,
        at now: Instant
    ) throws -> Int {
        let voided = Set(try view.voidedSequences())
        var event = EventBatch()
        var validator = EventValidator(view.types)
        var skipped = 0
        for sequence in range {
            event.removeAll()
            try view.withEntry(sequence) { entry in
                _ = try validator.admit(entry: entry, into: &event)
            }
            let row = event.rows[0]
            let segment = try view.segment(containing: sequence)
            let subject = try view.subject(ofCase: segment.cases[Int(sequence - segment.first)])
            let schema = view.types.schemas[Int(row.type)]
            if schema.isLogsOwn || schema.type == "event.voided" || voided.contains(sequence) {
                skipped += 1
                continue
            }
            var draft = EventDraft(
                id: "void/\(sequence)", source: origin, type: "event.voided",
                subject: subject, time: now,
                fields: [
                    .init("source", .text(event.text(row.source))),
                    .init("id", .text(event.text(row.id))), .init("reason", .text(reason)),
                ])
            if let person { draft.set("by", .text(person)) }
            if let rejection = validator.admit(draft, as: .input, into: &batch) {
                throw rejection
            }
        }
        return skipped
    }

    /// The entries that an import added, by the id its record has or the input's SHA-256, or how one of
    /// these begins (of an input with answers of people who are not to be known: all of it); nil when
    /// there is no such import.
    ///
    /// - Throws: `WithdrawalFault` where a beginning fits several imports.
    /// - Complexity: O(imports recorded).
    public static func ranges(ofImport id: String, in store: LogStore) throws -> [Range<UInt32>]? {
        // As the log shows it, too.
        let id = id.utf8.starts(with: "ingest/".utf8) ? String(id.dropFirst(7)) : id
        guard id.utf8.count >= 8 else { return nil }
        let imports = try ImportNames.all(in: store)
        let exact = imports.filter { [$0.name, $0.whole, $0.digest].contains(id) }
        var found = exact
        if exact.isEmpty {
            let digest = try store.privateDigest()
            let meant = imports.compactMap { found in
                found.identity(of: id, digest).map { (found, $0) }
            }
            let identities = Set(meant.map(\.1))
            if identities.count > 1 {
                throw WithdrawalFault.fitsSeveral(id, identities.sorted())
            }
            found = meant.map(\.0)
        }
        return found.isEmpty ? nil : found.flatMap(\.ranges)
    }
}

/// Why what is to be taken back is not known; `description` reads after `Error: `.
public enum WithdrawalFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// How an id begins, and the ids and digests that begin so.
    case fitsSeveral(String, [String])

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .fitsSeveral(let start, let ids):
            let shown = ids.prefix(4).joined(separator: ", ")
            let rest = ids.count > 4 ? " and \(ids.count - 4) more" : ""
            return
                "\(ids.count) imports begin with \(start): \(shown)\(rest). Give more of the one "
                + "that is meant; nothing was taken back."
        }
    }
}

/// What an import may be called by, as one of its records says.
struct ImportNames {
    /// The record's entry.
    var sequence: UInt32
    /// The record's id without `ingest/`: that of input and mapping, then `/2` and so on.
    var name: String
    /// The part of it that all records of input and mapping share.
    var whole: String { String(name.prefix { $0 != "/" }) }
    /// The input's SHA-256; nil where it is not kept.
    var digest: String?
    var mapping: String
    /// The entries it added.
    var ranges: [Range<UInt32>]

    private init?(_ entry: JSONValue, at sequence: UInt32) {
        self.sequence = sequence
        let prefix = "ingest/"
        guard case .string(let id)? = entry["id"], id.utf8.starts(with: prefix.utf8) else {
            return nil
        }
        func text(_ field: String) -> String? {
            if case .string(let text)? = entry["data"]?[field] { text } else { nil }
        }
        name = String(id.dropFirst(prefix.count))
        digest = text("digest")
        mapping = text("mapping") ?? ""
        ranges = (text("ranges") ?? "").split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").compactMap { UInt32($0) }
            guard ends.count == 2, ends[0] <= ends[1], ends[1] < .max else { return nil }
            return ends[0]..<ends[1] + 1
        }
    }

    /// Those of a log, in its order.
    static func all(in store: LogStore) throws -> [ImportNames] {
        try store.read { view in
            guard let caseID = try view.caseID("log/ingest") else { return [] }
            return try view.caseHistory(caseID).compactMap { sequence in
                ImportNames(
                    try JSONValue(
                        parsing: String(decoding: view.revealedEntry(sequence), as: UTF8.self)),
                    at: sequence)
            }
        }
    }

    /// Of several records of one import or one input the same text: the whole id or digest that a
    /// beginning stands for; nil where it stands for neither.
    func identity(of start: String, _ privateDigest: ([UInt8]) -> [UInt8]) -> String? {
        if let digest, digest.utf8.starts(with: start.utf8) { return digest }
        if name.utf8.starts(with: start.utf8) { return whole }
        // An input with answers: its record is named by the digest, and doesn't tell it.
        guard digest == nil, start.utf8.count == 64 else { return nil }
        return isOf(start, privateDigest) ? whole : nil
    }

    /// Whether it tells of an input, by all 64 digits of its SHA-256.
    func isOf(_ digest: String, _ privateDigest: ([UInt8]) -> [UInt8]) -> Bool {
        whole == Hexadecimal.text(privateDigest(Array((digest + mapping).utf8)))
    }
}
