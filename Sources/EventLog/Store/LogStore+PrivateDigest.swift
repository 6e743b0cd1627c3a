internal import Crypto
internal import Vault

extension LogStore {
    /// Makes digests of texts that tell of persons, for ids: HMAC-SHA-256, cut to 16 bytes, under a key
    /// that stands in the vault alone. Whoever has the log without it can't try names against them.
    ///
    /// - Throws: `VaultFault.missing` without a vault, `.damaged` where the key is not the log's.
    package func privateDigest() throws -> @Sendable ([UInt8]) -> [UInt8] {
        guard let reader = try vault.beginRead() else { throw VaultFault.missing(path: path) }
        guard let key = try reader.digestKey, try digestKeyFault() == nil else {
            throw VaultFault.damaged(
                path: path, reason: "its key of digests is missing or another log's")
        }
        let secret = SymmetricKey(data: key)
        return { text in
            Array(HMAC<SHA256>.authenticationCode(for: text, using: secret).prefix(16))
        }
    }

    /// What is wrong with the key of digests.
    package enum DigestKeyFault: Hashable, Sendable {
        /// The vault has none.
        case missing
        /// It is not the one that the store was made with.
        case other
    }

    /// Whether the vault's key of digests is the store's own; nil where it is, or where there is no
    /// vault to look at.
    package func digestKeyFault() throws -> DigestKeyFault? {
        guard let reader = try vault.beginRead() else { return nil }
        guard let key = try reader.digestKey, key.count == ContentDigest.keyBytes else {
            return .missing
        }
        guard let vaultMark else { return nil }
        return Registry.mark(ofVaultKey: key) == vaultMark ? nil : .other
    }

    /// The vault's key of digests, for a store that takes the vault over.
    package func digestKey() throws -> [UInt8]? { try vault.beginRead()?.digestKey }
}
