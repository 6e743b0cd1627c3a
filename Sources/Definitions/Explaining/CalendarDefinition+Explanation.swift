public import EventModel

extension CalendarDefinition {
    /// See `Definition.explanation(in:)`: its hours by weekday, their changes and its holidays.
    public func explanation(in language: Language) -> String {
        let words = Words(language)
        var lines = words.heading(name, version, title, description)
        lines += [
            "", words.pick("It reads the clock of \(zone).", "Mengikuti jam zona \(zone)."),
        ]
        if !aliases.isEmpty {
            let list = words.any(aliases)
            lines.append(
                words.pick("Events may call it \(list).", "Peristiwa boleh menyebutnya \(list)."))
        }
        for week in weeks {
            let from = week.from.map {
                words.pick("Hours from \($0) on", "Jam kerja sejak \($0)")
            }
            lines += ["", from ?? words.pick("Hours", "Jam kerja")]
            lines += Words.table(week.rows(words))
        }
        if !holidays.isEmpty {
            lines += ["", words.pick("Holidays", "Hari libur")]
            lines += Words.table(
                holidays.map { holiday in
                    let hours =
                        holiday.hours.isEmpty ? "" : " (\(words.hours(holiday.hours)))"
                    return ("\(holiday.day)", holiday.name.text(language) + hours)
                })
        }
        return Words.text(lines + words.ending(source, notes))
    }
}

extension CalendarDefinition.Week {
    /// Days with the same hours together: `monday–friday`, `08:00-12:00, 13:00-17:00`.
    fileprivate func rows(_ words: Words) -> [(days: String, hours: String)] {
        var rows: [(days: String, hours: String)] = []
        var first = 0
        let names = words.language.weekdayNames.map { $0.lowercased() }
        for place in 1...7 where place == 7 || days[place] != days[first] {
            let last = place - 1
            rows.append(
                (
                    first == last ? names[first] : "\(names[first])–\(names[last])",
                    words.hours(days[first])
                ))
            first = place
        }
        return rows
    }
}

extension Words {
    /// `08:00-12:00, 13:00-17:00`; `closed` where there is none.
    fileprivate func hours(_ hours: [BusinessCalendar.Interval]) -> String {
        hours.isEmpty
            ? pick("closed", "tutup") : hours.map(HoursText.text).joined(separator: ", ")
    }
}
