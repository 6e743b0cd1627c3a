import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering

struct ProjectionTryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "See a definition's facts and figures without storing anything.",
        discussion: """
            Works beside whoever writes to the store. --sample looks at so many cases only, spread \
            over the whole log. --case plays one case event by event: what each changed, and which \
            facts came out.

            --format json is one object with --period (how many facts, those shown, and the figures), \
            and one object for each event with --case.

            Examples:
              rekam projection try second-reply.yaml --period 2025-07
              rekam projection try second-reply.yaml --period 2025 --sample 1000
              rekam projection try second-reply.yaml --case ticket/T-1000042
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @Argument(help: "The file.")
    var file: String

    @Option(help: ArgumentHelp("Which of the file's projections.", valueName: "name"))
    var projection: String?

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String?

    @Option(help: ArgumentHelp("Look at so many cases only.", valueName: "n"))
    var sample: Int?

    @Option(help: ArgumentHelp("Facts to show.", valueName: "n"))
    var facts = 8

    @Option(help: ArgumentHelp("Dimensions to split the figures by.", valueName: "dimensions"))
    var by: [String] = []

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Play one case instead.", valueName: "subject"))
    var subject: String?

    @Flag(help: "With --case: also every event that changes nothing.")
    var all = false

    func validate() throws {
        if (period == nil) == (subject == nil) {
            throw ValidationError("Say what to try it on: --period P, or --case SUBJECT.")
        }
        if let sample, sample < 1 || sample > 1_000_000 {
            throw ValidationError("--sample \(sample): a number from 1 to 1000000.")
        }
        if facts < 0 || facts > 10_000 {
            throw ValidationError("--facts \(facts): a number from 0 to 10000.")
        }
    }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        let library = try StoreDefinitions(log).library
        let read: DefinitionFiles
        do {
            read = try DefinitionFiles([file], in: library, of: log)
        } catch let faults as DefinitionFaults {
            throw Failure(.refused, messages: faults.faults.map(\.description))
        }
        let (_, definition) = try read.projection(projection)
        let live = try LiveProjections(of: log, only: [])
        let trial = Trial(
            definition: definition, kpis: read.kpis, log: log, projections: live.store,
            context: live.context)
        if let subject {
            try AnonymousAnswers.refuse(definition)
            try CasePlay(
                trial, subject: subject, isJSON: output.format == .json, isWhole: all, output.lang
            ).print()
        } else {
            try print(trial)
        }
        Output.flush()
    }

    private func print(_ trial: Trial) throws {
        let period = period ?? ""
        let started = Machine.ticks()
        let outcome = try trial.run(
            period: period, sample: sample, facts: facts,
            by: by.flatMap { $0.split(separator: ",").map(String.init) },
            options: BuildProgressLine.options())
        Progress.clear()
        let tenths = (Machine.ticks() - started) / 100_000_000
        if output.format == .json {
            return try printJSON(outcome, of: trial)
        }
        let words = TrialWords(output.lang)
        Output.line(
            words.outcome(
                "\(trial.definition.name)@\(trial.definition.version)",
                facts: Int(outcome.factCount), in: period, entries: Int(outcome.entryCount),
                cases: sample.map { _ in (outcome.cases, outcome.allCases) }, tenths: Int(tenths)))
        if !outcome.facts.isEmpty, !trial.definition.isAnonymous {
            Output.line()
            for line in try trial.table(outcome.facts, outcome.layout, words) { Output.line(line) }
        }
        if let answer = outcome.answer {
            Output.line()
            Output.page(answer.table(output.style))
            if sample != nil {
                Output.line(words.onlySample)
            }
            return
        }
        Output.line()
        Output.line(words.next("rekam projection add \(file.printable)"))
    }
}

extension ProjectionTryCommand {
    /// One object: how many facts there are, the first of them, and the figures of the file's KPIs.
    private func printJSON(_ outcome: Trial.Outcome, of trial: Trial) throws {
        let rows = FactRows(definition: trial.definition, log: trial.log, isJSON: true)
        var shown: [String] = []
        // Answers of respondents are not shown one by one.
        if !trial.definition.isAnonymous {
            shown = try rows.objects(outcome.facts, outcome.layout).map {
                String(decoding: $0.canonical ?? [], as: UTF8.self)
            }
        }
        var text = "{\n  \"projection\": \"\(trial.definition.name)\",\n"
        text += "  \"version\": \(trial.definition.version),\n"
        text += "  \"period\": \(JSONText.string(period ?? "")),\n"
        text += "  \"entries\": \(outcome.entryCount),\n"
        if sample != nil {
            text += "  \"cases\": \(outcome.cases),\n  \"all_cases\": \(outcome.allCases),\n"
        }
        text += "  \"fact_count\": \(outcome.factCount),\n"
        text += "  \"facts\": [\(JSONText.lines(shown))],\n"
        Output.write(text + "  \"answer\": \(outcome.answer?.json() ?? "null\n")}\n")
    }
}

/// A definition tried on a store, in memory.
struct Trial {
    let definition: ProjectionDefinition
    let kpis: [KPIDefinition]
    let log: LogStore
    let projections: ProjectionStore
    let context: BuildContext

    /// What came of it.
    struct Outcome {
        /// Facts of the period, and how many of them are kept here.
        var factCount: Int64 = 0
        var facts: [Fact] = []
        var layout: CellLayout
        var entryCount: UInt32
        var cases = 0
        var allCases = 0
        /// Figures of the KPIs that read it; nil where there are none.
        var answer: Answer?
    }

    func run(
        period: String, sample: Int?, facts wanted: Int, by: [String], options: BuildOptions
    ) throws -> Outcome {
        let (count, period, allCases) = try log.read { view in
            (
                view.entryCount, try PeriodArgument.read(period, named: "--period ", in: view),
                view.caseCount
            )
        }
        let days = period.days
        var isStock = false
        if case .stock = definition.fact { isStock = true }
        var cells: CellSet
        var found: [Fact] = []
        var cases = allCases
        if let sample, !definition.isAnonymous {
            cases = min(sample, allCases)
            let ids = (0..<cases).map { UInt32($0 * allCases / cases) }
            let (facts, set) = try projections.facts(
                ofCases: ids, definition, context: context, upTo: count)
            found = Array(
                facts.filter { days.contains(CellLayout.day($0.row.span, 0)) }.prefix(wanted))
            cells = set
        } else {
            cells = try projections.replay(
                [definition], context: context, upTo: count, days: isStock ? nil : days,
                options: options)[0]
            found = try first(wanted, upTo: count, days: days, options: options)
        }
        var outcome = Outcome(
            facts: found, layout: cells.layout, entryCount: count, cases: cases, allCases: allCases)
        try log.read { view in
            // Of respondents' answers those alone are counted that are shown.
            try LiveFacts.shown(cells, of: definition, projections, context, log, in: view).scan(
                days: days
            ) { block in
                for start in stride(from: 0, to: block.count, by: cells.layout.words)
                where days.contains(CellLayout.day(block, start)) {
                    outcome.factCount += cells.layout.multiplicity(block, start)
                }
            }
        }
        outcome.answer = try answer(cells, period: period, by: by)
        return outcome
    }

    /// The first facts of some days: the pass ends once they are found.
    private func first(
        _ wanted: Int, upTo: UInt32, days: Range<Day>, options: BuildOptions
    ) throws -> [Fact] {
        guard wanted > 0 else { return [] }
        let kept = KeptFacts(wanted)
        do {
            try projections.streamFacts(
                of: definition, context: context, upTo: upTo, days: days, options: options
            ) { _, facts in
                guard kept.add(facts) else { throw EnoughFacts() }
            }
        } catch is EnoughFacts {}
        return kept.facts
    }

    private struct EnoughFacts: Error {}

    /// The figures of the file's KPIs, and of those in force that read a projection of this name.
    private func answer(_ cells: CellSet, period: Period, by: [String]) throws -> Answer? {
        guard !kpis.isEmpty else { return nil }
        return try log.read { view in
            let state = try StoreState(view, of: log, projections: projections)
            state.put(
                try LiveFacts.shown(cells, of: definition, projections, context, log, in: view),
                kpis: kpis)
            return try Failure.asking {
                try state.answer(QueryRequest(kpis: kpis.map(\.name), by: by, period: period))
            }
        }
    }

    /// Facts as a table for people.
    func table(
        _ facts: [Fact], _ layout: CellLayout, _ words: TrialWords
    ) throws -> [String] {
        let texts = FactTexts(definition, layout, context.zone, words)
        var columns = texts.titles.map { TableText.Column($0.title, isNumber: $0.isNumber) }
        try log.read { view in
            for fact in facts {
                for (place, cell) in try texts.cells(fact, in: view).enumerated() {
                    columns[place].add(cell)
                }
            }
        }
        return TableText.lines(columns)
    }
}
