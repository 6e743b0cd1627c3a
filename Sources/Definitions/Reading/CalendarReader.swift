import EventModel

/// Reads one calendar.
struct CalendarReader {
    static let keys = [
        "calendar", "version", "title", "description", "aliases", "zone", "week", "changes",
        "holidays",
        "source", "notes",
    ]
    static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
    static let changeKeys = ["from", "week"]
    static let holidayKeys = ["date", "name", "hours"]
    static let mostAliases = 64
    static let mostIntervals = 24
    static let mostHolidays = 1000
    static let mostChanges = 200

    let faults: FaultList

    /// The calendar; nil when faults were reported.
    func read(_ root: YAMLValue) -> CalendarDefinition? {
        guard
            let fields = Fields(root, of: "a calendar", keys: CalendarReader.keys, faults: faults)
        else { return nil }
        let common = CommonReader(faults: faults)
        let name = common.name(fields["calendar"])
        let version = common.version(fields.required("version", "a whole number from 1"))
        let title = common.localized(fields.required("title", "a text, or {en: …, id: …}"))
        let description = common.localized(fields["description"])
        let aliases = readAliases(fields["aliases"])
        let zone = readZone(fields.required("zone", "an IANA zone such as Asia/Jakarta"))
        let week = readWeek(
            fields.required("week", "hours by weekday: {monday-friday: [08:00-12:00, 13:00-17:00]}")
        )
        let changes = readChanges(fields["changes"])
        let holidays = readHolidays(fields["holidays"])
        let notes = fields["notes"]?.elements.map { common.localized($0) } ?? []
        let source = common.text(fields["source"]) ?? ""
        guard faults.faults.isEmpty, let name, let version, let zone, let week else { return nil }
        return CalendarDefinition(
            name: name, version: version, title: title, description: description,
            aliases: aliases, zone: zone,
            weeks: [CalendarDefinition.Week(days: week)] + changes, holidays: holidays,
            source: source, notes: notes)
    }

    private func readAliases(_ value: YAMLValue?) -> [String] {
        guard let value else { return [] }
        var aliases: [String] = []
        for element in value.elements.prefix(CalendarReader.mostAliases + 1) {
            guard let text = element.text, text.utf8.count <= 256,
                aliases.count < CalendarReader.mostAliases
            else {
                faults.report(
                    at: element, "\(element.inWords) stands among the aliases",
                    expected: "at most \(CalendarReader.mostAliases) names, of 256 bytes each")
                return []
            }
            if aliases.contains(text) { faults.report(at: element, "\"\(text)\" is given twice") }
            aliases.append(text)
        }
        return aliases
    }

    /// A zone's name by its form; whether there is such a zone, the tz database says.
    private func readZone(_ value: YAMLValue?) -> String? {
        guard let value else { return nil }
        let isPlain = { (byte: UInt8) in
            (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (0x30...0x39).contains(byte)
                || [0x2B, 0x2D, 0x2F, 0x5F].contains(byte)
        }
        guard let text = value.text, text.utf8.allSatisfy(isPlain), text.utf8.count <= 64,
            !text.split(separator: "/", omittingEmptySubsequences: false).contains("")
        else {
            faults.report(
                at: value, "\(value.inWords) is no time zone",
                expected: "an IANA name such as Asia/Jakarta or UTC")
            return nil
        }
        return text
    }

    // MARK: Weeks

    /// Seven lists of intervals, Monday first.
    private func readWeek(_ value: YAMLValue?) -> [[BusinessCalendar.Interval]]? {
        guard let value else { return nil }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under week",
                expected: "weekdays with their hours: {monday-friday: [08:00-12:00, 13:00-17:00]}")
            return nil
        }
        var week: [[BusinessCalendar.Interval]?] = Array(repeating: nil, count: 7)
        for pair in pairs {
            guard let days = days(pair.key) else { continue }
            let hours = readHours(pair.value)
            for day in days {
                if week[day] != nil {
                    faults.report(
                        at: pair.key, "\(CalendarReader.weekdays[day]) is given twice",
                        expected: "each weekday once")
                }
                week[day] = hours
            }
        }
        return week.map { $0 ?? [] }
    }

    /// The days that `monday`, or `monday-friday`, names; `saturday-monday` goes over the weekend.
    private func days(_ key: YAMLValue) -> [Int]? {
        let words = (key.text ?? "").split(separator: "-", omittingEmptySubsequences: false)
        var places: [Int] = []
        for word in words.prefix(2) {
            guard let place = CalendarReader.weekdays.firstIndex(of: String(word)) else {
                faults.report(
                    at: key, "no weekday is called \"\(word)\"", word: String(word),
                    among: CalendarReader.weekdays)
                return nil
            }
            places.append(place)
        }
        guard words.count <= 2, let first = places.first, let last = places.last else {
            faults.report(
                at: key, "\(key.inWords) names no weekdays", expected: "monday or monday-friday")
            return nil
        }
        return (first...(last < first ? last + 7 : last)).map { $0 % 7 }
    }

    /// Intervals of a day, in order; `[]` is a day off.
    private func readHours(_ value: YAMLValue) -> [BusinessCalendar.Interval] {
        let elements = value.elements
        guard elements.count <= CalendarReader.mostIntervals else {
            faults.report(
                at: elements[CalendarReader.mostIntervals],
                "\(elements.count) stretches of time are given for a day",
                expected: "at most \(CalendarReader.mostIntervals)")
            return []
        }
        var found: [BusinessCalendar.Interval] = []
        for element in elements {
            guard let interval = element.text.flatMap(HoursText.interval) else {
                faults.report(
                    at: element, "\(element.inWords) is no stretch of time",
                    expected: HoursText.form)
                continue
            }
            let other = found.first {
                interval.startMinute < $0.endMinute && $0.startMinute < interval.endMinute
            }
            if let other {
                faults.report(
                    at: element,
                    "\(HoursText.text(interval)) overlaps \(HoursText.text(other))",
                    expected: "stretches of time apart from each other")
            }
            found.append(interval)
        }
        return found.sorted { $0.startMinute < $1.startMinute }
    }

    private func readChanges(_ value: YAMLValue?) -> [CalendarDefinition.Week] {
        guard let value else { return [] }
        var weeks: [CalendarDefinition.Week] = []
        guard value.elements.count <= CalendarReader.mostChanges else {
            faults.report(
                at: value, "\(value.elements.count) changes are given",
                expected: "at most \(CalendarReader.mostChanges)")
            return []
        }
        for element in value.elements {
            guard
                let fields = Fields(
                    element, of: "a change", keys: CalendarReader.changeKeys, faults: faults)
            else { continue }
            let from = readDay(fields.required("from", "the first day of the new week's hours"))
            let week = readWeek(fields.required("week", "hours by weekday"))
            guard let from, let week else { continue }
            if let last = weeks.last?.from, from <= last {
                faults.report(
                    at: fields["from"] ?? element, "\(from) does not follow \(last)",
                    expected: "changes in the order of their days")
            }
            weeks.append(CalendarDefinition.Week(from: from, days: week))
        }
        return weeks
    }

    // MARK: Holidays

    private func readHolidays(_ value: YAMLValue?) -> [CalendarDefinition.Holiday] {
        guard let value else { return [] }
        guard value.elements.count <= CalendarReader.mostHolidays else {
            faults.report(
                at: value, "\(value.elements.count) holidays are given",
                expected: "at most \(CalendarReader.mostHolidays)")
            return []
        }
        var holidays: [CalendarDefinition.Holiday] = []
        var seen: [Day: YAMLValue] = [:]
        for element in value.elements {
            guard
                let fields = Fields(
                    element, of: "a holiday", keys: CalendarReader.holidayKeys, faults: faults)
            else { continue }
            let day = readDay(fields.required("date", "a day such as 2025-08-17"))
            let name = CommonReader(faults: faults).localized(
                fields.required("name", "a text, or {en: …, id: …}"))
            let hours = fields["hours"].map { readHours($0) } ?? []
            guard let day else { continue }
            if let other = seen[day] {
                faults.report(
                    at: fields["date"] ?? element, "\(day) is given twice",
                    expected: "each day once (it also stands in line \(other.line))")
            }
            seen[day] = element
            holidays.append(CalendarDefinition.Holiday(day: day, name: name, hours: hours))
        }
        return holidays.sorted { $0.day < $1.day }
    }

    private func readDay(_ value: YAMLValue?) -> Day? {
        guard let value else { return nil }
        guard let text = value.text, let day = Day(iso: text.utf8.span) else {
            faults.report(
                at: value, "\(value.inWords) is no day", expected: "a day such as 2025-08-17")
            return nil
        }
        return day
    }
}
