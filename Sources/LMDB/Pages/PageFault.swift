/// The first thing found in a data file that LMDB would not have written.
public struct PageFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The page's number; nil where the file as a whole is meant.
    public var page: UInt64?
    /// The table it belongs to: `free list` and `list of tables` are LMDB's own.
    public var table: String
    /// What is wrong.
    public var problem: String

    /// For example `page 1203 (table segments): it is no leaf`.
    public var description: String {
        guard let page else { return "data.mdb: \(problem)" }
        return "data.mdb page \(page) (\(table)): \(problem)"
    }
}

/// What a page walk counted.
public struct PageCensus: Hashable, Sendable {
    /// Bytes of a page.
    public var pageBytes = 0
    /// Pages in use: the two first, and those of the tables.
    public var live: UInt64 = 0
    /// Pages on the free list.
    public var free: UInt64 = 0
    /// The transaction whose state was walked.
    public var transaction: UInt64 = 0
}
