public import EventLog
public import EventModel
public import Ingest

/// Brings one input into a log, and leaves one `ingest.recorded` about it.
///
///     let source = try InputSource(path: "tickets.ndjson.gz")
///     let outcome = try Import(into: store, clock: now).run(source)
public struct Import {
    /// How the input is read.
    public var options = IngestOptions()
    /// Takes refused lines unchanged.
    public var rejects: RejectWriter?
    /// Told a CSV file's header line before the first refused row, for the rejects to begin with.
    public var header: (([UInt8]) -> Void)?
    /// Told how far it is.
    public var progress: ((IngestProgress) -> Void)?
    /// Whether the command reads another input after it.
    public var hasMore = false
    /// Whether the command has read one before.
    public var hasBefore = false
    /// Asked whether to stop after the present batch.
    public var isCancelled: () -> Bool = { false }

    private let store: LogStore
    private let clock: () throws -> Instant

    /// An import into a store.
    public init(into store: LogStore, clock: @escaping () throws -> Instant) {
        self.store = store
        self.clock = clock
    }

    /// Reads CloudEvents, one to a line.
    ///
    /// - Returns: what came of it; an input that could not be read to its end is named there, and
    ///   what came before is recorded.
    /// - Throws: `StoreFault`, and what `rejects` throws; batches before stay.
    public func run(_ source: sending InputSource) throws -> IngestOutcome {
        let digest = Digest()
        let name = source.name
        source.onStoredBytes = { digest.update($0) }
        var sink = AnswerWatch(counting(store.sink(clock: clock)), store.types)
        var outcome = try read(source, into: &sink, rejects: sink.watching(rejects))
        outcome.doubts = sink.inside.doubts
        var blank = ImportRecord(input: name, digest: digest.hex)
        blank.hasAnswers = sink.hasSeenAnswers
        try record(outcome, blank)
        return outcome
    }

    /// Reads the rows of a CSV file through a mapping.
    ///
    /// - Throws: `MappingMismatch` where file and mapping don't go together; else as above.
    public func run(_ source: sending InputSource, through mapping: Mapping) throws -> IngestOutcome
    {
        let digest = Digest()
        source.onStoredBytes = { digest.update($0) }
        let name = source.name
        var sink = try PlaceWatch(
            AnswerWatch(counting(store.sink(clock: clock)), store.types), store,
            numbersRows: mapping.numbersRows)
        var outcome = try read(source, through: mapping, into: &sink)
        outcome.doubts = sink.inside.inside.doubts + sink.doubts + outcome.doubts
        var blank = ImportRecord(
            input: name, digest: digest.hex, mapping: Digest.hex(of: mapping.contents))
        blank.hasAnswers =
            sink.inside.hasSeenAnswers || AnswerWatch<LogSink>.tells(mapping.contents.span)
        try record(outcome, blank)
        return outcome
    }

    /// Reads an input as `run` does and says what would come of it, recording nothing: events that
    /// are there already and those that the log would refuse are counted as when recording.
    ///
    /// - Parameters:
    ///   - rehearsal: what the inputs before it would have told the log; this one is added.
    ///   - see: shown each batch, with what the log would do with it.
    public func rehearse(
        _ source: sending InputSource, through mapping: Mapping?, after rehearsal: inout Rehearsal,
        _ see: @escaping (EventBatch, AppendOutcome) throws -> Void
    ) throws -> IngestOutcome {
        let places = rehearsal.rowPlaces
        var newPlaces = places
        let see: (EventBatch, AppendOutcome) throws -> Void = { batch, outcome in
            if mapping?.numbersRows ?? false {
                for (place, row) in batch.rows.enumerated()
                where row.orderText.length > 0 && outcome.isAccepted(place) {
                    newPlaces.insert(RowPlaceKey(row, of: batch))
                }
            }
            try see(batch, outcome)
        }
        var sink = counting(ShownSink(inside: rehearsal, see: see))
        // What it holds is not copied.
        rehearsal = store.rehearsal()
        defer {
            rehearsal = sink.inside.inside
            rehearsal.rowPlaces = newPlaces
        }
        guard let mapping else {
            var outcome = try read(source, into: &sink, rejects: rejects)
            outcome.doubts = sink.doubts
            return outcome
        }
        var watch = try PlaceWatch(
            sink, store, numbersRows: mapping.numbersRows, after: places)
        defer { sink = watch.inside }
        var outcome = try read(source, through: mapping, into: &watch)
        outcome.doubts = watch.inside.doubts + watch.doubts + outcome.doubts
        return outcome
    }

    private func counting<Sink: EventSink>(_ sink: Sink) -> DoubtCounting<Sink> {
        DoubtCounting(sink, store.types, clock: clock)
    }

    private func read(
        _ source: sending InputSource, into sink: inout some EventSink, rejects: RejectWriter?
    ) throws -> IngestOutcome {
        if let fault = source.fault(reading: .events) {
            var outcome = IngestOutcome()
            outcome.inputFault = fault
            return outcome
        }
        let name = source.name
        var outcome = try ingest(
            source, into: &sink, types: store.types, options: options, rejects: rejects,
            progress: progress, isCancelled: isCancelled)
        outcome.note(foreign: name)
        return outcome
    }

    private func read(
        _ source: InputSource, through mapping: Mapping, into sink: inout some EventSink
    ) throws -> IngestOutcome {
        var options = options
        options.privateDigest = try store.privateDigest()
        return try ingest(
            source, through: mapping, into: &sink, types: store.types, options: options,
            header: header, rejects: rejects, progress: progress,
            isCancelled: isCancelled)
    }

    private func record(_ outcome: IngestOutcome, _ blank: ImportRecord) throws {
        // An input that ended early has another digest when it is whole; it is recorded all the
        // same, so that what it brought can be taken back.
        var record = blank
        record.lines = outcome.counts.lines
        record.accepted = outcome.counts.accepted
        record.duplicates = outcome.counts.duplicates
        record.refused = outcome.counts.refused
        let fields = Self.knownFields(store.types)
        record.refusals = Dictionary(
            outcome.refusals.map { (Self.kept($0.first, fields), $0.count) },
            uniquingKeysWith: +)
        // A small input's count of doubtful answers would tell of somebody's answer.
        for doubt in outcome.doubts where !doubt.isAnonymous {
            // Who a case is about is not kept where it is a person, or may be spelt in clear.
            let cases = doubt.cases.filter { subject in
                !doubt.kind.isOfPersons
                    && !store.types.personalKinds.contains(String(subject.prefix { $0 != "/" }))
            }
            record.doubts[Self.kept(doubt), default: .init()].add(
                doubt.count, line: doubt.line, cases: cases)
        }
        record.ranges = outcome.sequences
        record.hasMore = hasMore && !outcome.isCancelled
        record.endsCommand = hasBefore
        try record.record(in: store, now: try clock())
    }

    /// What the log keeps of a refusal: its kind, and the field where a schema knows it. Values and
    /// keys that the input invented may tell of anybody.
    static func kept(_ rejection: Rejection, _ known: Set<String>) -> String {
        known.contains(rejection.field)
            ? "\(rejection.kind.rawValue) \(rejection.field)" : rejection.kind.rawValue
    }

    /// What the log keeps of a doubt: its kind alone but where persons' texts stand in clear, since a
    /// mapping may call a time anything.
    static func kept(_ doubt: DoubtGroup) -> String {
        doubt.kind.isOfPersons
            ? "\(doubt.kind.rawValue) \(doubt.attribute)" : doubt.kind.rawValue
    }

    /// The paths of fields that schemas and CloudEvents name.
    static func knownFields(_ types: EventTypes) -> Set<String> {
        var fields: Set = [
            "specversion", "id", "source", "type", "subject", "time", "data", "dataschema",
            "sequence", "sequencetype",
        ]
        for schema in types.schemas { fields.formUnion(schema.fields.map { "data." + $0.name }) }
        return fields
    }
}

extension IngestOutcome {
    /// Names the input where none of its first lines was an event.
    fileprivate mutating func note(foreign name: String) {
        guard isForeign else { return }
        let problem =
            "holds no events: none of its first \(counts.lines) lines is one. Events are CloudEvents, one "
            + "to a line as JSON (Schemas/EVENTS.md); CSV is read with --mapping."
        inputFault = InputFault(name: name, cause: .other(problem))
    }
}

/// A sink that shows what became of each batch.
private struct ShownSink: EventSink {
    var inside: Rehearsal
    let see: (EventBatch, AppendOutcome) throws -> Void

    func rehearsal() -> (any EventSink)? { inside.rehearsal() }

    mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let outcome = try inside.append(batch, isStrict: isStrict)
        try see(batch, outcome)
        return outcome
    }
}
