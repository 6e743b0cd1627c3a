internal import Crypto
internal import LMDB
internal import Vault

extension LogStore {
    /// Makes digests of texts that tell of persons, for ids: HMAC-SHA-256, cut to 16 bytes, under a key
    /// that stands in the vault alone. Whoever has the log without it can't try names against them.
    ///
    /// - Throws: `VaultFault.missing` without a vault, `.damaged` where the key is not the log's.
    package func privateDigest() throws -> @Sendable ([UInt8]) -> [UInt8] {
        guard let reader = try vault.beginRead() else { throw VaultFault.missing(path: path) }
        guard let key = try reader.digestKey, try [nil, .older].contains(vaultMismatch()) else {
            throw VaultFault.damaged(
                path: path, reason: "its key of digests is missing or another log's")
        }
        let secret = SymmetricKey(data: key)
        return { text in
            Array(HMAC<SHA256>.authenticationCode(for: text, using: secret).prefix(16))
        }
    }

    /// Why a vault is not the one that the log was written with.
    package enum VaultMismatch: Hashable, Sendable {
        /// It has no key of digests.
        case noKey
        /// Its key of digests is not the one that the store was made with.
        case otherKey
        /// It lacks rows that it had when the log was last written.
        case older
    }

    /// Whether the vault is the store's own, and as far as the log; nil where it is, or where there is
    /// none to look at.
    package func vaultMismatch() throws -> VaultMismatch? {
        guard vault.isThere else { return nil }
        // First the log: a vault that is ahead of it is sound.
        let state = try read { $0.state }
        return try vaultMismatch(state)
    }

    func vaultMismatch(_ state: LogState) throws -> VaultMismatch? {
        guard let reader = try vault.beginRead() else { return nil }
        guard let key = try reader.digestKey, key.count == ContentDigest.keyBytes else {
            return .noKey
        }
        if let vaultMark, Registry.mark(ofVaultKey: key) != vaultMark { return .otherKey }
        return try reader.reaches(state.vault) ? nil : .older
    }

    /// Refuses to record beside a vault whose tokens would stand for nobody, or be given twice.
    func refuseForeignVault(_ transaction: borrowing WriteTransaction) throws {
        switch try vaultMismatch(tables.state(in: transaction)) {
        case .otherKey: throw VaultFault.damaged(path: path, reason: "it is another log's")
        case .older: throw VaultFault.older(path: path)
        case .noKey, nil: break
        }
    }

    /// From now on the log goes with its vault as it is: one that was carried over, or that its keeper
    /// takes though rows of it are lost.
    package func takeVault() throws {
        guard let stand = try vault.beginRead()?.stand else { return }
        try write { transaction, view in
            var state = view.state
            state.vault = stand
            guard state != view.state else { return }
            try transaction.put(tables.registry, Key(StoreFormat.stateKey), state.encoded)
        }
    }

    /// The vault's key of digests, for a store that takes the vault over.
    package func digestKey() throws -> [UInt8]? { try vault.beginRead()?.digestKey }
}
