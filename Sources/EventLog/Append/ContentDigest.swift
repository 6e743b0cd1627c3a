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
        var v0 = key.0 ^ 0x736f_6d65_7073_6575
        var v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        var v2 = key.0 ^ 0x6c79_6765_6e65_7261
        var v3 = key.1 ^ 0x7465_6462_7974_6573
        @inline(__always) func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word << bits | word >> (64 - bits)
        }
        @inline(__always) func round() {
            v0 &+= v1
            v1 = rotated(v1, 13) ^ v0
            v0 = rotated(v0, 32)
            v2 &+= v3
            v3 = rotated(v3, 16) ^ v2
            v0 &+= v3
            v3 = rotated(v3, 21) ^ v0
            v2 &+= v1
            v1 = rotated(v1, 17) ^ v2
            v2 = rotated(v2, 32)
        }
        let raw = unsafe UnsafeRawPointer(start)
        var position = 0
        while position + 8 <= count {
            let word = UInt64(
                littleEndian: unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            v3 ^= word
            round()
            v0 ^= word
            position += 8
        }
        var last = UInt64(truncatingIfNeeded: count) << 56
        for index in position..<count {
            last |= UInt64(unsafe start[index]) << UInt64(8 * (index - position))
        }
        v3 ^= last
        round()
        v0 ^= last
        v2 ^= 0xff
        round()
        round()
        round()
        unsafe UnsafeMutableRawPointer(output).storeBytes(
            of: (v0 ^ v1 ^ v2 ^ v3).littleEndian, as: UInt64.self)
    }
}
