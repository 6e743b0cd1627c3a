internal import LMDB

/// Appends sorted records to a run, chunk by chunk.
struct RunWriter {
    private let runs: SortedRuns
    private let store: UInt32
    private let run: Run
    private let shape: RunShape
    /// The chunk being filled; the first `used` words of it are records.
    var block: [UInt32]
    var used = 0
    /// Takes a chunk's bytes where it is packed.
    private var packed: [UInt8] = []
    /// Records in chunks before the one being filled.
    private var flushed: UInt64

    /// A writer at the end of a run, whose last chunk it takes up again when it is not full.
    init(
        _ runs: SortedRuns, store: UInt32, run: Run, _ cursor: inout Cursor
    ) throws {
        self.init(runs, store: store, newRun: run)
        let partial = Int(run.end % UInt64(shape.recordsPerChunk))
        flushed = run.end - UInt64(partial)
        guard partial > 0 else { return }
        var reader = RunReader(run, store: store, shape: shape)
        guard try reader.stand(beforeFence: .max, &cursor) else { return }
        while UInt64(reader.place.number) != flushed / UInt64(shape.recordsPerChunk) {
            // Chunks may begin with the greatest fence there is.
            try reader.nextChunk(&cursor)
        }
        used = partial * shape.words
        reader.block.copy(0..<used, to: &block, at: 0)
    }

    /// A writer of a new run.
    init(_ runs: SortedRuns, store: UInt32, newRun run: Run) {
        self.runs = runs
        self.store = store
        self.run = run
        shape = runs.shape
        flushed = 0
        block = [UInt32](repeating: 0, count: RunShape.chunkBytes / 4)
        guard shape.isPacked else { return }
        let most = RunPacking.mostBytes(words: shape.words, records: shape.recordsPerChunk)
        packed = [UInt8](repeating: 0, count: most)
    }

    /// Where a full chunk ends in the block.
    var full: Int { shape.recordsPerChunk * shape.words }

    /// Records written so far.
    var end: UInt64 { flushed + UInt64(used / shape.words) }

    /// Writes the chunk if it is full.
    mutating func flushIfFull(in write: borrowing WriteTransaction) throws {
        guard used == full else { return }
        try flush(in: write)
        flushed += UInt64(shape.recordsPerChunk)
        used = 0
    }

    /// Writes what the chunk holds so far; a later one of the same place overwrites it.
    mutating func flush(in write: borrowing WriteTransaction) throws {
        guard used > 0 else { return }
        let fence = shape.head(block.span, at: 0)
        let number = UInt32(flushed / UInt64(shape.recordsPerChunk))
        let key = Key(store, run.id, fence, number)
        if shape.isPacked {
            let bytes = RunPacking.pack(
                block, count: used, words: shape.words,
                address: ChunkPlace(fence: fence, number: number).address(store: store, run: run),
                into: &packed)
            return try write.put(runs.tables.chunks, key, packed.span.extracting(0..<bytes))
        }
        let records = used / shape.words
        let bytes = shape.paddedBytes(records: records)
        for index in used..<bytes / 4 { block[index] = 0 }
        let address = ChunkPlace(fence: fence, number: number)
            .address(store: store, run: run, records: records)
        let table = runs.tables.chunks
        try unsafe block.withUnsafeMutableBytes { words in
            let chunk = unsafe UnsafeMutableRawBufferPointer(rebasing: words[..<bytes])
            let end = bytes - RunPacking.sealBytes
            let seal = unsafe RunPacking.seal(
                of: Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: chunk[..<end])), at: address
            )
            unsafe chunk.storeBytes(of: seal.littleEndian, toByteOffset: end, as: UInt64.self)
            try unsafe write.put(
                table, key, Span(_unsafeBytes: UnsafeRawBufferPointer(chunk)))
        }
    }

    /// Appends records that are sorted and come after those already there.
    mutating func append(_ records: RunWords, in write: borrowing WriteTransaction) throws {
        var offset = 0
        while offset < records.count {
            let words = min(full - used, records.count - offset)
            records.copy(offset..<offset + words, to: &block, at: used)
            used += words
            offset += words
            try flushIfFull(in: write)
        }
    }
}
