import ArgumentParser
import EventLog
import EventModel
import Querying
import Rendering

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask for KPIs of a period, by agent, team, channel and more.",
        discussion: """
            KPI.p90 names a statistic (p50, p90, p95, max, min, count). A period is 2025, 2025-Q3, \
            2025-07, 2025-W29, 2025-07-14, A..B, or this-week, last-month and so on, seen from the \
            log's last entry. Without --grain there is one value for the whole period.

            agent.department (or department alone) follows an agent to its profile, as in force on \
            each fact's day; so do agent.team (the home team), agent.level, agent.role and \
            agent.manager.

            Examples:
              rekam query csat --by agent --period 2025-07
              rekam query first_response_time.p90 csat --by channel --period 2025-Q3 \
            --compare previous
              rekam query ticket_volume --period 2025 --grain month --where reason=complaint
              rekam query csat --period 2025-07 --as-of 2025-08-05      (as it was known then)
              rekam query first_response_time --by department --period 2025-07
              rekam query first_response_time --period 2025-07 --left-out
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions

    @Argument(
        help: ArgumentHelp("KPIs and statistics; rekam kpi list shows all.", valueName: "kpi"))
    var kpis: [String]

    @Option(
        help: ArgumentHelp("Dimensions to split by, parted by commas.", valueName: "dimensions"))
    var by: [String] = []

    @OptionGroup var filters: FilterOptions

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "One value for each day, week, month, quarter or year.", valueName: "grain"))
    var grain: String?

    @Option(
        help: ArgumentHelp("Beside it: the previous period, or another.", valueName: "period"))
    var compare: String?

    @OptionGroup var asOf: AsOfOptions

    @Flag(help: "The figures as the period's books were closed and first reported.")
    var asClosed = false

    @Option(
        help: ArgumentHelp(
            "The figures as reported by another closing, an entry that rekam period list shows.",
            valueName: "entry"))
    var closing: UInt32?

    @Flag(help: "Instead of the figure: the cases that it leaves out, and why.")
    var leftOut = false

    @Option(
        help: ArgumentHelp(
            "With --left-out: cases named for each reason, at most; 0 for all. 5 unless given.",
            valueName: "n"))
    var limit: Int?

    func run() throws {
        if let limit {
            guard leftOut else {
                throw Failure(.usage, "--limit goes with --left-out, which lists cases.")
            }
            if limit < 0 { throw Failure(.usage, "--limit \(limit): 0 shows all.") }
        }
        let log = try store.open(readOnly: true, beside: .at(kept))
        let typed = TypedQuestion(
            kpis: kpis, by: by, filters: try filters.pairs,
            times: TypedTimes(period: period, grain: grain, compare: compare),
            memoryBytes: try asOf.memoryBytes())
        if leftOut { return try printLeftOut(typed, log) }
        let answer = try Failure.asking {
            let named = try asOf.asking(log, as: tokens, typed.resolved)
            guard asClosed || closing != nil else {
                return try asOf.answering(log) {
                    try $0.answerLeavingTooLarge(named ?? typed.request(in: $0))
                }
            }
            guard asOf.asOf == nil else {
                throw Failure(
                    .usage,
                    "--as-closed and --closing say themselves as of when: leave --as-of away.")
            }
            return try AsOfOptions.answerAsClosed(log, at: closing) {
                try named ?? typed.request(in: $0)
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

    private func printLeftOut(_ typed: TypedQuestion, _ log: LogStore) throws {
        guard !asClosed, closing == nil, output.format == .table || output.format == .json else {
            throw Failure(
                .usage, "--left-out goes with the table and --format json, and with --as-of.")
        }
        let most = limit ?? LeftOut.Group.usuallyShown
        let found = try Failure.asking {
            let named = try asOf.asking(log, as: tokens, typed.resolved)
            return try asOf.replaying(log) {
                try $0.leftOut(named ?? typed.request(in: $0), naming: most == 0 ? nil : most)
            }
        }
        let view = LeftOutView(found, language: output.lang)
        if output.format == .json {
            Output.write(view.json().canonical ?? [])
            Output.line()
        } else {
            Output.page(view.text())
        }
        Output.flush()
    }
}
