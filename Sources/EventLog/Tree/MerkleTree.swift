/// The Merkle tree of RFC 6962 over any source of node hashes: roots and proofs.
///
/// `node(level, index)` gives the hash of the perfect subtree of `2^level` leaves that begins at
/// leaf `index << level`; it is only asked for subtrees that lie whole within `size`.
public struct MerkleTree {
    /// Leaves.
    public let size: Int
    private let node: (_ level: Int, _ index: Int) throws -> TreeHash

    /// A tree over a source of nodes.
    public init(size: Int, node: @escaping (_ level: Int, _ index: Int) throws -> TreeHash) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        self.node = node
    }

    /// A tree over leaf hashes.
    public init(leaves: [TreeHash]) {
        self.init(size: leaves.count) { level, index in
            MerkleTree.root(of: leaves[index << level..<(index + 1) << level])
        }
    }

    /// The root of some leaves. Source: RFC 6962, 2.1.
    ///
    /// - Complexity: O(leaves).
    public static func root(of leaves: ArraySlice<TreeHash>) -> TreeHash {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.add(leaf) }
        return frontier.root
    }

    /// The root of the whole tree.
    public func root() throws -> TreeHash {
        size == 0 ? .empty : try root(of: 0..<size)
    }

    /// The audit path of a leaf: hashes from the leaf's sibling up. Source: RFC 6962, 2.1.1.
    ///
    /// - Complexity: O(log size) nodes.
    public func inclusionProof(of leaf: Int) throws -> [TreeHash] {
        precondition(leaf >= 0 && leaf < size, "no such leaf")
        return try path(to: leaf, in: 0..<size)
    }

    /// What shows that this tree continues its own prefix of `earlier` leaves; empty when that is
    /// empty or the whole. Source: RFC 6962, 2.1.2.
    public func consistencyProof(from earlier: Int) throws -> [TreeHash] {
        precondition(earlier >= 0 && earlier <= size, "no such prefix")
        guard earlier > 0, earlier < size else { return [] }
        return try subproof(earlier, in: 0..<size, isWhole: true)
    }

    private func path(to leaf: Int, in range: Range<Int>) throws -> [TreeHash] {
        guard range.count > 1 else { return [] }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        if leaf < middle {
            return try path(to: leaf, in: range.lowerBound..<middle)
                + [root(of: middle..<range.upperBound)]
        }
        return try path(to: leaf, in: middle..<range.upperBound)
            + [root(of: range.lowerBound..<middle)]
    }

    private func subproof(
        _ earlier: Int, in range: Range<Int>, isWhole: Bool
    ) throws -> [TreeHash] {
        if earlier == range.upperBound { return isWhole ? [] : [try root(of: range)] }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        if earlier <= middle {
            return try subproof(earlier, in: range.lowerBound..<middle, isWhole: isWhole)
                + [root(of: middle..<range.upperBound)]
        }
        return try subproof(earlier, in: middle..<range.upperBound, isWhole: false)
            + [root(of: range.lowerBound..<middle)]
    }

    /// The root of a range that begins at a multiple of its own subtrees' sizes.
    private func root(of range: Range<Int>) throws -> TreeHash {
        if range.count & (range.count - 1) == 0 {
            let level = range.count.trailingZeroBitCount
            return try node(level, range.lowerBound >> level)
        }
        let middle = range.lowerBound + MerkleTree.split(range.count)
        return try .node(
            root(of: range.lowerBound..<middle), root(of: middle..<range.upperBound))
    }

    /// The largest power of two below a count above 1.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
