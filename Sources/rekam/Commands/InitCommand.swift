import ArgumentParser
import Definitions
import EventLog
import EventModel
import Recording
import Rendering
import Shipped

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new store, with the KPI catalogue in it.",
        discussion: """
            Example:
              rekam init --time-zone Asia/Jakarta --origin cs.example.com/log
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Option(
        help: ArgumentHelp(
            "The zone whose days the figures count, by its IANA name.",
            discussion: "Its rules are recorded in the log, so that no later machine is asked.",
            valueName: "zone"))
    var timeZone = "Asia/Jakarta"

    @Option(
        help: ArgumentHelp(
            "The calendar by which business time counts.",
            discussion: "Without it: the one that follows the zone's clock, else always_open. "
                + "`rekam calendar list` shows all; `rekam calendar add` registers more.",
            valueName: "name"))
    var calendar: String?

    @Option(
        help: ArgumentHelp(
            "The log's name in checkpoints, such as cs.example.com/log.", valueName: "name"))
    var origin = "rekam.local/log"

    @Option(
        help: ArgumentHelp(
            "A group whose members may ask the store; only its owner records and signs.",
            valueName: "group"))
    var group: String?

    func run() throws {
        let groupNumber = try group.map(Machine.group)
        guard let zone = try Machine.zone(timeZone) else {
            throw Failure(
                .usage,
                "no time zone is called \"\(timeZone)\"."
                    + (nearest(to: timeZone, among: Machine.zoneNames()).map {
                        " Did you mean \($0)?"
                    } ?? " Zones have their IANA names, such as Asia/Jakarta or UTC."))
        }
        guard LogStore.isOrigin(origin) else {
            throw Failure(
                .usage,
                "--origin \"\(origin)\": a name without white space or +, at most 200 bytes, such "
                    + "as cs.example.com/log.")
        }
        var new = try NewStore.usual(origin: origin, timeZone: zone, calendar: calendar)
        new.group = groupNumber
        new.isClockGiven = Machine.isClockGiven
        let made: LogStore
        let projections: Int
        let kpis: Int
        let standard: String?
        do {
            (made, projections, kpis, standard) = try new.create(
                at: store.path, now: try Machine.now(), threads: Machine.cores)
        } catch let fault as CalendarFault {
            throw Failure(.usage, fault.description)
        }
        let words = KeepingWords(language.lang)
        Output.line(
            words.made(
                made.path.printable, kpis: kpis, projections: projections, zone: zone.name,
                release: zone.release))
        if let standard { Output.line(words.businessTime(standard)) }
        Output.line(words.keyIs(made.path.printable))
        if let group { Output.line(words.shared(with: group.printable)) }
        if made.keptErasures.isThere {
            Output.line(
                PersonWords(language.lang).listOfOthers(made.keptErasures.path.printable))
        }
        Output.line(words.firstSteps)
        Output.flush()
    }
}

extension NewStore {
    /// A store with the event types and the catalogue that Rekam brings along.
    static func usual(
        origin: String, timeZone: TimeZoneRules, calendar: String? = nil
    ) throws -> NewStore {
        NewStore(
            origin: origin, timeZone: timeZone,
            types: try EventTypes.shipped(texts: Shipped.texts(in: "events")),
            catalogue: Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            },
            seed: try Machine.randomBytes(32), salts: Machine.salts, calendar: calendar,
            zoneRules: { try Machine.zone($0) })
    }
}
