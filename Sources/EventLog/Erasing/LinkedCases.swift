import EventModel

/// Cases that events tie to persons. An event that was taken out ties to them what was taken out of its
/// case, and nothing else: the case may be somebody else's.
struct LinkedCases {
    /// By events that count.
    private(set) var standing: Set<UInt32> = []
    /// By events that were taken out.
    private(set) var takenOut: Set<UInt32> = []

    mutating func add(_ id: UInt32, isTakenOut: Bool) {
        if isTakenOut { takenOut.insert(id) } else { standing.insert(id) }
    }
}

/// Entries whose texts stay, since they tell of somebody who is held.
struct HeldEntries {
    fileprivate var cases = LinkedCases()
    /// Entries that were taken out, and those that say so.
    fileprivate var gone: Set<UInt32> = []

    func contains(_ sequence: UInt32, ofCase id: UInt32) -> Bool {
        cases.standing.contains(id) || cases.takenOut.contains(id) && gone.contains(sequence)
    }
}

extension LogView {
    /// The entries of some cases.
    func entries(of cases: LinkedCases) throws -> Set<UInt32> {
        var found: Set<UInt32> = []
        for id in cases.standing { found.formUnion(try caseHistory(id)) }
        let others = cases.takenOut.subtracting(cases.standing)
        guard !others.isEmpty else { return found }
        let gone = try takenOut()
        for id in others { found.formUnion(try caseHistory(id).filter { gone.contains($0) }) }
        return found
    }

    /// Entries that were taken out, and the events that say so.
    private func takenOut() throws -> Set<UInt32> {
        var gone: Set<UInt32> = []
        for (voided, by) in try voids() { gone.formUnion([voided, by]) }
        return gone
    }

    /// The entries that tell of somebody who is held: those of their own cases, and of cases that name
    /// them, in whatever role. Their texts stay as long as the hold does, whoever else is erased.
    ///
    /// - Complexity: O(entries), some bytes of each, where anybody is held.
    func heldEntries(_ acts: PersonActs) throws -> HeldEntries {
        let tokens = try heldNames(acts)
        var held = HeldEntries()
        guard !tokens.isEmpty else { return held }
        for token in tokens {
            for kind in types.personalKinds {
                let subject = Person(kind: kind, token: token).sealedSubject
                if let id = try tables.cases.id(of: subject, in: transaction) {
                    held.cases.add(id, isTakenOut: false)
                }
            }
        }
        try forEachNaming(tokens) { sequence, _, _, id in
            held.cases.add(id, isTakenOut: try isVoided(sequence))
        }
        if !held.cases.takenOut.isEmpty { held.gone = try takenOut() }
        return held
    }
}
