/// Changes of the clock that a rule gives, year after year.
extension TimeZoneRules {
    /// Until when changes are written out where a zone is recorded: the end of 2100.
    static let writtenUntil = Instant(milliseconds: 4_133_980_800_000)

    /// Adds a change of the clock behind those there are; one that is none, or before them, only says
    /// what holds from the last one on.
    mutating func change(atSeconds seconds: Int64, to offset: Int32) {
        guard offset != offsetsSeconds[offsetsSeconds.count - 1] else { return }
        let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
        let before = transitions.last ?? Instant.earliest
        guard !milliseconds.overflow, milliseconds.partialValue > before.milliseconds else {
            offsetsSeconds[offsetsSeconds.count - 1] = offset
            return
        }
        transitions.append(Instant(milliseconds: milliseconds.partialValue))
        offsetsSeconds.append(offset)
    }

    /// Adds the changes that a rule gives up to the year 9999.
    ///
    /// The days of four hundred years repeat, weekdays included: so do the changes.
    /// - Parameter last: seconds after which the rule holds; nil for the end of what is written out.
    /// - Complexity: O(years).
    mutating func follow(_ rule: PosixRule, after last: Int64? = nil) {
        let last = last ?? Self.writtenUntil.milliseconds / 1000 - 1
        // Times far beyond any calendar are allowed in files, and come to nothing here.
        let day = min(max(last, -5_000_000_000), 300_000_000_000).flooredDivision(by: 86_400)
        let first = max(1970, Day(number: Int32(day)).components.year - 1)
        guard first <= 9999 else { return }
        let cycle = (first..<min(first + 400, 10_000)).flatMap { rule.changes(in: $0) }
        let end = Instant.latest.milliseconds / 1000
        var later: Int64 = 0
        while true {
            for (seconds, offset) in cycle where seconds + later > last {
                guard seconds + later <= end else { return }
                change(atSeconds: seconds + later, to: offset)
            }
            later += 146_097 * 86_400
        }
    }
}

/// A POSIX `TZ` rule with daylight saving: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixRule {
    /// The n-th (5: last) weekday of a month, or a day of the year, and a local time on it.
    struct Date {
        enum Kind {
            case monthWeekday(month: Int, week: Int, weekday: Int)
            case dayOfYear(Int, countsLeapDay: Bool)
        }
        var kind: Kind
        var seconds: Int64 = 7200

        func seconds(in year: Int) -> Int64 {
            let day: Int
            switch kind {
            case .monthWeekday(let month, let week, let weekday):
                let first = Day(year: year, month: month, day: 1)!
                let shift = (weekday - first.weekday % 7 + 7) % 7
                var dayOfMonth = 1 + shift + (week - 1) * 7
                while dayOfMonth > Day.length(ofMonth: month, year: year) { dayOfMonth -= 7 }
                day = Int(first.number) + dayOfMonth - 1
            case .dayOfYear(let number, let countsLeapDay):
                let first = Int(Day(year: year, month: 1, day: 1)!.number)
                let leap = Day.length(ofMonth: 2, year: year) == 29
                day =
                    countsLeapDay
                    ? first + number : first + number - 1 + (leap && number >= 60 ? 1 : 0)
            }
            return Int64(day) * 86_400 + seconds
        }
    }

    var standard: Int32
    var daylight: Int32
    var begins: Date
    var ends: Date

    /// nil for a rule without daylight saving, which adds no transition.
    init?(_ text: String) throws(TimeZoneRules.TZifFault) {
        guard text.contains(",") else { return nil }
        var rest = Substring(text)
        func fault() -> TimeZoneRules.TZifFault { .footer(text) }
        func abbreviation() throws(TimeZoneRules.TZifFault) {
            if rest.first == "<" {
                guard let end = rest.firstIndex(of: ">") else { throw fault() }
                rest = rest[rest.index(after: end)...]
            } else {
                rest = rest.drop { $0.isLetter }
            }
        }
        func time() throws(TimeZoneRules.TZifFault) -> Int64 {
            var sign: Int64 = 1
            if rest.first == "+" || rest.first == "-" { sign = rest.removeFirst() == "-" ? -1 : 1 }
            var parts: [Int64] = []
            repeat {
                if !parts.isEmpty { rest.removeFirst() }
                let digits = rest.prefix { $0.isNumber }
                guard let value = Int64(digits), value <= 999, parts.count < 3 else {
                    throw fault()
                }
                parts.append(value)
                rest = rest.dropFirst(digits.count)
            } while rest.first == ":"
            parts += [0, 0]
            return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])
        }
        func date() throws(TimeZoneRules.TZifFault) -> Date {
            guard rest.first == "," else { throw fault() }
            rest.removeFirst()
            let body = rest.prefix { $0 != "," && $0 != "/" }
            rest = rest.dropFirst(body.count)
            var result: Date
            if body.first == "M" {
                let numbers = body.dropFirst().split(separator: ".").compactMap { Int($0) }
                guard numbers.count == 3, (1...12).contains(numbers[0]),
                    (1...5).contains(numbers[1]), (0...6).contains(numbers[2])
                else { throw fault() }
                result = Date(
                    kind: .monthWeekday(
                        month: numbers[0], week: numbers[1], weekday: numbers[2]))
            } else if body.first == "J", let number = Int(body.dropFirst()),
                (1...365).contains(number)
            {
                result = Date(kind: .dayOfYear(number, countsLeapDay: false))
            } else if let number = Int(body), (0...365).contains(number) {
                result = Date(kind: .dayOfYear(number, countsLeapDay: true))
            } else {
                throw fault()
            }
            if rest.first == "/" {
                rest.removeFirst()
                result.seconds = try time()
            }
            return result
        }
        try abbreviation()
        let standardOffset = -(try time())
        try abbreviation()
        let daylightOffset = rest.first == "," ? standardOffset + 3600 : -(try time())
        begins = try date()
        ends = try date()
        guard rest.isEmpty, abs(standardOffset) <= 172_800, abs(daylightOffset) <= 172_800 else {
            throw fault()
        }
        standard = Int32(standardOffset)
        daylight = Int32(daylightOffset)
    }

    /// The two changes of a year in UTC seconds, in order.
    func changes(in year: Int) -> [(seconds: Int64, offset: Int32)] {
        [
            (begins.seconds(in: year) - Int64(standard), daylight),
            (ends.seconds(in: year) - Int64(daylight), standard),
        ].sorted { $0.seconds < $1.seconds }
    }
}
