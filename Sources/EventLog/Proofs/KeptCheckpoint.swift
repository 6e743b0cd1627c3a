internal import Glibc

/// Why a store may not be trusted beside the last checkpoint that was signed of it, kept where the
/// store is not. Reads well after `Error: `.
public enum KeptFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file is no signed checkpoint.
    case unreadable(path: String)
    /// It is another log's.
    case otherLog(path: String, origin: String, expected: String)
    /// No key of this store signed it.
    case notSigned(path: String)
    /// The store has fewer entries than were signed: an older one was put back.
    case rolledBack(path: String, kept: UInt32, entries: UInt32)
    /// The store's first entries are others than those that were signed.
    case forked(path: String, size: UInt32)
    /// The log's tables are not what its entries give.
    case altered(LogDifference)

    /// Whether the store's entries are the fault, so that new ones would be a second history of what
    /// was signed.
    public var isOfHistory: Bool {
        switch self {
        case .rolledBack, .forked: true
        case .unreadable, .otherLog, .notSigned, .altered: false
        }
    }

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path):
            "the checkpoint kept at \(path) is no signed checkpoint. If nobody can say why, treat "
                + "the store as tampered with; put the file back from a copy, or name another with "
                + "--checkpoint-file."
        case .otherLog(let path, let origin, let expected):
            "the checkpoint kept at \(path) is of the log \(origin), and this is \(expected). Name "
                + "this store's own with --checkpoint-file."
        case .notSigned(let path):
            "the checkpoint kept at \(path) is not signed with this store's key: the key or the "
                + "file was changed. Put back what belongs there; if the key is gone for good: rekam "
                + "key rotate --lost"
        case .rolledBack(let path, let kept, let entries):
            "the store was rolled back: it has \(entries) entries, and a checkpoint of \(kept) was "
                + "signed (\(path)). Nothing is signed until the missing entries are back. Once "
                + "the best backup is restored: rekam restore --accept-rollback REASON"
        case .forked(let path, let size):
            "the store's first \(size) entries are not those that were signed (\(path)): the log "
                + "was rewritten. Nothing is signed. Keep the store as it is, and restore a backup "
                + "beside it."
        case .altered(let difference):
            "the store does not hold: \(difference). Nothing is signed. Keep the store as it is, and "
                + "restore a backup beside it."
        }
    }
}

/// The last checkpoint signed of a store, kept in a file outside it, so that a store put back to an
/// older state, or rewritten, is noticed before anything else is signed.
///
///     let kept = KeptCheckpoint(path: "rekam.store.checkpoint")
///     let note = try kept.sign(log)
///
/// Whoever can change both the store and this file is not noticed: keep it, or copies of the
/// checkpoints, where the store's keeper has no say.
public struct KeptCheckpoint: Sendable {
    /// The file: a signed note.
    public let path: String

    /// A file, there or not.
    public init(path: String) { self.path = path }

    /// The file used where no other is named: beside the store's folder, `NAME.checkpoint`.
    public static func defaultPath(ofStore folder: String) -> String {
        StoreFiles.named(folder) + ".checkpoint"
    }

    /// What is kept; nil where there is no file.
    ///
    /// - Throws: `KeptFault.unreadable`, or `StoreFault.file`.
    public func read() throws -> (note: SignedNote, checkpoint: Checkpoint)? {
        guard !StoreFiles.isAbsent(path) else { return nil }
        let file = try StoreFiles.read(path, limitBytes: SignedNote.longest)
        guard let note = SignedNote(file.bytes), let checkpoint = Checkpoint(note.text) else {
            throw KeptFault.unreadable(path: path)
        }
        return (note, checkpoint)
    }

    /// Why a store does not go with what is kept; nil where it does, or nothing is kept.
    ///
    /// - Parameter verifiers: keys that may have signed it; empty where none is at hand, and then
    ///   the signature is not looked at.
    /// - Throws: what kept it from being compared.
    public func fault(
        against log: LogStore, verifiers: [NoteVerifier]
    ) throws -> KeptFault? {
        do {
            guard let (note, kept) = try read() else { return nil }
            // Another log's has another log's signature.
            let isSigned = verifiers.isEmpty || verifiers.contains { $0.accepts(note) }
            guard isSigned || kept.origin != log.origin else { return .notSigned(path: path) }
            return try log.read { view in
                switch try view.comparison(with: kept).relation {
                case .same, .grown: nil
                case .forked: .forked(path: path, size: kept.size)
                case .notEstablished:
                    .rolledBack(path: path, kept: kept.size, entries: view.entryCount)
                case .otherLog:
                    .otherLog(path: path, origin: kept.origin, expected: log.origin)
                }
            }
        } catch let fault as KeptFault {
            return fault
        }
    }

    /// Why a store does not go with what is kept, as far as this user may know it: who has no key looks
    /// at no signature; who may not read the file, or meets damage, learns nothing here.
    public func faultSeen(of log: LogStore) -> KeptFault? {
        let verifiers = (try? log.noteVerifiers()) ?? []
        return (try? fault(against: log, verifiers: verifiers)) ?? nil
    }

    /// Signs the checkpoint of the log's first `size` entries (all unless said), after a look at
    /// what is kept and at the entries; keeps the new one when it is not an earlier one.
    ///
    /// Entries that this key has signed are not taken apart again. A checkpoint says that a root is
    /// that of some entries, and it says no more of those that the kept one says already: the root
    /// kept is that of the first leaves of the stored tree, and what follows is hashed from the entries
    /// that are there. Where an earlier entry was altered since, the root is still that of the entry as
    /// it was signed, so that nothing altered gets a signature; that the store has it no more is what
    /// `verify` tells.
    ///
    /// - Parameter isHeld: whether the caller has just held the log against its entries.
    /// - Throws: `KeptFault`, and then nothing was signed; `StoreFault`.
    /// - Complexity: O(entries since the kept one), as verification takes, and a read of the others'
    ///   rows; O(log entries) where what is kept was signed of the log as it stands.
    public func sign(
        _ log: LogStore, size: UInt32? = nil, isHeld: Bool = false
    ) throws -> SignedNote {
        try SigningLock.hold(inStore: log.path) { try sign(log, size: size, isHeld: isHeld, $0) }
    }

    private func sign(
        _ log: LogStore, size: UInt32? = nil, isHeld: Bool = false, _ lock: SigningLock
    ) throws -> SignedNote {
        let count = try log.read { $0.entryCount }
        if let fault = try fault(against: log, verifiers: log.noteVerifiers(lock)) { throw fault }
        let kept = try read()
        let key = try log.signingKey(lock)
        // What another key signed, such as one that was taken out of use because somebody else had
        // it, is looked at anew.
        let isOwn = kept.map { NoteVerifier(key.verifier)?.accepts($0.note) == true } ?? false
        let signed = isOwn ? kept?.checkpoint.size ?? 0 : 0
        if !isHeld, signed < count, let difference = try log.verifyEntries(beyond: signed) {
            throw KeptFault.altered(difference)
        }
        let checkpoint = try log.read { try $0.checkpoint(size: size ?? count) }
        let note = try checkpoint.signed(with: key)
        if kept.map({ $0.checkpoint.size <= checkpoint.size }) ?? true {
            try StoreFiles.replace(path, Array(note.encoded.utf8))
        }
        return note
    }

    /// Takes the store as it is for the truth from now on, whatever was kept: the earlier checkpoint
    /// stays beside as `FILE.superseded-SIZE`, and the present one is signed and kept.
    ///
    /// To be called only after the gap was recorded in the log, so that whoever holds an earlier
    /// checkpoint finds out what became of it.
    /// - Returns: the checkpoint now kept, and where the one before it is, if there was one.
    @discardableResult
    public func accept(_ log: LogStore) throws -> (note: SignedNote, earlier: String?) {
        try SigningLock.hold(inStore: log.path) { try accept(log, $0) }
    }

    package func accept(
        _ log: LogStore, _ lock: SigningLock
    ) throws -> (note: SignedNote, earlier: String?) {
        var earlier: String?
        if !StoreFiles.isAbsent(path) {
            let size = (try? read())??.checkpoint.size
            var name = path + ".superseded-" + (size.map(String.init) ?? "unreadable")
            while StoreFiles.status(name) != nil { name += "-again" }
            guard StoreFiles.isAbsent(name) else {
                throw StoreFault.file(path: name, action: "make", reason: StoreFiles.reason())
            }
            try StoreFiles.rename(path, to: name)
            earlier = name
        }
        return (try sign(log, lock), earlier)
    }
}

/// Lets one process at a time sign, or change what is signed with: an advisory lock on the file
/// `key.lock`, which nobody renames. Whoever is handed one holds it.
package struct SigningLock {
    private init() {}

    /// - Throws: `StoreFault.file` where it cannot be had.
    package static func hold<Result>(
        inStore folder: String, _ body: (SigningLock) throws -> Result
    ) throws -> Result {
        let path = folder + "/key.lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
        guard descriptor >= 0 else {
            // Nobody changes the key there.
            if errno == EROFS { return try body(SigningLock()) }
            throw StoreFault.file(path: path, action: "open", reason: StoreFiles.reason())
        }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw StoreFault.file(path: path, action: "lock", reason: StoreFiles.reason())
            }
        }
        return try body(SigningLock())
    }
}
