import EventModel

/// A log's size and root at one moment; signed, it is what the log's holder cannot take back.
///
///     let note = try view.checkpoint().signed(with: store.signingKey())
///
/// Source: C2SP `tlog-checkpoint`.
public struct Checkpoint: Hashable, Sendable {
    /// The log's name.
    public var origin: String
    /// Entries.
    public var size: UInt32
    /// The root of the tree over them.
    public var root: TreeHash
    /// Further lines, which the tree does not vouch for; none in what a log signs day by day.
    public var extensions: [String]

    /// A checkpoint from its parts.
    public init(origin: String, size: UInt32, root: TreeHash, extensions: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads a note's text; nil where it is no checkpoint of a Rekam log (which has at most
    /// 4,294,967,294 entries).
    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains(""),
            let size = UInt32(lines[1]), String(size) == lines[1],
            let bytes = Base64.decode(lines[2]), let root = TreeHash(bytes)
        else { return nil }
        self.init(
            origin: lines[0], size: size, root: root, extensions: Array(lines[3...].dropLast()))
    }

    /// Reads a signed note; nil where it is no checkpoint, or none of these keys, which have the log's
    /// name, signed it.
    public init?(_ note: [UInt8], signedBy verifiers: [NoteVerifier]) {
        guard let note = SignedNote(note), let checkpoint = Checkpoint(note.text),
            verifiers.contains(where: { $0.name == checkpoint.origin && $0.accepts(note) })
        else { return nil }
        self = checkpoint
    }

    /// The note's text: origin, size, root and what else there is, a line each.
    public var text: String {
        "\(origin)\n\(size)\n\(rootText)\n" + extensions.map { $0 + "\n" }.joined()
    }

    /// The root as a checkpoint writes it: Base64.
    public var rootText: String { Base64.encode(root.bytes) }

    /// The signed note.
    public func signed(with key: StoreKey) throws -> SignedNote {
        try SignedNote(text, signedWith: key)
    }
}

extension LogView {
    /// The checkpoint of the log's first `size` entries; all of them unless said.
    public func checkpoint(size: UInt32? = nil) throws -> Checkpoint {
        let size = size ?? entryCount
        return Checkpoint(
            origin: store.origin, size: size, root: try withTree(size: size) { try $0.root() })
    }
}
