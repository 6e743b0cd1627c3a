internal import CLMDB

extension Environment {
    /// Opens tables by name, making those that do not exist yet, in one transaction.
    ///
    /// A table is usable by the transactions begun after it was opened, so open all of them first.
    ///
    /// - Throws: `.missing` when the store is open for reading and a table is not there.
    public func openTables(_ names: [String]) throws(LMDBError) -> [Table] {
        var known = tables.withLock { $0 }
        if names.contains(where: { known[$0] == nil }) {
            try openMissing(names.filter { known[$0] == nil }, into: &known)
        }
        var opened: [Table] = []
        for name in names {
            guard let table = known[name] else {
                throw LMDBError(path: path, call: "mdb_dbi_open(\(name))", code: MDB_INVALID)
            }
            opened.append(table)
        }
        return opened
    }

    /// The names of all tables there are, whoever made them.
    public func tableNames() throws(LMDBError) -> [String] {
        let read = try beginRead()
        let names = try tableNames(read.state)
        read.end()
        return names
    }

    /// Opens one table by name: see `openTables(_:)`.
    public func openTable(_ name: String) throws(LMDBError) -> Table {
        try openTables([name])[0]
    }

    private func openMissing(
        _ names: [String], into known: inout [String: Table]
    ) throws(LMDBError) {
        // First without writing: most opens find every table there.
        let lacking = try tables.withLock { tables throws(LMDBError) -> [String] in
            var lacking: [String] = []
            let read = try ReadTransaction(self)
            for name in names where tables[name] == nil {
                if let table = try open(name, in: read.state, creating: false) {
                    tables[name] = table
                } else {
                    lacking.append(name)
                }
            }
            // Handles stay open only when the transaction that opened them commits.
            try read.state.commit()
            return lacking
        }
        if !lacking.isEmpty {
            guard !isReadOnly else {
                throw LMDBError(
                    path: path, call: "mdb_dbi_open(\(lacking[0]))", code: MDB_INVALID)
            }
            let write = try beginWrite()
            var made: [Table] = []
            for name in lacking {
                if let table = try open(name, in: write.state, creating: true) {
                    made.append(table)
                }
            }
            try write.commit()
            tables.withLock { tables in
                for table in made { tables[table.name] = table }
            }
        }
        known = tables.withLock { $0 }
    }

    func open(
        _ name: String, in state: TransactionState, creating: Bool
    ) throws(LMDBError) -> Table? {
        var handle: MDB_dbi = 0
        let flags = creating ? UInt32(MDB_CREATE) : 0
        let code = unsafe mdb_dbi_open(state.open, name, flags, &handle)
        if code == MDB_NOTFOUND, !creating { return nil }
        try check(code, "mdb_dbi_open(\(name))")
        return Table(name: name, handle: handle, environmentIdentity: identity)
    }
}
