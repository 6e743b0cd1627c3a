import ArgumentParser
import Definitions
import EventModel
import Projections
import Rendering

/// `add`, the same for projections, KPIs, scorecards and calendars.
struct DefinitionAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register the definitions of files in the log.",
        discussion: """
            Definitions of every kind may stand together, in one file or several. KPIs, scorecards and \
            calendars answer from now on; a projection is built beside the others by `backfill` and \
            answers once it is promoted. KPIs that need a version which does not answer yet come with \
            `projection promote --with FILE`.

            A changed meaning under the same name and version is refused; titles, descriptions and \
            notes may change. What is in force must still hold with it. `check` gives the same \
            verdict and records nothing.

            Calendars take the rules of their zone with them into the log. A new version of one \
            measures everything anew: the projections that use it are built again.

            Examples:
              rekam projection add second-reply.yaml
              rekam kpi add our-kpis.yaml --reason "asked by the board" --by sari
              rekam scorecard add cards/ more-cards.yaml
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var resources: BuildResources

    @Argument(help: ArgumentHelp("Files, or folders of them.", valueName: "file"))
    var files: [String]

    @OptionGroup var why: RecordedReason

    func run() throws {
        Interrupt.listen()
        let log = try store.openToRedefine(resources.options())
        let addition: DefinitionAddition
        do {
            addition = try DefinitionAddition(files, to: log)
        } catch let faults as DefinitionFaults {
            throw Failure(.refused, messages: faults.faults.map(\.description))
        }
        let now = try Machine.now()
        let lines = addition.lines(language.lang, at: now)
        let report = try addition.record(why: why, options: resources.options(), at: now)
        for line in lines { Output.line(line) }
        let words = DefinitionWords(language.lang)
        if let report { CalendarCommand.tell(report, words) }
        if let next = try addition.next() {
            Output.line()
            Output.line(words.next(next))
        }
        Output.flush()
    }
}
