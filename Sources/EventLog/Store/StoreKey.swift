internal import Crypto
import EventModel

/// The Ed25519 key that signs a store's checkpoints, kept in the folder's file `key` (mode 0600) in
/// the form of Go's `note` package, so that other tools of transparency logs can use it:
/// `PRIVATE+KEY+<origin>+<id in hexadecimal>+<base64 of 0x01 and the seed>`.
///
/// Source: C2SP `signed-note`, golang.org/x/mod/sumdb/note.
public struct StoreKey: Sendable {
    /// The log's origin, the name in its signatures.
    public let name: String
    private let seed: [UInt8]
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]
    /// First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key), big-endian.
    public let identifier: UInt32

    /// A key from 32 random bytes; nil with another number of them.
    public init?(name: String, seed: [UInt8]) {
        guard seed.count == 32,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { return nil }
        self.name = name
        self.seed = seed
        publicKey = [UInt8](key.publicKey.rawRepresentation)
        identifier = NoteVerifier.identifier(name: name, publicKey: publicKey)
    }

    /// The signature of a text, 64 bytes.
    public func signature(of text: [UInt8]) throws -> [UInt8] {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        return [UInt8](try key.signature(for: text))
    }

    /// What others need to check signatures: `<origin>+<id>+<base64 of 0x01 and the public key>`.
    public var verifier: String {
        "\(name)+\(hexadecimalIdentifier)+\(Base64.encode([0x01] + publicKey))"
    }

    private var hexadecimalIdentifier: String { Hexadecimal.text(identifier) }

    /// The key file's line.
    package var line: String {
        "PRIVATE+KEY+\(name)+\(hexadecimalIdentifier)+\(Base64.encode([0x01] + seed))\n"
    }

    package static func parse(_ text: String, origin: String) -> StoreKey? {
        let prefix = "PRIVATE+KEY+\(origin)+"
        guard text.hasPrefix(prefix), text.hasSuffix("\n") else { return nil }
        let rest = text.dropFirst(prefix.count).dropLast()
        guard let plus = rest.firstIndex(of: "+"),
            let bytes = Base64.decode(String(rest[rest.index(after: plus)...])), bytes.count == 33,
            bytes[0] == 0x01, let key = StoreKey(name: origin, seed: Array(bytes.dropFirst())),
            rest[..<plus] == key.hexadecimalIdentifier
        else { return nil }
        return key
    }

    /// Reads a store's key file.
    static func read(folder: String, origin: String) throws(StoreFault) -> StoreKey {
        let path = folder + "/key"
        guard !StoreFiles.isAbsent(path) else { throw missing(path) }
        return try read(file: path, origin: origin)
    }

    /// What a store without its key is told.
    static func missing(_ path: String) -> StoreFault {
        .badKey(
            path: path,
            reason: "it is not there; put it back from a copy, or make a new one with \"rekam key "
                + "rotate --lost\"")
    }

    /// Reads a key file, wherever it is kept.
    package static func read(
        file path: String, origin: String, following: Bool = true
    ) throws(StoreFault) -> StoreKey {
        let file = try StoreFiles.read(path, limitBytes: 4096, following: following)
        guard file.isPrivate else {
            throw .badKey(
                path: path, reason: "others may read it; set its mode with \"chmod 600 \(path)\"")
        }
        guard let text = String(validating: file.bytes, as: UTF8.self),
            let key = parse(text, origin: origin)
        else { throw .badKey(path: path, reason: "it is not the key of \(origin)") }
        return key
    }

    /// Makes a store's key file, readable by its owner alone.
    package func write(folder: String) throws(StoreFault) {
        try write(file: folder + "/key")
    }

    func write(file path: String) throws(StoreFault) {
        try StoreFiles.make(path, Array(line.utf8))
    }
}

/// Base64 with padding, as RFC 4648, 4.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
            let value = group[0] << 16 | group[1] << 8 | group[2]
            for place in 0..<4 {
                let isPadding = start + place > bytes.count
                text.append(
                    isPadding ? 0x3D : alphabet[Int(value >> (18 - 6 * UInt32(place))) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text; nil unless it is exactly what `encode` gives for them.
    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        for character in text.utf8 where character != 0x3D {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            value = value << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
            }
        }
        return encode(bytes) == text ? bytes : nil
    }
}
