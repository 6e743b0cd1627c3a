/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, years 0001 to 9999.
///
/// Recorded text has three decimals and `Z` (`2025-07-14T08:12:00.000Z`); further digits of the
/// input are cut, never rounded, so that an event never moves into the future.
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
