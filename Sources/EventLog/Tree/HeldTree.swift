import LMDB

/// The stored hashes of the upper levels as one transaction sees them. Each tile of them is held, once,
/// against its own hash in the level above, or at the right edge against the frontier in the log's state:
/// so the root and every proof made of them are those of the state.
final class HeldTree {
    private let tables: LogTables
    private let state: LogState
    /// Hashes by lane and tile.
    private var tiles: [[Int: [TreeHash]]] = Array(repeating: [:], count: 4)

    /// The frontier, and by number the root, of the log's final segments, as far as they were asked for.
    private var finals = MerkleFrontier()
    private var finalRoots: [TreeHash] = []

    private static let tileWidth = 1 << LogTables.tileLevels

    init(_ tables: LogTables, _ state: LogState) {
        self.tables = tables
        self.state = state
    }

    /// A stored hash: of lane 1 for 256 leaves, of lane 2 for 65,536, of lane 3 for 16,777,216.
    ///
    /// - Throws: `StoreFault.damaged` where it is not the state's.
    /// - Complexity: O(256) when its tile is first asked for.
    func node(
        lane: Int, _ place: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> TreeHash {
        let tile = place / HeldTree.tileWidth
        let hashes: [TreeHash]
        if let known = tiles[lane][tile] {
            hashes = known
        } else {
            hashes = try load(lane: lane, tile, in: transaction)
        }
        let row = place % HeldTree.tileWidth
        guard row < hashes.count else { throw damage(lane, place) }
        return hashes[row]
    }

    /// The root that the log had when one of its segments ended: what the segment's rows follow from.
    ///
    /// - Complexity: O(log entries) for those at the right edge; for the others O(entries / 65,536),
    ///   once.
    func root(
        atSegmentEnd end: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> TreeHash {
        // Segments are the subtrees that the count is made of: at the edge the frontier has them.
        let lowest = end.trailingZeroBitCount
        let count = Int(state.entryCount)
        if (count >> lowest) << lowest == end {
            var root: TreeHash?
            for level in lowest..<state.frontier.peaks.count where count >> level & 1 == 1 {
                let peak = state.frontier.peaks[level]
                root = root.map { .node(peak, $0) } ?? peak
            }
            return root ?? .empty
        }
        precondition(end % Segmentation.finalRows == 0 && end <= count, "no segment ends here")
        while finals.size < end {
            let hash = try node(lane: 2, finalRoots.count, in: transaction)
            finals.add(hash, level: 2 * LogTables.tileLevels) { _, _, _ in }
            finalRoots.append(finals.root)
        }
        return finalRoots[end / Segmentation.finalRows - 1]
    }

    private func load(
        lane: Int, _ tile: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [TreeHash] {
        let all = Int(state.entryCount) >> (LogTables.tileLevels * lane)
        let first = tile * HeldTree.tileWidth
        let count = min(HeldTree.tileWidth, all - first)
        guard count > 0 else { throw damage(lane, first) }
        var hashes: [TreeHash] = []
        hashes.reserveCapacity(count)
        for place in first..<first + count {
            hashes.append(try tables.storedNode(lane: lane, place, in: transaction))
        }
        if count == HeldTree.tileWidth {
            // No log is so long that a tile of the highest lane is whole.
            guard lane < 3,
                try MerkleTree.root(of: hashes[...]) == node(lane: lane + 1, tile, in: transaction)
            else { throw damage(lane, first) }
        } else {
            try holdEdge(hashes, lane: lane, first)
        }
        tiles[lane][tile] = hashes
        return hashes
    }

    /// What a part of a tile fills: the frontier's subtrees, the biggest first.
    private func holdEdge(_ hashes: [TreeHash], lane: Int, _ first: Int) throws {
        var at = 0
        for level in (0..<LogTables.tileLevels).reversed() where hashes.count >> level & 1 == 1 {
            let end = at + (1 << level)
            let peak = state.frontier.peaks[LogTables.tileLevels * lane + level]
            guard MerkleTree.root(of: hashes[at..<end]) == peak else {
                throw damage(lane, first + at)
            }
            at = end
        }
    }

    private func damage(_ lane: Int, _ place: Int) -> StoreFault {
        .damaged(
            path: tables.path, table: tables.treeHashes.table.name, key: "\(lane)/\(place)",
            reason: "the hashes from here on are not those of the log's root")
    }
}
