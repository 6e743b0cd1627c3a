/// A growing run of bytes for canonical JSON, written by the event parser's hot loop; the one place
/// of this module that writes through a pointer.
///
/// `reserve` comes first and checks; the `put`s that say so do not grow the run themselves, but trap
/// when they would write beyond what was reserved.
@safe
package struct ByteWriter: ~Copyable {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes written.
    package private(set) var count = 0

    /// An empty run with room for some bytes.
    package init(capacity: Int) {
        self.capacity = max(64, capacity)
        unsafe storage = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
    }

    deinit { unsafe storage.deallocate() }

    /// Makes room for some more bytes.
    package mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe moved.update(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = larger
    }

    /// Forgets what was written; keeps the room.
    package mutating func removeAll() { count = 0 }

    /// Appends all bytes to an array.
    package func flush(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: storage, count: count))
    }

    /// The bytes written, lent to a closure.
    package func withBytes<R>(_ body: (Span<UInt8>) -> R) -> R {
        let buffer = unsafe UnsafeBufferPointer(start: storage, count: count)
        return body(unsafe buffer.span)
    }

    /// Writes one byte; room must be reserved.
    @inline(__always)
    package mutating func put(_ byte: UInt8) {
        precondition(count < capacity, "room was reserved")
        unsafe storage[count] = byte
        count += 1
    }

    /// Writes bytes as they are; room must be reserved.
    @inline(__always)
    package mutating func put(_ bytes: Span<UInt8>) {
        precondition(bytes.count <= capacity - count, "room was reserved")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (storage + count).update(from: start, count: source.count)
        }
        count += bytes.count
    }

    /// Writes some bytes of an array; room must be reserved.
    @inline(__always)
    package mutating func put(_ bytes: [UInt8], _ range: Range<Int>) {
        precondition(range.count <= capacity - count, "room was reserved")
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "within the array")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (storage + count).update(from: start + range.lowerBound, count: range.count)
        }
        count += range.count
    }

    /// Writes a short constant; room must be reserved.
    @inline(__always)
    package mutating func put(_ text: StaticString) {
        precondition(text.utf8CodeUnitCount <= capacity - count, "room was reserved")
        unsafe (storage + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    /// Writes a whole number in decimal; room for 20 bytes must be reserved.
    package mutating func putNumber(_ value: Int64) {
        var rest = value.magnitude
        var length = value < 0 ? 2 : 1
        var bound: UInt64 = 10
        while length < 20, rest >= bound {
            length += 1
            let (next, isOver) = bound.multipliedReportingOverflow(by: 10)
            if isOver { break }
            bound = next
        }
        precondition(length <= capacity - count, "room was reserved")
        var position = count + length
        repeat {
            position -= 1
            unsafe storage[position] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 { unsafe storage[count] = 0x2D }
        count += length
    }

    /// Writes an instant in its recorded form; room for 24 bytes must be reserved.
    package mutating func put(_ instant: Instant) {
        precondition(capacity - count >= 24, "room was reserved")
        let fields = instant.fields
        let target = unsafe storage + count
        func pair(_ value: Int, at offset: Int) {
            unsafe target[offset] = UInt8(truncatingIfNeeded: 48 + value / 10)
            unsafe target[offset + 1] = UInt8(truncatingIfNeeded: 48 + value % 10)
        }
        func byte(_ byte: UInt8, at offset: Int) { unsafe target[offset] = byte }
        pair(fields.year / 100, at: 0)
        pair(fields.year % 100, at: 2)
        byte(0x2D, at: 4)
        pair(fields.month, at: 5)
        byte(0x2D, at: 7)
        pair(fields.day, at: 8)
        byte(0x54, at: 10)
        pair(fields.millisecondOfDay / 3_600_000, at: 11)
        byte(0x3A, at: 13)
        pair(fields.millisecondOfDay / 60_000 % 60, at: 14)
        byte(0x3A, at: 16)
        pair(fields.millisecondOfDay / 1000 % 60, at: 17)
        byte(0x2E, at: 19)
        let milliseconds = fields.millisecondOfDay % 1000
        byte(UInt8(truncatingIfNeeded: 48 + milliseconds / 100), at: 20)
        pair(milliseconds % 100, at: 21)
        byte(0x5A, at: 23)
        count += 24
    }
}

extension ByteWriter {
    /// Writes text as it is, making room for it.
    package mutating func putPlain(_ text: String) {
        let span = text.utf8Span.span
        reserve(span.count)
        put(span)
    }

    /// Writes a text as a JSON string, making room for it.
    package mutating func putQuoted(_ text: String) {
        let span = text.utf8Span.span
        reserve(span.count * 6 + 2)
        put(0x22)
        _ = putEscaped(span)
        put(0x22)
    }

    /// Writes the inside of a JSON string with RFC 8785's escapes, and says whether any was needed;
    /// room for six times its bytes must be reserved.
    package mutating func putEscaped(_ text: Span<UInt8>) -> Bool {
        var hasEscapes = false
        // What needs no escape is copied in runs.
        var start = 0
        for index in text.indices {
            let byte = text[index]
            if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
            put(text.extracting(start..<index))
            start = index + 1
            hasEscapes = true
            put(0x5C)
            switch byte {
            case 0x08: put(0x62)
            case 0x09: put(0x74)
            case 0x0A: put(0x6E)
            case 0x0C: put(0x66)
            case 0x0D: put(0x72)
            case 0x22, 0x5C: put(byte)
            default:
                put(0x75)
                put(0x30)
                put(0x30)
                put(0x30 + byte >> 4)
                put(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
            }
        }
        put(text.extracting(start..<text.count))
        return hasEscapes
    }
}
