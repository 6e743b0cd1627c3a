package import LMDB

extension SortedRuns {
    /// Appends sorted records to the run being built, which nobody reads until
    /// `publishBuild(replacing:in:)`; for a rebuild that writes in slices.
    ///
    /// - Parameter records: flat and ascending, beyond all those appended before; under `sum`
    ///   all records of a key come in one call.
    package func appendToBuild(
        _ records: [UInt32], in write: borrowing WriteTransaction
    ) throws {
        let batch = try normalised(records)
        guard !batch.isEmpty else { return }
        var manifest = try load(in: write) ?? RunManifest(store: newStore(in: write))
        var cursor = try write.cursor(tables.chunks)
        if !manifest.runs.contains(where: { $0.role == .building }) {
            var run = Run(id: manifest.takeRunNumber(), role: .building)
            run.mark = mark(of: [basis])
            manifest.runs.append(run)
        }
        guard let index = manifest.runs.firstIndex(where: { $0.role == .building }) else { return }
        try checkOrder(after: manifest.runs[index], batch, manifest.store, &cursor)
        var writer = try RunWriter(
            self, store: manifest.store, run: manifest.runs[index], &cursor)
        try unsafe batch.withUnsafeBufferPointer { batch in
            try unsafe writer.append(RunWords(batch), in: write)
        }
        try writer.flush(in: write)
        manifest.runs[index].end = writer.end
        try manifest.save(self, in: write)
    }

    /// Lets everybody read what was built.
    ///
    /// - Parameter replacing: takes everything else out; its chunks are deleted in the slices of
    ///   later calls of `add` and `merge`.
    package func publishBuild(
        replacing: Bool, in write: borrowing WriteTransaction
    ) throws {
        guard var manifest = try load(in: write) else { return }
        for index in manifest.runs.indices {
            if manifest.runs[index].role == .building {
                manifest.runs[index].role = .idle
            } else if replacing {
                manifest.runs[index].role = .dropped
            }
        }
        try manifest.save(self, in: write)
    }

    /// Takes back what was built so far and not published.
    package func discardBuild(in write: borrowing WriteTransaction) throws {
        guard var manifest = try load(in: write) else { return }
        for index in manifest.runs.indices where manifest.runs[index].role == .building {
            manifest.runs[index].role = .dropped
        }
        try manifest.save(self, in: write)
    }

    /// The records in the run being built, so that an interrupted build knows where it stands.
    package func builtRecords(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        try load(in: transaction)?.runs.first { $0.role == .building }?.count ?? 0
    }

    /// Takes everything out, at once for readers and in slices from the disk; call it in further
    /// transactions as long as it says that there is more.
    ///
    /// - Returns: whether there is more to delete.
    package func drop(
        in write: borrowing WriteTransaction, budgetBytes: Int = 8 << 20
    ) throws -> Bool {
        guard var manifest = try load(in: write) else { return false }
        for index in manifest.runs.indices { manifest.runs[index].role = .dropped }
        var cursor = try write.cursor(tables.chunks)
        try deleteDropped(&manifest, budgetBytes, in: write, &cursor)
        guard !manifest.runs.isEmpty else {
            try write.delete(tables.manifests, key)
            return false
        }
        try manifest.save(self, in: write)
        return true
    }

    private func checkOrder(
        after run: Run, _ batch: [UInt32], _ store: UInt32, _ cursor: inout Cursor
    ) throws {
        guard let last = try lastRecord(of: run, store, &cursor) else { return }
        let order = shape.order(last.span, at: 0, batch.span, at: 0)
        guard order < (shape.sums ? 0 : 1) else {
            throw RunsFault.damaged(
                store: store, run: run.id, detail: "records come before those already built")
        }
    }

    private func lastRecord(
        of run: Run, _ store: UInt32, _ cursor: inout Cursor
    ) throws -> [UInt32]? {
        guard run.count > 0 else { return nil }
        var reader = self.reader(of: run, store: store)
        guard try reader.stand(beforeFence: .max, &cursor) else { return nil }
        let last = UInt32((run.end - 1) / UInt64(shape.recordsPerChunk))
        while reader.place.number < last { try reader.nextChunk(&cursor) }
        return (reader.limit - words..<reader.limit).map { reader.block[$0] }
    }
}
