import ArgumentParser
import Definitions
import EventLog
import EventModel
import Querying
import Rendering

struct ScorecardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorecard",
        abstract: "Fill in a scorecard: figures against weighted targets, with a total.",
        discussion: """
            Examples:
              rekam scorecard cs_agent --agent budi --period 2025-07
              rekam scorecard cs_agent --by agent --where agent.team=Teknis --period 2025-Q3
              rekam scorecard list
            """,
        subcommands: [
            ScorecardFillCommand.self, ScorecardListCommand.self, ScorecardShowCommand.self,
            DefinitionCheckCommand.self, DefinitionAddCommand.self,
            DefinitionDiffCommand<ScorecardNoun>.self, DefinitionHistoryCommand<ScorecardNoun>.self,
            DefinitionUndoCommand<ScorecardNoun>.self,
            DefinitionDropCommand<ScorecardNoun>.self,
        ], defaultSubcommand: ScorecardFillCommand.self)
}

struct ScorecardFillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "of",
        abstract: "Fill in a scorecard (the word `of` may be left out).",
        discussion: """
            Each row shows its weight, its target, the value, how far the target was reached \
            (attainment, capped at 100 % unless the row says otherwise), its score (weight times \
            attainment), and in how many of the last twelve periods the target was met. Who joined, \
            left or moved within the period is scored on the days in scope.

            Examples:
              rekam scorecard cs_agent --agent budi --period 2025-07
              rekam scorecard cs_team --team Teknis --period 2025-Q3 --compare previous
              rekam scorecard cs_department --department Layanan --period 2025-07 --lang id
              rekam scorecard cs_company --period 2025 --format json
              rekam scorecard cs_agent --by agent --period 2025-07
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions

    @Argument(help: "The scorecard; rekam scorecard list shows all.")
    var name: String

    @OptionGroup var filters: FilterOptions

    @Option(help: ArgumentHelp("The department it is about.", valueName: "name"))
    var department: String?

    @Option(help: ArgumentHelp("Everybody in the scope, best first.", valueName: "scope"))
    var by: String?

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "Beside it: the scores of the previous period, or another.", valueName: "period"))
    var compare: String?

    @OptionGroup var asOf: AsOfOptions

    func run() throws {
        let log = try store.open(readOnly: true)
        var filters = try filters.pairs
        if let department { filters.append(("department", department)) }
        func asked(_ context: any AskedState) throws -> ScorecardRequest {
            let times = try TypedTimes(period: period, compare: compare).read(in: context)
            return ScorecardRequest(
                name: name, filters: filters, period: times.period, isRanking: by != nil,
                comparison: times.comparison)
        }
        let answer = try Failure.asking {
            let named = try asOf.asking(log, as: tokens) { try $0.resolved(asked($0)) }
            return try asOf.answering(log) { context in
                if let by, let scorecard = try context.scorecard(name),
                    !scorecard.isCompanyWide, !scorecard.isAbout(by)
                {
                    throw ScorecardFault.otherScope(name, scope: scorecard.scope, asked: by)
                }
                return try context.answer(named ?? asked(context))
            }
        }
        switch output.format {
        case .table: Output.page(answer.table(output.style))
        case .json: Output.write(answer.json())
        case .csv: Output.write(answer.csv())
        case .markdown: Output.write(answer.markdown(output.lang))
        }
        Output.flush()
    }
}

struct ScorecardListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the scorecards of the store.",
        discussion: """
            Example:
              rekam scorecard list --lang id
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    func run() throws {
        let library = try StoreDefinitions(store.open(readOnly: true)).library
        let scorecards = try library.scorecardNames.compactMap { try library.scorecard($0) }
        Output.write(
            ScorecardPages.list(scorecards, output.style, as: ListFormat(output.format)))
        Output.flush()
    }
}

struct ScorecardShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain one scorecard: whom it is about, its rows, targets and what they serve.",
        discussion: """
            Examples:
              rekam scorecard show cs_agent
              rekam scorecard show cs_agent@1
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Argument(help: ArgumentHelp("The version in force of it, or NAME@V.", valueName: "name"))
    var name: String

    @OptionGroup var text: RegisteredText

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        if try text.written(name, ScorecardNoun.self, in: register) { return }
        let shown = try ScorecardNoun.shown(name, in: register, of: log)
        guard case .scorecard(let scorecard) = shown.definition else { return }
        var titles: [String: LocalizedText] = [:]
        for row in scorecard.rows { titles[row.kpi] = try shown.library.kpi(row.kpi)?.title }
        Output.write(
            ScorecardPages.page(
                scorecard, titles: titles, output.style, as: ListFormat(output.format)))
        Output.flush()
    }
}

extension ListFormat {
    init(_ format: OutputFormat) {
        switch format {
        case .table: self = .table
        case .json: self = .json
        case .csv: self = .csv
        case .markdown: self = .markdown
        }
    }
}
