extension BusinessCalendar {
    /// The first local day on which another calendar's open hours differ from this one's; nil where
    /// none does before the year 2200.
    ///
    /// - Complexity: O(days from 1970 to 2200 × log holidays).
    public func firstDifference(from other: BusinessCalendar) -> Day? {
        var first: Day?
        let changes = zip(zone.changes + [nil], other.zone.changes + [nil])
        if zone.offsetsSeconds[0] != other.zone.offsetsSeconds[0] { first = Day(number: 0) }
        for (left, right) in changes where first == nil && left != right {
            let at = [left?.at, right?.at].compactMap { $0 }.min()
            first = at.map { zone.day(of: $0) } ?? first
            break
        }
        let own = openPieces
        let others = other.openPieces
        for number in 0..<84_006 {
            if let first, number >= Int(first.number) { break }
            let left = own[openDay(number).pieces].map { [$0.start, $0.end] }
            let right = others[other.openDay(number).pieces].map { [$0.start, $0.end] }
            if left != right { return Day(number: Int32(number)) }
        }
        return first
    }
}

extension TimeZoneRules {
    /// A change of the clock.
    fileprivate struct Change: Equatable {
        var at: Instant
        var offset: Int32
    }

    /// Its changes in order.
    fileprivate var changes: [Change?] {
        transitions.indices.map { Change(at: transitions[$0], offset: offsetsSeconds[$0 + 1]) }
    }
}
