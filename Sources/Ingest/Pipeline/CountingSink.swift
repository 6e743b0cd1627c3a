public import EventModel

/// A sink for dry runs: records nothing, hands each batch to a closure that may print it.
public struct CountingSink: EventSink {
    /// Events taken.
    public private(set) var count = 0
    private let see: (EventBatch) throws -> Void

    /// A sink that shows its batches to a closure.
    public init(_ see: @escaping (EventBatch) throws -> Void = { _ in }) { self.see = see }

    /// Counts a batch's events as accepted.
    public mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        try see(batch)
        count += batch.rows.count
        var outcome = AppendOutcome()
        outcome.accepted = batch.rows.count
        return outcome
    }
}
