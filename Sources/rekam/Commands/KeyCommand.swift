import ArgumentParser
import EventLog
import EventModel
import Rendering

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "See and change the key that signs checkpoints.",
        subcommands: [KeyShowCommand.self, KeyRotateCommand.self])
}

struct KeyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the verifier key, which others check checkpoints with.",
        discussion: """
            Its first line is the present verifier key; it is public. Earlier keys follow, and \
            whether each names its successor. Who holds an earlier key checks what is signed today \
            with what --rotations prints.

            Examples:
              rekam key show
              rekam key show --rotations > rotations
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    @Flag(help: "Print what each earlier key signed to name the next one, for proof --check.")
    var rotations = false

    func run() throws {
        let log = try store.open(readOnly: true)
        let changes = try log.read { try $0.keyRotations() }
        if rotations {
            Output.write(KeySuccession(changes).encoded)
            return Output.flush()
        }
        let present = try log.signingKey().verifier
        if format.value == .json {
            let list = changes.map { rotation in
                JSONValue.object([
                    JSONMember(key: "sequence", value: .number(String(rotation.sequence))),
                    JSONMember(key: "recordedtime", value: .string(rotation.recorded.rfc3339)),
                    JSONMember(
                        key: "previous", value: rotation.previous.map { .string($0) } ?? .null),
                    JSONMember(key: "next", value: .string(rotation.next)),
                    JSONMember(key: "endorsed", value: .boolean(rotation.isEndorsed)),
                ])
            }
            let answer = JSONValue.object([
                JSONMember(key: "verifier", value: .string(present)),
                JSONMember(key: "rotations", value: .array(list)),
            ])
            Output.write(answer.canonical ?? [])
            Output.line()
            return Output.flush()
        }
        Output.line(present)
        let words = KeepingWords(language.lang)
        for rotation in changes.reversed() {
            Output.line(
                words.rotation(
                    at: rotation.sequence, recorded: rotation.recorded,
                    previous: rotation.previous?.printable, isEndorsed: rotation.isEndorsed))
        }
        Output.flush()
    }
}

struct KeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract:
            "Sign with a new key from now on; the log says so, and the old one vouches for it.",
        discussion: """
            Checkpoints signed before stay good with the earlier verifier key. Give the new one to \
            whoever checks them; who has the earlier one finds the new one in the log, signed.

            Examples:
              rekam key rotate --reason "yearly" --by sari
              rekam key rotate --lost --reason "the disk with the key failed"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var checkpoint: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Flag(help: "The present key is gone: nothing will vouch for the new one.")
    var lost = false

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who rotates it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if lost, reason?.allSatisfy(\.isWhitespace) ?? true {
            throw ValidationError("--lost wants a --reason: it is recorded with the gap in trust.")
        }
    }

    func run() throws {
        let log = try store.open(readOnly: false, beside: .nothing)
        let words = KeepingWords(language.lang)
        do {
            let keys = try log.rotateKey(
                seed: try Machine.randomBytes(32), isLost: lost, reason: reason, by: by,
                at: try Machine.now())
            Output.line(words.newKey)
            Output.line(keys.next)
            Output.line(words.vouched(by: keys.previous))
            if lost, let earlier = try signAnew(log) {
                Output.line(words.signedAnew(earlier.printable))
            }
        } catch let rejection as Rejection {
            throw Failure(.usage, "--reason, --by: \(rejection.problem).")
        }
        Output.line(words.keepKey(log.path.printable))
        Output.flush()
    }

    /// Signs in the place of a kept checkpoint whose key is gone, where its entries are all here.
    ///
    /// - Returns: where the kept one is now; nil where there is none, or the store does not go with
    ///   it, which whatever signs next will say.
    private func signAnew(_ log: LogStore) throws -> String? {
        let kept = checkpoint.kept(of: log.path)
        do {
            guard try kept.read() != nil, try kept.fault(against: log, verifiers: []) == nil
            else { return nil }
            return try kept.accept(log).earlier
        } catch is KeptFault {
            return nil
        }
    }
}
