import EventModel
import Synchronization

extension LogView {
    /// The definitions that the log's first `count` entries leave (all entries unless said).
    ///
    /// The table they are read from only repeats what entries say: each row is compared with its entry,
    /// the entry with its hash in the tree, and the rows together with the chain of their case, the
    /// first time this process comes to them.
    ///
    /// - Throws: `StoreFault.damaged` where a row is missing, too many, or not what its entry says.
    /// - Complexity: O(definitions), and of those not seen before O(length of their entries).
    public func definitions(upTo count: UInt32? = nil) throws -> DefinitionRegister {
        let register = try uncheckedDefinitions(upTo: count)
        try store.definitionCheck.check(register, upTo: count ?? entryCount, in: self)
        return register
    }

    /// The same as the table has it, for verification.
    func uncheckedDefinitions(upTo count: UInt32? = nil) throws -> DefinitionRegister {
        try DefinitionRegister(tables: tables, upTo: count ?? entryCount, in: transaction)
    }
}

/// What this process compared already.
final class DefinitionCheck: Sendable {
    private let known = Mutex<[UInt32: DefinitionChange]>([:])

    func check(
        _ register: DefinitionRegister, upTo count: UInt32, in view: borrowing LogView
    ) throws {
        let known = known.withLock { $0 }
        for change in register.changes where known[change.sequence] != change {
            try compare(change, in: view)
        }
        try checkChain(register, upTo: count, in: view)
        self.known.withLock { known in
            for change in register.changes { known[change.sequence] = change }
        }
    }

    private func compare(_ change: DefinitionChange, in view: borrowing LogView) throws {
        let entry = try view.entry(change.sequence)
        guard
            DefinitionChange(
                canonical: 0..<entry.count, in: entry.span, action: change.action,
                sequence: change.sequence) == change
        else { throw view.damage("definitions", change.sequence, "it is not what the entry says") }
        guard try TreeHash.leaf(entry) == view.leafHash(change.sequence) else {
            throw view.damage(
                "bundles", change.sequence, "the entry is not the one that was hashed")
        }
    }

    /// The log's case of definitions has just the entries that stand in the table.
    private func checkChain(
        _ register: DefinitionRegister, upTo count: UInt32, in view: borrowing LogView
    ) throws {
        let id = try view.caseID("log/definitions")
        let chain = try id.map { try view.caseHistory($0).filter { $0 < count } } ?? []
        var walk = try view.segmentWalk()
        for (place, sequence) in chain.enumerated() {
            guard place < register.changes.count, register.changes[place].sequence == sequence,
                try walk.segment(containing: sequence).segment.action(of: sequence, view.types)
                    == register.changes[place].action
            else { throw view.damage("definitions", sequence, "it is missing, or says otherwise") }
        }
        guard chain.count == register.changes.count else {
            throw view.damage(
                "definitions", register.changes[chain.count].sequence, "no entry says it")
        }
    }
}

extension ColumnSegment {
    /// What an entry says of a definition, by its type.
    fileprivate func action(
        of sequence: UInt32, _ types: EventTypes
    ) -> DefinitionChange.Action? {
        switch types.schemas[Int(self.types[Int(sequence - first)])].type {
        case "definition.registered": .registered
        case "definition.promoted": .promoted
        case "definition.dropped": .dropped
        default: nil
        }
    }
}
