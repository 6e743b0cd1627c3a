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

/// Why something is done to persons, and who does it.
struct PersonReasonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why; it is recorded. Name nobody in it.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who does it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }

    func recording(in log: LogStore) throws -> PersonRecording {
        PersonRecording(in: log, reason: reason, by: by, at: try Machine.now())
    }
}

/// Whom an act is about, why, and who does it.
struct PersonActOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The person, such as customer/4711.", valueName: "subject"))
    var subject: String

    @OptionGroup var told: PersonReasonOptions

    /// The person, whom somebody must know, and whom neither reason nor doer may name.
    ///
    /// - Parameter staying: where reason and doer are going to stand.
    func person(
        in log: LogStore, staying: PersonWords.Staying = .inClear, _ words: PersonWords
    ) throws -> Person {
        try log.read { view in
            let person = try PersonFinding.person(subject, in: view, of: log, words)
            try PersonFinding.refuse(
                naming: [person], in: view, [("--reason", told.reason), ("--by", told.by)],
                staying: staying, words)
            return person
        }
    }
}

struct HoldAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Hold a person.",
        discussion: """
            A person can be held for several reasons; each hold is known by its reason. As long as \
            one lasts, texts of cases that name the person stay as well, whoever else is erased.

            Example:
              rekam hold add customer/4711 --reason "lawsuit 12/2025" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        let person = try act.person(in: log, words)
        let holds = try log.read { try $0.holds(of: person, $0.personActs()) }
        if let same = holds.first(where: { $0.reason == act.told.reason }) {
            Output.line(
                words.isHeldAlready(
                    act.subject.printable, PersonDay.text(same.time, language.lang)))
            return Output.flush()
        }
        try act.told.recording(in: log).hold(person)
        Output.line(words.holding(act.subject.printable))
        for line in PersonFinding.holds(holds, words) { Output.line(words.heldToo(line)) }
        Output.flush()
    }
}

struct HoldReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let a person be erased again.",
        discussion: """
            Where a person is held for several reasons, --hold names the one that is over, by the \
            reason it was added with.

            Examples:
              rekam hold release customer/4711 --reason "the lawsuit is over" --by sari
              rekam hold release customer/4711 --hold "lawsuit 12/2025" --reason "it is over"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    @Option(
        help: ArgumentHelp("Which hold, by the reason it was added with.", valueName: "text"))
    var hold: String?

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        let person = try act.person(in: log, words)
        let holds = try log.read { try $0.holds(of: person, $0.personActs()) }
        guard let first = holds.first else { throw Failure(.usage, words.notHeld) }
        guard let ended = hold.map({ hold in holds.first { $0.reason == hold } }) ?? first,
            hold != nil || holds.count == 1
        else {
            throw Failure(
                .usage, words.whichHold(act.subject.printable, PersonFinding.holds(holds, words)))
        }
        try act.told.recording(in: log).release(ended)
        let others = holds.filter { $0 != ended }
        guard others.isEmpty else {
            Output.line(words.stillHeld(act.subject.printable))
            for line in PersonFinding.holds(others, words) { Output.line(words.heldToo(line)) }
            return Output.flush()
        }
        Output.line(words.released(act.subject.printable))
        let kept =
            try log.hasVault
            ? log.read { view in
                try view.erasure(
                    of: view.keptByEndedHolds(view.personActs(), sparesAnswers: true), reason: "",
                    by: nil, at: ended.time
                ).textCount
            } : 0
        if kept > 0 {
            Output.line(words.keptByEndedHolds(kept))
            Output.line(words.next("rekam erase --due"))
        }
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

    @OptionGroup var told: PersonReasonOptions

    func validate() throws {
        guard days == "never" || Int(days).map({ (1...100_000).contains($0) }) ?? false else {
            throw ValidationError("How many days? A number from 1 to 100000, or never.")
        }
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
        try told.recording(in: log).retain(kind: kind, days: Int(days))
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
