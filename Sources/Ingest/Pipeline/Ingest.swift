internal import Dispatch
public import EventModel

/// Reads CloudEvents, one to a line, from a source into a log.
///
/// One thread reads and cuts the input into chunks of whole lines, `options.parsers` threads parse
/// these, and the caller's thread gathers the events in the order of the lines and hands batches to
/// the sink, so that parsing goes on while a batch is committed. A batch ends as `IngestOptions`
/// says. Memory is bounded by the chunks in flight and one batch, however long the input.
///
/// Empty lines are passed over, a byte-order mark at the start of a line too; lines end in LF or
/// CR LF, the last one may go without.
///
/// - Parameters:
///   - sink: where batches go, all of it on the caller's thread; in a dry run a `CountingSink`.
///   - rejects: takes refused lines unchanged, in the order of the input.
///   - progress: called after each batch, and about ten times a second while nothing happens.
///   - isCancelled: asked between chunks and while waiting; then what is pending is recorded and the
///     run ends.
/// - Throws: errors of the sink and of `rejects`; earlier batches stay. A source that fails throws
///   nothing: all whole lines before the fault are recorded, and the outcome names it.
public func ingest<Source: ByteSource, Sink: EventSink>(
    _ source: sending Source, into sink: inout Sink, types: EventTypes,
    options: IngestOptions = IngestOptions(), rejects: RejectWriter? = nil,
    progress: ((IngestProgress) -> Void)? = nil, isCancelled: () -> Bool = { false }
) throws -> IngestOutcome {
    let ring = ChunkRing(chunks: options.chunksInFlight, parsers: max(1, options.parsers))
    let reader = ChunkReader(source, ring: ring, chunkBytes: options.chunkBytes)
    ring.start("read") { reader.run() }
    for _ in 0..<ring.parsers { ring.start("parse") { ring.parseAll(types) } }
    var run = IngestRun(
        sink: sink, types: types, options: options, rejects: rejects, progress: progress)
    defer { sink = run.sink }
    var number = 0
    do {
        let isDone = try consume(ring, &number, into: &run, options, progress, isCancelled)
        var outcome = try run.finish()
        outcome.isCancelled = !isDone && !run.isStopped
        outcome.inputFault = isDone ? ring[number].fault : nil
        finish(ring, from: number, isDone: isDone)
        return outcome
    } catch {
        finish(ring, from: number, isDone: false)
        throw error
    }
}

/// Feeds a run with chunks as they are parsed; true when the input has ended, which chunk `number`
/// says; false when the run was stopped or cancelled.
private func consume<Sink: EventSink>(
    _ ring: ChunkRing, _ number: inout Int, into run: inout IngestRun<Sink>,
    _ options: IngestOptions, _ progress: ((IngestProgress) -> Void)?, _ isCancelled: () -> Bool
) throws -> Bool {
    let longestWait = DispatchTimeInterval.milliseconds(options.longestWaitMilliseconds)
    let slice = DispatchTimeInterval.milliseconds(
        max(1, min(100, options.longestWaitMilliseconds)))
    var deadline = DispatchTime.now() + longestWait
    var flushes = 0
    while true {
        let chunk = ring[number]
        // With more input ready a batch may take its time; only without any does waiting count.
        var isReady = chunk.parsed.wait(timeout: .now()) == .success
        while !isReady {
            if isCancelled() { return false }
            if run.pending > 0, DispatchTime.now() >= deadline { try run.flush() }
            progress?(run.counts)
            isReady = chunk.parsed.wait(timeout: .now() + slice) == .success
        }
        run.count(storedBytes: chunk.storedBytes)
        if chunk.isEnd { return true }
        // Whatever happens, the chunk goes back: `number` is the next one from here on.
        number += 1
        defer { chunk.free.signal() }
        if run.pending == 0 || run.flushes != flushes { deadline = .now() + longestWait }
        flushes = run.flushes
        try run.add(&chunk.piece, bytes: &chunk.bytes, count: chunk.count)
        if run.isStopped || isCancelled() { return false }
    }
}

/// Lets the threads of a run end. Only a run that has come to its end waits for them: a source may
/// be waiting for input that never comes.
private func finish(_ ring: ChunkRing, from number: Int, isDone: Bool) {
    ring.stop()
    if isDone {
        // This chunk has been waited for already.
        ring[number].parsed.signal()
        ring.drain(from: number)
    } else {
        ring.start("drain") { ring.drain(from: number) }
    }
}
