internal import Glibc

/// What the file system says about a path, without following a symbolic link.
package struct FileStatus: Hashable, Sendable {
    /// What stands there.
    package enum Kind: Hashable, Sendable {
        case file, folder, link, other
    }

    /// What stands there.
    package var kind: Kind
    /// Permission bits, `0o600`, with set-id and sticky bits.
    package var mode: UInt32
    /// Owner and group.
    package var owner: UInt32
    package var group: UInt32
    /// Bytes.
    package var size: Int
    /// Milliseconds since 1970 when its content changed last.
    package var modifiedMilliseconds: Int64

    init(_ raw: stat) {
        switch raw.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        mode = raw.st_mode & 0o7777
        owner = raw.st_uid
        group = raw.st_gid
        size = Int(raw.st_size)
        modifiedMilliseconds =
            Int64(raw.st_mtim.tv_sec) * 1000 + Int64(raw.st_mtim.tv_nsec) / 1_000_000
    }
}

extension StoreFiles {
    /// The status of what stands at a path; nil where there is nothing, or it cannot be seen.
    package static func status(_ path: String) -> FileStatus? {
        var raw = stat()
        return unsafe lstat(path, &raw) == 0 ? FileStatus(raw) : nil
    }

    /// Sets permission bits.
    package static func setMode(_ path: String, _ mode: UInt32) throws(StoreFault) {
        guard unsafe chmod(path, mode) == 0 else {
            throw .file(path: path, action: "set the permissions of", reason: reason())
        }
    }

    /// Gives a path to a group, by number.
    package static func setGroup(_ path: String, _ group: UInt32) throws(StoreFault) {
        guard unsafe chown(path, .max, group) == 0 else {
            throw .file(path: path, action: "change the group of", reason: reason())
        }
    }
}

extension StoreFiles {
    /// Whether another process holds an advisory lock on a file right now.
    package static func isLocked(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
            flock(descriptor, LOCK_UN)
            return false
        }
        return errno == EWOULDBLOCK
    }
}
