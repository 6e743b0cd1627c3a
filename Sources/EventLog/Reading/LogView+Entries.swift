import EventModel
import LMDB

extension LogView {
    /// An entry as recorded: its canonical bytes; `StoreFault.damaged` beyond the log's end.
    ///
    /// - Complexity: O(bundle), about 50 µs; neighbours then cost next to nothing.
    public func entry(_ sequence: UInt32) throws -> [UInt8] {
        try withEntry(sequence) { $0.copyBytes() }
    }

    /// Lends an entry's canonical bytes; `StoreFault.damaged` beyond the log's end.
    public func withEntry<Result>(
        _ sequence: UInt32, _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        if sequence >= entryCount - entryCount % UInt32(BundleReader.entriesPerBundle) {
            try holdTail()
        }
        return try tables.withEntry(
            sequence, entryCount: entryCount, bundles, in: transaction, body)
    }

    /// Holds the entries after the last whole bundle against the tree's right edge, once in this
    /// transaction.
    ///
    /// - Throws: `StoreFault.damaged` where they are not those that were hashed.
    /// - Complexity: O(their bytes), at most 255 entries.
    package func holdTail() throws {
        guard !bundles.isTailHeld else { return }
        var frontier = state.frontier
        frontier.dropPartialTile(levels: LogTables.tileLevels)
        let hasher = EntryHasher()
        let first = UInt32(frontier.size)
        for sequence in first..<entryCount {
            let leaf = try tables.withEntry(
                sequence, entryCount: entryCount, bundles, in: transaction
            ) { hasher.leaf($0) }
            frontier.add(leaf)
        }
        guard frontier.root == state.root else {
            throw damage("tail", first, "its entries are not those that were hashed")
        }
        bundles.isTailHeld = true
    }

    /// Lends entries one after another.
    public func forEachEntry(
        in sequences: Range<UInt32>, _ body: (UInt32, Span<UInt8>) throws -> Void
    ) throws {
        for sequence in sequences { try withEntry(sequence) { try body(sequence, $0) } }
    }

    /// An entry's bundle as C2SP `tlog-tiles` frames it, whole or partial: each entry after its
    /// length as a big-endian UInt16.
    public func bundle(_ index: Int) throws -> [UInt8] {
        let first = index * BundleReader.entriesPerBundle
        precondition(first < Int(entryCount), "no such bundle")
        var bytes: [UInt8] = []
        let end = min(first + BundleReader.entriesPerBundle, Int(entryCount))
        for sequence in first..<end {
            try withEntry(UInt32(sequence)) { bytes.appendFramed($0) }
        }
        return bytes
    }
}

extension LogTables {
    /// Lends an entry, from its bundle or from the tail after the last whole bundle.
    func withEntry<Result>(
        _ sequence: UInt32, entryCount: UInt32, _ bundles: BundleReader,
        in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        guard sequence < entryCount else {
            throw StoreFault.damaged(
                path: path, table: "entries", key: String(sequence),
                reason: "a stored sequence is past the last entry")
        }
        if sequence < entryCount - entryCount % UInt32(BundleReader.entriesPerBundle) {
            return try bundles.withEntry(sequence, tables: self, in: transaction, body)
        }
        guard let result = try transaction.withValue(tail, Key(sequence), body) else {
            throw StoreFault.damaged(
                path: path, table: tail.name, key: String(sequence),
                reason: "the entry is missing")
        }
        return result
    }
}
