internal import Crypto
import EventModel

/// A text with signatures, as C2SP `signed-note` writes it: the text, an empty line, and a line
/// `— <key name> <base64 of key id and signature>` for each signature.
///
/// The text means nothing until a `NoteVerifier` that is trusted has accepted the note.
///
/// Source: C2SP `signed-note`, golang.org/x/mod/sumdb/note.
public struct SignedNote: Hashable, Sendable {
    /// One signature line.
    public struct Signature: Hashable, Sendable {
        /// The key's name.
        public var name: String
        /// The key's id.
        public var identifier: UInt32
        /// The signature itself.
        public var bytes: [UInt8]
    }

    /// The text, ending with a line break.
    public let text: String
    /// The signatures, in the order of the note.
    public private(set) var signatures: [Signature]

    /// Notes that are longer are not read.
    static let longest = 1 << 20
    /// Signatures in one note, at most.
    static let mostSignatures = 64

    /// A note signed by one key; `text` ends with a line break.
    public init(_ text: String, signedWith key: StoreKey) throws {
        precondition(text.hasSuffix("\n"), "a note's text ends with a line break")
        self.text = text
        signatures = [
            Signature(
                name: key.name, identifier: key.identifier,
                bytes: try key.signature(of: Array(text.utf8)))
        ]
    }

    /// Reads a note; nil where it is none.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= SignedNote.longest, bytes.last == 0x0A,
            !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A }),
            let note = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let lines = note.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard let blank = lines.lastIndex(where: \.isEmpty), blank > 0 else { return nil }
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        let rest = texts[(blank + 1)...]
        guard !rest.isEmpty, rest.count <= SignedNote.mostSignatures else { return nil }
        signatures = []
        for line in rest {
            guard let signature = SignedNote.signature(line) else { return nil }
            signatures.append(signature)
        }
        text = texts[..<blank].joined(separator: "\n") + "\n"
    }

    private static func signature(_ line: String) -> Signature? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", LogStore.isOrigin(String(parts[1])),
            let bytes = Base64.decode(String(parts[2])), bytes.count > 4
        else { return nil }
        return Signature(
            name: String(parts[1]), identifier: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) },
            bytes: Array(bytes[4...]))
    }

    /// The note as it is stored and handed out.
    public var encoded: String {
        var note = text + "\n"
        for signature in signatures {
            let head = (0..<4).map {
                UInt8(truncatingIfNeeded: signature.identifier >> (24 - 8 * UInt32($0)))
            }
            note += "\u{2014} \(signature.name) \(Base64.encode(head + signature.bytes))\n"
        }
        return note
    }
}

/// A public key that checks notes, as others are given it: `<name>+<id>+<base64 of 0x01 and key>`.
public struct NoteVerifier: Hashable, Sendable {
    /// The key's name.
    public let name: String
    /// The key's id.
    public let identifier: UInt32
    /// The Ed25519 public key, 32 bytes.
    public let publicKey: [UInt8]

    /// Reads a verifier key; nil where it is none, or its id is not that of name and key.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, LogStore.isOrigin(String(parts[0])),
            let bytes = Base64.decode(String(parts[2])), bytes.count == 33, bytes[0] == 0x01,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes.dropFirst())) != nil
        else { return nil }
        name = String(parts[0])
        publicKey = Array(bytes.dropFirst())
        identifier = NoteVerifier.identifier(name: name, publicKey: publicKey)
        guard parts[1] == Hexadecimal.text(identifier) else { return nil }
    }

    /// First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key), big-endian.
    static func identifier(name: String, publicKey: [UInt8]) -> UInt32 {
        var hasher = SHA256()
        hasher.update(data: Array(name.utf8) + [0x0A, 0x01] + publicKey)
        return hasher.finalize().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The key as it is handed out.
    public var text: String {
        "\(name)+\(Hexadecimal.text(identifier))+\(Base64.encode([0x01] + publicKey))"
    }

    /// Whether this key signed a note: there is a signature of its name and id, and all such hold.
    public func accepts(_ note: SignedNote) -> Bool {
        let own = note.signatures.filter { $0.name == name && $0.identifier == identifier }
        guard !own.isEmpty,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return own.allSatisfy { key.isValidSignature($0.bytes, for: Array(note.text.utf8)) }
    }
}
