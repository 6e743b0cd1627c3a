import Definitions
import EventLog
import EventModel

/// Some cases' facts, one case at a time, without a pass over the log.
struct CaseFacts: ~Copyable {
    /// An event of a case.
    struct Event {
        var time: Int64
        var sequence: UInt32
        var type: UInt16
        var isVoided: Bool
        /// What there is of it for the projection, or for what others mean beside it; nil for nothing.
        var row: Row?
        /// Whether the projection itself looks at it.
        var isLookedAt = false
        /// Whether it can change the projection's facts.
        var mayMatter = false
    }

    let plan: Plan
    private var evaluator: CaseEvaluator

    init(plan: Plan) {
        self.plan = plan
        evaluator = CaseEvaluator(plan: plan, isTraced: true)
        evaluator.table.isWhole = true
    }

    /// A walk through the columns as one transaction sees them.
    func walk(_ view: borrowing LogView) throws -> ChainWalk {
        ChainWalk(plan: plan, segments: try view.segmentWalk())
    }

    /// The entries that the log's first so many entries take out.
    static func voided(upTo: UInt32, in view: borrowing LogView) throws -> Set<UInt32> {
        Set(try view.voids().filter { $0.by < upTo }.map(\.voided))
    }

    /// The events of a case among the log's first so many entries, in the order they happened.
    mutating func events(
        ofCase id: UInt32, upTo: UInt32, walk: inout ChainWalk, voided: Set<UInt32>,
        in view: borrowing LogView
    ) throws -> [Event] {
        evaluator.table.clear()
        var events: [Event] = []
        let sequences = try view.caseHistory(id).filter { $0 < upTo }
        for sequence in try view.inOrder(sequences, types: plan.context.types) {
            let isVoided = voided.contains(sequence)
            let (time, type) = try walk.place(sequence)
            var row: Row?
            if !isVoided, try walk.add(sequence, to: &evaluator.table) {
                row = evaluator.table.rows[evaluator.table.rows.count - 1]
            }
            events.append(
                Event(
                    time: time, sequence: sequence, type: type, isVoided: isVoided, row: row,
                    isLookedAt: row.map { evaluator.looks(at: $0, projection: 0) } ?? false))
        }
        try evaluator.table.readLongOrders(of: [0..<evaluator.table.rows.count], view)
        let opening = evaluator.table.opening(0..<evaluator.table.rows.count)
        for place in events.indices {
            guard let row = events[place].row else { continue }
            events[place].mayMatter =
                evaluator.concerns(row, projection: 0)
                || evaluator.table.holdsUp(row, openingAt: opening)
        }
        return events
    }

    /// The facts of a case's events, gathered by `events` last.
    mutating func facts(
        _ events: some Sequence<Event>, ofCase id: UInt32, in view: borrowing LogView
    ) throws -> [Fact] {
        evaluator.table.rows.truncate(to: 0)
        for event in events { if let row = event.row { evaluator.table.rows.append(row) } }
        let buffer = evaluator.facts[0]
        buffer.words.truncate(to: 0)
        guard let kind = plan.kindNumber(ofSubject: try view.subject(ofCase: id)) else { return [] }
        evaluator.evaluate(
            caseID: id, kind: kind, start: 0, count: evaluator.table.rows.count, sign: 1)
        if let fault = evaluator.fault {
            evaluator.fault = nil
            throw fault
        }
        var found: [Fact] = []
        buffer.words.withSpan(0..<buffer.words.count) { trace in
            TraceReader(plan, 0).read(trace) { _, read in found.append(read()) }
        }
        return found
    }

    /// What the names of `let` stand for in the case evaluated last: a sequence, or a number.
    mutating func bindings() -> [String: Int64] {
        var values: [String: Int64] = [:]
        guard evaluator.table.count > 0 else { return values }
        evaluator.lookUpCase(0)
        for binding in plan.definitions[0].bindings {
            guard let slot = plan.slots[0][binding.name] else { continue }
            if case .count = binding.kind {
                values[binding.name] = evaluator.counted[Int(slot)]
            } else {
                let position = Int(evaluator.found[Int(slot)])
                guard position >= 0 else { continue }
                values[binding.name] = Int64(evaluator.table[position].sequence)
            }
        }
        return values
    }
}
