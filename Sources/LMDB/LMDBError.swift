internal import CLMDB
internal import Glibc

/// An operating error of the store: what failed, where, and what to do about it.
///
/// The description reads well after `Error: `, for example
/// `/var/kpi/rekam.store: the disk is full (mdb_txn_commit: No space left on device). Free some
/// space and try again; nothing of the unfinished write was kept.`
public struct LMDBError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Kind: Equatable, Sendable {
        /// The memory map has no room for another page.
        case mapFull
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// The store was opened for reading, or lies on a read-only file system.
        case readOnly
        /// The file system's permissions do not allow it.
        case permission
        /// The data file was written by another version of LMDB.
        case versionMismatch
        /// The data file is damaged.
        case corrupted
        /// Another writer held the store for longer than the caller would wait.
        case busy
        /// Every reader slot of the store is taken.
        case readersFull
        /// The data file is no LMDB file at all.
        case notADatabase
        /// There is no store at the path.
        case missing
        /// This process has the store open already.
        case alreadyOpen
        /// A limit on address space leaves no room for the store's map and the work beside it.
        case noAddressSpace
        /// Another process with the same number, in another container, has the store open.
        case sameProcessNumber
        /// Anything else: a failing disk, a limit of the machine.
        case other
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// The store's folder, or the file concerned.
    public let path: String
    /// The call that failed, such as `mdb_put`.
    public let call: String
    /// LMDB's code, or the system's `errno`.
    public let code: Int32

    /// An error of a call, its kind read off the code.
    package init(path: String, call: String, code: Int32) {
        self.init(Self.kind(ofCode: code), path: path, call: call, code: code)
    }

    /// An error whose kind is known better than the code tells.
    init(_ kind: Kind, path: String, call: String, code: Int32) {
        self.kind = kind
        self.path = path
        self.call = call
        self.code = code
    }

    /// The sentence for the user: path, trouble, call, remedy.
    public var description: String {
        "\(cause). \(remedy)"
    }

    /// What went wrong alone, without what became of the write and what to do.
    package var cause: String { "\(path): \(trouble) (\(call): \(codeText))" }

    private var codeText: String { unsafe String(cString: mdb_strerror(code)) }

    private static func kind(ofCode code: Int32) -> Kind {
        switch code {
        case MDB_MAP_FULL: .mapFull
        case ENOSPC, EDQUOT: .diskFull
        case EROFS: .readOnly
        case EACCES, EPERM: .permission
        case MDB_VERSION_MISMATCH: .versionMismatch
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC, MDB_CURSOR_FULL, MDB_PAGE_FULL:
            .corrupted
        case MDB_INCOMPATIBLE, MDB_BAD_VALSIZE: .corrupted
        case EBUSY, EAGAIN: .busy
        case MDB_READERS_FULL: .readersFull
        case MDB_INVALID: .notADatabase
        case ENOENT: .missing
        default: .other
        }
    }

    private var trouble: String {
        switch kind {
        case .mapFull: "the store has outgrown its memory map"
        case .diskFull: "the disk is full"
        case .readOnly: "the store cannot be written"
        case .permission: "permission denied"
        case .versionMismatch: "the data file was written by another version of LMDB"
        case .corrupted: "the data file is damaged"
        case .busy: "another process is writing to the store"
        case .readersFull: "too many processes are reading the store"
        case .notADatabase: "this is not a store's data file"
        case .missing: "there is no store here"
        case .alreadyOpen: "this process has the store open already"
        case .noAddressSpace: "the limit on address space leaves no room for the store"
        case .sameProcessNumber:
            "a process of another container, with the same process number, has the store open"
        case .other: "the store could not be used"
        }
    }

    private var remedy: String {
        switch kind {
        case .mapFull:
            "Raise the limit on address space (ulimit -v) and try again; "
                + "nothing of the unfinished write was kept."
        case .diskFull:
            "Free some space and try again; nothing of the unfinished write was kept."
        case .readOnly: "Use a store on a file system that can be written."
        case .permission: "Check who owns the folder and its files, and their permissions."
        case .versionMismatch: "Open it with the program that wrote it."
        case .corrupted: "Restore it from a backup, or build it anew from exported entries."
        case .busy: "Wait for the other to finish and try again."
        case .readersFull: "End some of them and try again."
        case .notADatabase: "Check the path; if it is the right one, restore it from a backup."
        case .missing: "Check the path, or make a new store there."
        case .alreadyOpen: "Use the one that is open."
        case .noAddressSpace:
            "Take the limit away (ulimit -v unlimited), or raise it to 2 GiB more than the store will "
                + "come to."
        case .sameProcessNumber:
            "Let the containers share process numbers (docker run --pid=host), or let one at a time "
                + "use the store."
        // LMDB reports a write that came out short, as on a full disk, as this.
        case .other where code == EIO:
            "The disk is full or failing: free some space, or check it, and try again; nothing of "
                + "the unfinished write was kept."
        case .other: "Check the disk and the system's limits, and try again."
        }
    }
}
