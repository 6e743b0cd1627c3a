/// A time zone as data: its transitions, taken once from the tz database and recorded in the log,
/// so that nothing later asks the machine (DESIGN.md, *Projection, KPI, scorecard, calendar*).
public struct TimeZoneRules: Hashable, Sendable {
    /// IANA name, for example `Asia/Jakarta`.
    public var name: String
    /// The tz database release the transitions come from, for example `2025b`.
    public var release: String
    /// UTC instants, ascending, at which a new offset begins.
    public var transitions: [Instant]
    /// Offsets from UTC in seconds: `offsets[0]` before the first transition, `offsets[i + 1]` from
    /// `transitions[i]` on; so one more than transitions.
    public var offsetsSeconds: [Int32]
    /// How clocks change in the years after 2100, as POSIX writes it (`TZ`); nil where they don't. Those
    /// changes stand among `transitions`.
    var rule: String?

    /// Rules from their parts; traps unless there is one more offset than transitions.
    public init(name: String, release: String, transitions: [Instant], offsetsSeconds: [Int32]) {
        precondition(offsetsSeconds.count == transitions.count + 1, "one offset per interval")
        self.name = name
        self.release = release
        self.transitions = transitions
        self.offsetsSeconds = offsetsSeconds
    }

    /// UTC itself.
    public static let utc = TimeZoneRules(
        name: "UTC", release: "", transitions: [], offsetsSeconds: [0])

    /// Offset from UTC in force at an instant, in milliseconds.
    ///
    /// - Complexity: O(log transitions).
    public func offsetMilliseconds(at instant: Instant) -> Int64 {
        Int64(offsetsSeconds[regime(at: instant)]) * 1000
    }

    /// Which offset is in force at an instant: an index of `offsetsSeconds`, and how many transitions
    /// have happened.
    func regime(at instant: Instant) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The local time of an instant, as milliseconds since 1970-01-01T00:00:00 on the local clock.
    public func localMilliseconds(of instant: Instant) -> Int64 {
        instant.milliseconds + offsetMilliseconds(at: instant)
    }

    /// The local date of an instant.
    public func day(of instant: Instant) -> Day {
        Day(number: Int32(localMilliseconds(of: instant).flooredDivision(by: 86_400_000)))
    }

    /// The instant of a local time (milliseconds since 1970 on the local clock). A time that a
    /// forward jump skips is read with the offset before the jump, which puts it after it; a time
    /// that a backward jump repeats is its first occurrence.
    public func instant(ofLocalMilliseconds local: Int64) -> Instant {
        var low = 0
        var high = transitions.count
        while low < high {
            // The local time at which a transition happens, on the clock before it.
            let middle = (low + high) / 2
            let reached = transitions[middle].milliseconds + Int64(offsetsSeconds[middle]) * 1000
            if reached <= local { low = middle + 1 } else { high = middle }
        }
        // In a gap the clock before the jump has passed the transition although the local time does
        // not exist after it: keep the earlier offset there.
        if low > 0 {
            let after = local - Int64(offsetsSeconds[low]) * 1000
            if after < transitions[low - 1].milliseconds { low -= 1 }
        }
        return Instant(milliseconds: local - Int64(offsetsSeconds[low]) * 1000)
    }
}
