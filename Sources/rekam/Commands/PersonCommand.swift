import ArgumentParser
import EventLog
import EventModel
import Projections
import Recording
import Rendering
import Vault

struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "Show what is held of a person, and correct it.",
        subcommands: [PersonShowCommand.self, PersonCorrectCommand.self])
}

struct PersonShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print everything that log and vault hold of a person.",
        discussion: """
            First where the person stands, then every entry that names them or whose texts would go \
            with them, in clear. --format json is a copy of them: it names others too, so go through \
            it before it is handed out.

            Examples:
              rekam person show customer/4711
              rekam person show customer/4711 --format json > copy.json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The person, such as customer/4711.", valueName: "subject"))
    var subject: String

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: true)
        try log.read { view in
            let person = try PersonFinding.person(subject, in: view, of: log, words)
            let trace = try view.trace(person)
            let acts = try view.personActs()
            // Answers of respondents are told together or not at all.
            let all = Set(trace.entries).union(trace.texts).sorted()
            let entries = try all.filter { try !view.isAnswer($0) }
            let withheld = all.count - entries.count
            if format.value == .json {
                Output.write(try json(trace, acts, entries, withheld, in: view).canonical ?? [])
                return Output.write("\n")
            }
            var lines = PersonRoles.lines(trace, words).map { (words.roles, $0) }
            lines += try PersonFinding.aliases(of: person, in: view, words)
            for line in PersonFinding.holds(try view.holds(of: person, acts), words) {
                lines.append((words.held, line))
            }
            if let entry = acts.published[person.token] {
                lines.append((words.published, words.number(entry)))
            }
            PersonRoles.write(lines)
            if withheld > 0 { Output.line(words.anonymous(withheld)) }
            for sequence in entries {
                Output.write(try PrintedTokens.entry(sequence, in: view))
                Output.write("\n")
            }
        }
        Output.flush()
    }

    private func json(
        _ trace: PersonTrace, _ acts: PersonActs, _ entries: [UInt32], _ withheld: Int,
        in view: borrowing LogView
    ) throws -> JSONValue {
        var roles: [JSONValue] = []
        for (role, count) in trace.roles.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            var members = [JSONMember(key: "entries", value: .number(String(count)))]
            switch role {
            case .subject(let kind):
                members.append(JSONMember(key: "case", value: .string(kind)))
            case .field(let type, let name):
                members.append(JSONMember(key: "type", value: .string(type)))
                members.append(JSONMember(key: "field", value: .string(name)))
            }
            roles.append(.object(members))
        }
        let events = try entries.map { sequence in
            try JSONValue(parsing: String(decoding: view.revealedEntry(sequence), as: UTF8.self))
        }
        let holds = try view.holds(of: trace.person, acts).map { JSONValue.string($0.reason) }
        let aliases = try view.aliases(of: trace.person).map { other in
            JSONValue.string(
                other.kind + "/" + (try view.text(of: other.token) ?? other.token.marked))
        }
        return .object([
            JSONMember(key: "subject", value: .string(subject)),
            JSONMember(key: "token", value: .string(trace.person.token.marked)),
            JSONMember(key: "roles", value: .array(roles)),
            JSONMember(key: "also_called", value: .array(aliases)),
            JSONMember(key: "holds", value: .array(holds)),
            JSONMember(
                key: "published",
                value: acts.published[trace.person.token].map { .number(String($0)) } ?? .null),
            JSONMember(key: "answers_withheld", value: .number(String(withheld))),
            JSONMember(key: "entries", value: .array(events)),
        ])
    }
}

struct PersonCorrectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct what is recorded of a person.",
        discussion: """
            An entry commits to what it says and is never changed. A profile is corrected by an event \
            of today; with --entry an event is taken back and recorded anew, with its own source and \
            id, time and other fields. Both are told in the log with the reason.

            Examples:
              rekam person correct agent/sari name="Sari Lestari" --reason "married" --by dewi
              rekam person correct customer/4711 --entry 2001 title="Parcel lost" --reason "asked for"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Fields with their values.", valueName: "field=value"))
    var changes: [String]

    @Option(help: ArgumentHelp("The entry to correct; else the profile.", valueName: "seq"))
    var entry: UInt32?

    func validate() throws {
        if changes.isEmpty || changes.contains(where: { !$0.contains("=") }) {
            throw ValidationError("What is to be corrected? FIELD=VALUE, once or more.")
        }
    }

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        let person = try act.person(in: log, staying: .besideOthers, words)
        if let entry { try log.read { try check(entry, of: person, in: $0) } }
        let recording = try act.told.recording(in: log)
        let pairs = changes.map { change in
            let parts = change.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (field: String(parts[0]), value: String(parts[1]))
        }
        let sequence: UInt32
        do {
            sequence =
                try entry.map { try recording.correct(entry: $0, pairs) }
                ?? recording.correctProfile(of: person, pairs)
        } catch let fault as CorrectionFault {
            throw Failure(.usage, text(of: fault))
        }
        Output.line(words.corrected(sequence))
        _ = try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        Output.flush()
    }

    /// Refuses an entry that is not the person's, or that is nobody's to be asked for.
    private func check(_ entry: UInt32, of person: Person, in view: borrowing LogView) throws {
        // The same whoever is asked for: else one would be told whose answer it is.
        if try entry < view.entryCount && view.isAnswer(entry) {
            throw Failure(
                .usage,
                "entry \(entry) is a respondent's answer, and answers are not corrected one by one."
            )
        }
        let trace = try view.trace(person)
        guard trace.entries.contains(entry) || trace.texts.contains(entry) else {
            throw Failure(.usage, "entry \(entry) does not tell of \(act.subject.printable).")
        }
    }

    private func text(of fault: CorrectionFault) -> String {
        switch fault {
        case .noProfile(let kind):
            "no type of event describes a \(kind). Name the entry that is wrong: --entry SEQ"
        case .noField(let name, let names):
            "there is no field \"\(name.printable)\". Fields are "
                + names.joined(separator: ", ") + "."
        case .notAValue(let value, let field):
            "\(field): \"\(value.printable)\" is no value that it may have."
        case .notCorrectable(let sequence):
            "entry \(sequence) cannot be corrected: it was taken back, or is the log's own."
        }
    }
}

struct NameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "name",
        abstract: "Tell a name in clear on purpose, for definitions that must name it.",
        subcommands: [NamePublishCommand.self])
}

struct NamePublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Tell a name in clear for ever: it can never be erased.",
        discussion: """
            What explains the name's token goes into an entry, and with it into every proof, tile and \
            copy of the log. For systems that act under a name, such as agent/chatbot.

            Example:
              rekam name publish agent/chatbot --reason "no person: KPIs leave it out" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var act: PersonActOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let words = PersonWords(language.lang)
        let log = try store.open(readOnly: false)
        let person = try log.read {
            try PersonFinding.person(act.subject, in: $0, of: log, words)
        }
        try act.told.recording(in: log).publish(person)
        Output.line(words.nameOut(act.subject.printable))
        Output.flush()
    }
}
