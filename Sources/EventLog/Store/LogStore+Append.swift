public import EventModel
package import LMDB
internal import Vault

extension LogStore {
    /// Records a batch, durably and in one transaction: all of it, or on an error nothing.
    ///
    /// Events that are there already are counted, not recorded again; those whose source and id
    /// another event has are refused, and so are voids that name nothing. All entries of a batch
    /// get one recording time, `clock`, or the last one where the clock runs behind it.
    ///
    /// - Parameters:
    ///   - batch: made with this store's `types`; up to about 65,000 events or 32 MiB.
    ///   - isStrict: with the first refusal nothing is recorded, and the outcome names it.
    /// - Throws: `StoreFault`, or what LMDB has to say; nothing was recorded then.
    /// - Complexity: O(events · log entries), about a microsecond each.
    @discardableResult
    public func append(
        _ batch: EventBatch, recorded clock: Instant, isStrict: Bool = false
    ) throws -> AppendOutcome {
        try append(batch, recorded: clock, isStrict: isStrict) { _, _ in }
    }

    /// Records a batch and does something else in the same transaction, so that both are there or
    /// neither is; `body` runs only when something was recorded, and sees it.
    @discardableResult
    package func append(
        _ batch: EventBatch, recorded clock: Instant, isStrict: Bool = false,
        also body: (borrowing WriteTransaction, AppendOutcome) throws -> Void
    ) throws -> AppendOutcome {
        guard !batch.rows.isEmpty else { return AppendOutcome() }
        if batch.isLogsOwn, batch.provenance.clock == nil, isClockGiven {
            var own = batch
            own.provenance.clock = Provenance.givenClock
            return try append(own, recorded: clock, isStrict: isStrict, also: body)
        }
        let transaction = try beginAppend()
        let (outcome, state) = try appender.append(
            batch, recorded: clock, isStrict: isStrict, in: transaction)
        guard outcome.accepted > 0 else { return outcome }
        do {
            try body(transaction, outcome)
        } catch {
            appender.sealing.wait()
            throw error
        }
        try appender.commitVault()
        try transaction.commit()
        try vault.endAppending()
        appender.settled(state)
        return outcome
    }

    /// Begins to append, beside a vault that holds what the log has and nothing that an append before
    /// left: its names would come back under tokens of people whom no entry knows.
    private func beginAppend() throws -> WriteTransaction {
        let transaction = try beginWrite()
        try refuseWhileErasing(transaction)
        try refuseForeignVault(transaction)
        guard try unrecorded(beside: tables.state(in: transaction)) != nil else {
            return transaction
        }
        transaction.abort()
        try dropUnrecorded()
        let next = try beginWrite()
        try refuseWhileErasing(next)
        try refuseForeignVault(next)
        return next
    }

    /// Does everything `append` does but commit, then `body`: for tests of what a crash leaves.
    package func appendAndFail(_ batch: EventBatch, _ body: () throws -> Void) throws {
        let transaction = try beginWrite()
        _ = try appender.append(batch, recorded: .earliest, isStrict: false, in: transaction)
        try appender.commitVault()
        try body()
        transaction.abort()
    }

    /// A sink for imports: a store with a clock.
    public func sink(clock: @escaping () throws -> Instant) -> LogSink {
        LogSink(store: self, clock: clock)
    }
}

/// Records batches with the time a clock gives.
public struct LogSink: EventSink {
    let store: LogStore
    let clock: () throws -> Instant
    /// Whether the clock ever ran behind the log.
    public private(set) var clockRanBehind = false

    init(store: LogStore, clock: @escaping () throws -> Instant) {
        self.store = store
        self.clock = clock
    }

    /// What would come of batches, see `Rehearsal`.
    public func rehearsal() -> (any EventSink)? { store.rehearsal() }

    /// Records a batch: see `LogStore.append`.
    public mutating func append(_ batch: EventBatch, isStrict: Bool) throws -> AppendOutcome {
        let outcome = try store.append(batch, recorded: try clock(), isStrict: isStrict)
        if outcome.clockRanBehind { clockRanBehind = true }
        return outcome
    }
}
