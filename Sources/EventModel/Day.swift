/// A calendar date without zone: days since 1970-01-01 in the proleptic Gregorian calendar.
public struct Day: Comparable, Hashable, Sendable {
    /// Days since 1970-01-01; negative before.
    public var number: Int32

    /// A date from its day count.
    @inlinable
    public init(number: Int32) { self.number = number }

    /// A date from year (0001–9999), month and day of month; nil where there is no such date.
    ///
    /// Source: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Day.length(ofMonth: month, year: year)
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Reads `2025-07-14`; nil for any other text.
    public init?(iso text: Span<UInt8>) {
        guard text.count == 10, text[4] == 0x2D, text[7] == 0x2D else { return nil }
        var value = 0
        for index in 0..<10 where index != 4 && index != 7 {
            let digit = Int(text[index]) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            value = value * 10 + digit
        }
        self.init(year: value / 10_000, month: value / 100 % 100, day: value % 100)
    }

    /// Year, month (1–12) and day of month (1–31).
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(number) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// ISO 8601 weekday: 1 is Monday, 7 Sunday.
    public var weekday: Int {
        let index = (Int(number) + 3) % 7
        return (index < 0 ? index + 7 : index) + 1
    }

    /// Days in a month, leap years included.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// Whether one date comes before another.
    @inlinable
    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// The date a number of days later (earlier when negative).
    @inlinable
    public func advanced(by days: Int) -> Day { Day(number: number + Int32(days)) }
}

extension Day: CustomStringConvertible {
    /// `2025-07-14`.
    public var description: String {
        let (year, month, day) = components
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
