internal import CLMDB
internal import Glibc
internal import Synchronization

/// A transaction that writes: everything or nothing. Letting the value go without `commit()`
/// takes all of it back.
///
/// Dirty pages live in memory until the commit: keep `bytesWritten` below 64 MiB.
public struct WriteTransaction: ~Copyable, Transaction {
    /// The transaction's inside, for this module alone.
    public let state: TransactionState
    private let thread: UInt

    init(_ environment: Environment, waitAtMost wait: Duration) throws(LMDBError) {
        guard let lock = environment.writerLock else {
            throw LMDBError(.readOnly, path: environment.path, call: "beginWrite", code: EROFS)
        }
        guard !environment.isBroken.load(ordering: .relaxed) else {
            throw LMDBError(path: environment.path, call: "beginWrite", code: MDB_PANIC)
        }
        try lock.acquire(waitingAtMost: wait, path: environment.path)
        do throws(LMDBError) {
            try WriteTransaction.requireSoundFreeList(of: environment)
            state = try TransactionState(environment, write: true)
        } catch {
            lock.release()
            throw error
        }
        state.hold(lock)
        thread = UInt(pthread_self())
    }

    /// Before a process writes for the first time; with the writer's lock held.
    private static func requireSoundFreeList(of environment: Environment) throws(LMDBError) {
        guard !environment.hasSoundFreeList.load(ordering: .relaxed) else { return }
        do {
            try PageWalk.checkFreeList(folder: environment.path, file: environment.file)
        } catch let error as LMDBError {
            throw error
        } catch {
            throw LMDBError(
                path: environment.path, call: "\(error)", code: MDB_CORRUPTED)
        }
        environment.hasSoundFreeList.store(true, ordering: .relaxed)
    }

    deinit {
        if state.isOpen { checkThread() }
        state.abort()
    }

    private func checkThread() {
        precondition(
            thread == UInt(pthread_self()), "a write transaction stays on the thread that began it")
    }

    /// Makes everything written durable and visible to transactions begun from now on, then
    /// pauses for 0.2 ms, so that another writer gets its turn.
    ///
    /// - Throws: what kept it from the disk; then nothing of it was kept.
    public consuming func commit() throws(LMDBError) {
        checkThread()
        precondition(!state.isSpoiled, "a value was left half filled; this must not be committed")
        try state.commit()
        WriterLock.pauseAfterCommit()
    }

    /// Takes everything back; the same as letting the value go.
    public consuming func abort() {}

    /// About how many bytes were handed over for writing so far, rounded up to pages for long
    /// values; pages touched for short values are not known, so that the true number can be more.
    public var bytesWritten: Int { state.bytesWritten }

    /// Sets a key's value, in place of any earlier one.
    public func put(_ table: Table, _ key: Key, _ value: Span<UInt8>) throws(LMDBError) {
        unsafe try value.withUnsafeBytes { bytes throws(LMDBError) in
            var value = unsafe MDB_val(bytes)
            unsafe try put(table, key, &value, flags: 0)
        }
    }

    /// Sets a key's value to a copy of bytes.
    public func put(_ table: Table, _ key: Key, _ value: [UInt8]) throws(LMDBError) {
        try put(table, key, value.span)
    }

    /// Sets a key's value by filling it in place; it starts as zeros.
    ///
    /// When the closure throws, the transaction can only be taken back.
    public func put(
        _ table: Table, _ key: Key, byteCount: Int, fill: (inout MutableRawSpan) throws -> Void
    ) throws {
        var value = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
        unsafe try put(table, key, &value, flags: UInt32(MDB_RESERVE))
        guard let start = unsafe value.mv_data else { preconditionFailure("LMDB gave no room") }
        unsafe memset(start, 0, byteCount)
        state.isSpoiled = true
        var span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: byteCount)
        try fill(&span)
        state.isSpoiled = false
    }

    /// Sets a value unless the key has one.
    ///
    /// - Returns: whether it was set.
    public func insert(
        _ table: Table, _ key: Key, _ value: Span<UInt8>
    ) throws(LMDBError) -> Bool {
        if try contains(table, key) { return false }
        try put(table, key, value)
        return true
    }

    /// Takes an entry out.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func delete(_ table: Table, _ key: Key) throws(LMDBError) -> Bool {
        state.check(table)
        let code = unsafe key.withBytes { bytes in
            var key = unsafe MDB_val(bytes)
            return unsafe guarded_mdb_del(state.open, table.handle, &key)
        }
        if code == MDB_NOTFOUND { return false }
        try state.checkWrite(code, "mdb_del")
        return true
    }

    /// Takes every entry of a table out.
    ///
    /// - Complexity: O(pages).
    public func deleteAll(_ table: Table) throws(LMDBError) {
        state.check(table)
        try unsafe state.checkWrite(guarded_mdb_drop(state.open, table.handle), "mdb_drop")
    }

    /// Sets the value of a key that comes after all there are: pages are then filled to the brim.
    package func append(_ table: Table, _ key: Key, _ value: Span<UInt8>) throws(LMDBError) {
        state.check(table)
        let code = unsafe key.withBytes { key in
            unsafe value.withUnsafeBytes { value in
                var key = unsafe MDB_val(key)
                var value = unsafe MDB_val(value)
                return unsafe guarded_mdb_put(
                    state.open, table.handle, &key, &value, UInt32(MDB_APPEND))
            }
        }
        try state.checkWrite(code, "mdb_put")
        count(value.count)
    }

    /// The same with key and value in raw memory.
    @unsafe
    func putLast(
        _ table: Table, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(LMDBError) {
        state.check(table)
        var key = unsafe MDB_val(key)
        var found = unsafe MDB_val(value)
        let code = unsafe guarded_mdb_put(
            state.open, table.handle, &key, &found, UInt32(MDB_APPEND))
        try state.checkWrite(code, "mdb_put")
        count(value.count)
    }

    private func put(
        _ table: Table, _ key: Key, _ value: inout MDB_val, flags: UInt32
    ) throws(LMDBError) {
        state.check(table)
        let size = unsafe value.mv_size
        let code = unsafe key.withBytes { bytes in
            var key = unsafe MDB_val(bytes)
            return unsafe guarded_mdb_put(state.open, table.handle, &key, &value, flags)
        }
        try state.checkWrite(code, "mdb_put")
        count(size)
    }

    private func count(_ bytes: Int) {
        state.bytesWritten += bytes > 2000 ? (bytes + 16 + 4095) & ~4095 : bytes + 32
    }
}
