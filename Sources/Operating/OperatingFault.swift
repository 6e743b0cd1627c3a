/// Why a store could not be copied, brought back or looked after; reads well after `Error: `.
public enum OperatingFault: Error, Hashable, Sendable {
    /// The folder is no backup, or one that cannot be used.
    case notABackup(path: String, reason: String)
    /// The backup's data is not what its manifest says.
    case damagedBackup(path: String, reason: String)
    /// A copy was checked and does not hold.
    case copyDiffers(path: String, difference: String)
    /// The key given is not the log's.
    case otherKey(path: String, reason: String)
    /// A backup is of another log than the store.
    case otherLog(path: String, log: String)
    /// A carried-over log comes to another root.
    case notTheSame(path: String, sequence: UInt32?, reason: String)
}

extension OperatingFault: CustomStringConvertible {
    /// What happened, and what to do about it.
    public var description: String {
        switch self {
        case .notABackup(let path, let reason):
            "\(path) is no backup that can be restored: \(reason). Name a folder that \"rekam "
                + "backup\" made; a plain copy of a store is used in place with --store."
        case .damagedBackup(let path, let reason):
            "the backup \(path) is damaged: \(reason). Nothing was restored; use an earlier one."
        case .copyDiffers(let path, let difference):
            "the copy does not hold, and was removed: \(difference). The store itself may be "
                + "damaged: check it with \"rekam verify\", and keep earlier backups of \(path)."
        case .otherKey(let path, let reason): "\(path): \(reason)."
        case .otherLog(let path, let log):
            "\(path) is a backup of another log than \(log): nothing was erased in it. Name the store "
                + "that it was made of with --store."
        case .notTheSame(let path, let sequence, let reason):
            "\(path) cannot be carried over" + (sequence.map { ", at entry \($0)" } ?? "")
                + ": \(reason). The old store is as it was; the new one was removed."
        }
    }
}
