internal import Glibc

/// A data file this process has open: `data.mdb` known by its folder's device and inode, whatever path
/// led there, another one by its own.
///
/// LMDB must not open one file twice in a process: closing one would drop the other's locks.
struct OpenPlace: Hashable, Sendable {
    private var device: UInt64
    private var inode: UInt64

    private static let places = Guarded<Set<OpenPlace>>([])

    /// Finds the folder, makes it when asked to, and takes it for this process.
    static func enter(
        path: String, options: Environment.Options
    ) throws(LMDBError) -> OpenPlace {
        if options.creates, !options.readOnly {
            let search = options.filePermissions | (options.filePermissions & 0o444) >> 2
            if unsafe mkdir(path, mode_t(search)) != 0, errno != EEXIST {
                throw LMDBError(path: path, call: "mkdir", code: errno)
            }
        }
        var folder = stat()
        guard unsafe stat(path, &folder) == 0 else {
            throw LMDBError(path: path, call: "stat", code: errno)
        }
        guard folder.st_mode & S_IFMT == S_IFDIR else {
            throw LMDBError(.notADatabase, path: path, call: "stat", code: ENOTDIR)
        }
        if options.file != .data {
            return try enter(file: path + "/" + options.file.name, options)
        }
        if !options.creates {
            var file = stat()
            guard unsafe stat(path + "/data.mdb", &file) == 0 else {
                throw LMDBError(path: path, call: "stat", code: errno)
            }
            guard file.st_size > 0 else {
                throw LMDBError(.notADatabase, path: path, call: "stat", code: MDB_EMPTY)
            }
        }
        return try enter(folder, path)
    }

    /// Takes a file by itself; where it may be made it is, so that it can be known.
    private static func enter(
        file path: String, _ options: Environment.Options
    ) throws(LMDBError) -> OpenPlace {
        if options.creates, !options.readOnly {
            let descriptor = unsafe open(
                path, O_RDWR | O_CREAT | O_CLOEXEC, mode_t(options.filePermissions))
            guard descriptor >= 0 else {
                throw LMDBError(path: path, call: "open", code: errno)
            }
            close(descriptor)
        }
        var file = stat()
        guard unsafe stat(path, &file) == 0 else {
            throw LMDBError(path: path, call: "stat", code: errno)
        }
        guard file.st_size > 0 || options.creates else {
            throw LMDBError(.notADatabase, path: path, call: "stat", code: MDB_EMPTY)
        }
        return try enter(file, path)
    }

    private static func enter(_ found: stat, _ path: String) throws(LMDBError) -> OpenPlace {
        let place = OpenPlace(device: UInt64(found.st_dev), inode: UInt64(found.st_ino))
        guard places.withLock({ $0.insert(place).inserted }) else {
            throw LMDBError(.alreadyOpen, path: path, call: "open", code: EBUSY)
        }
        return place
    }

    /// Gives the folder back.
    func leave() { _ = OpenPlace.places.withLock { $0.remove(self) } }

    /// An empty file is as good as no database.
    private static var MDB_EMPTY: Int32 { -30793 }
}
