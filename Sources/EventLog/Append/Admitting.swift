import EventModel
import LMDB

/// The careful way through a batch: taken when some of its events may be there already, or repeat
/// each other, or void others, or register definitions.
///
/// It goes row by row, so that a batch is admitted as its events would be one at a time.
struct Admitting: ~Copyable {
    /// Who has an idempotency key: an entry of the log, or a row of the batch accepted before.
    private enum Holder: Hashable {
        case entry(UInt32)
        case row(Int)
    }

    let appender: Appender
    let input: AppendInput
    let batch: EventBatch
    let old: LogState
    let transaction: TransactionReference
    var admission = Admission()
    /// By fingerprint of the key; those that are absent have at most one row here and no entry.
    private var holders: [UInt64: [Holder]] = [:]
    /// Taken out by voids of this batch; true where the log itself withdrew it.
    private var voidedHere: [UInt32: Bool] = [:]
    private let bundles = BundleReader()
    private var segment: ColumnSegment?
    /// Definitions registered by this batch, by kind, name and version: their digests.
    private var definitionsHere: [[String]: String] = [:]
    private var register: DefinitionRegister?

    init(
        appender: Appender, input: AppendInput, batch: EventBatch, old: LogState,
        transaction: TransactionReference
    ) {
        self.appender = appender
        self.input = input
        self.batch = batch
        self.old = old
        self.transaction = transaction
    }

    private var tables: LogTables { appender.tables }
    private var layout: TypeLayout { appender.layout }

    /// Notes which keys need looking at: those with entries, those that come twice, and those that
    /// voids name.
    mutating func prepare(_ hits: [(fingerprint: UInt64, sequence: UInt32)]) throws {
        holders.reserveCapacity(hits.count)
        note(hits)
        let identities = appender.identities
        for place in 1..<max(1, identities.count)
        where identities.key(place) == identities.key(place - 1) {
            if holders[identities.key(place)] == nil { holders[identities.key(place)] = [] }
        }
        guard let voidType = layout.voidType else { return }
        var wanted: [UInt64] = []
        for (row, event) in batch.rows.enumerated() where event.type == voidType {
            guard let target = target(ofVoid: row) else { continue }
            let key = Admitting.fingerprint(target)
            if holders[key] == nil {
                holders[key] = []
                wanted.append(key)
            }
        }
        wanted.sort()
        note(try appender.storedIdentities(wanted, in: transaction))
    }

    private mutating func note(_ hits: [(fingerprint: UInt64, sequence: UInt32)]) {
        for hit in hits { holders[hit.fingerprint, default: []].append(.entry(hit.sequence)) }
    }

    /// Decides about every row.
    mutating func run(isStrict: Bool) throws {
        var count = 0
        for row in batch.rows.indices {
            appender.sequences[row] = .max
            let verdict = try judge(row, next: input.base + UInt32(count))
            switch verdict {
            case .accepted:
                appender.sequences[row] = input.base + UInt32(count)
                appender.accepted[count] = UInt32(row)
                count += 1
                let key = batch.rows[row].identity.value
                if holders[key] != nil { holders[key]?.append(.row(row)) }
            case .duplicate: admission.duplicates += 1
            case .refused(let rejection):
                admission.rejections.append((row, rejection))
                if isStrict {
                    appender.accepted.resize(0)
                    return
                }
            }
        }
        appender.accepted.resize(count)
    }

    private enum Verdict {
        case accepted
        case duplicate
        case refused(Rejection)
    }

    private mutating func judge(_ row: Int, next sequence: UInt32) throws -> Verdict {
        let event = batch.rows[row]
        for holder in holders[event.identity.value] ?? [] {
            switch try compare(row, with: holder) {
            case .other: continue
            case .same: return .duplicate
            case .conflict: return .refused(conflict(row))
            }
        }
        if event.type == layout.voidType { return try judgeVoid(row, next: sequence) }
        if event.type == layout.registeredType { return try judgeDefinition(row) }
        return .accepted
    }

    private enum Likeness {
        /// Another source or id, or taken out and so free to be recorded anew.
        case other
        case same
        case conflict
    }

    /// A voided event leaves its key to other content. The same content stays what it was, there
    /// already, so that an input ingested again adds nothing; unless the log's own withdrawal
    /// (`rekam void`) took it out, after which the input may be recorded anew.
    private mutating func compare(_ row: Int, with holder: Holder) throws -> Likeness {
        let likeness = try likeness(of: row, to: holder)
        guard likeness != .other, try isVoided(holder) else { return likeness }
        return try likeness == .conflict || isWithdrawn(holder) ? .other : .same
    }

    private mutating func likeness(of row: Int, to holder: Holder) throws -> Likeness {
        switch holder {
        case .row(let earlier):
            let left = batch.rows[earlier]
            let right = batch.rows[row]
            guard isSame(left.source, right.source), isSame(left.id, right.id) else {
                return .other
            }
            return isSame(left.canonical, right.canonical) ? .same : .conflict
        case .entry(let sequence):
            if try leafMatches(row, sequence) { return .same }
            let hasSameKey = try withEntry(sequence) { entry in
                try ["source", "id"].allSatisfy { name in
                    let raw = try member(name, of: entry, sequence)
                    let other = CanonicalJSON.member(
                        name, of: batch.rows[row].canonical.indices, in: batch.bytes.span)
                    guard let other else { return false }
                    return CanonicalJSON.equals(raw, in: entry, other, in: batch.bytes.span)
                }
            }
            return hasSameKey ? .conflict : .other
        }
    }

    private func isSame(_ left: TextRange, _ right: TextRange) -> Bool {
        CanonicalJSON.equals(
            left.indices, in: batch.bytes.span, right.indices, in: batch.bytes.span)
    }

    private func isVoided(_ holder: Holder) throws -> Bool {
        switch holder {
        case .row(let row): return voidedHere[appender.sequences[row]] != nil
        case .entry(let sequence):
            if voidedHere[sequence] != nil { return true }
            guard old.voidedCount > 0 else { return false }
            return try transaction.contains(tables.voids, Key(sequence))
        }
    }

    /// Whether a voided event was taken out by the log's own withdrawal: a void whose source is the
    /// log's origin.
    private func isWithdrawn(_ holder: Holder) throws -> Bool {
        let sequence: UInt32
        switch holder {
        case .row(let row): sequence = appender.sequences[row]
        case .entry(let entry): sequence = entry
        }
        if let isOwn = voidedHere[sequence] { return isOwn }
        let void = try transaction.withValue(tables.voids, Key(sequence)) {
            $0.littleEndian(at: 0, as: UInt32.self)
        }
        guard let void else { return false }
        return try withEntry(void) { entry in
            CanonicalJSON.text(try member("source", of: entry, void), in: entry) == appender.origin
        }
    }

    /// Whether a row, with an entry's sequence and recording time, is that very entry.
    private mutating func leafMatches(_ row: Int, _ sequence: UInt32) throws -> Bool {
        let segment = try segment(containing: sequence)
        let place = Int(sequence - segment.first)
        let recorded = Instant(milliseconds: segment.recorded[place])
        let hash = unsafe appender.leafHash(
            input.rows[row], input, recorded: recorded, sequence: sequence)
        return segment.withLeaf(place) { isEqual($0, hash.storage.span) }
    }

    private mutating func segment(containing sequence: UInt32) throws -> ColumnSegment {
        if let segment, sequence >= segment.first, Int(sequence - segment.first) < segment.count {
            return segment
        }
        guard sequence < old.entryCount else {
            throw StoreFault.damaged(
                path: tables.path, table: "identities", key: String(sequence),
                reason: "a key leads beyond the last entry")
        }
        let piece = Segmentation.piece(containing: Int(sequence), ofCount: Int(old.entryCount))
        let found = try tables.segment(over: piece, in: transaction)
        segment = found
        return found
    }

    private func withEntry<Result>(
        _ sequence: UInt32, _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        try tables.withEntry(
            sequence, entryCount: old.entryCount, bundles, in: transaction, body)
    }

    private func member(
        _ name: String, of entry: Span<UInt8>, _ sequence: UInt32
    ) throws -> Range<Int> {
        guard let raw = CanonicalJSON.member(name, of: 0..<entry.count, in: entry) else {
            throw StoreFault.damaged(
                path: tables.path, table: "bundles", key: String(sequence),
                reason: "the entry has no \(name)")
        }
        return raw
    }

    private func conflict(_ row: Int) -> Rejection {
        Rejection(
            line: batch.rows[row].line, field: "id", value: batch.text(batch.rows[row].id),
            problem: "another event already has this source and id; give a new event an id of its "
                + "own, or take the other one out with event.voided first")
    }

    // MARK: Voids

    /// Source and id of the event that a void names.
    private func target(ofVoid row: Int) -> (source: String, id: String)? {
        let canonical = batch.rows[row].canonical.indices
        let bytes = batch.bytes.span
        guard let data = CanonicalJSON.member("data", of: canonical, in: bytes),
            let source = CanonicalJSON.member("source", of: data, in: bytes),
            let id = CanonicalJSON.member("id", of: data, in: bytes),
            let sourceText = CanonicalJSON.text(source, in: bytes),
            let idText = CanonicalJSON.text(id, in: bytes)
        else { return nil }
        return (sourceText, idText)
    }

    private static func fingerprint(_ key: (source: String, id: String)) -> UInt64 {
        let source = Array(key.source.utf8)
        let id = Array(key.id.utf8)
        return Fingerprint(Fingerprint(of: source.span), Fingerprint(of: id.span)).value
    }

    private mutating func judgeVoid(_ row: Int, next sequence: UInt32) throws -> Verdict {
        let event = batch.rows[row]
        guard let target = target(ofVoid: row) else {
            preconditionFailure("a void was not validated")
        }
        func refusal(_ problem: String) -> Verdict {
            .refused(
                Rejection(line: event.line, field: "data.id", value: target.id, problem: problem))
        }
        var voided: Holder?
        var wasVoided = false
        for holder in holders[Admitting.fingerprint(target)] ?? []
        where try hasKey(holder, target) {
            if try isVoided(holder) { wasVoided = true } else { voided = holder }
        }
        guard let voided else {
            return refusal(
                wasVoided
                    ? "the event to void is voided already"
                    : "no event with this source and id is in the log")
        }
        let (type, subject, voidedSequence) = try describe(voided)
        guard type != layout.voidType else {
            return refusal("an event.voided cannot be voided; record the event itself anew")
        }
        guard subject == batch.text(event.subject) else {
            return refusal("the event to void belongs to another case (\(subject))")
        }
        voidedHere[voidedSequence] = batch.text(event.source) == appender.origin
        admission.voids.append((voidedSequence, sequence))
        return .accepted
    }

    private func hasKey(_ holder: Holder, _ key: (source: String, id: String)) throws -> Bool {
        switch holder {
        case .row(let row):
            return batch.text(batch.rows[row].source) == key.source
                && batch.text(batch.rows[row].id) == key.id
        case .entry(let sequence):
            return try withEntry(sequence) { entry in
                let source = try member("source", of: entry, sequence)
                let id = try member("id", of: entry, sequence)
                return CanonicalJSON.text(source, in: entry) == key.source
                    && CanonicalJSON.text(id, in: entry) == key.id
            }
        }
    }

    private mutating func describe(
        _ holder: Holder
    ) throws -> (type: UInt16, subject: String, sequence: UInt32) {
        switch holder {
        case .row(let row):
            return (
                batch.rows[row].type, batch.text(batch.rows[row].subject), appender.sequences[row]
            )
        case .entry(let sequence):
            let segment = try segment(containing: sequence)
            let place = Int(sequence - segment.first)
            let subject = try tables.cases.text(segment.cases[place], in: transaction)
            return (segment.types[place], subject, sequence)
        }
    }

    // MARK: Definitions

    /// A name and version of a definition means one body for ever.
    private mutating func judgeDefinition(_ row: Int) throws -> Verdict {
        guard
            let change = DefinitionChange(
                canonical: batch.rows[row].canonical.indices, in: batch.bytes.span,
                action: .registered, sequence: 0)
        else { return .accepted }
        if register == nil {
            register = try DefinitionRegister(
                tables: tables, upTo: old.entryCount, in: transaction)
        }
        let key = [change.kind, change.name, String(change.version)]
        let earlier =
            definitionsHere[key]
            ?? register?.definition(change.kind, change.name, change.version)?.digest
        guard earlier == nil || earlier == change.digest else {
            return .refused(
                Rejection(
                    line: batch.rows[row].line, field: "data.name", value: change.name,
                    problem: "this \(change.kind) is registered in version \(change.version) with "
                        + "another body; raise its version"))
        }
        definitionsHere[key] = change.digest
        return .accepted
    }
}
