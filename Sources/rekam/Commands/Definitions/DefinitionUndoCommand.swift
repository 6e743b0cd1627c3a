import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

/// `undo`, the same for KPIs, scorecards and calendars; projections have `promote --undo`, since they
/// are built.
struct DefinitionUndoCommand<Noun: DefinitionNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "undo",
            abstract: "Take the version in force back: the one before it answers again.",
            discussion: """
                The log keeps both. Taken back once more, the version before that one answers; what was \
                taken back comes into force again by `add` of its file.

                Example:
                  rekam \(Noun.kind) undo \(Noun.example) --reason "not agreed yet" --by sari
                """)
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var resources: BuildResources

    @Argument(help: "Its name.")
    var name: String

    @OptionGroup var why: RequiredReason

    func run() throws {
        let log = try store.openToRedefine(resources.options())
        let register = try log.read { try $0.definitions() }
        let (name, version) = try Noun.find(name, in: register)
        guard version == nil else {
            throw Failure(.usage, "undo knows the version: rekam \(Noun.kind) undo \(name)")
        }
        guard let live = register.live(Noun.kind, name),
            let (undone, before) = register.undoing(Noun.kind, name)
        else {
            let live = register.live(Noun.kind, name).map { "\(name)@\($0.version)" }
            throw Failure(
                .usage,
                (live.map { "no version of \(name) that is still there was in force before \($0)" }
                    ?? "no version of \(name) is in force")
                    + ": rekam \(Noun.kind) history \(name)")
        }
        let now = try Machine.now()
        let draft = log.promotion(
            kind: Noun.kind, of: name, version: before.version,
            after: try log.read { $0.entryCount }, reason: why.reason, by: why.by, undoing: undone,
            at: now)
        try DefinitionChecks.stand(
            without: live, instead: before.version, in: register, types: log.types)
        try log.appendOwn([draft], recorded: now)
        let words = DefinitionWords(language.lang)
        Output.line(words.undone("\(name)@\(before.version)", instead: "\(name)@\(live.version)"))
        if Noun.kind == CalendarNoun.kind {
            CalendarCommand.tell(try CalendarCommand.buildAgain(log, resources.options()), words)
        }
        Output.line()
        Output.line(words.next("rekam \(Noun.kind) history \(name)"))
        Output.flush()
    }
}

/// `drop`, the same for KPIs, scorecards and calendars.
struct DefinitionDropCommand<Noun: DefinitionNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drop",
            abstract: "Take a version out of use; its text stays in the log.",
            discussion: """
                Refused where something in force needs it. Where it was the one in force, the version \
                before it answers again, or none. `add` of the same file brings it back.

                Example:
                  rekam \(Noun.kind) drop \(Noun.example)@1 --reason "replaced" --by sari
                """)
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var resources: BuildResources

    @Argument(help: ArgumentHelp("Which version: NAME@V.", valueName: "name@v"))
    var name: String

    @OptionGroup var why: RequiredReason

    func run() throws {
        let log = try store.openToRedefine(resources.options())
        let register = try log.read { try $0.definitions() }
        let (name, typed) = try Noun.find(name, in: register)
        let live = register.live(Noun.kind, name)
        guard let version = typed else {
            throw Failure(
                .usage, "which version? For example \(name)@\(live?.version ?? 1).")
        }
        guard register.isThere(Noun.kind, name, version) else {
            throw Failure(.usage, "\(name)@\(version) was dropped already.")
        }
        if Noun.kind == CalendarNoun.kind, register.standardCalendar == name,
            live?.version == version, register.undoing(Noun.kind, name) == nil
        {
            throw Failure(
                .usage,
                "business time counts by \(name). Choose another calendar first: rekam calendar use "
                    + "NAME")
        }
        if let live, live.version == version {
            try DefinitionChecks.stand(
                without: live, instead: register.undoing(Noun.kind, name)?.before.version,
                in: register, types: log.types)
        }
        let now = try Machine.now()
        let draft = log.dropping(
            kind: Noun.kind, of: name, version: version, after: try log.read { $0.entryCount },
            reason: why.reason, by: why.by, at: now)
        try log.appendOwn([draft], recorded: now)
        let words = DefinitionWords(language.lang)
        let after = try log.read { try $0.definitions() }.live(Noun.kind, name)
        Output.line(
            words.dropped(
                "\(name)@\(version)",
                inForce: live?.version == version ? after.map { "\(name)@\($0.version)" } : nil,
                wasInForce: live?.version == version))
        if Noun.kind == CalendarNoun.kind {
            CalendarCommand.tell(try CalendarCommand.buildAgain(log, resources.options()), words)
        }
        Output.flush()
    }
}

/// What must hold before a definition in force is taken away.
enum DefinitionChecks {
    /// Everything else in force can be read with another version in its place, or with none.
    ///
    /// - Throws: `Failure` that names all that could not.
    static func stand(
        without live: DefinitionChange, instead version: Int?, in register: DefinitionRegister,
        types: EventTypes
    ) throws {
        var documents = register.documents().filter { document in
            document.heading.map { $0 != (live.kind, live.name) } ?? true
        }
        if let version, let before = register.definition(live.kind, live.name, version) {
            documents.append(
                SourceDocument(file: "\(live.kind) \(live.name)@\(version)", text: before.body))
        }
        let library = DefinitionLibrary(types: types, documents: documents)
        let needing = library.unreadable()
        guard needing.isEmpty else {
            throw Failure(
                .refused,
                "\(live.kind) \(live.name)@\(live.version) can't be taken away: "
                    + needing.joined(separator: ", ")
                    + (needing.count == 1 ? " needs it." : " need it."))
        }
    }
}
