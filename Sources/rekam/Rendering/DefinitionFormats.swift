public import Definitions
public import EventModel

extension KPIPages {
    /// The list for pages written in Markdown.
    public static func markdown(_ kpis: [KPIDefinition], _ language: Language) -> String {
        MarkdownText.table(columns(kpis, Words(language: language)))
    }

    /// One KPI for programs: an object, in English; ends with a line break.
    ///
    /// - Parameter projections: those its formulas read.
    public static func json(_ kpi: KPIDefinition, projections: [ProjectionDefinition]) -> String {
        let statistics = kpi.statistics.map { statistic in
            JSONText.object([
                ("name", JSONText.string(statistic.name)),
                ("value", JSONText.string(statistic.formula.inWords(in: .english))),
            ])
        }
        let better: [(String, String)] =
            switch kpi.better {
            case .higher: [("better", "\"higher\"")]
            case .lower: [("better", "\"lower\"")]
            case .band(let least, let most):
                [
                    ("better", "\"band\""), ("band_minimum", "\(least)"),
                    ("band_maximum", "\(most)"),
                ]
            }
        return JSONText.object(
            [
                ("name", JSONText.string(kpi.name)), ("version", "\(kpi.version)"),
                ("title", JSONText.string(kpi.title.english)),
                ("description", JSONText.string(kpi.description.english)),
                ("group", JSONText.string(kpi.group)), ("unit", "\"\(kpi.unit.rawValue)\""),
            ] + better + [
                ("value", JSONText.string(kpi.value.inWords(in: .english))),
                ("statistics", "[\(statistics.joined(separator: ", "))]"),
                ("dimensions", JSONText.strings(dimensions(projections))),
                ("events", JSONText.strings(events(projections))),
                (
                    "projections",
                    JSONText.strings(projections.map { "\($0.name)@\($0.version)" })
                ),
                ("notes", JSONText.strings(kpi.notes.map(\.english))),
                ("source", JSONText.string(kpi.source)),
            ]) + "\n"
    }
}

extension CalendarPages {
    /// The list for pages written in Markdown.
    public static func markdown(
        _ calendars: [CalendarDefinition], standard: String?, _ language: Language
    ) -> String {
        MarkdownText.table(columns(calendars, standard: standard, Words(language: language)))
    }

    /// One calendar for programs: an object, in English; ends with a line break.
    ///
    /// - Parameter tzdata: the tz database release of its zone's rules.
    public static func json(
        _ calendar: CalendarDefinition, tzdata: String, isStandard: Bool
    ) -> String {
        func hours(_ intervals: [BusinessCalendar.Interval]) -> String {
            JSONText.strings(intervals.map(HoursText.text))
        }
        let names = Language.english.weekdayNames.map { $0.lowercased() }
        let weeks = calendar.weeks.map { week in
            JSONText.object(
                [("from", week.from.map { "\"\($0)\"" } ?? "null")]
                    + zip(names, week.days).map { ($0, hours($1)) })
        }
        let holidays = calendar.holidays.map { holiday in
            JSONText.object([
                ("day", "\"\(holiday.day)\""), ("name", JSONText.string(holiday.name.english)),
                ("hours", hours(holiday.hours)),
            ])
        }
        return JSONText.object([
            ("name", JSONText.string(calendar.name)), ("version", "\(calendar.version)"),
            ("title", JSONText.string(calendar.title.english)),
            ("description", JSONText.string(calendar.description.english)),
            ("zone", JSONText.string(calendar.zone)), ("tzdata", JSONText.string(tzdata)),
            ("standard", "\(isStandard)"), ("aliases", JSONText.strings(calendar.aliases)),
            ("weeks", "[\(weeks.joined(separator: ", "))]"),
            ("holidays", "[\(holidays.joined(separator: ", "))]"),
            ("notes", JSONText.strings(calendar.notes.map(\.english))),
            ("source", JSONText.string(calendar.source)),
        ]) + "\n"
    }
}
