internal import Glibc

/// Folders handed out and taken in: made whole, read without following any link.
package enum FolderFiles {
    /// Every file under a folder, by its path there, sorted.
    ///
    /// - Throws: `StoreFault.file` at anything that is neither a file nor a folder, such as a
    ///   symbolic link, and past `limit` files.
    package static func list(_ folder: String, limit: Int = 1 << 22) throws -> [String] {
        var files: [String] = []
        var waiting = [""]
        while let inside = waiting.popLast() {
            let path = inside.isEmpty ? folder : folder + "/" + inside
            guard let names = StoreFiles.names(in: path) else {
                throw StoreFault.file(path: path, action: "list", reason: StoreFiles.reason())
            }
            for name in names {
                let next = inside.isEmpty ? name : inside + "/" + name
                switch StoreFiles.status(folder + "/" + next)?.kind {
                case .file: files.append(next)
                case .folder: waiting.append(next)
                default:
                    throw StoreFault.file(
                        path: folder + "/" + next, action: "read",
                        reason: "it is neither a file nor a folder")
                }
            }
            guard files.count + waiting.count <= limit else {
                throw StoreFault.file(path: folder, action: "read", reason: "it has too many files")
            }
        }
        return files.sorted()
    }

    /// A whole file of a folder, following no link.
    package static func read(_ path: String, limitBytes: Int = 1 << 30) throws -> [UInt8] {
        guard let status = StoreFiles.status(path), status.kind == .file else {
            throw StoreFault.file(path: path, action: "read", reason: "it is no file")
        }
        guard status.size <= limitBytes else {
            throw StoreFault.file(path: path, action: "read", reason: "it is too long")
        }
        return try StoreFiles.read(path, limitBytes: status.size + 1, following: false).bytes
    }

    /// Makes a folder and those above it that are missing, within `root`.
    package static func makeFolders(for file: String, in root: String) throws {
        var path = root
        for part in file.utf8.split(separator: 0x2F).dropLast() {
            path += "/" + String(decoding: part, as: UTF8.self)
            if unsafe mkdir(path, 0o755) != 0, errno != EEXIST {
                throw StoreFault.file(path: path, action: "make", reason: StoreFiles.reason())
            }
        }
    }

    /// Makes a folder that is not there yet.
    package static func make(_ path: String) throws {
        guard unsafe mkdir(path, 0o755) == 0 else {
            throw StoreFault.file(path: path, action: "make", reason: StoreFiles.reason())
        }
    }

    /// Writes a file into a folder, readable by everybody; `sync` forces it onto the disk.
    package static func write(_ path: String, _ bytes: [UInt8], isSynced: Bool) throws {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, mode_t(0o644))
        guard descriptor >= 0 else {
            throw StoreFault.file(path: path, action: "make", reason: StoreFiles.reason())
        }
        defer { close(descriptor) }
        try StoreFiles.write(bytes, bytes.count, to: descriptor, path)
        guard !isSynced || fsync(descriptor) == 0 else {
            throw StoreFault.file(path: path, action: "write", reason: StoreFiles.reason())
        }
    }

    /// Forces everything written, also thousands of files, onto the disk in one go.
    package static func syncAll(_ path: String) throws {
        Glibc.sync()
        try StoreFiles.sync(folder: path)
    }

    /// Takes a folder with everything in it away.
    package static func removeTree(_ path: String) {
        for name in StoreFiles.names(in: path) ?? [] { remove(path + "/" + name) }
        unsafe rmdir(path)
    }

    /// Takes a file, or a folder with everything in it, away.
    static func remove(_ path: String) {
        if StoreFiles.status(path)?.kind == .folder {
            removeTree(path)
        } else {
            unsafe unlink(path)
        }
    }
}
