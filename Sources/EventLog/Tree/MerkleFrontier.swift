/// The right edge of a growing Merkle tree: the roots of the perfect subtrees its size is made of.
/// Enough to add leaves and to give the root; what the registry keeps between batches.
package struct MerkleFrontier: Hashable, Sendable {
    /// Leaves so far.
    package private(set) var size: Int
    /// By level: the root of the subtree of `2^level` leaves, where `size` has that bit.
    private(set) var peaks: [TreeHash]

    /// The frontier of the empty tree.
    package init() {
        size = 0
        peaks = []
    }

    /// A frontier as kept; nil unless there is a peak for each level up to the size's highest bit.
    init?(size: Int, peaks: [TreeHash]) {
        guard peaks.count == Int.bitWidth - size.leadingZeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Adds a leaf.
    package mutating func add(_ leaf: TreeHash) { add(leaf, level: 0) { _, _, _ in } }

    /// Adds a perfect subtree of `2^level` leaves; the size must be a multiple of that.
    ///
    /// - Parameter completed: called for each subtree above it that this completes, from below:
    ///   level, index among those of its level, hash.
    mutating func add(
        _ subtree: TreeHash, level: Int,
        completed: (_ level: Int, _ index: Int, _ hash: TreeHash) throws -> Void
    ) rethrows {
        precondition(size & (1 << level - 1) == 0, "a subtree is added at a multiple of its size")
        var hash = subtree
        var height = level
        while size >> height & 1 == 1 {
            hash = .node(peaks[height], hash)
            height += 1
            try completed(height, size >> height, hash)
        }
        while peaks.count <= height { peaks.append(TreeHash(repeating: 0)) }
        for lower in level..<height { peaks[lower] = TreeHash(repeating: 0) }
        peaks[height] = hash
        size += 1 << level
    }

    /// Forgets the leaves after the last multiple of `2^levels`, which will come again as a whole.
    mutating func dropPartialTile(levels: Int) {
        size = (size >> levels) << levels
        for level in peaks.indices.prefix(levels) { peaks[level] = TreeHash(repeating: 0) }
        if size == 0 { peaks = [] }
    }

    /// The root of the tree.
    ///
    /// - Complexity: O(log size).
    package var root: TreeHash {
        guard size > 0 else { return .empty }
        var hash: TreeHash?
        for level in peaks.indices where size >> level & 1 == 1 {
            hash = hash.map { .node(peaks[level], $0) } ?? peaks[level]
        }
        return hash ?? .empty
    }
}
