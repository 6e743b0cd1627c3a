public import Definitions
import EventModel

/// What `calendar list` and `calendar show` print.
public enum CalendarPages {
    /// All calendars: name, title, zone, hours; the store's own is marked.
    public static func list(
        _ calendars: [CalendarDefinition], standard: String?, _ style: TextStyle
    ) -> String {
        let words = Words(language: style.language)
        var table = TableLayout(columns: columns(calendars, standard: standard, words))
        if let width = style.width {
            while table.width > width, table.columns.count > 2 { table.columns.removeLast() }
        }
        var lines = TextLines(style: style)
        lines.add(table.lines(isColoured: style.isColoured))
        lines.add("")
        if standard != nil { lines.add(wrapping: "* " + words.standardCalendar, tone: .quiet) }
        let name = (standard ?? calendars.first?.name ?? "NAME").printable
        lines.add(wrapping: words.next("rekam calendar show " + name), tone: .quiet)
        return lines.text
    }

    /// Name, title, zone, hours; the standard one is marked.
    static func columns(
        _ calendars: [CalendarDefinition], standard: String?, _ words: Words
    ) -> [TableColumn] {
        var columns = [
            TableColumn(title: words.calendar), TableColumn(title: words.title),
            TableColumn(title: words.zone), TableColumn(title: words.hours),
        ]
        for calendar in calendars {
            let mark = calendar.name == standard ? " *" : ""
            columns[0].cells.append(.init(text: calendar.name.printable + mark))
            columns[1].cells.append(.init(text: calendar.title.text(words.language).printable))
            columns[2].cells.append(.init(text: calendar.zone, tone: .quiet))
            let hours = calendar.weeks.last.map { words.week($0) } ?? ""
            columns[3].cells.append(.init(text: hours, tone: .quiet))
        }
        return columns
    }

    /// One calendar: its hours, their changes, its holidays, where they come from.
    ///
    /// - Parameter tzdata: the tz database release of its zone's rules.
    public static func page(
        _ calendar: CalendarDefinition, tzdata: String, isStandard: Bool, _ style: TextStyle
    ) -> String {
        let words = Words(language: style.language)
        var lines = TextLines(style: style)
        lines.add(
            pieces: [
                calendar.title.text(style.language).printable, calendar.name.printable,
                words.version(calendar.version),
            ], tone: .strong)
        let description = calendar.description.text(style.language).printable
        if !description.isEmpty { lines.add(wrapping: description, tone: .plain) }
        if isStandard { lines.add(wrapping: words.standardCalendar, tone: .plain) }
        lines.add("")
        var rows = [(words.zone, calendar.zone + (tzdata.isEmpty ? "" : " (tzdata \(tzdata))"))]
        for week in calendar.weeks {
            let title = week.from.map { words.from($0.description) } ?? words.hours
            for (index, line) in words.lines(week).enumerated() {
                rows.append((index == 0 ? title : "", line))
            }
        }
        for (index, holiday) in calendar.holidays.enumerated() {
            let hours = holiday.hours.isEmpty ? "" : " (\(words.hours(holiday.hours)))"
            let name = holiday.name.text(style.language).printable
            rows.append((index == 0 ? words.holidays : "", "\(holiday.day)  \(name)\(hours)"))
        }
        if !calendar.aliases.isEmpty {
            rows.append((words.aliases, calendar.aliases.joined(separator: ", ").printable))
        }
        for (index, note) in calendar.notes.enumerated() {
            rows.append((index == 0 ? words.notes : "", note.text(style.language).printable))
        }
        if !calendar.source.isEmpty { rows.append((words.source, calendar.source.printable)) }
        let width = rows.reduce(0) { max($0, TextWidth.of($1.0)) } + 3
        for (name, text) in rows {
            lines.add(hanging: TextWidth.padded(name, to: width), text)
        }
        lines.add("")
        lines.add(wrapping: words.next("rekam calendar add FILE"), tone: .quiet)
        return lines.text
    }
}

extension Words {
    var calendar: String { language == .english ? "Calendar" : "Kalender" }
    var zone: String { language == .english ? "Zone" : "Zona" }
    var hours: String { language == .english ? "Hours" : "Jam kerja" }
    var holidays: String { language == .english ? "Holidays" : "Hari libur" }
    var aliases: String { language == .english ? "Also called" : "Disebut juga" }
    func from(_ day: String) -> String { (language == .english ? "From " : "Sejak ") + day }
    var standardCalendar: String {
        language == .english
            ? "Business time counts by this calendar unless a definition or an event names another."
            : "Waktu kerja dihitung menurut kalender ini, kecuali definisi atau peristiwa menyebut yang lain."
    }

    private var weekdays: [String] {
        language == .english
            ? ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            : ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"]
    }

    /// `08:00-12:00, 13:00-17:00`.
    func hours(_ list: [BusinessCalendar.Interval]) -> String {
        list.isEmpty
            ? (language == .english ? "closed" : "tutup")
            : list.map(HoursText.text).joined(separator: ", ")
    }

    /// Days with equal hours together, a line each: `Mon–Fri 08:00-12:00, 13:00-17:00`.
    func lines(_ week: CalendarDefinition.Week) -> [String] {
        var lines: [String] = []
        var first = 0
        for place in 1...7 where place == 7 || week.days[place] != week.days[first] {
            let last = place - 1
            let names =
                first == last ? weekdays[first] : "\(weekdays[first])–\(weekdays[last])"
            lines.append(names + " " + hours(week.days[first]))
            first = place
        }
        return lines
    }

    /// The days that are open, in one line.
    func week(_ week: CalendarDefinition.Week) -> String {
        let closed = hours([])
        return lines(week).filter { !$0.hasSuffix(" " + closed) }.joined(separator: "; ")
    }
}
