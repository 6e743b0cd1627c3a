/// How two checkpoints stand to each other, as far as what is at hand shows it.
public enum CheckpointRelation: String, Hashable, Sendable {
    /// One state of one log.
    case same
    /// One log, grown: the larger continues the smaller.
    case grown
    /// Two histories of one log: what one says of the smaller's entries the other contradicts. Where
    /// both are signed, whoever holds both has proof that the log was rewritten.
    case forked
    /// Two logs, by their names.
    case otherLog = "two-logs"
    /// Nothing at hand shows whether the larger continues the smaller.
    case notEstablished = "not-established"
}

/// Two checkpoints held against each other: the one place that decides whether a log grew, was
/// rolled back, or has two histories.
///
///     let comparison = CheckpointComparison(kept, handedOver, proof: hashes)
///     if comparison.relation == .forked { … }
///
/// It believes both texts; whether anybody trusted signed them is asked before (`NoteVerifier`).
public struct CheckpointComparison: Hashable, Sendable {
    /// The one of fewer entries; of two equally large ones the first given.
    public let smaller: Checkpoint
    /// The other one.
    public let larger: Checkpoint
    /// How they stand to each other.
    public let relation: CheckpointRelation

    /// Compares two checkpoints, in either order.
    ///
    /// - Parameter proof: the hashes of a consistency proof from the smaller to the larger; nil where
    ///   none is at hand. A proof that does not lead to the larger one's root shows nothing. One that
    ///   does, and begins at another root than the smaller one's, shows a fork: both roots follow from
    ///   nodes of the larger tree.
    /// - Complexity: O(log size).
    public init(_ one: Checkpoint, _ other: Checkpoint, proof: [TreeHash]? = nil) {
        self.init(ordering: one, other) { smaller, larger in
            guard let proof,
                let roots = MerkleProof.roots(
                    from: Int(smaller.size), root: smaller.root, to: Int(larger.size), proof: proof),
                roots.later == larger.root
            else { return nil }
            return roots.earlier
        }
    }

    /// Compares two checkpoints where the larger one's entries are at hand.
    ///
    /// - Parameter prefixRoot: the root of the larger one's first so many entries; nil where these are
    ///   not at hand after all.
    /// - Throws: what `prefixRoot` throws; it is asked only where the answer depends on it.
    public init(
        _ one: Checkpoint, _ other: Checkpoint, prefixRoot: (UInt32) throws -> TreeHash?
    ) rethrows {
        try self.init(ordering: one, other) { smaller, _ in try prefixRoot(smaller.size) }
    }

    private init(
        ordering one: Checkpoint, _ other: Checkpoint,
        prefixRoot: (_ smaller: Checkpoint, _ larger: Checkpoint) throws -> TreeHash?
    ) rethrows {
        (smaller, larger) = one.size <= other.size ? (one, other) : (other, one)
        if one.origin != other.origin {
            relation = .otherLog
        } else if smaller.size == larger.size {
            relation = smaller.root == larger.root ? .same : .forked
        } else if smaller.size == 0 {
            // Every log continues the empty one, which has one root.
            relation = smaller.root == .empty ? .grown : .forked
        } else if let root = try prefixRoot(smaller, larger) {
            relation = root == smaller.root ? .grown : .forked
        } else {
            relation = .notEstablished
        }
    }
}

extension LogView {
    /// Holds a checkpoint against the log: `notEstablished` where the log has fewer entries.
    ///
    /// - Complexity: O(log entries) tiles.
    public func comparison(with checkpoint: Checkpoint) throws -> CheckpointComparison {
        let present = try self.checkpoint()
        guard checkpoint.size <= present.size else {
            return CheckpointComparison(checkpoint, present)
        }
        return try CheckpointComparison(checkpoint, present) { size in
            try withTree(size: size) { try $0.root() }
        }
    }
}
