internal import Dispatch
internal import EventModel

/// Cuts a source into chunks of whole lines and hands them to the parsers; runs on one thread.
final class ChunkReader<Source: ByteSource>: @unchecked Sendable {
    // Only the reader's thread touches it once `run` has begun.
    private var source: Source
    private let ring: ChunkRing
    private let chunkBytes: Int
    /// What follows the last line feed of the chunk before.
    private var carried: [UInt8] = []

    /// Longest line kept whole, so that it can go unchanged to the rejects; what is longer is cut.
    static var longestKept: Int { 32 << 20 }

    init(_ source: sending Source, ring: ChunkRing, chunkBytes: Int) {
        self.source = source
        self.ring = ring
        self.chunkBytes = max(1, chunkBytes)
    }

    /// Reads to the end of the source, to a fault, or until the ring stops.
    func run() {
        var number = 0
        var isAtEnd = false
        var fault: (any Error)?
        while !isAtEnd {
            let chunk = ring[number]
            chunk.free.wait()
            chunk.isEnd = false
            chunk.fault = nil
            do {
                isAtEnd = try fill(chunk)
            } catch {
                // What follows the last line feed is half a line then.
                fault = error
                isAtEnd = true
            }
            chunk.storedBytes = source.storedBytes
            number += 1
            ring.handOn(chunk)
        }
        for _ in 0..<ring.parsers {
            let chunk = ring[number]
            chunk.free.wait()
            chunk.isEnd = true
            chunk.count = 0
            chunk.fault = fault
            chunk.storedBytes = source.storedBytes
            number += 1
            ring.handOn(chunk)
        }
    }

    /// Fills a chunk with whole lines; true at the end of the input.
    private func fill(_ chunk: Chunk) throws -> Bool {
        if chunk.bytes.count != chunkBytes + EventParser.padding {
            chunk.bytes = [UInt8](repeating: 0, count: chunkBytes + EventParser.padding)
        }
        var filled = carried.count
        while chunk.bytes.count < filled + EventParser.padding + 1 { grow(chunk) }
        for index in carried.indices { chunk.bytes[index] = carried[index] }
        carried.removeAll(keepingCapacity: true)
        var lineEnd = 0
        chunk.count = 0
        while true {
            if ring.shouldStop { return true }
            if filled == chunk.bytes.count - EventParser.padding {
                if lineEnd > 0 { break }
                if filled >= ChunkReader.longestKept {
                    chunk.count = filled
                    return try !skipLine()
                }
                grow(chunk)
            }
            let count = try read(chunk, from: filled)
            if count == 0 {
                chunk.count = filled
                return true
            }
            var last = filled + count
            while last > filled, chunk.bytes[last - 1] != 0x0A { last -= 1 }
            if last > filled {
                lineEnd = last
                chunk.count = last
            }
            filled += count
            if lineEnd > 0, filled >= chunkBytes / 2 || ring.isHungry { break }
        }
        chunk.count = lineEnd
        carried.append(contentsOf: chunk.bytes[lineEnd..<filled])
        return false
    }

    /// Passes over the rest of a line too long to keep; false where the input ends before it does.
    private func skipLine() throws -> Bool {
        var room = [UInt8](repeating: 0, count: 256 << 10)
        while !ring.shouldStop {
            var span = room.mutableSpan
            let count = try source.read(into: &span)
            if count == 0 { return false }
            if let newline = room[..<count].firstIndex(of: 0x0A) {
                carried.append(contentsOf: room[(newline + 1)..<count])
                return true
            }
        }
        return false
    }

    private func grow(_ chunk: Chunk) {
        chunk.bytes.append(contentsOf: repeatElement(0, count: chunk.bytes.count))
    }

    private func read(_ chunk: Chunk, from start: Int) throws -> Int {
        try chunk.bytes.write(at: start..<chunk.bytes.count - EventParser.padding) {
            try source.read(into: &$0)
        }
    }
}
