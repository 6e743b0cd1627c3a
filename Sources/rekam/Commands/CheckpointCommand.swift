import ArgumentParser
import EventLog
import EventModel
import Exporting
import Rendering

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Sign what the log holds now; compare what was signed.",
        discussion: """
            Alone it signs: the same as rekam checkpoint sign.

            Examples:
              rekam checkpoint > handed-over.checkpoint
              rekam checkpoint --verifier      # the public key that checks it
              rekam checkpoint compare october.checkpoint 2025-Q4 --proof grown --key their.key
            """,
        subcommands: [CheckpointSignCommand.self, CheckpointCompareCommand.self],
        defaultSubcommand: CheckpointSignCommand.self)
}

struct CheckpointSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign what the log holds now: origin, entries and root.",
        discussion: """
            Prints a C2SP signed note. Give it to whoever should be able to tell later that nothing \
            before it was changed. The last one is also kept outside the store; a store that was \
            rolled back or rewritten behind it is not signed for, and the command ends with 1.

            Examples:
              rekam checkpoint > handed-over.checkpoint
              rekam checkpoint --verifier      # the public key that checks it
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: SameInBothLanguages
    @OptionGroup var kept: KeptOptions

    @Flag(help: "Print the public key instead, as C2SP notes are checked with.")
    var verifier = false

    func run() throws {
        let log = try store.open(readOnly: true, beside: .nothing)
        if verifier {
            Output.line(try log.signingKey().verifier)
        } else {
            Output.write(try kept.sign(log).encoded)
        }
        Output.flush()
    }
}

struct CheckpointCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say whether two checkpoints are of one log that grew, or of two histories.",
        discussion: """
            Each is a file, or a snapshot's folder; no store is needed. Ends with 0 where one log \
            grew or stands still, and with 1 where it has two histories (two signed files prove that), \
            where they are of two logs, or where nothing at hand establishes anything: then --proof \
            takes what rekam proof --from prints. The entries in a snapshot's folder are looked at.

            Example:
              rekam checkpoint compare october.checkpoint 2025-Q4 --proof grown --key their.key
            """)

    @Argument(help: ArgumentHelp("One checkpoint.", valueName: "a"))
    var one: String

    @Argument(help: ArgumentHelp("The other.", valueName: "b"))
    var other: String

    @Option(
        help: ArgumentHelp(
            "A consistency proof from the smaller to the larger.", valueName: "file"))
    var proof: String?

    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    @OptionGroup var language: LanguageOptions

    func run() throws {
        let verifiers = try trust.verifiers()
        let files = try [one, other].map { try SignedFile($0, trusting: verifiers) }
        var comparison = CheckpointComparison(
            files[0].checkpoint, files[1].checkpoint,
            proof: try proof.map(CheckpointComparison.proof)?.hashes)
        if comparison.relation == .notEstablished {
            let larger = files[files[0].checkpoint == comparison.larger ? 0 : 1]
            comparison = try larger.comparison(withSmaller: comparison.smaller) ?? comparison
        }
        if format.value == .json {
            Output.write(json(comparison, files).canonical ?? [])
            Output.line()
        } else {
            let words = CheckpointWords(language.lang)
            Output.line(words.relation(comparison.said))
            let foreign = files.filter { $0.isSigned == false }
            for file in foreign { Output.line(words.notSigned(file.path.printable)) }
            if foreign.isEmpty { Output.line(verifiers == nil ? words.unchecked : words.signed) }
        }
        Output.flush()
        let isOneLog = comparison.relation == .same || comparison.relation == .grown
        guard isOneLog, files.allSatisfy({ $0.isSigned ?? true }) else {
            throw Failure(.checkFailed, "")
        }
    }

    private func json(_ comparison: CheckpointComparison, _ files: [SignedFile]) -> JSONValue {
        let list = files.map { file in
            JSONValue.object([
                JSONMember(key: "file", value: .string(file.path)),
                JSONMember(key: "origin", value: .string(file.checkpoint.origin)),
                JSONMember(key: "entries", value: .number(String(file.checkpoint.size))),
                JSONMember(key: "root", value: .string(file.checkpoint.root.hexadecimal)),
                JSONMember(key: "signed", value: file.isSigned.map { .boolean($0) } ?? .null),
            ])
        }
        return .object([
            JSONMember(key: "relation", value: .string(comparison.relation.rawValue)),
            JSONMember(key: "checkpoints", value: .array(list)),
        ])
    }
}

extension SignedFile {
    /// Holds a smaller checkpoint against the entries beside this one; nil where it is no snapshot's
    /// folder, or one without entries.
    fileprivate func comparison(withSmaller smaller: Checkpoint) throws -> CheckpointComparison? {
        guard StoreFiles.status(path)?.kind == .folder else { return nil }
        return try SnapshotCommand.checking(path) {
            let reading = try SnapshotReading(path)
            guard reading.hasEntries, reading.manifest.checkpoint == checkpoint else { return nil }
            return try CheckpointComparison(smaller, checkpoint) { try reading.root(ofFirst: $0) }
        }
    }
}

extension CheckpointComparison {
    /// A consistency proof in a file.
    static func proof(_ path: String) throws -> ConsistencyProof {
        guard let bytes = Machine.read(path) else {
            throw Failure(.inputOutput, "\(path.printable) can't be read.")
        }
        guard let proof = ConsistencyProof(String(decoding: bytes, as: UTF8.self)) else {
            throw Failure(
                .checkFailed,
                "\(path.printable) is no proof that a log grew, as rekam proof --from prints it.")
        }
        return proof
    }

    /// What is said of it.
    var said: ComparedCheckpoints {
        let standing: ComparedCheckpoints.Standing =
            switch relation {
            case .same: .same
            case .grown: .grown
            case .forked: .forked
            case .otherLog: .otherLog
            case .notEstablished: .notEstablished
            }
        return ComparedCheckpoints(
            standing, origins: (smaller.origin, larger.origin), sizes: (smaller.size, larger.size))
    }
}
