import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

struct ProjectionAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a file's projections and KPIs in the log.",
        discussion: """
            Nothing answers differently yet: a projection is built beside the others by `backfill` \
            and answers once it is promoted. A changed meaning under the same name and version is \
            refused; titles, descriptions and notes may change. KPIs of the file are registered too, unless they need a version that does not \
            answer yet: those come with `promote --with FILE`.

            Example:
              rekam projection add second-reply.yaml
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        let log = try store.open(readOnly: false)
        let register = try log.read { try $0.definitions() }
        let library = DefinitionLibrary(register: register, types: log.types)
        let read = try DefinitionFile(file, in: library, of: log)
        guard !read.projections.isEmpty else {
            throw Failure(
                .usage, "\(file) defines no projection. A KPI alone: rekam kpi add \(file)")
        }
        let fresh = try read.unregistered(in: register)
        let live = try LiveProjections(of: log, only: [])
        try live.store.check(read.projections.map(\.definition), context: live.context)
        let held = try ExampleCheck.run(read.projections.map(\.definition), live.context)
        let now = try Machine.now()
        let waiting = PendingKPIs(read, in: register, types: log.types)
        var drafts: [EventDraft] = []
        var lines: [String] = []
        let words = DefinitionWords(language.lang)
        let count = try log.read { $0.entryCount }
        for one in fresh {
            let definition = one.definition
            if let reason = waiting.reasons[definition.name], definition.kind == "kpi" {
                lines.append(words.waits("\(definition.name)@\(definition.version)", reason))
                continue
            }
            drafts.append(one.draft(in: log, after: count, at: now))
            let version = "\(definition.name)@\(definition.version)"
            lines.append(
                one.isRetold
                    ? words.retold(definition.kind, version)
                    : words.registered(definition.kind, version))
        }
        try log.appendOwn(drafts, recorded: now)
        if drafts.isEmpty, lines.isEmpty { lines.append(words.allRegistered) }
        if held > 0 { lines.append(words.hold(held)) }
        for line in lines { Output.line(line) }
        Output.line()
        let first = read.projections[0].definition
        Output.line(words.next("rekam projection backfill \(first.name)@\(first.version)"))
        Output.flush()
    }
}

/// The KPIs of a file that can't be read until a projection of the file answers.
struct PendingKPIs {
    /// By KPI, the first fault it has while another version answers.
    private(set) var reasons: [String: String] = [:]

    init(_ read: DefinitionFile, in register: DefinitionRegister, types: EventTypes) {
        let standing = register.documents()
        // A projection that has no version in force gives its KPIs nothing to clash with.
        let first = read.projections.filter { _, projection in
            register.promoted("projection", projection.name) == nil
        }.map(\.document)
        var candidates = read.contents.filter { $0.definition.kind == "kpi" }
        var isSettled = false
        while !isSettled {
            isSettled = true
            let library = DefinitionLibrary(
                types: types, documents: standing + first + candidates.map(\.document))
            for candidate in candidates {
                do {
                    _ = try library.kpi(candidate.definition.name)
                } catch {
                    reasons[candidate.definition.name] = error.faults[0].sentence
                    isSettled = false
                }
            }
            candidates.removeAll { reasons[$0.definition.name] != nil }
        }
    }
}
