/// The digest by which an event that comes again is told from another under the same source and id:
/// SipHash-1-3, under a random key of the store's own.
///
/// Who sends events does not know the key, and so can't make two that pass for one, but by a chance of
/// one in 2^64 for each try. A digest of the SHA family would need no key, twice the room in the
/// columns, and seven times the time of the ingest.
///
/// Source: Aumasson and Bernstein, *SipHash: a fast short-input PRF* (2012).
struct ContentDigest: Sendable {
    private let key: (UInt64, UInt64)

    /// Bytes of a key.
    static let keyBytes = 16
    /// Bytes of a digest.
    static let byteCount = 8

    /// A digest under a key of 16 bytes.
    init(key: [UInt8]) {
        precondition(key.count == ContentDigest.keyBytes, "a key has 16 bytes")
        func word(_ at: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(key[at + $1]) << UInt64(8 * $1) }
        }
        self.key = (word(0), word(8))
    }

    /// Writes the digest of `count` bytes at `start`: eight bytes.
    ///
    /// - Complexity: O(count), about a nanosecond for six bytes.
    @unsafe func write(
        _ start: UnsafePointer<UInt8>, count: Int, into output: UnsafeMutablePointer<UInt8>
    ) {
        var state = SipState(key)
        for position in stride(from: 0, to: count & ~7, by: 8) {
            state.take(unsafe ContentDigest.word(start, position))
        }
        unsafe ContentDigest.end(&state, start, count, output)
    }

    /// Writes two digests. Each step of one waits for the one before; those of two take turns.
    @unsafe func writeTwo(
        _ first: UnsafePointer<UInt8>, count firstCount: Int,
        into firstOutput: UnsafeMutablePointer<UInt8>,
        _ second: UnsafePointer<UInt8>, count secondCount: Int,
        into secondOutput: UnsafeMutablePointer<UInt8>
    ) {
        var one = SipState(key)
        var two = SipState(key)
        let both = min(firstCount, secondCount) & ~7
        var position = 0
        while position < both {
            one.take(unsafe ContentDigest.word(first, position))
            two.take(unsafe ContentDigest.word(second, position))
            position += 8
        }
        for position in stride(from: both, to: firstCount & ~7, by: 8) {
            one.take(unsafe ContentDigest.word(first, position))
        }
        for position in stride(from: both, to: secondCount & ~7, by: 8) {
            two.take(unsafe ContentDigest.word(second, position))
        }
        unsafe ContentDigest.end(&one, first, firstCount, firstOutput)
        unsafe ContentDigest.end(&two, second, secondCount, secondOutput)
    }

    @inline(__always)
    @unsafe private static func word(_ start: UnsafePointer<UInt8>, _ position: Int) -> UInt64 {
        UInt64(
            littleEndian: unsafe UnsafeRawPointer(start).loadUnaligned(
                fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    @unsafe private static func end(
        _ state: inout SipState, _ start: UnsafePointer<UInt8>, _ count: Int,
        _ output: UnsafeMutablePointer<UInt8>
    ) {
        var last = UInt64(truncatingIfNeeded: count) << 56
        for index in count & ~7..<count {
            last |= UInt64(unsafe start[index]) << UInt64(truncatingIfNeeded: 8 * (index & 7))
        }
        state.take(last)
        unsafe UnsafeMutableRawPointer(output).storeBytes(
            of: state.end().littleEndian, as: UInt64.self)
    }
}

/// The inside of SipHash-1-3.
private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    init(_ key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word &<< bits | word &>> (64 &- bits)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = SipState.rotated(v1, 13) ^ v0
        v0 = SipState.rotated(v0, 32)
        v2 &+= v3
        v3 = SipState.rotated(v3, 16) ^ v2
        v0 &+= v3
        v3 = SipState.rotated(v3, 21) ^ v0
        v2 &+= v1
        v1 = SipState.rotated(v1, 17) ^ v2
        v2 = SipState.rotated(v2, 32)
    }

    @inline(__always)
    mutating func take(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    mutating func end() -> UInt64 {
        v2 ^= 0xff
        round()
        round()
        round()
        return v0 ^ v1 ^ v2 ^ v3
    }
}
