import EventModel

extension CaseEvaluator {
    /// Whether all conditions of a list hold; -1 is the empty list.
    mutating func holds(_ list: Int) -> Bool {
        guard list >= 0 else { return true }
        for place in lists[list].indices {
            if !holds(conditions[place]) { return false }
        }
        return true
    }

    private mutating func holds(_ code: ConditionCode) -> Bool {
        switch code.kind {
        case .exists: return (found[Int(code.slot)] >= 0) != code.isNegated
        case .field:
            let position = Int(found[Int(code.slot)])
            return position >= 0 && table.holds(Int(code.selector), at: position)
        case .fieldSame:
            let position = Int(found[Int(code.slot)])
            return position >= 0 && isSame(code, position)
        case .latest:
            let position = latest(code)
            return position < 0
                ? code.absentPasses : table.holds(Int(code.passing), at: position)
        case .latestSame:
            let position = latest(code)
            return position >= 0 && isSame(code, position)
        case .count:
            let value = counted[Int(code.slot)]
            return value >= code.minimum && value <= code.maximum
        case .duration:
            let value = duration(Int(code.duration))
            return value != .min && value >= code.minimum && value <= code.maximum
        case .within: return compare(code) == -1
        case .beyond: return compare(code) == 1
        case .any:
            for place in code.alternatives.indices where holds(Int(alternatives[place])) {
                return true
            }
            return false
        }
    }

    private mutating func latest(_ code: ConditionCode) -> Int {
        let fact = Int(found[0])
        return fact < 0 ? -1 : table.last(Int(code.selector), 0, fact + 1)
    }

    private mutating func isSame(_ code: ConditionCode, _ position: Int) -> Bool {
        let other = Int(found[Int(code.otherSlot)])
        guard other >= 0 else { return false }
        let left = fetch(code.field, at: position)
        let right = fetch(code.otherField, at: other)
        return left != .min && right != .min && (left == right) != code.isNegated
    }

    /// -1 when a duration is at most a limit, 1 when it is longer, 0 when either is absent.
    private mutating func compare(_ code: ConditionCode) -> Int {
        let value = duration(Int(code.duration))
        let position = Int(found[Int(code.slot)])
        guard value != .min, position >= 0 else { return 0 }
        let limit = fetch(code.field, at: position)
        guard limit != .min else { return 0 }
        let (product, overflow) = limit.multipliedReportingOverflow(by: code.unit)
        // Past 64 bits it is longer than any duration, or (of unlike signs) less than none.
        let isWithin = overflow ? (limit < 0) == (code.unit < 0) : value <= product
        return isWithin ? -1 : 1
    }

    /// Elapsed milliseconds without (or only of) some states; `Int64.min` when there are none to
    /// measure.
    mutating func duration(_ index: Int) -> Int64 {
        let code = durations[index]
        let from = Int(found[Int(code.from)])
        let to = Int(found[Int(code.to)])
        guard from >= 0, to >= 0 else { return .min }
        let start = table[from].time
        let end = table[to].time
        guard start <= end else { return .min }
        var calendar = Int(code.calendar)
        var track = Int(code.track)
        if code.namingSlot >= 0 {
            calendar = namedCalendar(code)
            if track >= 0 { track += calendar + 1 }
        }
        if code.isOnly {
            return start < end ? pauses.paused(track, from: from, to: to, table, &clocks) : 0
        }
        let elapsed =
            calendar < 0 ? end - start : clocks.openTime(of: calendar, from: start, to: end)
        guard track >= 0, start < end else { return elapsed }
        return elapsed - pauses.paused(track, from: from, to: to, table, &clocks)
    }

    /// The same for the part being written: what lies in it.
    mutating func partDuration(_ index: Int) -> Int64 {
        let code = durations[index]
        var calendar = Int(code.calendar)
        var track = Int(code.track)
        if code.namingSlot >= 0 {
            calendar = namedCalendar(code)
            if track >= 0 { track += calendar + 1 }
        }
        let paused =
            track < 0
            ? 0
            : pauses.paused(track, fromTime: part.start, toTime: part.end, table, &clocks)
        if code.isOnly { return paused }
        let elapsed =
            calendar < 0
            ? part.end - part.start
            : clocks.openTime(of: calendar, from: part.start, to: part.end)
        return elapsed - paused
    }

    /// The calendar that an event names; -1, the wall clock, where it names none; the store's where
    /// no calendar has that name.
    private mutating func namedCalendar(_ code: DurationCode) -> Int {
        let position = Int(found[Int(code.namingSlot)])
        guard position >= 0 else { return -1 }
        let name = fetch(code.namingField, at: position)
        guard name != .min, name != 1 else { return -1 }
        for place in 0..<calendarNames.count where Int64(calendarNames[place].name) == name {
            return Int(calendarNames[place].calendar)
        }
        return Int(code.calendar)
    }
}
