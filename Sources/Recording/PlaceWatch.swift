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
///
/// Where rows alike are counted, one may also be lost: see `CutEdges`.
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
    private var edges = CutEdges()

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
    var doubts: [DoubtGroup] {
        var all = tally
        for row in edges.rows { Self.tell(row.line, row.subject, &all) }
        return all.sorted
    }

    private static func tell(_ line: Int, _ subject: String, _ tally: inout DoubtTally) {
        let isAnonymous = EventTypes.isAnonymous(subject)
        tally.add(
            .rowPlaces, "order", line: isAnonymous ? nil : line,
            ofCase: isAnonymous ? nil : subject)
    }

    func rehearsal() -> (any EventSink)? { inside.rehearsal() }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let outcome = try inside.append(batch, isStrict: isStrict)
        // Nothing of it was decided.
        if isStrict, !outcome.rejections.isEmpty { return outcome }
        let taken = numbersRows && outcome.accepted > 0 ? try takenPlaces(of: batch, outcome) : []
        var lines: Set<Int> = []
        for place in (outcome.elsewhere + taken).sorted() {
            let row = batch.rows[place]
            // A row counts once, whatever it gives.
            guard lines.insert(row.line).inserted else { continue }
            Self.tell(row.line, batch.text(row.subject), &tally)
        }
        edges.look(at: batch, outcome, besides: lines)
        return outcome
    }

    /// New rows at places that an input before has given.
    private mutating func takenPlaces(
        of batch: EventBatch, _ outcome: AppendOutcome
    ) throws -> [Int] {
        try log.read { view in
            var taken: [Int] = []
            for (place, row) in batch.rows.enumerated()
            where row.orderText.length > 0 && outcome.isAccepted(place) {
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

/// Finds rows that may have been lost where an input was cut between two that are alike.
///
/// Rows alike are told apart by counting them, so that the first of a file is the first of another one:
/// it is there already. Nothing tells whether it is the same. Where files overlap or grow, more of it is
/// there; where one was cut, the row next to it is new. So counted rows at the first and the last
/// instant of an input that are there already, each beside a new one of another instant, are told where
/// nothing else of the input was there.
private struct CutEdges {
    typealias Row = (line: Int, subject: String)

    /// Rows of one instant that follow each other.
    private struct Instant {
        var time: SentTime
        /// Those that are there already by their count, as far as they are kept.
        var there: [Row] = []
        /// Whether the row right before it, and its last row, are new.
        var followsNew = false
        var endsNew = false
    }

    /// The rows of the first instant, once others followed, and whether the first of these is new.
    private var first: (there: [Row], precedesNew: Bool)?
    private var instant: Instant?
    private var hasMore = false

    private static var mostRows: Int { 65_536 }

    /// What may be lost.
    var rows: [Row] {
        guard !hasMore, let first, let last = instant else { return [] }
        let edges = [(first.there, first.precedesNew), (last.there, last.followsNew)]
        return edges.allSatisfy { $0.0.isEmpty || $0.1 } ? edges.flatMap(\.0) : []
    }

    /// Looks at what became of rows, besides those of lines that are told anyway.
    mutating func look(
        at batch: EventBatch, _ outcome: AppendOutcome, besides told: Set<Int>
    ) {
        if hasMore { return }
        let refused = Set(outcome.rejections.map { batch.rows[$0.row].line })
        var start = 0
        while start < batch.rows.count {
            let line = batch.rows[start].line
            var end = start + 1
            while end < batch.rows.count, batch.rows[end].line == line { end += 1 }
            let rows = start..<end
            start = end
            guard let counted = rows.first(where: { batch.rows[$0].isCounted }),
                !refused.contains(line)
            else { continue }
            let isNew = rows.contains { outcome.isAccepted($0) }
            let time = batch.rows[counted].sent
            if let known = instant, known.time != time {
                if first == nil {
                    first = (known.there, isNew)
                } else if !known.there.isEmpty {
                    hasMore = true
                }
                instant = Instant(time: time, followsNew: known.endsNew)
            }
            var here = instant ?? Instant(time: time)
            here.endsNew = isNew
            let isThere = rows.contains { batch.rows[$0].isCounted && !outcome.isAccepted($0) }
            if isThere, !told.contains(line), here.there.count < Self.mostRows {
                here.there.append((line, batch.text(batch.rows[counted].subject)))
            }
            instant = here
        }
    }
}
