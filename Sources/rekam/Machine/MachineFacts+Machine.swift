import Compression
import EventLog
import EventModel
import Ingest
import Operating

#if canImport(Glibc)
    import Glibc
#endif

extension MachineFacts {
    /// What this machine says of itself.
    ///
    /// - Parameters:
    ///   - path: the store's folder, or the nearest one above it that is there.
    ///   - zone: the store's time zone.
    init(path: String, zone: String?) throws {
        self.init()
        cores = Machine.cores
        parserKernel = EventParser.kernel
        pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        addressSpaceBytes = Self.limit(__rlimit_resource_t(RLIMIT_AS.rawValue))
        fileSizeBytes = Self.limit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue))
        openFiles = Self.limit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue))
        memoryBytes = Self.memory()
        user = geteuid()
        now = try Machine.now()
        tzdata = Machine.tzdataRelease == "unknown" ? nil : Machine.tzdataRelease
        self.zone = try zone.flatMap { try Machine.zone($0) }
        libraries = [
            ("liblmdb", LogStore.libraryVersion), ("simdjson", EventParser.libraryVersion),
            ("zstd", LibraryVersions.zstd), ("zlib", LibraryVersions.zlib),
        ]
        let disk = Disk(path)
        fileSystem = disk.kind
        freeBytes = disk.freeBytes
        totalBytes = disk.totalBytes
        isReadOnlyFileSystem = disk.isReadOnly
    }

    private static func limit(_ resource: __rlimit_resource_t) -> Int? {
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < UInt64(Int.max) else {
            return nil
        }
        return Int(limit.rlim_cur)
    }

    /// The machine's memory, or what its control group allows.
    private static func memory() -> Int? {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        var least = pages > 0 ? pages * Int(sysconf(Int32(_SC_PAGESIZE))) : nil
        for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
            guard let bytes = Machine.read(path, most: 64),
                let limit = Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
            else { continue }
            least = min(least ?? limit, limit)
        }
        return least
    }
}

/// The file system that a path lies on.
struct Disk {
    /// Its kind: `ext4`, `nfs4`; empty where that cannot be told.
    var kind = ""
    var freeBytes = 0
    var totalBytes = 0
    var isReadOnly = false

    /// Asks for a path, or for the nearest folder above it that is there.
    init(_ path: String) {
        var place = path.isEmpty ? "." : path
        var system = statvfs()
        while unsafe statvfs(place, &system) != 0 {
            guard place != "/", place != "." else { return }
            place = StoreFiles.parent(of: place)
        }
        let block = UInt(system.f_frsize)
        freeBytes = Int(clamping: UInt(system.f_bavail).multipliedReportingOverflow(by: block).0)
        totalBytes = Int(clamping: UInt(system.f_blocks).multipliedReportingOverflow(by: block).0)
        isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
        guard let real = unsafe realpath(place, nil) else { return }
        defer { unsafe free(real) }
        kind = Self.kind(of: unsafe String(cString: real))
    }

    /// The kind of the mount that a path lies in: the last of the longest that lead to it.
    private static func kind(of path: String) -> String {
        guard let bytes = Machine.read("/proc/self/mountinfo") else { return "" }
        var found = ("", "")
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            let left = halves[0].split(separator: " ")
            guard halves.count == 2, left.count > 4,
                let kind = halves[1].split(separator: " ").first
            else { continue }
            // Blanks in names are written in octal.
            let point = left[4].replacing("\\040", with: " ").replacing("\\011", with: "\t")
            let folder = point.hasSuffix("/") ? point : point + "/"
            if (path + "/").hasPrefix(folder), point.utf8.count >= found.0.utf8.count {
                found = (String(point), String(kind))
            }
        }
        return found.1
    }
}
