/// What two tables of one case share, where only the difference of their facts is wanted.
package struct SharedRows: BitwiseCopyable, Sendable {
    /// Leading rows that are the same in both; 0: every fact is wanted.
    package var count = 0
    /// The selectors' bits of all the rows that follow, of both tables.
    package var lateMask: UInt64 = 0

    package init() {}
}

// A case may be long, and what comes is mostly late: a fact that looks at shared rows alone is the
// same in both tables, so neither evaluation gives it. Both leave out the same facts, since what a
// fact looked at is known from shared rows alone.

extension CaseEvaluator {
    /// Whether a binding's event, once the slots it looks from are settled, is the same in both
    /// tables whatever it looks at: no late row is a candidate.
    @inline(__always)
    private mutating func hasLateCandidates(_ step: StepCode) -> Bool {
        step.kind != .either && shared.lateMask & table.bit(of: Int(step.selector)) != 0
    }

    /// Whether bindings of the case are the same in both tables.
    mutating func areSettled(_ steps: RangeCode) -> Bool {
        guard shared.count > 0 else { return false }
        for place in steps.indices {
            let step = self.steps[place]
            guard step.before < 0, hasLateCandidates(step) else { continue }
            guard step.kind == .first, step.within < 0 else { return false }
            let position = Int(found[Int(step.slot)])
            guard position >= 0, position < shared.count else { return false }
        }
        return true
    }

    /// Whether the bindings of the fact at slot 0 looked at shared rows alone.
    ///
    /// What is bounded by an event looks no further than that event; of the rest, plans settle
    /// (`ProjectionCode.settles`) that the first event after a fact is never before the first one
    /// after an earlier fact. So, once it is true of a fact, it is true of all earlier ones.
    private mutating func isSettled(_ projection: ProjectionCode) -> Bool {
        for place in projection.factSteps.indices {
            let step = steps[place]
            guard step.before < 0, hasLateCandidates(step) else { continue }
            let position = Int(found[Int(step.slot)])
            if position >= 0 {
                if position >= shared.count { return false }
            } else {
                guard step.within >= 0, found[Int(step.after)] >= 0 else { return false }
                let start = table[Int(found[Int(step.after)])].time
                let (latest, overflow) = start.addingReportingOverflow(step.within)
                guard !overflow, table[shared.count - 1].time > latest else { return false }
            }
        }
        return true
    }

    /// The facts of each event that may differ between the tables, the last first.
    mutating func evaluateUnsettled(_ projection: ProjectionCode, _ sign: Int64) {
        let selector = Int(projection.selector)
        var position = table.last(selector, 0, table.count)
        while position >= 0 {
            if passes(projection.residuals, at: position) {
                found[0] = Int32(position)
                lookUp(projection.factSteps.indices)
                if position < shared.count, isSettled(projection) { return }
                record(projection, sign)
            }
            position = table.last(selector, 0, position)
        }
    }

    /// The last shared row at which a stock may have moved: its state there is where the rows that
    /// follow go on from.
    mutating func lastSettled(_ projection: ProjectionCode, _ start: Int) -> Int {
        var position = shared.count - 1
        while position > start, !looks(at: table[position], projection: current) { position -= 1 }
        return max(position, start)
    }
}
