extension CaseEvaluator {
    /// Looks bindings up, in order.
    mutating func lookUp(_ range: Range<Int>) {
        for place in range {
            let step = steps[place]
            switch step.kind {
            case .first, .last: found[Int(step.slot)] = Int32(truncatingIfNeeded: event(step))
            case .count:
                counted[Int(step.slot)] = count(step)
                // No event of its own, and not the one that another projection found here.
                found[Int(step.slot)] = -1
            case .either:
                var position: Int32 = -1
                for alternative in step.alternatives.indices where position < 0 {
                    position = found[Int(alternatives[alternative])]
                }
                found[Int(step.slot)] = position
            }
        }
    }

    /// The rows that a binding may look at, as `low..<high`; empty when low is not below high.
    private mutating func window(_ step: StepCode) -> (low: Int, high: Int) {
        var low = 0
        var high = table.count
        var start = -1
        if step.after >= 0 {
            start = Int(found[Int(step.after)])
            if start >= 0 {
                low = step.includesStart ? start : start + 1
            } else if !step.isStartOptional {
                return (0, 0)
            }
        }
        var end = -1
        if step.before >= 0 {
            end = Int(found[Int(step.before)])
            guard end >= 0 else { return (0, 0) }
            high = step.includesEnd ? end + 1 : end
        }
        guard step.within >= 0, low < high else { return (low, high) }
        if start >= 0 {
            let (latest, overflow) = table[start].time.addingReportingOverflow(step.within)
            if !overflow, latest < .max { high = table.firstRow(from: latest + 1, low, high) }
        } else if step.after < 0, end >= 0 {
            let (earliest, overflow) = table[end].time.subtractingReportingOverflow(step.within)
            if !overflow { low = table.firstRow(from: earliest, low, high) }
        }
        return (low, high)
    }

    private mutating func event(_ step: StepCode) -> Int {
        var (low, high) = window(step)
        let selector = Int(step.selector)
        while low < high {
            let position =
                step.kind == .first
                ? table.first(selector, low, high) : table.last(selector, low, high)
            if position < 0 || step.residuals.count == 0 || passes(step.residuals, at: position) {
                return position
            }
            if step.kind == .first { low = position + 1 } else { high = position }
        }
        return -1
    }

    private mutating func count(_ step: StepCode) -> Int64 {
        var (low, high) = window(step)
        let selector = Int(step.selector)
        guard step.residuals.count > 0 else { return Int64(table.count(selector, low, high)) }
        var total: Int64 = 0
        while low < high {
            let position = table.first(selector, low, high)
            if position < 0 { break }
            if passes(step.residuals, at: position) { total += 1 }
            low = position + 1
        }
        return total
    }

    /// Whether a candidate's fields compare as asked with other events' fields.
    mutating func passes(_ range: RangeCode, at position: Int) -> Bool {
        for place in range.indices {
            let residual = residuals[place]
            let other = Int(found[Int(residual.otherSlot)])
            guard other >= 0 else { return false }
            let left = fetch(residual.field, at: position)
            let right = fetch(residual.otherField, at: other)
            if left == .min || right == .min || (left == right) == residual.isNegated {
                return false
            }
        }
        return true
    }

    /// A recorded value; `Int64.min` when absent.
    @inline(__always)
    mutating func fetch(_ field: Int32, at position: Int) -> Int64 {
        let row = table[position]
        let place = payloadPlaces[Int(field) << 6 | row.type]
        guard place >= 0 else { return .min }
        return table.value(place, of: row)
    }

    /// The value of the first source that has one; `Int64.min` when none has.
    mutating func value(_ range: RangeCode) -> Int64 {
        for place in range.indices {
            let code = values[place]
            var value = Int64.min
            switch code.kind {
            case .constant: value = code.constant
            case .subject: value = Int64(caseID) + 1
            case .hour:
                value = part.isPart ? part.hour : days.hour(of: table[Int(found[0])].time)
            case .weekday:
                value =
                    part.isPart
                    ? DayFinder.weekday(ofDay: part.day)
                    : days.weekday(of: table[Int(found[0])].time)
            case .field:
                let position = Int(found[Int(code.slot)])
                if position >= 0 { value = fetch(code.field, at: position) }
            case .latest:
                let at = Int(found[Int(code.slot)])
                let position = at < 0 ? -1 : table.last(Int(code.selector), 0, at + 1)
                if position >= 0 { value = fetch(code.field, at: position) }
            }
            if value != .min, !(code.isName && value == 1) { return value }
        }
        return .min
    }
}
