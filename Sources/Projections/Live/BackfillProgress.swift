public import EventLog
public import EventModel
import LMDB

/// How a backfill goes, or went: what other processes can read of it while it runs.
public struct BackfillProgress: Hashable, Sendable {
    /// Events done.
    public var eventsDone: UInt64
    /// Events in all.
    public var events: UInt64
    /// How long it has taken.
    public var milliseconds: UInt64
    /// When this was written, by the clock of who wrote it.
    public var noted: Instant
    /// Whether it had not ended then. One that was killed stays so, with an old `noted`.
    public var isRunning: Bool

    /// A state from its parts.
    public init(
        eventsDone: UInt64, events: UInt64, milliseconds: UInt64, noted: Instant, isRunning: Bool
    ) {
        self.eventsDone = eventsDone
        self.events = events
        self.milliseconds = milliseconds
        self.noted = noted
        self.isRunning = isRunning
    }

    /// Events a second.
    public var rate: UInt64 { eventsDone &* 1000 / max(1, milliseconds) }

    /// A running backfill writes at least this often; one silent for three times as long is dead.
    public static let everyMilliseconds: Int64 = 1000

    /// Whether a process is at it now, going by the clock.
    public func isAlive(at now: Instant) -> Bool {
        isRunning && now.milliseconds - noted.milliseconds < 3 * Self.everyMilliseconds
    }

    static func key(_ name: String, _ version: Int) -> Key {
        Key([1] + Array(ProjectionStatus.key(name, version).utf8))
    }

    var encoded: [UInt8] {
        var writer = StatusWriter()
        writer.put(eventsDone)
        writer.put(events)
        writer.put(milliseconds)
        writer.put(UInt64(bitPattern: noted.milliseconds))
        writer.put(isRunning ? 1 : 0)
        return writer.bytes
    }

    init(encoded bytes: [UInt8]) throws {
        var reader = StatusReader(bytes: bytes)
        eventsDone = try reader.number()
        events = try reader.number()
        milliseconds = try reader.number()
        noted = Instant(milliseconds: Int64(bitPattern: try reader.number()))
        isRunning = try reader.number() == 1
    }
}

extension ProjectionStore {
    /// How a version's last backfill goes or went; nil where there was none.
    public func progress(
        _ name: String, version: Int, in view: borrowing LogView
    ) throws -> BackfillProgress? {
        guard let table else { return nil }
        return try view.transaction.copyValue(table, BackfillProgress.key(name, version)).map {
            try BackfillProgress(encoded: $0)
        }
    }

    /// Writes how a backfill goes, in a transaction of its own.
    public func note(_ progress: BackfillProgress, of name: String, version: Int) throws {
        try log.write { write, _ in
            try write.put(writableTable, BackfillProgress.key(name, version), progress.encoded)
        }
    }

    /// Writes what stopped a version, or that nothing does any more.
    func note(_ fault: BuildFault?, of name: String, version: Int) throws {
        let known = try log.read { try status(name, version: version, in: $0) }
        guard let known, known.fault != fault else { return }
        try log.write { write, _ in
            guard var status = try status(name, version, in: write) else { return }
            status.fault = fault
            try save(status, in: write)
        }
    }

    /// Bytes and rows that a version takes, those of a build under way included.
    public func size(
        _ status: ProjectionStatus, in view: borrowing LogView
    ) throws -> (bytes: UInt64, rows: UInt64) {
        guard runTables != nil else { return (0, 0) }
        var size: (bytes: UInt64, rows: UInt64) = (0, 0)
        var parts: [(runs: String, layout: CellLayout)] = []
        if !status.runs.isEmpty { parts.append((status.runs, status.layout)) }
        if let build = status.build { parts.append((build.runs, build.layout)) }
        for part in parts {
            let status = try runs(part.runs, part.layout).status(in: view.transaction)
            size.rows += status.records + status.hiddenRecords
        }
        size.bytes = size.rows * UInt64(4 * status.layout.words)
        return size
    }
}
