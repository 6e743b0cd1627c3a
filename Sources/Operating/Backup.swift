public import EventLog
public import EventModel

/// Makes a backup: a folder with a consistent, compacted copy of the store's data, its manifest, and
/// the signing key only where that was asked for.
///
///     let manifest = try Backup(of: store, program: "0.1.0").make(at: "/backups/2025-07-14", now: now)
///
/// It is made beside its name and takes it when it is whole and on the disk; the store can be written
/// meanwhile.
public struct Backup {
    private let log: LogStore
    private let program: String
    /// Whether the signing key is put in.
    public var includesKey = false
    /// Checks the copy before it takes its name: gives the first difference; nil checks no more than
    /// that it opens and its tree has the root it says.
    public var check: ((LogStore) throws -> String?)?
    /// Told how many bytes were copied.
    public var progress: (_ bytes: Int) throws -> Void = { _ in }

    /// A backup of a store, made by this version of the program.
    public init(of log: LogStore, program: String) {
        self.log = log
        self.program = program
    }

    /// Makes it.
    ///
    /// - Throws: `StoreFault.alreadyThere` and others of the file system, `OperatingFault.copyDiffers`;
    ///   nothing is left at `folder` then.
    /// - Complexity: O(bytes in use), and what `check` takes.
    public func make(at folder: String, now: Instant) throws -> BackupManifest {
        let partial = try PartialFolder(for: folder)
        if includesKey { try log.signingKey().write(folder: partial.path) }
        try log.copy(toFolder: partial.path, progress: progress)
        let (entries, root) = try checkCopy(partial)
        try partial.removeLocks()
        let data = try StoreFiles.digest(partial.file("data.mdb"))
        guard let digest = TreeHash(data.sha256) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        let manifest = BackupManifest(
            origin: log.origin, made: now, entries: entries, root: root, dataBytes: data.bytes,
            dataDigest: digest, hasKey: includesKey, isVerified: check != nil, program: program)
        try StoreFiles.make(partial.file(BackupManifest.fileName), manifest.encoded)
        try partial.finish()
        return manifest
    }

    /// Opens the copy as anybody would.
    private func checkCopy(_ partial: PartialFolder) throws -> (UInt32, TreeHash) {
        let copy = try LogStore.open(at: partial.path, readOnly: true)
        let state = try copy.rootedState()
        guard let state else {
            throw OperatingFault.copyDiffers(
                path: log.path, difference: "its tree does not have the root it says")
        }
        if let difference = try check?(copy) {
            throw OperatingFault.copyDiffers(path: log.path, difference: difference)
        }
        return state
    }
}

extension LogStore {
    /// Entries and root, where the tree's upper levels and last entries give that root; else nil.
    func rootedState() throws -> (entries: UInt32, root: TreeHash)? {
        try read { view in
            let root = try view.withTree(size: view.entryCount) { try $0.root() }
            guard root.bytes == view.root else { return nil }
            return (view.entryCount, root)
        }
    }
}
