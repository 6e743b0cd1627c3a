internal import Crypto
package import EventModel
internal import LMDB

// What comes in: personal texts. What goes out: tokens, which stand for them in everything that is
// hashed, and the vault that explains a token for as long as it may. It keeps law 11: a person can be
// erased, and every figure and proof stands.

/// A commitment to a personal text: SHA-256 of its encoded disclosure. In an entry it stands as
/// base64url without padding, 43 characters.
///
/// Source: RFC 9901, *Selective Disclosure for JSON Web Tokens*, 4.2.3.
package struct Token: Hashable, Sendable {
    /// The 32 bytes of the digest, as four big-endian words.
    private var words: SIMD4<UInt64>

    /// A token from its 32 bytes; nil where they are not 32.
    package init?(raw bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        words = .zero
        for (place, byte) in bytes.enumerated() {
            words[place / 8] = words[place / 8] << 8 | UInt64(byte)
        }
    }

    /// The token of an encoded disclosure.
    package init(of disclosure: Disclosure) {
        guard let token = Token(raw: Array(SHA256.hash(data: disclosure.encoded))) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        self = token
    }

    /// Reads the form that stands in entries; nil for any other text.
    package init?(_ text: Span<UInt8>) {
        guard text.count == PersonalText.tokenBytes, let decoded = Base64URL.decode(text) else {
            return nil
        }
        self.init(raw: decoded)
        // The last character has two bits that mean nothing and must be zero.
        guard text[text.count - 1] == encoded[text.count - 1] else { return nil }
    }

    /// Reads the form that stands in dictionaries and that people see: `~` and 43 characters.
    package init?(marked text: Span<UInt8>) {
        guard text.count == PersonalText.tokenBytes + 1, text[0] == PersonalText.mark else {
            return nil
        }
        self.init(text.extracting(1..<text.count))
    }

    /// The 43 characters that stand in entries.
    package var encoded: [UInt8] { Base64URL.encode(array.span) }

    /// The form that people see where the text is not to be had: `~` and 43 characters.
    package var marked: String { "~" + String(decoding: encoded, as: UTF8.self) }

    /// The 32 bytes.
    package var array: [UInt8] {
        (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }
}

/// What explains a token: base64url of the JSON array of salt, what the text is, and the text. Its
/// encoded bytes are kept as they are, since nothing fixes how such an array is written.
package struct Disclosure: Hashable, Sendable {
    /// The encoded bytes, which are hashed.
    package let encoded: [UInt8]

    /// Bytes of a salt.
    package static let saltBytes = 16
    /// What a name's disclosure says its text is; others name their field or attribute.
    package static let nameKey = "name"

    /// Writes a disclosure and the 43 characters of its token.
    ///
    /// - Parameters:
    ///   - json: room for the array, kept between calls.
    ///   - encoded: where the encoded disclosure is added.
    ///   - token: where the characters go; room for 43 bytes.
    /// - Complexity: O(length); allocates nothing once `json` and `encoded` have room.
    @unsafe package static func write(
        salt: Span<UInt8>, key: Span<UInt8>, text: Span<UInt8>, isNumber: Bool,
        json: inout ByteWriter, encoded: inout [UInt8], token: UnsafeMutablePointer<UInt8>
    ) {
        precondition(salt.count == Disclosure.saltBytes, "a salt has 16 bytes")
        json.removeAll()
        json.reserve(64 + 6 * (key.count + text.count))
        json.put("[\"")
        var salted: [UInt8] = []
        Base64URL.encode(salt, to: &salted)
        json.put(salted.span)
        json.put("\",\"")
        _ = json.putEscaped(key)
        json.put("\",")
        if !isNumber { json.put(0x22) }
        _ = json.putEscaped(text)
        if !isNumber { json.put(0x22) }
        json.put(0x5D)
        let start = encoded.count
        json.withBytes { Base64URL.encode($0, to: &encoded) }
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        var hasher = SHA256()
        unsafe encoded.span.extracting(start..<encoded.count).withUnsafeBytes {
            unsafe hasher.update(bufferPointer: $0)
        }
        unsafe hasher.finalize().withUnsafeBytes { unsafe digest.append(contentsOf: $0) }
        var characters: [UInt8] = []
        Base64URL.encode(digest.span, to: &characters)
        for (index, byte) in characters.enumerated() { unsafe token[index] = byte }
    }

    /// The disclosure of a text, or of a number where `isNumber` is set.
    package init(salt: Span<UInt8>, key: Span<UInt8>, text: Span<UInt8>, isNumber: Bool = false) {
        precondition(salt.count == Disclosure.saltBytes, "a salt has 16 bytes")
        var writer = ByteWriter(capacity: 64 + 6 * (key.count + text.count))
        writer.reserve(64 + 6 * (key.count + text.count))
        writer.put("[\"")
        writer.put(Base64URL.encode(salt).span)
        writer.put("\",\"")
        _ = writer.putEscaped(key)
        writer.put("\",")
        if !isNumber { writer.put(0x22) }
        _ = writer.putEscaped(text)
        if !isNumber { writer.put(0x22) }
        writer.put(0x5D)
        encoded = writer.withBytes { Base64URL.encode($0) }
    }

    /// A disclosure as it was kept.
    package init(encoded: [UInt8]) { self.encoded = encoded }

    /// What it says: its key and its text; nil where it is no disclosure.
    package var content: (key: String, text: String)? {
        guard let json = Base64URL.decode(encoded.span),
            case .array(let parts)? = try? JSONValue(
                parsing: String(decoding: json, as: UTF8.self)),
            parts.count == 3, case .string(let key) = parts[1]
        else { return nil }
        switch parts[2] {
        case .string(let text): return (key, text)
        case .number(let text): return (key, text)
        default: return nil
        }
    }

    /// The text; nil where it is no disclosure.
    package var text: String? { content?.text }
}

/// Where salts come from: a source of random bytes, which enters with the program.
public struct Salts: Sendable {
    private let draw: (@Sendable (_ count: Int) throws -> [UInt8])?

    /// A source that gives so many random bytes when asked.
    public init(_ draw: @escaping @Sendable (_ count: Int) throws -> [UInt8]) { self.draw = draw }

    private init() { draw = nil }

    /// A key for digests that only this store makes; zeros where there is no source, as for a store
    /// that is made to be thrown away.
    package func key(of byteCount: Int) throws -> [UInt8] {
        try draw?(byteCount) ?? Array(repeating: 0, count: byteCount)
    }

    /// Salts for so many disclosures, one after another.
    package func bytes(for count: Int) throws -> [UInt8] {
        guard let draw else {
            preconditionFailure("a log that takes personal texts in needs a source of salts")
        }
        let bytes = try draw(count * Disclosure.saltBytes)
        precondition(bytes.count == count * Disclosure.saltBytes, "salts of another length")
        return bytes
    }

    /// For a log that is read, or that only the log's own events without personal texts enter: asking
    /// it for a salt is a fault of the program.
    public static let none = Salts()

    /// Salts that anybody can work out: for logs that are thrown away, such as a definition's examples,
    /// and for tests.
    public static func counting(from seed: UInt64 = 0) -> Salts {
        let next = SaltCounter(seed)
        return Salts { next.take($0) }
    }
}

/// Numbers told apart by SplitMix64, for salts that nobody relies on.
private final class SaltCounter: Sendable {
    private let state: Guarded<UInt64>

    init(_ seed: UInt64) { state = Guarded(seed) }

    func take(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            while bytes.count < count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                mixed ^= mixed >> 31
                for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: mixed >> (8 * shift))) }
            }
            return Array(bytes.prefix(count))
        }
    }
}
