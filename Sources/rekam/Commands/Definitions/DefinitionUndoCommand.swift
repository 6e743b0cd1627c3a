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

                Versions that need each other are taken back in one: --together takes back all that one \
                `add` registered and that is still in force. What had no version before is dropped.

                Examples:
                  rekam \(Noun.kind) undo \(Noun.example) --reason "not agreed yet" --by sari
                  rekam \(Noun.kind) undo \(Noun.example) --together --reason "not agreed yet"
                """)
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var resources: BuildResources

    @Argument(help: "Its name.")
    var name: String

    @Flag(help: "Take back with it what was added by the same command.")
    var together = false

    @OptionGroup var why: RequiredReason

    @Flag(help: "Also where events name a calendar that goes, so that figures move.")
    var yes = false

    func run() throws {
        let log = try store.openToRedefine(resources.options())
        let register = try log.read { try $0.definitions() }
        let (name, version) = try Noun.find(name, in: register)
        guard version == nil else {
            throw Failure(.usage, "undo knows the version: rekam \(Noun.kind) undo \(name)")
        }
        let steps = try steps(name, in: register, of: log)
        let withdrawal = DefinitionWithdrawal(steps, of: log, register)
        try withdrawal.check(isSure: yes)
        let report = try withdrawal.record(
            why: why, options: resources.options(), at: try Machine.now())
        let words = DefinitionWords(language.lang)
        for step in steps {
            Output.line(
                step.versionBefore.map { words.undone($0, instead: step.version) }
                    ?? words.dropped(step.version, inForce: nil, wasInForce: true))
        }
        if let report { CalendarCommand.tell(report, words) }
        Output.line()
        Output.line(words.next("rekam \(Noun.kind) history \(name)"))
        Output.flush()
    }

    private func steps(
        _ name: String, in register: DefinitionRegister, of log: LogStore
    ) throws -> [DefinitionWithdrawal.Step] {
        let live = register.live(Noun.kind, name)
        if together {
            let all = try live.flatMap {
                try DefinitionWithdrawal.together(with: $0, in: register, of: log)
            }
            guard let all else {
                throw Failure(
                    .usage,
                    "nothing in force was added together with \(name): rekam \(Noun.kind) undo \(name)"
                )
            }
            return all
        }
        guard let step = DefinitionWithdrawal.undoing(Noun.kind, name, in: register) else {
            throw Failure(
                .usage,
                (live.map {
                    "no version of \(name) that is still there was in force before "
                        + "\(name)@\($0.version)"
                } ?? "no version of \(name) is in force")
                    + ": rekam \(Noun.kind) history \(name)")
        }
        return [step]
    }
}

/// `drop`, the same for KPIs, scorecards and calendars.
struct DefinitionDropCommand<Noun: DefinitionNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drop",
            abstract: "Take a version out of use; its text stays in the log.",
            discussion: """
                Refused where something in force needs it, and without --yes where events name a calendar \
                that goes. Where it was the one in force, the version \
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

    @Flag(help: "Also where events name a calendar that goes, so that figures move.")
    var yes = false

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
        let dropped = register.definition(Noun.kind, name, version)
        guard let dropped else { return }
        var step = DefinitionWithdrawal.Step(live: dropped)
        let isLive = live?.version == version
        if isLive {
            step.before = DefinitionWithdrawal.undoing(Noun.kind, name, in: register)?.before
        }
        let withdrawal = DefinitionWithdrawal([step], of: log, register)
        if isLive { try withdrawal.check(isSure: yes) }
        let report = try withdrawal.record(
            why: why, options: resources.options(), at: try Machine.now())
        let words = DefinitionWords(language.lang)
        let after = try log.read { try $0.definitions() }.live(Noun.kind, name)
        Output.line(
            words.dropped(
                step.version, inForce: isLive ? after.map { "\(name)@\($0.version)" } : nil,
                wasInForce: isLive))
        if let report { CalendarCommand.tell(report, words) }
        Output.flush()
    }
}
