import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "See, add and choose the calendars by which business time counts.",
        subcommands: [
            CalendarListCommand.self, CalendarShowCommand.self, DefinitionCheckCommand.self,
            DefinitionAddCommand.self, CalendarUseCommand.self,
            DefinitionDiffCommand<CalendarNoun>.self, DefinitionHistoryCommand<CalendarNoun>.self,
            DefinitionUndoCommand<CalendarNoun>.self,
            DefinitionDropCommand<CalendarNoun>.self,
        ])
}

/// The calendars of a store as the log has them.
struct StoreCalendars {
    let register: DefinitionRegister
    let library: DefinitionLibrary

    init(_ log: LogStore) throws {
        register = try log.read { try $0.definitions() }
        library = DefinitionLibrary(register: register, types: log.types)
    }

    /// By name.
    func all() throws -> [CalendarDefinition] {
        try library.calendarNames.sorted().compactMap { try library.calendar($0) }
    }

    func find(_ name: String) throws -> CalendarDefinition {
        if let calendar = try library.calendar(name) { return calendar }
        let near = nearest(to: name, among: library.calendarNames)
        throw Failure(
            .usage,
            "no calendar is called \"\(name.printable)\"."
                + (near.map { " Did you mean \($0)?" } ?? "")
                + " `rekam calendar list` shows all \(library.calendarNames.count).")
    }

    /// The tz database release of the zone that a calendar was registered with.
    func release(of calendar: CalendarDefinition) -> String {
        register.release(
            ofZone: calendar.zone,
            before: register.live("calendar", calendar.name)?.sequence ?? .max)
    }
}

extension DefinitionRegister {
    /// The tz database release of a zone's rules as they were at an entry.
    fileprivate func release(ofZone name: String, before sequence: UInt32) -> String {
        zone(name, before: sequence).flatMap { TimeZoneRules(body: $0.body) }?.release ?? ""
    }
}

struct CalendarListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the calendars; the store's own is marked.",
        discussion: """
            Example:
              rekam calendar list --lang id
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    func run() throws {
        let calendars = try StoreCalendars(store.open(readOnly: true))
        let standard = calendars.register.standardCalendar
        let all = try calendars.all()
        switch output.format {
        case .table: Output.write(CalendarPages.list(all, standard: standard, output.style))
        case .markdown:
            Output.write(CalendarPages.markdown(all, standard: standard, output.lang))
        case .csv:
            Output.write(CSVText.line(["calendar", "version", "title", "zone", "standard"]))
            for one in all {
                let cells = [
                    one.name, String(one.version), one.title.english, one.zone,
                    one.name == standard ? "true" : "false",
                ]
                Output.write(CSVText.line(cells.map(CSVText.text)))
            }
        case .json:
            let list = all.map { one in
                JSONValue.object([
                    JSONMember(key: "name", value: .string(one.name)),
                    JSONMember(key: "version", value: .number(String(one.version))),
                    JSONMember(key: "title", value: .string(one.title.english)),
                    JSONMember(key: "zone", value: .string(one.zone)),
                    JSONMember(key: "tzdata", value: .string(calendars.release(of: one))),
                    JSONMember(key: "standard", value: .boolean(one.name == standard)),
                    JSONMember(key: "aliases", value: .array(one.aliases.map { .string($0) })),
                    JSONMember(key: "holidays", value: .number(String(one.holidays.count))),
                ])
            }
            Output.write(JSONValue.array(list).canonical ?? [])
            Output.line()
        }
        Output.flush()
    }
}

struct CalendarShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a calendar's hours and holidays.",
        discussion: """
            Examples:
              rekam calendar show indonesia
              rekam calendar show indonesia@1
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @Argument(help: ArgumentHelp("The version in force of it, or NAME@V.", valueName: "name"))
    var name: String

    @OptionGroup var text: RegisteredText

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        if try text.written(name, CalendarNoun.self, in: register) { return }
        let shown = try CalendarNoun.shown(name, in: register, of: log)
        guard case .calendar(let calendar) = shown.definition else { return }
        let tzdata = register.release(ofZone: calendar.zone, before: shown.change.sequence)
        let isStandard =
            register.standardCalendar == calendar.name
            && register.live(CalendarNoun.kind, calendar.name)?.version == shown.change.version
        Output.write(
            output.format == .json
                ? CalendarPages.json(calendar, tzdata: tzdata, isStandard: isStandard)
                : CalendarPages.page(
                    calendar, tzdata: tzdata, isStandard: isStandard, output.style))
        Output.flush()
    }
}

extension CalendarCommand {
    /// Builds again what counts by another calendar than before.
    static func buildAgain(_ log: LogStore, _ options: BuildOptions) throws -> BuildReport {
        let report = try LiveProjections(of: log).catchUp(options: options)
        Progress.clear()
        return report
    }

    /// Says which projections were built again.
    static func tell(_ report: BuildReport, _ words: DefinitionWords) {
        if !report.rebuilt.isEmpty { Output.line(words.builtAgain(report.rebuilt)) }
    }
}

struct CalendarUseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use",
        abstract:
            "Make a calendar the store's own: business time counts by it unless said otherwise.",
        discussion: """
            The choice goes into the log. Business time is measured anew, the past included.

            Example:
              rekam calendar use night_desk --reason "we answer at night since the merger"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var resources: BuildResources

    @Argument(help: "Its name.")
    var name: String

    @Option(help: ArgumentHelp("Why; it goes into the log.", valueName: "text"))
    var reason = "chosen with rekam calendar use"

    @Option(help: ArgumentHelp("Who; it goes into the log.", valueName: "name"))
    var by: String?

    func run() throws {
        let log = try store.openToRedefine(resources.options())
        let calendars = try StoreCalendars(log)
        let calendar = try calendars.find(name)
        let words = DefinitionWords(language.lang)
        guard calendars.register.standardCalendar != calendar.name else {
            Output.line(words.followsAlready(calendar.name))
            return Output.flush()
        }
        let now = try Machine.now()
        let count = try log.read { $0.entryCount }
        try log.appendOwn(
            [
                log.promotion(
                    kind: "calendar", of: calendar.name, version: calendar.version, after: count,
                    reason: reason, by: by, at: now)
            ], recorded: now)
        Output.line(words.followsNow(calendar.name))
        CalendarCommand.tell(try CalendarCommand.buildAgain(log, resources.options()), words)
        Output.line()
        Output.line(words.next("rekam calendar show \(calendar.name)"))
        Output.flush()
    }
}
