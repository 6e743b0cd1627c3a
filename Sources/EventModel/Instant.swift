/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, years 0001 to 9999.
///
/// Every length of time is counted in these. What the sender wrote beyond the millisecond stands
/// beside it, see `SentTime`; an instant alone is cut, never rounded, so that an event never moves
/// into the future.
public struct Instant: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    public var milliseconds: Int64

    /// An instant from its count of milliseconds.
    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// 0001-01-01T00:00:00.000Z, the earliest instant an event may have.
    public static let earliest = Instant(milliseconds: -62_135_596_800_000)
    /// 9999-12-31T23:59:59.999Z, the latest instant an event may have.
    public static let latest = Instant(milliseconds: 253_402_300_799_999)

    /// Whether one instant comes before another.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The parts of its UTC form.
    package var fields: (year: Int, month: Int, day: Int, millisecondOfDay: Int) {
        let day = Day(number: Int32(milliseconds.flooredDivision(by: 86_400_000)))
        let (year, month, dayOfMonth) = day.components
        let rest = Int(milliseconds - Int64(day.number) * 86_400_000)
        return (year, month, dayOfMonth, rest)
    }
}

/// When an event happened, as exactly as its sender said: an instant, and the nanoseconds beyond its
/// millisecond. Lengths of time are counted from the instant alone; order looks at both.
///
/// Written, it has three decimals, or as many more as are needed, up to nine, and `Z`:
/// `2025-07-14T08:12:00.000Z`, `2025-07-14T08:12:00.0005Z`. Each time has one spelling.
public struct SentTime: Comparable, Hashable, Sendable {
    /// Whole milliseconds.
    public var instant: Instant
    /// Nanoseconds beyond them: 0 to 999,999.
    public var nanoseconds: UInt32

    /// A time from its parts.
    @inlinable
    public init(_ instant: Instant, nanoseconds: UInt32 = 0) {
        self.instant = instant
        self.nanoseconds = nanoseconds
    }

    /// Whether one time comes before another.
    @inlinable
    public static func < (left: SentTime, right: SentTime) -> Bool {
        left.instant == right.instant
            ? left.nanoseconds < right.nanoseconds : left.instant < right.instant
    }
}
