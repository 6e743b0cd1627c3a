/// A 64-bit fingerprint of bytes, the same on every machine: finds idempotency keys and names in
/// sorted runs. Hits are always confirmed by comparing what they stand for, so that a collision
/// costs time, never correctness.
///
/// Source: wyhash final version 4 by Wang Yi (public domain), the 64-bit multiply-and-fold mixer.
public struct Fingerprint: Hashable, Comparable, Sendable {
    /// The fingerprint itself.
    public var value: UInt64

    /// A fingerprint from its value.
    @inlinable
    public init(value: UInt64) { self.value = value }

    /// The fingerprint of some bytes.
    ///
    /// - Complexity: O(length).
    @inlinable
    public init(of bytes: Span<UInt8>) {
        let secret0: UInt64 = 0x2d35_8dcc_aa6c_78a5
        let secret1: UInt64 = 0x8bb8_4b93_962e_acc9
        var state: UInt64 = secret0 ^ UInt64(bytes.count)
        var position = 0
        let whole = bytes.count & ~15
        let raw = unsafe bytes.bytes
        while position < whole {
            let low = Fingerprint.load(raw, position, 8)
            let high = Fingerprint.load(raw, position + 8, 8)
            state = Fingerprint.fold(low ^ secret1, high ^ state)
            position += 16
        }
        let rest = bytes.count - position
        if rest > 0 {
            let low = Fingerprint.load(raw, position, min(8, rest))
            let high = rest > 8 ? Fingerprint.load(raw, position + 8, rest - 8) : 0
            state = Fingerprint.fold(low ^ secret1, high ^ state)
        }
        value = Fingerprint.fold(state ^ secret0, UInt64(bytes.count) ^ secret1)
    }

    /// The fingerprint of a pair, such as an event's source and id; the other way round it is another.
    @inlinable
    public init(_ first: Fingerprint, _ second: Fingerprint) {
        // Both are mixed with a secret: what is multiplied by 0 says nothing of the other half, and numbers
        // of chunks and blocks begin at 0.
        value = Fingerprint.fold(
            first.value ^ 0x4b33_a62e_d433_d4a3, second.value ^ 0x8bb8_4b93_962e_acc9)
    }

    /// The bytes as one number, the first one lowest, whatever the machine's own order; up to 8.
    @inlinable
    static func load(_ bytes: RawSpan, _ position: Int, _ count: Int) -> UInt64 {
        if count >= 8 {
            return UInt64(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(
                    fromByteOffset: position, as: UInt64.self))
        }
        if count >= 4 {
            // The two halves overlap in the same bits, so that "or" changes nothing there.
            let low = UInt32(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(
                    fromByteOffset: position, as: UInt32.self))
            let high = UInt32(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(
                    fromByteOffset: position + count - 4, as: UInt32.self))
            return UInt64(low) | UInt64(high) << UInt64(truncatingIfNeeded: (count - 4) * 8)
        }
        var value: UInt64 = 0
        var index = count - 1
        while index >= 0 {
            value = value << 8
            value |= UInt64(
                unsafe bytes.unsafeLoad(fromByteOffset: position + index, as: UInt8.self))
            index -= 1
        }
        return value
    }

    /// The two halves of a full-width product, mixed.
    @inlinable
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// Whether one fingerprint comes before another in a sorted run.
    @inlinable
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool {
        left.value < right.value
    }
}
