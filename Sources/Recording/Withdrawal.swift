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
    /// - Complexity: O(imports recorded).
    public static func ranges(ofImport id: String, in store: LogStore) throws -> [Range<UInt32>]? {
        let digest = try store.privateDigest()
        return try store.read { view in
            guard let caseID = try view.caseID("log/ingest") else { return nil }
            var ranges: [Range<UInt32>] = []
            var isFound = false
            for sequence in try view.caseHistory(caseID) {
                let entry = try JSONValue(
                    parsing: String(decoding: view.revealedEntry(sequence), as: UTF8.self))
                guard id.utf8.count >= 8, case .string(let name)? = entry["id"] else { continue }
                var isMeant = name.utf8.starts(with: "ingest/\(id)".utf8)
                if case .string(let digest)? = entry["data"]?["digest"] {
                    isMeant = isMeant || digest.utf8.starts(with: id.utf8)
                } else if id.utf8.count == 64 {
                    // An input with answers: its record is named by the digest, and doesn't tell it.
                    var mapping = ""
                    if case .string(let text)? = entry["data"]?["mapping"] { mapping = text }
                    let named = Hexadecimal.text(digest(Array((id + mapping).utf8)))
                    isMeant = isMeant || name.utf8.starts(with: "ingest/\(named)".utf8)
                }
                guard isMeant else { continue }
                isFound = true
                guard case .string(let text)? = entry["data"]?["ranges"] else { continue }
                for part in text.split(separator: ",") {
                    let ends = part.split(separator: "-").compactMap { UInt32($0) }
                    guard ends.count == 2, ends[0] <= ends[1] else { continue }
                    ranges.append(ends[0]..<ends[1] + 1)
                }
            }
            return isFound ? ranges : nil
        }
    }
}
