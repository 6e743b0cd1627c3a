/// A stretch of local days that people name: `2025-07`, `2025-W29`, `2025-07-14..2025-08-03`.
///
/// Whole calendar spans, from one through another; both are the same for a single month or day.
///
/// ```swift
/// let july = try Period("2025-07", today: today)
/// july.days          // 2025-07-01 ..< 2025-08-01
/// july.previous      // 2025-06
/// july.split(by: .week).count    // 5, the first and the last cut
/// ```
public struct Period: Hashable, Sendable {
    /// The span it begins with.
    public var first: CalendarSpan
    /// The span it ends with, inclusive.
    public var last: CalendarSpan

    /// One span.
    public init(_ span: CalendarSpan) {
        first = span
        last = span
    }

    /// From one span through another; nil where it would end before it begins.
    public init?(from first: CalendarSpan, through last: CalendarSpan) {
        guard first.start < last.end else { return nil }
        self.first = first
        self.last = last
    }

    /// Some days, at least one.
    public init(days: Range<Day>) {
        first = CalendarSpan(.day, containing: days.lowerBound)
        last = CalendarSpan(.day, containing: days.upperBound.advanced(by: -1))
    }

    /// Its days, `[from, to)`.
    public var days: Range<Day> { first.start..<last.end }

    /// How many days it has.
    public var dayCount: Int { Int(days.upperBound.number - days.lowerBound.number) }

    /// Whether it is one calendar span, such as a month, rather than `A..B`.
    public var isSingle: Bool { first == last }

    /// The period of equal kind and length just before: June for July, April to June for July to
    /// September. Where `A` and `B` of `A..B` are of different kinds, whole months are stepped back
    /// when it consists of such, else days. Nil where it would begin before year 1.
    public var previous: Period? {
        var (from, through) = (first, last)
        if first.grain != last.grain {
            let days = days
            let after = CalendarSpan(.month, containing: days.upperBound)
            from = CalendarSpan(.month, containing: days.lowerBound)
            through = after.advanced(by: -1)
            if from.start != days.lowerBound || after.start != days.upperBound {
                from = CalendarSpan(.day, containing: days.lowerBound)
                through = CalendarSpan(.day, containing: days.upperBound.advanced(by: -1))
            }
        }
        let steps = through.index - from.index + 1
        from = from.advanced(by: -steps)
        guard from.start >= Period.earliest else { return nil }
        return Period(from: from, through: through.advanced(by: -steps))
    }

    /// The period cut at the borders of a grain, in order; what is cut at the edges says so.
    ///
    /// - Complexity: O(pieces).
    public func split(by grain: Grain) -> [PeriodSlice] {
        let days = days
        var slices: [PeriodSlice] = []
        var span = CalendarSpan(grain, containing: days.lowerBound)
        while span.start < days.upperBound {
            let inside = span.days.clamped(to: days)
            slices.append(
                PeriodSlice(
                    period: inside == span.days ? Period(span) : Period(days: inside), whole: span))
            span = span.advanced(by: 1)
        }
        return slices
    }

    /// 0001-01-01: no period begins before.
    private static let earliest = CalendarSpan(grain: .year, index: 1).start
}

extension Period: CustomStringConvertible {
    /// As it is typed: `2025-07`, `2025-07..2025-09`.
    public var description: String {
        isSingle ? first.description : first.description + ".." + last.description
    }
}

/// A piece of a period, as `Period.split(by:)` cuts it.
public struct PeriodSlice: Hashable, Sendable {
    /// The days that lie in the period.
    public var period: Period
    /// The whole span they are cut from; the same days unless `isPartial`.
    public var whole: CalendarSpan

    /// A piece from its parts.
    public init(period: Period, whole: CalendarSpan) {
        self.period = period
        self.whole = whole
    }

    /// Whether the period cuts the span.
    public var isPartial: Bool { period.days != whole.days }
}
