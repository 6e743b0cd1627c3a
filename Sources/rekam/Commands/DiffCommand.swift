import ArgumentParser
import Auditing
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare a period's figures as two states of the log answer them.",
        discussion: """
            Each figure that differs is shown with the events that moved it: late, new, voided, \
            corrected (voided and recorded anew), or a new definition. Without a second --as-of the \
            log as it is counts.

            Examples:
              rekam diff --period 2025-Q3 --as-of 2025-10-05
              rekam diff csat --period 2025-07 --as-of 184203 --as-of 2025-09-01 --by agent
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions

    @Argument(help: ArgumentHelp("KPIs; all without them.", valueName: "kpi"))
    var kpis: [String] = []

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "The two states, the earlier first: entries, a time or a date.", valueName: "n|time"))
    var asOf: [String]

    @Option(
        help: ArgumentHelp(
            "Split by these, instead of all together and by agent, team and channel.",
            valueName: "dimensions"))
    var by: [String] = []

    @Option(
        help: ArgumentHelp(
            "The definitions in force at each state (the default), or the current ones for both.",
            valueName: "then|current"))
    var definitions = DefinitionChoice.then

    @Option(help: ArgumentHelp("Memory it may take, such as 256M or 1G.", valueName: "size"))
    var memory = "384M"

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        let (zone, end) = try log.read {
            (try $0.definitions().storeTimeZone ?? .utc, $0.entryCount)
        }
        guard (1...2).contains(asOf.count) else {
            throw Failure(.usage, "--as-of: give it once or twice, the earlier state first.")
        }
        let counts = try asOf.map { try AsOfOptions.entryCount($0, in: log) }
        let first = counts[0]
        let second = counts.count > 1 ? counts[1] : end
        guard first <= second else {
            throw Failure(
                .usage, "--as-of \(asOf[0]) comes after --as-of \(asOf[1]): the earlier first.")
        }
        let period = try log.read { try PeriodArgument.read(self.period, in: $0) }
        var comparison = Comparison(
            of: log, from: first, to: second, definitions: definitions,
            options: BuildProgressLine.options(memoryBytes: try MemorySize.parse(memory)))
        comparison.kpis = kpis
        comparison.by = by.flatMap { $0.split(separator: ",").map(String.init) }
        var list = ChangeList(zone: zone, language: output.lang)
        do {
            list.add(try comparison.run(period), period: period)
        } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        }
        Progress.clear()
        list.write(
            output.format, output.style, rows: "changes",
            empty: output.words.nothingDiffers(period, first, second),
            members: [("from", String(first)), ("to", String(second))])
    }
}

/// Figures that changed, with what moved them, as rows: for people one for each figure, its causes
/// in words; for programs one for each figure and cause.
struct ChangeList {
    let zone: TimeZoneRules
    let language: Language
    private let words: AuditWords
    private var sheet: Sheet
    /// How many figures came out how, and what people read of those that were not compared.
    private var counts: [FigureOutcome: Int] = [:]
    private var notCompared: [String] = []
    private var unread: [[Sheet.Cell]] = []

    init(zone: TimeZoneRules, language: Language) {
        self.zone = zone
        self.language = language
        words = AuditWords(language)
        sheet = Sheet(
            [
                .init("period", words.heading(.period)), .init("kpi", words.heading(.kpi)),
                .init("cell", words.heading(.cell)),
                .init("before", words.heading(.before), isNumber: true),
                .init("after", words.heading(.after), isNumber: true), .init("unit", ""),
                .init("change", words.heading(.why)), .init("sequence", words.heading(.entry)),
                .init("voided", words.heading(.voided), isNumber: true),
                .init("anew", words.heading(.anew), isNumber: true),
                .init("subject", words.heading(.subject)), .init("type", words.heading(.event)),
                .init("happened", words.heading(.happened)),
                .init("recorded", words.heading(.recorded)),
                .init("reason", words.heading(.reason)),
                .init("by", words.heading(.by)),
            ] + Sheet.besideColumns)
    }

    mutating func add(
        _ found: (cells: [ChangedCell], figures: FigureComparison), period: Period
    ) {
        counts.merge(found.figures.counts, uniquingKeysWith: +)
        notCompared += words.notCompared(found.figures).map { "\(period): \($0)" }
        for cell in found.cells {
            let figure = cell.figure
            let key = figure.key.map { "\($0.dimension)=\($0.value)" }.joined(separator: ", ")
            let people = figure.key.map { words.group($0.dimension, $0.value) }
                .joined(separator: ", ")
            // A difference is told whether or not its cause was found.
            let causes = cell.causes.isEmpty ? [nil] : cell.causes.map(Optional.some)
            for (place, cause) in causes.enumerated() {
                let isFirst = place == 0
                func once(_ cell: Sheet.Cell) -> Sheet.Cell { isFirst ? cell : cell.unshown }
                sheet.add(
                    [
                        once(.text(period.description)), once(.text(figure.name)),
                        once(.texts(people.isEmpty ? words.all : people, key)),
                    ] + figure.values(language).map(once)
                        + [Sheet.Cell.text(figure.units.after.rawValue).unshown]
                        + (cause.map(cells(of:))
                            ?? noCause(cell.isUntold ? "untold" : "unexplained"))
                        + Sheet.besides(figure))
            }
        }
        for part in found.figures.notCompared {
            let splits = part.splits.map { $0.joined(separator: "+") }.filter { !$0.isEmpty }
            var row = [.text(period.description), .text(part.name)] as [Sheet.Cell]
            row.append(.text(splits.joined(separator: ", ")))
            row += Array(repeating: .text(nil), count: 3) + noCause(part.outcome.rawValue)
            row[row.count - 2] = .texts(words.why(part.why), part.why.text)
            row += Sheet.besides(nil)
            unread.append(row)
        }
    }

    /// What stands in place of a cause.
    private func noCause(_ word: String) -> [Sheet.Cell] {
        [.texts(words.word(word), word)] + Array(repeating: .text(nil), count: 9)
    }

    /// Writes the rows; what was not compared has a row for programs, and a line below for people.
    func write(
        _ format: OutputFormat, _ style: TextStyle, rows key: String, empty: String,
        members: [(name: String, json: String)] = []
    ) {
        let compared = (counts[.same] ?? 0) + (counts[.differs] ?? 0)
        var sheet = sheet
        if format != .table { for row in unread { sheet.add(row) } }
        Output.write(
            sheet, format, style, rows: key, empty: compared == 0 ? words.nothingCompared : empty,
            members: members
                + FigureOutcome.allCases.map { ($0.rawValue, String(counts[$0] ?? 0)) })
        if format == .table { for line in notCompared { Output.line(line) } }
        Output.flush()
    }

    private func cells(of cause: Cause) -> [Sheet.Cell] {
        [
            .texts(words.word(cause.kind.rawValue), cause.kind.rawValue),
            .number(Int64(cause.sequence), language),
            .number(cause.voided.map { Int64($0) }, language),
            .number(cause.anew.map { Int64($0) }, language), .text(cause.subject),
            .text(cause.type), .time(cause.happened, zone), .time(cause.recorded, zone),
            .text(cause.reason.isEmpty ? nil : cause.reason),
            .text(cause.person.isEmpty ? nil : cause.person),
        ]
    }
}
