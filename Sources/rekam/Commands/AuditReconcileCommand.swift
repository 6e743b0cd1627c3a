import ArgumentParser
import Auditing
import EventLog
import EventModel
import Ingest
import Projections
import Recording
import Rendering

struct AuditReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare a source's own list with the log, case by case and field by field.",
        discussion: """
            The list is CSV, read through the mapping by which it would be imported. Missing here is what the \
            list has and the log has not; missing there what the log has from that source and the list has \
            not; what differs is shown with both values, and the KPIs that rest on it. A case counts where \
            something of it lies in the period, one that only the log has where it was opened in it. \
            Where each case has one row the list says how cases stand: earlier states in the log are \
            no difference then. What was taken back in the log is not there. The outcome is recorded in \
            the log.

            Ends with 1 where anything is missing or differs, or a row could not be read.

            Examples:
              rekam audit reconcile tickets.csv --mapping helpdesk.yaml --period 2025-Q3
              rekam audit reconcile tickets.csv --mapping helpdesk.yaml --period 2025-Q3 --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions

    @Argument(help: ArgumentHelp("The source's list; - is standard input.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The mapping of the list: a file, or the name of a shipped one.", valueName: "mapping"))
    var mapping: String

    @OptionGroup var said: MappingOptions

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("Who compares; it is recorded.", valueName: "name"))
    var by: String?

    @Flag(help: "Record nothing.")
    var noRecord = false

    @Option(
        help: ArgumentHelp(
            "Where the list is read into for a while; $TMPDIR, else /tmp, unless said.",
            valueName: "dir"))
    var scratch: String?

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: noRecord)
        let mapping = try MappingFiles.read(self.mapping, said, for: log)
        let (period, zone) = try log.read { view in
            (
                try PeriodArgument.read(self.period, in: view),
                try view.definitions().storeTimeZone ?? .utc
            )
        }
        let source = try InputSource(path: file)
        let digest = Digest()
        source.onStoredBytes = { digest.update($0) }
        let outcome: Reconciliation.Outcome
        do {
            outcome = try Machine.scratch(for: "reconcile", in: scratch).use { place in
                let copy = try LogStore.create(
                    at: place, origin: "list", types: log.types, seed: Machine.randomBytes(32),
                    salts: Machine.salts, threads: Machine.cores, isDurable: false)
                var work = Reconciliation(of: log, in: period, zone: zone, scratch: copy)
                work.shouldStop = { Interrupt.isAsked }
                work.showsTokens = tokens.tokens
                return try work.run(source, through: mapping, clock: Machine.now)
            }
        } catch is ProjectionFault where Interrupt.isAsked {
            throw Failure(.interrupted, "stopped; nothing was recorded.")
        }
        let sheet = sheet(outcome)
        var recorded: String?
        if !noRecord {
            let input = AuditActs.Input(
                name: source.name, digest: outcome.anonymous == 0 ? digest.hex : nil)
            recorded = try AuditRecording.record(
                log.reconciling(
                    outcome, period: period, of: input, mapping: Digest.hex(of: mapping.contents),
                    findings: Digest.hex(ofText: sheet.csv()), by: by, at: Machine.now()),
                in: log, output.words)
        }
        write(sheet, outcome, period, recorded)
        if !outcome.agrees { throw Failure(.checkFailed, "") }
    }

    private func sheet(_ outcome: Reconciliation.Outcome) -> Sheet {
        let words = output.words
        var sheet = Sheet([
            .init("verdict", words.heading(.what)), .init("subject", words.heading(.subject)),
            .init("type", words.heading(.event)), .init("field", words.heading(.field)),
            .init("there", words.heading(.there)), .init("here", words.heading(.here)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("kpis", words.heading(.touches)),
        ])
        func text(_ text: String) -> Sheet.Cell { .text(text.isEmpty ? nil : text) }
        for finding in outcome.findings {
            let verdict = finding.verdict.rawValue
            sheet.add([
                .texts(words.word(verdict), verdict), .text(finding.subject), text(finding.type),
                text(finding.field), text(finding.there), text(finding.here),
                .number(finding.sequence.map { Int64($0) }, output.lang),
                .texts(words.few(finding.kpis), finding.kpis.joined(separator: " ")),
            ])
        }
        return sheet
    }

    private func write(
        _ sheet: Sheet, _ outcome: Reconciliation.Outcome, _ period: Period, _ recorded: String?
    ) {
        let words = output.words
        let touched = outcome.touched.map { "\(JSONText.string($0.kpi)): \($0.cases)" }
        let numbers = [
            ("entries", Int(outcome.entries)), ("rows", outcome.rows),
            ("refused", outcome.refused), ("cases", outcome.cases), ("same", outcome.same),
            ("missing_here", outcome.missingHere), ("missing_there", outcome.missingThere),
            ("different", outcome.different), ("unlisted", outcome.unlisted),
        ]
        var members = [(name: "period", json: JSONText.string(period.description))]
        members += numbers.map { (name: $0.0, json: String($0.1)) }
        members.append((name: "kpis", json: "{\(touched.joined(separator: ", "))}"))
        Output.write(
            sheet, output.format, output.style, rows: "differences",
            empty: words.nothingReconciled(period), members: members)
        // Rows that were not compared are told in every format.
        let refusals = outcome.refusals.map {
            words.refusal($0.first.problem.printable, count: $0.count, line: $0.first.line)
        }
        guard output.format == .table else {
            for line in refusals { Output.errorLine(line) }
            return
        }
        Output.line("")
        Output.line(
            words.reconciled(
                cases: outcome.cases, same: outcome.same, missingHere: outcome.missingHere,
                missingThere: outcome.missingThere, different: outcome.different))
        for line in refusals { Output.line(line) }
        if outcome.anonymous > 0 { Output.line(words.notCompared(outcome.anonymous)) }
        if outcome.unlisted > 0 { Output.line(words.unlisted(outcome.unlisted)) }
        if !outcome.touched.isEmpty { Output.line(words.touched(outcome.touched)) }
        if let recorded { Output.line(recorded) }
        Output.flush()
    }
}
