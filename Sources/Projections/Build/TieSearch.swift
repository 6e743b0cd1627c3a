import Definitions
import EventLog
import EventModel

/// Events that nothing but the order of recording tells apart, where facts depend on it: of one instant
/// and rank, and of no source's order.
public struct DecidingTie: Hashable, Sendable {
    /// Their sequences in the log, in the order in which they count: two that, each recorded in the
    /// other's place, would make other facts; or more, where only several in other places would.
    public var entries: [UInt32]
    /// Names of the projections whose facts would be others, in the order they were given; or the field
    /// of a profile that would be another: `agent.department`.
    public var projections: [String]
}

/// Looks for the events of a case whose order only recording decided, and on which facts depend.
///
/// Whether it matters is tried: the case is evaluated once more as if each of two such events had been
/// recorded in the other's place. So nothing has to be known of what projections look at, and where a
/// source's order tells the two apart the facts stay what they are. Where no two make a difference,
/// other orders that recording could have given are tried: an event may wait for one of its source.
struct TieSearch: ~Copyable {
    let plan: Plan
    private(set) var evaluator: CaseEvaluator
    /// The case's rows as they were gathered.
    var rows: [Row] = []
    var longOrders: [UInt32: [UInt8]] = [:]
    private var payloadWords = 0
    /// By projection: the bits of rows that it looks at, by type.
    private let looked: [[UInt64]]
    /// Types whose rows say something beside those of their own or other types: see `CaseRules`.
    private let ruled: UInt64

    /// Of more events alike than this, only those that follow each other are tried.
    private static let mostAlike = 8
    /// Pairs tried in one case, at most; and rows evaluated for them.
    private static let mostPairs = 256
    private static let mostRows = 1 << 18

    init(plan: Plan) {
        self.plan = plan
        evaluator = CaseEvaluator(plan: plan)
        evaluator.table.isWhole = true
        looked = plan.definitions.indices.map { plan.lookedBits(of: $0) }
        let rules = plan.codes.rules
        ruled = rules.settingsOfType.indices.reduce(
            rules.openings | rules.telling | rules.merging | rules.watched
        ) { types, type in
            rules.settingsOfType[type].count > 0 ? types | 1 << UInt64(type) : types
        }
    }

    /// The ties of a case that decide a fact of the plan's projections, where the later recorded of
    /// the two is among some entries; and whether there may be more of them, which were not tried.
    ///
    /// - Parameter rest: how many evaluations are left; each pair takes one.
    mutating func ties(
        ofCase id: UInt32, among entries: Range<UInt32>, upTo: UInt32, _ voided: Set<UInt32>,
        rest: inout Int, _ walk: inout ChainWalk, _ view: borrowing LogView
    ) throws -> (ties: [DecidingTie], hasMore: Bool) {
        guard let kind = plan.kindNumber(ofSubject: try view.subject(ofCase: id)) else {
            return ([], false)
        }
        evaluator.table.clear()
        for sequence in try view.caseHistory(id) where sequence < upTo && !voided.contains(sequence)
        {
            _ = try walk.add(sequence, to: &evaluator.table)
        }
        try evaluator.table.readLongOrders(of: [0..<evaluator.table.rows.count], view)
        rows = (0..<evaluator.table.rows.count).map { evaluator.table.rows[$0] }
        let pairs = pairs(among: entries)
        guard !pairs.isEmpty, rest > 0 else { return ([], !pairs.isEmpty) }
        let most = min(pairs.count, Self.mostPairs, max(1, Self.mostRows / rows.count))
        rest -= cost(of: most)
        longOrders = evaluator.table.longOrders
        payloadWords = evaluator.table.payload.count
        want(Set(pairs.flatMap(\.projections)))
        let facts = words(ofCase: id, kind)
        var ties: [DecidingTie] = []
        for pair in pairs.prefix(most) {
            want(Set(pair.projections))
            swap(pair.first, pair.second)
            let others = words(ofCase: id, kind)
            swap(pair.first, pair.second)
            let differing = pair.projections.filter { differs($0, facts, others) }
            guard !differing.isEmpty else { continue }
            ties.append(
                DecidingTie(
                    entries: [rows[pair.first].sequence, rows[pair.second].sequence],
                    projections: differing.map { plan.definitions[$0].name }))
        }
        guard pairs.count == most else { return (ties, true) }
        let told = Set(ties.flatMap(\.projections))
        let open = Set(pairs.flatMap(\.projections)).filter {
            !told.contains(plan.definitions[$0].name)
        }
        guard !open.isEmpty else { return (ties, false) }
        let (others, isAll) = tiesOfSeveral(
            ofCase: id, kind, open, pairs, facts, rest: &rest)
        return (ties + others, !isAll)
    }

    /// What some evaluations of the case at hand take, in those of a case of 64 rows.
    func cost(of evaluations: Int) -> Int {
        max(evaluations, evaluations * rows.count >> 6)
    }

    /// Whether a projection's facts are others.
    func differs(_ projection: Int, _ left: [[UInt32]], _ right: [[UInt32]]) -> Bool {
        left[projection] != right[projection]
            && count(left[projection], of: projection) != count(right[projection], of: projection)
    }

    /// Has the evaluator write the facts of some projections alone.
    mutating func want(_ projections: Set<Int>) {
        for place in plan.definitions.indices {
            evaluator.firstCase[place] = projections.contains(place) ? 0 : .max
        }
    }

    /// Two rows that only recording tells apart, the earlier one first, and the projections that may see
    /// a difference.
    struct Pair {
        var first: Int
        var second: Int
        var projections: [Int]
    }

    private func pairs(among entries: Range<UInt32>) -> [Pair] {
        /// What decides before the sequence does, but for a source's order.
        func key(_ place: Int) -> (Int64, UInt32) {
            (rows[place].place, evaluator.table.nanoseconds(of: rows[place]))
        }
        let places = rows.indices.sorted { left, right in
            let (first, second) = (key(left), key(right))
            return first == second
                ? rows[left].sequence < rows[right].sequence : first < second
        }
        var pairs: [Pair] = []
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, key(places[end]) == key(places[start]) { end += 1 }
            for first in start..<end {
                let reach = end - start > Self.mostAlike ? min(first + 2, end) : end
                for second in (first + 1)..<max(first + 1, reach)
                where entries.contains(rows[places[second]].sequence) {
                    let projections = deciding(rows[places[first]], rows[places[second]])
                    guard !projections.isEmpty else { continue }
                    pairs.append(
                        Pair(
                            first: places[first], second: places[second], projections: projections))
                }
            }
            start = end
        }
        return pairs
    }

    /// The projections to which the order of two rows can matter at all. Without an order of their
    /// sources they hold nothing else up, so that it can't where a projection does not look at both,
    /// and at most one says something beside others.
    private func deciding(_ first: Row, _ second: Row) -> [Int] {
        func isRuled(_ row: Row) -> Bool { ruled >> UInt64(row.type) & 1 != 0 }
        if evaluator.table.isDeclared(first), evaluator.table.isDeclared(second) {
            let places = (
                evaluator.table.eventPlace(of: first), evaluator.table.eventPlace(of: second)
            )
            guard places.0.isTied(with: places.1) else { return [] }
        }
        guard !evaluator.table.isDeclared(first), !evaluator.table.isDeclared(second),
            !isRuled(first) || !isRuled(second)
        else { return Array(plan.definitions.indices) }
        func isLooked(_ row: Row, _ projection: Int) -> Bool {
            // What others of its update say counts with it.
            looked[projection][row.type] & (isRuled(row) ? .max : row.mask) != 0
        }
        return plan.definitions.indices.filter { isLooked(first, $0) && isLooked(second, $0) }
    }

    /// Has two rows be as if each had been recorded in the other's place.
    private mutating func swap(_ first: Int, _ second: Int) {
        let (left, right) = (rows[first].sequence, rows[second].sequence)
        (rows[first].sequence, rows[second].sequence) = (right, left)
        (longOrders[left], longOrders[right]) = (longOrders[right], longOrders[left])
    }

    /// The facts of the rows as each projection writes them.
    mutating func words(ofCase id: UInt32, _ kind: UInt8) -> [[UInt32]] {
        evaluator.table.rows.truncate(to: 0)
        for row in rows { evaluator.table.rows.append(row) }
        evaluator.table.payload.truncate(to: payloadWords)
        evaluator.table.longOrders = longOrders
        evaluator.evaluate(caseID: id, kind: kind, start: 0, count: rows.count, sign: 1)
        evaluator.fault = nil
        return plan.definitions.indices.map { place in
            let words = evaluator.facts[place].words.array(
                0..<evaluator.facts[place].words.count)
            evaluator.facts[place].words.truncate(to: 0)
            return words
        }
    }

    /// How often there is each fact.
    private func count(_ words: [UInt32], of projection: Int) -> [ArraySlice<UInt32>: Int64] {
        let width = plan.layouts[projection].words
        var found: [ArraySlice<UInt32>: Int64] = [:]
        for start in stride(from: 0, to: words.count, by: width) {
            let end = start + width
            let count = UInt64(words[end - 2]) << 32 | UInt64(words[end - 1])
            found[words[start..<end - 2], default: 0] += Int64(bitPattern: count)
        }
        return found.filter { $0.value != 0 }
    }
}
