/// How a build goes about its work; none of it changes what comes out.
public struct BuildOptions: Sendable {
    /// Cores to use.
    public var threads: Int
    /// Memory that the build may take, beyond the mapped log, in bytes.
    public var memoryBudgetBytes: Int
    /// Rows gathered at a time by each worker, at most; for tests and tuning.
    public var rowsPerPartition: Int
    /// How catching up goes about it.
    public var strategy: CatchUpStrategy
    /// Asked often, on any thread: true ends the build with `ProjectionFault.interrupted`.
    public var shouldStop: @Sendable () -> Bool
    /// Told now and then, on any thread, how far the build is.
    public var progress: @Sendable (BuildProgress) -> Void

    /// Options with usual values.
    public init(
        threads: Int = 2, memoryBudgetBytes: Int = 384 << 20, rowsPerPartition: Int = 1 << 19,
        strategy: CatchUpStrategy = .cheaper,
        shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
    ) {
        precondition(threads > 0 && memoryBudgetBytes > 0 && rowsPerPartition > 0)
        self.threads = threads
        self.memoryBudgetBytes = memoryBudgetBytes
        self.rowsPerPartition = rowsPerPartition
        self.strategy = strategy
        self.shouldStop = shouldStop
        self.progress = progress
    }
}

/// How far a build is.
public struct BuildProgress: Sendable {
    /// Events whose facts are computed.
    public var eventsDone: UInt64
    /// Events there are to look at.
    public var events: UInt64

    /// A state from its parts.
    public init(eventsDone: UInt64, events: UInt64) {
        self.eventsDone = eventsDone
        self.events = events
    }
}

/// What a build or catching up did.
public struct BuildReport: Sendable {
    /// The log's entries that the projections now rest on.
    public var position: UInt32 = 0
    /// Entries read.
    public var entries: UInt64 = 0
    /// Rows of cells written.
    public var rows: UInt64 = 0
    /// Projections rebuilt from the log.
    public var rebuilt: [String] = []
    /// Projections caught up by differences, or that had nothing to catch up with.
    public var caughtUp: [String] = []
}

/// How projections catch up with the log.
public enum CatchUpStrategy: Sendable {
    /// By differences, unless the cases that the new entries touch are likely to hold a third of
    /// the log: then by a rebuild.
    case cheaper
    /// By differences, whatever they cost.
    case differences
}
