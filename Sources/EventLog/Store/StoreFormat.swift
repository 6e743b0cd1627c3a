import EventModel

/// What tells a store of ours from other folders, and one format from another.
enum StoreFormat {
    /// Raised whenever a table's layout changes; drawn in `Schemas/STORE.md`.
    static let version = 2
    static let magic = "rekam"

    /// Keys of the registry.
    static let formatKey = "format"
    static let originKey = "origin"
    static let typesKey = "types"
    static let stateKey = "state"
    /// The key of content digests, 16 random bytes.
    static let contentKey = "content_key"
    /// SHA-256 of the vault's key of digests: tells it from another one.
    static let vaultMarkKey = "vault_mark"
    /// A digest of what cannot be derived: format, origin and types.
    static let sealKey = "seal"

    /// All keys that a registry has.
    static let keys = [
        formatKey, originKey, typesKey, stateKey, contentKey, vaultMarkKey, sealKey,
    ]

    /// The record under `format`: with the version of Unicode by which texts were normalised.
    static var encoded: [UInt8] {
        var record = RecordWriter()
        record.put(magic)
        record.put(UInt32(version))
        record.put(NormalText.unicodeVersion)
        return record.bytes
    }

    /// The version a record states; nil when it is not one of ours.
    static func version(of bytes: [UInt8]) -> Int? {
        var record = RecordReader(bytes)
        guard record.takeText() == magic, let version = record.take(UInt32.self) else {
            return nil
        }
        return Int(version)
    }
}
