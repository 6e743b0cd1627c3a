import EventModel
import LMDB

/// The table `case_last`: the last entry of each case, in rows that are the leaves of a tree of fingerprints.
struct CaseLasts: Sendable {
    /// Levels from 1 on; its leaves are level 0.
    let tree: MarkTree

    var table: Table { tree.table }

    /// Cases of a row of level 0.
    static let casesPerRow = 1020

    /// Rows of level 0 in a log of so many cases.
    static func rowCount(cases: UInt32) -> Int {
        (Int(cases) + casesPerRow - 1) / casesPerRow
    }

    func key(_ row: Int) -> Key { tree.key(level: 0, row: row) }
}

/// The rows of `case_last` as one transaction sees them, each held once against the row above it.
final class HeldCaseLasts {
    private let lasts: CaseLasts
    private let marks: HeldMarks
    private var held: Set<Int> = []

    init(_ lasts: CaseLasts, _ state: LogState) {
        self.lasts = lasts
        marks = HeldMarks(
            lasts.tree, leaves: CaseLasts.rowCount(cases: state.caseCount),
            mark: state.caseLastMark)
    }

    /// The last entry of a case that exists.
    ///
    /// - Complexity: O(log cases); O(1,020) when its row is first asked for.
    func lastSequence(
        ofCase id: UInt32, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt32 {
        let row = Int(id) / CaseLasts.casesPerRow
        let place = Int(id) % CaseLasts.casesPerRow
        if held.contains(row) {
            let found = try transaction.withValue(
                lasts.table, lasts.key(row),
                { $0.littleEndian(at: 4 * place, as: UInt32.self) })
            if let found { return found }
        }
        return try withRow(row, in: transaction) { $0.littleEndian(at: 4 * place) }
    }

    /// Lends a row of level 0.
    func withRow<Result>(
        _ row: Int, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let expected = try marks.fingerprint(ofLeaf: row, in: transaction)
        let result = try transaction.withValue(lasts.table, lasts.key(row)) { value -> Result? in
            guard value.count == 4 * CaseLasts.casesPerRow,
                Fingerprint(of: value).value == expected
            else { return nil }
            return try body(value)
        }
        guard case let found?? = result else { throw lasts.tree.otherState(level: 0, row: row) }
        held.insert(row)
        return found
    }
}
