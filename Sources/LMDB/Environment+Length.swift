internal import CLMDB
internal import Glibc

extension Environment {
    /// Sees to it that the data file is as long as its pages say, so that reading a page never
    /// runs into the end of the file (which would end the process with SIGBUS).
    ///
    /// A file can be shorter than its pages without harm: pages at the end that were taken and
    /// freed in one transaction are never written. But it can also have been cut. It is made long
    /// enough with zeros, and then everything that tables refer to must lie before its old end; a
    /// file that was cut gets its old end back, so that whoever comes next is told, too. All that
    /// happens while nobody can write: what a writer adds is never taken for what was cut, nor away.
    func checkLength() throws(LMDBError) {
        guard try shortage() != nil else { return }
        // Who may only read meets the end, if at all, where nothing is left to be read. So does who
        // comes beside a writer, which looked when it began.
        let lock = unsafe Glibc.open(
            path + "/" + file.writerLock, O_RDONLY | O_CREAT | O_CLOEXEC, mode_t(0o600))
        guard lock >= 0 else { return }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return }
        let writable = unsafe Glibc.open(path + "/" + file.name, O_RDWR | O_CLOEXEC)
        guard writable >= 0 else { return }
        defer { close(writable) }
        guard let (length, needed) = try shortage(),
            guarded_mdb_lengthen(writable, needed) == 0
        else { return }
        do throws(LMDBError) {
            try checkReferences(before: length)
        } catch {
            ftruncate(writable, length)
            throw error
        }
    }

    /// The data file's length and that of its pages, where it is shorter.
    private func shortage() throws(LMDBError) -> (length: Int, needed: Int)? {
        let needed = try usedFileBytes()
        var descriptor: Int32 = -1
        try unsafe check(mdb_env_get_fd(handle, &descriptor), "mdb_env_get_fd")
        var file = stat()
        guard unsafe fstat(descriptor, &file) == 0 else {
            throw LMDBError(path: path, call: "fstat", code: errno)
        }
        return Int(file.st_size) < needed ? (Int(file.st_size), needed) : nil
    }

    /// Walks every table; long values tell the page they begin at.
    private func checkReferences(before length: Int) throws(LMDBError) {
        let read = try ReadTransaction(self)
        for name in try tableNames(read.state) {
            let table = try open(name, in: read.state, creating: false)
            guard let table else { continue }
            var cursor = try Cursor(read.state, table)
            while try cursor.move(.next) {
                let value = unsafe try cursor.unsafeValue
                guard value.count > 2029, let start = value.baseAddress else { continue }
                let page = unsafe (start - 16).loadUnaligned(as: UInt.self)
                guard page < UInt(length) / 4096, Int(page) * 4096 + 16 + value.count <= length
                else {
                    throw LMDBError(path: path, call: "fstat", code: MDB_CORRUPTED)
                }
            }
        }
    }

    /// The names of all tables.
    func tableNames(_ state: TransactionState) throws(LMDBError) -> [String] {
        var main: MDB_dbi = 0
        try unsafe check(mdb_dbi_open(state.open, nil, 0, &main), "mdb_dbi_open")
        let table = Table(name: "", handle: main, environmentIdentity: identity)
        var cursor = try Cursor(state, table)
        var names: [String] = []
        while try cursor.move(.next) {
            names.append(unsafe String(decoding: cursor.unsafeKey, as: UTF8.self))
        }
        return names
    }
}
