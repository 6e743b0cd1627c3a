import EventModel
import LMDB

/// Writes cases' last entries, a row at a time, in ascending order of cases.
struct CaseLastsWriter {
    private let lasts: CaseLasts
    private let before: HeldCaseLasts
    /// Cases there were before; the others have no last entry yet.
    private let casesBefore: UInt32
    private let markBefore: UInt64
    private var row: Int?
    private var values: [UInt32] = []
    private var place = 0
    /// The rows written, ascending, with their fingerprints.
    private var written: [(leaf: Int, fingerprint: UInt64)] = []

    init(_ lasts: CaseLasts, _ old: LogState) {
        self.lasts = lasts
        before = HeldCaseLasts(lasts, old)
        casesBefore = old.caseCount
        markBefore = old.caseLastMark
    }

    /// The last entry of the case moved to; all ones where it has none.
    var last: UInt32 {
        get { values[place] }
        set { values[place] = newValue }
    }

    /// Goes on to a case; never back.
    mutating func move(to id: UInt32, in transaction: borrowing WriteTransaction) throws {
        let wanted = Int(id) / CaseLasts.casesPerRow
        place = Int(id) % CaseLasts.casesPerRow
        guard wanted != row else { return }
        try flush(in: transaction)
        row = wanted
        values = Array(repeating: .max, count: CaseLasts.casesPerRow)
        guard wanted < CaseLasts.rowCount(cases: casesBefore) else { return }
        try before.withRow(wanted, in: transaction) { stored in
            for index in values.indices { values[index] = stored.littleEndian(at: 4 * index) }
        }
    }

    private mutating func flush(in transaction: borrowing WriteTransaction) throws {
        guard let row else { return }
        written.append((row, try lasts.tree.put(level: 0, row: row, values, in: transaction)))
    }

    /// Writes the last row and all above the rows that were written.
    ///
    /// - Returns: the fingerprint of the highest row.
    mutating func finish(in transaction: borrowing WriteTransaction) throws -> UInt64 {
        try flush(in: transaction)
        row = nil
        return try lasts.tree.update(
            written, leaves: CaseLasts.rowCount(cases: casesBefore), mark: markBefore,
            in: transaction)
    }
}
