internal import CLMDB
internal import Glibc

extension Environment {
    /// Sees to it that the data file is as long as its pages say, so that reading a page never
    /// runs into the end of the file (which would end the process with SIGBUS).
    ///
    /// A file can be shorter than its pages without harm: pages at the end that were taken and
    /// freed in one transaction are never written. But it can also have been cut. It is made long
    /// enough with zeros, and then everything that tables refer to must lie before its old end.
    func checkLength() throws(LMDBError) {
        let needed = try usedFileBytes()
        var descriptor: Int32 = -1
        try unsafe check(mdb_env_get_fd(handle, &descriptor), "mdb_env_get_fd")
        var file = stat()
        guard unsafe fstat(descriptor, &file) == 0 else {
            throw LMDBError(path: path, call: "fstat", code: errno)
        }
        let length = Int(file.st_size)
        guard length < needed else { return }
        let writable = unsafe Glibc.open(path + "/data.mdb", O_RDWR | O_CLOEXEC)
        // Who may only read meets the end, if at all, where nothing is left to be read.
        guard writable >= 0 else { return }
        defer { close(writable) }
        // Never shortens a file that another process is lengthening, and changes nothing in it.
        guard guarded_mdb_lengthen(writable, needed) == 0 else { return }
        do throws(LMDBError) {
            try checkReferences(before: length)
        } catch {
            ftruncate(writable, length)
            throw error
        }
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
