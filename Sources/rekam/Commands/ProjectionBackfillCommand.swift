import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Rendering
import Synchronization

struct ProjectionBackfillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Build a registered version from history, beside those that answer.",
        discussion: """
            `ingest` may go on in another process: what comes in meanwhile is caught up in rounds. \
            Ctrl-C (or a kill) leaves a build that the next backfill goes on with.

            Examples:
              rekam projection backfill second_reply
              rekam projection backfill resolution@2 --memory 256M --threads 1
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The newest version of it, or NAME@V.", valueName: "name"))
    var name: String

    @OptionGroup var resources: BuildResources

    @Option(help: ArgumentHelp("How the outcome is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: false)
        let versions = try ProjectionVersions(of: log)
        let version = try versions.find(name)
        let live = try LiveProjections(of: log, only: [])
        let started = Machine.ticks()
        let note = BackfillNote(live.store, version)
        let report: BackfillReport
        do {
            let source = try versions.source(version)
            report = try live.store.backfill(
                source, context: live.context, options: try resources.options(note.show))
            note.end()
            Progress.clear()
            let elapsed = Int((Machine.ticks() - started) / 1_000_000)
            let counts = try live.store.counts(
                source.definition, context: live.context, upTo: report.position)
            // One that the log has promoted already answers as soon as it is there.
            if versions.live(version.name) == version {
                try LiveProjections(of: log, only: [version.name]).settle()
            }
            print(report, version, counts, milliseconds: elapsed, versions: versions)
        } catch {
            note.end()
            Progress.clear()
            guard case ProjectionFault.interrupted = error else { throw error }
            throw Failure(
                .interrupted,
                "stopped. What is built stays: rekam projection backfill \(version.text) goes on.")
        }
    }

    private func print(
        _ report: BackfillReport, _ version: ProjectionVersions.Version, _ counts: EventCounts,
        milliseconds: Int, versions: ProjectionVersions
    ) {
        let behind = Int(report.entryCount - min(report.entryCount, report.position))
        if format.value == .json {
            func number(_ value: Int) -> JSONValue { .number(String(value)) }
            let answer = JSONValue.object([
                JSONMember(key: "projection", value: .string(version.text)),
                JSONMember(key: "position", value: number(Int(report.position))),
                JSONMember(key: "behind", value: number(behind)),
                JSONMember(key: "rounds", value: number(report.rounds)),
                JSONMember(key: "rows", value: number(Int(report.rows))),
                JSONMember(key: "milliseconds", value: number(milliseconds)),
                JSONMember(key: "read", value: number(counts.read)),
                JSONMember(key: "applied", value: number(counts.applied)),
                JSONMember(
                    key: "ignored",
                    value: .object(
                        counts.ignored.map { JSONMember(key: $0.type, value: number($0.count)) })),
                JSONMember(key: "voided", value: number(counts.voided)),
                JSONMember(key: "failed", value: number(0)),
            ])
            Output.write(answer.canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let words = ProjectionWords(language.lang)
        if report.wasUpToDate {
            Output.line(words.alreadyBuilt(version.text))
        } else {
            let rate = Int(report.position) * 1000 / max(1, milliseconds)
            Output.line(
                words.built(
                    version.text, entries: Int(report.position), rows: Int(report.rows),
                    tenths: milliseconds / 100, rate: milliseconds < 1000 ? nil : rate))
        }
        Output.line(
            words.events(
                read: counts.read, applied: counts.applied,
                ignored: counts.read - counts.applied - counts.voided, voided: counts.voided))
        for (type, count) in counts.ignored.prefix(4) {
            Output.line("  " + words.ignored(count, type))
        }
        if counts.ignored.count > 4 {
            Output.line("  " + words.otherTypes(counts.ignored.count - 4))
        }
        if behind > 0 { Output.line(words.newer(behind)) }
        Output.line()
        let live = versions.live(version.name)
        if live == version {
            Output.line(words.answers + words.next("rekam projection status"))
        } else if let live {
            Output.line(
                words.next(
                    "rekam projection diff \(live.text) \(version.text) --period last-month"))
        } else {
            Output.line(
                words.next("rekam projection promote \(version.text) --reason \"…\""))
        }
        Output.flush()
    }
}

/// The memory and cores that a build may use.
struct BuildResources: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Memory it may take, such as 256M or 1G; 384M unless given.", valueName: "size"))
    var memory = "384M"

    @Option(help: ArgumentHelp("Cores it may use; all unless given.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 || threads > 1024 {
            throw ValidationError("--threads \(threads): a number from 1 to 1024.")
        }
    }

    /// Options of a build that shows how far it is and stops on Ctrl-C.
    func options(
        _ also: @escaping @Sendable (BuildProgress) -> Void = { _ in }
    ) throws -> BuildOptions {
        var options = BuildProgressLine.options(
            memoryBytes: try MemorySize.parse(memory), threads: threads ?? Machine.cores)
        let show = options.progress
        options.progress = { progress in
            show(progress)
            also(progress)
        }
        return options
    }
}

/// Leaves in the store how a backfill goes, once a second, for `projection status` elsewhere.
final class BackfillNote: Sendable {
    private let store: ProjectionStore
    private let version: ProjectionVersions.Version
    private let started = Machine.ticks()
    private let last: Mutex<(ticks: UInt64, progress: BuildProgress)>

    init(_ store: ProjectionStore, _ version: ProjectionVersions.Version) {
        self.store = store
        self.version = version
        last = Mutex((0, BuildProgress(eventsDone: 0, events: 0)))
    }

    /// Takes a state, on any thread of the build.
    func show(_ progress: BuildProgress) {
        let now = Machine.ticks()
        let isDue = last.withLock { last in
            last.progress = progress
            guard now - last.ticks >= UInt64(BackfillProgress.everyMilliseconds) * 1_000_000 else {
                return false
            }
            last.ticks = now
            return true
        }
        if isDue { write(progress, isRunning: true) }
    }

    /// Says that the backfill ended, however it did.
    func end() {
        let progress = last.withLock { $0.progress }
        if progress.events > 0 { write(progress, isRunning: false) }
    }

    private func write(_ progress: BuildProgress, isRunning: Bool) {
        guard let now = try? Machine.now() else { return }
        // A note that can't be written is no reason to stop the build.
        try? store.note(
            BackfillProgress(
                eventsDone: progress.eventsDone, events: progress.events,
                milliseconds: (Machine.ticks() - started) / 1_000_000, noted: now,
                isRunning: isRunning), of: version.name, version: version.version)
    }
}
