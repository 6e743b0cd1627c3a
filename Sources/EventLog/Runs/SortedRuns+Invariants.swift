package import LMDB

/// What a `SortedRuns` holds, for `rekam log stat`.
package struct RunsStatus: Equatable, Sendable {
    /// Runs that are read.
    package var runs = 0
    /// Records in them, before adding up.
    package var records: UInt64 = 0
    /// Bytes of these records.
    package var bytes: UInt64 = 0
    /// Merges under way.
    package var merges = 0
    /// Bytes the merges under way have yet to read.
    package var mergeBytes: UInt64 = 0
    /// Records not read: being built, or being deleted.
    package var hiddenRecords: UInt64 = 0

    /// Nothing.
    package init() {}
}

extension SortedRuns {
    /// What there is.
    ///
    /// - Complexity: O(runs).
    package func status(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> RunsStatus {
        var status = RunsStatus()
        guard let manifest = try load(in: transaction) else { return status }
        for run in manifest.runs {
            guard run.role.isRead else {
                status.hiddenRecords += run.count
                continue
            }
            status.runs += 1
            status.records += run.count
            status.bytes += UInt64(bytes(run))
            if run.role == .output { status.merges += 1 }
            if run.role == .input { status.mergeBytes += UInt64(bytes(run)) }
        }
        return status
    }

    /// Checks every chunk of every run: order, numbers, fences, padding, multiplicities.
    ///
    /// - Throws: `RunsFault.damaged` at the first thing that is not as it should be.
    /// - Complexity: O(records).
    package func _checkInvariants(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        guard let manifest = try load(in: transaction) else { return }
        var cursor = try transaction.cursor(tables.chunks)
        var chunks = 0
        for run in manifest.runs where run.role != .dropped {
            chunks += try check(run, manifest, &cursor)
        }
        var stored = 0
        let dropped = Set(manifest.runs.filter { $0.role == .dropped }.map(\.id))
        var found = try cursor.seek(Key(manifest.store, 0, 0 as UInt64, 0))
        while found, try cursor.keyNumber(at: 0, as: UInt32.self) == manifest.store {
            let run: UInt32 = try cursor.keyNumber(at: 4)
            if !dropped.contains(run) {
                stored += 1
                if let run = manifest.runs.first(where: { $0.id == run }) {
                    try checkBytes(run, manifest.store, cursor)
                }
            }
            found = try cursor.move(.next)
        }
        guard stored == chunks else {
            throw RunsFault.damaged(
                store: manifest.store, run: 0, detail: "\(stored - chunks) chunks belong to no run")
        }
    }

    /// Checks that a chunk has the bytes its records ask for, and no others: packed once more it is the
    /// same, unpacked it has its size, and zeros behind them.
    private func checkBytes(
        _ run: Run, _ store: UInt32, _ cursor: borrowing Cursor
    ) throws {
        let number = UInt64(try cursor.keyNumber(at: 16, as: UInt32.self))
        let first = number * UInt64(shape.recordsPerChunk)
        guard first < run.end else { return }
        let records = Int(min(run.end - first, UInt64(shape.recordsPerChunk)))
        let isSound = try cursor.withEntry { _, value in
            guard !shape.isPacked else {
                let place = ChunkPlace(
                    fence: try cursor.keyNumber(at: 8), number: UInt32(number))
                return RunPacking.isCanonical(
                    value, words: words, records: records,
                    at: place.address(store: store, run: run))
            }
            guard value.count == shape.paddedBytes(records: records) else { return false }
            let end = value.count - RunPacking.sealBytes
            return (records * shape.recordBytes..<end).allSatisfy { value[$0] == 0 }
        }
        guard isSound else {
            throw RunsFault.damaged(
                store: store, run: run.id,
                detail: "chunk \(number) has not the bytes that its records ask for")
        }
    }

    /// Checks one run.
    ///
    /// - Returns: its chunks.
    private func check(
        _ run: Run, _ manifest: RunManifest, _ cursor: inout Cursor
    ) throws -> Int {
        let hasJob = run.role == .input || run.role == .output
        guard hasJob == (run.job != 0) else {
            throw RunsFault.damaged(
                store: manifest.store, run: run.id, detail: "its role does not fit its job")
        }
        var reader = RunReader(run, store: manifest.store, shape: shape)
        try reader.open(&cursor)
        var last: [UInt32] = []
        var records: UInt64 = 0
        var chunks = 0
        while !reader.isDone {
            chunks += 1
            guard reader.place.fence == reader.readHead(0), reader.position == run.start + records
            else { throw reader.damaged("chunk \(reader.place.number) has the wrong place") }
            try reader.block.withSpan(reader.at..<reader.limit) { block in
                try checkOrder(block, after: &last, reader)
                records += UInt64(block.count / words)
            }
            try reader.nextChunk(&cursor)
        }
        guard records == run.count else { throw reader.damaged("it holds \(records) records") }
        return chunks
    }

    private func checkOrder(
        _ block: Span<UInt32>, after last: inout [UInt32], _ reader: RunReader
    ) throws {
        var offset = 0
        while offset < block.count {
            if !last.isEmpty {
                let order = shape.order(last.span, at: 0, block, at: offset)
                guard order < 0 || (order == 0 && !shape.sums) else {
                    throw reader.damaged("chunk \(reader.place.number) is not sorted")
                }
            }
            if shape.sums, shape.multiplicity(block, at: offset) == 0 {
                throw reader.damaged("chunk \(reader.place.number) holds a zero")
            }
            last = (offset..<offset + words).map { block[$0] }
            offset += words
        }
    }
}
