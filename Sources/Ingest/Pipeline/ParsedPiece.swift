internal import EventModel

/// What a chunk of the input, or the first part of it, came to: a batch of its events, and its refused
/// lines.
struct ParsedPiece {
    /// The chunk's events; line numbers count from 0 within the chunk.
    var batch = EventBatch()
    /// Where each row's line is in the chunk.
    var places: [LinePlace] = []
    /// Refused lines, in order.
    var refusals: [(rejection: Rejection, place: LinePlace)] = []
    /// Lines, empty ones too.
    var lines = 0
    /// Where the next part begins: the chunk's end, or behind the line that was refused as the last
    /// of `mostRefusals`.
    var end = 0

    /// A refusal takes more memory than a short line, and many chunks wait at a time.
    static let mostRefusals = 4096

    mutating func removeAll() {
        batch.removeAll()
        places.removeAll(keepingCapacity: true)
        refusals.removeAll(keepingCapacity: true)
        lines = 0
    }

    /// Parses the lines of a chunk, `bytes[first..<count]`, up to so many refusals.
    mutating func parse(
        _ bytes: Span<UInt8>, from first: Int = 0, count: Int,
        with parser: inout EventParser
    ) {
        removeAll()
        // An event's canonical JSON is about as long as its line.
        batch.reserve(bytes: count - first)
        var start = first
        while start < count, refusals.count < ParsedPiece.mostRefusals {
            let newline = bytes.next(0x0A, from: start, to: count)
            var end = newline
            if end > start, bytes[end - 1] == 0x0D { end -= 1 }
            // Files that each begin with a mark may have been joined.
            while ParsedPiece.isByteOrderMark(bytes, start..<end) { start += 3 }
            if !ParsedPiece.isBlank(bytes, start..<end) {
                let place = LinePlace(start..<end)
                if let rejection = parser.parse(
                    start..<end, of: bytes, line: lines, into: &batch)
                {
                    refusals.append((rejection, place))
                } else {
                    places.append(place)
                }
            }
            lines += 1
            start = newline + 1
        }
        end = min(start, count)
    }

    /// Whether a line begins with U+FEFF.
    private static func isByteOrderMark(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.count >= 3 && bytes[range.lowerBound] == 0xEF
            && bytes[range.lowerBound + 1] == 0xBB && bytes[range.lowerBound + 2] == 0xBF
    }

    /// Whether a line holds spaces and tabs alone. The first other byte ends the search.
    private static func isBlank(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where bytes[index] != 0x20 && bytes[index] != 0x09 { return false }
        return true
    }
}

/// Where a line is in its chunk.
struct LinePlace {
    var offset: UInt32
    var length: UInt32

    init(_ range: Range<Int>) {
        offset = UInt32(range.lowerBound)
        length = UInt32(range.count)
    }

    var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}
