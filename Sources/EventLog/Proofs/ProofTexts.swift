import EventModel

/// That an entry stands in a log: its place, the audit path, and the checkpoint it leads to.
///
/// Source: C2SP `tlog-proof`, RFC 6962, 2.1.1.
public struct InclusionProof: Hashable, Sendable {
    /// The entry's sequence.
    public var index: UInt32
    /// Hashes from the leaf's sibling up.
    public var path: [TreeHash]
    /// The signed checkpoint, word for word.
    public var checkpoint: String

    static let heading = "c2sp.org/tlog-proof@v1"

    /// A proof from its parts.
    public init(index: UInt32, path: [TreeHash], checkpoint: String) {
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Reads a proof; nil where it is none. Extra data, which nothing vouches for, is passed over.
    public init?(_ text: String) {
        guard let (head, checkpoint) = ProofText.parted(text) else { return nil }
        var lines = head[...]
        guard lines.popFirst() == InclusionProof.heading else { return nil }
        if let line = lines.first, line.hasPrefix("extra ") {
            guard Base64.decode(String(line.dropFirst(6))) != nil else { return nil }
            lines = lines.dropFirst()
        }
        guard let line = lines.popFirst(),
            let index = ProofText.number(line, after: "index "),
            let path = ProofText.hashes(lines)
        else { return nil }
        self.init(index: index, path: path, checkpoint: checkpoint)
    }

    /// The proof as a `.tlog-proof` file holds it.
    public var encoded: String {
        "\(InclusionProof.heading)\nindex \(index)\n" + ProofText.lines(path) + "\n" + checkpoint
    }

    /// Whether it shows that an entry stands in the log of a checkpoint that a key signed.
    public func holds(for entry: [UInt8], verifier: NoteVerifier) -> Bool {
        holds(for: entry, verifiers: [verifier])
    }

    /// The same of several keys, any of which may have signed it.
    public func holds(for entry: [UInt8], verifiers: [NoteVerifier]) -> Bool {
        guard let checkpoint = Checkpoint(Array(checkpoint.utf8), signedBy: verifiers) else {
            return false
        }
        return MerkleProof.includes(
            leaf: .leaf(entry), at: Int(index), size: Int(checkpoint.size), path: path,
            root: checkpoint.root)
    }
}

/// That a log continues an earlier state of itself: what a witness is sent before it countersigns.
///
/// Source: the request of C2SP `tlog-witness`, RFC 6962, 2.1.2.
public struct ConsistencyProof: Hashable, Sendable {
    /// Entries of the earlier state.
    public var size: UInt32
    /// The proof's hashes.
    public var hashes: [TreeHash]
    /// The later state's signed checkpoint, word for word.
    public var checkpoint: String

    /// A proof from its parts.
    public init(size: UInt32, hashes: [TreeHash], checkpoint: String) {
        self.size = size
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a proof; nil where it is none.
    public init?(_ text: String) {
        guard let (head, checkpoint) = ProofText.parted(text), let first = head.first,
            let size = ProofText.number(first, after: "old "),
            let hashes = ProofText.hashes(head.dropFirst())
        else { return nil }
        self.init(size: size, hashes: hashes, checkpoint: checkpoint)
    }

    /// The proof as it is handed out.
    public var encoded: String {
        "old \(size)\n" + ProofText.lines(hashes) + "\n" + checkpoint
    }

    /// The later state, where one of these keys signed it.
    public func later(signedBy verifiers: [NoteVerifier]) -> Checkpoint? {
        Checkpoint(Array(checkpoint.utf8), signedBy: verifiers)
    }

    /// Whether the later checkpoint, signed by a key, continues the earlier one.
    public func holds(from earlier: Checkpoint, verifier: NoteVerifier) -> Bool {
        guard let later = later(signedBy: [verifier]), earlier.size == size,
            // From the empty tree, and to the same one, there is nothing to say.
            hashes.isEmpty || (size > 0 && size < later.size)
        else { return false }
        let relation = CheckpointComparison(earlier, later, proof: hashes).relation
        return earlier.size <= later.size && (relation == .grown || relation == .same)
    }
}

/// What the proofs' texts share: lines, an empty line, a checkpoint.
enum ProofText {
    /// Hashes of a path over 2^32 leaves, at most; a consistency proof has one more.
    static let mostHashes = 64

    static func lines(_ hashes: [TreeHash]) -> String {
        hashes.map { Base64.encode($0.bytes) + "\n" }.joined()
    }

    static func parted(_ text: String) -> (head: [String], checkpoint: String)? {
        guard text.utf8.count <= SignedNote.longest, let blank = text.firstRange(of: "\n\n") else {
            return nil
        }
        let head = text[..<blank.lowerBound]
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return (head, String(text[blank.upperBound...]))
    }

    static func number(_ line: String, after word: String) -> UInt32? {
        guard line.hasPrefix(word) else { return nil }
        let digits = String(line.dropFirst(word.count))
        return UInt32(digits).flatMap { String($0) == digits ? $0 : nil }
    }

    static func hashes(_ lines: some Collection<String>) -> [TreeHash]? {
        guard lines.count <= mostHashes else { return nil }
        var hashes: [TreeHash] = []
        for line in lines {
            guard let hash = Base64.decode(line).flatMap({ TreeHash($0) }) else { return nil }
            hashes.append(hash)
        }
        return hashes
    }
}

extension LogView {
    /// The audit path of an entry in the tree of the first `size` entries.
    ///
    /// - Complexity: O(log size) tiles.
    public func inclusionPath(of sequence: UInt32, size: UInt32) throws -> [TreeHash] {
        try withTree(size: size) { try $0.inclusionProof(of: Int(sequence)) }
    }

    /// The proof that the first `size` entries continue the first `earlier` ones.
    public func consistencyPath(from earlier: UInt32, to size: UInt32) throws -> [TreeHash] {
        try withTree(size: size) { try $0.consistencyProof(from: Int(earlier)) }
    }
}
