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

    private let options: IngestOptions
    private let rejects: RejectWriter?
    private let progress: ((IngestProgress) -> Void)?
    private let joiner: BatchJoiner
    private var validator: EventValidator
    private let types: EventTypes
    /// For what the parsing threads left; made when it is first needed.
    private var rest: EventParser?
    private var tally = RefusalTally()
    private var outcome = IngestOutcome()
    /// Events allowed in the present batch.
    private var room: Int

    private var batch = EventBatch()
    /// The lines behind the batch's rows, and lines refused meanwhile.
    private var places: [KeptLines.Place] = []
    private var refused: [(rejection: Rejection, place: KeptLines.Place)] = []
    private var kept: KeptLines

    /// Refused lines kept until their batch is done, at most.
    private static var mostRefused: Int { 10_000 }
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
        if isStopped { return false }
        // A row's events never lie in two batches: they would not be refused together.
        if batch.rows.count + drafts.count > room, !batch.rows.isEmpty { try flush() }
        let place = kept.copy(bytes)
        let mark = batch.mark
        for draft in drafts {
            let rejection = validator.admit(draft, as: admission, line: line, into: &batch)
            guard let rejection else { continue }
            batch.goBack(to: mark)
            try refuse(rejection, place)
            return false
        }
        batch.isAtomicByLine = true
        for _ in drafts { places.append(place) }
        try flushIfFull()
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
        outcome.isStopped = isStopped
        return outcome
    }

    /// Records what is pending now.
    public mutating func flush() throws {
        if isStopped { return }
        // Lines without events are kept in vain, however many.
        guard !batch.rows.isEmpty || !refused.isEmpty else { return kept.release() }
        var byLog: [(row: Int, rejection: Rejection)] = []
        if !batch.rows.isEmpty {
            let appended = try sink.append(batch, isStrict: options.isStrict)
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
        kept.release()
        flushes += 1
        progress?(counts)
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
            row = end
            if batch.rows.count >= room { try flush() }
        }
        counts.lines += piece.lines
    }

    private mutating func flushIfFull() throws {
        if batch.rows.count >= room || kept.bytes >= options.batchBytes { try flush() }
    }

    private mutating func refuse(_ rejection: Rejection, _ place: KeptLines.Place) throws {
        refused.append((rejection, place))
        if options.isStrict {
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
