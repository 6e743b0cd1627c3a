public import EventModel

/// A business calendar: what a definition file says, checked. With its zone's rules it becomes a
/// `BusinessCalendar`, which measures.
public struct CalendarDefinition: Hashable, Sendable {
    /// A week's hours, in force from a day on.
    public struct Week: Hashable, Sendable {
        /// First local day it holds for; nil for the first week, which holds for all earlier days.
        public var from: Day?
        /// Seven lists of intervals, Monday first; an empty list is a day off.
        public var days: [[BusinessCalendar.Interval]]

        /// A week from its parts.
        public init(from: Day? = nil, days: [[BusinessCalendar.Interval]]) {
            self.from = from
            self.days = days
        }
    }

    /// A day whose hours differ from its weekday's.
    public struct Holiday: Hashable, Sendable {
        /// The local day.
        public var day: Day
        /// What it is called.
        public var name: LocalizedText
        /// Its hours; mostly none.
        public var hours: [BusinessCalendar.Interval]

        /// A holiday from its parts.
        public init(day: Day, name: LocalizedText, hours: [BusinessCalendar.Interval] = []) {
            self.day = day
            self.name = name
            self.hours = hours
        }
    }

    /// Unique name, `indonesia`.
    public var name: String
    /// From 1; a changed body is a new version.
    public var version: Int
    /// Title for people.
    public var title: LocalizedText
    /// What it is, in a sentence.
    public var description: LocalizedText
    /// Other names under which events speak of it (what a helpdesk calls its hours).
    public var aliases: [String]
    /// IANA name of the zone whose clock it follows.
    public var zone: String
    /// Weeks, the first without a day, the others ascending by theirs.
    public var weeks: [Week]
    /// Ascending by day, each day once.
    public var holidays: [Holiday]
    /// Where its days come from: a decree, a contract.
    public var source: String
    /// What to know about it.
    public var notes: [LocalizedText]

    /// A calendar from its parts.
    public init(
        name: String, version: Int, title: LocalizedText,
        description: LocalizedText = LocalizedText(english: ""), aliases: [String] = [],
        zone: String, weeks: [Week], holidays: [Holiday] = [], source: String = "",
        notes: [LocalizedText] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.aliases = aliases
        self.zone = zone
        self.weeks = weeks
        self.holidays = holidays
        self.source = source
        self.notes = notes
    }

    /// The calendar on the clock of its zone.
    ///
    /// - Parameter rules: the rules of the zone it names.
    /// - Throws: what no checked definition gives rise to.
    /// - Complexity: see `BusinessCalendar.init`.
    public func calendar(on rules: TimeZoneRules) throws(BusinessCalendar.Fault)
        -> BusinessCalendar
    {
        var closed: [Day: [BusinessCalendar.Interval]] = [:]
        for holiday in holidays { closed[holiday.day] = holiday.hours }
        let schedules = weeks.map {
            BusinessCalendar.Schedule(
                effectiveFrom: $0.from ?? Self.beginning, week: $0.days, holidays: closed)
        }
        return try BusinessCalendar(zone: rules, schedules: schedules)
    }

    /// Before every day that a definition can name.
    private static let beginning = Day(number: -800_000)
}
