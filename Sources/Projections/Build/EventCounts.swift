public import Definitions
import EventLog
import EventModel

/// What became of the log's entries in a projection.
public struct EventCounts: Hashable, Sendable {
    /// Entries read.
    public var read = 0
    /// Events that it looks at: of a type it reads, with fields that it looks for.
    public var applied = 0
    /// Events taken out by an `event.voided`.
    public var voided = 0
    /// Entries it has no use for, by type; most first.
    public var ignored: [(type: String, count: Int)] = []

    /// Whether all numbers are equal.
    public static func == (left: EventCounts, right: EventCounts) -> Bool {
        left.read == right.read && left.applied == right.applied && left.voided == right.voided
            && left.ignored.elementsEqual(right.ignored, by: ==)
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(read)
        hasher.combine(applied)
        hasher.combine(voided)
    }
}

extension ProjectionStore {
    /// Counts what became of the log's first so many entries in a projection, by reading the
    /// columns it tests.
    ///
    /// - Complexity: O(entries of the types it reads + segments).
    public func counts(
        _ definition: ProjectionDefinition, context: BuildContext, upTo: UInt32
    ) throws -> EventCounts {
        let (plans, count) = try prepare([definition], context: context)
        let end = min(upTo, count)
        let typeCount = EventTypes.most
        var counts = EventCounts()
        counts.read = Int(end)
        var ignored = [Int](repeating: 0, count: typeCount)
        let voids = try log.read { try $0.voids() }
        var voided = Set(voids.filter { $0.by < end }.map(\.voided))
        voided = voided.filter { $0 < end }
        counts.voided = voided.count
        // Short read transactions: a million entries each.
        let stretch = UInt32(1) << 20
        var first: UInt32 = 0
        while first < end {
            let last = min(end, first + min(stretch, end - first))
            try log.read { view in
                var counter = RowCounter(
                    tables: plans[0].rows, typeCount: typeCount, looked: plans[0].lookedBits(of: 0),
                    voided: voided)
                for segment in try view.segments(covering: first..<last) {
                    counter.count(segment, first..<last)
                }
                counts.applied += counter.applied
                for type in ignored.indices { ignored[type] += counter.ignored[type] }
            }
            first = last
        }
        counts.ignored = context.types.schemas.enumerated().filter { ignored[$0.offset] > 0 }.map {
            ($0.element.type, ignored[$0.offset])
        }.sorted { ($1.count, $0.type) < ($0.count, $1.type) }
        return counts
    }
}
