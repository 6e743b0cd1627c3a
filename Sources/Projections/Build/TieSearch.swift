import Definitions
import EventLog
import EventModel

/// Looks for the events of a case whose order only recording decided, and on which facts depend.
///
/// Two events are such where they are of one instant and rank: only their sequences tell which comes
/// first, unless their source does. Whether it matters is tried: the case is evaluated once more as
/// if each had been recorded in the other's place. So nothing has to be known of what projections
/// look at, and where a source's order tells the two apart the facts stay what they are.
struct TieSearch: ~Copyable {
    private let plan: Plan
    private var evaluator: CaseEvaluator
    /// The case's rows as they were gathered.
    private var rows: [Row] = []
    private var longOrders: [UInt32: [UInt8]] = [:]
    private var payloadWords = 0

    /// Of more events alike than this, only those that follow each other are tried.
    private static let mostAlike = 8

    init(plan: Plan) {
        self.plan = plan
        evaluator = CaseEvaluator(plan: plan)
        evaluator.table.isWhole = true
    }

    /// Adds what a plan's projections find doubtful in a case.
    mutating func search(
        _ doubts: inout CaseDoubts, upTo: UInt32, _ voided: Set<UInt32>, _ walk: inout ChainWalk,
        _ view: borrowing LogView
    ) throws {
        let id = doubts.caseID
        guard let kind = plan.kindNumber(ofSubject: try view.subject(ofCase: id)) else { return }
        evaluator.table.clear()
        for sequence in try view.caseHistory(id) where sequence < upTo && !voided.contains(sequence)
        {
            _ = try walk.add(sequence, to: &evaluator.table)
        }
        try evaluator.table.readLongOrders(view)
        rows = (0..<evaluator.table.rows.count).map { evaluator.table.rows[$0] }
        longOrders = evaluator.table.longOrders
        payloadWords = evaluator.table.payload.count
        evaluator.notesReversals = true
        let facts = facts(ofCase: id, kind)
        evaluator.notesReversals = false
        for reversal in evaluator.reversals where !doubts.reversals.contains(reversal) {
            doubts.reversals.append(reversal)
        }
        evaluator.reversals.removeAll()
        let pairs = pairs()
        if pairs.count > CaseDoubts.mostPairs { doubts.hasMorePairs = true }
        for (first, second) in pairs.prefix(CaseDoubts.mostPairs) {
            swap(first, second)
            let others = self.facts(ofCase: id, kind)
            swap(first, second)
            let names = plan.definitions.indices.filter { facts[$0] != others[$0] }.map {
                plan.definitions[$0].name
            }
            guard !names.isEmpty else { continue }
            doubts.add(names, first: rows[first].sequence, second: rows[second].sequence)
        }
    }

    /// Places of rows that only recording tells apart, the earlier one first.
    private func pairs() -> [(Int, Int)] {
        let opening = evaluator.table.opening(0..<rows.count)
        /// What decides before the sequence does, but for a source's order.
        func key(_ place: Int) -> (Int64, UInt32, Int64) {
            let row = rows[place]
            return (row.time, evaluator.table.nanoseconds(of: row), row.rank)
        }
        let places = rows.indices.filter {
            rows[$0].mask != 0 || evaluator.table.holdsUp(rows[$0], openingAt: opening)
        }.sorted { left, right in
            let (first, second) = (key(left), key(right))
            return first == second
                ? rows[left].sequence < rows[right].sequence : first < second
        }
        var pairs: [(Int, Int)] = []
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, key(places[end]) == key(places[start]) { end += 1 }
            for first in start..<end {
                let reach = end - start > Self.mostAlike ? min(first + 2, end) : end
                for second in (first + 1)..<max(first + 1, reach) {
                    pairs.append((places[first], places[second]))
                }
            }
            start = end
        }
        return pairs
    }

    /// Has two rows be as if each had been recorded in the other's place.
    private mutating func swap(_ first: Int, _ second: Int) {
        let (left, right) = (rows[first].sequence, rows[second].sequence)
        (rows[first].sequence, rows[second].sequence) = (right, left)
        (longOrders[left], longOrders[right]) = (longOrders[right], longOrders[left])
    }

    /// How often each projection has each fact of the rows.
    private mutating func facts(ofCase id: UInt32, _ kind: UInt8) -> [[[UInt32]: Int64]] {
        evaluator.table.rows.truncate(to: 0)
        for row in rows { evaluator.table.rows.append(row) }
        evaluator.table.payload.truncate(to: payloadWords)
        evaluator.table.longOrders = longOrders
        evaluator.evaluate(caseID: id, kind: kind, start: 0, count: rows.count, sign: 1)
        evaluator.fault = nil
        return plan.definitions.indices.map { place in
            let buffer = evaluator.facts[place]
            let width = plan.layouts[place].words
            var found: [[UInt32]: Int64] = [:]
            for start in stride(from: 0, to: buffer.words.count, by: width) {
                let row = buffer.words.array(start..<start + width)
                let count = UInt64(row[width - 2]) << 32 | UInt64(row[width - 1])
                found[Array(row.dropLast(2)), default: 0] += Int64(bitPattern: count)
            }
            buffer.words.truncate(to: 0)
            return found.filter { $0.value != 0 }
        }
    }
}

extension CaseDoubts {
    /// Adds a tie, or to what is known of it.
    fileprivate mutating func add(_ names: [String], first: UInt32, second: UInt32) {
        if let place = ties.firstIndex(where: { $0.first == first && $0.second == second }) {
            ties[place].projections += names
        } else {
            ties.append(Tie(first: first, second: second, projections: names))
        }
    }
}
