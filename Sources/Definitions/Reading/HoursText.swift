package import EventModel

/// Stretches of a day as people write them: `08:00-12:00`, `22:00-06:00` over midnight,
/// `00:00-24:00` the whole day.
package enum HoursText {
    /// What a fault says was expected.
    package static let form = "such as 08:00-12:00, or 22:00-06:00 over midnight"

    /// The interval; nil when the text is none, or has no length.
    package static func interval(_ text: String) -> BusinessCalendar.Interval? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = minute(parts[0].utf8), let end = minute(parts[1].utf8),
            start < 1440, start != end
        else { return nil }
        return BusinessCalendar.Interval(startMinute: start, endMinute: end)
    }

    /// Minutes since midnight; 24:00 is 1,440.
    private static func minute(_ text: Substring.UTF8View) -> Int? {
        let bytes = text.drop { $0 == 32 }
        let place = bytes.startIndex
        guard bytes.count >= 5, bytes.dropFirst(5).allSatisfy({ $0 == 32 }) else { return nil }
        var digits: [Int] = []
        for offset in 0..<5 {
            let byte = bytes[bytes.index(place, offsetBy: offset)]
            if offset == 2 {
                guard byte == UInt8(ascii: ":") else { return nil }
                continue
            }
            guard (48...57).contains(byte) else { return nil }
            digits.append(Int(byte) - 48)
        }
        let hour = digits[0] * 10 + digits[1]
        let minute = digits[2] * 10 + digits[3]
        guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
        return hour * 60 + minute
    }

    /// `08:00-12:00`.
    package static func text(_ interval: BusinessCalendar.Interval) -> String {
        let end = interval.endMinute > 1440 ? interval.endMinute - 1440 : interval.endMinute
        return clock(interval.startMinute) + "-" + clock(end)
    }

    private static func clock(_ minute: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return padded(minute / 60) + ":" + padded(minute % 60)
    }
}
