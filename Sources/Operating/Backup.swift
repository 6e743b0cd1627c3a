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
    /// Whether names and other texts of persons are put in.
    public var includesNames = true
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
        try copy(to: partial)
        let (entries, root) = try checkCopy(partial)
        try partial.removeLocks()
        let data = try Self.digest(partial.file("data.mdb"))
        var names: BackupManifest.Names?
        let vault = partial.file(BackupManifest.namesFile)
        if !StoreFiles.isAbsent(vault) {
            let (bytes, digest) = try Self.digest(vault)
            names = BackupManifest.Names(bytes: bytes, digest: digest)
        }
        let manifest = BackupManifest(
            origin: log.origin, made: now, entries: entries, root: root, dataBytes: data.bytes,
            dataDigest: data.digest, names: names, hasKey: includesKey, isVerified: check != nil,
            program: program)
        try StoreFiles.make(partial.file(BackupManifest.fileName), manifest.encoded)
        try partial.finish()
        return manifest
    }

    /// Copies the log, then the vault: one that is newer than the log explains all of its tokens, but
    /// for an erasure in between, after which both are copied anew.
    private func copy(to partial: PartialFolder) throws {
        var isWhole = false
        while !isWhole {
            let before = log.vaultGeneration
            for file in ["data.mdb", BackupManifest.namesFile] {
                try StoreFiles.remove(partial.file(file))
            }
            try log.copy(toFolder: partial.path, progress: progress)
            if includesNames {
                try log.copyVault(toFolder: partial.path)
                // One that was killed may have told the log, and left the rows.
                try LogStore.eraseAgain(inCopyAt: partial.path)
            }
            isWhole = log.vaultGeneration == before
        }
    }

    static func digest(_ path: String) throws -> (bytes: Int, digest: TreeHash) {
        let (bytes, sha256) = try StoreFiles.digest(path)
        guard let digest = TreeHash(sha256) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return (bytes, digest)
    }

    /// Opens the copy as anybody would.
    private func checkCopy(_ partial: PartialFolder) throws -> (UInt32, TreeHash) {
        let copy = try LogStore.open(copyAt: partial.path)
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

/// Takes persons who were erased since out of a backup.
package struct BackupErasing {
    private let backup: String

    /// For a backup's folder.
    package init(of backup: String) { self.backup = backup }

    /// Erases what a log knows to be erased in its vault, and writes the vault's new digest into the
    /// manifest.
    ///
    /// - Returns: rows that were there.
    /// - Throws: `OperatingFault.notABackup`, also for one of another log; what its log and vault have
    ///   to say. Done again it ends what was cut off.
    package func apply(erasuresOf log: LogStore) throws -> Int {
        var manifest = try Restore.manifest(of: backup)
        guard try LogStore.open(copyAt: backup).identity == log.identity else {
            throw OperatingFault.otherLog(path: backup, log: log.path)
        }
        guard manifest.names != nil else { return 0 }
        let erasures = try log.knownErasures()
        let rows = try LogStore.eraseAgain(inCopyAt: backup, erasures)
        // Its own log does not tell of them.
        try KeptErasures(path: backup + "/" + LogStore.backedUpErasures)
            .add(erasures, identity: log.identity)
        for file in ["lock.mdb", "writer.lock", "private.mdb-lock", "private.lock"] {
            try StoreFiles.remove(backup + "/" + file)
        }
        let vault = backup + "/" + BackupManifest.namesFile
        let (bytes, digest) = try Backup.digest(vault)
        manifest.names = BackupManifest.Names(bytes: bytes, digest: digest)
        try StoreFiles.replace(backup + "/" + BackupManifest.fileName, manifest.encoded)
        return rows
    }
}
