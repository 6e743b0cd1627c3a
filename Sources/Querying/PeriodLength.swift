import EventModel

/// How long a period is, in the units formulas may ask for.
struct PeriodLength {
    var days: Int
    /// Each day is a share of its month, so that a whole month is 1.
    var months: Fraction

    /// - Complexity: O(months).
    init(_ period: Period) throws(Fraction.Overflow) {
        days = period.dayCount
        months = Fraction(0)
        var day = period.days.lowerBound
        while day < period.days.upperBound {
            let month = Period(CalendarSpan(.month, containing: day))
            let end = min(month.days.upperBound, period.days.upperBound)
            let inMonth = Int(end.number - day.number)
            months = try months.adding(Fraction(Int128(inMonth), over: Int128(month.dayCount)))
                .reduced
            day = end
        }
    }
}
