internal import EventModel
internal import LMDB

/// How far a vault was written when its log last committed: what tells an older one, and one that went
/// on beside another log.
///
/// A vault is committed before its log, so one that is ahead is sound; one that is behind lacks tokens
/// that the log has, and whoever comes in again would be given a second one.
package struct VaultStand: Hashable, Sendable {
    /// Rows ever written.
    package var rows: UInt32 = 0
    /// The last row of `disclosures`, and the fingerprint of what stands there; meaningless where there
    /// was none.
    package var last: UInt32 = 0
    package var mark: UInt64 = 0

    /// Nothing was written.
    package init() {}

    package init(rows: UInt32, last: UInt32, mark: UInt64) {
        self.rows = rows
        self.last = last
        self.mark = mark
    }

    /// How it stands once some rows are written behind it.
    package func adding(_ added: VaultRows) -> VaultStand {
        var stand = self
        if let name = added.names.last {
            stand.last = rows + UInt32(added.names.count) - 1
            stand.mark = Fingerprint(of: added.bytes.span.extracting(name.disclosure)).value
        }
        stand.rows = rows + UInt32(added.count)
        return stand
    }
}

extension VaultReader {
    /// How far the vault was written.
    package var stand: VaultStand {
        get throws {
            var stand = VaultStand()
            stand.rows = try tables.rowsWritten(in: transaction)
            var cursor = try transaction.cursor(tables.disclosures)
            if try cursor.move(.last) {
                stand.last = try cursor.keyNumber(at: 0)
                stand.mark = try cursor.withEntry { Fingerprint(of: $1).value }
            }
            return stand
        }
    }

    /// Whether it holds all that it held when it stood so, but for what was erased since.
    package func reaches(_ stand: VaultStand) throws -> Bool {
        guard try tables.rowsWritten(in: transaction) >= stand.rows else { return false }
        let found = try transaction.withValue(tables.disclosures, Key(stand.last)) {
            Fingerprint(of: $0).value
        }
        return found == nil || stand.mark == 0 || found == stand.mark
    }
}
