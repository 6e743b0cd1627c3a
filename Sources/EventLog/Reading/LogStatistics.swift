public import EventModel
import LMDB

/// What a log holds, in numbers.
public struct LogStatistics: Sendable {
    /// Entries, and the root over them.
    public var entryCount: UInt32
    public var root: TreeHash
    /// Entries of each type that has any, in the order of type ids.
    public var types: [(type: String, count: Int)]
    /// Earliest and latest event time, and the last recording time; nil in an empty log.
    public var earliest: Instant?
    public var latest: Instant?
    public var lastRecorded: Instant?
    /// Cases, names, and entries taken out by voids.
    public var caseCount: Int
    public var nameCount: Int
    public var voidedCount: Int
    /// Bytes of all entries, and of their bundles.
    public var entryBytes: Int
    public var bundleBytes: Int
    /// The store's tables, with their bytes on disk.
    public var tables: [(name: String, bytes: Int)]
}

extension LogView {
    /// What the log holds, in numbers.
    ///
    /// - Complexity: O(types + tables).
    public func statistics() throws -> LogStatistics {
        let isEmpty = entryCount == 0
        return LogStatistics(
            entryCount: entryCount, root: state.root,
            types: zip(types.schemas, state.typeCounts).filter { $1 > 0 }.map {
                ($0.type, Int($1))
            },
            earliest: isEmpty ? nil : state.earliestTime,
            latest: isEmpty ? nil : state.latestTime, lastRecorded: lastRecorded,
            caseCount: caseCount, nameCount: nameCount, voidedCount: Int(state.voidedCount),
            entryBytes: Int(state.entryBytes), bundleBytes: Int(state.bundleBytes),
            tables: try tables.all.map { table in
                (table.name, try transaction.statistics(of: table).bytes)
            })
    }
}
