/// Why a text names no period; reads after `--period 2025-13: `.
public struct PeriodFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong: `there is no month 13`.
    public var problem: String

    /// A fault that says what is wrong.
    public init(problem: String) { self.problem = problem }

    /// What is wrong, and what periods look like.
    public var description: String {
        problem + ". Periods look like 2025, 2025-Q3, 2025-07, 2025-W29, 2025-07-14, "
            + "2025-07..2025-09."
    }
}

extension Period {
    /// Words that name a period relative to a day.
    public static let relativeWords = [
        "today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-quarter",
        "last-quarter", "this-year", "last-year",
    ]

    /// Reads `2025`, `2025-H1`, `2025-Q3`, `2025-07`, `2025-W29`, `2025-07-14`, a relative word, or
    /// `A..B` of these, both inclusive.
    ///
    /// - Parameter today: what relative words refer to; for an answer from a log, the local day of
    ///   its last entry's recording time, never the clock's.
    public init(_ text: String, today: Day) throws(PeriodFault) {
        try self.init(text, relativeTo: today)
    }

    /// Reads a period that says by itself which days it means, as texts do that are kept: a relative
    /// word would be another period on another day, and is none.
    public init(fixed text: String) throws(PeriodFault) { try self.init(text, relativeTo: nil) }

    private init(_ text: String, relativeTo today: Day?) throws(PeriodFault) {
        let parts = text.split(separator: "..", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw PeriodFault(problem: "\"\(text)\" has more than one \"..\"")
        }
        let first = try CalendarSpan(text: String(parts[0]), today: today)
        guard parts.count == 2 else {
            self.init(first)
            return
        }
        let last = try CalendarSpan(text: String(parts[1]), today: today)
        guard first.start < last.end, let period = Period(from: first, through: last) else {
            throw PeriodFault(problem: "\(text) ends before it begins")
        }
        self = period
    }
}

extension CalendarSpan {
    fileprivate init(text: String, today: Day?) throws(PeriodFault) {
        if let today, let span = CalendarSpan(relative: text, today: today) {
            self = span
            return
        }
        if Period.relativeWords.contains(text) {
            throw PeriodFault(problem: "\"\(text)\" is another period on another day")
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts[0].utf8.count == 4,
            let year = CalendarSpan.number(parts[0])
        else {
            throw PeriodFault(problem: text.isEmpty ? "it is empty" : "\"\(text)\" is no period")
        }
        guard year >= 1 else { throw PeriodFault(problem: "there is no year 0000") }
        if parts.count == 1 {
            self.init(grain: .year, index: year)
        } else if parts.count == 2, let letter = parts[1].first, letter.isLetter {
            self = try CalendarSpan.lettered(
                letter.uppercased(), String(parts[1].dropFirst()), year: year, text: text)
        } else {
            self = try CalendarSpan.dated(parts, year: year, text: text)
        }
    }

    private init?(relative text: String, today: Day) {
        switch text {
        case "today": self.init(.day, containing: today)
        case "yesterday": self.init(.day, containing: today.advanced(by: -1))
        default:
            let words = text.split(separator: "-")
            guard words.count == 2, words[0] == "this" || words[0] == "last",
                let grain = Grain(rawValue: String(words[1])),
                Period.relativeWords.contains(text)
            else { return nil }
            self = CalendarSpan(grain, containing: today).advanced(by: words[0] == "this" ? 0 : -1)
        }
    }

    /// `Q3`, `H1`, `W29`.
    private static func lettered(
        _ letter: String, _ digits: String, year: Int, text: String
    ) throws(PeriodFault) -> CalendarSpan {
        guard let value = number(digits) else {
            throw PeriodFault(problem: "\"\(text)\" is no period")
        }
        switch letter {
        case "Q":
            guard (1...4).contains(value) else {
                throw PeriodFault(problem: "there is no quarter \(value)")
            }
            return CalendarSpan(grain: .quarter, index: year * 4 + value - 1)
        case "H":
            guard (1...2).contains(value) else {
                throw PeriodFault(problem: "there is no half \(value)")
            }
            return CalendarSpan(grain: .half, index: year * 2 + value - 1)
        case "W":
            guard let week = CalendarSpan(isoYear: year, week: value) else {
                let weeks = CalendarSpan(isoYear: year, week: 53) == nil ? 52 : 53
                throw PeriodFault(
                    problem: "there is no week \(value) in \(year), which has \(weeks)")
            }
            return week
        default: throw PeriodFault(problem: "\"\(text)\" is no period")
        }
    }

    /// `07` or `07-14`.
    private static func dated(
        _ parts: [String], year: Int, text: String
    ) throws(PeriodFault) -> CalendarSpan {
        guard let month = number(parts[1]) else {
            throw PeriodFault(problem: "\"\(text)\" is no period")
        }
        guard (1...12).contains(month) else {
            throw PeriodFault(problem: "there is no month \(month)")
        }
        guard parts.count == 3 else {
            guard parts[1].utf8.count == 2 else {
                throw PeriodFault(
                    problem: "a month has two digits: \(parts[0])-0\(month)")
            }
            return CalendarSpan(grain: .month, index: year * 12 + month - 1)
        }
        guard parts[1].utf8.count == 2, parts[2].utf8.count == 2, let day = number(parts[2]) else {
            throw PeriodFault(problem: "\"\(text)\" is no period")
        }
        guard let date = Day(year: year, month: month, day: day) else {
            let name = Language.english.monthNames[month - 1]
            let length = Day.length(ofMonth: month, year: year)
            throw PeriodFault(problem: "\(name) \(year) has \(length) days, there is no day \(day)")
        }
        return CalendarSpan(.day, containing: date)
    }

    /// ASCII digits alone, at most four.
    private static func number(_ text: String) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
        else { return nil }
        return Int(text)
    }
}
