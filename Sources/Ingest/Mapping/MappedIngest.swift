public import EventModel

/// Reads a file into a log, as a mapping says: `ingest(_:into:types:…)` for rows.
///
/// All on the caller's thread. A batch ends as `IngestOptions` says; its time limit is looked at
/// between rows. A row gives all of its events or, where one is refused, none.
///
/// - Parameters:
///   - header: told the file's header line before any row, for a file of rejects to begin with.
///   - rejects: takes refused rows unchanged, in the order of the file.
/// - Throws: errors of the sink and of `rejects`, and `MappingMismatch`; earlier batches
///   stay. An input that can't be read to its end throws nothing: the rows before are recorded, and
///   the outcome names the fault.
public func ingest<Sink: EventSink>(
    _ source: InputSource, through mapping: Mapping, into sink: inout Sink, types: EventTypes,
    options: IngestOptions = IngestOptions(), header: (([UInt8]) -> Void)? = nil,
    rejects: RejectWriter? = nil,
    progress: ((IngestProgress) -> Void)? = nil, isCancelled: () -> Bool = { false }
) throws -> IngestOutcome {
    var run = IngestRun(
        sink: sink, types: types, options: options, rejects: rejects, progress: progress)
    defer { sink = run.sink }
    var fault: InputFault?
    var isStoppedEarly = false
    var absent: [DoubtGroup] = []
    do {
        if let other = source.fault(reading: .rows) { throw other }
        let reader = try MappedReader(
            mapping, source: source, name: source.name, privateDigest: options.privateDigest)
        header?(reader.rawHeader)
        reader.keepsRows = !options.isStrict
        run.reader = reader
        isStoppedEarly = try feed(&run, from: reader, source, options, isCancelled)
        if !isStoppedEarly {
            absent = reader.unseenColumns.map {
                DoubtGroup(kind: .absentColumn, attribute: $0, count: 1, line: 1)
            }
        }
    } catch let error as InputFault {
        fault = error
    }
    var outcome = try run.finish()
    outcome.doubts += absent
    outcome.isCancelled = isStoppedEarly && !outcome.isStopped
    outcome.inputFault = fault
    return outcome
}

/// Feeds a run with rows; true when it was stopped or cancelled before the end.
private func feed<Sink: EventSink>(
    _ run: inout IngestRun<Sink>, from reader: MappedReader, _ source: InputSource,
    _ options: IngestOptions, _ isCancelled: () -> Bool
) throws -> Bool {
    let clock = ContinuousClock()
    let longestWait = Duration.milliseconds(options.longestWaitMilliseconds)
    var begun = clock.now
    var rows = 0
    while true {
        var item = try reader.next()
        run.count(lines: reader.rows - rows)
        rows = reader.rows
        // What was known of its case may be another now.
        if case .events = item, try run.makeRoom(for: reader.drafts.count) { item = reader.again() }
        switch item {
        case .end:
            run.count(storedBytes: source.storedBytes)
            return false
        case .rejected(let rejection):
            let raw = reader.rawRow
            try run.refuse(rejection, raw: raw.span)
        case .events:
            let raw = reader.rawRow
            let isAdmitted =
                try reader.drafts.isEmpty
                || run.take(
                    reader.drafts, line: reader.line, raw: raw.span, doubts: reader.doubts)
            if isAdmitted { reader.admitted() }
            if run.pending == 0 { reader.settle() }
            if reader.keptBytes >= 2 * options.batchBytes { try run.flush() }
            try run.flushIfFull()
        }
        if run.isStopped { return true }
        // The clock is asked now and then only: it costs as much as a field.
        guard rows % 64 == 0 else { continue }
        run.count(storedBytes: source.storedBytes)
        if isCancelled() { return true }
        if clock.now - begun >= longestWait {
            if run.pending > 0 { try run.flush() }
            begun = clock.now
        }
    }
}
