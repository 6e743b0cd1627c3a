import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

struct ProjectionPromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Make a built version answer, and record why.",
        discussion: """
            It is brought up to the log's end first; then version and log change in one transaction, \
            so that no reader sees a mixture. The version before stays as it is until it is dropped, \
            and --undo makes it answer again. KPIs that come with the new version are registered in \
            the same transaction: --with FILE.

            Examples:
              rekam projection promote resolution@2 --reason "hold does not count" --by sari
              rekam projection promote resolution --undo --reason "teams need a week to prepare"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The newest version of it, or NAME@V.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who promotes it; it is recorded.", valueName: "name"))
    var by: String?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("Register this file's KPIs in the same transaction.", valueName: "file"))
    var companion: String?

    @Flag(help: "Make the version answer that answered before.")
    var undo = false

    @OptionGroup var resources: BuildResources

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
        if undo, companion != nil { throw ValidationError("--with goes without --undo.") }
        if undo, name.contains("@") {
            throw ValidationError("--undo knows the version: rekam projection promote NAME --undo")
        }
    }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: false)
        let versions = try ProjectionVersions(of: log)
        let (version, undone) = try chosen(versions)
        let old = versions.live(version.name)
        let words = ProjectionWords(language.lang)
        guard old != version else {
            Output.line(words.answersAlready(version.text))
            return Output.flush()
        }
        let live = try LiveProjections(of: log, only: [])
        let isThere = try log.read { view in
            try live.store.status(version.name, version: version.version, in: view)?.isReadable
        }
        guard isThere == true else {
            throw Failure(
                .usage,
                "\(version.text) is not built yet: rekam projection backfill \(version.text)")
        }
        let now = try Machine.now()
        var drafts = try companions(of: version, versions, log, now)
        _ = try live.store.backfill(
            versions.source(version), context: live.context, options: try resources.options())
        Progress.clear()
        let count = try log.read { $0.entryCount }
        drafts.append(
            log.promotion(
                of: version.name, version: version.version, after: count, reason: reason, by: by,
                undoing: undone, at: now))
        try live.store.promote(version, recording: drafts, at: now)
        Output.line(words.answersNow(version.text, before: old?.text))
        for draft in drafts.dropLast() { Output.line("  " + words.withIt(draft.id)) }
        // Others stand one entry behind now: the promotion itself.
        try LiveProjections(of: log).catchUp(options: try resources.options())
        Progress.clear()
        Output.line()
        let following =
            old.map {
                words.undo(
                    "rekam projection drop \($0.text)",
                    with: "rekam projection promote \(version.name) --undo --reason \"…\"")
            } ?? words.next("rekam kpi list")
        Output.line(following)
        Output.flush()
    }

    /// The version to promote, and the promotion that this takes back.
    private func chosen(
        _ versions: ProjectionVersions
    ) throws -> (version: ProjectionVersions.Version, undone: UInt32?) {
        let found = try versions.find(name)
        guard undo else { return (found, nil) }
        guard let (undone, before) = versions.register.undoing("projection", name) else {
            throw Failure(
                .usage,
                "no version of \(name) answered before \(versions.live(name)?.text ?? "this") that "
                    + "is still there: rekam projection history \(name)")
        }
        return (ProjectionVersions.Version(name: name, version: before.version), undone)
    }

    /// What comes into force together with the version: KPIs of a file, or, undoing, those versions
    /// of KPIs that go with it.
    private func companions(
        of version: ProjectionVersions.Version, _ versions: ProjectionVersions, _ log: LogStore,
        _ now: Instant
    ) throws -> [EventDraft] {
        let register = versions.register
        let library = DefinitionLibrary(
            register: register, types: log.types, promoting: version)
        var drafts: [EventDraft] = []
        var covered: Set<String> = []
        if let companion {
            let count = try log.read { $0.entryCount }
            do {
                let read = try DefinitionFiles([companion], in: library, of: log)
                for one in try read.unregistered(in: register)
                where ["kpi", "scorecard"].contains(one.definition.kind) {
                    drafts.append(one.draft(in: log, after: count, at: now))
                    covered.insert(one.definition.name)
                }
            } catch let faults as DefinitionFaults {
                throw Failure(.refused, messages: faults.faults.map(\.description))
            }
        }
        var broken: [String] = []
        let fates = try DefinitionLibrary.fates(of: version, in: register, types: log.types)
        for (kpi, fate) in fates where !covered.contains(kpi) {
            guard case .breaks(let fault) = fate else { continue }
            if undo, let earlier = earlier(kpi, with: version, register, log.types) {
                drafts.append(
                    log.promotion(
                        kind: "kpi", of: kpi, version: earlier,
                        after: try log.read { $0.entryCount }, reason: reason, by: by, at: now))
            } else {
                broken.append("with \(version.text), KPI \(kpi) can't be read: \(fault)")
            }
        }
        guard broken.isEmpty else {
            throw Failure(
                .usage,
                messages: broken + [
                    "give these KPIs a version that goes with it: rekam projection promote "
                        + "\(version.text) --reason \"…\" --with FILE"
                ])
        }
        return drafts
    }

    /// The newest earlier version of a KPI that can be read with a version of its projection.
    private func earlier(
        _ kpi: String, with version: ProjectionVersions.Version, _ register: DefinitionRegister,
        _ types: EventTypes
    ) -> Int? {
        let library = DefinitionLibrary(register: register, types: types, promoting: version)
        let known = register.changes.filter {
            $0.kind == "kpi" && $0.name == kpi && $0.action == .registered
        }
        return known.sorted { $0.version > $1.version }.first { change in
            let document = SourceDocument(file: "kpi \(kpi)", text: change.body)
            return (try? library.reader().read([document])) != nil
        }?.version
    }
}

struct ProjectionDropCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Delete what a version has built; its text stays in the log.",
        discussion: """
            The version that answers is dropped with --yes alone; its KPIs have no figures then, \
            until another version is promoted.

            Example:
              rekam projection drop resolution@1 --reason "replaced"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Which version: NAME@V.", valueName: "name@v"))
    var name: String

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason = ""

    @Option(help: ArgumentHelp("Who drops it; it is recorded.", valueName: "name"))
    var by: String?

    @Flag(help: "Yes, also the version that answers.")
    var yes = false

    func run() throws {
        let log = try store.open(readOnly: false)
        let versions = try ProjectionVersions(of: log)
        guard name.contains("@") else {
            let version = try versions.find(name)
            throw Failure(.usage, "which version? For example \(version.text).")
        }
        let version = try versions.find(name)
        let projections = try ProjectionStore(log: log)
        if versions.live(version.name) == version, !yes {
            let fates = try DefinitionLibrary.fates(
                of: version, in: versions.register, types: log.types)
            let kpis = fates.map(\.kpi).joined(separator: ", ")
            throw Failure(
                .usage,
                "\(version.text) answers"
                    + (kpis.isEmpty ? "." : ", and \(kpis) need it.")
                    + " Promote another version first, or say --yes.")
        }
        let freed = try log.read { view in
            try projections.status(version.name, version: version.version, in: view).map {
                try projections.size($0, in: view).bytes
            } ?? 0
        }
        let now = try Machine.now()
        let draft = log.dropping(
            of: version.name, version: version.version, after: try log.read { $0.entryCount },
            reason: reason, by: by, at: now)
        try projections.drop(version, recording: [draft], at: now)
        Output.line(
            ProjectionWords(language.lang).dropped(version.text, bytes: Int(freed)))
        Output.flush()
    }
}
