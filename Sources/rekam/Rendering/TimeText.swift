public import EventModel

/// Times as people read them.
public enum TimeText {
    /// An instant in a zone's local time, to the minute: `2025-07-14 08:12`.
    public static func minute(_ instant: Instant, _ zone: TimeZoneRules) -> String {
        let day = zone.day(of: instant)
        let local = zone.localMilliseconds(of: instant) - Int64(day.number) * 86_400_000
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(day) \(two(local / 3_600_000)):\(two(local / 60_000 % 60))"
    }
}
