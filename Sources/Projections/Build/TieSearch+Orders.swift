import Definitions
import EventLog

// Orders of several events that recording alone decided, where no exchange of two makes a difference.
extension TieSearch {
    /// Events of one instant, and the orders that they could stand in.
    private struct Instant {
        /// Places of its rows, in the order that they have.
        var rows: [Int]
        /// Places in `rows`: the first order is theirs.
        var orders: [[Int]]
        /// Whether all other orders are the one that the exchange of two gives.
        var isPair: Bool
    }

    /// Orders of one instant that are tried, at most, and of several instants together.
    private static let mostOrders = 64

    /// Looks for orders that make other facts of some projections.
    ///
    /// - Parameters:
    ///   - pairs: the case's pairs of rows that only recording orders.
    ///   - facts: those of the case as it is.
    ///   - rest: as in `ties`; what is tried is taken from it.
    /// - Returns: one tie for each order found, its entries all that stand elsewhere in it; and whether
    ///   every order was tried.
    mutating func tiesOfSeveral(
        ofCase id: UInt32, _ kind: UInt8, _ projections: Set<Int>, _ pairs: [Pair],
        _ facts: [[UInt32]], rest: inout Int
    ) -> (ties: [DecidingTie], isAll: Bool) {
        var isAll = true
        let instants = instants(of: pairs, isAll: &isAll)
        let before = (rows, longOrders)
        let all = Set(pairs.flatMap(\.projections))
        var open = projections
        var ties: [DecidingTie] = []
        for orders in trials(of: instants) {
            guard rest > 0, !open.isEmpty else { break }
            rest -= cost(of: 1)
            want(open)
            for (instant, order) in zip(instants, orders) where order > 0 {
                record(instant.orders[order].map { instant.rows[$0] })
            }
            var others = words(ofCase: id, kind)
            var differing = open.filter { differs($0, facts, others) }
            if !differing.isEmpty {
                // Others depend on it, too, though another tie was told of them.
                open.subtract(differing)
                rest -= cost(of: 1)
                want(all)
                others = words(ofCase: id, kind)
                differing = all.filter { differs($0, facts, others) }
            }
            (rows, longOrders) = before
            guard !differing.isEmpty else { continue }
            let moved = zip(instants, orders).flatMap { instant, order in
                instant.orders[order].enumerated().filter { instant.orders[0][$0] != $1 }
                    .map { instant.orders[0][$0.offset] }.map { rows[instant.rows[$0]].sequence }
            }
            ties.append(
                DecidingTie(
                    entries: moved,
                    projections: differing.sorted().map { plan.definitions[$0].name }))
        }
        return (ties, isAll && (rest > 0 || open.isEmpty))
    }

    /// The instants of some pairs with their orders.
    private func instants(of pairs: [Pair], isAll: inout Bool) -> [Instant] {
        var found: [Instant] = []
        var paired: [Int: Int] = [:]
        for pair in pairs {
            paired[pair.first, default: 0] += 1
            paired[pair.second, default: 0] += 1
        }
        var known: Set<Int> = []
        for pair in pairs where !known.contains(pair.first) {
            let first = rows[pair.first]
            let nanoseconds = evaluator.table.nanoseconds(of: first)
            let places = rows.indices.filter {
                rows[$0].time == first.time
                    && evaluator.table.nanoseconds(of: rows[$0]) == nanoseconds
            }
            known.formUnion(places)
            let isDeclared = places.map { evaluator.table.isDeclared(rows[$0]) }
            let orders = RecordableOrders(
                of: places.map { evaluator.table.eventPlace(of: rows[$0]) },
                isMoot: zip(places, isDeclared).map { !$1 && paired[$0] == nil },
                kinds: places.map { place in
                    places.firstIndex { evaluator.table.sayTheSame(rows[$0], rows[place]) } ?? 0
                },
                most: Self.mostOrders)
            if !orders.isAll { isAll = false }
            guard orders.orders.count > 1 else { continue }
            found.append(
                Instant(
                    rows: places, orders: orders.orders,
                    isPair: orders.orders.count == 2 && !isDeclared.contains(true)))
        }
        return found
    }

    /// Which order each instant has, trial by trial: every combination where these are few, else each
    /// order by itself, and all instants in another order at once.
    private func trials(of instants: [Instant]) -> [[Int]] {
        let none = [Int](repeating: 0, count: instants.count)
        var count = 1
        for instant in instants where count <= Self.mostOrders { count *= instant.orders.count }
        var trials: [[Int]] = []
        if count <= Self.mostOrders {
            trials = [[]]
            for instant in instants {
                trials = trials.flatMap { trial in
                    instant.orders.indices.map { trial + [$0] }
                }
            }
        } else {
            for (place, instant) in instants.enumerated() {
                for order in instant.orders.indices {
                    var trial = none
                    trial[place] = order
                    trials.append(trial)
                }
            }
            trials.append(instants.map { $0.orders.count - 1 })
        }
        // What an exchange of two gives was tried.
        return trials.filter { trial in
            let changed = trial.indices.filter { trial[$0] > 0 }
            return changed.count > 1 || changed.contains { !instants[$0].isPair }
        }
    }

    /// Has some rows of one instant be as if they had been recorded one after the other.
    private mutating func record(_ order: [Int]) {
        let sequences = order.map { rows[$0].sequence }
        let texts = sequences.map { longOrders[$0] }
        for (place, (sequence, text)) in zip(order, zip(sequences.sorted(), texts)) {
            rows[place].sequence = sequence
            longOrders[sequence] = text
        }
    }
}
