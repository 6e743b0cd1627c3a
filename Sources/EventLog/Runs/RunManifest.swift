import EventModel
internal import LMDB

/// One run: records in order, cut into chunks of `RunShape.recordsPerChunk`, of which a merge may
/// have consumed the first ones.
struct Run: Equatable {
    /// What a run is there for.
    enum Role: UInt32 {
        /// Read; waits for enough neighbours of its size.
        case idle = 0
        /// Read from `start` on; what came before is in the output of the same job.
        case input = 1
        /// Read; grows with each slice of its job.
        case output = 2
        /// Not read: being built from a stream of sorted records.
        case building = 3
        /// Not read: its chunks are being deleted.
        case dropped = 4

        var isRead: Bool { self != .building && self != .dropped }
    }

    var id: UInt32
    var role: Role = .idle
    /// The merge it takes part in; 0 for none.
    var job: UInt32 = 0
    /// A fingerprint of what its records follow from: see `SortedRuns.mark(of:)`. Its chunks are sealed
    /// with it, so that one of another log, or of another state, is none of its own.
    var mark: UInt32 = 0
    /// The number of the first record that is still here.
    var start: UInt64 = 0
    /// The number after the last record.
    var end: UInt64 = 0
    /// For an output: bytes of merging its job is behind.
    var credit: Int64 = 0

    /// Records that are still here.
    var count: UInt64 { end - start }
}

/// The runs of one `SortedRuns`, as recorded in LMDB.
///
/// Layout, little-endian: format, words, policy, store, next run, next job, number of runs, zero
/// (UInt32 each), then for each run id, role, job, mark (UInt32 each), start, end (UInt64 each),
/// credit (Int64). In place of the header's zero stands the fingerprint of all the rest.
package struct RunManifest: Equatable {
    var store: UInt32
    var nextRun: UInt32 = 1
    var nextJob: UInt32 = 1
    var runs: [Run] = []

    static let format: UInt32 = 2
    /// A run's chunks are numbered in 32 bits; no store comes near this.
    private static let mostRecords: UInt64 = 1 << 40
    private static let headerBytes = 32
    private static let runBytes = 40

    init(store: UInt32) { self.store = store }

    /// The manifest of some bytes with the fingerprint that belongs to them in its place, so that what
    /// reads it looks at all the rest; nil where they are too few.
    package static func sealed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= headerBytes else { return nil }
        var record = RecordWriter()
        record.put(seal(Array(bytes[..<28] + bytes[headerBytes...])))
        return bytes[..<28] + record.bytes + bytes[headerBytes...]
    }

    /// Reads a manifest and checks it.
    package init(_ bytes: Span<UInt8>, of runs: SortedRuns) throws(RunsFault) {
        guard bytes.count >= RunManifest.headerBytes else {
            throw RunsFault.damaged(store: 0, run: 0, detail: "its manifest is cut short")
        }
        guard bytes.littleEndian(at: 0, as: UInt32.self) == RunManifest.format,
            bytes.littleEndian(at: 4, as: UInt32.self) == UInt32(runs.words),
            bytes.littleEndian(at: 8, as: UInt32.self) == runs.policy.rawValue
        else { throw RunsFault.otherShape(name: runs.name) }
        store = bytes.littleEndian(at: 12)
        nextRun = bytes.littleEndian(at: 16)
        nextJob = bytes.littleEndian(at: 20)
        let count = Int(bytes.littleEndian(at: 24, as: UInt32.self))
        guard bytes.count == RunManifest.headerBytes + count * RunManifest.runBytes else {
            throw RunsFault.damaged(store: store, run: 0, detail: "its manifest is cut short")
        }
        let all = bytes.copyBytes()
        let sealed = Array(all[..<28] + all[RunManifest.headerBytes...])
        guard bytes.littleEndian(at: 28, as: UInt32.self) == RunManifest.seal(sealed) else {
            throw RunsFault.damaged(
                store: store, run: 0, detail: "its manifest is not as it was written")
        }
        self.runs.reserveCapacity(count)
        for index in 0..<count {
            let at = RunManifest.headerBytes + index * RunManifest.runBytes
            let id: UInt32 = bytes.littleEndian(at: at)
            guard let role = Run.Role(rawValue: bytes.littleEndian(at: at + 4)) else {
                throw RunsFault.damaged(store: store, run: id, detail: "its role is unknown")
            }
            let run = Run(
                id: id, role: role, job: bytes.littleEndian(at: at + 8),
                mark: bytes.littleEndian(at: at + 12), start: bytes.littleEndian(at: at + 16),
                end: bytes.littleEndian(at: at + 24),
                credit: bytes.littleEndian(at: at + 32))
            guard run.start <= run.end, run.end <= RunManifest.mostRecords, id < nextRun else {
                throw RunsFault.damaged(store: store, run: id, detail: "its bounds are impossible")
            }
            self.runs.append(run)
        }
    }

    /// Writes the manifest.
    func save(_ runs: SortedRuns, in write: borrowing WriteTransaction) throws {
        try write.put(runs.tables.manifests, runs.key, encoded(runs))
    }

    /// The manifest's bytes.
    package func encoded(_ runs: SortedRuns) -> [UInt8] {
        var record = RecordWriter()
        let header = [
            RunManifest.format, UInt32(runs.words), runs.policy.rawValue, store, nextRun,
            nextJob, UInt32(self.runs.count),
        ]
        for word in header { record.put(word) }
        var rows = RecordWriter()
        for run in self.runs {
            for word in [run.id, run.role.rawValue, run.job, run.mark] { rows.put(word) }
            rows.put(run.start)
            rows.put(run.end)
            rows.put(run.credit)
        }
        let seal = RunManifest.seal(record.bytes + rows.bytes)
        record.put(seal)
        return record.bytes + rows.bytes
    }

    /// What tells a damaged manifest from a sound one: nothing else says what belongs in it.
    private static func seal(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: Fingerprint(of: bytes.span).value)
    }

    /// A new run's number.
    mutating func takeRunNumber() -> UInt32 {
        precondition(nextRun < .max, "run numbers are used up")
        defer { nextRun += 1 }
        return nextRun
    }

    /// Where a run stands in the list; traps when it is not there.
    func index(ofRun id: UInt32) -> Int {
        guard let index = runs.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("run \(id) is not in the manifest")
        }
        return index
    }
}
