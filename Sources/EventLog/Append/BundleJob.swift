import Compression
import EventModel
import LMDB
internal import Synchronization

/// The parallel part of an append: entries formed, hashed, framed and compressed, one bundle of 256
/// entries a task. Sequences are fixed beforehand, so that the order of the tasks does not matter.
@safe final class BundleJob: @unchecked Sendable {
    // Sendable because a task writes nothing but what belongs to its bundle, and its worker's own.
    private let input: AppendInput
    private let accepted: UnsafeBufferPointer<UInt32>
    private let rowCount: Int
    private let forming: EntryForming
    private let digest: ContentDigest
    private let base: UInt32
    /// Framed entries of the unfinished bundle the log ends with.
    private let oldTail: [UInt8]
    /// Leaf hashes from the start of that bundle on; the old ones are there where it becomes whole.
    private let leaves: UnsafeMutablePointer<UInt8>
    /// By new entry the digest of its content.
    private let contents: UnsafeMutablePointer<UInt8>
    /// For each bundle: the tile's root, and where its frame lies.
    private let tiles: UnsafeMutablePointer<UInt8>
    private let frames: UnsafeMutablePointer<BundleFrame>
    /// First bundle, and the number of them; the last may be unfinished.
    let firstBundle: Int
    let count: Int
    private let next = Atomic<Int>(0)
    private let failure = Guarded<(any Error)?>(nil)
    private let entryBytes = Atomic<Int>(0)

    static let perBundle = BundleReader.entriesPerBundle

    @unsafe init(
        input: AppendInput, accepted: UnsafeBufferPointer<UInt32>, forming: EntryForming,
        digest: ContentDigest, oldTail: [UInt8], space: BundleSpace
    ) {
        self.input = input
        unsafe self.accepted = accepted
        rowCount = accepted.count
        self.forming = forming
        self.digest = digest
        base = input.base
        self.oldTail = oldTail
        firstBundle = Int(base) / BundleJob.perBundle
        let end = Int(base) + rowCount
        count = (end + BundleJob.perBundle - 1) / BundleJob.perBundle - firstBundle
        space.tiles.resize(count * 32)
        space.contents.resize(rowCount * SegmentLayout.contentBytes)
        unsafe contents = space.contents.start
        space.frames.resize(count)
        unsafe leaves = space.leaves.start
        unsafe tiles = space.tiles.start
        unsafe frames = space.frames.start
    }

    /// Takes bundles until there are none left.
    func work(_ worker: BundleWorker, number: Int) {
        while true {
            let bundle = next.add(1, ordering: .relaxed).oldValue
            guard bundle < count else { return }
            do {
                try run(bundle, worker, number)
            } catch {
                failure.withLock { $0 = error }
                next.store(count, ordering: .relaxed)
            }
        }
    }

    /// Bytes of the new entries; throws what made a worker fail.
    func finish() throws -> Int {
        if let error = failure.withLock({ $0 }) { throw error }
        return entryBytes.load(ordering: .relaxed)
    }

    private func run(_ bundle: Int, _ worker: BundleWorker, _ number: Int) throws {
        let start = (firstBundle + bundle) * BundleJob.perBundle
        let firstNew = max(start, Int(base)) - Int(base)
        let end = min(start + BundleJob.perBundle - Int(base), rowCount)
        let raw = worker.raw
        let oldBytes = bundle == 0 ? oldTail.count : 0
        var bound = oldBytes
        for place in firstNew..<end {
            bound += unsafe 2 + forming.bound(input.rowStart(Int(accepted[place])))
        }
        raw.resize(bound)
        let output = unsafe raw.start
        if oldBytes > 0 {
            unsafe oldTail.withUnsafeBufferPointer { old in
                unsafe output.update(from: old.baseAddress!, count: oldBytes)
            }
        }
        var position = oldBytes
        var place = firstNew
        // Two at a time: see `LeafHashing.hashTwo`.
        while place < end {
            let isPair = place + 1 < end
            let first = unsafe form(place, into: output + position)
            let next = position + 2 + first
            let second = isPair ? unsafe form(place + 1, into: output + next) : 0
            unsafe hash(
                place, isPair: isPair, output + position, first, output + next, second)
            position = isPair ? next + 2 + second : next
            place += 2
        }
        raw.resize(position)
        entryBytes.add(position - oldBytes - 2 * (end - firstNew), ordering: .relaxed)
        if end + Int(base) == start + BundleJob.perBundle {
            unsafe LeafHashing.tileRoot(
                leaves + 32 * 256 * bundle, into: tiles + 32 * bundle)
            let at = worker.frames.count
            let length = try raw.withSpan {
                try worker.compressor.compress($0, appendingTo: &worker.frames)
            }
            unsafe frames[bundle] = BundleFrame(worker: number, offset: at, length: length)
        } else {
            unsafe frames[bundle] = BundleFrame(worker: number, offset: -1, length: position)
        }
    }

    /// Writes the digest of an entry's content.
    @inline(__always)
    @unsafe private func writeContent(_ place: Int) {
        var pieces = ContentDigest.Pieces(digest)
        unsafe forming.digest(input.rowStart(Int(accepted[place])), &pieces)
        unsafe pieces.end(into: contents + SegmentLayout.contentBytes * place)
    }

    /// Forms an entry behind two bytes, of which the second is the 0 of a leaf until it is hashed, and
    /// returns its length.
    @inline(__always)
    @unsafe private func form(_ place: Int, into output: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe writeContent(place)
        let row = unsafe input.rowStart(Int(accepted[place]))
        let length = unsafe forming.form(row, sequence: base + UInt32(place), into: output + 2)
        precondition(length <= EventBatch.longestEntry, "an entry is too long")
        unsafe output[1] = 0
        return length
    }

    /// Hashes one or two entries, and puts their lengths before them.
    @inline(__always)
    @unsafe private func hash(
        _ place: Int, isPair: Bool, _ first: UnsafeMutablePointer<UInt8>, _ length: Int,
        _ second: UnsafeMutablePointer<UInt8>, _ otherLength: Int
    ) {
        let target = unsafe leaves + 32 * (Int(base) % BundleJob.perBundle + place)
        guard isPair else {
            unsafe LeafHashing.hash(first + 1, count: length + 1, into: target)
            unsafe putLength(length, at: first)
            return
        }
        unsafe LeafHashing.hashTwo(
            first + 1, count: length + 1, into: target, second + 1, count: otherLength + 1,
            into: target + 32)
        unsafe putLength(length, at: first)
        unsafe putLength(otherLength, at: second)
    }

    @inline(__always)
    @unsafe private func putLength(_ length: Int, at output: UnsafeMutablePointer<UInt8>) {
        unsafe output[0] = UInt8(truncatingIfNeeded: length >> 8)
        unsafe output[1] = UInt8(truncatingIfNeeded: length)
    }
}

/// Where a worker left a bundle; without an offset the bundle is unfinished and still in `raw`.
struct BundleFrame: BitwiseCopyable {
    var worker: Int
    var offset: Int
    var length: Int
}

/// What one thread needs to make bundles.
final class BundleWorker: @unchecked Sendable {
    // Sendable because one thread uses it at a time.
    var compressor: ZstdCompressor
    /// The bundle being made, uncompressed.
    let raw = Buffer<UInt8>()
    /// Compressed bundles, one after another.
    var frames: [UInt8] = []

    init() throws { compressor = try ZstdCompressor(level: 1) }
}

/// Results of a `BundleJob`, kept between batches.
final class BundleSpace: @unchecked Sendable {
    // Sendable because the job gives each task its own part.
    let leaves = Buffer<UInt8>()
    let tiles = Buffer<UInt8>()
    let contents = Buffer<UInt8>()
    let frames = Buffer<BundleFrame>()
    /// The compressed bundles in their order, while they are stored.
    var stored: [UInt8] = []
}
