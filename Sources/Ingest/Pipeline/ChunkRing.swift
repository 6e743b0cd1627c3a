internal import Dispatch
internal import EventModel
internal import Synchronization

/// One chunk on its way from the reader through a parser to the consumer. Its fields belong to
/// whoever was signalled last; the semaphores hand it on.
final class Chunk: @unchecked Sendable {
    /// Signalled when the consumer is done with it: the reader's turn.
    let free = DispatchSemaphore(value: 0)
    /// Signalled when it holds input: a parser's turn.
    let filled = DispatchSemaphore(value: 0)
    /// Signalled when its piece is made: the consumer's turn.
    let parsed = DispatchSemaphore(value: 0)

    /// Whole lines, then padding.
    var bytes: [UInt8] = []
    /// Bytes of input in `bytes`.
    var count = 0
    /// Whether there is no more input; then there is nothing in it, but perhaps a fault.
    var isEnd = false
    var fault: (any Error)?
    /// Bytes taken from the input so far, as it is stored.
    var storedBytes = 0
    var piece = ParsedPiece()
}

/// The chunks of one run, used in turn, and the threads that fill and parse them.
final class ChunkRing: Sendable {
    let chunks: [Chunk]
    let parsers: Int
    private let tickets = Atomic(0)
    /// Chunks filled that no parser has taken yet: with none, the reader hands on what it has.
    private let waiting = Atomic(0)
    private let isStopping = Atomic(false)

    init(chunks count: Int, parsers: Int) {
        chunks = (0..<max(count, parsers + 2)).map { _ in Chunk() }
        self.parsers = parsers
        for chunk in chunks { chunk.free.signal() }
    }

    subscript(number: Int) -> Chunk { chunks[number % chunks.count] }

    /// Whether the parsers have nothing to do.
    var isHungry: Bool { waiting.load(ordering: .relaxed) <= 0 }

    var shouldStop: Bool { isStopping.load(ordering: .relaxed) }

    /// Tells the reader to end.
    func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Called by the reader when it has filled a chunk.
    func handOn(_ chunk: Chunk) {
        waiting.wrappingAdd(1, ordering: .relaxed)
        chunk.filled.signal()
    }

    /// Runs some work on a thread of its own.
    func start(_ name: String, _ work: @escaping @Sendable () -> Void) {
        // A serial queue of its own always gets a thread, however few cores there are.
        DispatchQueue(label: "rekam.ingest." + name).async(execute: work)
    }

    /// Parses chunks until the input ends; one of several threads that take turns.
    func parseAll(_ types: EventTypes) {
        var parser = EventParser(types)
        while true {
            let chunk = self[tickets.wrappingAdd(1, ordering: .relaxed).oldValue]
            chunk.filled.wait()
            waiting.wrappingSubtract(1, ordering: .relaxed)
            if chunk.isEnd {
                chunk.parsed.signal()
                return
            }
            chunk.piece.parse(chunk.bytes.span, count: chunk.count, with: &parser)
            chunk.parsed.signal()
        }
    }

    /// Waits for the ends of all threads from a chunk on, throwing away what they still make.
    func drain(from number: Int) {
        var number = number
        var ends = 0
        while ends < parsers {
            let chunk = self[number]
            chunk.parsed.wait()
            if chunk.isEnd { ends += 1 }
            chunk.free.signal()
            number += 1
        }
    }
}
