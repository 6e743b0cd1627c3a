internal import EventModel

/// Times that are a number: of days since a year began, as spreadsheets keep them, or of seconds since
/// 1970. The words are those of a mapping's `format`.
///
/// Spreadsheets keep days and parts of a day as a binary fraction, of which an export shows so many
/// digits: the time is the nearest millisecond.
enum CountedTime: String, Sendable, CaseIterable {
    /// Days of Excel, LibreOffice and Google Sheets: 1 is 1 January 1900, 60 the 29 February that
    /// year did not have, 61 the first of March (ECMA-376, 18.17.4.1).
    case serial
    /// Days of workbooks that count from 1904: 0 is 1 January 1904.
    case serial1904
    /// Seconds since 1970-01-01T00:00:00Z, with up to nine decimals.
    case epochSeconds = "epoch-seconds"
    /// Milliseconds since then, with up to six decimals.
    case epochMilliseconds = "epoch-milliseconds"

    /// Reads a number without exponent or groups of digits; nil where it is none, or no day before the
    /// year 10000.
    ///
    /// - Complexity: O(length).
    func read(_ text: String, decimal: UInt8) -> TimeFormat.Reading? {
        guard let number = Number(text, decimal: decimal) else { return nil }
        switch self {
        case .serial:
            if number.whole == 60 { return nil }
            return number.days(1...2_958_465, since: number.whole > 60 ? -25_569 : -25_568)
        case .serial1904: return number.days(0...2_957_003, since: -24_107)
        case .epochSeconds: return number.instant(nanoseconds: 1_000_000_000)
        case .epochMilliseconds: return number.instant(nanoseconds: 1_000_000)
        }
    }

    /// A number as it is written: its whole part, and its decimals as a part of 10^18.
    private struct Number {
        var isNegative = false
        var whole: Int64 = 0
        var part: UInt64 = 0
        static let one: UInt64 = 1_000_000_000_000_000_000

        init?(_ text: String, decimal: UInt8) {
            var digits = text.utf8[...]
            if digits.first == UInt8(ascii: "-") {
                isNegative = true
                digits = digits.dropFirst()
            }
            let parts = digits.split(
                separator: decimal, maxSplits: 1, omittingEmptySubsequences: false)
            guard (1...15).contains(parts[0].count) else { return nil }
            for digit in parts[0] {
                guard (48...57).contains(digit) else { return nil }
                whole = whole * 10 + Int64(digit - 48)
            }
            guard parts.count == 2 else { return }
            guard !parts[1].isEmpty else { return nil }
            var unit = Number.one
            for digit in parts[1] {
                guard (48...57).contains(digit) else { return nil }
                unit /= 10
                part += UInt64(digit - 48) * unit
            }
        }

        /// The local time so many days after a day, itself in days since 1970.
        func days(_ days: ClosedRange<Int64>, since base: Int64) -> TimeFormat.Reading? {
            guard !isNegative, days.contains(whole) else { return nil }
            let clock = Number.rounded(part, to: 86_400_000)
            return TimeFormat.Reading(
                localMilliseconds: (base + whole) * 86_400_000 + clock, isDay: part == 0)
        }

        /// The instant so many units after 1970.
        func instant(nanoseconds unit: UInt64) -> TimeFormat.Reading? {
            let (high, low) = UInt64(whole).multipliedFullWidth(by: unit)
            let beyond = part / (Number.one / unit)
            let (sum, carries) = low.addingReportingOverflow(beyond)
            let total = (high: high + (carries ? 1 : 0), low: sum)
            guard total.high < 1_000_000 else { return nil }
            var (milliseconds, rest) = UInt64(1_000_000).dividingFullWidth(total)
            // A time before 1970 with parts of a millisecond lies after the millisecond below it.
            if isNegative, rest > 0 {
                milliseconds += 1
                rest = 1_000_000 - rest
            }
            guard let count = Int64(exactly: milliseconds) else { return nil }
            return TimeFormat.Reading(
                localMilliseconds: isNegative ? -count : count, nanoseconds: UInt32(rest),
                offsetMilliseconds: 0)
        }

        /// A part of 10^18 as so many of `units`, half up.
        private static func rounded(_ part: UInt64, to units: UInt64) -> Int64 {
            let (high, low) = part.multipliedFullWidth(by: units)
            let (sum, carries) = low.addingReportingOverflow(one / 2)
            return Int64(one.dividingFullWidth((high + (carries ? 1 : 0), sum)).quotient)
        }
    }
}
