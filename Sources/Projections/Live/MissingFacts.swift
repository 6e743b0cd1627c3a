public import Definitions
import EventLog
import EventModel

/// Why a case has no fact of a projection.
public enum MissingFact: Hashable, Sendable {
    /// No event for a name of the definition's `let`, of those that the fact needs the first.
    case binding(String)
    /// No event of the kind that facts are about.
    case event
    /// A condition does not hold: its place among those of the definition.
    case condition(Int)
}

extension ProjectionStore {
    /// Says of cases without a fact why they have none.
    ///
    /// A case is evaluated as the definition has it, with one condition less after the other: the
    /// condition without which a fact appears is the one that fails. So nothing is decided here that
    /// evaluation would not.
    ///
    /// - Parameters:
    ///   - ids: cases that have no fact among the log's first so many entries.
    ///   - body: told each case with the reason.
    /// - Complexity: O(entries of the cases × conditions).
    public func missingFacts(
        of definition: ProjectionDefinition, context: BuildContext, upTo: UInt32,
        cases ids: [UInt32],
        _ body: (UInt32, MissingFact) throws -> Void
    ) throws {
        var trials: [Trial] = []
        for count in 0...definition.conditions.count {
            var cut = definition
            cut.conditions = Array(definition.conditions.prefix(count))
            trials.append(Trial(plan: try prepare([cut], context: context).plans[0]))
        }
        for start in stride(from: 0, to: ids.count, by: 256) {
            // Short read transactions.
            try log.read { view in
                let voided = try CaseFacts.voided(upTo: upTo, in: view)
                for id in ids[start..<min(start + 256, ids.count)] {
                    // The last one that still has a fact: what comes next fails.
                    var failing: Int?
                    for (count, trial) in trials.enumerated().dropLast() {
                        guard try trial.hasFact(id, upTo: upTo, voided, in: view) else { break }
                        failing = count
                    }
                    if let failing {
                        try body(id, .condition(failing))
                        continue
                    }
                    // Without conditions nobody looked at the case yet.
                    if trials.count == 1 {
                        _ = try trials[0].hasFact(id, upTo: upTo, voided, in: view)
                    }
                    try body(id, trials[0].missing(definition))
                }
            }
        }
    }
}

/// One case after the other, by a definition.
private final class Trial {
    private var facts: CaseFacts

    init(plan: Plan) { facts = CaseFacts(plan: plan) }

    func hasFact(
        _ id: UInt32, upTo: UInt32, _ voided: Set<UInt32>, in view: borrowing LogView
    ) throws -> Bool {
        var walk = try facts.walk(view)
        let events = try facts.events(
            ofCase: id, upTo: upTo, walk: &walk, voided: voided, in: view)
        return try !facts.facts(events, ofCase: id, in: view).isEmpty
    }

    /// The first name that the fact needs and that stands for nothing in the case looked at last.
    func missing(_ definition: ProjectionDefinition) -> MissingFact {
        let root: String
        switch definition.fact {
        case .one(let name), .stock(let name, _): root = name
        case .each, .stay: return .event
        }
        var needed: Set<String> = [root]
        for binding in definition.bindings.reversed() where needed.contains(binding.name) {
            if let after = binding.window.after, !binding.isStartOptional { needed.insert(after) }
            if let before = binding.window.before { needed.insert(before) }
        }
        let found = facts.bindings()
        let missing = definition.bindings.first {
            needed.contains($0.name) && found[$0.name] == nil
        }
        return .binding(missing?.name ?? root)
    }
}
