extension TimeZoneRules {
    /// What a local time is, where clocks are changed.
    public struct LocalReading: Hashable, Sendable {
        /// Its instant, as `instant(ofLocalMilliseconds:)` says.
        public var instant: Instant
        /// Its other instant, where the clock shows it twice.
        public var second: Instant?
        /// Whether the clock never shows it.
        public var isSkipped: Bool
    }

    /// Reads a local time (milliseconds since 1970 on the local clock), and says where it is one that
    /// the clock repeats or skips.
    ///
    /// - Complexity: O(log transitions).
    /// Source: RFC 5545, 3.3.5.
    public func reading(ofLocalMilliseconds local: Int64) -> LocalReading {
        let instant = instant(ofLocalMilliseconds: local)
        var reading = LocalReading(
            instant: instant, isSkipped: localMilliseconds(of: instant) != local)
        // Repeated is what the clock shows again after the next change.
        let next = regime(at: instant)
        if next < transitions.count {
            let again = Instant(milliseconds: local - Int64(offsetsSeconds[next + 1]) * 1000)
            if again > instant, localMilliseconds(of: again) == local { reading.second = again }
        }
        return reading
    }

    /// The first instant of a local date: where the clock skips its midnight, that of the change; where
    /// it shows midnight twice, the first.
    ///
    /// - Complexity: O(log transitions).
    public func start(of day: Day) -> Instant {
        let reading = reading(ofLocalMilliseconds: Int64(day.number) * 86_400_000)
        guard reading.isSkipped else { return reading.instant }
        // The clock was put forward over midnight: the date begins with that.
        let changes = regime(at: reading.instant)
        return changes > 0 ? transitions[changes - 1] : reading.instant
    }
}
