#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

// Reading several bytes at once, and copying between spans and arrays: what the standard library
// has no safe call for yet. Bounds are checked everywhere; only the type of what is read is ours.

extension Span where Element == UInt8 {
    /// Eight bytes as one number, the first one lowest, whatever the machine's own order.
    @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        UInt64(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// At most eight bytes as one number, with zeros behind them.
    @inline(__always)
    package func word(at offset: Int, count: Int) -> UInt64 {
        unsafe Fingerprint.load(extracting(offset..<offset + count).bytes, 0, count)
    }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    package var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The place of the next such byte from an offset on, below `end`; `end` where there is none.
    ///
    /// - Complexity: O(length), many bytes at a time.
    package func next(_ byte: UInt8, from start: Int, to end: Int) -> Int {
        unsafe extracting(start..<end).withUnsafeBufferPointer { run in
            guard let first = run.baseAddress,
                let found = unsafe memchr(first, Int32(byte), run.count)
            else { return end }
            return unsafe start + (found - UnsafeMutableRawPointer(mutating: first))
        }
    }
}

extension Array where Element == UInt8 {
    /// The place of the next such byte from an offset on, below `end`; `end` where there is none.
    ///
    /// - Complexity: O(length), many bytes at a time.
    package func next(_ byte: UInt8, from start: Int, to end: Int) -> Int {
        let bytes = span
        return bytes.next(byte, from: start, to: end)
    }

    /// Appends a copy of some bytes.
    package mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Lends a part of the array to be written.
    package mutating func write<R>(
        at range: Range<Int>, _ body: (inout MutableSpan<UInt8>) throws -> R
    ) rethrows -> R {
        try unsafe withUnsafeMutableBufferPointer { whole in
            let part = unsafe UnsafeMutableBufferPointer(rebasing: whole[range])
            var span = unsafe part.mutableSpan
            return try body(&span)
        }
    }
}
