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
        var pieces = Pieces(self)
        unsafe pieces.take(start, count: count)
        unsafe pieces.end(into: output)
    }

    /// A digest of bytes that come in pieces: an entry's content need not be put together for it.
    struct Pieces {
        private var state: SipState
        /// The bytes that fill no word yet, the first one lowest.
        private var tail: UInt64 = 0
        private var count = 0

        /// A digest of nothing yet.
        @inline(__always)
        init(_ digest: ContentDigest) { state = SipState(digest.key) }

        /// Takes a piece.
        @inline(__always)
        @unsafe mutating func take(_ start: UnsafePointer<UInt8>, count added: Int) {
            let raw = unsafe UnsafeRawPointer(start)
            let filled = UInt64(truncatingIfNeeded: 8 &* (count & 7))
            var position = 0
            while position &+ 8 <= added {
                let word = UInt64(
                    littleEndian: unsafe raw.loadUnaligned(
                        fromByteOffset: position, as: UInt64.self))
                state.take(tail | word &<< filled)
                tail = filled == 0 ? 0 : word &>> (64 &- filled)
                position &+= 8
            }
            count &+= position
            while position < added {
                take(unsafe start[position])
                position &+= 1
            }
        }

        /// Takes a byte.
        @inline(__always)
        mutating func take(_ byte: UInt8) {
            tail |= UInt64(byte) &<< UInt64(truncatingIfNeeded: 8 &* (count & 7))
            count &+= 1
            guard count & 7 == 0 else { return }
            state.take(tail)
            tail = 0
        }

        /// Writes the digest: eight bytes.
        @inline(__always)
        @unsafe mutating func end(into output: UnsafeMutablePointer<UInt8>) {
            state.take(tail | UInt64(truncatingIfNeeded: count) &<< 56)
            unsafe UnsafeMutableRawPointer(output).storeBytes(
                of: state.end().littleEndian, as: UInt64.self)
        }
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
