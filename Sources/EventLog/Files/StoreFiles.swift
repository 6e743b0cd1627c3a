internal import Glibc

/// The few calls to the file system beside LMDB's.
enum StoreFiles {
    /// Whether there is nothing at a path, or a folder without anything in it.
    static func isAbsentOrEmpty(_ path: String) -> Bool {
        guard let folder = unsafe opendir(path) else { return errno == ENOENT }
        defer { unsafe closedir(folder) }
        var entries = 0
        while unsafe readdir(folder) != nil { entries += 1 }
        // A folder's own entry and its parent's are always there.
        return entries <= 2
    }

    /// The first bytes of a file, and whether its owner alone may use it.
    static func read(
        _ path: String, limitBytes: Int
    ) throws(StoreFault) -> (bytes: [UInt8], isPrivate: Bool) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, action: "open", reason: reason()) }
        defer { close(descriptor) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        var bytes = [UInt8](repeating: 0, count: limitBytes)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count >= 0 else { throw .file(path: path, action: "read", reason: reason()) }
        return (Array(bytes.prefix(count)), isKnown && status.st_mode & 0o077 == 0)
    }

    /// Makes a file that only its owner can use, and forces it onto the disk.
    static func make(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = unsafe open(path, flags, mode_t(0o600))
        guard descriptor >= 0 else { throw .file(path: path, action: "make", reason: reason()) }
        defer { close(descriptor) }
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress, buffer.count)
        }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            throw .file(path: path, action: "write", reason: reason())
        }
    }

    /// What the system says about the last call that failed.
    private static func reason() -> String {
        unsafe String(cString: strerror(errno)).lowercased()
    }
}
