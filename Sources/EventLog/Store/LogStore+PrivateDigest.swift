internal import Crypto
internal import Vault

extension LogStore {
    /// Makes digests of texts that tell of persons, for ids: HMAC-SHA-256, cut to 16 bytes, under a key
    /// that stands in the vault alone. Whoever has the log without it can't try names against them.
    ///
    /// - Throws: `VaultFault.missing` without a vault.
    package func privateDigest() throws -> @Sendable ([UInt8]) -> [UInt8] {
        guard let key = try vault.beginRead()?.digestKey else {
            throw VaultFault.missing(path: path)
        }
        let secret = SymmetricKey(data: key)
        return { text in
            Array(HMAC<SHA256>.authenticationCode(for: text, using: secret).prefix(16))
        }
    }
}
