import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

/// Registers definitions that need no building (KPIs, scorecards): they answer from then on.
struct DefinitionAddition {
    /// What the file may define.
    var kinds: [String]
    /// In which language it answers.
    var language: Language
    /// What comes next, given the first definition that was registered.
    var next: (Definition) -> String

    /// Reads a file, checks it and all that builds on it, and registers what is new.
    ///
    /// - Throws: `Failure`; then nothing is registered.
    func run(_ file: String, store: StoreOptions) throws {
        let log = try store.open(readOnly: false)
        let register = try log.read { try $0.definitions() }
        let library = DefinitionLibrary(register: register, types: log.types)
        let read = try DefinitionFile(file, in: library, of: log)
        for (document, definition) in read.contents where !kinds.contains(definition.kind) {
            let command = definition.kind == "kpi" ? "kpi" : definition.kind
            throw Failure(
                .usage,
                "\(document.file):\(document.firstLine): this defines a \(definition.kind). "
                    + "Register it with: rekam \(command) add \(file.printable)")
        }
        let fresh = try read.unregistered(in: register)
        try check(fresh, register, log.types)
        let now = try Machine.now()
        let count = try log.read { $0.entryCount }
        try log.appendOwn(
            fresh.map { $0.draft(in: log, after: count, at: now) }, recorded: now)
        let words = DefinitionWords(language)
        for one in fresh {
            let (kind, name) = (one.definition.kind, one.definition.name)
            let version = "\(name)@\(one.definition.version)"
            Output.line(
                one.isRetold
                    ? words.retold(kind, version)
                    : words.answering(kind, version, before: register.live(kind, name)?.version))
        }
        if fresh.isEmpty { Output.line(words.allRegistered) }
        if let first = fresh.first?.definition ?? read.contents.first?.definition {
            Output.line()
            Output.line(words.next(next(first)))
        }
        Output.flush()
    }

    /// Versions grow, and nothing that answers may break.
    private func check(
        _ fresh: [DefinitionFile.Fresh], _ register: DefinitionRegister, _ types: EventTypes
    ) throws {
        var messages: [String] = []
        for one in fresh where !one.isRetold {
            let (document, definition) = (one.document, one.definition)
            guard let live = register.live(definition.kind, definition.name),
                live.version > definition.version
            else { continue }
            messages.append(
                "\(document.file):\(document.firstLine): \(definition.name)@\(live.version) is in "
                    + "force, so a new version must be higher: version: \(live.version + 1)")
        }
        guard messages.isEmpty else { throw Failure(.refused, messages: messages) }
        let after = DefinitionLibrary(
            types: types, documents: register.documents() + fresh.map(\.document))
        do {
            for name in after.kpiNames { _ = try after.kpi(name) }
            for name in after.scorecardNames { _ = try after.scorecard(name) }
        } catch {
            throw Failure(
                .refused,
                messages: ["what is registered already would no longer hold:"]
                    + error.faults.map(\.description))
        }
    }
}
