import Compression
import EventModel
import LMDB

/// Reads entries out of bundles, keeping the last bundle decompressed.
final class BundleReader {
    /// Entries of a whole bundle.
    static let entriesPerBundle = 256
    /// The longest a bundle can be: 256 framed entries.
    static let longestBundle = entriesPerBundle * (2 + EventBatch.longestEntry)

    private var decompressor: ZstdDecompressorBox?
    private var loaded: Int?
    private var bytes: [UInt8] = []
    /// Where each entry begins, and the end.
    private var starts: [Int] = []

    /// Lends an entry that lies in a whole bundle.
    func withEntry<Result>(
        _ sequence: UInt32, tables: LogTables,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let bundle = Int(sequence) / BundleReader.entriesPerBundle
        if loaded != bundle { try load(bundle, tables: tables, in: transaction) }
        let place = Int(sequence) % BundleReader.entriesPerBundle
        let held = bytes
        return try body(held.span.extracting(starts[place] + 2..<starts[place + 1]))
    }

    /// Lends a whole bundle, decompressed: entries framed by a big-endian UInt16 length.
    func withBundle<Result>(
        _ bundle: Int, tables: LogTables, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        if loaded != bundle { try load(bundle, tables: tables, in: transaction) }
        let held = bytes
        return try body(held.span)
    }

    private func load(
        _ bundle: Int, tables: LogTables, in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        loaded = nil
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
                    frame, atMost: BundleReader.longestBundle, into: &bytes)
            } catch {
                throw damage("the bundle cannot be decompressed")
            }
        }
        starts.removeAll(keepingCapacity: true)
        var position = 0
        while position + 2 <= bytes.count, starts.count < BundleReader.entriesPerBundle {
            starts.append(position)
            position += 2 + Int(bytes[position]) << 8 + Int(bytes[position + 1])
        }
        guard position == bytes.count, starts.count == BundleReader.entriesPerBundle else {
            throw damage("the bundle does not hold 256 entries")
        }
        starts.append(position)
        loaded = bundle
    }
}

/// A class around the decompressor, which cannot be an optional stored property by itself.
private final class ZstdDecompressorBox {
    var inside: ZstdDecompressor
    init(_ decompressor: consuming ZstdDecompressor) { inside = decompressor }
}
