internal import Crypto
import Definitions
import EventModel
internal import Synchronization

/// SHA-256, as 64 lower-case hexadecimal digits. May be fed from another thread than the one that
/// asks for it.
public final class Digest: Sendable {
    private let hash = Mutex(SHA256())

    /// The digest of nothing yet.
    public init() {}

    /// Takes more bytes in.
    public func update(_ bytes: Span<UInt8>) {
        hash.withLock { hash in
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }
    }

    /// The digest of what was taken in.
    public var hex: String { Hexadecimal.text(hash.withLock { $0.finalize() }) }

    /// The digest of a text as the log records it: in its normal form.
    public static func hex(ofText text: String) -> String {
        hex(of: Array(NormalText.form(of: text).utf8))
    }

    /// The digest of what a definition says (`SourceDocument.meaning`): the same for all whose texts
    /// for people differ alone. Of what is no definition in YAML it is the text's own.
    public static func hex(ofMeaning text: String) -> String {
        let document = SourceDocument(file: "", text: NormalText.form(of: text))
        return hex(ofText: document.meaning ?? text)
    }

    /// The digest of some bytes.
    public static func hex(of bytes: [UInt8]) -> String {
        let digest = Digest()
        digest.update(bytes.span)
        return digest.hex
    }
}
