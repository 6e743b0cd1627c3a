package import EventModel

/// For how long after the end of its day a fact may still change: the longer of two ways to say it.
package struct Reach: Hashable, Sendable {
    /// So many local days.
    package var days: Int
    /// So many milliseconds.
    package var milliseconds: Int64
    /// How long before its opening an event may come and still count as at it, perhaps on another
    /// day: so much later, at least, figures settle.
    package var tolerance: Int64

    /// A reach from its parts; all 0: nothing that comes later changes the fact.
    package init(days: Int = 0, milliseconds: Int64 = 0, tolerance: Int64 = 0) {
        self.days = days
        self.milliseconds = milliseconds
        self.tolerance = tolerance
    }

    /// For ever: no window says when it ends.
    package static let unlimited = Reach(milliseconds: .max)

    package var isUnlimited: Bool { milliseconds == .max }

    /// The reach of what rests on both.
    package func joined(with other: Reach) -> Reach {
        Reach(
            days: max(days, other.days), milliseconds: max(milliseconds, other.milliseconds),
            tolerance: max(tolerance, other.tolerance))
    }
}

/// When figures settle (law 9): nothing that only happens after that moves them.
package struct Settling: Sendable {
    /// The recording time of the last entry: the answer's "now".
    private let now: Instant
    private let zone: TimeZoneRules

    /// - Parameters:
    ///   - now: the recording time of the last entry.
    ///   - zone: whose days facts lie on.
    package init(now: Instant, zone: TimeZoneRules) {
        self.now = now
        self.zone = zone
    }

    /// The last local day on which facts of earlier days than one may change; nil for ever.
    package func lastOpenDay(before end: Day, _ reach: Reach) -> Day? {
        openUntil(end, reach).map { zone.day(of: Instant(milliseconds: $0 - 1)) }
    }

    /// Whether facts of earlier days than one may still change.
    package func isOpen(before end: Day, _ reach: Reach) -> Bool {
        openUntil(end, reach).map { now.milliseconds < $0 } ?? true
    }

    /// The last local day on which what a field says to be open through a day may change: clocks differ.
    package func lastOpenDay(through day: Day, _ reach: Reach) -> Day {
        lastOpenDay(before: day.advanced(by: 1), Reach(tolerance: reach.tolerance)) ?? day
    }

    /// Whether what a field says to be open through a day may still change.
    package func isOpen(through day: Day, _ reach: Reach) -> Bool {
        isOpen(before: day.advanced(by: 1), Reach(tolerance: reach.tolerance))
    }

    private func openUntil(_ end: Day, _ reach: Reach) -> Int64? {
        guard !reach.isUnlimited else { return nil }
        let days = zone.start(of: end.advanced(by: reach.days)).milliseconds
        let windows = zone.start(of: end).milliseconds + reach.milliseconds
        return max(days, windows) + reach.tolerance
    }
}
