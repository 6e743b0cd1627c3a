import ArgumentParser
import EventLog
import EventModel
import Operating
import Projections
import Rendering
import Vault

#if canImport(Glibc)
    import Glibc
#endif

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase a person: name and texts go for good, every figure and proof stays.",
        discussion: """
            The log gets an entry of tokens, never the name; the vault is made anew without the rows. \
            Texts of the person's own cases go, of cases that name them as customer, and of \
            assessments, absences and costs that name them as agent. --word takes texts of other \
            cases along in which a word stands. Persons under a hold are refused, and texts of cases \
            that name one stay, whoever is erased.

            What is shown before counts no texts in respondents' answers; these are looked through \
            when it is done.

            --due erases everybody whose last event is older than rekam retention says, and the texts \
            of persons erased before that a hold kept, which is over. Texts that are found later are \
            erased by the token that stands for the name: rekam erase customer/~TOKEN. --again takes \
            out what an older vault brought back, --in BACKUP does so in a backup. Name nobody in \
            --reason and --by: both are told in clear, for ever.

            Examples:
              rekam erase customer/4711 --dry-run
              rekam erase customer/4711 --reason "asked for on 14 July" --by sari
              rekam erase --due --by sari
              rekam erase --again --in /backups/rekam-2025-07-14
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The person, such as customer/4711.", valueName: "subject"))
    var subject: String?

    @Option(help: ArgumentHelp("Why; it is recorded. Name nobody in it.", valueName: "text"))
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "Who erases; it is recorded. Name nobody who is erased.", valueName: "name"))
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Texts of other cases in which this word stands go, too; it is not recorded.",
            valueName: "word"))
    var word: [String] = []

    @Flag(help: "Erase everybody whose retention is over.")
    var due = false

    @Flag(help: "Erase again what an older vault brought back.")
    var again = false

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("With --again: the folder of a backup.", valueName: "backup"))
    var backup: String?

    @Flag(help: "Only show what would go.")
    var dryRun = false

    @Flag(help: "Do not ask at a terminal.")
    var yes = false

    func validate() throws {
        if backup != nil, !again {
            throw ValidationError("--in goes with --again: rekam erase --again --in BACKUP.")
        }
        if let subject, due || again {
            throw ValidationError(
                "\(subject.printable) or \(due ? "--due" : "--again"): one of them. --due erases "
                    + "everybody whose time is over, --again those who were erased before.")
        }
        if due, again { throw ValidationError("--due or --again: one of them.") }
        if !word.isEmpty, subject == nil {
            throw ValidationError(
                "--word goes with a SUBJECT: it takes texts along when somebody is erased. A text of "
                    + "nobody's goes with its case's customer.")
        }
        guard subject != nil || due || again else {
            throw ValidationError("Whom? Name a SUBJECT, or say --due or --again.")
        }
        if subject != nil, !dryRun, reason?.allSatisfy(\.isWhitespace) ?? true {
            throw ValidationError("--reason must say why.")
        }
        if word.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
            throw ValidationError("--word must be a word.")
        }
    }

    private var words: PersonWords { PersonWords(language.lang) }

    func run() throws {
        if again { return try runAgain() }
        let log = try store.open(readOnly: dryRun)
        let now = try Machine.now()
        // Whom no entry knows any more stands nowhere then, also where nobody is erased.
        if !dryRun { try log.dropUnrecorded() }
        let (traces, left, held) = try log.read { view in
            try self.traces(in: view, of: log, now, sparesAnswers: true)
        }
        let texts =
            try left.isEmpty
            ? 0 : log.read { try $0.erasure(of: left, reason: why, by: by, at: now).textCount }
        if due { try tellDue(traces, held, left: texts, in: log) }
        guard !traces.isEmpty || texts > 0 else { return Output.flush() }
        let (plan, staying, aliases) = try log.read { view in
            let (plan, staying) = try view.erasurePlan(
                of: traces + left, reason: why, by: by, at: now)
            let aliases =
                try subject == nil
                ? [] : PersonFinding.aliases(of: traces[0].person, in: view, words)
            return (plan, staying, aliases)
        }
        let isOne = traces.count == 1 && left.isEmpty
        show(isOne ? traces.first : nil, plan, staying, aliases)
        PersonRoles.write(copies(of: log))
        // Whatever they hold: to say so only of those in which something stands would tell it.
        let hasAnswers = try log.read { try !$0.answers(upTo: $0.entryCount).isEmpty }
        if hasAnswers { Output.line(words.answersLater) }
        guard !dryRun, hasAnswers || !plan.isEmpty else {
            Output.line(plan.isEmpty && !hasAnswers ? words.nothingLeft : words.nothingWritten)
            return Output.flush()
        }
        guard isSure() else {
            Output.line(words.leftAlone)
            return Output.flush()
        }
        let lacking = try log.erasuresOutsideLacking()
        // What came in since it was shown goes as well.
        let erasure = try log.erase(at: now) { view in
            let (due, left, _) = try self.traces(in: view, of: log, now)
            return try view.erasure(of: due + left, reason: why, by: by, at: now)
        }
        let last = try log.read { $0.entryCount } - 1
        if let erasure {
            Output.line(
                words.erased(
                    names: erasure.names.count, texts: erasure.textCount,
                    entries: erasure.texts.count, at: last))
            Output.line(words.keptAt(log.keptErasures.path.printable))
            if lacking > 0 { Output.line(words.listMended(lacking)) }
        } else {
            Output.line(words.nothingLeft)
            return Output.flush()
        }
        _ = try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        Output.line(words.afterErasing)
        if staying > 0 { Output.line(words.afterHold) }
        Output.flush()
    }

    private var why: String { reason ?? "their retention, or a hold on their texts, is over" }

    /// Who is to be erased, refused where one may not be; of whom texts are left that a hold kept; and
    /// who is due and held.
    private func traces(
        in view: borrowing LogView, of log: LogStore, _ now: Instant, sparesAnswers: Bool = false
    ) throws -> (due: [PersonTrace], left: [PersonTrace], held: [Person]) {
        let acts = try view.personActs()
        guard let subject else {
            let (due, held) = try view.duePersons(acts, at: now)
            try PersonFinding.refuse(
                naming: due, in: view, [("--reason", reason), ("--by", by)],
                staying: .inClearOfDue, words)
            let traces = try due.map { try view.trace($0, sparesAnswers: sparesAnswers) }
            return (traces, try view.keptByEndedHolds(acts, sparesAnswers: sparesAnswers), held)
        }
        let person = try PersonFinding.person(subject, in: view, of: log, words)
        try PersonFinding.refuse(
            naming: [person], words: word, in: view, [("--reason", reason), ("--by", by)],
            staying: .inClear, words)
        let holds = try view.holds(of: person, acts)
        if !holds.isEmpty {
            throw Failure(
                .checkFailed,
                words.isHeld(subject.printable, PersonFinding.holds(holds, words)))
        }
        if let entry = acts.published[person.token] {
            throw Failure(.checkFailed, words.isPublished(subject.printable, entry: entry))
        }
        return ([try view.trace(person, words: word, sparesAnswers: sparesAnswers)], [], [])
    }

    /// Says who is due, by subject at a rehearsal, and who is left out since they are held.
    private func tellDue(
        _ traces: [PersonTrace], _ held: [Person], left: Int, in log: LogStore
    ) throws {
        func subject(_ person: Person) throws -> String {
            let name = try log.read { try $0.text(of: person.token) } ?? person.token.marked
            return (person.kind + "/" + name).printable
        }
        Output.line(traces.isEmpty ? words.nobodyDue : words.due(traces.count))
        if dryRun { for trace in traces { Output.line("  " + (try subject(trace.person))) } }
        if left > 0 { Output.line(words.keptByEndedHolds(left)) }
        guard !held.isEmpty else { return }
        Output.line(words.dueAndHeld(held.count))
        if dryRun { for person in held { Output.line("  " + (try subject(person))) } }
    }

    private func show(
        _ trace: PersonTrace?, _ plan: Erasure, _ staying: Int, _ aliases: [(String, String)]
    ) {
        var lines: [(String, String)] = []
        if let trace {
            for line in PersonRoles.lines(trace, words) { lines.append((words.roles, line)) }
        }
        lines += aliases
        lines.append(
            (
                words.goes,
                words.goes(
                    names: plan.names.count, texts: plan.textCount, entries: plan.texts.count)
            ))
        if dryRun, !plan.texts.isEmpty {
            lines.append(
                (
                    words.textsOf,
                    Erasure.ranges(plan.texts.keys.sorted()).joined(separator: ", ")
                ))
        }
        if staying > 0 { lines.append((words.stays, words.staying(staying))) }
        PersonRoles.write(lines)
    }

    private func copies(of log: LogStore) -> [(String, String)] {
        CopyNote.all(of: log).flatMap { copy in
            copy.places.map { place in
                (
                    words.copies,
                    words.recall(
                        copy.kind.rawValue, place.printable,
                        PersonDay.text(copy.time, language.lang))
                )
            }
        }
    }

    /// At a terminal, asks.
    private func isSure() -> Bool {
        guard !yes, isatty(STDIN_FILENO) == 1 else { return true }
        Output.flush()
        Output.writeAll([UInt8](words.sure.utf8), to: STDERR_FILENO)
        return words.yes.contains((readLine() ?? "").lowercased())
    }

    private func runAgain() throws {
        let now = try Machine.now()
        if let backup {
            let log = try store.open(readOnly: true)
            do {
                let rows = try BackupErasing(of: StoreFiles.withoutSlash(backup))
                    .apply(erasuresOf: log)
                Output.line(words.again(rows: rows, recorded: 0, in: backup.printable))
            } catch let fault as OperatingFault {
                throw Failure(.checkFailed, fault.description)
            }
            return Output.flush()
        }
        let log = try store.open(readOnly: false)
        let (rows, recorded) = try log.eraseAgain(at: now, takesVault: true)
        Output.line(words.again(rows: rows, recorded: recorded, in: log.path.printable))
        let kept = log.keptErasures
        let lines = try kept.read(identity: log.identity)
        if lines.own.isEmpty, !lines.ofOthers.isEmpty {
            Output.line(words.listWithoutThis(kept.path.printable))
        }
        PersonRoles.tellOthers(kept.path, lines.ofOthers, words)
        Output.flush()
    }
}

/// A day, for people.
enum PersonDay {
    static func text(_ time: Instant, _ language: Language) -> String {
        String(time.rfc3339.prefix(10))
    }
}

/// Where a person stands, in lines.
enum PersonRoles {
    static func lines(_ trace: PersonTrace, _ words: PersonWords) -> [String] {
        trace.roles.map { role, count in
            switch role {
            case .subject(let kind): (0, kind, words.subject(of: kind, count))
            case .field(let type, let name):
                (1, "\(type) \(name)", words.field(name, of: type, count))
            }
        }
        .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// That a list of erasures has lines of other logs.
    static func tellOthers(_ path: String, _ lines: [Int], _ words: PersonWords) {
        guard !lines.isEmpty else { return }
        Output.line(words.linesOfOthers(path.printable, lines))
    }

    /// Headings at the left, each once.
    static func write(_ lines: [(String, String)]) {
        var last = ""
        for (name, text) in lines {
            Output.line(TextWidth.padded(name == last ? "" : name, to: 13) + text)
            last = name
        }
    }
}
