import EventModel
import LMDB
import Vault

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
    let forming: EntryForming
    /// Whether some row has the log's own name as its source.
    let speaksForLog: Bool
    let old: LogState
    let transaction: TransactionReference
    var admission = Admission()
    /// By fingerprint of the key; those that are absent have at most one row here and no entry.
    private var holders: [UInt64: [Holder]] = [:]
    /// By row, whether its key is among them.
    private var isWatched: [Bool] = []
    /// Taken out by voids of this batch; true where the log itself withdrew it.
    private var voidedHere: [UInt32: Bool] = [:]
    private let bundles = BundleReader()
    private var vaultReader: VaultReader?
    private var hasReader = false
    private var revealing: Revealing?
    private var segment: ColumnSegment?
    /// Definitions registered by this batch, by kind, name and version: what they mean.
    private var definitionsHere: [[String]: String] = [:]
    private var register: DefinitionRegister?

    init(
        appender: Appender, input: AppendInput, batch: EventBatch, forming: EntryForming,
        speaksForLog: Bool, old: LogState, transaction: TransactionReference
    ) {
        self.forming = forming
        self.speaksForLog = speaksForLog
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
        guard let voidType = layout.voidType else { return watch() }
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
        watch()
    }

    private mutating func watch() {
        isWatched = Array(repeating: false, count: input.rowCount)
        for key in holders.keys {
            for place in appender.identities.places(of: key) {
                isWatched[Int(appender.identities.value(place))] = true
            }
        }
    }

    private mutating func note(_ hits: [(fingerprint: UInt64, sequence: UInt32)]) {
        for hit in hits { holders[hit.fingerprint, default: []].append(.entry(hit.sequence)) }
    }

    /// Decides about every row.
    mutating func run(isStrict: Bool) throws {
        var count = 0
        var row = 0
        while row < batch.rows.count {
            var end = row + 1
            if batch.isAtomicByLine {
                let line = batch.rows[row].line
                while end < batch.rows.count, batch.rows[end].line == line { end += 1 }
            }
            if let refused = try judge(row..<end, &count) {
                admission.rejections.append(refused)
                if isStrict {
                    appender.accepted.resize(0)
                    return
                }
            }
            row = end
        }
        appender.accepted.resize(count)
    }

    /// Decides about rows that stand and fall together, and counts those accepted; the first one
    /// refused, with which all of them leave no trace.
    private mutating func judge(
        _ rows: Range<Int>, _ count: inout Int
    ) throws -> (row: Int, rejection: Rejection)? {
        let start = (
            count: count, duplicates: admission.duplicates, voids: admission.voids.count
        )
        for row in rows {
            appender.sequences[row] = .max
            switch try judge(row, next: input.base + UInt32(count)) {
            case .accepted:
                appender.sequences[row] = input.base + UInt32(count)
                appender.accepted[count] = UInt32(row)
                count += 1
                if isWatched[row] {
                    holders[batch.rows[row].identity.value, default: []].append(.row(row))
                }
            case .duplicate: admission.duplicates += 1
            case .refused(let rejection):
                takeBack(rows, voidsFrom: start.voids)
                count = start.count
                admission.duplicates = start.duplicates
                return (row, rejection)
            }
        }
        return nil
    }

    /// Takes back what was decided about rows of which one is refused. None of them registers
    /// a definition: only the log itself does, one to a line.
    private mutating func takeBack(_ rows: Range<Int>, voidsFrom firstVoid: Int) {
        for void in admission.voids[firstVoid...] { voidedHere[void.voided] = nil }
        admission.voids.removeSubrange(firstVoid...)
        while let last = admission.elsewhere.last, rows.contains(last) {
            admission.elsewhere.removeLast()
        }
        for row in rows.reversed() {
            appender.sequences[row] = .max
            let key = batch.rows[row].identity.value
            if isWatched[row], holders[key]?.last == .row(row) { holders[key]!.removeLast() }
        }
    }

    private enum Verdict {
        case accepted
        case duplicate
        case refused(Rejection)
    }

    private mutating func judge(_ row: Int, next sequence: UInt32) throws -> Verdict {
        let event = input.row(row)
        if speaksForLog, appender.isOrigin(event.source, input) {
            return .refused(batch.ownSource(row))
        }
        if isWatched[row] {
            for holder in holders[event.identity.value] ?? [] {
                switch try compare(row, with: holder) {
                case .other: continue
                case .same:
                    if try isElsewhere(row, holder) { admission.elsewhere.append(row) }
                    return .duplicate
                case .conflict(let difference): return .refused(batch.conflict(row, difference))
                }
            }
        }
        if event.type == layout.voidType { return try judgeVoid(row, next: sequence) }
        if event.type == layout.registeredType { return try judgeDefinition(row) }
        return .accepted
    }

    /// Whether the place that a mapping gave a row is another than that of the same row as recorded.
    private mutating func isElsewhere(_ row: Int, _ holder: Holder) throws -> Bool {
        guard batch.rows[row].orderText.length > 0 else { return false }
        switch holder {
        case .row(let earlier): return batch.rows[earlier].order != batch.rows[row].order
        case .entry(let sequence):
            let segment = try segment(containing: sequence)
            return segment.order(of: Int(sequence - segment.first)) != batch.rows[row].order
        }
    }

    private enum Likeness {
        /// Another source or id, or taken out and so free to be recorded anew.
        case other
        case same
        /// Without a difference where it would tell what somebody answered who is not to be known.
        case conflict(ContentDifference?)
    }

    /// A voided event leaves its key to other content. The same content stays what it was, there
    /// already, so that an input ingested again adds nothing; unless the log's own withdrawal
    /// (`rekam void`) took it out, after which the input may be recorded anew.
    private mutating func compare(_ row: Int, with holder: Holder) throws -> Likeness {
        let isVoided = try isVoided(holder)
        let isAnswer = try isAnswer(holder)
        let comesAsAnswer = try self.isAnswer(.row(row))
        if isAnswer || comesAsAnswer {
            guard try hasKey(holder, key(of: row)) else { return .other }
            if isVoided, try isWithdrawn(holder) { return .other }
            // A score could be guessed in a few tries, were one told whether it is another: also one
            // that its source took back.
            let isVoid = try type(of: holder) == layout.voidType
            return isAnswer && comesAsAnswer
                && isVoid == (batch.rows[row].type == layout.voidType)
                ? .same : .conflict(nil)
        }
        let likeness = try likeness(of: row, to: holder)
        if case .other = likeness { return .other }
        guard isVoided else { return likeness }
        if case .conflict = likeness { return .other }
        return try isWithdrawn(holder) ? .other : .same
    }

    /// Whether an entry or a row is an event of somebody who is not to be known, and no invitation.
    private mutating func isAnswer(_ holder: Holder) throws -> Bool {
        guard layout.mayAnswer[Int(try type(of: holder))] else { return false }
        let subject: String
        switch holder {
        case .row(let row): subject = batch.text(batch.rows[row].subject)
        case .entry: subject = String(decoding: try describe(holder).subject ?? [], as: UTF8.self)
        }
        return EventTypes.isAnonymous(subject)
    }

    private mutating func type(of holder: Holder) throws -> UInt16 {
        switch holder {
        case .row(let row): return batch.rows[row].type
        case .entry(let sequence):
            let segment = try segment(containing: sequence)
            return segment.types[Int(sequence - segment.first)]
        }
    }

    private func key(of row: Int) -> (source: String, id: String) {
        (batch.text(batch.rows[row].source), batch.text(batch.rows[row].id))
    }

    private mutating func likeness(of row: Int, to holder: Holder) throws -> Likeness {
        switch holder {
        case .row(let earlier):
            let left = batch.rows[earlier]
            let right = batch.rows[row]
            guard isSame(left.source, right.source), isSame(left.id, right.id) else {
                return .other
            }
            let difference = EventContent(left, of: batch).difference(
                to: EventContent(right, of: batch))
            return difference.map {
                .conflict($0.at(appender.sequences[earlier]))
            } ?? .same
        case .entry(let sequence): return try likeness(of: row, toEntry: sequence)
        }
    }

    /// Mostly the digest of the content tells. It leaves out what has a token of its own, which the
    /// vault tells; and an erased name, which no longer has the token it had: then the entry does.
    private mutating func likeness(of row: Int, toEntry sequence: UInt32) throws -> Likeness {
        let digest = appender.contentDigest(batch.rows[row], forming)
        let segment = try segment(containing: sequence)
        let place = Int(sequence - segment.first)
        if segment.withContent(place, { isEqual($0, digest.span) }) {
            let hasTexts = batch.rows[row].personal.contains {
                batch.personal[$0].kind == .text && !batch.personal[$0].isAttribute
            }
            if !hasTexts { return .same }
        }
        let revealing = self.revealing ?? Revealing(types: appender.types)
        self.revealing = revealing
        let vault = try reader
        let recorded = try withEntry(sequence) { entry in
            try RevealedEntry(entry, sequence, vault, revealing)
        }
        let ours = EventContent(batch.rows[row], of: batch)
        let theirs = try recorded.content
        guard isSameText(ours.source, theirs.source), isSameText(ours.id, theirs.id) else {
            return .other
        }
        return theirs.difference(to: ours).map { .conflict($0.at(sequence)) } ?? .same
    }

    /// What explains tokens; nil without a vault.
    private var reader: VaultReader? {
        mutating get throws {
            if !hasReader {
                vaultReader = try appender.sealing.beginRead()
                hasReader = true
            }
            return vaultReader
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
            isSameText(
                CanonicalJSON.text(try member("source", of: entry, void), in: entry),
                appender.origin)
        }
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
                Rejection(
                    kind: .void, line: event.line, field: "data.id", value: target.id,
                    problem: problem))
        }
        var voided: Holder?
        var wasVoided = false
        for holder in holders[Admitting.fingerprint(target)] ?? []
        where try hasKey(holder, target) {
            if try isVoided(holder) { wasVoided = true } else { voided = holder }
        }
        guard let voided else {
            return refusal(
                wasVoided ? VoidProblem.voidedAlready : VoidProblem.noSuchEvent)
        }
        let (type, subject, voidedSequence) = try describe(voided)
        guard type != layout.voidType else {
            return refusal(VoidProblem.isVoid)
        }
        guard subject == sealedSubject(row) else {
            return refusal(VoidProblem.otherCase)
        }
        voidedHere[voidedSequence] = batch.isLogsOwn
        admission.voids.append((voidedSequence, sequence))
        return .accepted
    }

    private func hasKey(_ holder: Holder, _ key: (source: String, id: String)) throws -> Bool {
        switch holder {
        case .row(let row):
            return isSameText(batch.text(batch.rows[row].source), key.source)
                && isSameText(batch.text(batch.rows[row].id), key.id)
        case .entry(let sequence):
            return try withEntry(sequence) { entry in
                let source = try member("source", of: entry, sequence)
                let id = try member("id", of: entry, sequence)
                return isSameText(CanonicalJSON.text(source, in: entry), key.source)
                    && isSameText(CanonicalJSON.text(id, in: entry), key.id)
            }
        }
    }

    private mutating func describe(
        _ holder: Holder
    ) throws -> (type: UInt16, subject: [UInt8]?, sequence: UInt32) {
        switch holder {
        case .row(let row):
            return (batch.rows[row].type, sealedSubject(row), appender.sequences[row])
        case .entry(let sequence):
            let segment = try segment(containing: sequence)
            let place = Int(sequence - segment.first)
            let subject = try tables.cases.withText(segment.cases[place], in: transaction) {
                $0.copyBytes()
            }
            return (segment.types[place], subject, sequence)
        }
    }

    /// A row's subject as the log has it.
    private func sealedSubject(_ row: Int) -> [UInt8]? {
        unsafe withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: Appender.longestSealedSubject
        ) { room in
            unsafe appender.subject(of: batch.rows[row], input, room.baseAddress!).map {
                unsafe Array(UnsafeBufferPointer(start: $0.start, count: $0.count))
            }
        }
    }

    // MARK: Definitions

    /// A name and version of a definition means one thing for ever, whatever people are told of it.
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
            ?? register?.definition(change.kind, change.name, change.version)?.meaning
        guard earlier == nil || earlier == change.meaning else {
            return .refused(
                Rejection(
                    kind: .definition, line: batch.rows[row].line, field: "data.name",
                    value: change.name,
                    problem: "this \(change.kind) is registered in version \(change.version) with "
                        + "another meaning; raise its version"))
        }
        definitionsHere[key] = change.meaning
        return .accepted
    }
}
