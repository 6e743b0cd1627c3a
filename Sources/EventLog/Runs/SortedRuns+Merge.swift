package import LMDB

extension SortedRuns {
    /// Does merging that is due or worthwhile, up to a budget; for idle moments.
    ///
    /// - Returns: whether there is more to do.
    package func merge(
        in write: borrowing WriteTransaction, budgetBytes: Int
    ) throws -> Bool {
        guard var manifest = try load(in: write) else { return false }
        var cursor = try write.cursor(tables.chunks)
        try merge(&manifest, earnedBytes: budgetBytes, budgetBytes, in: write, &cursor)
        try manifest.save(self, in: write)
        return manifest.runs.contains { $0.role == .output || $0.role == .dropped }
    }

    /// Merges towards one run, up to a budget; for the moment after a rebuild.
    ///
    /// - Returns: whether there is more to do.
    package func compact(
        in write: borrowing WriteTransaction, budgetBytes: Int
    ) throws -> Bool {
        guard var manifest = try load(in: write) else { return false }
        var cursor = try write.cursor(tables.chunks)
        if !manifest.runs.contains(where: { $0.role == .output }) {
            let idle = manifest.runs.filter { $0.role == .idle }.sorted { $0.count < $1.count }
            if idle.count > 1 {
                startJob(idle.prefix(SortedRuns.maximumFanIn).map(\.id), &manifest)
            }
        }
        try merge(&manifest, earnedBytes: budgetBytes, budgetBytes, in: write, &cursor)
        try manifest.save(self, in: write)
        return manifest.runs.contains { $0.role == .dropped }
            || manifest.runs.count(where: { $0.role.isRead }) > 1
    }

    /// Starts what merges are due, and does a slice of each, the smallest first.
    func merge(
        _ manifest: inout RunManifest, earnedBytes: Int, _ budgetBytes: Int,
        in write: borrowing WriteTransaction, _ cursor: inout Cursor
    ) throws {
        var budget = budgetBytes
        startDueJobs(&manifest)
        for index in manifest.runs.indices where manifest.runs[index].role == .output {
            let behind = manifest.runs[index].credit + Int64(earnedBytes)
            manifest.runs[index].credit = min(
                behind, Int64(remainingBytes(manifest.runs[index].job, manifest)))
        }
        let jobs = manifest.runs.filter { $0.role == .output }
            .map { (job: $0.job, bytes: remainingBytes($0.job, manifest), credit: $0.credit) }
            .sorted { $0.bytes < $1.bytes }
        for (job, bytes, credit) in jobs where budget > 0 {
            // A slice below a chunk is worth its while only when it is the last.
            guard Int(credit) >= min(bytes, RunShape.chunkBytes) else { continue }
            let slice = min(budget, Int(credit))
            budget -= try mergeSlice(job, slice, &manifest, in: write, &cursor)
        }
        startDueJobs(&manifest)
        try deleteDropped(&manifest, budget, in: write, &cursor)
    }

    /// A run's size class: 0 up to one chunk, each further one `fanIn` times as big.
    func level(_ run: Run) -> Int {
        var level = 0
        var most = RunShape.chunkBytes
        while bytes(run) > most {
            level += 1
            most *= SortedRuns.fanIn
        }
        return level
    }

    private func startDueJobs(_ manifest: inout RunManifest) {
        var levels: [Int: [UInt32]] = [:]
        for run in manifest.runs where run.role == .idle {
            levels[level(run), default: []].append(run.id)
        }
        for (_, ids) in levels.sorted(by: { $0.key < $1.key })
        where ids.count >= SortedRuns.fanIn {
            startJob(Array(ids.prefix(SortedRuns.maximumFanIn)), &manifest)
        }
    }

    private func startJob(_ ids: [UInt32], _ manifest: inout RunManifest) {
        let job = manifest.nextJob
        manifest.nextJob &+= 1
        var marks: [UInt64] = []
        for id in ids {
            let index = manifest.index(ofRun: id)
            marks.append(UInt64(manifest.runs[index].mark))
            manifest.runs[index].role = .input
            manifest.runs[index].job = job
        }
        manifest.runs.append(
            Run(id: manifest.takeRunNumber(), role: .output, job: job, mark: mark(of: marks)))
    }

    private func remainingBytes(_ job: UInt32, _ manifest: RunManifest) -> Int {
        manifest.runs.reduce(0) { total, run in
            run.role == .input && run.job == job ? total + bytes(run) : total
        }
    }

    /// Moves records from a job's inputs to its output.
    ///
    /// - Returns: the bytes moved.
    private func mergeSlice(
        _ job: UInt32, _ budgetBytes: Int, _ manifest: inout RunManifest,
        in write: borrowing WriteTransaction, _ cursor: inout Cursor
    ) throws -> Int {
        guard
            let output = manifest.runs.firstIndex(where: { $0.role == .output && $0.job == job })
        else { return 0 }
        let inputs = manifest.runs.filter { $0.role == .input && $0.job == job }
        var readers: [RunReader] = []
        for run in inputs {
            var reader = self.reader(of: run, store: manifest.store)
            try reader.open(&cursor)
            readers.append(reader)
        }
        var merger = RunMerger(readers, shape: shape, notesEmptied: true)
        var writer = try RunWriter(
            self, store: manifest.store, run: manifest.runs[output], &cursor)
        let due = max(1, budgetBytes / shape.recordBytes)
        // Goes on to the end of a chunk, unless hardly anything is left of what is read.
        let most = due + shape.recordsPerChunk * 4
        while !merger.isDone, merger.consumedRecords < due || writer.used > 0,
            merger.consumedRecords < most
        {
            writer.used = try merger.fill(
                &writer.block, from: writer.used, to: writer.full,
                consuming: most - merger.consumedRecords, &cursor)
            try writer.flushIfFull(in: write)
        }
        try writer.flush(in: write)
        for key in merger.emptied { try write.delete(tables.chunks, key) }
        let moved = merger.consumedRecords * shape.recordBytes
        manifest.runs[output].end = writer.end
        manifest.runs[output].credit -= Int64(moved)
        settle(job, inputs, merger.readers, &manifest)
        return moved
    }

    /// Records how far a job's inputs were read, and ends the job when nothing is left of them.
    private func settle(
        _ job: UInt32, _ inputs: [Run], _ readers: [RunReader], _ manifest: inout RunManifest
    ) {
        for input in inputs {
            let index = manifest.index(ofRun: input.id)
            if let reader = readers.first(where: { $0.run.id == input.id }) {
                manifest.runs[index].start = reader.position
            } else {
                manifest.runs.remove(at: index)
            }
        }
        guard readers.isEmpty,
            let output = manifest.runs.firstIndex(where: { $0.role == .output && $0.job == job })
        else { return }
        if manifest.runs[output].count == 0 {
            manifest.runs.remove(at: output)
        } else {
            manifest.runs[output].role = .idle
            manifest.runs[output].job = 0
            manifest.runs[output].credit = 0
        }
    }

    /// Deletes chunks of dropped runs; freeing a chunk costs about a sixteenth of writing it.
    func deleteDropped(
        _ manifest: inout RunManifest, _ budgetBytes: Int, in write: borrowing WriteTransaction,
        _ cursor: inout Cursor
    ) throws {
        var chunks = budgetBytes * 16 / RunShape.chunkBytes
        for run in manifest.runs where run.role == .dropped && chunks > 0 {
            let deleted = try delete(
                run, store: manifest.store, atMost: chunks, in: write, &cursor)
            if deleted < chunks { manifest.runs.remove(at: manifest.index(ofRun: run.id)) }
            chunks -= deleted
        }
    }
}
