internal import EventModel
internal import Glibc
package import LMDB

/// The texts behind a log's tokens: `private.mdb` beside `data.mdb`, the one file of a store that is
/// not derived from the entries, and that no figure needs.
///
/// It is written under the log's write transaction and committed before it, so that a crash leaves
/// rows that nothing refers to, never a token that nothing explains. These rows are told by the log's
/// `VaultStand`, and pages that were written and never committed by the file `private.begun`, which is
/// there from before the vault is written until the log has committed. Cleaning and erasing put another
/// file in the vault's place, since LMDB keeps what was deleted readable in free pages: whoever reads or
/// writes looks first whether the file is still the one that is open.
package final class PersonalVault: Sendable {
    /// The store's folder.
    package let folder: String
    private let origin: String
    private let isReadOnly: Bool
    private let syncsCommits: Bool
    private let opened: Guarded<Opened?>
    private let openings = Guarded(0)
    private let hidden = Guarded<Set<Token>>([])

    /// An open file.
    private struct Opened: Sendable {
        let environment: Environment
        let tables: VaultTables
        let inode: UInt64
    }

    /// The file and what goes with it.
    package static let file = DataFileName.beside("private")

    /// A store's vault; it is opened when it is first needed.
    package init(folder: String, origin: String, readOnly: Bool, syncsCommits: Bool = true) {
        self.folder = folder
        self.origin = origin
        isReadOnly = readOnly
        self.syncsCommits = syncsCommits
        opened = Guarded(nil)
    }

    /// Makes an empty vault in a store's folder.
    ///
    /// - Parameter key: random bytes, for digests that nobody without the vault can try names against.
    package func create(key: [UInt8]) throws { _ = try open(creating: key) }

    /// Whether there is one: who was given `data.mdb` alone has none. One that can't be looked at is
    /// there, and opening it says what is wrong.
    package var isThere: Bool {
        var file = stat()
        guard unsafe stat(folder + "/" + PersonalVault.file.name, &file) == 0 else {
            return errno != ENOENT
        }
        return file.st_size > 0
    }

    /// Tells one file from another that took its place; 0 where there is none.
    package var generation: UInt64 {
        var file = stat()
        guard unsafe stat(folder + "/" + PersonalVault.file.name, &file) == 0 else { return 0 }
        return UInt64(file.st_ino)
    }

    /// Tells what was learnt from one file from what is learnt from another: the file, and how often
    /// this process has opened one. The number of a file alone is given to another when it is gone.
    package var mark: [UInt64] { [generation, UInt64(openings.withLock { $0 })] }

    /// Whether this user may not read it, or not write its table of readers: to them it is not there.
    package var isRefused: Bool {
        let readers = folder + "/" + PersonalVault.file.readers
        return unsafe access(folder + "/" + PersonalVault.file.name, R_OK) != 0 && errno == EACCES
            || access(readers, R_OK | W_OK) != 0 && errno == EACCES
    }

    /// Begins reading; nil where there is no vault, or, for a reader of the store, none that this user
    /// may read: no figure needs it.
    package func beginRead() throws -> VaultReader? {
        let opened: Opened?
        do {
            opened = try current()
        } catch let error as LMDBError where isReadOnly && error.code == EACCES {
            return nil
        }
        guard let now = opened else { return nil }
        return VaultReader(
            try now.environment.beginRead(), now.tables, hidden: hidden.withLock { $0 })
    }

    /// What is open; nil where there is no vault.
    func environmentAndTables() throws -> (Environment, VaultTables)? {
        try current().map { ($0.environment, $0.tables) }
    }

    /// From now on readers are shown nothing of some tokens: they were erased, and their rows could
    /// not be taken out yet.
    package func hide(_ tokens: Set<Token>) { hidden.withLock { $0 = tokens } }

    /// The file that is there while an append writes the vault, and its log has not committed.
    package static let begun = "private.begun"

    /// Whether an append is under way, or was cut off: the writer's lock tells which.
    package var isAppending: Bool {
        var file = stat()
        return unsafe stat(folder + "/" + PersonalVault.begun, &file) == 0
    }

    /// Notes that the vault is going to be written. The note outlasts the process; it isn't forced onto
    /// the disk, as rows are that were committed.
    package func beginAppending() throws {
        let path = folder + "/" + PersonalVault.begun
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            // Another user's does as well.
            if errno == EACCES, isAppending { return }
            throw fault(path, "open")
        }
        Glibc.close(descriptor)
    }

    /// Notes that the vault holds what its log knows, and nothing else.
    package func endAppending() throws {
        let path = folder + "/" + PersonalVault.begun
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw fault(path, "unlink") }
    }

    /// Writes and commits; the log's write transaction must be held, and what an append before left be
    /// gone.
    package func write(_ rows: VaultRows) throws {
        guard let now = try current() else { throw VaultFault.missing(path: folder) }
        let write = try now.environment.beginWrite()
        try now.tables.add(rows, in: write)
        // The texts of later entries come last; within an entry attributes may come before data.
        for text in rows.texts.sorted(by: { ($0.sequence, $0.place) < ($1.sequence, $1.place) }) {
            try write.append(
                now.tables.texts, Key(text.sequence, UInt32(text.place)),
                rows.bytes.span.extracting(text.disclosure))
        }
        try write.commit()
    }

    /// Does something in one transaction of the vault.
    package func update<Result>(
        _ body: (borrowing WriteTransaction, VaultTables) throws -> Result
    ) throws -> Result {
        guard let now = try current() else { throw VaultFault.missing(path: folder) }
        let write = try now.environment.beginWrite()
        let result = try body(write, now.tables)
        try write.commit()
        return result
    }

    /// Puts in the place of the vault one without some rows, at once and durably: of these nothing is
    /// left in it, not even in pages that are free.
    ///
    /// What names are found by is made anew from the rows that stay.
    ///
    /// - Parameter goes: told table, key and value: whether the row goes.
    package func takeOut(
        _ goes: (_ table: String, _ key: Span<UInt8>, _ value: Span<UInt8>) throws -> Bool
    ) throws {
        guard let now = try current() else { throw VaultFault.missing(path: folder) }
        let environment = now.environment
        let read = try environment.beginRead()
        let named = Set(try VaultReader.named(now.tables, in: read).map(\.row))
        read.end()
        try replace { making in
            try environment.copy(
                toFolder: making,
                keeping: { table, key, value in
                    try table != VaultTables.indexName && !goes(table, key, value)
                })
            var options = Environment.Options()
            options.file = PersonalVault.file
            let made = try Environment.open(at: making, options)
            let tables = try VaultTables(made)
            let write = try made.beginWrite()
            try tables.makeIndex(ofNames: named, in: write)
            try tables.count(1, in: write)
            try write.commit()
        }
        // Makes its table of readers, which not everybody who reads may make.
        _ = try current()
    }

    /// Sets or takes away a note.
    package func note(_ key: String, _ value: [UInt8]?) throws {
        try update { write, tables in
            guard let value else {
                try write.delete(tables.notes, Key(key))
                return
            }
            try write.put(tables.notes, Key(key), value)
        }
    }

    /// Copies the vault, packed, into a folder that holds none yet.
    package func copy(toFolder folder: String) throws {
        try current()?.environment.copy(toFolder: folder)
    }

    /// Puts another file in the place of this one, at once and durably: made by `body` in a folder of
    /// its own. Whoever has the old one open notices when it next looks.
    package func replace(_ body: (_ folder: String) throws -> Void) throws {
        let making = folder + "/" + PersonalVault.making
        try PersonalVault.remove(making)
        guard unsafe mkdir(making, 0o700) == 0 else { throw fault(making, "mkdir") }
        try body(making)
        let file = PersonalVault.file.name
        var old = stat()
        if unsafe stat(folder + "/" + file, &old) == 0 {
            // Whoever could read it still can.
            unsafe chmod(making + "/" + file, old.st_mode & 0o777)
            unsafe chown(making + "/" + file, uid_t.max, old.st_gid)
        }
        close()
        guard unsafe rename(making + "/" + file, folder + "/" + file) == 0 else {
            throw fault(folder + "/" + file, "rename")
        }
        // LMDB's table of readers goes with the file it was made for: see `open`.
        unsafe unlink(folder + "/" + PersonalVault.file.readers)
        try PersonalVault.sync(folder)
        try PersonalVault.remove(making)
    }

    /// Takes away what a crash left of a file in the making; the log's write transaction or its lock
    /// must be held.
    package func removeLeftovers() throws { try PersonalVault.removeLeftovers(in: folder) }

    /// The same in a folder that nobody has open.
    package static func removeLeftovers(in folder: String) throws {
        try remove(folder + "/" + making)
    }

    /// The folder in which a vault is made before it takes another's place.
    package static let making = "private.new"

    private func fault(_ path: String, _ call: String) -> LMDBError {
        LMDBError(path: path, call: call, code: errno)
    }

    /// Takes what was being made away; nothing there is fine.
    private static func remove(_ making: String) throws {
        for name in [file.name, file.readers, file.writerLock] {
            unsafe unlink(making + "/" + name)
        }
        guard unsafe rmdir(making) == 0 || errno == ENOENT else {
            throw LMDBError(path: making, call: "rmdir", code: errno)
        }
    }

    /// Forces what a folder's names mean onto the disk.
    private static func sync(_ folder: String) throws {
        let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LMDBError(path: folder, call: "open", code: errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw LMDBError(path: folder, call: "fsync", code: errno)
        }
    }

    /// Closes the file, so that another may take its place.
    package func close() { opened.withLock { $0 = nil } }

    /// The open file, or the one that took its place since; nil where there is none.
    private func current() throws -> Opened? {
        let inode = try inode()
        guard inode != 0 else { return nil }
        if let known = opened.withLock({ $0 }), known.inode == inode { return known }
        guard isThere else { return nil }
        return try open(creating: nil)
    }

    /// The file's number; 0 where there is none. One that can't be looked at is not taken for none:
    /// names would be given tokens that a vault has already.
    private func inode() throws -> UInt64 {
        var file = stat()
        let path = folder + "/" + PersonalVault.file.name
        guard unsafe stat(path, &file) == 0 else {
            guard errno == ENOENT else { throw fault(path, "stat") }
            return 0
        }
        return UInt64(file.st_ino)
    }

    private func open(creating key: [UInt8]?) throws -> Opened {
        var options = Environment.Options(
            readOnly: isReadOnly && key == nil, creates: key != nil)
        options.file = PersonalVault.file
        options.mapBytes = 1 << 38
        options.syncsCommits = syncsCommits
        opened.withLock { $0 = nil }
        // File and table of readers must be of one making; `replace` changes first the one, then the
        // other.
        var before = PersonalVault.inodes(folder)
        var environment = try Environment.open(at: folder, options)
        while before != PersonalVault.inodes(folder) {
            before = PersonalVault.inodes(folder)
            environment = try reopen(consume environment, options)
        }
        shareReaders()
        let tables = try VaultTables(environment)
        if let key { try register(environment, tables, key) }
        try check(environment, tables)
        let now = Opened(environment: environment, tables: tables, inode: generation)
        opened.withLock { $0 = now }
        openings.withLock { $0 += 1 }
        return now
    }

    /// Lets whoever may read the file write its table of readers, which is made anew with it: LMDB
    /// makes it for its owner alone.
    private func shareReaders() {
        var file = stat()
        var readers = stat()
        let path = folder + "/" + PersonalVault.file.readers
        guard unsafe stat(folder + "/" + PersonalVault.file.name, &file) == 0,
            unsafe stat(path, &readers) == 0, file.st_mode & 0o040 != 0,
            readers.st_mode & 0o060 != 0o060
        else { return }
        // Whoever may not change it found it good enough to write.
        unsafe chown(path, uid_t.max, file.st_gid)
        unsafe chmod(path, 0o660)
    }

    private func reopen(
        _ environment: consuming Environment, _ options: Environment.Options
    ) throws -> Environment {
        _ = consume environment
        return try Environment.open(at: folder, options)
    }

    /// The inodes of the file and of its table of readers.
    private static func inodes(_ folder: String) -> [UInt64] {
        [file.name, file.readers].map { name in
            var file = stat()
            return unsafe stat(folder + "/" + name, &file) == 0 ? UInt64(file.st_ino) : 0
        }
    }

    private func register(
        _ environment: Environment, _ tables: VaultTables, _ key: [UInt8]
    ) throws {
        let write = try environment.beginWrite()
        try write.put(tables.registry, Key("format"), VaultTables.format)
        try write.put(tables.registry, Key("origin"), Array(origin.utf8))
        try write.put(tables.registry, Key(VaultTables.digestKey), key)
        try write.commit()
    }

    private func check(_ environment: Environment, _ tables: VaultTables) throws {
        let read = try environment.beginRead()
        guard try read.copyValue(tables.registry, Key("format")) == VaultTables.format else {
            throw VaultFault.damaged(path: folder, reason: "its format is another one")
        }
        guard try read.copyValue(tables.registry, Key("origin")) == Array(origin.utf8) else {
            throw VaultFault.damaged(path: folder, reason: "it belongs to another log")
        }
    }
}

/// The tables of a vault; drawn in `Schemas/STORE.md`.
package struct VaultTables: Sendable {
    /// Format and origin.
    package let registry: Table
    /// Disclosures of names, and of texts that have a column, by number, in the order in which they
    /// came: pages are filled to the brim and written once.
    package let disclosures: Table
    /// Which rows of `disclosures` a token or a name may have: see `IndexBlock`.
    let index: Table
    /// Disclosures of other texts by sequence and place in the entry.
    package let texts: Table
    /// What the store's keeper notes: copies that were handed out, an erasure under way.
    package let notes: Table

    /// The folder of the vault.
    let path: String

    static let format = Array("rekam vault 2".utf8)
    static let digestKey = "digest_key"
    static let indexName = "index"
    static let names = ["registry", "disclosures", indexName, "texts", "notes"]
    static let rowsKey = "rows"
    static let registryKeys = ["format", "origin", digestKey, rowsKey]

    init(_ environment: Environment) throws {
        path = environment.path
        let tables = try environment.openTables(VaultTables.names)
        registry = tables[0]
        disclosures = tables[1]
        index = tables[2]
        texts = tables[3]
        notes = tables[4]
    }

    /// How many rows were ever written. An erasure takes none off, so that no number is given twice, and
    /// is one more itself, so that a vault from before it does not reach as far.
    func rowsWritten(in transaction: borrowing some Transaction & ~Copyable) throws -> UInt32 {
        try transaction.withValue(registry, Key(VaultTables.rowsKey)) { value in
            value.count == 4 ? value.littleEndian(at: 0) : 0
        } ?? 0
    }
}
