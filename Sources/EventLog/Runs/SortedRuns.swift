import EventModel
package import LMDB

/// Fixed-width records of 32-bit words in sorted, immutable runs, merged geometrically in slices.
///
/// It holds a multiset of records. Under `keep` all words are the key; under `sum` the last two
/// words of a record are a signed 64-bit multiplicity (the bigger word first), records of one key
/// add up and zeros disappear. Everything happens inside the caller's transaction, and at any
/// moment the set is the union of the runs that are read: a merge moves records from its inputs
/// to its output, so it can stop after any slice and go on in any later transaction or process.
///
///     let keys = SortedRuns(name: "identity", words: 3, policy: .keep, tables: tables)
///     try keys.add(sortedRecords, in: write)
///     try keys.probe(sortedFingerprints, in: write) { index, record in … }
///
/// Source: the log-structured merge tree (O'Neil et al., 1996), tiered; the merge in slices
/// follows the binary counter of Bentley and Saxe's logarithmic method (1980).
package struct SortedRuns: Sendable {
    /// What becomes of records with equal keys.
    package enum Policy: UInt32, Sendable {
        /// All records are kept; all words are the key.
        case keep = 0
        /// The last two words add up; a sum of zero leaves nothing.
        case sum = 1
    }

    /// The name, unique in the store's run tables.
    package let name: String
    /// Words of a record.
    package let words: Int
    /// What becomes of records with equal keys.
    package let policy: Policy

    /// A fingerprint of what the records of a build follow from.
    let basis: UInt64
    let tables: RunTables
    let shape: RunShape
    let key: Key

    /// Runs of one size that start a merge.
    static let fanIn = 4
    /// The most runs one merge takes, when a small budget let more come together.
    static let maximumFanIn = 16
    /// Bytes of merging per byte added, for each merge under way: so fast that a merge is done
    /// well before its level fills up again.
    static let pace = 4

    /// A descriptor; nothing is read or written.
    ///
    /// - Parameters:
    ///   - name: 1 to 400 bytes.
    ///   - words: words of a record, its multiplicity included; 1 to 1,000.
    ///   - basis: for whoever builds them, a fingerprint of what their records follow from.
    package init(
        name: String, words: Int, policy: Policy, tables: RunTables, basis: UInt64 = 0
    ) {
        precondition((1...400).contains(name.utf8.count), "a name has 1 to 400 bytes")
        self.name = name
        self.words = words
        self.policy = policy
        self.tables = tables
        self.basis = basis
        shape = RunShape(words: words, sums: policy == .sum)
        key = Key(name)
    }

    /// Adds records, as one transaction's share of all the work there is to do.
    ///
    /// - Parameters:
    ///   - records: flat records in ascending order of their keys; unsorted ones trap. Under
    ///     `sum` keys may repeat and multiplicities may be zero.
    ///   - mergeBudgetBytes: the most bytes of merging to do on this occasion. Usually 8 MiB, or
    ///     three times the batch. With too small a budget runs pile up and probes slow down.
    /// - Throws: `RunsFault.overflow`, or LMDB's errors.
    /// - Complexity: amortised O(log records) for each record; one call never does more than the
    ///   batch and the budget ask for.
    package func add(
        _ records: [UInt32], in write: borrowing WriteTransaction, mergeBudgetBytes: Int? = nil
    ) throws {
        let batch = try normalised(records)
        var manifest = try load(in: write) ?? RunManifest(store: newStore(in: write))
        var cursor = try write.cursor(tables.chunks)
        if !batch.isEmpty {
            try unsafe batch.withUnsafeBufferPointer { batch in
                try unsafe insert(RunWords(batch), &manifest, in: write, &cursor)
            }
        }
        let bytes = batch.count * 4
        let budget = mergeBudgetBytes ?? max(8 << 20, bytes * 3)
        try merge(&manifest, earnedBytes: bytes * SortedRuns.pace, budget, in: write, &cursor)
        try manifest.save(self, in: write)
    }

    /// Writes a batch as a new run, together with the smallest runs if it is small itself, so
    /// that single records do not make runs of their own.
    private func insert(
        _ batch: RunWords, _ manifest: inout RunManifest, in write: borrowing WriteTransaction,
        _ cursor: inout Cursor
    ) throws {
        let bytes = batch.count * 4
        var taken: [Run] = []
        if bytes <= RunShape.chunkBytes {
            let small = manifest.runs.filter { $0.role == .idle && self.bytes($0) <= chunkBytes }
                .sorted { $0.count < $1.count }
            var total = bytes
            for run in small {
                // Up to one page everything is rewritten, beyond it only what fills a chunk.
                let size = self.bytes(run)
                if size > SortedRuns.pageBytes, total <= SortedRuns.pageBytes { break }
                taken.append(run)
                total += size
            }
        }
        var run = Run(id: manifest.takeRunNumber())
        run.mark = mark(of: [batch.fingerprint.value] + taken.map { UInt64($0.mark) })
        var writer = RunWriter(self, store: manifest.store, newRun: run)
        if taken.isEmpty {
            try writer.append(batch, in: write)
        } else {
            var readers = [RunReader(batch, shape: shape)]
            for run in taken {
                var reader = self.reader(of: run, store: manifest.store)
                try reader.open(&cursor)
                readers.append(reader)
            }
            var merger = RunMerger(readers, shape: shape)
            while !merger.isDone {
                writer.used = try merger.fill(
                    &writer.block, from: writer.used, to: writer.full, &cursor)
                try writer.flushIfFull(in: write)
            }
            for run in taken {
                try delete(run, store: manifest.store, atMost: .max, in: write, &cursor)
                manifest.runs.remove(at: manifest.index(ofRun: run.id))
            }
        }
        try writer.flush(in: write)
        run.end = writer.end
        if run.end > 0 { manifest.runs.append(run) }
    }

    private static let pageBytes = 4096 - 16
    private var chunkBytes: Int { RunShape.chunkBytes }

    func bytes(_ run: Run) -> Int { Int(run.count) * shape.recordBytes }

    /// Checks the order and, under `sum`, makes keys unique and drops zeros.
    func normalised(_ records: [UInt32]) throws(RunsFault) -> [UInt32] {
        precondition(records.count % words == 0, "records are not whole")
        let needsWork = unsafe records.withUnsafeBufferPointer { unsafe isTidy($0) == false }
        guard shape.sums, needsWork else { return records }
        let span = records.span
        var offset = 0
        var result: [UInt32] = []
        result.reserveCapacity(records.count)
        offset = 0
        while offset < span.count {
            let first = offset
            var total: Int64 = 0
            repeat {
                let (sum, overflow) = total.addingReportingOverflow(
                    shape.multiplicity(span, at: offset))
                guard !overflow else { throw .overflow }
                total = sum
                offset += words
            } while offset < span.count && shape.order(span, at: first, span, at: offset) == 0
            guard total != 0 else { continue }
            result.append(contentsOf: records[first..<first + shape.keyWords])
            result.append(total.runWords.high)
            result.append(total.runWords.low)
        }
        return result
    }

    /// Whether sorted records have no key twice and no multiplicity of zero; traps where they are
    /// not sorted. Every record written passes here.
    private func isTidy(_ records: UnsafeBufferPointer<UInt32>) -> Bool {
        guard !records.isEmpty else { return true }
        let keyWords = shape.keyWords
        var isTidy = true
        var row = unsafe records.baseAddress.unsafelyUnwrapped
        let end = unsafe row + records.count
        while unsafe row < end {
            let last = unsafe row
            if shape.sums, unsafe row[keyWords] | row[keyWords + 1] == 0 { isTidy = false }
            unsafe row = row + words
            guard unsafe row < end else { break }
            var word = 0
            while word < keyWords, unsafe row[word] == last[word] { word += 1 }
            if word == keyWords {
                isTidy = false
            } else {
                precondition(unsafe last[word] < row[word], "records are not sorted")
            }
        }
        return isTidy
    }

    /// The mark of a run whose records follow from others: those of a batch, and those of the runs that
    /// are merged into it.
    func mark(of parts: [UInt64]) -> UInt32 {
        let name = Fingerprint(of: Array(self.name.utf8).span)
        let mark = parts.reduce(name) { Fingerprint($0, Fingerprint(value: $1)) }
        return UInt32(truncatingIfNeeded: mark.value)
    }

    /// A reader of a run, which looks at seals once in this process.
    func reader(of run: Run, store: UInt32) -> RunReader {
        RunReader(run, store: store, shape: shape, checked: tables.checked)
    }

    /// What tells its manifest as it is from that of another state; 0 where there is none.
    package func mark(in transaction: borrowing some Transaction & ~Copyable) throws -> UInt64 {
        try transaction.withValue(tables.manifests, key) { Fingerprint(of: $0).value } ?? 0
    }

    /// The same of the runs that are read alone, whatever is being built or deleted beside them.
    package func readMark(in transaction: borrowing some Transaction & ~Copyable) throws -> UInt64 {
        guard let manifest = try load(in: transaction) else { return 0 }
        let runs = manifest.runs.filter(\.role.isRead)
        guard !runs.isEmpty else { return 0 }
        var record = RecordWriter()
        record.put(manifest.store)
        for run in runs {
            record.put(run.id)
            record.put(run.mark)
            record.put(run.start)
            record.put(run.end)
        }
        return Fingerprint(of: record.bytes.span).value
    }

    func load(in transaction: borrowing some Transaction & ~Copyable) throws -> RunManifest? {
        try transaction.withValue(tables.manifests, key) { bytes in
            try RunManifest(bytes, of: self)
        }
    }

    func newStore(in write: borrowing WriteTransaction) throws -> UInt32 {
        try tables.takeStoreNumber(in: write)
    }

    /// Deletes chunks of a run from its start.
    ///
    /// - Returns: how many were deleted; fewer than asked for when the run is gone.
    @discardableResult
    func delete(
        _ run: Run, store: UInt32, atMost chunks: Int, in write: borrowing WriteTransaction,
        _ cursor: inout Cursor
    ) throws -> Int {
        let reader = self.reader(of: run, store: store)
        var deleted = 0
        while deleted < chunks, try cursor.seek(Key(store, run.id, 0 as UInt64, 0)),
            let place = try reader.fence(at: cursor)
        {
            try write.delete(tables.chunks, reader.chunkKey(place))
            deleted += 1
        }
        return deleted
    }
}
