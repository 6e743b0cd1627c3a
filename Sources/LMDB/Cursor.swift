internal import CLMDB

/// A place in a table, moved along its sorted keys.
///
///     var cursor = try transaction.cursor(table)
///     var found = try cursor.seek(Key(100))
///     while found {
///         try cursor.withEntry { key, value in … }
///         found = try cursor.move(.next)
///     }
@safe
public struct Cursor: ~Copyable {
    /// Where to move.
    public enum Move: Sendable {
        /// To the first entry of the table.
        case first
        /// To the last entry of the table.
        case last
        /// To the next entry; to the first one when standing nowhere.
        case next
        /// To the previous entry; to the last one when standing nowhere.
        case previous
    }

    private let state: TransactionState
    private let handle: OpaquePointer
    private var key = unsafe MDB_val()
    private var value = unsafe MDB_val()
    private var stands = false

    init(_ state: TransactionState, _ table: Table) throws(LMDBError) {
        state.check(table)
        var handle: OpaquePointer?
        try unsafe state.check(
            mdb_cursor_open(state.open, table.handle, &handle), "mdb_cursor_open")
        guard let handle = unsafe handle else { preconditionFailure("LMDB gave no cursor") }
        unsafe self.handle = unsafe handle
        self.state = state
    }

    deinit {
        // A write transaction frees its cursors when it ends, a read transaction does not.
        if state.isOpen || !state.isWrite { unsafe mdb_cursor_close(handle) }
    }

    /// Moves along the keys.
    ///
    /// - Returns: whether there is an entry.
    public mutating func move(_ move: Move) throws(LMDBError) -> Bool {
        switch move {
        case .first: try get(MDB_FIRST)
        case .last: try get(MDB_LAST)
        case .next: try get(MDB_NEXT)
        case .previous: try get(MDB_PREV)
        }
    }

    /// Moves to the first entry whose key is the given one or after it.
    ///
    /// - Returns: whether there is one.
    public mutating func seek(_ target: Key) throws(LMDBError) -> Bool {
        try get(MDB_SET_RANGE, target)
    }

    /// Moves to the entry of a key.
    ///
    /// - Returns: whether there is one; if not, the cursor stands nowhere.
    public mutating func seekExactly(_ target: Key) throws(LMDBError) -> Bool {
        try get(MDB_SET_KEY, target)
    }

    /// Lends the key and the value of the entry the cursor stands at; traps when it stands nowhere.
    public func withEntry<R>(_ body: (Span<UInt8>, Span<UInt8>) throws -> R) throws -> R {
        unsafe try body(Span(_unsafeBytes: unsafeKey), Span(_unsafeBytes: unsafeValue))
    }

    /// A big-endian number of the current key, at a byte offset.
    ///
    /// - Throws: `.corrupted` where the key is too short for it: a damaged page has keys of any length.
    public func keyNumber<T: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: T.Type = T.self
    ) throws(LMDBError) -> T {
        let bytes = unsafe Span<UInt8>(_unsafeBytes: unsafeKey)
        guard offset + MemoryLayout<T>.size <= bytes.count else {
            throw LMDBError(
                path: state.environment.path, call: "mdb_cursor_get", code: MDB_CORRUPTED)
        }
        return bytes.bigEndian(at: offset)
    }

    /// The current key in place: valid until the cursor moves or the table is written.
    @unsafe
    package var unsafeKey: UnsafeRawBufferPointer {
        precondition(stands && state.isOpen, "the cursor stands at no entry")
        return unsafe key.bytes
    }

    /// The current value in place: valid as long as `Transaction.unsafeValue(_:_:)` says.
    @unsafe
    package var unsafeValue: UnsafeRawBufferPointer {
        get throws(LMDBError) {
            precondition(stands && state.isOpen, "the cursor stands at no entry")
            try unsafe state.checkExtent(value, "mdb_cursor_get")
            return unsafe value.bytes
        }
    }

    /// Takes the current entry out; `move(.next)` then leads to the one after it.
    public mutating func delete() throws(LMDBError) {
        precondition(stands && state.isWrite, "only a standing cursor that writes can delete")
        stands = false
        try unsafe state.checkWrite(guarded_mdb_cursor_del(handle), "mdb_cursor_del")
    }

    private mutating func get(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
        precondition(state.isOpen, "the transaction has ended")
        let code = unsafe guarded_mdb_cursor_get(handle, &key, &value, operation)
        return try arrived(code)
    }

    private mutating func get(_ operation: MDB_cursor_op, _ target: Key) throws(LMDBError) -> Bool {
        precondition(state.isOpen, "the transaction has ended")
        var found = unsafe MDB_val()
        var value = unsafe MDB_val()
        let cursor = unsafe handle
        let code = unsafe target.withBytes { bytes in
            unsafe found = unsafe MDB_val(bytes)
            return unsafe guarded_mdb_cursor_get(cursor, &found, &value, operation)
        }
        unsafe self.key = unsafe found
        unsafe self.value = unsafe value
        return try arrived(code)
    }

    private mutating func arrived(_ code: Int32) throws(LMDBError) -> Bool {
        stands = code == 0
        if code == MDB_NOTFOUND { return false }
        try state.check(code, "mdb_cursor_get")
        guard unsafe key.mv_size <= Key.maximumBytes else {
            stands = false
            throw LMDBError(
                path: state.environment.path, call: "mdb_cursor_get", code: MDB_CORRUPTED)
        }
        return true
    }
}
