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
    /// The 32 bytes of the digest, as they lie in memory.
    private var words: SIMD4<UInt64>

    /// Bytes of a token.
    package static let byteCount = 32

    /// A token from its 32 bytes; nil where they are not 32.
    package init?(raw bytes: Span<UInt8>) {
        guard bytes.count == Token.byteCount else { return nil }
        var words = SIMD4<UInt64>.zero
        unsafe bytes.withUnsafeBytes { source in
            unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyMemory(from: source) }
        }
        self.words = words
    }

    /// The token of a disclosure.
    package init(of disclosure: Disclosure) { self = disclosure.array.span.disclosureToken() }

    /// Reads the form that stands in entries; nil for any other text.
    package init?(_ text: Span<UInt8>) {
        guard text.count == PersonalText.tokenBytes, let decoded = Base64URL.decode(text) else {
            return nil
        }
        self.init(raw: decoded.span)
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
    package var encoded: [UInt8] { withBytes { Base64URL.encode($0) } }

    /// The form that people see where the text is not to be had: `~` and 43 characters.
    package var marked: String { "~" + String(decoding: encoded, as: UTF8.self) }

    /// The 32 bytes.
    package var array: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe Array($0) } }

    /// Lends the 32 bytes.
    package func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        unsafe withUnsafeBytes(of: words) { bytes in
            body(unsafe Span(_unsafeBytes: bytes))
        }
    }

    /// Whether the bytes come before another token's.
    func isBefore(_ other: Token) -> Bool {
        for index in 0..<4 where words[index] != other.words[index] {
            return words[index].bigEndian < other.words[index].bigEndian
        }
        return false
    }

    /// Writes `~` and the 43 characters; there must be room for 44 bytes.
    @unsafe package func write(marked output: UnsafeMutablePointer<UInt8>) {
        unsafe output[0] = PersonalText.mark
        withBytes { unsafe Base64URL.encode($0, into: output + 1) }
    }
}

/// What explains a token: the JSON array of salt, what the text is, and the text. Its bytes are kept as
/// they are, since nothing fixes how such an array is written; base64url of them is what is hashed.
package struct Disclosure: Hashable, Sendable {
    /// The JSON array.
    package let array: [UInt8]

    /// Bytes of a salt.
    package static let saltBytes = 16
    /// What a name's disclosure says its text is; others name their field or attribute.
    package static let nameKey = "name"

    /// A disclosure as it was kept.
    package init(array: [UInt8]) { self.array = array }

    /// Writes the disclosure of a text, or of a number where `isNumber` is set, behind others.
    ///
    /// - Parameters:
    ///   - json: room for the array, kept between calls.
    ///   - arrays: where it is added.
    /// - Returns: its token.
    /// - Complexity: O(length); allocates nothing once there is room.
    package static func write(
        salt: Span<UInt8>, key: Span<UInt8>, text: Span<UInt8>, isNumber: Bool = false,
        json: inout ByteWriter, addingTo arrays: inout [UInt8]
    ) -> Token {
        precondition(salt.count == Disclosure.saltBytes, "a salt has 16 bytes")
        json.removeAll()
        json.reserve(64 + 6 * (key.count + text.count))
        json.put("[\"")
        salt.withBase64URL { json.put($0) }
        json.put("\",\"")
        _ = json.putEscaped(key)
        json.put("\",")
        if !isNumber { json.put(0x22) }
        _ = json.putEscaped(text)
        if !isNumber { json.put(0x22) }
        json.put(0x5D)
        json.flush(to: &arrays)
        return json.withBytes { $0.disclosureToken() }
    }

    /// The bytes that are hashed, as they are handed out.
    package var encoded: [UInt8] { Base64URL.encode(array.span) }

    /// What it says: its key and its text; nil where it is no disclosure.
    package var content: (key: String, text: String)? {
        guard case .array(let parts)? = try? JSONValue(parsing: array.span),
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

    /// Whether an array as `write` makes it says that its text is a name.
    static func isOfName(_ array: Span<UInt8>) -> Bool {
        // `["`, the salt, `","`.
        let start = 5 + Base64URL.length(of: saltBytes)
        let key = nameKey.utf8Span.span
        guard array.count > start + key.count, array[start + key.count] == 0x22 else {
            return false
        }
        for index in key.indices where array[start + index] != key[index] { return false }
        return true
    }

    /// Where the text lies in an array as `write` makes it, if nothing in it is escaped; else nil.
    static func plainText(of array: Span<UInt8>) -> Range<Int>? {
        // `["`, the salt, `","`, the key, `","`, the text, `"]`.
        var quotes = 0
        var start = 0
        for index in array.indices {
            if array[index] == 0x5C { return nil }
            guard array[index] == 0x22 else { continue }
            quotes += 1
            if quotes == 5 { start = index + 1 }
        }
        guard quotes == 6, array[array.count - 2] == 0x22 else { return nil }
        return start..<array.count - 2
    }
}

extension Span<UInt8> {
    /// The encoded form, lent.
    fileprivate func withBase64URL<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let length = Base64URL.length(of: count)
        return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { room in
            if let start = room.baseAddress { unsafe Base64URL.encode(self, into: start) }
            return body(unsafe Span(_unsafeStart: room.baseAddress!, count: length))
        }
    }

    /// The token of a disclosure's array.
    fileprivate func disclosureToken() -> Token {
        withBase64URL { encoded in
            var hasher = SHA256()
            unsafe encoded.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
            let token = unsafe hasher.finalize().withUnsafeBytes {
                Token(raw: unsafe Span(_unsafeBytes: $0))
            }
            guard let token else { preconditionFailure("a SHA-256 has 32 bytes") }
            return token
        }
    }
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
