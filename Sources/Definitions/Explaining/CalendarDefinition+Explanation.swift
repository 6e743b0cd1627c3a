import EventModel

extension CalendarDefinition {
    /// See `Definition.explanation`: its hours by weekday, their changes and its holidays.
    public var explanation: String {
        var lines = ["\(name), version \(version): \(title.english)"]
        if !description.english.isEmpty { lines.append(description.english) }
        lines += ["", "It reads the clock of \(zone)."]
        if !aliases.isEmpty { lines.append("Events may call it \(Words.list(aliases, "or")).") }
        for week in weeks {
            lines += ["", week.from.map { "Hours from \($0) on" } ?? "Hours"]
            lines += table(week.inWords)
        }
        if !holidays.isEmpty {
            lines += ["", "Holidays"]
            lines += table(
                holidays.map { holiday in
                    let hours =
                        holiday.hours.isEmpty
                        ? "" : " (\(CalendarDefinition.Week.text(holiday.hours)))"
                    return ("\(holiday.day)", holiday.name.english + hours)
                })
        }
        if !source.isEmpty { lines += ["", "Source: \(source)"] }
        if !notes.isEmpty { lines += ["", "To know:"] + notes.map { "  \($0.english)" } }
        return lines.joined(separator: "\n")
    }
}

extension CalendarDefinition.Week {
    /// Days with the same hours together: `monday–friday`, `08:00-12:00, 13:00-17:00`.
    public var inWords: [(days: String, hours: String)] {
        var rows: [(days: String, hours: String)] = []
        var first = 0
        for place in 1...7 where place == 7 || days[place] != days[first] {
            let names = CalendarReader.weekdays
            let last = place - 1
            rows.append(
                (
                    first == last ? names[first] : "\(names[first])–\(names[last])",
                    CalendarDefinition.Week.text(days[first])
                ))
            first = place
        }
        return rows
    }

    /// `08:00-12:00, 13:00-17:00`; `closed` where there is none.
    static func text(_ hours: [BusinessCalendar.Interval]) -> String {
        hours.isEmpty ? "closed" : hours.map(HoursText.text).joined(separator: ", ")
    }
}
