import ArgumentParser
import EventLog
import EventModel
import Exporting
import Operating
import Projections
import Querying
import Rendering
import Shipped

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Hand figures out as files that prove themselves, and check such files.",
        subcommands: [
            SnapshotExportCommand.self, SnapshotVerifyCommand.self, SnapshotDiffCommand.self,
        ])

    /// Runs something about a snapshot; what does not hold ends with 1.
    static func checking<Result>(
        _ folder: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let fault as SnapshotDifference {
            throw Failure(.checkFailed, "the snapshot \(folder) does not hold: \(fault).")
        } catch let fault as TileFault {
            throw Failure(.checkFailed, "the snapshot \(folder) does not hold: \(fault).")
        } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        } catch StoreFault.file(let path, let action, let reason)
            where path.hasPrefix(StoreFiles.withoutSlash(folder))
        {
            guard !StoreFiles.isAbsent(folder) else {
                throw Failure(.inputOutput, "there is no snapshot at \(folder). Check its name.")
            }
            throw Failure(
                .inputOutput,
                "cannot \(action) \(path): \(reason). A snapshot is a folder of files and folders, "
                    + "as \"rekam snapshot export\" made it; no link in it is followed.")
        }
    }
}

struct SnapshotExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a period's figures as a folder: signed, self-describing, verifiable.",
        discussion: """
            Each KPI by month: in total, by agent, by team, by channel; with the definitions behind \
            them and the signed checkpoint of the log. With the entries, anybody can compute every \
            figure anew on another machine; they show every case, so hand them out with care. \
            Entries that hold respondents' answers are refused unless --with-answers is given.

            Examples:
              rekam snapshot export --period 2025-Q3 --out 2025-Q3
              rekam snapshot export --period 2025-07 --agent budi --out july-417
              rekam snapshot export --period 2025-Q3 --as-of 184203 --with-entries --out audit
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("The folder to make; it must not be there yet.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("Only this team's figures.", valueName: "name"))
    var team: String?

    @Option(help: ArgumentHelp("Only this agent's figures.", valueName: "name"))
    var agent: String?

    @Flag(help: "Add every entry of the log and its tiles.")
    var withEntries = false

    @Flag(help: "With --with-entries: also where they hold respondents' answers, each by itself.")
    var withAnswers = false

    @Option(
        help: ArgumentHelp(
            "As of an earlier state: the log's first N entries, or all recorded by a time or date.",
            valueName: "n|time"))
    var asOf: String?

    func validate() throws {
        guard team == nil || agent == nil else {
            throw ValidationError("--team or --agent: one of them.")
        }
        guard withEntries || !withAnswers else {
            throw ValidationError("--with-answers goes with --with-entries.")
        }
        guard !withEntries || (team == nil && agent == nil) else {
            throw ValidationError(
                "--with-entries hands out every case, --team and --agent one part: not both.")
        }
    }

    func run() throws {
        let folder = StoreFiles.withoutSlash(out)
        guard !folder.isEmpty else { throw Failure(.usage, "--out: name a folder.") }
        guard StoreFiles.status(folder) == nil else {
            throw Failure(.inputOutput, "\(folder) is there already. Name a folder that is not.")
        }
        let log = try store.open(readOnly: true, beside: .nothing)
        let count =
            try asOf.map { try AsOfOptions.entryCount($0, in: log) }
            ?? log.read { $0.entryCount }
        if withEntries, !withAnswers {
            guard try log.read({ try $0.answers(upTo: count) }).isEmpty else {
                throw Failure(
                    .usage,
                    "the entries hold respondents' answers, each by itself: leave --with-entries "
                        + "out, or add --with-answers for those who may read every answer.")
            }
        }
        Interrupt.listen()
        try kept.requireSound(log)
        let request = SnapshotRequest(
            period: try log.read {
                try PeriodArgument.read(period, named: "--period ", in: $0, upTo: count)
            }, agent: agent, team: team)
        let snapshot = try SnapshotCommand.checking(folder) {
            try SnapshotBuilder(log, asOf: count, options: BuildProgressLine.options())
                .build(request)
        }
        Progress.clear()
        // The log was held against its entries just now.
        let note = try kept.sign(log, size: count, isHeld: true)
        if !snapshot.names.isEmpty {
            try CopyNote.leave(
                .snapshot, at: folder, of: log, try Machine.now(), language.lang)
        }
        let line = ProgressLine(.files)
        try snapshot.write(
            to: folder, checkpoint: note, key: log.signingKey(),
            succession: KeySuccession(try log.read { try $0.keyRotations() }),
            entriesFrom: withEntries ? log : nil
        ) { done, all in
            line.show(count: done, share: done * 1000 / max(1, all))
            if Interrupt.isAsked { throw Failure(.interrupted, "stopped; nothing is left behind.") }
        }
        Progress.clear()
        let manifest = snapshot.manifest
        let words = SnapshotWords(language.lang)
        Output.line(
            words.wrote(
                folder, kpis: manifest.kpiCount,
                whose: try whose(snapshot, count, in: log),
                period: manifest.period.description, entries: count, isWhole: withEntries))
        if !snapshot.waiting.isEmpty { Output.line(words.waiting(snapshot.waiting)) }
        if !manifest.refused.isEmpty { Output.line(words.refused(manifest.refusedNames)) }
        Output.line(words.digest(snapshot.digest))
        Output.line(words.check(folder, try log.signingKey().verifier))
        Output.flush()
        if withEntries { try AnonymousAnswers.warn(log, size: count, language.lang) }
    }

    /// Whose figures it has, as tables show them: an agent by name and id.
    private func whose(
        _ snapshot: Snapshot, _ count: UInt32, in log: LogStore
    ) throws -> String? {
        let manifest = snapshot.manifest
        guard let agent = manifest.agent.map({ snapshot.names[$0] ?? $0 }) else {
            return manifest.team?.printable
        }
        let context = try StoreState(
            of: log, asOf: count, options: BuildProgressLine.options())
        let name = try context.called(agent, "agent", in: manifest.period, upTo: count)
        return (name.map { $0 == agent ? $0 : "\($0) (\(agent))" } ?? agent).printable
    }
}
