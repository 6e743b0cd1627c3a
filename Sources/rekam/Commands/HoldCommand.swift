import ArgumentParser
import EventLog
import EventModel
import Recording
import Rendering
import Vault

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep a person from being erased, for example while a lawsuit lasts.",
        subcommands: [HoldAddCommand.self, HoldReleaseCommand.self, HoldListCommand.self])
}

/// Whom an act is about, why, and who does it.
struct PersonActOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The person, such as customer/4711.", valueName: "subject"))
    var subject: String

    @Option(help: ArgumentHelp("Why; it is recorded. Name nobody in it.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who does it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }

    /// The person, whom somebody must know.
    func person(in log: LogStore, _ words: PersonWords) throws -> Person {
        guard let person = try log.read({ try $0.person(subject) }) else {
            throw Failure(.usage, words.nobody(subject.printable))
        }
        return person
    }

    func recording(in log: LogStore) throws -> PersonRecording {
        PersonRecording(in: log, reason: reason, by: by, at: try Machine.now())
    }
}

struct HoldAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Hold a person.",
        discussion: """
            Example:
              rekam hold add customer/4711 --reason "lawsuit 12/2025" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        try act.recording(in: log).hold(act.person(in: log, words))
        Output.line(words.holding(act.subject.printable))
        Output.flush()
    }
}

struct HoldReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let a person be erased again.",
        discussion: """
            Example:
              rekam hold release customer/4711 --reason "the lawsuit is over" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        let person = try act.person(in: log, words)
        let holds = try log.read { try $0.personActs().holds }
        guard let hold = holds.first(where: { $0.person.token == person.token }) else {
            throw Failure(.usage, words.notHeld)
        }
        try act.recording(in: log).release(hold.person)
        Output.line(words.released(act.subject.printable))
        Output.flush()
    }
}

struct HoldListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who is held, since when and why.",
        discussion: """
            Example:
              rekam hold list
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        try log.read { view in
            let holds = try view.personActs().holds
            if holds.isEmpty { Output.line(words.noHolds) }
            for hold in holds {
                let name =
                    tokens.tokens
                    ? hold.person.token.marked
                    : try view.text(of: hold.person.token) ?? hold.person.token.marked
                Output.line(
                    words.hold(
                        (hold.person.kind + "/" + name).printable, reason: hold.reason.printable,
                        by: hold.by?.printable, PersonDay.text(hold.time, language.lang)))
            }
        }
        Output.flush()
    }
}

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Say how long persons of a kind are kept after their last event.",
        subcommands: [RetentionSetCommand.self, RetentionShowCommand.self])
}

struct RetentionSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set it; rekam erase --due then erases who is due.",
        discussion: """
            Examples:
              rekam retention set customer 730 --reason "our policy of 2025" --by sari
              rekam retention set agent never --reason "employment law"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("agent, customer or respondent.", valueName: "kind"))
    var kind: String

    @Argument(help: ArgumentHelp("Days, or never.", valueName: "days"))
    var days: String

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who sets it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        guard days == "never" || Int(days).map({ (1...100_000).contains($0) }) ?? false else {
            throw ValidationError("How many days? A number from 1 to 100000, or never.")
        }
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }

    func run() throws {
        let log = try store.open(readOnly: false)
        let kinds = log.types.personalKinds.sorted()
        guard kinds.contains(kind) else {
            throw Failure(
                .usage,
                "\(kind.printable) is no kind of person. Kinds are "
                    + kinds.joined(separator: ", ") + ".")
        }
        try PersonRecording(in: log, reason: reason, by: by, at: try Machine.now())
            .retain(kind: kind, days: Int(days))
        Output.line(PersonWords(language.lang).retention(kind, days: Int(days)))
        Output.flush()
    }
}

struct RetentionShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how long persons of each kind are kept.",
        discussion: """
            Example:
              rekam retention show
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: true)
        let retentions = try log.read { try $0.personActs().retentions }
        if retentions.isEmpty { Output.line(words.noRetentions) }
        for (kind, retention) in retentions.sorted(by: { $0.key < $1.key }) {
            Output.line(words.retention(kind, days: retention.days))
        }
        Output.flush()
    }
}
