public import ArgumentParser
import Definitions
import EventLog
public import EventModel
import Projections
import Rendering

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's folder.", discussion: "Without it: $REKAM_STORE, else ./rekam.store.",
            valueName: "dir"))
    var store: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long to wait while another process writes, such as 90s or 10m; then exit 75.",
            valueName: "time"))
    var wait = "60s"

    func validate() {
        if let store { NextCommand.uses(store: store) }
    }

    /// The folder to use.
    var path: String { store ?? Machine.environment("REKAM_STORE") ?? "rekam.store" }

    /// Whether nobody named a store, and there is none where one is looked for then.
    var isNowhere: Bool {
        store == nil && Machine.environment("REKAM_STORE") == nil && StoreFiles.status(path) == nil
    }

    /// How long to wait for another process's transactions.
    func patience() throws -> Swift.Duration {
        .milliseconds(try Self.milliseconds(wait, option: "--wait", most: 86_400_000))
    }

    /// Opens the store, and holds it against the checkpoint kept beside it: what was rolled back or
    /// rewritten is told to whoever reads, and is not written to, since new entries would give the log
    /// a second history.
    func open(readOnly: Bool, beside kept: KeptBeside = .usual) throws -> LogStore {
        let log = try LogStore.open(
            at: path, readOnly: readOnly, salts: Machine.salts, threads: Machine.cores,
            patience: patience(),
            mapBytes: Machine.environment("REKAM_MAP_BYTES").flatMap { Int($0) })
        if Machine.isClockGiven { log.tellGivenClock() }
        if readOnly, log.hasVault, !log.canExplainTokens {
            Output.errorLine(
                "private.mdb of \(log.path.printable) can't be read by this user: persons are shown "
                    + "as tokens. Its owner can let the store's group read it; see rekam doctor.")
        }
        if readOnly, (try? log.vaultMismatch()) == .older {
            Output.errorLine(
                "Warning: private.mdb of \(log.path.printable) is older than its log, or of a copy that "
                    + "went on apart: who came later is shown as a token, and who was erased stays "
                    + "hidden. Put the newest one back; where there is none: rekam erase --again")
        }
        PrintedTokens.belong(to: log)
        try kept.look(at: log, isWritten: !readOnly)
        return log
    }

    /// Opens the store to record what rows are made of. What a command of this kind left to be made anew
    /// when it was killed is done first: then doing it once more comes to what it would have come to.
    func openToRedefine(_ options: BuildOptions) throws -> LogStore {
        let log = try open(readOnly: false)
        // Without readable definitions there is nothing to build; the command says so itself.
        guard let live = try? LiveProjections(of: log) else { return log }
        guard try !log.read({ try live.superseded(in: $0).isEmpty }) else { return log }
        try live.catchUp(options: options)
        Progress.clear()
        return log
    }

    /// A length of time as typed: `90s`, `2h`, or a bare number of seconds.
    static func milliseconds(
        _ text: String, option: String, most: Int64 = 315_360_000_000
    ) throws -> Int64 {
        let isBare = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
        guard let milliseconds = DurationText.milliseconds(isBare ? text + "s" : text),
            milliseconds <= most
        else {
            throw Failure(
                .usage,
                "\(option) \(text.printable): a length of time such as 30s, 5m or 2h 30m, at most "
                    + "\(DurationText.text(most)).")
        }
        return milliseconds
    }
}

/// Whether persons are shown as the tokens that stand for them in what is hashed.
struct TokensOption: ParsableArguments {
    @Flag(
        help: "Show persons as the tokens that stand for them, which an erasure leaves as they are."
    )
    var tokens = false
}

/// How an answer is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown

    /// Refuses a format that a command does not write.
    func require(_ formats: [OutputFormat]) throws {
        guard !formats.contains(self) else { return }
        throw ValidationError("--format \(rawValue): this comes as \(Self.list(formats)).")
    }

    /// `table, json or csv`.
    static func list(_ formats: [OutputFormat]) -> String {
        let words = formats.map(\.rawValue)
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension Language: ExpressibleByArgument {}
