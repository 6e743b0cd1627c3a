import Compression
import EventModel
import LMDB

/// Reads entries out of bundles, keeping the last few decompressed: those of a case, or of cases of
/// one time, lie in few.
///
/// A bundle is held against the tree when it is decompressed: an entry that was not hashed so is not
/// read.
final class BundleReader {
    /// Entries of a whole bundle.
    static let entriesPerBundle = 256
    /// The longest a bundle can be: 256 framed entries.
    static let longestBundle = entriesPerBundle * (2 + EventBatch.longestEntry)

    /// A bundle, decompressed.
    private struct Held {
        var bundle: Int
        var bytes: [UInt8] = []
        /// Where each entry begins, and the end.
        var starts: [Int] = []
    }

    /// Bundles kept, and their bytes together, at most; the last one is kept whatever its length.
    private static let mostHeld = 16
    private static let mostBytes = 4 << 20

    /// Whether the entries after the last whole bundle were held against the tree.
    var isTailHeld = false
    private let hasher = EntryHasher()
    /// What a bundle's hash is held against; nil where hashes are taken as they are stored.
    private let tree: HeldTree?
    private var decompressor: ZstdDecompressorBox?
    private var held: [Held] = []
    /// Which of them was asked last.
    private var last = 0

    init(_ tree: HeldTree? = nil) { self.tree = tree }

    /// Lends an entry that lies in a whole bundle.
    func withEntry<Result>(
        _ sequence: UInt32, tables: LogTables,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let found = try find(
            Int(sequence) / BundleReader.entriesPerBundle, tables: tables, in: transaction)
        let place = Int(sequence) % BundleReader.entriesPerBundle
        let range = found.starts[place] + 2..<found.starts[place + 1]
        let bytes = found.bytes
        return try body(bytes.span.extracting(range))
    }

    /// Lends a whole bundle, decompressed: entries framed by a big-endian UInt16 length.
    func withBundle<Result>(
        _ bundle: Int, tables: LogTables, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let bytes = try find(bundle, tables: tables, in: transaction).bytes
        return try body(bytes.span)
    }

    private func find(
        _ bundle: Int, tables: LogTables, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> Held {
        if last < held.count, held[last].bundle == bundle { return held[last] }
        if let place = held.firstIndex(where: { $0.bundle == bundle }) {
            last = place
            return held[place]
        }
        // The oldest give way, one of them with its memory.
        var loaded = Held(bundle: bundle)
        while held.count >= Self.mostHeld
            || held.reduce(0, { $0 + $1.bytes.count }) > Self.mostBytes
        {
            loaded = held.removeFirst()
            loaded.bundle = bundle
        }
        try load(&loaded, tables: tables, in: transaction)
        held.append(loaded)
        last = held.count - 1
        return held[last]
    }

    private func load(
        _ loaded: inout Held, tables: LogTables,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        let bundle = loaded.bundle
        func damage(_ reason: String) -> StoreFault {
            .damaged(
                path: tables.path, table: "bundles", key: String(bundle), reason: reason)
        }
        let start = bundle == 0 ? 0 : try tables.bundleEnds.number(bundle - 1, in: transaction)
        let end = try tables.bundleEnds.number(bundle, in: transaction)
        let limit = ZstdCompressor.bound(ofCount: BundleReader.longestBundle)
        guard end > start, end - start <= UInt64(limit) else {
            throw damage("the bundle's place is not sound")
        }
        if decompressor == nil { decompressor = ZstdDecompressorBox(try ZstdDecompressor()) }
        try tables.bundles.withBytes(at: start, count: Int(end - start), in: transaction) { frame in
            do {
                try decompressor?.inside.decompress(
                    frame, atMost: BundleReader.longestBundle, into: &loaded.bytes)
            } catch {
                throw damage("the bundle cannot be decompressed")
            }
        }
        loaded.starts.removeAll(keepingCapacity: true)
        var position = 0
        let count = loaded.bytes.count
        while position + 2 <= count, loaded.starts.count < BundleReader.entriesPerBundle {
            loaded.starts.append(position)
            position += 2 + Int(loaded.bytes[position]) << 8 + Int(loaded.bytes[position + 1])
        }
        guard position == count, loaded.starts.count == BundleReader.entriesPerBundle else {
            throw damage("the bundle does not hold 256 entries")
        }
        loaded.starts.append(position)
        let entries = loaded.bytes.span
        let leaves = (0..<BundleReader.entriesPerBundle).map { place in
            hasher.leaf(entries.extracting(loaded.starts[place] + 2..<loaded.starts[place + 1]))
        }
        let stored: TreeHash
        if let tree {
            stored = try tree.node(lane: 1, bundle, in: transaction)
        } else {
            stored = try tables.storedNode(lane: 1, bundle, in: transaction)
        }
        guard MerkleTree.root(of: leaves[...]) == stored else {
            throw damage("its entries are not those that were hashed")
        }
    }
}

/// A class around the decompressor, which cannot be an optional stored property by itself.
private final class ZstdDecompressorBox {
    var inside: ZstdDecompressor
    init(_ decompressor: consuming ZstdDecompressor) { inside = decompressor }
}
