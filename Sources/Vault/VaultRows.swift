internal import Crypto
internal import LMDB

/// Rows that an append adds.
package struct VaultRows: Sendable {
    /// A token with what explains it.
    package struct Name: Sendable {
        package var token: Token
        /// The key by which the token is found again; nil for a token of one value alone.
        package var key: NameKey?
        /// Where its disclosure lies in `bytes`.
        package var disclosure: Range<Int>

        package init(token: Token, key: NameKey?, disclosure: Range<Int>) {
            self.token = token
            self.key = key
            self.disclosure = disclosure
        }
    }

    /// A text of one entry.
    package struct Text: Sendable {
        package var sequence: UInt32
        /// Its place among the personal texts of its entry, from 0.
        package var place: Int
        /// Where its disclosure lies in `bytes`.
        package var disclosure: Range<Int>

        package init(sequence: UInt32, place: Int, disclosure: Range<Int>) {
            self.sequence = sequence
            self.place = place
            self.disclosure = disclosure
        }
    }

    package var names: [Name] = []
    package var texts: [Text] = []
    /// The disclosures, one after another.
    package var bytes: [UInt8] = []

    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { names.isEmpty && texts.isEmpty }

    /// Forgets them, keeps the memory.
    package mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}

/// The key under which a name's token stands: 16 bytes of the text's SHA-256.
package struct NameKey: Hashable, Comparable, Sendable {
    private var first: UInt64
    private var second: UInt64

    /// The key of a name.
    package init(_ text: Span<UInt8>) {
        var hasher = SHA256()
        unsafe text.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        (first, second) = unsafe hasher.finalize().withUnsafeBytes { digest in
            unsafe (
                UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The key as a row of the vault has it; nil where it is none.
    init?(raw bytes: Span<UInt8>) {
        guard bytes.count == 16 else { return nil }
        first = bytes.bigEndian(at: 0)
        second = bytes.bigEndian(at: 8)
    }

    var key: Key { Key(first, second) }

    package static func < (left: NameKey, right: NameKey) -> Bool {
        (left.first, left.second) < (right.first, right.second)
    }
}
