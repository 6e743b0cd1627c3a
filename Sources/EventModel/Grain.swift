/// The languages Rekam speaks.
public enum Language: String, Hashable, Sendable, CaseIterable {
    case english = "en"
    case indonesian = "id"
}

/// A step of the calendar, by which a period is split.
public enum Grain: String, Hashable, Sendable, CaseIterable {
    case day
    /// ISO 8601 weeks: Monday to Sunday.
    case week
    case month
    case quarter
    case half
    case year
}

/// One whole day, ISO week, month, quarter, half-year or year: what a grain cuts.
///
/// Spans of one grain are numbered without gaps, so that the previous one is one less.
public struct CalendarSpan: Hashable, Sendable {
    /// How long it is.
    public var grain: Grain
    /// Its number among the spans of its grain: years count from year 0, halves, quarters and months
    /// from the beginning of year 0, weeks from the one of 1970-01-01, days from that day.
    public var index: Int

    /// The span with a number.
    public init(grain: Grain, index: Int) {
        self.grain = grain
        self.index = index
    }

    /// The span of a grain that holds a day.
    public init(_ grain: Grain, containing day: Day) {
        let (year, month, _) = day.components
        let months = year * 12 + month - 1
        switch grain {
        case .day: self.init(grain: grain, index: Int(day.number))
        case .week:
            let sinceMonday = Int64(day.number) + 3
            self.init(grain: grain, index: Int(sinceMonday.flooredDivision(by: 7)))
        case .month: self.init(grain: grain, index: months)
        case .quarter: self.init(grain: grain, index: months / 3)
        case .half: self.init(grain: grain, index: months / 6)
        case .year: self.init(grain: grain, index: year)
        }
    }

    /// The ISO week of a year; nil where the year has no such week.
    ///
    /// Source: ISO 8601: week 1 is the one that holds 4 January.
    public init?(isoYear year: Int, week: Int) {
        guard week >= 1, let fourth = Day(year: year, month: 1, day: 4) else { return nil }
        self.init(
            grain: .week, index: CalendarSpan(.week, containing: fourth).index + week - 1)
        guard isoWeek.year == year else { return nil }
    }

    /// Its first day.
    public var start: Day {
        switch grain {
        case .day: Day(number: Int32(index))
        case .week: Day(number: Int32(index * 7 - 3))
        case .month: CalendarSpan.firstDay(ofMonths: index)
        case .quarter: CalendarSpan.firstDay(ofMonths: index * 3)
        case .half: CalendarSpan.firstDay(ofMonths: index * 6)
        case .year: CalendarSpan.firstDay(ofMonths: index * 12)
        }
    }

    /// The day after its last.
    public var end: Day { advanced(by: 1).start }

    /// Its days, `[from, to)`.
    public var days: Range<Day> { start..<end }

    /// The span a number of steps later (earlier when negative).
    public func advanced(by steps: Int) -> CalendarSpan {
        CalendarSpan(grain: grain, index: index + steps)
    }

    /// The ISO year and week of its first day.
    public var isoWeek: (year: Int, week: Int) {
        let monday = CalendarSpan(.week, containing: start).index * 7 - 3
        let thursday = Day(number: Int32(monday + 3))
        let year = thursday.components.year
        let first = CalendarSpan.firstDay(ofMonths: year * 12)
        return (year, Int(thursday.number - first.number) / 7 + 1)
    }

    /// The year it is named by: the ISO year for a week.
    public var year: Int { grain == .week ? isoWeek.year : start.components.year }

    /// The first day of a month counted from the beginning of year 0, also outside 0001–9999.
    private static func firstDay(ofMonths months: Int) -> Day {
        // Four hundred years are a whole number of weeks and days: move into the years `Day` knows.
        let cycles = Int(Int64(months - 12).flooredDivision(by: 4800))
        let inside = months - cycles * 4800
        guard let day = Day(year: inside / 12, month: inside % 12 + 1, day: 1) else {
            preconditionFailure("a month inside years 1 to 400")
        }
        return day.advanced(by: cycles * 146_097)
    }
}

extension CalendarSpan: CustomStringConvertible {
    /// As it is typed: `2025`, `2025-H1`, `2025-Q3`, `2025-07`, `2025-W29`, `2025-07-14`.
    public var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (year, month, _) = start.components
        return switch grain {
        case .day: start.description
        case .week: padded(isoWeek.year, 4) + "-W" + padded(isoWeek.week, 2)
        case .month: padded(year, 4) + "-" + padded(month, 2)
        case .quarter: padded(year, 4) + "-Q" + String((month + 2) / 3)
        case .half: padded(year, 4) + "-H" + String((month + 5) / 6)
        case .year: padded(year, 4)
        }
    }
}
