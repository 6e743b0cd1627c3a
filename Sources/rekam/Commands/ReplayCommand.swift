import ArgumentParser
import Auditing
import EventLog
import EventModel
import Projections
import Querying
import Rendering

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Compute a period's figures from zero and compare them with what is stored.",
        discussion: """
            Nothing stored is touched. Every projection and every KPI is computed again from the \
            entries, with the definitions in force at the state asked for; the first cell that differs \
            is named and the command ends with 1.

            Examples:
              rekam replay --period 2025-Q3
              rekam replay --period 2025-07 --as-of 2025-08-05
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "As of an earlier state: the log's first N entries, or all recorded by a time or date.",
            valueName: "n|time"))
    var asOf: String?

    @Option(
        help: ArgumentHelp(
            "Memory it may take, such as 256M or 1G; 384M unless given.", valueName: "size"))
    var memory = "384M"

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        let count = try asOf.map { try AsOfOptions.entryCount($0, in: log) }
        let (size, period) = try log.read { view in
            let size = count ?? view.entryCount
            return (size, try PeriodArgument.read(self.period, in: view, upTo: size))
        }
        let started = Machine.ticks()
        let report = try Replay(
            of: log, asOf: size,
            options: BuildProgressLine.options(memoryBytes: try MemorySize.parse(memory))
        ).run(period)
        Progress.clear()
        let tenths = Int((Machine.ticks() - started) / 100_000_000)
        let words = language.words
        Output.line(
            words.replayed(
                period, entries: size, projections: report.compared.count, rows: report.facts,
                notStored: report.notStored))
        for line in words.notCompared(report.figures) { Output.line(line) }
        let isCompared = !report.compared.isEmpty
        if report.agrees, isCompared {
            Output.line(words.agrees(report.figures, tenths: tenths))
            return Output.flush()
        }
        Output.flush()
        let figure = report.figures.differing.first.map(FigureText(.english).replayed)
        guard let difference = report.difference ?? figure else {
            throw Failure(
                .checkFailed,
                "nothing was compared, for no rows of these definitions are stored. Build them: rekam "
                    + "projection rebuild")
        }
        throw Failure(
            .checkFailed,
            "it differs. \(difference). Rebuild it: rekam projection rebuild, and check the log: "
                + "rekam verify")
    }
}
