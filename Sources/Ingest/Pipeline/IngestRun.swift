public import EventModel

/// The receiving half of an import: gathers events into batches, hands these to the log (or, in a
/// dry run, to a counter), and gives refused lines back in the order of the input. Runs on one
/// thread.
///
///     var run = IngestRun(sink: store, types: types, options: options, rejects: { … })
///     while let row = … { try run.add(drafts, line: row.number, raw: row.bytes) }
///     let outcome = try run.finish()
///
/// `ingest(_:into:…)` feeds one with lines of CloudEvents; a mapping feeds one with drafts.
public struct IngestRun<Sink: EventSink>: ~Copyable {
    /// Where the batches go.
    public var sink: Sink
    /// Whether a refusal has ended the run; nothing more is taken then.
    public private(set) var isStopped = false
    /// Where it stands.
    public private(set) var counts = IngestProgress()
    /// Batches handed on so far.
    private(set) var flushes = 0
    /// What reads the rows behind a batch again where the log refuses some of them, so that these
    /// leave no trace in what the others say.
    var reader: MappedReader?

    private let options: IngestOptions
    private let rejects: RejectWriter?
    private let progress: ((IngestProgress) -> Void)?
    private let joiner: BatchJoiner
    private var validator: EventValidator
    private let types: EventTypes
    /// For what the parsing threads left; made when it is first needed.
    private var rest: EventParser?
    private var tally = RefusalTally()
    /// Whether a line was an event, if perhaps a wrong one.
    private var hasSeenEvents = false
    private var outcome = IngestOutcome()
    /// Events allowed in the present batch.
    private var room: Int

    private var batch = EventBatch()
    /// The lines behind the batch's rows, and lines refused meanwhile.
    private var places: [KeptLines.Place] = []
    private var refused: [(rejection: Rejection, place: KeptLines.Place)] = []
    private var kept: KeptLines
    /// What is doubtful in the batch's rows, with their numbers; and in those recorded.
    private var doubts: [(line: Int, doubt: DoubtGroup)] = []
    private var doubtful = DoubtTally()

    /// Refused lines kept until their batch is done, at most.
    private static var mostRefused: Int { 10_000 }
    /// Where so many first lines are no events, the input is something else.
    private static var mostForeign: Int { 100 }
    /// Where the log's column segments end; see `IngestOptions.batchEvents`.
    private static var alignment: Int { 65_536 }

    /// A run at its beginning.
    ///
    /// - Parameters:
    ///   - rejects: takes refused lines, in order; an error it throws ends the run.
    ///   - progress: called after each batch.
    public init(
        sink: Sink, types: EventTypes, options: IngestOptions = IngestOptions(),
        rejects: RejectWriter? = nil, progress: ((IngestProgress) -> Void)? = nil
    ) {
        self.sink = sink
        self.options = options
        self.rejects = rejects
        self.progress = progress
        self.types = types
        joiner = BatchJoiner(types)
        validator = EventValidator(types)
        room = max(1, options.batchEvents)
        kept = KeptLines(bufferBytes: options.chunkBytes + EventParser.padding)
    }

    /// Events gathered that are not recorded yet.
    public var pending: Int { batch.rows.count }

    /// Takes the events made from a row of the input: all of them or, where one is refused, none.
    ///
    /// - Parameters:
    ///   - line: the row's number, from 1, never less than the one before.
    ///   - raw: the row as it stands in the input, for the rejects.
    /// - Returns: whether the events were well-formed; the log may still refuse them later, again all
    ///   of them.
    @discardableResult
    public mutating func add(
        _ drafts: [EventDraft], as admission: Admission = .input, line: Int, raw bytes: Span<UInt8>
    ) throws -> Bool {
        _ = try makeRoom(for: drafts.count)
        let isTaken = try take(drafts, as: admission, line: line, raw: bytes, doubts: [])
        try flushIfFull()
        return isTaken
    }

    /// Records what is pending where so many more events are too many: a row's events never lie in two
    /// batches, since they would not be refused together.
    ///
    /// - Returns: whether rows were read again.
    mutating func makeRoom(for count: Int) throws -> Bool {
        guard batch.rows.count + count > room, !batch.rows.isEmpty else { return false }
        return try flush()
    }

    /// Takes a row as `add` does, into the present batch.
    ///
    /// - Parameter doubts: what is doubtful in the row; counted where something of it is recorded.
    mutating func take(
        _ drafts: [EventDraft], as admission: Admission = .input, line: Int,
        raw bytes: Span<UInt8>, doubts: [DoubtGroup]
    ) throws -> Bool {
        if isStopped { return false }
        let place = kept.copy(bytes)
        let mark = batch.mark
        for draft in drafts {
            let rejection = validator.admit(draft, as: admission, line: line, into: &batch)
            guard var rejection else { continue }
            batch.goBack(to: mark)
            if let reader { rejection.line = reader.line(of: rejection.field) }
            try refuse(rejection, place)
            return false
        }
        batch.isAtomicByLine = true
        for _ in drafts { places.append(place) }
        self.doubts += doubts.map { (line, $0) }
        return true
    }

    /// Takes a row that no event could be made from; `rejection.line` is its number.
    public mutating func refuse(_ rejection: Rejection, raw bytes: Span<UInt8>) throws {
        if !isStopped { try refuse(rejection, kept.copy(bytes)) }
    }

    /// Counts lines or rows of the input as done with.
    public mutating func count(lines: Int) { counts.lines += lines }

    /// Says how many bytes of the input have been read, for progress.
    public mutating func count(storedBytes: Int) { counts.storedBytes = storedBytes }

    /// Records what is pending, and says what came of the whole run.
    public mutating func finish() throws -> IngestOutcome {
        try flush()
        outcome.counts = counts
        outcome.refusals = tally.sorted
        outcome.doubts = doubtful.sorted
        outcome.isStopped = isStopped && !outcome.isForeign
        return outcome
    }

    /// Records what is pending now.
    ///
    /// - Returns: whether rows were read again.
    @discardableResult
    public mutating func flush() throws -> Bool {
        if isStopped { return false }
        defer { reader?.settle() }
        // Lines without events are kept in vain, however many.
        guard !batch.rows.isEmpty || !refused.isEmpty else {
            kept.release()
            return false
        }
        var isReadAgain = false
        var byLog: [(row: Int, rejection: Rejection)] = []
        if !batch.rows.isEmpty {
            let appended = try handOn(&isReadAgain)
            byLog = appended.rejections
            if options.isStrict, let first = byLog.first {
                isStopped = true
                byLog = [first]
            }
            take(appended)
        }
        try writeRefused(byLog)
        batch.removeAll()
        places.removeAll(keepingCapacity: true)
        doubts.removeAll(keepingCapacity: true)
        kept.release()
        flushes += 1
        progress?(counts)
        return isReadAgain
    }

    /// Gives the batch to the log. Where rows bear on each other and the log would refuse some of them,
    /// all are read again first.
    private mutating func handOn(_ isReadAgain: inout Bool) throws -> AppendOutcome {
        guard let reader, reader.keptBytes > 0 else {
            return try sink.append(batch, isStrict: options.isStrict)
        }
        let appended = try sink.append(batch, isStrict: true)
        guard !appended.rejections.isEmpty else { return appended }
        if var judge = sink.rehearsal() {
            try readAgain(reader, &judge)
            isReadAgain = true
        }
        return batch.rows.isEmpty ? AppendOutcome() : try sink.append(batch, isStrict: false)
    }

    /// Makes the batch anew from its rows, one after the other, each with what those say that the log
    /// takes; those that it would refuse say nothing.
    ///
    /// - Complexity: O(rows) rehearsals of one row each, some 20 µs.
    private mutating func readAgain(
        _ reader: MappedReader, _ judge: inout any EventSink
    ) throws {
        batch.removeAll()
        places.removeAll(keepingCapacity: true)
        doubts.removeAll(keepingCapacity: true)
        var row = EventBatch()
        for keptRow in reader.takeBack() {
            row.removeAll()
            let item = reader.read(keptRow)
            let place = kept.copy(keptRow.raw.span)
            if let rejection = try rejection(item, reader, &row, &judge) {
                refused.append((rejection, place))
                continue
            }
            joiner.append(row.rows.indices, of: row, to: &batch)
            for _ in row.rows { places.append(place) }
            doubts += reader.doubts.map { (reader.line, $0) }
            reader.admitted(keptRow)
        }
        batch.isAtomicByLine = true
        refused.sort { $0.rejection.line < $1.rejection.line }
    }

    /// Why a row is refused that was read again, by what was found in it, by its events or by the log;
    /// nil where it is not: then its events are in `row`.
    private mutating func rejection(
        _ item: MappedReader.Item, _ reader: MappedReader, _ row: inout EventBatch,
        _ judge: inout any EventSink
    ) throws -> Rejection? {
        if case .rejected(let rejection) = item { return rejection }
        for draft in reader.drafts {
            if var refusal = validator.admit(draft, line: reader.line, into: &row) {
                refusal.line = reader.line(of: refusal.field)
                return refusal
            }
        }
        if row.rows.isEmpty { return nil }
        row.isAtomicByLine = true
        guard var refusal = try judge.append(row, isStrict: false).rejections.first?.rejection
        else {
            return nil
        }
        refusal.line = reader.line(of: refusal.field)
        return refusal
    }

    /// Takes a parsed chunk of the input, and gives a buffer for another in exchange. What was left
    /// of it for its many refusals is parsed here, part by part.
    mutating func add(_ piece: inout ParsedPiece, bytes: inout [UInt8], count: Int) throws {
        let base = kept.take(&bytes, count: count)
        // A whole chunk of many: a batch will be filled.
        if count > options.chunkBytes / 2 {
            batch.reserve(room, like: piece.batch)
            places.reserveCapacity(room)
        }
        try add(piece, base: base)
        var end = piece.end
        while end < count, !isStopped {
            var parser = rest.take() ?? EventParser(types)
            kept.withChunk(from: base) { chunk in
                piece.parse(chunk, from: end, count: count, with: &parser)
            }
            rest = consume parser
            end = piece.end
            try add(piece, base: base)
        }
        kept.isTaking = false
        try flushIfFull()
    }

    private mutating func add(_ piece: borrowing ParsedPiece, base: Int) throws {
        let firstLine = counts.lines + 1
        var row = 0
        var refusal = 0
        while !isStopped {
            let nextRefused =
                refusal < piece.refusals.count ? piece.refusals[refusal].rejection.line : .max
            if row == piece.batch.rows.count || nextRefused < piece.batch.rows[row].line {
                if nextRefused == .max { break }
                var rejection = piece.refusals[refusal].rejection
                rejection.line += firstLine
                try refuse(rejection, kept.place(piece.refusals[refusal].place, base))
                refusal += 1
                continue
            }
            // Rows up to the next refused line, as many as there is room for.
            let most = min(piece.batch.rows.count, row + room - batch.rows.count)
            var end = row
            while end < most, piece.batch.rows[end].line < nextRefused { end += 1 }
            joiner.append(row..<end, of: piece.batch, addingLines: firstLine, to: &batch)
            for index in row..<end { places.append(kept.place(piece.places[index], base)) }
            hasSeenEvents = hasSeenEvents || end > row
            row = end
            if batch.rows.count >= room { try flush() }
        }
        counts.lines += piece.lines
    }

    mutating func flushIfFull() throws {
        if batch.rows.count >= room || kept.bytes >= options.batchBytes { try flush() }
    }

    private mutating func refuse(_ rejection: Rejection, _ place: KeptLines.Place) throws {
        refused.append((rejection, place))
        if !rejection.isForeign { hasSeenEvents = true }
        outcome.isForeign =
            reader == nil && !hasSeenEvents
            && counts.refused + refused.count >= IngestRun.mostForeign
        if options.isStrict || outcome.isForeign {
            isStopped = true
            try writeRefused([])
        } else if refused.count >= IngestRun.mostRefused {
            try flush()
        }
    }

    private mutating func take(_ appended: AppendOutcome) {
        counts.accepted += appended.accepted
        counts.duplicates += appended.duplicates
        outcome.clockRanBehind = outcome.clockRanBehind || appended.clockRanBehind
        countDoubts(of: appended)
        guard !appended.sequences.isEmpty else { return }
        if let last = outcome.sequences.last, last.upperBound == appended.sequences.lowerBound {
            outcome.sequences[outcome.sequences.count - 1] =
                last.lowerBound..<appended.sequences.upperBound
        } else {
            outcome.sequences.append(appended.sequences)
        }
        let over = Int(appended.sequences.upperBound) % IngestRun.alignment
        room = max(1, options.batchEvents > over ? options.batchEvents - over : options.batchEvents)
    }

    /// Counts what is doubtful in rows of which something was recorded: of what was there already was
    /// told when it came, and what is refused is told as such.
    private mutating func countDoubts(of appended: AppendOutcome) {
        if doubts.isEmpty || appended.accepted == 0 { return }
        var recorded: Set<Int> = []
        for (place, row) in batch.rows.enumerated() where appended.isAccepted(place) {
            recorded.insert(row.line)
        }
        for (line, doubt) in doubts where recorded.contains(line) {
            doubtful.add(
                doubt.kind, doubt.attribute, line: doubt.line, ofCase: doubt.cases.first)
        }
    }

    /// Gives back the lines refused by the parser and by the log, in the order of the input.
    private mutating func writeRefused(_ byLog: [(row: Int, rejection: Rejection)]) throws {
        var all = refused
        refused.removeAll(keepingCapacity: true)
        for (row, rejection) in byLog {
            var rejection = rejection
            rejection.line = batch.rows[row].line
            all.append((rejection, places[row]))
        }
        // Stable, so that the refusals of one row keep their order.
        if !byLog.isEmpty { all.sort { $0.rejection.line < $1.rejection.line } }
        for (rejection, place) in all {
            tally.add(rejection)
            counts.refused += 1
            if let rejects { try kept.withLine(place) { try rejects(rejection, $0) } }
        }
    }
}
