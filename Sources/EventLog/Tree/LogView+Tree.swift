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
        let tables = tables
        let transaction = transaction
        let entryCount = entryCount
        return try body(
            MerkleTree(size: Int(size)) { level, index in
                try tables.treeNode(
                    level: level, index: index, entryCount: entryCount, in: transaction)
            })
    }

    /// The leaf hash of an entry; traps beyond the log's end.
    public func leafHash(_ sequence: UInt32) throws -> TreeHash {
        let segment = try segment(containing: sequence)
        return try tables.hash(segment.withLeaf(Int(sequence - segment.first)) { TreeHash($0) })
    }
}

extension LogTables {
    /// Levels of a tile: 256 hashes wide.
    static let tileLevels = 8

    /// The root of the perfect subtree of `2^level` leaves, from the stored level at or below it.
    func treeNode(
        level: Int, index: Int, entryCount: UInt32, in transaction: TransactionReference
    ) throws -> TreeHash {
        let stored = min(level / LogTables.tileLevels, 3)
        let width = 1 << (level - stored * LogTables.tileLevels)
        var hashes: [TreeHash] = []
        hashes.reserveCapacity(width)
        if stored == 0 {
            // A perfect subtree of up to 128 leaves may still cross small segments.
            var sequence = index * width
            while sequence < (index + 1) * width {
                let piece = Segmentation.piece(containing: sequence, ofCount: Int(entryCount))
                let segment = try segment(over: piece, in: transaction)
                let end = min((index + 1) * width, piece.upperBound)
                for place in sequence..<end {
                    let leaf = segment.withLeaf(place - piece.lowerBound) { TreeHash($0) }
                    hashes.append(try hash(leaf))
                }
                sequence = end
            }
        } else {
            for place in index * width..<(index + 1) * width {
                hashes.append(try storedNode(lane: stored, place, in: transaction))
            }
        }
        return MerkleTree.root(of: hashes[...])
    }

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
                path: path, table: tree.name, key: "", reason: "a hash is not 32 bytes long")
        }
        return hash
    }
}
