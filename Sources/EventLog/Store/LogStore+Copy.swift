package import EventModel
import LMDB
import Vault

extension LogStore {
    /// Writes a consistent copy of log and projections, as they are now, into a folder that holds no
    /// store yet. The signing key is not copied.
    ///
    /// - Parameter progress: told how many bytes were copied so far; what it throws ends the copy.
    /// - Throws: what the file system and LMDB have to say; the caller removes what was written.
    /// - Complexity: O(bytes in use).
    package func copy(
        toFolder folder: String, progress: (_ bytes: Int) throws -> Void = { _ in }
    ) throws {
        try environment.copy(toFolder: folder, progress: progress)
    }

    /// Copies the vault into a folder that has none yet; nothing where this store has none.
    package func copyVault(toFolder folder: String) throws { try vault.copy(toFolder: folder) }

    /// Puts a copy of this store's vault into the place of another's, of the same log.
    package func copyVault(into other: LogStore) throws {
        guard vault.isThere else { return }
        try other.vault.replace { try vault.copy(toFolder: $0) }
    }

    /// The event types the store was made with; the log's own registrations come on top.
    package var baseTypes: EventTypes { storeTypes.base }

    /// Forces everything recorded onto the disk; needed only for a store that does not do so batch
    /// by batch.
    package func sync() throws { try environment.sync() }

    /// The bytes that the data file's pages take, used and free.
    package func usedFileBytes() throws -> Int { try environment.usedFileBytes() }
}
