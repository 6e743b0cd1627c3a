import EventModel
import LMDB

/// An append-only run of bytes, cut into blocks: bundles, texts, offsets, tree nodes. How many bytes
/// there are is kept in the registry, so that a stream has no state.
///
/// | bytes of a block | what |
/// | --- | --- |
/// | 16,352 at most | the stream's bytes, then zeros |
/// | 8 | how many of the stream's bytes it holds (`u64`) |
/// | 8 | the seal: a fingerprint of all before and of where the block stands |
///
/// A block only ever grows, so one of an earlier state holds what the present one does, and lacks the
/// rest: whoever reads is told of any other difference, at the cost of one fingerprint a block.
package struct ByteStream: Sendable {
    let table: Table
    /// The store's folder, for errors.
    let path: String
    /// Distinguishes streams that share a table.
    var lane: UInt32 = 0
    /// What ties its blocks to the state of the log, where nothing else does.
    var tie: StreamTie?
    /// The blocks that this process has held against their seals.
    let checked = CheckedBlocks()

    /// How many bytes it holds, and its seal.
    static let trailerBytes = 16
    /// Four pages less LMDB's page header and the trailer. The last block has one to four pages.
    static let blockBytes = 4 * StoredSize.pageBytes - StoredSize.pageHeaderBytes - trailerBytes

    /// The length of a stored block that holds so many bytes.
    static func storedBytes(_ used: Int) -> Int {
        StoredSize.padded(used + trailerBytes, isFinal: true)
    }

    private func key(_ block: Int) -> Key { Key(lane, UInt32(block)) }

    /// Adds bytes behind the first `length` ones.
    ///
    /// - Complexity: O(bytes + one block).
    func append(
        _ bytes: Span<UInt8>, at length: UInt64, in transaction: borrowing WriteTransaction
    ) throws {
        var (block, filled) = try place(length, bytes.count)
        var position = 0
        while position < bytes.count {
            let taken = min(bytes.count - position, ByteStream.blockBytes - filled)
            // The stored block is copied first: writing may free the page it lies on.
            let old = filled == 0 ? [] : try copyBlock(block, filled, in: transaction)
            let size = ByteStream.storedBytes(filled + taken)
            try transaction.put(table, key(block), byteCount: size) { target in
                target.copy(old.span, at: 0)
                target.copy(bytes.extracting(position..<position + taken), at: filled)
                var used = RecordWriter()
                used.put(UInt64(filled + taken))
                target.copy(used.bytes.span, at: size - ByteStream.trailerBytes)
                var seal = RecordWriter()
                seal.put(
                    unsafe target.withUnsafeBytes {
                        unsafe self.seal(block, of: Span<UInt8>(_unsafeBytes: $0))
                    })
                target.copy(seal.bytes.span, at: size - 8)
            }
            position += taken
            block += 1
            filled = 0
        }
    }

    /// Lends `count` bytes from `offset` on; copies them only where they lie in two blocks.
    func withBytes<Result>(
        at offset: UInt64, count: Int, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let (block, start) = try place(offset, count)
        if start + count <= ByteStream.blockBytes {
            return try withBlock(block, atLeast: start + count, in: transaction) {
                try body($0.extracting(start..<start + count))
            }
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(count)
        try copyBytes(at: offset, count: count, in: transaction, appendingTo: &copy)
        return try body(copy.span)
    }

    /// Copies `count` bytes from `offset` on.
    func copyBytes(
        at offset: UInt64, count: Int, in transaction: borrowing some Transaction & ~Copyable,
        appendingTo copy: inout [UInt8]
    ) throws {
        var (block, start) = try place(offset, count)
        var rest = count
        while rest > 0 {
            let taken = min(rest, ByteStream.blockBytes - start)
            try withBlock(block, atLeast: start + taken, in: transaction) {
                copy.append(copying: $0.extracting(start..<start + taken))
            }
            rest -= taken
            block += 1
            start = 0
        }
    }

    /// A number of eight bytes, of a stream of such numbers.
    func number(
        _ place: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        try withBytes(at: UInt64(place) * 8, count: 8, in: transaction) { bytes in
            var value: UInt64 = 0
            for index in (0..<8).reversed() { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
    }

    /// Blocks are numbered in 32 bits.
    static let longest = UInt64(UInt32.max) * UInt64(blockBytes)

    /// The block that a byte lies in, and its place there. Where offsets come from the store itself, a
    /// damaged one leads nowhere.
    private func place(_ offset: UInt64, _ count: Int) throws -> (block: Int, start: Int) {
        guard offset <= ByteStream.longest, UInt64(count) <= ByteStream.longest - offset else {
            throw StoreFault.damaged(
                path: path, table: table.name, key: "\(lane)/\(offset)",
                reason: "no stream is as long as that")
        }
        return (Int(offset) / ByteStream.blockBytes, Int(offset) % ByteStream.blockBytes)
    }

    /// The first `count` bytes of a block.
    private func copyBlock(
        _ block: Int, _ count: Int, in transaction: borrowing WriteTransaction
    ) throws -> [UInt8] {
        try withBlock(block, atLeast: count, in: transaction) {
            $0.extracting(first: count).copyBytes()
        }
    }

    /// Lends a block that holds at least so many bytes and has its seal.
    private func withBlock<Result>(
        _ block: Int, atLeast count: Int, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let result = try transaction.withValue(table, key(block)) { value -> Result in
            guard value.count >= ByteStream.trailerBytes else {
                throw damage(block, ByteStream.short)
            }
            let used: UInt64 = value.littleEndian(at: value.count - ByteStream.trailerBytes)
            if !checked.has(lane, block, used) {
                guard isSealed(block, value) else {
                    throw damage(block, "a block is not as it was written")
                }
                let seal: UInt64 = value.littleEndian(at: value.count - 8)
                guard try tie?.holds(seal, ofBlock: block, in: transaction) ?? true else {
                    throw damage(
                        block, "a block is of another state than the log's, or another log's")
                }
                checked.add(lane, block, used)
            }
            guard UInt64(count) <= used else { throw damage(block, ByteStream.short) }
            return try body(value)
        }
        guard let result else { throw damage(block, ByteStream.short) }
        return result
    }

    /// The seal of a block as it is stored.
    func storedSeal(
        ofBlock block: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        let seal = try transaction.withValue(table, key(block)) { value -> UInt64? in
            value.count < 8 ? nil : value.littleEndian(at: value.count - 8)
        }
        guard case let seal?? = seal else { throw damage(block, ByteStream.short) }
        return seal
    }

    /// Whether a stored block has its seal, and as many bytes as it says.
    func isSealed(_ block: Int, _ value: Span<UInt8>) -> Bool {
        let used: UInt64 = value.littleEndian(at: value.count - ByteStream.trailerBytes)
        return used <= UInt64(ByteStream.blockBytes)
            && value.count == ByteStream.storedBytes(Int(used))
            && value.littleEndian(at: value.count - 8) == seal(block, of: value)
    }

    /// The seal that belongs to a stored block.
    private func seal(_ block: Int, of value: Span<UInt8>) -> UInt64 {
        ByteStream.seal(of: value, table: table.name, lane: lane, block: block)
    }

    /// The seal of a stored block, whose last eight bytes are left out.
    private static func seal(
        of value: Span<UInt8>, table: String, lane: UInt32, block: Int
    ) -> UInt64 {
        let address = Fingerprint(
            Fingerprint(value: UInt64(lane) << 32 | UInt64(block)),
            Fingerprint(of: table.utf8Span.span))
        let content = value.extracting(first: value.count - 8)
        return Fingerprint(address, Fingerprint(of: content)).value
    }

    /// A stored block with the seal that belongs to it in its place.
    package static func sealed(
        _ value: [UInt8], table: String, lane: UInt32, block: Int
    ) -> [UInt8] {
        var record = RecordWriter()
        record.put(seal(of: value.span, table: table, lane: lane, block: block))
        return value.dropLast(8) + record.bytes
    }

    private static let short = "a block is missing or short"

    private func damage(_ block: Int, _ reason: String) -> StoreFault {
        .damaged(path: path, table: table.name, key: "\(lane)/\(block)", reason: reason)
    }
}

/// The blocks of streams that a process has held against their seals: each once, as a block does not
/// change while it holds so many bytes.
final class CheckedBlocks: Sendable {
    /// Bytes held, by lane and block.
    private let known = Guarded<[UInt64: UInt64]>([:])

    func has(_ lane: UInt32, _ block: Int, _ used: UInt64) -> Bool {
        known.withLock { $0[UInt64(lane) << 32 | UInt64(block)] == used }
    }

    func add(_ lane: UInt32, _ block: Int, _ used: UInt64) {
        known.withLock { $0[UInt64(lane) << 32 | UInt64(block)] = used }
    }
}
