internal import EventLog
internal import EventModel
internal import Ingest

/// Sees, on the way into a log, which rows stand elsewhere among those of their instant than was
/// recorded: a row that is there already, at another place; and, where rows are numbered, a new one at a
/// place that an input before has given to another row. What was recorded first keeps its place, so that
/// the new one may stand wrong.
///
/// An input that holds all rows of an instant, as before and with more at its growing end, gives each
/// the same place again: nothing is told of it.
struct PlaceWatch<Sink: EventSink>: EventSink {
    var inside: Sink
    private let log: LogStore
    private let numbersRows: Bool
    /// Entries before this input; the others are its own.
    private let before: UInt32
    /// Places given by inputs that were only rehearsed.
    private let rehearsed: Set<RowPlaceKey>
    /// By case: the places given before.
    private var known: [UInt64: [Given]] = [:]
    private var tally = DoubtTally()

    private static var mostCases: Int { 250_000 }

    /// A place that an entry has.
    private struct Given {
        var sequence: UInt32
        var time: SentTime
        var order: OrderKey
    }

    init(
        _ inside: Sink, _ log: LogStore, numbersRows: Bool, after rehearsed: Set<RowPlaceKey> = []
    ) throws {
        self.inside = inside
        self.log = log
        self.numbersRows = numbersRows
        self.rehearsed = rehearsed
        before = try log.read { $0.entryCount }
    }

    /// What was found.
    var doubts: [DoubtGroup] { tally.sorted }

    func rehearsal() -> (any EventSink)? { inside.rehearsal() }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let outcome = try inside.append(batch, isStrict: isStrict)
        let taken = numbersRows && outcome.accepted > 0 ? try takenPlaces(of: batch, outcome) : []
        var lines: Set<Int> = []
        for place in (outcome.elsewhere + taken).sorted() {
            let row = batch.rows[place]
            // A row counts once, whatever it gives.
            guard lines.insert(row.line).inserted else { continue }
            let subject = batch.text(row.subject)
            let isAnonymous = EventTypes.isAnonymous(subject)
            tally.add(
                .rowPlaces, "order", line: isAnonymous ? nil : row.line,
                ofCase: isAnonymous ? nil : subject)
        }
        return outcome
    }

    /// New rows at places that an input before has given.
    private mutating func takenPlaces(
        of batch: EventBatch, _ outcome: AppendOutcome
    ) throws -> [Int] {
        // Rows of which something is there already stand where they stood, or are told for that.
        var settled: Set<Int> = []
        for (place, row) in batch.rows.enumerated() where !outcome.isAccepted(place) {
            settled.insert(row.line)
        }
        return try log.read { view in
            var taken: [Int] = []
            for (place, row) in batch.rows.enumerated()
            where row.orderText.length > 0 && !settled.contains(row.line) {
                if try isTaken(row, of: batch, in: view) { taken.append(place) }
            }
            return taken
        }
    }

    /// Whether an input before has given a row's place.
    private mutating func isTaken(
        _ row: EventRow, of batch: EventBatch, in view: borrowing LogView
    ) throws -> Bool {
        if !rehearsed.isEmpty, rehearsed.contains(RowPlaceKey(row, of: batch)) { return true }
        let key = row.subjectFingerprint.value
        let given = try known[key] ?? places(ofCase: batch.text(row.subject), in: view)
        if known.count >= Self.mostCases { known.removeAll(keepingCapacity: true) }
        known[key] = given
        for other in given where other.order == row.order && other.time == row.sent {
            let source = try view.content(of: other.sequence).source
            if source.utf8.elementsEqual(batch.text(row.source).utf8) { return true }
        }
        return false
    }

    /// The places of a case's entries before this input.
    private func places(
        ofCase subject: String, in view: borrowing LogView
    ) throws -> [Given] {
        guard let id = try view.caseID(subject) else { return [] }
        let history = try view.caseHistory(id).filter { $0 < before }
        guard !history.isEmpty else { return [] }
        let voided = Set(try view.voidedSequences())
        return try view.orders(of: history.filter { !voided.contains($0) }).map {
            Given(sequence: $0.sequence, time: $0.time, order: $0.order)
        }
    }
}
