import EventModel
import LMDB

extension LogView {
    /// The text of a name id; "" for 0 (absent) and 1.
    ///
    /// - Throws: `StoreFault.damaged` where there is no such id: what named it is not sound.
    /// - Complexity: O(log names).
    public func name(_ id: UInt32) throws -> String {
        try text(id, of: tables.names, count: state.nameCount)
    }

    /// The id of a name; nil when no entry has it.
    ///
    /// - Complexity: O(log names · runs).
    public func nameID(_ text: String) throws -> UInt32? {
        if text.isEmpty { return 1 }
        return try tables.names.id(of: text, in: transaction)
    }

    /// The subject of a case.
    ///
    /// - Throws: `StoreFault.damaged` where there is no such case: what named it is not sound.
    /// - Complexity: O(log cases).
    public func subject(ofCase id: UInt32) throws -> String {
        try text(id, of: tables.cases, count: state.caseCount)
    }

    private func text(_ id: UInt32, of texts: TextTables, count: UInt32) throws -> String {
        guard id < count else {
            throw StoreFault.damaged(
                path: texts.ends.path, table: texts.ends.table.name, key: String(id),
                reason: "a stored id is past the last text")
        }
        return try texts.text(id, in: transaction)
    }

    /// The id of a case; nil when the log has no event of it.
    ///
    /// - Complexity: O(log cases · runs).
    public func caseID(_ subject: String) throws -> UInt32? {
        try tables.cases.id(of: subject, in: transaction)
    }
}
