import ArgumentParser
import Definitions
import EventLog
import EventModel
import Ingest
import Projections
import Recording
import Rendering

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Record events from files or standard input.",
        discussion: """
            CloudEvents, one per line (plain, gzip or zstd), or through a mapping the rows of CSV, XLSX, \
            JSON and XES. Each event is \
            checked against its schema; what is there already is not recorded twice; refused lines \
            go unchanged to a file beside, with the reasons. What is doubtful is recorded and told. \
            --dry-run prints the events that would be recorded, says all else on standard error, and \
            writes no file. A file that was recorded before and adds events again, since they were taken \
            back, is refused where persons were erased since: they would come back. \
            --despite-erasures records it, and they are erased once more.

            Examples:
              rekam ingest tickets.ndjson.gz
              rekam ingest export.csv --mapping helpdesk.yaml
              rekam ingest export.csv --mapping helpdesk.yaml --dry-run | head
              zcat events.gz | rekam ingest -
            """)

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Files to read; - is standard input.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "Read rows through this mapping: a file, or the name of a shipped one.",
            valueName: "mapping"))
    var mapping: String?

    @OptionGroup var said: MappingOptions

    @Option(
        help: ArgumentHelp(
            "Where refused lines go; reasons go beside it.",
            discussion: """
                Without it: FILE.rejects.ndjson (or .csv) in this folder. One that is there already is \
                not written over: FILE.rejects-2.ndjson.
                """,
            valueName: "file"))
    var rejects: String?

    @Flag(help: "Stop at the first refused line; earlier batches stay.")
    var strict = false

    @Flag(
        help: "Print the events that would come, and the outcome to standard error; record nothing."
    )
    var dryRun = false

    @Flag(
        help: ArgumentHelp(
            "Also where persons were erased since the file was recorded, and would come back."))
    var despiteErasures = false

    /// Small batches, so that tests can end an import between two of them.
    @Option(help: ArgumentHelp("Events of a batch, at most.", visibility: .hidden))
    var batch: Int?

    @Option(help: ArgumentHelp("How the outcome is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    func validate() throws {
        if let batch, batch < 1 || batch > 65_536 {
            throw ValidationError("--batch \(batch): a number from 1 to 65536.")
        }
        if files.isEmpty { throw ValidationError("Which files? - is standard input.") }
        if files.count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input (-) can be read once only.")
        }
        if mapping == nil, !said.isEmpty {
            throw ValidationError("--set and --table go with --mapping.")
        }
        if rejects != nil, files.count > 1 {
            throw ValidationError("--rejects goes with one file at a time.")
        }
    }

    func run() throws {
        for file in files {
            try RejectsFile.check(
                rejectsPath(for: file), inputs: files + [mapping].compactMap { $0 },
                store: store.path)
        }
        let log = try store.open(readOnly: dryRun, beside: .at(kept))
        // Until then there is nothing to be stopped gently.
        let mapping = try self.mapping.map { try MappingFiles.read($0, said, for: log) }
        if !despiteErasures {
            for file in files { try refuseReturning(file, through: mapping, into: log) }
        }
        Interrupt.listen()
        var report = IngestReport(
            format: format.value, language: language.lang, isDryRun: dryRun)
        do {
            let trial = dryRun ? Trial(log) : nil
            let known = try log.read { $0.knownNames }
            for (place, file) in files.enumerated() where !Interrupt.isAsked {
                try ingest(file, at: place, through: mapping, into: log, trial, &report)
            }
            if let trial { try report.lookAtCases(trial.cases, in: log) }
            // After Ctrl-C the projections are left to the next ingest.
            if !dryRun, !Interrupt.isAsked {
                let live = try LiveProjections(of: log)
                try report.catchUp(live)
                try report.lookAtCases(of: live, after: known)
            }
        } catch {
            // What was recorded is durable, whatever came of the rest: say so first.
            if !report.isEmpty { report.print() }
            throw Interrupt.isAsked ? Failure(.interrupted, IngestReport.stopped) : error
        }
        report.print()
        try report.end()
    }

    /// What the files of a dry run would have told the log so far.
    private final class Trial {
        let cases: RehearsedCases
        var rehearsal: Rehearsal

        init(_ log: LogStore) {
            cases = RehearsedCases(log.types)
            rehearsal = log.rehearsal()
        }
    }

    private func ingest(
        _ file: String, at place: Int, through mapping: Mapping?, into log: LogStore,
        _ trial: Trial?, _ report: inout IngestReport
    ) throws {
        let source = try InputSource(path: file)
        let total = source.totalStoredBytes
        // What is only tried leaves no file.
        let rejects =
            dryRun
            ? nil
            : RejectsFile(path: rejectsPath(for: file))
        var progress = Progress(of: .events)
        var run = Import(into: log, clock: Machine.now)
        run.options.isStrict = strict
        run.hasBefore = place > 0
        run.hasMore = place + 1 < files.count
        if let batch { run.options.batchEvents = batch }
        run.options.parsers = max(1, Machine.cores)
        run.isCancelled = { Interrupt.isAsked }
        if let rejects {
            run.header = { rejects.header = $0 }
            run.rejects = { rejection, line in try rejects.add(rejection, line) }
        }
        // What trickles in by standard input is in the figures a second later, not at its end.
        let follower = dryRun || file != "-" ? nil : StreamFollower(log)
        var accepted = 0
        run.progress = { counts in
            accepted = counts.accepted
            follower?.follow(accepted: counts.accepted)
            let share = total.map { $0 == 0 ? 1000 : min(1000, counts.storedBytes * 1000 / $0) }
            progress.show(
                count: counts.accepted + counts.duplicates + counts.refused, share: share)
        }
        let started = Machine.ticks()
        let outcome: IngestOutcome
        do {
            outcome = try read(source, through: mapping, with: run, trial)
        } catch {
            throw told(error, accepted: accepted)
        }
        Progress.clear()
        report.add(
            outcome, file: file, rejects: rejects.flatMap { $0.isUsed ? $0.path : nil },
            seconds: Machine.ticks() - started)
        try rejects?.close()
        if let fault = follower?.fault { throw fault }
    }

    /// Refuses a file that would bring back who was erased since it was recorded; one that adds nothing
    /// brings back nobody. Nothing is recorded yet. What comes through a pipe can't be looked at before.
    private func refuseReturning(
        _ file: String, through mapping: Mapping?, into log: LogStore
    ) throws {
        guard file != "-", StoreFiles.status(file)?.kind == .file,
            let persons = try ReturningInput.erased(
                since: try Hexadecimal.text(StoreFiles.digest(file).sha256), in: log)
        else { return }
        var rehearsal = log.rehearsal()
        let outcome = try Import(into: log, clock: Machine.now).rehearse(
            try InputSource(path: file), through: mapping, after: &rehearsal
        ) { _, _ in }
        guard outcome.counts.accepted > 0 else { return }
        throw Failure(
            .checkFailed,
            PersonWords(language.lang).returns(
                file.printable, persons, events: outcome.counts.accepted))
    }

    private func rejectsPath(for file: String) -> String {
        rejects ?? RejectsFile.name(for: file, isCSV: mapping != nil)
    }

    private func read(
        _ source: sending InputSource, through mapping: Mapping?, with run: Import,
        _ trial: Trial?
    ) throws -> IngestOutcome {
        if let trial {
            let now = try Machine.now()
            let outcome = try run.rehearse(
                source, through: mapping, after: &trial.rehearsal
            ) { batch, outcome in
                trial.cases.add(batch, outcome, now: now)
                for (place, row) in batch.rows.enumerated() where outcome.isAccepted(place) {
                    Output.write(batch.input(row))
                    Output.write("\n")
                }
            }
            Output.flush()
            return outcome
        }
        return if let mapping {
            try run.run(source, through: mapping)
        } else {
            try run.run(source)
        }
    }

    /// A fault of the work, with what was recorded before it.
    private func told(_ error: any Error, accepted: Int) -> any Error {
        guard accepted > 0, !dryRun else { return error }
        return Failure(
            Exit.code(of: error),
            "\(error) Before that \(NumberText.grouped(accepted)) events were recorded, and stay; "
                + "ingest the input again: what is there already is counted, not recorded twice.")
    }
}

/// Brings projections up to date while a slow stream is read: at most once a second, and only when
/// little came in since, so that a bulk import is not held up.
final class StreamFollower {
    /// Why following ended, where it did.
    private(set) var fault: (any Error)?
    private let log: LogStore
    private var live: LiveProjections?
    private var followed = 0
    private var last = Machine.ticks()

    /// More than this in a second is a bulk import, which is followed at its end.
    private static let mostEvents = 5000

    init(_ log: LogStore) { self.log = log }

    func follow(accepted: Int) {
        let now = Machine.ticks()
        guard fault == nil, now - last >= 1_000_000_000 else { return }
        last = now
        let added = accepted - followed
        followed = accepted
        guard added > 0, added <= Self.mostEvents else { return }
        do {
            let live = try self.live ?? LiveProjections(of: log)
            self.live = live
            try live.catchUp(options: BuildProgressLine.options())
        } catch {
            fault = error
        }
    }
}
