import EventModel
internal import LMDB

/// Where a chunk lies in its run.
struct ChunkPlace: Equatable {
    /// The first two key words of its first record.
    var fence: UInt64
    /// Its number in the run, from 0.
    var number: UInt32

    /// It, its run, what that follows from, and its runs' store as one number, for its seal.
    func address(store: UInt32, run: Run) -> UInt64 {
        let whose = Fingerprint(
            Fingerprint(value: UInt64(store) << 32 | UInt64(run.id)),
            Fingerprint(value: UInt64(run.mark)))
        return Fingerprint(
            Fingerprint(whose, Fingerprint(value: fence)), Fingerprint(value: UInt64(number))
        ).value
    }

    /// The same with how many records it holds, since an unpacked chunk does not tell: while a run
    /// grows, its last chunk is written again and again.
    func address(store: UInt32, run: Run, records: Int) -> UInt64 {
        Fingerprint(
            Fingerprint(value: address(store: store, run: run)),
            Fingerprint(value: UInt64(records))
        ).value
    }
}

extension RunTables {
    /// The chunk of some bytes with the seal that belongs to them under a key, in the place of their last
    /// eight, as its writer would leave it: what reads it then looks at all the rest.
    ///
    /// - Parameters:
    ///   - mark: the run's, as its manifest has it.
    ///   - records: of a chunk that is not packed, which does not tell how many it holds.
    /// - Returns: nil where the key is none of a chunk, or the bytes are too few.
    package static func sealed(
        _ bytes: [UInt8], under key: [UInt8], mark: UInt32, records: Int? = nil
    ) -> [UInt8]? {
        guard key.count == 20, bytes.count >= RunPacking.sealBytes else { return nil }
        func number(_ range: Range<Int>) -> UInt64 {
            key[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let (store, run) = (UInt32(number(0..<4)), Run(id: UInt32(number(4..<8)), mark: mark))
        let place = ChunkPlace(fence: number(8..<16), number: UInt32(number(16..<20)))
        let address =
            records.map { place.address(store: store, run: run, records: $0) }
            ?? place.address(store: store, run: run)
        let content = bytes.dropLast(RunPacking.sealBytes)
        var record = RecordWriter()
        record.put(RunPacking.seal(of: Array(content).span, at: address))
        return content + record.bytes
    }
}

/// The unpacked chunks that this process has held against their seals: each once, as they do not
/// change while they hold so many records.
final class CheckedChunks: Sendable {
    private struct Chunk: Hashable {
        var store: UInt32
        var run: UInt32
        var number: UInt32
        var records: UInt32
    }

    private let known = Guarded<Set<Chunk>>([])
    /// Chunks remembered; runs come and go.
    private static let most = 1 << 17

    /// Whether a chunk has its seal.
    func isSealed(
        _ value: Span<UInt8>, _ place: ChunkPlace, store: UInt32, run: Run, records: Int
    ) -> Bool {
        let chunk = Chunk(
            store: store, run: run.id, number: place.number, records: UInt32(records))
        if known.withLock({ $0.contains(chunk) }) { return true }
        let address = place.address(store: store, run: run, records: records)
        guard RunPacking.isSealed(value, at: address) else { return false }
        known.withLock { known in
            if known.count >= CheckedChunks.most { known.removeAll(keepingCapacity: true) }
            known.insert(chunk)
        }
        return true
    }
}

/// Walks a run's records in order, a chunk at a time: in place, or unpacked.
struct RunReader {
    let shape: RunShape
    let store: UInt32
    let run: Run
    /// The current chunk's words, and where in them the current record and the end are.
    private(set) var block = RunWords()
    private(set) var at = 0
    private(set) var limit = 0
    private(set) var place = ChunkPlace(fence: 0, number: 0)
    /// The current record's first two key words.
    private(set) var head: UInt64 = 0
    private(set) var isDone = true
    /// Where chunks are unpacked.
    private var unpacked: UnpackedChunk?
    /// Those of the unpacked ones whose seals were looked at before; nil looks at each.
    private let checked: CheckedChunks?

    /// A reader of a run in the store; it stands nowhere until `open` or `seek`.
    init(_ run: Run, store: UInt32, shape: RunShape, checked: CheckedChunks? = nil) {
        self.run = run
        self.store = store
        self.shape = shape
        self.checked = checked
    }

    /// A reader of records in memory, which must stay where they are.
    init(_ records: RunWords, shape: RunShape) {
        self.init(Run(id: 0), store: 0, shape: shape)
        block = records
        limit = records.count
        settle()
    }

    /// The number of the current record in the run.
    var position: UInt64 {
        isDone
            ? run.end
            : UInt64(place.number) * UInt64(shape.recordsPerChunk) + UInt64(at / shape.words)
    }

    /// The words from the current record to the end of its chunk.
    var rest: Range<Int> { at..<limit }

    func chunkKey(_ place: ChunkPlace) -> Key { Key(store, run.id, place.fence, place.number) }

    /// Stands at the first record.
    mutating func open(_ cursor: inout Cursor) throws {
        guard run.count > 0 else { return }
        guard try cursor.seek(Key(store, run.id, 0 as UInt64, 0)), try load(&cursor),
            UInt64(place.number) == run.start / UInt64(shape.recordsPerChunk)
        else { throw damaged("its first chunk is missing") }
    }

    /// Stands at the first record whose first words are the target or more.
    mutating func seek(_ target: [UInt32], _ cursor: inout Cursor) throws {
        let second = target.count > 1 && shape.keyWords > 1 ? UInt64(target[1]) : 0
        let fence = target.isEmpty ? 0 : UInt64(target[0]) << 32 | second
        guard try stand(beforeFence: fence, &cursor) else { return }
        while !isDone {
            at = lowerBound(target)
            if at < limit { return settle() }
            try nextChunk(&cursor)
        }
    }

    /// Stands at the start of the last chunk that begins before a fence, or else of the first.
    ///
    /// - Returns: false when the run is empty.
    mutating func stand(beforeFence fence: UInt64, _ cursor: inout Cursor) throws -> Bool {
        guard run.count > 0 else { return false }
        if try cursor.seek(Key(store, run.id, fence, 0)) {
            if try cursor.move(.previous), try load(&cursor) { return true }
        } else if try cursor.move(.last), try load(&cursor) {
            return true
        }
        try open(&cursor)
        return true
    }

    /// Moves to the next record.
    @inline(__always)
    mutating func advance(_ cursor: inout Cursor) throws {
        at += shape.words
        if at < limit { head = readHead(at) } else { try nextChunk(&cursor) }
    }

    /// Moves on by so many words, at most to the end of the chunk.
    mutating func advance(words: Int, _ cursor: inout Cursor) throws {
        at += words
        if at < limit { head = readHead(at) } else { try nextChunk(&cursor) }
    }

    /// Moves to the start of the next chunk.
    mutating func nextChunk(_ cursor: inout Cursor) throws {
        let next = (UInt64(place.number) + 1) * UInt64(shape.recordsPerChunk)
        guard next < run.end else {
            at = limit
            isDone = true
            return
        }
        let expected = ChunkPlace(fence: place.fence, number: place.number + 1)
        guard try cursor.seek(chunkKey(expected)), try load(&cursor),
            place.number == expected.number
        else { throw damaged("chunk \(expected.number) is missing") }
    }

    /// Takes the chunk the cursor stands at, if it is one of this run.
    mutating func load(_ cursor: inout Cursor) throws -> Bool {
        guard let place = try fence(at: cursor) else { return false }
        let first = UInt64(place.number) * UInt64(shape.recordsPerChunk)
        guard first < run.end else { throw damaged("chunk \(place.number) is beyond its end") }
        let records = min(UInt64(shape.recordsPerChunk), run.end - first)
        let words = Int(records) * shape.words
        let value = unsafe try cursor.unsafeValue
        if shape.isPacked {
            let room = unpacked ?? UnpackedChunk(words: shape.recordsPerChunk * shape.words)
            unpacked = room
            let isSealed = try cursor.withEntry { _, value in
                RunPacking.isSealed(value, at: place.address(store: store, run: run))
            }
            guard isSealed else { throw damaged("chunk \(place.number) is not as it was written") }
            guard let words = unsafe room.take(value, words: words, shape: shape) else {
                throw damaged("chunk \(place.number) cannot be unpacked")
            }
            block = words
        } else {
            guard value.count == shape.paddedBytes(records: Int(records)) else {
                throw damaged("chunk \(place.number) has the wrong size")
            }
            let isSealed = try cursor.withEntry { _, value in
                guard let checked else {
                    let address = place.address(store: store, run: run, records: Int(records))
                    return RunPacking.isSealed(value, at: address)
                }
                return checked.isSealed(
                    value, place, store: store, run: run, records: Int(records))
            }
            guard isSealed else { throw damaged("chunk \(place.number) is not as it was written") }
            block = unsafe RunWords(value)
        }
        self.place = place
        limit = words
        at = run.start > first ? Int(run.start - first) * shape.words : 0
        guard at < limit else { throw damaged("chunk \(place.number) was consumed") }
        settle()
        return true
    }

    /// The place of the chunk a cursor stands at, if it is one of this run.
    func fence(at cursor: borrowing Cursor) throws -> ChunkPlace? {
        let key = unsafe cursor.unsafeKey
        guard key.count == 20, try cursor.keyNumber(at: 0, as: UInt32.self) == store,
            try cursor.keyNumber(at: 4, as: UInt32.self) == run.id
        else { return nil }
        return try ChunkPlace(fence: cursor.keyNumber(at: 8), number: cursor.keyNumber(at: 16))
    }

    /// The first record of the chunk, from the current one on, whose first words are a target or
    /// more.
    func lowerBound(_ target: [UInt32]) -> Int {
        let words = shape.words
        var low = at / words
        var high = limit / words
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle * words, target) { low = middle + 1 } else { high = middle }
        }
        return low * words
    }

    private func isBefore(_ offset: Int, _ target: [UInt32]) -> Bool {
        for index in 0..<min(target.count, shape.keyWords) {
            let word = block[offset + index]
            if word != target[index] { return word < target[index] }
        }
        return false
    }

    private mutating func settle() {
        isDone = at >= limit
        if !isDone { head = readHead(at) }
    }

    @inline(__always)
    func readHead(_ offset: Int) -> UInt64 {
        shape.keyWords > 1 ? block.pair(offset) : UInt64(block[offset]) << 32
    }

    func damaged(_ detail: String) -> RunsFault {
        .damaged(store: store, run: run.id, detail: detail)
    }
}
