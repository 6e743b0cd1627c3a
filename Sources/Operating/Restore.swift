public import EventLog
public import EventModel

/// Brings a backup back as a store: never over another one, and never through a symbolic link.
///
///     let restored = try Restore(of: "/backups/2025-07-14").make(at: "rekam.store")
public struct Restore {
    private let backup: String
    /// A key kept elsewhere, for a backup without one; its file.
    public var keyFile: String?
    /// A group, by number, that may read the store.
    public var group: UInt32?
    /// A file of erasures kept elsewhere; nil for the one beside the new store.
    public var erasuresFile: String?
    /// A file of holds kept elsewhere, which are kept beside the new store from then on.
    package var holdsFile: String?
    /// Told how many of the data's bytes were copied.
    public var progress: (_ bytes: Int, _ total: Int) throws(StoreFault) -> Void = { _, _ in }

    /// A restore of a backup's folder.
    public init(of backup: String) { self.backup = backup }

    /// What came of it.
    public struct Outcome: Sendable {
        /// What the backup says of itself.
        public var manifest: BackupManifest
        /// Whether the store has its signing key; without it nothing can be signed.
        public var hasKey: Bool
        /// Names and texts that were erased after the backup was made, and are so again.
        public var erased: Int
        /// Whether a file of erasures of this log was there to go by.
        public var hasErasures: Bool
        /// Holds that are kept beside the store, and in force whether or not its log knows them.
        package var inForce: Int
        /// The files of erasures and holds, and the numbers of their lines that are of other logs.
        package var linesOfOthers: [(path: String, numbers: [Int])]
    }

    /// Reads a backup's manifest.
    ///
    /// - Throws: `OperatingFault.notABackup`.
    public static func manifest(of backup: String) throws -> BackupManifest {
        guard !StoreFiles.isAbsent(backup) else {
            throw OperatingFault.notABackup(path: backup, reason: "there is no such folder")
        }
        let file = backup + "/" + BackupManifest.fileName
        guard !StoreFiles.isAbsent(file) else {
            throw OperatingFault.notABackup(
                path: backup,
                reason: PartialFolder.isLeftover(backup)
                    ? "a backup or a restore that was killed left it. Take it away, for names may lie "
                        + "in it: rm -r \(backup)"
                    : "it has no \(BackupManifest.fileName)")
        }
        try requireFile(BackupManifest.fileName, of: backup)
        let bytes = try StoreFiles.read(
            file, limitBytes: BackupManifest.longest + 1, following: false
        ).bytes
        guard bytes.count <= BackupManifest.longest else {
            throw OperatingFault.notABackup(
                path: backup, reason: "its \(BackupManifest.fileName) is too long")
        }
        return try BackupManifest(bytes, path: backup)
    }

    /// What stands in a backup is files; no link is followed, and nothing else is read.
    private static func requireFile(_ name: String, of backup: String) throws {
        guard let status = StoreFiles.status(backup + "/" + name), status.kind != .file else {
            return
        }
        throw OperatingFault.notABackup(
            path: backup,
            reason: status.kind == .link
                ? "its \(name) is a symbolic link" : "its \(name) is no regular file")
    }

    /// Makes the store in a folder that is not there yet, or empty. It takes its name when every byte
    /// of the data is on the disk and has the digest that the manifest says.
    ///
    /// - Throws: `StoreFault.alreadyThere`, `OperatingFault`, and what the file system has to say;
    ///   nothing is left at `folder` then.
    public func make(at folder: String) throws -> Outcome {
        let manifest = try Self.manifest(of: backup)
        let key = try key(of: manifest)
        let partial = try PartialFolder(for: folder)
        let progress = progress
        let total = manifest.dataBytes
        try Self.requireFile("data.mdb", of: backup)
        let data = try StoreFiles.copy(
            backup + "/data.mdb", to: partial.file("data.mdb")
        ) { bytes throws(StoreFault) in try progress(bytes, total) }
        guard data.bytes == manifest.dataBytes else {
            throw OperatingFault.damagedBackup(
                path: backup,
                reason: "data.mdb has \(data.bytes) bytes instead of \(manifest.dataBytes)")
        }
        guard data.sha256 == manifest.dataDigest.bytes else {
            throw OperatingFault.damagedBackup(
                path: backup, reason: "data.mdb has another SHA-256 than \(BackupManifest.fileName)"
            )
        }
        try copyNames(manifest, to: partial)
        try check(partial, manifest)
        let identity = try LogStore.open(copyAt: partial.path).identity
        let kept = try kept(for: folder, identity)
        let holds = try holdsKeptElsewhere(identity)
        var erased = 0
        if manifest.names != nil {
            erased = try LogStore.eraseAgain(inCopyAt: partial.path, kept.lines.own)
        }
        if let group {
            try LogStore.share(partial.path, with: group)
        } else {
            try partial.removeLocks()
        }
        try key?.write(folder: partial.path)
        // Where they were kept elsewhere, they are kept beside the store from now on: before it appears,
        // since without them it misses texts of which nothing says that they were erased.
        try KeptErasures(ofStore: folder).add(kept.lines.own, identity: identity)
        let beside = KeptHolds(ofStore: folder)
        for hold in holds.holds where try !beside.read(identity: identity).holds.contains(hold) {
            try beside.append([KeptHold(hold)], identity: identity)
        }
        // A list that can't be read is told to whoever is going to erase.
        let inForce = (try? beside.read(identity: identity).holds.count) ?? 0
        try partial.finish()
        return Outcome(
            manifest: manifest, hasKey: key != nil, erased: erased, hasErasures: kept.isThere,
            inForce: inForce,
            linesOfOthers: [(kept.path, kept.lines.ofOthers), (holdsFile ?? "", holds.ofOthers)])
    }

    private func copyNames(_ manifest: BackupManifest, to partial: PartialFolder) throws {
        guard let names = manifest.names else { return }
        try Self.requireFile(BackupManifest.namesFile, of: backup)
        let copied = try StoreFiles.copy(
            backup + "/" + BackupManifest.namesFile,
            to: partial.file(BackupManifest.namesFile)
        ) { _ in }
        guard copied.bytes == names.bytes, copied.sha256 == names.digest.bytes else {
            throw OperatingFault.damagedBackup(
                path: backup,
                reason: "private.mdb has another SHA-256 than \(BackupManifest.fileName), as when "
                    + "erasing in it was cut off; \"rekam erase --again --in \(backup)\" ends that")
        }
    }

    /// Who was erased after the backup was made: what is kept beside the new store, or elsewhere, and
    /// in the backup.
    ///
    /// - Returns: the lines of this log, and whether there are such files with anything for it.
    private func kept(
        for folder: String, _ identity: String
    ) throws -> (path: String, lines: KeptErasures.Lines, isThere: Bool) {
        let kept = erasuresFile.map { KeptErasures(path: $0) } ?? KeptErasures(ofStore: folder)
        if let erasuresFile, !kept.isThere {
            throw StoreFault.file(
                path: erasuresFile, action: "open", reason: "there is no such file")
        }
        let inside = KeptErasures(path: backup + "/" + LogStore.backedUpErasures)
        // The store that could tell again what a line told is not there.
        var lines = try kept.read(identity: identity, mayBeCutOff: false)
        lines.own += try inside.read(identity: identity, mayBeCutOff: false).own
        let hasOthersAlone = lines.own.isEmpty && !lines.ofOthers.isEmpty
        return (kept.path, lines, (kept.isThere || inside.isThere) && !hasOthersAlone)
    }

    private func holdsKeptElsewhere(_ identity: String) throws -> KeptHolds.Lines {
        guard let holdsFile else { return KeptHolds.Lines() }
        guard !StoreFiles.isAbsent(holdsFile) else {
            throw StoreFault.file(path: holdsFile, action: "open", reason: "there is no such file")
        }
        return try KeptHolds(path: holdsFile).read(identity: identity, mayBeCutOff: false)
    }

    private func check(_ partial: PartialFolder, _ manifest: BackupManifest) throws {
        let store = try LogStore.open(copyAt: partial.path)
        let state = try store.rootedState()
        guard let state, state == (manifest.entries, manifest.root),
            store.origin == manifest.origin
        else {
            throw OperatingFault.damagedBackup(
                path: backup,
                reason: "its log is not the one that \(BackupManifest.fileName) names")
        }
    }

    /// Accepts that a restored log lacks entries that were signed: records the gap in the log, then
    /// signs and keeps the checkpoint of the log as it is now.
    ///
    /// - Parameter kept: where the last signed checkpoint is kept.
    /// - Returns: how many entries were signed and are gone; nil where nothing is missing, and then
    ///   nothing was recorded.
    /// - Throws: the `KeptFault` that is no gap, `StoreFault`, or a `Rejection` where the reason does
    ///   not fit its schema.
    @discardableResult
    public static func acceptRollback(
        of log: LogStore, kept: KeptCheckpoint, backupMade: Instant?, reason: String,
        by person: String?, at now: Instant
    ) throws -> (signed: UInt32, entries: UInt32)? {
        try SigningLock.hold(inStore: log.path) { lock in
            try acceptRollback(
                of: log, kept: kept, backupMade: backupMade, reason: reason, by: person, at: now,
                lock)
        }
    }

    private static func acceptRollback(
        of log: LogStore, kept: KeptCheckpoint, backupMade: Instant?, reason: String,
        by person: String?, at now: Instant, _ lock: SigningLock
    ) throws -> (signed: UInt32, entries: UInt32)? {
        guard var fault = try kept.fault(against: log, verifiers: log.noteVerifiers(lock)) else {
            return nil
        }
        // A backup from before a rotation does not know the key that signed last.
        if case .notSigned = fault, let other = try kept.fault(against: log, verifiers: []) {
            fault = other
        }
        guard case .rolledBack(_, let signed, let entries) = fault else { throw fault }
        let note = try kept.read()
        // The same gap is recorded once, also by who comes again after an interruption.
        let root = note.map { Hexadecimal.text($0.checkpoint.root.bytes.prefix(8)) } ?? ""
        var draft = EventDraft(
            id: "restored/\(signed)-\(root)", source: log.origin, type: "store.restored",
            subject: "log/store", time: now,
            fields: [
                .init("entries", .integer(Int64(entries))),
                .init("signed_entries", .integer(Int64(signed))), .init("reason", .text(reason)),
            ])
        if let backupMade { draft.set("backup_time", .text(backupMade.rfc3339)) }
        if let person { draft.set("by", .text(person)) }
        if let text = note?.note.encoded, text.utf8.count <= 4000 {
            draft.set("signed_checkpoint", .text(text))
        }
        do {
            try log.appendOwn([draft], recorded: now)
        } catch let rejection as Rejection where rejection.kind == .conflict {}
        _ = try kept.accept(log, lock)
        return (signed, entries)
    }

    private func key(of manifest: BackupManifest) throws -> StoreKey? {
        let file = keyFile ?? (manifest.hasKey ? backup + "/key" : nil)
        guard let file else { return nil }
        return try StoreKey.read(
            file: file, origin: manifest.origin, following: keyFile != nil)
    }
}
