public import EventModel
import LMDB

/// Says what the log would do with batches, and records nothing: what is there already, what is
/// refused and why, each batch seeing those before it, as if these had been recorded.
///
/// It reads alone, so that it runs beside a writer, and where this user may not write. Events told
/// before are kept for comparing, the first 256 MiB of them; of those after, that one comes again with
/// other content is known, and not in which field.
public struct Rehearsal: EventSink {
    private let store: LogStore
    /// By fingerprint of source and id: events that would have been recorded.
    private var kept: [UInt64: [Kept]] = [:]
    private var texts: [UInt8] = []
    /// Taken out by events told here; true where the log itself withdraws them.
    private var voided: [UInt32: Bool] = [:]
    /// The sequence that the next event would get.
    private var next: UInt32?

    /// Places that rows of inputs before were given, where a mapping numbers rows.
    public var rowPlaces: Set<RowPlaceKey> = []

    /// What the batch at hand has told, to take it back.
    private var done: [Step] = []

    private enum Step {
        case kept(UInt64)
        case voided(UInt32)
    }

    private static let mostBytes = 256 << 20

    /// An event that would have been recorded.
    private struct Kept {
        var sequence: UInt32
        var type: UInt16
        /// Its canonical JSON in `texts`; nil where there was no room.
        var text: Range<Int>?
        /// A fingerprint of its content, and one of its subject.
        var content: UInt64
        var subject: UInt64
        var isAnswer: Bool
        var order: OrderKey
    }

    /// An event under some source and id: of the log, or told here.
    private enum Holder {
        case entry(UInt32)
        case kept(Kept)

        var sequence: UInt32 {
            switch self {
            case .entry(let sequence): sequence
            case .kept(let kept): kept.sequence
            }
        }
    }

    private enum Verdict {
        case accepted
        /// There already; whether it was recorded at another place among those of its instant.
        case duplicate(isElsewhere: Bool)
        case refused(Rejection)
    }

    init(_ store: LogStore) { self.store = store }

    /// One that goes on from here.
    public func rehearsal() -> (any EventSink)? { self }

    /// What `LogStore.append` would say of a batch, but for the clock.
    ///
    /// - Complexity: O(events · log entries); one that is there already costs some 20 µs.
    public mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        try store.read { view in
            var outcome = AppendOutcome()
            var sequence = next ?? view.entryCount
            let first = sequence
            var accepted: Set<Int> = []
            let entries = try entries(of: batch, in: view)
            done.removeAll(keepingCapacity: true)
            var start = 0
            while start < batch.rows.count {
                let rows = together(from: start, in: batch)
                start = rows.upperBound
                let mark = (done.count, sequence, outcome.duplicates, outcome.elsewhere.count)
                for row in rows {
                    let found = entries[batch.rows[row].identity.value] ?? []
                    switch try judge(row, of: batch, found, sequence, in: view) {
                    case .accepted:
                        accepted.insert(row)
                        keep(row, of: batch, sequence, in: view)
                        sequence += 1
                        continue
                    case .duplicate(let isElsewhere):
                        outcome.duplicates += 1
                        if isElsewhere { outcome.elsewhere.append(row) }
                        continue
                    case .refused(let rejection):
                        goBack(to: mark.0)
                        (sequence, outcome.duplicates) = (mark.1, mark.2)
                        outcome.elsewhere.removeLast(outcome.elsewhere.count - mark.3)
                        accepted.subtract(rows)
                        outcome.rejections.append((row, rejection))
                    }
                    break
                }
                if isStrict, !outcome.rejections.isEmpty {
                    goBack(to: 0)
                    outcome.duplicates = 0
                    outcome.elsewhere = []
                    return outcome
                }
            }
            next = sequence
            outcome.accepted = accepted.count
            outcome.acceptedRows = accepted
            outcome.sequences = first..<sequence
            return outcome
        }
    }

    private mutating func goBack(to count: Int) {
        for step in done[count...].reversed() {
            switch step {
            case .kept(let identity): kept[identity]?.removeLast()
            case .voided(let sequence): voided[sequence] = nil
            }
        }
        done.removeLast(done.count - count)
    }

    /// The rows that stand and fall with one.
    private func together(from start: Int, in batch: EventBatch) -> Range<Int> {
        guard batch.isAtomicByLine else { return start..<start + 1 }
        let line = batch.rows[start].line
        let end = batch.rows[start...].firstIndex { $0.line != line } ?? batch.rows.count
        return start..<end
    }

    /// The log's entries under the sources and ids of a batch.
    private func entries(
        of batch: EventBatch, in view: borrowing LogView
    ) throws -> [UInt64: [UInt32]] {
        try entries(under: batch.rows.map(\.identity.value), in: view)
    }

    private func entries(
        under fingerprints: [UInt64], in view: borrowing LogView
    ) throws -> [UInt64: [UInt32]] {
        var found: [UInt64: [UInt32]] = [:]
        let sorted = fingerprints.sorted()
        try view.tables.identities.probe(sorted, in: view.transaction) { place, sequence in
            let known = found[sorted[place]] ?? []
            if !known.contains(sequence) { found[sorted[place]] = known + [sequence] }
        }
        return found
    }

    private mutating func keep(
        _ row: Int, of batch: EventBatch, _ sequence: UInt32, in view: borrowing LogView
    ) {
        let event = batch.rows[row]
        var text: Range<Int>?
        if texts.count < Rehearsal.mostBytes {
            text = texts.count..<texts.count + Int(event.canonical.length)
            texts += batch.bytes[event.canonical.indices]
        }
        done.append(.kept(event.identity.value))
        kept[event.identity.value, default: []].append(
            Kept(
                sequence: sequence, type: event.type, text: text,
                content: Rehearsal.content(of: row, batch),
                subject: event.subjectFingerprint.value,
                isAnswer: view.types.isAnswer(event.type, ofCase: batch.text(event.subject)),
                order: event.order))
    }

    private func order(of holder: Holder, in view: borrowing LogView) throws -> OrderKey {
        switch holder {
        case .kept(let kept): return kept.order
        case .entry(let sequence):
            let segment = try view.segment(containing: sequence)
            return segment.order(of: Int(sequence - segment.first))
        }
    }

    /// A fingerprint of what makes a row the same event.
    private static func content(of row: Int, _ batch: EventBatch) -> UInt64 {
        let start = Int(batch.rows[row].canonical.offset)
        var bytes: [UInt8] = []
        for place in batch.rows[row].content {
            let piece = batch.content[place].indices
            bytes += batch.bytes[start + piece.lowerBound..<start + piece.upperBound]
        }
        return Fingerprint(of: bytes.span).value
    }

    // MARK: Deciding

    private mutating func judge(
        _ row: Int, of batch: EventBatch, _ entries: [UInt32], _ sequence: UInt32,
        in view: borrowing LogView
    ) throws -> Verdict {
        let event = batch.rows[row]
        if !batch.isLogsOwn, isSameText(batch.text(event.source), store.origin) {
            return .refused(batch.ownSource(row))
        }
        let holders =
            entries.map(Holder.entry) + (kept[event.identity.value] ?? []).map(Holder.kept)
        for holder in holders {
            switch try likeness(of: row, of: batch, to: holder, in: view) {
            case .other: continue
            case .same:
                let isElsewhere =
                    try event.orderText.length > 0 && order(of: holder, in: view) != event.order
                return .duplicate(isElsewhere: isElsewhere)
            case .conflict(let difference): return .refused(batch.conflict(row, difference))
            }
        }
        guard view.types.schemas[Int(event.type)].type == "event.voided" else { return .accepted }
        return try judgeVoid(row, of: batch, sequence, in: view)
    }

    /// What an event is to another one: see `Admitting`, which decides the same when recording.
    private enum Likeness {
        case other
        case same
        case conflict(ContentDifference?)
    }

    private func likeness(
        of row: Int, of batch: EventBatch, to holder: Holder, in view: borrowing LogView
    ) throws -> Likeness {
        let event = batch.rows[row]
        let isVoided = try isVoided(holder.sequence, in: view)
        let isAnswer = try isAnswer(holder, in: view)
        let comesAsAnswer = view.types.isAnswer(event.type, ofCase: batch.text(event.subject))
        var theirs: EventContent?
        switch holder {
        case .entry(let sequence): theirs = try content(ofEntry: sequence, in: view)
        case .kept(let kept): theirs = try kept.text.map { try EventContent(json: texts[$0]) }
        }
        let ours = EventContent(event, of: batch)
        if let theirs,
            !isSameText(theirs.source, ours.source) || !isSameText(theirs.id, ours.id)
        {
            return .other
        }
        if isAnswer || comesAsAnswer {
            if isVoided, try isWithdrawn(holder.sequence, in: view) { return .other }
            let isVoid = try isVoid(holder, in: view)
            return isAnswer && comesAsAnswer
                && isVoid == (view.types.schemas[Int(event.type)].type == "event.voided")
                ? .same : .conflict(nil)
        }
        let difference: ContentDifference?
        if let theirs {
            difference = theirs.difference(to: ours)?.at(holder.sequence)
        } else if case .kept(let kept) = holder, kept.content != Rehearsal.content(of: row, batch) {
            return isVoided ? .other : .conflict(nil)
        } else {
            difference = nil
        }
        guard isVoided else { return difference.map { .conflict($0) } ?? .same }
        if difference != nil { return .other }
        return try isWithdrawn(holder.sequence, in: view) ? .other : .same
    }

    private func content(
        ofEntry sequence: UInt32, in view: borrowing LogView
    ) throws -> EventContent {
        let vault = try view.persons.vaultReader()
        let revealing = view.persons.revealing
        return try view.withEntry(sequence) { entry in
            try RevealedEntry(entry, sequence, vault, revealing).content
        }
    }

    private func isAnswer(_ holder: Holder, in view: borrowing LogView) throws -> Bool {
        switch holder {
        case .entry(let sequence): try view.isAnswer(sequence)
        case .kept(let kept): kept.isAnswer
        }
    }

    private func isVoid(_ holder: Holder, in view: borrowing LogView) throws -> Bool {
        let type: UInt16
        switch holder {
        case .entry(let sequence):
            let segment = try view.segment(containing: sequence)
            type = segment.types[Int(sequence - segment.first)]
        case .kept(let kept): type = kept.type
        }
        return view.types.schemas[Int(type)].type == "event.voided"
    }

    private func isVoided(_ sequence: UInt32, in view: borrowing LogView) throws -> Bool {
        if voided[sequence] != nil { return true }
        return try sequence < view.entryCount && view.isVoided(sequence)
    }

    /// Whether the log itself took an event out that is taken out.
    private func isWithdrawn(_ sequence: UInt32, in view: borrowing LogView) throws -> Bool {
        if let isOwn = voided[sequence] { return isOwn }
        let void = try view.transaction.withValue(view.tables.voids, Key(sequence)) {
            $0.littleEndian(at: 0, as: UInt32.self)
        }
        guard let void else { return false }
        return try isSameText(content(ofEntry: void, in: view).source, store.origin)
    }

    // MARK: Voids

    private mutating func judgeVoid(
        _ row: Int, of batch: EventBatch, _ sequence: UInt32, in view: borrowing LogView
    ) throws -> Verdict {
        let event = batch.rows[row]
        let json = try JSONValue(parsing: batch.text(event.canonical))
        func text(_ name: String) -> String {
            guard case .string(let text)? = json["data"]?[name] else { return "" }
            return text
        }
        let target = (source: text("source"), id: text("id"))
        func refusal(_ problem: String) -> Verdict {
            .refused(
                Rejection(
                    kind: .void, line: event.line, field: "data.id", value: target.id,
                    problem: problem))
        }
        let identity = Fingerprint(
            Fingerprint(of: target.source.utf8Span.span), Fingerprint(of: target.id.utf8Span.span))
        var found: Holder?
        var wasVoided = false
        let entries = try entries(under: [identity.value], in: view)[identity.value] ?? []
        for holder in entries.map(Holder.entry)
            + (kept[identity.value] ?? []).map(Holder.kept)
        where try hasKey(holder, target, in: view) {
            if try isVoided(holder.sequence, in: view) { wasVoided = true } else { found = holder }
        }
        guard let found else {
            return refusal(
                wasVoided ? VoidProblem.voidedAlready : VoidProblem.noSuchEvent)
        }
        guard try !isVoid(found, in: view) else { return refusal(VoidProblem.isVoid) }
        guard try isOfSameCase(found, row, of: batch, in: view) else {
            return refusal(VoidProblem.otherCase)
        }
        done.append(.voided(found.sequence))
        voided[found.sequence] = batch.isLogsOwn
        return .accepted
    }

    private func hasKey(
        _ holder: Holder, _ key: (source: String, id: String), in view: borrowing LogView
    ) throws -> Bool {
        let content: EventContent
        switch holder {
        case .entry(let sequence): content = try self.content(ofEntry: sequence, in: view)
        case .kept(let kept):
            guard let text = kept.text else { return true }
            content = try EventContent(json: texts[text])
        }
        return isSameText(content.source, key.source) && isSameText(content.id, key.id)
    }

    private func isOfSameCase(
        _ holder: Holder, _ row: Int, of batch: EventBatch, in view: borrowing LogView
    ) throws -> Bool {
        switch holder {
        case .kept(let kept): return kept.subject == batch.rows[row].subjectFingerprint.value
        case .entry(let sequence):
            let segment = try view.segment(containing: sequence)
            let id = try view.caseID(batch.text(batch.rows[row].subject))
            return id == segment.cases[Int(sequence - segment.first)]
        }
    }
}

extension LogStore {
    /// What says what would come of batches, recording nothing.
    public func rehearsal() -> Rehearsal { Rehearsal(self) }
}

/// The place that a numbered row of a case was given: its fingerprint.
public struct RowPlaceKey: Hashable, Sendable {
    private let subject: UInt64
    private let source: UInt64
    private let time: SentTime
    private let order: OrderKey

    /// That of a row of a batch.
    public init(_ row: EventRow, of batch: borrowing EventBatch) {
        subject = row.subjectFingerprint.value
        source = Fingerprint(of: batch.bytes.span.extracting(row.source.indices)).value
        time = row.sent
        order = row.order
    }
}

/// Why a void is refused.
enum VoidProblem {
    static let voidedAlready = "the event to void is voided already"
    static let noSuchEvent =
        "no event with this source and id is in the log: what takes an event out comes after it"
    static let isVoid = "an event.voided cannot be voided; record the event itself anew"
    static let otherCase = "the event to void belongs to another case"
}
