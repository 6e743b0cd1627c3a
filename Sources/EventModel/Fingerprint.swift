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
        while position < whole {
            let low = Fingerprint.load(bytes, position, 8)
            let high = Fingerprint.load(bytes, position + 8, 8)
            state = Fingerprint.fold(low ^ secret1, high ^ state)
            position += 16
        }
        let rest = bytes.count - position
        if rest > 0 {
            let low = Fingerprint.load(bytes, position, min(8, rest))
            let high = rest > 8 ? Fingerprint.load(bytes, position + 8, rest - 8) : 0
            state = Fingerprint.fold(low ^ secret1, high ^ state)
        }
        value = Fingerprint.fold(state ^ secret0, UInt64(bytes.count) ^ secret1)
    }

    /// The fingerprint of a pair of texts, such as an event's source and id.
    @inlinable
    public init(_ first: Fingerprint, _ second: Fingerprint) {
        value = Fingerprint.fold(first.value ^ 0x4b33_a62e_d433_d4a3, second.value)
    }

    @inlinable
    static func load(_ bytes: Span<UInt8>, _ position: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        var index = count - 1
        while index >= 0 {
            value = value << 8 | UInt64(bytes[position + index])
            index -= 1
        }
        return value
    }

    @inlinable
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inlinable
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool {
        left.value < right.value
    }
}
