public import EventLog
import EventModel

/// Files that stand beside those a manifest lists.
enum SnapshotFiles {
    /// The log's signed checkpoint.
    static let checkpoint = "checkpoint"
    /// The signed note over the manifest's digest.
    static let signature = "signature"
    /// The public key that both are checked with.
    static let verifier = "verifier"
    /// What people call those whose tokens the figures have: neither hashed nor signed, so that it can
    /// be taken away.
    static let names = "names.json"
    /// What earlier keys signed to name the later ones, where the key was ever changed: it stands for
    /// itself, so it needs no signature.
    static let rotations = "rotations"
    /// All of them, and the manifest.
    static let beside = [
        SnapshotManifest.path, checkpoint, signature, verifier, names, rotations,
    ]

    /// What is signed over a manifest: no checkpoint can have this text.
    static func signedText(_ manifest: SnapshotManifest) -> String {
        "\(SnapshotManifest.format)\n\(manifest.checkpoint.origin)\n\(manifest.digest)\n"
    }
}

extension Snapshot {
    /// Writes the snapshot as a folder: beside it first, forced onto the disk, then renamed, so that
    /// there is never half of it.
    ///
    /// - Parameters:
    ///   - note: the signed checkpoint of the same entries.
    ///   - key: what signs the manifest.
    ///   - succession: what earlier keys signed to name it.
    ///   - log: where the entries and tiles come from, all of them, when they are wanted.
    ///   - progress: told files done and files in all; throws to stop.
    /// - Throws: `StoreFault.alreadyThere` where something stands there already; `StoreFault.file`.
    ///   Nothing is left behind then.
    public func write(
        to folder: String, checkpoint note: SignedNote, key: StoreKey,
        succession: KeySuccession = KeySuccession([]), entriesFrom log: LogStore? = nil,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws {
        precondition(
            Checkpoint(note.text) == manifest.checkpoint, "the checkpoint is the snapshot's own")
        let name = StoreFiles.withoutSlash(folder)
        guard StoreFiles.status(name) == nil else { throw StoreFault.alreadyThere(path: name) }
        // Two exports to one name would mix their files.
        let making = try PartialFolder(for: name, isPrivate: false)
        let signed = try SignedNote(SnapshotFiles.signedText(manifest), signedWith: key)
        var beside: [(path: String, bytes: [UInt8])] = [
            (SnapshotFiles.checkpoint, Array(note.encoded.utf8)),
            (SnapshotFiles.signature, Array(signed.encoded.utf8)),
            (SnapshotFiles.verifier, Array((key.verifier + "\n").utf8)),
        ]
        if !succession.statements.isEmpty {
            beside.append((SnapshotFiles.rotations, Array(succession.encoded.utf8)))
        }
        if !names.isEmpty {
            let list = JSONValue.object(
                names.map { JSONMember(key: $0.key, value: .string($0.value)) })
            beside.append((SnapshotFiles.names, (list.canonical ?? []) + [0x0A]))
        }
        for (path, bytes) in files + beside {
            try FolderFiles.makeFolders(for: path, in: making.path)
            try FolderFiles.write(making.path + "/" + path, bytes, isSynced: false)
        }
        if let log {
            _ = try TileExport(log, size: manifest.checkpoint.size, withAnswers: true).write(
                to: making.path, progress: progress)
        }
        try FolderFiles.syncAll(making.path)
        try making.finish()
    }
}
