import EventLog
public import EventModel
public import Projections
internal import Vault

/// Computes a snapshot's figures anew from the entries it carries, in a store of its own.
public struct SnapshotRecomputing {
    private let reading: SnapshotReading
    private let types: EventTypes

    /// - Parameter types: the event types a new store begins with.
    public init(_ reading: SnapshotReading, types: EventTypes) {
        self.reading = reading
        self.types = types
    }

    /// Hashes every entry against the checkpoint, records them in a new store at `scratch`, which
    /// is not there yet, replays the projections and compares every file.
    ///
    /// - Parameter progress: told the number of entries done; throws to stop.
    /// - Throws: `SnapshotDifference` or `TileFault` at the first thing that does not hold.
    /// - Complexity: O(entries × projections).
    public func run(
        scratch: String, options: BuildOptions, progress: (Int) throws -> Void = { _ in }
    ) throws {
        let log = try LogStore.create(
            at: scratch, origin: reading.manifest.checkpoint.origin, types: types,
            seed: Array(repeating: 0, count: 32), salts: .none, threads: options.threads,
            isDurable: false)
        let recording = EntryRecording(log)
        var done = 0
        let tiles = TileReading(folder: reading.folder, checkpoint: reading.manifest.checkpoint)
        try tiles.check { entry in
            try recording.add(entry)
            done += 1
            if done % 4096 == 0 { try progress(done) }
        }
        try recording.finish()
        let checkpoint = try log.read { try $0.checkpoint() }
        guard checkpoint == reading.manifest.checkpoint else {
            throw SnapshotDifference(
                path: "tile/entries", problem: "recorded anew, the entries give another log")
        }
        try LiveProjections(of: log).catchUp(options: options)
        let builder = try SnapshotBuilder(
            log, asOf: checkpoint.size, options: options, isOwn: true)
        try reading.compare(with: builder.build(reading.request))
    }

    /// Hashes every entry and tile against the checkpoint; nothing is computed.
    public func checkEntries(progress: (Int) throws -> Void = { _ in }) throws {
        var done = 0
        let tiles = TileReading(folder: reading.folder, checkpoint: reading.manifest.checkpoint)
        try tiles.check { _ in
            done += 1
            if done % 4096 == 0 { try progress(done) }
        }
    }
}

/// Records entries as they are, sequence and recording time included.
final class EntryRecording {
    private let log: LogStore
    private var validator: EventValidator
    private var batch = EventBatch()
    private var recorded = Instant.earliest
    private var next: UInt32 = 0

    /// Entries in one batch, at most.
    private static let batchSize = 16_384

    init(_ log: LogStore) {
        self.log = log
        validator = EventValidator(log.types)
    }

    func add(_ entry: [UInt8]) throws {
        if batch.rows.count >= Self.batchSize { try flush() }
        let before = batch.mark
        var marks = try admit(entry)
        let isFirst = batch.rows.count == 1
        if !isFirst, marks.recorded != recorded || marks.provenance != batch.provenance {
            // What the log adds is the same for all entries of a batch: this one begins the next.
            batch.goBack(to: before)
            try flush()
            marks = try admit(entry)
        }
        guard marks.position == next else { throw fault("it says it is entry \(marks.position)") }
        recorded = marks.recorded
        batch.provenance = marks.provenance
        next += 1
        // What comes after a new event type may be an event of it.
        if isTypeRegistration(batch.rows[batch.rows.count - 1]) { try flush() }
    }

    private func admit(_ entry: [UInt8]) throws -> LogMarks {
        do throws(Rejection) {
            return try validator.admit(entry: entry.span, into: &batch)
        } catch {
            throw fault("it is no event: \(error.problem)")
        }
    }

    private func isTypeRegistration(_ row: EventRow) -> Bool {
        let schema = log.types.schemas[Int(row.type)]
        guard schema.isLogsOwn, schema.type == "definition.registered" else { return false }
        let canonical = batch.bytes[Int(row.canonical.offset)...].prefix(Int(row.canonical.length))
        return String(decoding: canonical, as: UTF8.self).contains("\"kind\":\"event_schema\"")
    }

    func finish() throws { try flush() }

    private func flush() throws {
        guard !batch.rows.isEmpty else { return }
        batch.isLogsOwn = true
        let outcome = try log.append(batch, recorded: recorded, isStrict: true)
        guard outcome.accepted == batch.rows.count else {
            throw fault("the log refuses it, or holds it twice")
        }
        batch.removeAll()
        // As a new transaction knows them: what was just recorded may have brought a type.
        validator = EventValidator(try log.read { $0.types })
    }

    private func fault(_ problem: String) -> TileFault {
        TileFault(path: "entry \(next)", problem: problem)
    }
}
