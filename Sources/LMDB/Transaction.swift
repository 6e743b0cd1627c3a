internal import CLMDB

/// What a read and a write transaction share: a view of the store at one moment.
///
/// Bytes are lent to closures, never copied unless a `copy…` call asks for it. What a read
/// transaction lends could be read until it ends; in a write transaction a value stays in place
/// until that very value is overwritten or deleted, or the transaction ends.
public protocol Transaction: ~Copyable {
    /// The transaction's inside, for this module alone.
    var state: TransactionState { get }
}

extension MDB_val {
    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.init(
            mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
    }
}

extension Transaction where Self: ~Copyable {
    /// Lends a key's value to a closure; nil when there is none.
    ///
    /// - Complexity: O(log entries).
    public func withValue<R>(
        _ table: Table, _ key: Key, _ body: (Span<UInt8>) throws -> R
    ) throws -> R? {
        guard let value = unsafe try state.find(table, key) else { return nil }
        return try unsafe body(Span(_unsafeBytes: value))
    }

    /// A copy of a key's value; nil when there is none.
    public func copyValue(_ table: Table, _ key: Key) throws(LMDBError) -> [UInt8]? {
        guard let value = unsafe try state.find(table, key) else { return nil }
        return unsafe [UInt8](value)
    }

    /// Whether a key has a value.
    public func contains(_ table: Table, _ key: Key) throws(LMDBError) -> Bool {
        unsafe try state.find(table, key) != nil
    }

    /// A key's value in place, for readers that keep the address: valid until the transaction
    /// ends or, in a write transaction, until this value is overwritten or deleted.
    ///
    /// Values longer than about 2,000 bytes start 16 bytes after a page boundary; shorter ones
    /// may lie at any even address.
    @unsafe
    package func unsafeValue(
        _ table: Table, _ key: Key
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        unsafe try state.find(table, key)
    }

    /// The number of entries.
    ///
    /// - Complexity: O(1).
    public func count(of table: Table) throws(LMDBError) -> Int {
        try statistics(of: table).entries
    }

    /// The size of a table.
    ///
    /// - Complexity: O(1).
    public func statistics(of table: Table) throws(LMDBError) -> TableStatistics {
        state.check(table)
        var stat = MDB_stat()
        try unsafe state.check(mdb_stat(state.open, table.handle, &stat), "mdb_stat")
        return TableStatistics(
            depth: Int(stat.ms_depth), branchPages: stat.ms_branch_pages,
            leafPages: stat.ms_leaf_pages, overflowPages: stat.ms_overflow_pages,
            entries: stat.ms_entries)
    }

    /// A cursor over a table, standing nowhere yet.
    public func cursor(_ table: Table) throws(LMDBError) -> Cursor { try Cursor(state, table) }
}

/// A view of the store at one moment, for reading; it ends when the value goes away.
public struct ReadTransaction: ~Copyable, Transaction {
    /// The transaction's inside, for this module alone.
    public let state: TransactionState

    init(_ environment: Environment) throws(LMDBError) {
        state = try TransactionState(environment, write: false)
    }

    deinit { state.abort() }

    /// Ends the view; the same as letting the value go.
    public consuming func end() {}
}
