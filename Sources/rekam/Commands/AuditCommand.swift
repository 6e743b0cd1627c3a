import ArgumentParser
import Auditing
import Definitions
import EventLog
import EventModel
import Querying
import Rendering

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Find what an auditor looks at twice.",
        subcommands: [AuditExceptionsCommand.self])
}

struct AuditExceptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions",
        abstract:
            "List voids, removals, refusals, promotions, reopenings, new targets, backdating, doubts.",
        discussion: """
            The period is that of recording. Events recorded more than three days after they happened \
            are backdated (--backdated-after says otherwise). clock_set and clock_behind are entries of \
            the log's own whose time REKAM_NOW gave, or whose clock ran far behind the log. Doubtful are events later than their \
            recording, scores off their scale, cases without an opening, events before it, ties that \
            decide a figure (events that recording alone put in order), numbers of different length \
            compared as text, names that look alike. All of a kind and batch stand in one line unless \
            --each is given. What came with the store's first entry is left out. Respondents' entries \
            are counted, never listed.

            Examples:
              rekam audit exceptions --period 2025-Q3
              rekam audit exceptions --period 2025-07 --backdated-after 12h --each --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Option(help: ArgumentHelp("Recorded in which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "How long after its event an entry is backdated, such as 3d or 12h.",
            valueName: "time"))
    var backdatedAfter = "3d"

    @Flag(help: "Each backdated event and each doubt by itself.")
    var each = false

    func run() throws {
        let log = try store.open(readOnly: true)
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let period = try log.read { try PeriodArgument.read(self.period, in: $0) }
        var search = AuditExceptions(of: log)
        search.backdatedAfterMilliseconds = try Self.milliseconds(backdatedAfter)
        search.listsEach = each
        Interrupt.listen()
        search.shouldStop = { Interrupt.isAsked }
        let words = output.words
        var sheet = Sheet([
            .init("kind", words.heading(.what)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("recorded", words.heading(.recorded)),
            .init("happened", words.heading(.happened)), .init("subject", words.heading(.about)),
            .init("detail", words.heading(.detail)),
            .init("count", words.heading(.count), isNumber: true),
            .init("reason", words.heading(.reason)), .init("by", words.heading(.by)),
        ])
        for found in try search.found(in: period, zone: zone) {
            if found.isAnonymous {
                sheet.add([
                    .texts(words.word(found.kind.rawValue), found.kind.rawValue), .number(nil),
                    .text(nil), .text(nil), .texts(words.respondents, "respondents"), .text(nil),
                    .number(Int64(found.count), output.lang), .text(nil), .text(nil),
                ])
                continue
            }
            let detail =
                found.lines > 0 ? words.refused(found.count, of: found.lines) : found.detail
            sheet.add([
                .texts(words.word(found.kind.rawValue), found.kind.rawValue),
                .number(Int64(found.sequence), output.lang),
                .time(found.recorded, zone), .time(found.happened, zone), .text(found.subject),
                .texts(detail, found.detail), .number(Int64(found.count), output.lang),
                found.reason.isEmpty
                    ? .text(nil)
                    : .texts(
                        found.lines > 0 ? Self.reasons(found.reason) : found.reason, found.reason),
                .text(found.person.isEmpty ? nil : found.person),
            ])
        }
        Output.write(
            sheet, output.format, output.style, rows: "exceptions",
            empty: words.nothingUnusual(period))
    }

    /// Why lines were refused and how often each, which the log keeps as a JSON object, in words.
    private static func reasons(_ text: String) -> String {
        guard case .object(let members)? = try? JSONValue(parsing: text) else { return text }
        return members.map { member in
            guard case .number(let count) = member.value else { return member.key }
            return "\(member.key) (\(count))"
        }.joined(separator: ", ")
    }

    private static func milliseconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = [
            "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()),
            number >= 0, number < 1_000_000
        else {
            throw Failure(.usage, "--backdated-after \(text): it looks like 3d or 12h.")
        }
        return number * unit
    }
}

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw facts behind a figure for testing against their sources, repeatably.",
        discussion: """
            The same seed and entries draw the same facts anywhere: each fact's ticket is the SHA-256 \
            of the seed, a zero byte, the leaf hash of its entry, and two bytes that part facts of \
            one entry; the lowest tickets are drawn. A larger sample holds the smaller ones.

            Example:
              rekam sample csat --period 2025-Q3 --size 25 --seed 20251005
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("A KPI or one of its statistics.", valueName: "kpi"))
    var kpi: String

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("How many facts.", valueName: "n"))
    var size: Int

    @Option(help: ArgumentHelp("Any text; the same draws the same.", valueName: "seed"))
    var seed: String

    @Option(
        help: ArgumentHelp("How it is written: csv, table, json or markdown.", valueName: "format"))
    var format = OutputFormat.csv

    func run() throws {
        guard size > 0 else { throw Failure(.usage, "--size \(size): at least 1.") }
        let log = try store.open(readOnly: true)
        var request = QueryRequest(kpis: [kpi], filters: try filters.pairs, period: period)
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let sample: FactSample
        do {
            request = try asOf.asking(request, of: log, as: tokens)
            sample = try asOf.replaying(log) { context in
                let explanation = try context.explanation(request)
                guard !explanation.parts.contains(where: \.isAnonymous) else {
                    throw Failure(
                        .usage, "\(kpi) rests on anonymous answers, which are not drawn one by one."
                    )
                }
                return try FactSample(of: explanation, size: size, seed: seed, from: log)
            }
        } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        } catch let fault as ExplanationFault {
            throw Failure(.usage, fault.description)
        }
        let (words, lang) = (language.words, language.lang)
        var sheet = Sheet([
            .init("rank", words.heading(.rank), isNumber: true),
            .init("population", words.heading(.population), isNumber: true),
            .init("projection", words.heading(.projection)),
            .init("case", words.heading(.subject)), .init("time", words.heading(.when)),
            .init("value_of", words.heading(.valueOf)),
            .init("value", words.heading(.value), isNumber: true),
            .init("source", words.heading(.source)), .init("id", words.heading(.id)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("support", words.heading(.support)),
        ])
        for drawn in sample.drawn {
            let place = drawn.line.values.firstIndex { $0 != nil } ?? 0
            let column = drawn.columns[place]
            let value = drawn.line.values[place].map { Fraction($0) } ?? .none
            sheet.add([
                .number(Int64(drawn.rank), lang), .number(Int64(sample.population), lang),
                .text(drawn.projection), .text(drawn.line.subject), .time(drawn.line.time, zone),
                .text(column.title),
                .figure(value, column.kind == .duration ? .duration : .count, lang),
                .text(drawn.source), .text(drawn.id), .number(Int64(drawn.line.sequence), lang),
                .sequences(drawn.line.support, lang),
            ])
        }
        Output.write(
            sheet, format, TextStyle(language: lang, width: Output.width), rows: "sample",
            empty: words.nothingToDraw,
            members: [("population", String(sample.population))])
    }
}
