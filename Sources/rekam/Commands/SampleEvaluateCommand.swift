import ArgumentParser
import Auditing
import Definitions
import EventLog
import EventModel
import Ingest
import Querying
import Recording
import Rendering

struct SampleEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Say what the errors found in a sample show of all that it was drawn from.",
        discussion: """
            The file is the sample as rekam sample writes it in CSV, with a column result that has ok or \
            error in each row (what could not be tested is an error), and where the sample was drawn by \
            strata a column stratum. The bound is that of Clopper and Pearson, one-sided and exact: with \
            that confidence no larger share is wrong. Rows that are of no entry of the store are \
            refused. With --plan the sample is drawn again as planned, and rows of other facts are \
            refused, too. The outcome is recorded in the log.

            Ends with 1 where the bound of all together is above --tolerable.

            Examples:
              rekam sample evaluate results.csv
              rekam sample evaluate results.csv --strata projection --confidence 95 --tolerable 5
              rekam sample evaluate results.csv --plan 6130 --by dewi
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Argument(help: ArgumentHelp("The results, as CSV; - is standard input.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The confidence, in percent; 95, or that of the plan, unless given.",
            valueName: "percent"))
    var confidence: String?

    @Option(
        help: ArgumentHelp(
            "The share of errors that can be borne, in percent.", valueName: "percent"))
    var tolerable: String?

    @Option(
        help: ArgumentHelp(
            "The column that parts the strata; stratum, where there is one.", valueName: "column"))
    var strata: String?

    @Option(
        help: ArgumentHelp(
            "The entry in which the sample was planned (sample --size-for): confidence and share are "
                + "taken from it, and its facts must be those tested.", valueName: "entry"))
    var plan: UInt32?

    @Option(
        help: ArgumentHelp(
            "With a plan that names no seed: the one that the sample was drawn by.",
            valueName: "seed"))
    var seed: String?

    @Option(help: ArgumentHelp("Who evaluates; it is recorded.", valueName: "name"))
    var by: String?

    @Flag(help: "Record nothing.")
    var noRecord = false

    func run() throws {
        let log = try store.open(readOnly: noRecord)
        let planned = try planned(log)
        let aims = try aims(planned)
        let source = try InputSource(path: file)
        let digest = Digest()
        source.onStoredBytes = { digest.update($0) }
        let results: SampleResults
        do {
            results = try SampleResults(source, by: strata, in: log)
            if let planned { try require(results, planned, log) }
        } catch let fault as SampleFault {
            throw Failure(.refused, fault.description.printable)
        }
        let bound = bound(of: results.all, aims.confidence)
        var recorded: String?
        if !noRecord {
            recorded = try AuditRecording.record(
                log.evaluating(
                    results.all, bound: bound, confidence: aims.confidence,
                    tolerable: aims.tolerable, plan: plan,
                    of: AuditActs.Input(name: source.name, digest: digest.hex),
                    entries: log.read { $0.entryCount }, by: by, at: Machine.now()),
                in: log, output.words)
        }
        let plans = try plan.map { entry in
            try log.read { try SamplePlans($0, upTo: $0.entryCount).like(entry) }
        }
        write(results, aims, bound, plans ?? [], recorded)
        if let tolerable = aims.tolerable, bound > tolerable { throw Failure(.checkFailed, "") }
    }

    /// The plan, where one is named.
    private func planned(_ log: LogStore) throws -> AuditActs.Plan? {
        guard let plan else { return nil }
        guard let found = try log.read({ try $0.samplePlan(at: plan) }) else {
            throw Failure(.usage, "--plan \(plan): no sample was planned in that entry.")
        }
        guard let own = found.seed ?? seed else {
            throw Failure(
                .usage, "--plan \(plan): it names no seed. Say which one drew the sample: --seed.")
        }
        guard seed ?? own == own else {
            throw Failure(.usage, "--seed: the plan in entry \(plan) names another one.")
        }
        return found
    }

    /// Draws the sample again, and refuses results of another one.
    private func require(
        _ results: SampleResults, _ plan: AuditActs.Plan, _ log: LogStore
    ) throws {
        Interrupt.listen()
        defer { Progress.clear() }
        try results.require(plan) { size in
            try log.sample(
                of: plan, size: size, seed: seed ?? "", options: BuildProgressLine.options())
        }
    }

    /// What is to be shown, by the options or by the plan.
    private func aims(
        _ planned: AuditActs.Plan?
    ) throws -> (confidence: ErrorShare, tolerable: ErrorShare?) {
        guard
            let confidence = try confidence.map({ text in
                guard let found = SampleAim.confidence(text) else {
                    throw Failure(
                        .usage, "--confidence \(text.printable): from 50 to less than 100 percent.")
                }
                return found
            }) ?? planned?.confidence ?? SampleAim.confidence("95")
        else { preconditionFailure("95 percent is a confidence") }
        let tolerable = try tolerable.map { text in
            guard let found = SampleAim.tolerable(text) else {
                throw Failure(
                    .usage, "--tolerable \(text.printable): a share in percent, such as 5.")
            }
            return found
        }
        return (confidence, tolerable ?? planned?.tolerable)
    }

    private func bound(of count: SampleResults.Count, _ confidence: ErrorShare) -> ErrorShare {
        ErrorBound.upper(errors: count.errors, tested: count.tested, confidence: confidence)
    }

    private func write(
        _ results: SampleResults,
        _ aims: (confidence: ErrorShare, tolerable: ErrorShare?), _ bound: ErrorShare,
        _ plans: [UInt32], _ recorded: String?
    ) {
        let words = output.words
        var sheet = Sheet([
            .init("stratum", words.heading(.stratum)),
            .init("tested", words.heading(.tested), isNumber: true),
            .init("errors", words.heading(.errors), isNumber: true),
            .init("rate", words.heading(.rate), isNumber: true),
            .init("upper_bound", words.heading(.upperBound), isNumber: true),
        ])
        func add(_ name: Sheet.Cell, _ count: SampleResults.Count, _ bound: ErrorShare) {
            let rate = Fraction(Int128(count.errors), over: Int128(count.tested))
            sheet.add([
                name, .number(Int64(count.tested), output.lang),
                .number(Int64(count.errors), output.lang), .share(rate, output.lang),
                .share(bound.fraction, output.lang),
            ])
        }
        for stratum in results.strata {
            add(
                .text(stratum.name), stratum.count, self.bound(of: stratum.count, aims.confidence))
        }
        add(.texts(words.all, ""), results.all, bound)
        var members = [
            ("confidence", aims.confidence.text), ("tested", String(results.all.tested)),
            ("errors", String(results.all.errors)),
            ("upper_bound", JSONNumber.share(bound.fraction)),
        ]
        if let tolerable = aims.tolerable {
            members += [("tolerable", tolerable.text), ("holds", String(bound <= tolerable))]
        }
        if !plans.isEmpty {
            members.append(("plans", "[" + plans.map(String.init).joined(separator: ", ") + "]"))
        }
        Output.write(
            sheet, output.format, output.style, rows: "strata", empty: "",
            members: members.map { (name: $0.0, json: $0.1) })
        guard output.format == .table else { return }
        Output.line("")
        Output.line(
            words.evaluated(
                confidence: aims.confidence.fraction, bound: bound.fraction,
                tolerable: aims.tolerable?.fraction, population: results.population))
        if plans.count > 1 { Output.line(words.plannedOften(plans)) }
        if let recorded { Output.line(recorded) }
        Output.flush()
    }
}
