/// Why a store could not be opened, read or written: what happened, where, and what to do.
///
/// The description reads well after `Error: `.
public enum StoreFault: Error, Hashable, Sendable {
    /// There is no store at this path.
    case notAStore(path: String)
    /// A store is there already, or a folder with other things in it.
    case alreadyThere(path: String)
    /// The store was written in another format.
    case otherFormat(path: String, version: Int, expected: Int)
    /// Another process is making a folder of this name right now.
    case inTheMaking(path: String)
    /// Somebody asked to stop.
    case stopped(what: String)
    /// The same store is open in this process already.
    case openAlready(path: String)
    /// Another process kept writing for longer than we were told to wait.
    case busy(path: String, seconds: Int)
    /// Writing was asked of a store opened for reading.
    case readOnly(path: String)
    /// A file of the store could not be made, read or written.
    case file(path: String, action: String, reason: String)
    /// A stored value does not hold together.
    case damaged(path: String, table: String, key: String, reason: String)
    /// A line of a list of erasures is none that Rekam writes.
    case foreignLine(path: String, line: Int)
    /// An erasure is recorded and could not be finished: its texts are still there, hidden.
    case erasureLeft(path: String, reason: String)
    /// What was going to be recorded in clear names somebody.
    case namesSomebody(in: String)
    /// The log has no room for these entries: sequences end at 4,294,967,294.
    case full(path: String)
    /// The key file is no Ed25519 key, or others may read it.
    case badKey(path: String, reason: String)
    /// The store's own code and the given event types disagree.
    case otherTypes(path: String, type: String)
}

extension StoreFault: CustomStringConvertible {
    /// One or two sentences: what happened, and what to do about it.
    public var description: String {
        switch self {
        case .notAStore(let path):
            "there is no Rekam store at \(path). Make one with \"rekam init\", or name another with "
                + "--store DIR."
        case .alreadyThere(let path):
            "\(path) exists already. Name another folder, or remove it first."
        case .otherFormat(let path, let version, let expected):
            version < expected
                ? "the store at \(path) has format version \(version), which was never released and "
                    + "which no rekam reads: make a new store and ingest its inputs again."
                : "the store at \(path) has format version \(version), and this rekam reads version "
                    + "\(expected): use the newer rekam that made it."
        case .inTheMaking(let path):
            "another process is making \(path) right now. Wait for it, or choose another name."
        case .stopped(let what): "stopped; \(what)."
        case .openAlready(let path):
            "the store at \(path) is open in this process already. Close it first."
        case .busy(let path, let seconds):
            "the store at \(path) was busy"
                + (seconds > 0 ? " for more than \(seconds) s" : "")
                + ": another process is writing. Try again when it is done, or wait longer with "
                + "--wait 10m."
        case .readOnly(let path):
            "the store at \(path) is open for reading only."
        case .file(let path, let action, let reason):
            "cannot \(action) \(path): \(reason). Check the disk's space, and who owns the folder "
                + "and its files."
        case .damaged(let path, let table, let key, let reason):
            "the store at \(path) is damaged: table \(table), key \(key): \(reason). Run "
                + "\"rekam verify\" for the whole picture, and restore the folder from a backup."
        case .foreignLine(let path, let line):
            "line \(line) of \(path) is none that rekam leaves there. The store itself is sound. Take the "
                + "line out, or put the file back from a copy, and try again."
        case .erasureLeft(let path, let reason):
            "an erasure in the store at \(path) is recorded and could not be finished: \(reason). It is "
                + "shown to nobody, and the next command that may write the store finishes it, such as "
                + "\"rekam erase --again\"; nothing is recorded before."
        case .namesSomebody(let word):
            "--\(word) has a word in it that is also somebody's name here, and would stand in the log in "
                + "clear for ever, also once they are erased. Say it in other words; nothing was recorded. "
                + "A name that may stand there on purpose is published first: rekam name publish."
        case .full(let path):
            "the log at \(path) is full: it holds at most 4,294,967,294 entries. Start a new store."
        case .badKey(let path, let reason):
            "the signing key \(path) cannot be used: \(reason)."
        case .otherTypes(let path, let type):
            "the store at \(path) knows the event type \(type) with other columns. Use the rekam "
                + "that wrote it, or ingest its entries into a new store."
        }
    }
}
