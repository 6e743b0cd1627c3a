/// Checking of proofs, with nothing but the proof at hand.
///
/// Source: RFC 6962, 2.1.1 and 2.1.2, in the iterative form of transparency-dev/merkle.
public enum MerkleProof {
    /// The root that an audit path leads to; nil where the path has not the right length.
    ///
    /// - Complexity: O(log size).
    public static func root(
        leaf: TreeHash, at index: Int, size: Int, path: [TreeHash]
    ) -> TreeHash? {
        guard index >= 0, index < size else { return nil }
        let (inner, border) = shape(index, size)
        guard path.count == inner + border else { return nil }
        var hash = leaf
        for (height, sibling) in path[..<inner].enumerated() {
            hash = index >> height & 1 == 0 ? .node(hash, sibling) : .node(sibling, hash)
        }
        for sibling in path[inner...] { hash = .node(sibling, hash) }
        return hash
    }

    /// Whether a leaf stands at an index of the tree with this root.
    public static func includes(
        leaf: TreeHash, at index: Int, size: Int, path: [TreeHash], root expected: TreeHash
    ) -> Bool {
        root(leaf: leaf, at: index, size: size, path: path) == expected
    }

    /// Whether the larger tree continues the smaller one. A proof from the empty tree says nothing
    /// and is refused.
    ///
    /// - Complexity: O(log size).
    public static func isConsistent(
        from earlier: Int, root earlierRoot: TreeHash, to size: Int, root: TreeHash,
        proof: [TreeHash]
    ) -> Bool {
        guard
            let roots = roots(from: earlier, root: earlierRoot, to: size, proof: proof)
        else { return false }
        return roots.earlier == earlierRoot && roots.later == root
    }

    /// The roots that a consistency proof leads to; nil where it has not the right length, and from
    /// the empty tree.
    ///
    /// Where the later one is the root of a tree of `size` leaves, so is the earlier one of its first
    /// `earlier` leaves, whatever `root` says: both are made of the same nodes.
    ///
    /// - Parameter root: the earlier root as it is known. Where `earlier` is a power of two, the proof
    ///   leaves it out, and it comes back as it is given.
    /// - Complexity: O(log size).
    public static func roots(
        from earlier: Int, root: TreeHash, to size: Int, proof: [TreeHash]
    ) -> (earlier: TreeHash, later: TreeHash)? {
        guard earlier > 0, earlier <= size else { return nil }
        if earlier == size { return proof.isEmpty ? (root, root) : nil }
        guard !proof.isEmpty else { return nil }
        var (inner, border) = shape(earlier - 1, size)
        let shift = earlier.trailingZeroBitCount
        inner -= shift
        let isPower = earlier == 1 << shift
        let rest = isPower ? proof[...] : proof[1...]
        guard rest.count == inner + border else { return nil }
        let mask = (earlier - 1) >> shift
        var before = isPower ? root : proof[0]
        var after = before
        for (height, sibling) in rest.prefix(inner).enumerated() {
            if mask >> height & 1 == 0 {
                after = .node(after, sibling)
            } else {
                before = .node(sibling, before)
                after = .node(sibling, after)
            }
        }
        for sibling in rest.dropFirst(inner) {
            before = .node(sibling, before)
            after = .node(sibling, after)
        }
        return (before, after)
    }

    /// Siblings below the point where the paths to `index` and to the last leaf part, and left
    /// siblings above it.
    private static func shape(_ index: Int, _ size: Int) -> (inner: Int, border: Int) {
        let inner = Int.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return (inner, inner >= Int.bitWidth ? 0 : (index >> inner).nonzeroBitCount)
    }
}
