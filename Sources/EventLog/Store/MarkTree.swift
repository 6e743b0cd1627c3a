import EventModel
import LMDB

/// Rows of fingerprints above the values of a table, its leaves: each row holds those of the rows or leaves beneath
/// it, up to the one of the highest row, which stands in the log's state. So a leaf that was changed, that stood
/// there once, or that is another log's, is told where it is read.
struct MarkTree: Sendable {
    let table: Table
    /// The store's folder, for errors.
    let path: String
    /// Tells trees of one table apart: level n has the key `lane` + n.
    var lane: UInt32 = 0

    /// Rows or leaves whose fingerprints a row holds.
    static let perRow = 510
    /// The highest level, which has one row however many leaves there are.
    static let top = 3

    /// Rows of a level, from 1 on, above so many leaves.
    static func rowCount(level: Int, leaves: Int) -> Int {
        var count = leaves
        for _ in 0..<level { count = (count + perRow - 1) / perRow }
        return count
    }

    /// Rows of all levels above so many leaves.
    static func rowCount(leaves: Int) -> Int {
        (1...top).reduce(0) { $0 + rowCount(level: $1, leaves: leaves) }
    }

    func key(level: Int, row: Int) -> Key { Key(lane + UInt32(level), UInt32(row)) }

    func otherState(level: Int, row: Int) -> StoreFault {
        .damaged(
            path: path, table: table.name, key: "\(Int(lane) + level)/\(row)",
            reason: "it is missing, or of another state than the log's")
    }
}

/// The fingerprints that a tree's leaves must come to, as one state of the log has them.
final class HeldMarks {
    private let tree: MarkTree
    private let leaves: Int
    /// The fingerprint of the highest row.
    private let mark: UInt64
    /// By level and row.
    private var rows: [[Int: [UInt64]]] = Array(repeating: [:], count: MarkTree.top + 1)

    init(_ tree: MarkTree, leaves: Int, mark: UInt64) {
        self.tree = tree
        self.leaves = leaves
        self.mark = mark
    }

    /// The fingerprint of a leaf, by the row above it.
    ///
    /// - Complexity: O(1) when its row is known.
    func fingerprint(
        ofLeaf leaf: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        try fingerprint(level: 0, row: leaf, in: transaction)
    }

    private func fingerprint(
        level: Int, row: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        guard level < MarkTree.top else { return mark }
        let above = try fingerprints(level: level + 1, row: row / MarkTree.perRow, in: transaction)
        let place = row % MarkTree.perRow
        guard place < above.count else { throw tree.otherState(level: level, row: row) }
        return above[place]
    }

    /// The fingerprints that a row holds; none where there is no such row yet.
    func fingerprints(
        level: Int, row: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [UInt64] {
        guard row < MarkTree.rowCount(level: level, leaves: leaves) else { return [] }
        if let known = rows[level][row] { return known }
        let expected = try fingerprint(level: level, row: row, in: transaction)
        let beneath = MarkTree.rowCount(level: level - 1, leaves: leaves)
        let count = min(MarkTree.perRow, beneath - row * MarkTree.perRow)
        let found = try transaction.withValue(
            tree.table, tree.key(level: level, row: row)
        ) { value -> [UInt64]? in
            guard value.count == 8 * count, Fingerprint(of: value).value == expected else {
                return nil
            }
            return (0..<count).map { value.littleEndian(at: 8 * $0) }
        }
        guard case let numbers?? = found else { throw tree.otherState(level: level, row: row) }
        rows[level][row] = numbers
        return numbers
    }
}

extension MarkTree {
    /// Writes the rows above leaves that were written.
    ///
    /// - Parameters:
    ///   - written: the leaves with their fingerprints, ascending; none is left out behind those there were.
    ///   - leaves: how many there were before.
    ///   - mark: the fingerprint of the highest row before.
    /// - Returns: the fingerprint of the highest row.
    /// - Complexity: O(leaves written).
    func update(
        _ written: [(leaf: Int, fingerprint: UInt64)], leaves: Int, mark: UInt64,
        in transaction: borrowing WriteTransaction
    ) throws -> UInt64 {
        let before = HeldMarks(self, leaves: leaves, mark: mark)
        var beneath = written
        for level in 1...MarkTree.top {
            var above: [(leaf: Int, fingerprint: UInt64)] = []
            var at = 0
            while at < beneath.count {
                let row = beneath[at].leaf / MarkTree.perRow
                var numbers = try before.fingerprints(level: level, row: row, in: transaction)
                while at < beneath.count, beneath[at].leaf / MarkTree.perRow == row {
                    let place = beneath[at].leaf % MarkTree.perRow
                    precondition(place <= numbers.count, "rows come one after another")
                    if place == numbers.count { numbers.append(0) }
                    numbers[place] = beneath[at].fingerprint
                    at += 1
                }
                above.append((row, try put(level: level, row: row, numbers, in: transaction)))
            }
            beneath = above
        }
        return beneath.first?.fingerprint ?? mark
    }

    /// - Returns: the fingerprint of what was written.
    func put(
        level: Int, row: Int, _ numbers: [some FixedWidthInteger & BitwiseCopyable],
        in transaction: borrowing WriteTransaction
    ) throws -> UInt64 {
        try unsafe numbers.withUnsafeBytes { numbers in
            let bytes = unsafe Span<UInt8>(_unsafeBytes: numbers)
            try transaction.put(table, key(level: level, row: row), bytes)
            return Fingerprint(of: bytes).value
        }
    }
}

/// What ties a stream's blocks to the state of the log: the seals of all blocks, by a tree.
struct StreamTie: Sendable {
    let tree: MarkTree
    /// Its place among the state's marks of streams.
    let place: Int
    let registry: Table
    /// How long the stream is in a state of the log, in bytes.
    let length: @Sendable (LogState) -> UInt64

    /// Blocks of the stream in a state of the log.
    func blocks(in state: LogState) -> Int {
        (Int(length(state)) + ByteStream.blockBytes - 1) / ByteStream.blockBytes
    }

    /// Whether a block's seal is the one that the log's state has.
    ///
    /// - Complexity: O(1,530): to be asked once for a block.
    func holds(
        _ seal: UInt64, ofBlock block: Int, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> Bool {
        guard let bytes = try transaction.copyValue(registry, Key(StoreFormat.stateKey)),
            let state = LogState(bytes)
        else { return false }
        let held = HeldMarks(tree, leaves: blocks(in: state), mark: state.textMarks[place])
        return try held.fingerprint(ofLeaf: block, in: transaction) == seal
    }
}
