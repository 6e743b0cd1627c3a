import LMDB

extension LogView {
    /// The Merkle tree over the first `size` entries (all of them unless said), for roots and
    /// proofs.
    ///
    /// - Complexity: a root or a proof reads O(log size) tiles.
    public func withTree<Result>(
        size: UInt32? = nil, _ body: (MerkleTree) throws -> Result
    ) throws -> Result {
        let size = size ?? entryCount
        precondition(size <= entryCount, "the log is shorter")
        try holdTail()
        let leaves = LeafReader(tables, bundles, tree, entryCount: entryCount, transaction)
        return try body(
            MerkleTree(size: Int(size)) { level, index in
                try leaves.node(level: level, index: index)
            })
    }

    /// The root over the first `size` entries, all of them where the log is shorter.
    ///
    /// - Complexity: O(log size) tiles.
    package func root(upTo size: UInt32) throws -> TreeHash {
        size >= entryCount ? state.root : try withTree(size: size) { try $0.root() }
    }

    /// The leaf hash of an entry; `StoreFault.damaged` beyond the log's end.
    ///
    /// - Complexity: O(bundle) for the first of its neighbours, then O(entry).
    public func leafHash(_ sequence: UInt32) throws -> TreeHash {
        try withEntry(sequence) { EntryHasher().leaf($0) }
    }
}

/// Nodes of the tree: of the lowest levels computed from the entries, of the others from what is
/// stored.
final class LeafReader {
    private let tables: LogTables
    private let bundles: BundleReader
    private let tree: HeldTree
    private let entryCount: UInt32
    private let transaction: TransactionReference
    private let hasher = EntryHasher()
    /// The bundle whose leaves are at hand.
    private var bundle = -1
    private var leaves: [TreeHash] = []

    init(
        _ tables: LogTables, _ bundles: BundleReader, _ tree: HeldTree, entryCount: UInt32,
        _ transaction: TransactionReference
    ) {
        self.tables = tables
        self.bundles = bundles
        self.tree = tree
        self.entryCount = entryCount
        self.transaction = transaction
    }

    /// The root of the perfect subtree of `2^level` leaves, from the stored level at or below it.
    func node(level: Int, index: Int) throws -> TreeHash {
        let stored = min(level / LogTables.tileLevels, 3)
        let width = 1 << (level - stored * LogTables.tileLevels)
        guard stored == 0 else {
            var hashes: [TreeHash] = []
            hashes.reserveCapacity(width)
            for place in index * width..<(index + 1) * width {
                hashes.append(try tree.node(lane: stored, place, in: transaction))
            }
            return MerkleTree.root(of: hashes[...])
        }
        let first = index * width
        try load(first / BundleReader.entriesPerBundle)
        let start = first % BundleReader.entriesPerBundle
        return MerkleTree.root(of: leaves[start..<start + width])
    }

    private func load(_ wanted: Int) throws {
        guard wanted != bundle else { return }
        let first = wanted * BundleReader.entriesPerBundle
        let end = min(first + BundleReader.entriesPerBundle, Int(entryCount))
        leaves.removeAll(keepingCapacity: true)
        for sequence in first..<end {
            let leaf = try tables.withEntry(
                UInt32(sequence), entryCount: entryCount, bundles, in: transaction
            ) { hasher.leaf($0) }
            leaves.append(leaf)
        }
        bundle = wanted
    }
}

extension LogTables {
    /// Levels of a tile: 256 hashes wide.
    static let tileLevels = 8

    /// A stored hash of an upper level.
    func storedNode(
        lane: Int, _ place: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> TreeHash {
        try hash(
            treeLevel(lane).withBytes(at: UInt64(place) * 32, count: 32, in: transaction) {
                TreeHash($0)
            })
    }

    func hash(_ hash: TreeHash?) throws -> TreeHash {
        guard let hash else {
            throw StoreFault.damaged(
                path: path, table: treeHashes.table.name, key: "",
                reason: "a hash is not 32 bytes long")
        }
        return hash
    }
}
