internal import Crypto
import EventModel

/// A hash of the log's Merkle tree: 32 bytes.
public struct TreeHash: Hashable, Sendable {
    // In memory order, so that `InlineArray` and spans over it see the hash's own bytes.
    package var storage: InlineArray<32, UInt8>

    /// A hash from its bytes; nil unless there are 32.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 32 else { return nil }
        storage = InlineArray { bytes[$0] }
    }

    /// A hash from its bytes; nil unless there are 32.
    public init?(_ bytes: [UInt8]) { self.init(bytes.span) }

    package init(repeating byte: UInt8) { storage = InlineArray(repeating: byte) }

    /// Its 32 bytes.
    public var bytes: [UInt8] { (0..<32).map { storage[$0] } }

    /// Lower-case hexadecimal, 64 characters.
    public var hexadecimal: String { Hexadecimal.text(bytes) }

    /// A hash from 64 hexadecimal characters, lower-case; nil unless it is that.
    public init?(hexadecimal text: String) {
        let digits = Array(text.utf8).map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[place], let low = digits[place + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes)
    }

    /// Whether two hashes are the same 32 bytes.
    public static func == (left: TreeHash, right: TreeHash) -> Bool {
        for index in 0..<32 where left.storage[index] != right.storage[index] { return false }
        return true
    }

    /// Feeds the hash's first bytes, which are as good as random.
    public func hash(into hasher: inout Hasher) {
        for index in 0..<8 { hasher.combine(storage[index]) }
    }

    private init(digest: SHA256Digest) {
        storage = InlineArray(repeating: 0)
        var index = 0
        for byte in digest {
            storage[index] = byte
            index += 1
        }
    }

    /// The root of the empty tree: SHA-256 of nothing.
    public static let empty = TreeHash(digest: SHA256.hash(data: [UInt8]()))

    /// The hash of a leaf: SHA-256(0x00 ‖ entry). Source: RFC 6962, 2.1.
    public static func leaf(_ entry: [UInt8]) -> TreeHash {
        var hasher = SHA256()
        hasher.update(data: [0] as [UInt8])
        hasher.update(data: entry)
        return TreeHash(digest: hasher.finalize())
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right). Source: RFC 6962, 2.1.
    public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        var bytes: [UInt8] = [1]
        bytes.reserveCapacity(65)
        for index in 0..<32 { bytes.append(left.storage[index]) }
        for index in 0..<32 { bytes.append(right.storage[index]) }
        return TreeHash(digest: SHA256.hash(data: bytes))
    }
}

extension TreeHash: CustomStringConvertible {
    /// Same as `hexadecimal`.
    public var description: String { hexadecimal }
}
