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
        var list = ChangeList(zone: zone, language: output.lang, log: log)
        do {
            list.add(try comparison.changes(of: period), period: period)
        } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        }
        Progress.clear()
        Output.write(
            list.sheet, output.format, output.style, rows: "changes",
            empty: output.words.nothingDiffers(period, first, second),
            members: [("from", String(first)), ("to", String(second))])
    }
}

/// Figures that changed, with what moved them, as rows: for people one for each figure, its causes
/// in words; for programs one for each figure and cause.
struct ChangeList {
    let zone: TimeZoneRules
    let language: Language
    let log: LogStore
    private let words: AuditWords
    private(set) var sheet: Sheet

    init(zone: TimeZoneRules, language: Language, log: LogStore) {
        self.zone = zone
        self.language = language
        self.log = log
        words = AuditWords(language)
        sheet = Sheet([
            .init("period", words.heading(.period)), .init("kpi", words.heading(.kpi)),
            .init("cell", words.heading(.cell)),
            .init("before", words.heading(.before), isNumber: true),
            .init("after", words.heading(.after), isNumber: true), .init("unit", ""),
            .init("change", words.heading(.why)), .init("sequence", words.heading(.entry)),
            .init("voided", words.heading(.voided), isNumber: true),
            .init("anew", words.heading(.anew), isNumber: true),
            .init("subject", words.heading(.subject)), .init("type", words.heading(.event)),
            .init("happened", words.heading(.happened)),
            .init("recorded", words.heading(.recorded)), .init("reason", words.heading(.reason)),
            .init("by", words.heading(.by)),
        ])
    }

    mutating func add(_ cells: [ChangedCell], period: Period) {
        for cell in cells {
            let key = cell.key.map { "\($0.dimension)=\($0.value)" }.joined(separator: ", ")
            let people = cell.key.map { words.group($0.dimension, $0.value) }
                .joined(separator: ", ")
            // A difference is told whether or not its cause was found.
            let causes = cell.causes.isEmpty ? [nil] : cell.causes.map(Optional.some)
            for (place, cause) in causes.enumerated() {
                let isFirst = place == 0
                func once(_ cell: Sheet.Cell) -> Sheet.Cell { isFirst ? cell : cell.unshown }
                sheet.add(
                    [
                        once(.text(period.description)), once(.text(cell.column.name)),
                        once(.texts(people.isEmpty ? words.all : people, key)),
                        once(.figure(cell.before.value, cell.column.unit, language)),
                        once(.figure(cell.after.value, cell.column.unit, language)),
                        Sheet.Cell.text(cell.column.unit.rawValue).unshown,
                    ]
                        + (cause.map(cells(of:)) ?? [
                            .texts(words.word("unexplained"), "unexplained")
                        ] + Array(repeating: .text(nil), count: 9)))
            }
        }
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
