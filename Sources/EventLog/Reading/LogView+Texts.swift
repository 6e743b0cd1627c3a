import EventModel
import LMDB

extension LogView {
    /// The text of a name id; "" for 0 (absent) and 1; traps where there is no such id.
    ///
    /// - Complexity: O(log names).
    public func name(_ id: UInt32) throws -> String {
        precondition(id < state.nameCount, "no such name id")
        return try tables.names.text(id, in: transaction)
    }

    /// The id of a name; nil when no entry has it.
    ///
    /// - Complexity: O(log names · runs).
    public func nameID(_ text: String) throws -> UInt32? {
        if text.isEmpty { return 1 }
        return try tables.names.id(of: text, in: transaction)
    }

    /// The subject of a case; traps where there is no such case.
    ///
    /// - Complexity: O(log cases).
    public func subject(ofCase id: UInt32) throws -> String {
        precondition(id < state.caseCount, "no such case id")
        return try tables.cases.text(id, in: transaction)
    }

    /// The id of a case; nil when the log has no event of it.
    ///
    /// - Complexity: O(log cases · runs).
    public func caseID(_ subject: String) throws -> UInt32? {
        try tables.cases.id(of: subject, in: transaction)
    }
}
