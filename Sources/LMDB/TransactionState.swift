internal import CLMDB
internal import Glibc
internal import Synchronization

/// The inside of a transaction.
@safe
public final class TransactionState {
    let environment: Environment
    let isWrite: Bool
    private(set) var handle: OpaquePointer?
    /// Bytes handed over for writing so far, keys and page rounding included.
    var bytesWritten = 0
    /// Set when a value was left half filled: such a transaction must not commit.
    var isSpoiled = false
    private var held: WriterLock?

    init(_ environment: Environment, write: Bool) throws(LMDBError) {
        self.environment = environment
        isWrite = write
        var handle: OpaquePointer?
        let flags = write ? 0 : UInt32(MDB_RDONLY)
        let code = unsafe mdb_txn_begin(environment.handle, nil, flags, &handle)
        guard code == 0 else {
            // A reader takes its slot by a lock at the offset of its process's number.
            guard write || code != EAGAIN && code != EACCES else {
                throw LMDBError(
                    .sameProcessNumber, path: environment.path, call: "mdb_txn_begin", code: code)
            }
            throw LMDBError(path: environment.path, call: "mdb_txn_begin", code: code)
        }
        unsafe self.handle = unsafe handle
    }

    deinit { abort() }

    /// Takes the writer's lock along, to be given back when the transaction ends.
    func hold(_ lock: WriterLock) { held = lock }

    /// The handle of a transaction that has not ended.
    var open: OpaquePointer {
        guard let handle = unsafe handle else { preconditionFailure("the transaction has ended") }
        return unsafe handle
    }

    var isOpen: Bool { unsafe handle != nil }

    func abort() {
        defer { release() }
        guard let ending = unsafe handle else { return }
        unsafe handle = nil
        unsafe mdb_txn_abort(ending)
    }

    func commit() throws(LMDBError) {
        defer { release() }
        let ending = unsafe open
        unsafe handle = nil
        try unsafe checkWrite(guarded_mdb_commit(ending), "mdb_txn_commit")
    }

    private func release() {
        held?.release()
        held = nil
    }

    func check(_ table: Table) {
        precondition(
            table.environmentIdentity == environment.identity,
            "table \(table.name) belongs to another environment")
    }

    func check(_ code: Int32, _ call: String) throws(LMDBError) {
        try environment.check(code, call)
    }

    /// Checks what a writing call came to. When LMDB found the file damaged half-way, nothing can
    /// be said of the transaction's inside any more: it is left as it is, uncommitted, and its
    /// environment writes no more.
    func checkWrite(_ code: Int32, _ call: String) throws(LMDBError) {
        if code == MDB_PANIC {
            unsafe handle = nil
            environment.isBroken.store(true, ordering: .relaxed)
            release()
        }
        try environment.check(code, call)
    }

    /// Checks that a value lies as LMDB would have laid it, so that a damaged length is noticed
    /// before anybody reads that far.
    func checkExtent(_ value: MDB_val, _ call: String) throws(LMDBError) {
        let size = unsafe value.mv_size
        // Up to here a value can lie in a leaf; longer ones have pages of their own.
        guard size > 2029, let start = unsafe value.mv_data else { return }
        let flags = unsafe start.loadUnaligned(fromByteOffset: -6, as: UInt16.self)
        let pages = unsafe start.loadUnaligned(fromByteOffset: -4, as: UInt32.self)
        guard flags & TransactionState.overflowPage != 0, Int(pages) == (size + 16 + 4095) / 4096
        else { throw LMDBError(path: environment.path, call: call, code: MDB_CORRUPTED) }
    }

    private static let overflowPage: UInt16 = 0x04

    /// The value of a key, in place; nil when there is none.
    func find(_ table: Table, _ key: Key) throws(LMDBError) -> UnsafeRawBufferPointer? {
        check(table)
        var value = unsafe MDB_val()
        let code = unsafe key.withBytes { bytes in
            var key = unsafe MDB_val(bytes)
            return unsafe guarded_mdb_get(open, table.handle, &key, &value)
        }
        if code == MDB_NOTFOUND { return nil }
        try check(code, "mdb_get")
        try unsafe checkExtent(value, "mdb_get")
        return unsafe value.bytes
    }
}
