public import EventModel
import LMDB

/// What a log holds, in numbers.
public struct LogStatistics: Sendable {
    /// Entries.
    public var entryCount: UInt32
    /// The root over them.
    public var root: TreeHash
    /// Entries of each type that has any, in the order of type ids.
    public var types: [(type: String, count: Int)]
    /// Earliest event time; nil in an empty log.
    public var earliest: Instant?
    /// Latest event time; nil in an empty log.
    public var latest: Instant?
    /// Recording time of the last entry; nil in an empty log.
    public var lastRecorded: Instant?
    /// Cases.
    public var caseCount: Int
    /// Name ids given, those of no name and of the empty one included.
    public var nameCount: Int
    /// Entries taken out by voids.
    public var voidedCount: Int
    /// Bytes of all entries.
    public var entryBytes: Int
    /// Bytes of the whole bundles, compressed.
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
