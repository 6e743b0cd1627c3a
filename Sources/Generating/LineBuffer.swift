internal import EventModel

/// Where lines are written: a byte buffer with a position, no allocation per line.
struct LineBuffer: Sendable {
    /// The bytes written are the first `position`; the rest is room.
    var bytes: [UInt8] = []
    private(set) var position = 0
    /// Where the current line begins.
    private(set) var lineStart = 0

    /// Start of the span in milliseconds since 1970 (UTC): times are given relative to it.
    private let epoch: Int64
    private var day: Int64 = .min
    private var date: [UInt8] = []

    /// No line is longer; the longest written is below 1,000 bytes.
    static let longestLine = 4096

    init(epoch: Int64) { self.epoch = epoch }

    /// Starts over with a buffer to write into, with room for `size` bytes.
    mutating func begin(with buffer: inout [UInt8], size: Int) {
        swap(&bytes, &buffer)
        if bytes.count > size { bytes.removeLast(bytes.count - size) }
        if bytes.count < size {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
        position = 0
        lineStart = 0
    }

    /// Hands the buffer back, holding exactly what was written.
    mutating func finish(into buffer: inout [UInt8]) {
        bytes.removeLast(bytes.count - position)
        swap(&bytes, &buffer)
    }

    /// Begins a line; there is always room for the longest one.
    mutating func startLine() {
        lineStart = position
        let missing = position + LineBuffer.longestLine - bytes.count
        if missing > 0 {
            bytes.append(contentsOf: repeatElement(0, count: missing + LineBuffer.longestLine))
        }
    }

    /// Takes back the line begun last.
    mutating func dropLine() { position = lineStart }

    /// The bytes of the line begun last.
    var line: ArraySlice<UInt8> { bytes[lineStart..<position] }

    mutating func put(_ text: String) {
        let source = text.utf8Span.span
        let start = position
        LineBuffer.copy(source, to: &bytes, at: start)
        position = start + source.count
    }

    mutating func put(bytes source: [UInt8]) {
        let start = position
        LineBuffer.copy(source.span, to: &bytes, at: start)
        position = start + source.count
    }

    private static func copy(_ source: Span<UInt8>, to bytes: inout [UInt8], at start: Int) {
        var target = bytes.mutableSpan
        precondition(start >= 0 && start + source.count <= target.count, "a line fits the buffer")
        for index in source.indices { target[start &+ index] = source[index] }
    }

    mutating func put(_ number: Int) {
        var limit = 10
        var digits = 1
        while limit <= number, digits < 18 {
            limit *= 10
            digits += 1
        }
        put(number, digits: digits)
    }

    /// The last `digits` decimal digits of a number, with leading zeros.
    mutating func put(_ number: Int, digits: Int) {
        var rest = UInt64(number)
        var index = position + digits
        position = index
        while index > position - digits {
            index -= 1
            bytes[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
    }

    mutating func put(byte: UInt8) {
        bytes[position] = byte
        position += 1
    }

    /// `2025-07-14T08:12:00.000Z`.
    mutating func put(time: Int64) {
        let milliseconds = epoch + time
        let newDay = milliseconds.flooredDivision(by: 86_400_000)
        if newDay != day {
            day = newDay
            date = Array((Day(number: Int32(newDay)).description + "T").utf8)
        }
        let ofDay = Int(milliseconds - newDay * 86_400_000)
        put(bytes: date)
        put(ofDay / 3_600_000, digits: 2)
        put(byte: 0x3A)
        put(ofDay / 60_000 % 60, digits: 2)
        put(byte: 0x3A)
        put(ofDay / 1000 % 60, digits: 2)
        put(byte: 0x2E)
        put(ofDay % 1000, digits: 3)
        put(byte: 0x5A)
    }
}
