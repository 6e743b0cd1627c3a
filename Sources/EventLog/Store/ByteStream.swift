import EventModel
import LMDB

/// An append-only run of bytes, cut into blocks of 16,368 bytes: bundles, texts, offsets, tree
/// nodes. How many bytes there are is kept in the registry, so that a stream has no state.
struct ByteStream: Sendable {
    let table: Table
    /// The store's folder, for errors.
    let path: String
    /// Distinguishes streams that share a table.
    var lane: UInt32 = 0

    /// Four pages less LMDB's page header. The last block has one to four pages.
    static let blockBytes = 4 * StoredSize.pageBytes - StoredSize.pageHeaderBytes

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
            let old = filled == 0 ? [] : try storedBlock(block, atLeast: filled, in: transaction)
            let size = StoredSize.padded(filled + taken, isFinal: true)
            try transaction.put(table, key(block), byteCount: size) { target in
                target.copy(old.span.extracting(first: filled), at: 0)
                target.copy(bytes.extracting(position..<position + taken), at: filled)
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
            let result = try transaction.withValue(table, key(block)) { value -> Result in
                guard start + count <= value.count else { throw damage(block) }
                return try body(value.extracting(start..<start + count))
            }
            guard let result else { throw damage(block) }
            return result
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
            let found: Void? = try transaction.withValue(table, key(block)) { value in
                guard start + taken <= value.count else { throw damage(block) }
                let bytes = value.extracting(start..<start + taken)
                copy.append(copying: bytes)
            }
            guard found != nil else { throw damage(block) }
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

    private func storedBlock(
        _ block: Int, atLeast count: Int, in transaction: borrowing WriteTransaction
    ) throws -> [UInt8] {
        guard let old = try transaction.copyValue(table, key(block)), old.count >= count else {
            throw damage(block)
        }
        return old
    }

    private func damage(_ block: Int) -> StoreFault {
        .damaged(
            path: path, table: table.name, key: "\(lane)/\(block)",
            reason: "a block is missing or short")
    }
}
