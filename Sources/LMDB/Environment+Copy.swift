internal import CLMDB
internal import Glibc

extension Environment {
    /// Writes a consistent copy of the store, as it is now, into a folder that holds no store yet:
    /// every table entry by entry, in order and packed, so that free pages stay behind. The copy is
    /// durable when this returns, and the folder has no file of it but that one.
    ///
    /// Commits go on meanwhile; the pages they free are used again only after the copy, so that the
    /// store grows by about what is written meanwhile. Entries are read with the same care as
    /// elsewhere: a damaged page is an error, never the end of the process.
    ///
    /// - Parameters:
    ///   - progress: told how many bytes were copied so far, about every 32 MiB; what it throws ends
    ///     the copy.
    ///   - keeps: told table, key and value of every entry: whether it goes into the copy. What it
    ///     refuses is nowhere in the copy, in no page and in no gap of one.
    /// - Throws: `.alreadyOpen`, or what the file system and LMDB have to say; what was written so
    ///   far is then left for the caller to remove.
    /// - Complexity: O(bytes in use).
    public func copy(
        toFolder folder: String, progress: (_ bytes: Int) throws -> Void = { _ in },
        keeping keeps: (_ table: String, Span<UInt8>, Span<UInt8>) throws -> Bool = { _, _, _ in
            true
        }
    ) throws {
        var there = stat()
        guard unsafe stat(folder + "/" + file.name, &there) != 0 else {
            throw LMDBError(path: folder, call: "stat", code: EEXIST)
        }
        do {
            var options = Options(creates: true)
            options.file = file
            options.syncsCommits = false
            let target = try Environment.open(at: folder, options)
            let read = try beginRead()
            var bytes = 0
            for name in try tableNames(read.state) {
                guard let source = try open(name, in: read.state, creating: false) else {
                    throw LMDBError(path: path, call: "mdb_dbi_open(\(name))", code: MDB_CORRUPTED)
                }
                let table = try target.openTable(name)
                try copy(source, of: read, to: table, of: target, &bytes, keeps, progress)
            }
            read.end()
            try target.sync()
        }
        // Made by opening; nobody needs them in a copy that nobody has open.
        for name in [file.readers, file.writerLock] { unsafe unlink(folder + "/" + name) }
    }

    /// Dirty pages that a transaction of a copy may hold.
    private static let copySliceBytes = 32 << 20

    private func copy(
        _ source: Table, of read: borrowing ReadTransaction, to table: Table,
        of target: Environment, _ bytes: inout Int,
        _ keeps: (String, Span<UInt8>, Span<UInt8>) throws -> Bool,
        _ progress: (Int) throws -> Void
    ) throws {
        var cursor = try read.cursor(source)
        var write = try target.beginWrite()
        var stands = try cursor.move(.first)
        while stands {
            let (key, value) = unsafe (cursor.unsafeKey, try cursor.unsafeValue)
            if unsafe try keeps(source.name, Span(_unsafeBytes: key), Span(_unsafeBytes: value)) {
                unsafe try write.putLast(table, key, value)
            }
            if write.bytesWritten >= Self.copySliceBytes {
                bytes += write.bytesWritten
                try write.commit()
                try progress(bytes)
                write = try target.beginWrite()
            }
            stands = try cursor.move(.next)
        }
        bytes += write.bytesWritten
        try write.commit()
        try progress(bytes)
    }
}
