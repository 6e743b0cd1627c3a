import ArgumentParser
import Auditing
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw facts behind a figure for testing, and say what the tests show.",
        discussion: """
            Without the name of a command facts are drawn.

            Examples:
              rekam sample csat --period 2025-Q3 --size 25 --seed 20251005
              rekam sample csat --period 2025-Q3 --size-for 95,5 --seed 20251005 > sample.csv
              rekam sample evaluate results.csv --confidence 95 --tolerable 5
            """,
        subcommands: [SampleDrawCommand.self, SampleEvaluateCommand.self],
        defaultSubcommand: SampleDrawCommand.self)
}

struct SampleDrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draw facts behind a figure for testing against their sources, repeatably.",
        discussion: """
            The same seed and entries draw the same facts anywhere: each fact's ticket is the SHA-256 \
            of the seed, a zero byte, the leaf hash of its entry, and two bytes that part facts of \
            one entry; the lowest tickets are drawn. A larger sample holds the smaller ones.

            --size-for CONFIDENCE,TOLERABLE plans the size: so many that, where none of them is wrong, no \
            more than the tolerable share of all is, with that confidence. The plan is recorded in the \
            log. Without a seed nothing is drawn.

            Examples:
              rekam sample csat --period 2025-Q3 --size 25 --seed 20251005
              rekam sample csat --period 2025-Q3 --size-for 95,5 --seed 20251005
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
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "Instead: a confidence and the share of errors that can be borne, in percent.",
            valueName: "confidence,tolerable"))
    var sizeFor: String?

    @Option(
        help: ArgumentHelp(
            "With --size-for: how many errors the sample may have and still show that.",
            valueName: "n"))
    var expected = 0

    @Option(help: ArgumentHelp("Any text; the same draws the same.", valueName: "seed"))
    var seed: String?

    @Option(help: ArgumentHelp("With --size-for: who plans it; it is recorded.", valueName: "name"))
    var by: String?

    @Flag(help: "With --size-for: record no plan.")
    var noRecord = false

    @Option(
        help: ArgumentHelp("How it is written: csv, table, json or markdown.", valueName: "format"))
    var format = OutputFormat.csv

    func validate() throws {
        guard (size == nil) != (sizeFor == nil) else {
            throw ValidationError("Say how many: --size N, or --size-for CONFIDENCE,TOLERABLE.")
        }
        guard seed != nil || sizeFor != nil else {
            throw ValidationError("--seed says by what the sample is drawn: any text.")
        }
    }

    func run() throws {
        if let size, size < 1 { throw Failure(.usage, "--size \(size): at least 1.") }
        let aim = try sizeFor.map { try SampleAim($0, expected: expected) }
        let log = try store.open(readOnly: aim == nil || noRecord)
        let typed = TypedQuestion(
            kpis: [kpi], filters: try filters.pairs, times: TypedTimes(period: period))
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let (sample, entries, found) = try Failure.asking {
            let named = try asOf.asking(log, as: tokens, typed.resolved)
            return try asOf.replaying(log) { context in
                let request = try named ?? typed.request(in: context)
                let explanation = try context.explanation(request)
                guard !explanation.parts.contains(where: \.isAnonymous) else {
                    throw Failure(
                        .usage, "\(kpi) rests on anonymous answers, which are not drawn one by one."
                    )
                }
                let sample = try FactSample(
                    of: explanation, size: seed == nil ? 0 : size ?? aim?.size ?? 0,
                    seed: seed ?? "", from: log)
                return (sample, context.basis.sequence, try context.resolved(request))
            }
        }
        if let aim { try plan(aim, sample, entries, found, log) }
        if seed != nil { write(sample, zone) }
    }

    /// Says what is planned, and records it: on standard error where the sample itself follows.
    private func plan(
        _ aim: SampleAim, _ sample: FactSample, _ entries: UInt32,
        _ request: QueryRequest, _ log: LogStore
    ) throws {
        let words = language.words
        let size = min(aim.size, sample.population)
        var lines = [
            words.planned(
                size: size, population: sample.population, confidence: aim.confidence.fraction,
                tolerable: aim.tolerable.fraction, expected: expected)
        ]
        if !noRecord, size > 0 {
            let now = try Machine.now()
            var plan = AuditActs.Plan(
                kpi: kpi, period: request.period, entries: entries,
                definitions: asOf.definitions == .current
                    ? try log.read { $0.entryCount } : entries,
                filters: [], seed: seed, population: sample.population, size: size,
                expected: expected, confidence: aim.confidence, tolerable: aim.tolerable)
            plan.filters = try log.planned(
                request.filters, in: plan, options: BuildProgressLine.options())
            lines.append(
                try AuditRecording.record(log.planning(plan, by: by, at: now), in: log, words))
            let plans = try log.read { view in
                let all = try SamplePlans(view, upTo: view.entryCount)
                return all.last.map { all.like($0) } ?? []
            }
            if plans.count > 1 { lines.append(words.plannedOften(plans)) }
        }
        for line in lines {
            if seed == nil { Output.line(line) } else { Output.errorLine(line) }
        }
        Output.flush()
    }

    private func write(_ sample: FactSample, _ zone: TimeZoneRules) {
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

/// What a sample is to show: a confidence, and the share of errors that can be borne.
struct SampleAim {
    let confidence: ErrorShare
    let tolerable: ErrorShare
    /// How many facts show it.
    let size: Int

    /// - Throws: a `Failure` that says what is wrong with the text.
    init(_ text: String, expected: Int) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2,
            let confidence = Self.confidence(parts[0]),
            let tolerable = Self.share(parts[1], isPercent: !Self.isFraction(parts[0])),
            tolerable.parts > 0, tolerable.parts < ErrorShare.whole
        else {
            throw Failure(
                .usage,
                "--size-for \(text.printable): a confidence and the share of errors that can be borne, in "
                    + "percent, such as 95,5 or 99,2.5 (or both as numbers below 1: 0.95,0.05).")
        }
        guard (0...10_000).contains(expected) else {
            throw Failure(.usage, "--expected \(expected): a number from 0 to 10000.")
        }
        guard
            let size = ErrorBound.size(
                confidence: confidence, tolerable: tolerable, expected: expected)
        else {
            throw Failure(
                .usage,
                "--size-for \(text.printable): that takes more than \(ErrorBound.mostTested) facts."
            )
        }
        self.confidence = confidence
        self.tolerable = tolerable
        self.size = size
    }

    private static func isFraction(_ text: String) -> Bool {
        !text.hasSuffix("%") && (text.hasPrefix("0.") || text.hasPrefix("."))
    }

    /// A share as typed: `95`, `95%`, or with `isPercent` false `0.95`.
    static func share(_ text: String, isPercent: Bool) -> ErrorShare? {
        let hasSign = text.hasSuffix("%")
        return ErrorShare(
            hasSign ? String(text.dropLast()) : text, isPercent: hasSign || isPercent)
    }

    /// A confidence as typed, from one half to less than one: `95`, `95%` or `0.95`.
    static func confidence(_ text: String) -> ErrorShare? {
        guard let found = share(text, isPercent: !isFraction(text)),
            found.parts >= ErrorShare.whole / 2, found.parts < ErrorShare.whole
        else { return nil }
        return found
    }

    /// The share of errors that can be borne, beside a confidence that was typed.
    static func tolerable(_ text: String) -> ErrorShare? {
        share(text, isPercent: !isFraction(text))
    }
}

/// Puts what an auditor did into the log.
enum AuditRecording {
    /// - Returns: what is said of it.
    /// - Throws: a `Failure` where the store knows no such acts.
    static func record(
        _ draft: EventDraft, in log: LogStore, _ words: AuditWords
    ) throws -> String {
        guard log.types[draft.type] != nil else {
            throw Failure(
                .usage,
                "this store was made before \(draft.type) was known and can't record it: say "
                    + "--no-record.")
        }
        let outcome = try log.appendOwn([draft], recorded: draft.time)
        try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        return words.recorded(entry: outcome.sequences.lowerBound)
    }
}
