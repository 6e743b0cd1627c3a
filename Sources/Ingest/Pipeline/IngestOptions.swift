public import EventModel

/// How an input is read.
public struct IngestOptions: Sendable {
    /// Whether the first refusal ends the run; the batches before it stay.
    public var isStrict = false
    /// Threads that parse; the log is written on the caller's own.
    public var parsers = 2
    /// Bytes read at a time; also what a piece of parsing work is.
    public var chunkBytes = 512 << 10
    /// Chunks on their way at a time, at least: what is read and parsed while the log commits.
    public var chunksInFlight = 40
    /// Events of a batch, at most: as many as a whole column segment of the log has, so that each
    /// segment is written once. After a batch that ended elsewhere a shorter one follows.
    public var batchEvents = 65_536
    /// Bytes of input in a batch, about.
    public var batchBytes = 32 << 20
    /// Makes 16 bytes of a text, for the ids of rows that state none: under a key, so that nobody can try
    /// names against them. Nil, as without a store: by fingerprints.
    public var privateDigest: (@Sendable (_ text: [UInt8]) -> [UInt8])?
    /// How long events of a slow stream wait for others, in milliseconds.
    public var longestWaitMilliseconds = 1000

    /// The usual ones.
    public init() {}
}

/// How far a run is.
public struct IngestProgress: Sendable, Equatable {
    /// Lines or rows taken from the input and done with.
    public var lines = 0
    /// Bytes read from the input as it is stored, before decompression.
    public var storedBytes = 0
    /// Events recorded.
    public var accepted = 0
    /// Events that were there already.
    public var duplicates = 0
    /// Lines or events refused.
    public var refused = 0

    /// Nothing yet.
    public init() {}
}

/// Refusals of one kind.
public struct RefusalGroup: Sendable, Equatable {
    /// How many.
    public var count: Int
    /// The first of them, with its line and value.
    public var first: Rejection

    /// A group from its parts.
    public init(count: Int, first: Rejection) {
        self.count = count
        self.first = first
    }
}

/// What came of a run.
public struct IngestOutcome: Sendable {
    /// Counts of lines and events.
    public var counts = IngestProgress()
    /// Refusals by problem, the most frequent first, then by line.
    public var refusals: [RefusalGroup] = []
    /// What was accepted, but is doubtful: ids, subjects and sources that look like phone numbers or
    /// addresses, and times that could be read in two ways.
    public var doubts: [DoubtGroup] = []
    /// Sequences recorded, ascending, neighbours joined.
    public var sequences: [Range<UInt32>] = []
    /// Whether a refusal ended the run (`IngestOptions.isStrict`).
    public var isStopped = false
    /// Whether the run was ended since none of so many first lines was an event.
    public var isForeign = false
    /// Whether the run was cancelled; what was read by then is recorded.
    public var isCancelled = false
    /// Whether the clock ran behind the log's, see `AppendOutcome`.
    public var clockRanBehind = false
    /// Why the input could not be read to its end; what came before is recorded.
    public var inputFault: (any Error)?

    /// Nothing yet.
    public init() {}
}

/// Takes a refused line or row as it stood in the input, with what is wrong with it.
public typealias RejectWriter = (Rejection, Span<UInt8>) throws -> Void
