internal import Dispatch
internal import EventModel
internal import Ingest
internal import Synchronization

/// Counts what is doubtful about events on their way into a log.
struct DoubtCounting<Sink: EventSink>: EventSink {
    var inside: Sink
    private let types: [TypeDoubts]
    private let clock: () throws -> Instant
    private var tally = DoubtTally()
    private let queue = DispatchQueue(label: "rekam.doubts")

    /// - Parameter clock: what events are recorded by.
    init(_ inside: Sink, _ types: EventTypes, clock: @escaping () throws -> Instant) {
        self.inside = inside
        self.types = types.schemas.map(TypeDoubts.init)
        self.clock = clock
    }

    func rehearsal() -> (any EventSink)? { inside.rehearsal() }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let look = DoubtLook(
            batch, types, latest: try clock().milliseconds + DoubtKind.clockTolerance)
        let looking = DispatchGroup()
        queue.async(group: looking) { look.run() }
        // Whatever happens, nobody else holds the batch when this returns.
        defer { look.end(looking) }
        let outcome = try inside.append(batch, isStrict: isStrict)
        // Of what was there already was told when it came, and what is refused is told as such.
        guard outcome.accepted > 0 else { return outcome }
        for found in look.end(looking) where outcome.isAccepted(found.row) {
            tally.add(
                found.kind, found.attribute, line: found.line,
                ofCase: found.kind.isOfPersons
                    ? nil : batch.text(batch.rows[found.row].subject))
        }
        return outcome
    }

    /// What was found, by kind and attribute.
    var doubts: [DoubtGroup] { tally.sorted }
}

/// What can be doubtful about events of one type.
struct TypeDoubts: Sendable {
    /// Where scores and their scales stand among the slots.
    var scales: [ScoreScale]
    /// Whether its cases may be people who are not to be known.
    var mayBeAnonymous: Bool
    /// Whether it may lie after its recording.
    var isPlan: Bool

    init(_ schema: EventSchema) {
        scales = schema.scales
        mayBeAnonymous = schema.takesAnonymous
        isPlan = schema.isPlan
    }
}

/// The looking through one batch, on a thread of its own while the log takes the batch in.
private final class DoubtLook: Sendable {
    /// What was found in a row; without a line where that would tell of somebody who is not to be
    /// known.
    struct Found {
        var kind: DoubtKind
        var attribute: String
        var row: Int
        var line: Int?
    }

    private let state: Mutex<State>
    private let types: [TypeDoubts]
    private let latest: Int64

    private struct State {
        var batch: EventBatch?
        var found: [Found] = []
    }

    /// - Parameter latest: the time, in milliseconds, after which only plans may lie.
    init(_ batch: EventBatch, _ types: [TypeDoubts], latest: Int64) {
        state = Mutex(State(batch: batch))
        self.types = types
        self.latest = latest
    }

    /// Waits for `run`, lets go of the batch, and hands out what was found.
    @discardableResult
    func end(_ looking: DispatchGroup) -> [Found] {
        looking.wait()
        return state.withLock { state in
            state.batch = nil
            return state.found
        }
    }

    func run() {
        guard let batch = state.withLock({ $0.batch }) else { return }
        var found: [Found] = []
        var widths = SequenceWidths()
        let bytes = batch.bytes.span
        for place in batch.rows.indices {
            let row = batch.rows[place]
            // Read field by field: most events need none of it.
            let type = Int(row.type)
            func note(_ kind: DoubtKind?, _ attribute: String) {
                guard let kind else { return }
                let isAnonymous =
                    types[type].mayBeAnonymous && EventTypes.isAnonymous(batch.text(row.subject))
                found.append(
                    Found(
                        kind: kind, attribute: attribute, row: place,
                        line: isAnonymous ? nil : row.line))
            }
            if row.mayHoldContact {
                note(ContactShape.find(bytes, row.id.indices), "id")
                // Persons' names behind the slash are kept as tokens.
                let isPerson = row.personal.contains { batch.personal[$0].kind == .subject }
                if !isPerson { note(ContactShape.find(bytes, row.subject.indices), "subject") }
                note(ContactShape.find(bytes, row.source.indices), "source")
            }
            if row.time.milliseconds > latest, !types[type].isPlan { note(.future, "time") }
            if row.order.kind != .none, widths.differ(place, in: batch) {
                note(.sequenceWidths, "sequence")
            }
            for scale in types[type].scales where isOff(scale, row, in: batch) {
                note(.offScale, "data." + scale.field)
            }
        }
        state.withLock { $0.found = found }
    }

    private func isOff(_ scale: ScoreScale, _ row: EventRow, in batch: EventBatch) -> Bool {
        // A batch that was made before the type grew has fewer slots.
        let columns = batch.columnCounts[Int(row.type)]
        let left = scale.left { index in
            index < columns
                ? Int64(bitPattern: batch.slots[Int(row.firstSlot) + 2 * index]) : .min
        }
        return left != nil
    }
}

/// Finds numbers of different length that are compared as text, among the events of one source, case
/// and instant: there "10" comes before "9".
private struct SequenceWidths {
    private struct Key: Hashable {
        var subject: UInt64
        var source: UInt64
        var time: SentTime
    }

    /// Of each, the place of the first row, and its digits once somebody asked.
    private var first: [Key: (place: Int, digits: Int?)] = [:]

    /// Whether a row's number has another length than that of the first such event.
    mutating func differ(_ place: Int, in batch: EventBatch) -> Bool {
        let row = batch.rows[place]
        guard row.order.digits != nil || row.order.beginsWithDigits else { return false }
        let key = Key(
            subject: row.subjectFingerprint.value,
            source: Fingerprint(of: batch.bytes.span.extracting(row.source.indices)).value,
            time: row.sent)
        guard let known = first[key] else {
            first[key] = (place, nil)
            return false
        }
        // Long ones are read only where there is something to compare.
        guard let digits = digits(row, in: batch) else { return false }
        guard let other = known.digits ?? self.digits(batch.rows[known.place], in: batch) else {
            first[key] = (place, digits)
            return false
        }
        first[key]?.digits = other
        return other != digits
    }

    private func digits(_ row: EventRow, in batch: EventBatch) -> Int? {
        guard row.order.beginsWithDigits else { return row.order.digits }
        let text =
            row.orderText.length > 0
            ? try? JSONValue(parsing: batch.text(row.orderText))
            : (try? JSONValue(parsing: batch.text(row.canonical)))?["sequence"]
        guard case .string(let digits)? = text else { return nil }
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? digits.utf8.count : nil
    }
}
