internal import Glibc

/// The few calls to the file system beside LMDB's: small files made private and durable, and folders
/// that appear under their name only when they are whole.
package enum StoreFiles {
    /// Whether there is nothing at a path: something that cannot be seen is not nothing.
    package static func isAbsent(_ path: String) -> Bool { status(path) == nil && errno == ENOENT }

    /// Whether there is nothing at a path, or a folder without anything in it. A symbolic link is
    /// something, wherever it leads.
    package static func isAbsentOrEmpty(_ path: String) -> Bool {
        guard let status = status(path) else { return errno == ENOENT }
        guard status.kind == .folder else { return false }
        return names(in: path)?.isEmpty ?? false
    }

    /// The names in a folder, sorted; nil where it cannot be listed.
    package static func names(in path: String) -> [String]? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The first bytes of a file, and whether its owner alone may use it.
    ///
    /// - Parameter following: whether a symbolic link is followed; else it is a fault.
    package static func read(
        _ path: String, limitBytes: Int, following: Bool = true
    ) throws(StoreFault) -> (bytes: [UInt8], isPrivate: Bool) {
        let (descriptor, status) = try openRegular(path, following: following)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limitBytes)
        var count = 0
        while count < limitBytes {
            let room = count..<limitBytes
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + room.lowerBound, room.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .file(path: path, action: "read", reason: reason()) }
            if got == 0 { break }
            count += got
        }
        return (Array(bytes.prefix(count)), status.mode & 0o077 == 0)
    }

    /// Opens a regular file for reading.
    static func openRegular(
        _ path: String, following: Bool
    ) throws(StoreFault) -> (descriptor: Int32, status: FileStatus) {
        // Without waiting: a pipe under this name would never open.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (following ? 0 : O_NOFOLLOW)
        let descriptor = unsafe open(path, flags)
        guard descriptor >= 0 else {
            let text =
                errno == ELOOP ? "it is a symbolic link, which is not followed here" : reason()
            throw .file(path: path, action: "open", reason: text)
        }
        var raw = stat()
        guard unsafe fstat(descriptor, &raw) == 0, FileStatus(raw).kind == .file else {
            close(descriptor)
            throw .file(path: path, action: "open", reason: "it is no regular file")
        }
        return (descriptor, FileStatus(raw))
    }

    /// Makes a file that only its owner can use, and forces it onto the disk; what is there already
    /// is left as it is.
    package static func make(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let descriptor = try create(path)
        defer { close(descriptor) }
        do throws(StoreFault) {
            try write(bytes, bytes.count, to: descriptor, path)
            guard fsync(descriptor) == 0 else {
                throw .file(path: path, action: "write", reason: reason())
            }
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Puts a private file in the place of another, at once and durably.
    package static func replace(_ path: String, _ bytes: [UInt8]) throws(StoreFault) {
        let next = path + ".next"
        try remove(next)
        try make(next, bytes)
        do throws(StoreFault) {
            try rename(next, to: path)
        } catch {
            unsafe unlink(next)
            throw error
        }
    }

    static func create(_ path: String) throws(StoreFault) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, mode_t(0o600))
        guard descriptor >= 0 else { throw .file(path: path, action: "make", reason: reason()) }
        // Whatever the umask took away.
        fchmod(descriptor, 0o600)
        return descriptor
    }

    static func write(
        _ bytes: [UInt8], _ count: Int, to descriptor: Int32, _ path: String
    ) throws(StoreFault) {
        var position = 0
        while position < count {
            let rest = position..<count
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress! + rest.lowerBound, rest.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw .file(path: path, action: "write", reason: reason())
            }
            position += written
        }
    }

    /// Gives a file or folder another name in the same folder, durably; a file there is replaced, a
    /// folder with something in it is not.
    package static func rename(_ path: String, to name: String) throws(StoreFault) {
        guard unsafe Glibc.rename(path, name) == 0 else {
            throw .file(path: name, action: "make", reason: reason())
        }
        try sync(folder: parent(of: name))
    }

    /// Takes a file away; nothing there is fine.
    package static func remove(_ path: String) throws(StoreFault) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw .file(path: path, action: "remove", reason: reason())
        }
    }

    /// Forces a folder's names onto the disk.
    package static func sync(folder path: String) throws(StoreFault) {
        let name = path == "." ? "the current folder" : path
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: name, action: "open", reason: reason()) }
        defer { close(descriptor) }
        // Some file systems cannot do this for folders, and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .file(path: name, action: "write", reason: reason())
        }
    }

    /// Takes a folder in the making, which is made where it is missing, against other processes.
    ///
    /// - Parameter name: what it is going to be called.
    /// - Returns: a descriptor; the folder is held until it is closed.
    /// - Throws: `.inTheMaking` where another process holds it; `.file`.
    static func hold(
        folder path: String, mode: mode_t, for name: String
    ) throws(StoreFault) -> Int32 {
        while true {
            let isNew = unsafe mkdir(path, mode) == 0
            guard isNew || errno == EEXIST else {
                throw .file(path: path, action: "make", reason: reason())
            }
            let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            // Made and not held: nobody has use for it.
            func failed(to action: String) -> StoreFault {
                let reason = reason()
                if descriptor >= 0 { close(descriptor) }
                if isNew { unsafe _ = rmdir(path) }
                return .file(path: path, action: action, reason: reason)
            }
            // Another process may have given it its name, or taken it away, since it was made.
            if descriptor < 0, errno == ENOENT { continue }
            guard descriptor >= 0 else { throw failed(to: "open") }
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                switch errno {
                case EINTR: continue
                case EWOULDBLOCK:
                    // It is the other's from here on, whoever made it.
                    close(descriptor)
                    throw .inTheMaking(path: name)
                default: throw failed(to: "lock")
                }
            }
            if isFolder(descriptor, at: path) { return descriptor }
            close(descriptor)
        }
    }

    /// Whether another process holds a folder in the making.
    static func isHeld(folder path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Whether an open folder is the one that stands under a name.
    private static func isFolder(_ descriptor: Int32, at path: String) -> Bool {
        var held = stat()
        var named = stat()
        return unsafe fstat(descriptor, &held) == 0 && lstat(path, &named) == 0
            && held.st_dev == named.st_dev && held.st_ino == named.st_ino
    }

    /// The folder that holds a path.
    package static func parent(of path: String) -> String {
        let trimmed = withoutSlash(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// A folder by the name that it has in its parent, for what stands beside it: `.` and symbolic
    /// links are resolved; any other path is left as it was said.
    package static func named(_ path: String) -> String {
        let path = withoutSlash(path)
        let last = path.split(separator: "/").last
        guard last == "." || last == ".." || status(path)?.kind == .link,
            let real = unsafe realpath(path, nil)
        else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// A path without slashes at its end.
    package static func withoutSlash(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// What the system says about the last call that failed.
    static func reason() -> String {
        unsafe String(cString: strerror(errno)).lowercased()
    }
}
