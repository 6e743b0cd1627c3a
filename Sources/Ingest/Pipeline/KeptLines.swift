internal import EventModel

/// The input behind a batch, kept until the log has taken it: a line that the log refuses goes back
/// unchanged.
struct KeptLines {
    /// Where a kept line is.
    struct Place {
        var buffer: Int32
        var line: LinePlace
    }

    /// Bytes kept.
    private(set) var bytes = 0
    /// Whether lines of the last buffer are still to be placed, so that it outlives a release.
    var isTaking = false

    private var buffers: [[UInt8]] = []
    /// Whether copies may be appended to the last buffer.
    private var isOpen = false
    /// Buffers that nothing points into any more, for the next chunks.
    private var spare: [[UInt8]] = []
    private let bufferBytes: Int

    init(bufferBytes: Int) { self.bufferBytes = bufferBytes }

    /// Keeps a chunk by taking its buffer and giving another for it, and returns the offset of the
    /// chunk in the last buffer. A chunk much smaller than its buffer, from a slow stream, is copied.
    mutating func take(_ chunk: inout [UInt8], count: Int) -> Int {
        isTaking = true
        if count < bufferBytes / 4 {
            return Int(copy(chunk.span.extracting(0..<count)).line.offset)
        }
        bytes += count
        var other = spare.popLast() ?? []
        swap(&other, &chunk)
        buffers.append(other)
        isOpen = false
        return 0
    }

    /// Where a line of the chunk taken last is.
    func place(_ line: LinePlace, _ base: Int) -> Place {
        var line = line
        line.offset += UInt32(base)
        return Place(buffer: Int32(buffers.count - 1), line: line)
    }

    /// Lends the chunk taken last, which begins at an offset of the last buffer, with what follows it
    /// there.
    func withChunk(from base: Int, _ body: (Span<UInt8>) -> Void) {
        let buffer = buffers[buffers.count - 1]
        body(buffer.span.extracting(base..<buffer.count))
    }

    /// Keeps a copy of some bytes.
    mutating func copy(_ line: Span<UInt8>) -> Place {
        if !isOpen || buffers[buffers.count - 1].count + line.count > 1 << 20 {
            buffers.append([])
            isOpen = true
        }
        let last = buffers.count - 1
        let start = buffers[last].count
        buffers[last].append(copying: line)
        bytes += line.count
        return Place(buffer: Int32(last), line: LinePlace(start..<start + line.count))
    }

    /// A kept line, lent to a closure.
    func withLine(_ place: Place, _ body: (Span<UInt8>) throws -> Void) throws {
        let buffer = buffers[Int(place.buffer)]
        try body(buffer.span.extracting(place.line.range))
    }

    /// Forgets all lines, but the chunk that is being taken.
    mutating func release() {
        let last = isTaking ? buffers.popLast() : nil
        for buffer in buffers where buffer.count == bufferBytes { spare.append(buffer) }
        buffers.removeAll(keepingCapacity: true)
        bytes = 0
        guard let last else {
            isOpen = false
            return
        }
        buffers.append(last)
        bytes = last.count
    }
}
