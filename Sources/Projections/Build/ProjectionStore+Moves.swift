package import Definitions
import EventLog
import EventModel

/// Something done to a case: entries that it brought, and others that it took out.
package struct CaseChange: Hashable, Sendable {
    package var added: Set<UInt32>
    package var taken: Set<UInt32>

    package init(added: Set<UInt32>, taken: Set<UInt32>) {
        self.added = added
        self.taken = taken
    }
}

/// Rows of facts, and how many more of each there are than were.
package typealias MovedRows = [[UInt32]: Int64]

/// What a change of a case moves by itself.
package struct CaseMoves: Sendable {
    /// As if it alone had been made.
    package var alone: MovedRows
    /// As if all others had been made, and it came last.
    package var last: MovedRows
}

extension ProjectionStore {
    /// The entries of some cases that a projection looks at, and those that take such an entry out.
    ///
    /// - Returns: by case, ascending; cases without any are left out.
    /// - Complexity: O(entries of the cases).
    package func entries(
        seenBy definition: ProjectionDefinition, context: BuildContext, ofCases cases: [UInt32],
        in range: Range<UInt32>
    ) throws -> [UInt32: [UInt32]] {
        var seen: [UInt32: [UInt32]] = [:]
        var facts = CaseFacts(plan: try prepare([definition], context: context).plans[0])
        try log.read { view in
            var walk = try facts.walk(view)
            var targets: [UInt32: UInt32] = [:]
            for (voided, by) in try view.voids() { targets[by] = voided }
            for id in cases {
                let events = try facts.events(
                    ofCase: id, upTo: range.upperBound, walk: &walk, voided: [], in: view)
                let looked = Set(events.filter(\.mayMatter).map(\.sequence))
                let found = events.map(\.sequence).filter { sequence in
                    range.contains(sequence)
                        && (looked.contains(sequence)
                            || targets[sequence].map { looked.contains($0) } ?? false)
                }
                if !found.isEmpty { seen[id] = found.sorted() }
            }
        }
        return seen
    }

    /// What each of some changes moves that entries of a range made to cases: which of them moved a
    /// figure follows from no rule of what a projection looks at, so it is tried.
    ///
    /// - Parameter changes: by case.
    /// - Returns: by case, in the order of its changes.
    /// - Complexity: O(events of the case) for each change.
    package func moves(
        of definition: ProjectionDefinition, context: BuildContext,
        by changes: [UInt32: [CaseChange]], in range: Range<UInt32>
    ) throws -> [UInt32: [CaseMoves]] {
        var found: [UInt32: [CaseMoves]] = [:]
        guard !changes.isEmpty else { return found }
        var facts = CaseFacts(plan: try prepare([definition], context: context).plans[0])
        try log.read { view in
            var walk = try facts.walk(view)
            let old = try CaseFacts.voided(upTo: range.lowerBound, in: view)
            let new = try CaseFacts.voided(upTo: range.upperBound, in: view)
            for (id, changes) in changes {
                let events = try facts.events(
                    ofCase: id, upTo: range.upperBound, walk: &walk, voided: [], in: view)
                let all = Set(events.map(\.sequence))
                let before = all.filter { $0 < range.lowerBound }.subtracting(old)
                let after = all.subtracting(new)
                let first = try facts.rows(events, before, ofCase: id, in: view)
                let whole = try facts.rows(events, after, ofCase: id, in: view)
                var moves: [CaseMoves] = []
                for change in changes {
                    let alone = try facts.rows(
                        events, before.union(change.added).subtracting(change.taken), ofCase: id,
                        in: view)
                    let others = try facts.rows(
                        events, after.subtracting(change.added).union(change.taken), ofCase: id,
                        in: view)
                    moves.append(
                        CaseMoves(
                            alone: Self.difference(alone, first),
                            last: Self.difference(whole, others)))
                }
                found[id] = moves
            }
        }
        return found
    }

    private static func difference(_ one: MovedRows, _ other: MovedRows) -> MovedRows {
        one.merging(other.mapValues { -$0 }, uniquingKeysWith: +).filter { $0.value != 0 }
    }
}

extension CaseFacts {
    /// The facts of some of a case's events, gathered by `events` last, as rows; none where they could
    /// not be counted.
    fileprivate mutating func rows(
        _ events: [Event], _ standing: Set<UInt32>, ofCase id: UInt32, in view: borrowing LogView
    ) throws -> MovedRows {
        var rows: MovedRows = [:]
        let found: [Fact]
        do {
            found = try facts(
                events.filter { standing.contains($0.sequence) }, ofCase: id, in: view)
        } catch is ProjectionFault {
            return rows
        }
        for fact in found { rows[Array(fact.row.dropLast(2)), default: 0] += fact.multiplicity }
        return rows
    }
}
