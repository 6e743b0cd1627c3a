import EventModel
import LMDB

/// The table `case_last`: the last entry of each case, and above these rows others that hold the
/// fingerprints of the rows beneath, up to the one of the highest row, which stands in the log's state.
/// So a row that was changed, or that stood there once, is told where it is read.
struct CaseLasts: Sendable {
    let table: Table
    /// The store's folder, for errors.
    let path: String

    /// Cases of a row of level 0.
    static let casesPerRow = 1020
    /// Rows whose fingerprints a row above them holds.
    static let rowsPerParent = 510
    /// The highest level, which has one row however many cases there are.
    static let top = 3

    /// Rows of a level in a log of so many cases.
    static func rowCount(level: Int, cases: UInt32) -> Int {
        var count = (Int(cases) + casesPerRow - 1) / casesPerRow
        for _ in 0..<level { count = (count + rowsPerParent - 1) / rowsPerParent }
        return count
    }

    static func key(level: Int, row: Int) -> Key { Key(UInt32(level), UInt32(row)) }

    func damage(level: Int, row: Int, _ reason: String) -> StoreFault {
        .damaged(path: path, table: table.name, key: "\(level)/\(row)", reason: reason)
    }
}

/// The rows of `case_last` as one transaction sees them, each held once against the row above it.
final class HeldCaseLasts {
    private let lasts: CaseLasts
    private let cases: UInt32
    /// The fingerprint of the highest row.
    private let mark: UInt64
    private var held: Set<Int> = []
    /// Fingerprints of the rows beneath, by level and row.
    private var parents: [[Int: [UInt64]]] = Array(repeating: [:], count: CaseLasts.top + 1)

    init(_ lasts: CaseLasts, _ state: LogState) {
        self.lasts = lasts
        cases = state.caseCount
        mark = state.caseLastMark
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
                lasts.table, CaseLasts.key(level: 0, row: row),
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
        let expected = try fingerprint(level: 0, row: row, in: transaction)
        let result = try transaction.withValue(
            lasts.table, CaseLasts.key(level: 0, row: row)
        ) { value -> Result? in
            guard value.count == 4 * CaseLasts.casesPerRow,
                Fingerprint(of: value).value == expected
            else { return nil }
            return try body(value)
        }
        guard case let found?? = result else { throw otherState(level: 0, row: row) }
        held.insert(row)
        return found
    }

    /// What a row must come to, by the row above it.
    private func fingerprint(
        level: Int, row: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        guard level < CaseLasts.top else { return mark }
        let above = try fingerprints(
            level: level + 1, row: row / CaseLasts.rowsPerParent, in: transaction)
        let place = row % CaseLasts.rowsPerParent
        guard place < above.count else { throw otherState(level: level, row: row) }
        return above[place]
    }

    /// The fingerprints that a row above level 0 holds; none where the log has no such row yet.
    func fingerprints(
        level: Int, row: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [UInt64] {
        guard row < CaseLasts.rowCount(level: level, cases: cases) else { return [] }
        if let known = parents[level][row] { return known }
        let expected = try fingerprint(level: level, row: row, in: transaction)
        let beneath = CaseLasts.rowCount(level: level - 1, cases: cases)
        let count = min(CaseLasts.rowsPerParent, beneath - row * CaseLasts.rowsPerParent)
        let found = try transaction.withValue(
            lasts.table, CaseLasts.key(level: level, row: row)
        ) { value -> [UInt64]? in
            guard value.count == 8 * count, Fingerprint(of: value).value == expected else {
                return nil
            }
            return (0..<count).map { value.littleEndian(at: 8 * $0) }
        }
        guard case let numbers?? = found else { throw otherState(level: level, row: row) }
        parents[level][row] = numbers
        return numbers
    }

    private func otherState(level: Int, row: Int) -> StoreFault {
        lasts.damage(level: level, row: row, "it is missing, or of another state than the log's")
    }
}
