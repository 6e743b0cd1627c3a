/// One asking, as far as its events have been read.
struct FactRound: BitwiseCopyable {
    /// What its events have in common: the value of a field, and the invitation's place, -1 none.
    var value: Int64
    var invitation: Int32
    /// The places of its first and its last event.
    var first: Int32
    var last: Int32
    /// Until when it lasts, in milliseconds.
    var end: Int64
}

extension CaseEvaluator {
    /// One fact for each round: its first event, with its last one beside it (`Rounds`).
    ///
    /// - Complexity: O(events × rounds that are alike); cases have few.
    mutating func evaluateRounds(_ projection: ProjectionCode, _ sign: Int64) {
        let code = roundCodes[Int(projection.rounds)]
        rounds.truncate(to: 0)
        let selector = Int(projection.selector)
        var position = table.first(selector, 0, table.count)
        while position >= 0 {
            if projection.residuals.count == 0 || passes(projection.residuals, at: position) {
                found[0] = Int32(position)
                lookUp(projection.factSteps.indices)
                if holds(Int(projection.conditions)) { join(position, code) }
            }
            position = table.first(selector, position + 1, table.count)
        }
        for place in 0..<rounds.count {
            found[0] = rounds[place].first
            lookUp(projection.factSteps.indices)
            found[Int(code.last)] = rounds[place].last
            write(projection)
            emit(projection, sign)
        }
    }

    /// Puts the event at slot 0 into its round, or begins another with it; neither where it comes
    /// after the days in which its invitation takes answers.
    private mutating func join(_ position: Int, _ code: RoundsCode) {
        let time = table[position].time
        let value = code.field < 0 ? 0 : fetch(code.field, at: position)
        let invitation = code.invitation < 0 ? -1 : found[Int(code.invitation)]
        var (end, isEndless) = time.addingReportingOverflow(code.within)
        if invitation >= 0, code.days >= 0 {
            let days = fetch(code.days, at: Int(invitation))
            if days != .min {
                let (length, isTooLong) = days.multipliedReportingOverflow(by: 86_400_000)
                (end, isEndless) = table[Int(invitation)].time.addingReportingOverflow(length)
                isEndless = isEndless || isTooLong
                guard isEndless || time <= end else { return }
            }
        }
        if isEndless { end = .max }
        var place = rounds.count - 1
        while place >= 0, rounds[place].value != value { place -= 1 }
        if place >= 0, rounds[place].invitation == invitation, time <= rounds[place].end {
            rounds[place].last = Int32(position)
        } else {
            rounds.append(
                FactRound(
                    value: value, invitation: invitation, first: Int32(position),
                    last: Int32(position), end: end))
        }
    }
}
