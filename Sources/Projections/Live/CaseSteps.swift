public import Definitions
import EventLog
public import EventModel

/// What one event of a case did to a projection's facts.
public struct CaseStep: Sendable {
    /// The event's entry.
    public var sequence: UInt32
    /// Its type.
    public var type: String
    /// When it happened.
    public var time: Instant
    /// Whether a void took it out, so that it does nothing.
    public var isVoided: Bool
    /// Whether the projection looks at it at all.
    public var isLookedAt: Bool
    /// Names of `let` that stand for something else now: an entry's sequence, or what is counted;
    /// nil where it stands for nothing any more.
    public var changes: [(name: String, value: Int64?, counts: Bool)]
    /// Facts that are there now and were not before.
    public var appeared: [Fact]
    /// Facts that were there before and are not any more.
    public var gone: [Fact]
}

extension ProjectionStore {
    /// Plays a case event by event, in the order they happened.
    ///
    /// - Parameter upTo: the log's first so many entries.
    /// - Complexity: O(events²): for cases that somebody reads.
    public func steps(
        ofCase id: UInt32, _ definition: ProjectionDefinition, context: BuildContext, upTo: UInt32
    ) throws -> (layout: CellLayout, steps: [CaseStep]) {
        let plan = try prepare([definition], context: context).plans[0]
        var cases = CaseFacts(plan: plan)
        var steps: [CaseStep] = []
        try log.read { view in
            var walk = try cases.walk(view)
            let events = try cases.events(
                ofCase: id, upTo: upTo, walk: &walk,
                voided: CaseFacts.voided(upTo: upTo, in: view), in: view)
            var facts: [Fact] = []
            var bindings: [String: Int64] = [:]
            for (place, event) in events.enumerated() {
                var step = CaseStep(
                    sequence: event.sequence,
                    type: context.types.schemas[Int(event.type)].type,
                    time: Instant(milliseconds: event.time), isVoided: event.isVoided,
                    isLookedAt: event.isLookedAt, changes: [], appeared: [], gone: [])
                if event.row != nil {
                    let now = try cases.facts(events[...place], ofCase: id, in: view)
                    let named = cases.bindings()
                    step.appeared = CaseStep.less(now, facts)
                    step.gone = CaseStep.less(facts, now)
                    for binding in definition.bindings
                    where named[binding.name] != bindings[binding.name] {
                        var counts = false
                        if case .count = binding.kind { counts = true }
                        step.changes.append((binding.name, named[binding.name], counts))
                    }
                    facts = now
                    bindings = named
                }
                steps.append(step)
            }
        }
        return (plan.layouts[0], steps)
    }

    /// Computes the facts of some cases, and the cells they come to.
    ///
    /// - Complexity: O(entries of the cases + voids), beside a walk to each.
    public func facts(
        ofCases ids: [UInt32], _ definition: ProjectionDefinition, context: BuildContext,
        upTo: UInt32
    ) throws -> (facts: [Fact], cells: CellSet) {
        let plan = try prepare([definition], context: context).plans[0]
        let layout = plan.layouts[0]
        var cases = CaseFacts(plan: plan)
        var facts: [Fact] = []
        for start in stride(from: 0, to: ids.count, by: 256) {
            // Short read transactions.
            try log.read { view in
                var walk = try cases.walk(view)
                let voided = try CaseFacts.voided(upTo: upTo, in: view)
                for id in ids[start..<min(start + 256, ids.count)] {
                    let events = try cases.events(
                        ofCase: id, upTo: upTo, walk: &walk, voided: voided, in: view)
                    facts += try cases.facts(events, ofCase: id, in: view)
                }
            }
        }
        let words = Buffer(facts.flatMap(\.row))
        var sorted = Buffer<UInt32>(capacity: words.count)
        var sorter = CellSorter()
        try sorter.sort(words, words: layout.words, into: &sorted)
        return (
            facts,
            CellSet(
                name: definition.name, version: definition.version, position: upTo,
                texts: CellTexts(layout, of: definition), block: CellBlock(sorted))
        )
    }
}

extension CaseStep {
    /// The facts of one list that the other does not have, as often as they stand there more.
    static func less(_ left: [Fact], _ right: [Fact]) -> [Fact] {
        var rest = right
        return left.filter { fact in
            guard let place = rest.firstIndex(where: { $0.row == fact.row }) else { return true }
            rest.remove(at: place)
            return false
        }
    }
}
