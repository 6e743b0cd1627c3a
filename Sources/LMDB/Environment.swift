internal import CLMDB
internal import Glibc
internal import Synchronization

/// One open store folder: the memory map, its tables and its writer lock.
///
///     let environment = try Environment.open(at: "rekam.store", .init(creates: true))
///     let table = try environment.openTables(["entries"])[0]
///     let write = try environment.beginWrite()
///     try write.put(table, Key(7), [1, 2, 3])
///     try write.commit()
///
/// It closes when the last reference to it, its transactions' included, goes away.
@safe
public final class Environment: @unchecked Sendable {
    /// How a store is opened.
    public struct Options: Sendable {
        /// Opens for reading alone.
        public var readOnly = false
        /// Makes the folder and the data file where there are none.
        public var creates = false
        /// The size of the memory map to ask for; it costs address space, no memory and no disk.
        /// Where the machine refuses, half is tried, and so on.
        public var mapBytes = 1 << 40
        /// Read transactions at one time, over all processes.
        public var maximumReaders: UInt32 = 126
        /// Tables in the store.
        public var maximumTables: UInt32 = 64
        /// Mode of new files; the folder gets the same with the right to search.
        public var filePermissions: UInt32 = 0o600
        /// The data file in the folder. Another than `data.mdb` has a lock and a writer's lock of its
        /// own beside it.
        public var file = DataFileName.data
        /// Whether a commit returns once it is on the disk; without it a crash of the machine
        /// can lose or damage the store until `sync()` returns.
        public var syncsCommits = true

        /// The usual options.
        public init(readOnly: Bool = false, creates: Bool = false) {
            self.readOnly = readOnly
            self.creates = creates
        }
    }

    /// The store's folder, as given.
    public let path: String
    /// Its data file in that folder.
    public let file: DataFileName
    /// Whether it was opened for reading alone.
    public let isReadOnly: Bool
    /// The size of the memory map.
    public let mapBytes: Int

    let handle: OpaquePointer
    let identity: UInt64
    let writerLock: WriterLock?
    let tables = Guarded<[String: Table]>([:])
    /// Set when a damaged file made LMDB stop half-way through a write.
    let isBroken = Atomic(false)
    /// Set once this process has found the free list sound.
    let hasSoundFreeList = Atomic(false)
    private let place: OpenPlace

    private static let lastIdentity = Atomic<UInt64>(0)
    private static let smallestMapBytes = 1 << 26

    private init(
        path: String, place: OpenPlace, handle: OpaquePointer, mapBytes: Int, options: Options,
        writerLock: WriterLock?
    ) {
        self.path = path
        file = options.file
        self.place = place
        unsafe self.handle = unsafe handle
        self.mapBytes = mapBytes
        self.isReadOnly = options.readOnly
        self.writerLock = writerLock
        identity = Environment.lastIdentity.add(1, ordering: .relaxed).newValue
    }

    deinit {
        // What a broken write left behind cannot be closed.
        guard !isBroken.load(ordering: .relaxed) else { return }
        unsafe mdb_env_close(handle)
        place.leave()
    }

    /// Opens a store folder.
    ///
    /// Slots of readers that died are freed on the way.
    ///
    /// - Throws: `.missing` when there is nothing and `creates` is not set, `.alreadyOpen` when
    ///   this process has it open, and what the file system and LMDB have to say.
    public static func open(
        at path: String, _ options: Options = Options()
    ) throws(LMDBError) -> Environment {
        let environment = try openMap(at: path, options)
        try environment.checkLength()
        return environment
    }

    private static func openMap(
        at path: String, _ options: Options
    ) throws(LMDBError) -> Environment {
        let place = try OpenPlace.enter(path: path, options: options)
        do throws(LMDBError) {
            let writerLock =
                options.readOnly
                ? nil
                : try WriterLock(
                    path: path + "/" + options.file.writerLock,
                    permissions: options.filePermissions)
            var mapBytes = options.mapBytes
            let most = mostMapBytes()
            while mapBytes > most, mapBytes > smallestMapBytes { mapBytes /= 2 }
            guard mapBytes <= most else {
                throw LMDBError(.noAddressSpace, path: path, call: "getrlimit", code: ENOMEM)
            }
            while true {
                let (opened, code) = unsafe try openOnce(path, options, mapBytes)
                if let opened = unsafe opened {
                    return unsafe Environment(
                        path: path, place: place, handle: opened, mapBytes: mapBytes,
                        options: options, writerLock: writerLock)
                }
                guard code == ENOMEM, mapBytes / 2 >= smallestMapBytes else {
                    throw LMDBError(path: path, call: "mdb_env_open", code: code)
                }
                mapBytes /= 2
            }
        } catch {
            place.leave()
            throw error
        }
    }

    /// What a limit on address space leaves for a map: threads, and what they work with, need
    /// theirs.
    private static func mostMapBytes() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
            limit.rlim_cur < rlim_t(Int.max)
        else { return .max }
        return Int(limit.rlim_cur) - addressSpaceBeside
    }

    /// Address space kept free beside the map, where it is limited, in bytes.
    private static let addressSpaceBeside = 1 << 30

    private static func openOnce(
        _ path: String, _ options: Options, _ mapBytes: Int
    ) throws(LMDBError) -> (OpaquePointer?, Int32) {
        var handle: OpaquePointer?
        let code = unsafe mdb_env_create(&handle)
        guard code == 0 else { throw LMDBError(path: path, call: "mdb_env_create", code: code) }
        unsafe guarded_mdb_prepare(handle)
        unsafe mdb_env_set_mapsize(handle, mapBytes)
        unsafe mdb_env_set_maxreaders(handle, options.maximumReaders)
        unsafe mdb_env_set_maxdbs(handle, options.maximumTables)
        var flags = UInt32(MDB_NOTLS)
        if options.readOnly { flags |= UInt32(MDB_RDONLY) }
        if !options.syncsCommits { flags |= UInt32(MDB_NOSYNC) }
        var place = path
        if options.file != .data {
            flags |= UInt32(MDB_NOSUBDIR)
            place += "/" + options.file.name
        }
        let opened = unsafe mdb_env_open(handle, place, flags, mode_t(options.filePermissions))
        guard opened == 0 else {
            unsafe mdb_env_close(handle)
            return (nil, opened)
        }
        if !options.readOnly {
            var dead: Int32 = 0
            unsafe mdb_reader_check(handle, &dead)
        }
        return unsafe (handle, 0)
    }

    func check(_ code: Int32, _ call: String) throws(LMDBError) {
        guard code == 0 else { throw LMDBError(path: path, call: call, code: code) }
    }
}

/// A data file of a store folder, and the files that go with it.
public struct DataFileName: Hashable, Sendable {
    /// The file itself.
    public var name: String
    /// LMDB's table of its readers.
    public var readers: String
    /// The lock that its writers hold.
    public var writerLock: String

    /// The folder's main file, `data.mdb`.
    public static let data = DataFileName(
        name: "data.mdb", readers: "lock.mdb", writerLock: "writer.lock")

    /// Another file `NAME.mdb`, with `NAME.mdb-lock` and `NAME.lock`.
    public static func beside(_ name: String) -> DataFileName {
        DataFileName(
            name: name + ".mdb", readers: name + ".mdb-lock", writerLock: name + ".lock")
    }
}

extension Environment {
    /// Begins a read transaction: a view of the store as it is now.
    ///
    /// Keep it short: while it lasts, no page freed since can be used again, and the file grows.
    public func beginRead() throws(LMDBError) -> ReadTransaction {
        try ReadTransaction(self)
    }

    /// Begins a write transaction, waiting for another writer at most so long.
    ///
    /// A write transaction stays on the thread that began it. Beginning another one on the same
    /// thread traps.
    ///
    /// - Throws: `.busy` when the wait was over, `.readOnly` on a store opened for reading.
    public func beginWrite(
        waitAtMost wait: Duration = .seconds(60)
    ) throws(LMDBError) -> WriteTransaction {
        try WriteTransaction(self, waitAtMost: wait)
    }

    /// Keeps other writers, of this process and of others, away while `body` makes several write
    /// transactions of its own, one after another and on this thread.
    ///
    /// - Throws: as `beginWrite`, and what `body` throws.
    public func keepingOthersOut<Result>(
        waitAtMost wait: Duration = .seconds(60), _ body: () throws -> Result
    ) throws -> Result {
        guard let writerLock else {
            throw LMDBError(.readOnly, path: path, call: "keepingOthersOut", code: EROFS)
        }
        try writerLock.keep(waitingAtMost: wait, path: path)
        defer { writerLock.letGo() }
        return try body()
    }

    /// Whether this thread keeps others out.
    public var isKeepingOthersOut: Bool { writerLock?.isKeptHere ?? false }

    /// Forces everything committed onto the disk; needed only without `syncsCommits`.
    public func sync() throws(LMDBError) {
        try unsafe check(mdb_env_sync(handle, 1), "mdb_env_sync")
    }

    /// The pages the data file has come to, used and free, in bytes.
    public func usedFileBytes() throws(LMDBError) -> Int {
        var info = unsafe MDB_envinfo()
        try unsafe check(mdb_env_info(handle, &info), "mdb_env_info")
        var stat = MDB_stat()
        try unsafe check(mdb_env_stat(handle, &stat), "mdb_env_stat")
        let pages = unsafe info.me_last_pgno
        let (bytes, isTooLarge) = (pages &+ 1).multipliedReportingOverflow(
            by: Int(stat.ms_psize))
        guard pages >= 0, !isTooLarge, bytes > 0 else {
            throw LMDBError(path: path, call: "mdb_env_info", code: MDB_CORRUPTED)
        }
        return bytes
    }
}
