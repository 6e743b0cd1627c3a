import ArgumentParser
import Definitions
import EventLog
import EventModel
import Recording
import Rendering

/// `check`, the same for projections, KPIs, scorecards and calendars.
struct DefinitionCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check definition files, and explain them back in words.",
        discussion: """
            The verdict is the one that `add` would give: exit 0 where all of it could be registered, \
            65 where something is wrong. Nothing is recorded. --format json is one object for \
            programs: the definitions, what is wrong and where, and what is doubtful.

            Where there is no store and none is named, files are held against what a new one brings along.

            Examples:
              rekam projection check second-reply.yaml
              rekam kpi check definitions/ --format json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Files, or folders of them.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func run() throws {
        guard store.isNowhere else { return try check(in: store.open(readOnly: true)) }
        Output.errorLine(DefinitionWords(language.lang).withoutStore)
        try Machine.scratch(for: "check").use { folder in
            let zone = try Machine.zone("Asia/Jakarta") ?? .utc
            let new = try NewStore.usual(origin: "rekam.local/check", timeZone: zone)
            try check(
                in: new.create(at: folder + "/store", now: Machine.now(), threads: Machine.cores)
                    .store)
        }
    }

    private func check(in log: LogStore) throws {
        let addition: DefinitionAddition
        do {
            addition = try DefinitionAddition(files, to: log)
        } catch let faults as DefinitionFaults {
            guard format.value == .json else {
                throw Failure(.refused, messages: faults.faults.map(\.description))
            }
            Output.write(DefinitionVerdict(faults: faults.faults).json)
            Output.flush()
            throw Failure(.refused, messages: [])
        }
        guard format.value == .table else {
            Output.write(DefinitionVerdict(addition).json)
            return Output.flush()
        }
        for (place, content) in addition.files.contents.enumerated() {
            if place > 0 { Output.line() }
            Output.line(content.definition.explanation(in: language.lang))
        }
        Output.line()
        let words = DefinitionWords(language.lang)
        if addition.held > 0 { Output.line(words.hold(addition.held)) }
        for waiting in addition.waiting {
            Output.line(
                words.waits(
                    waiting.fresh.definition.kind, waiting.fresh.version, waiting.reason))
        }
        if let lost = addition.lostNames {
            Output.line(words.lost(lost.names, events: lost.events))
        }
        let told = AnswerDoubtWords(language.lang)
        for doubt in addition.doubts { Output.line(told.text(doubt)) }
        let typed = addition.files.typed
        let kind = addition.files.contents.first?.definition.kind ?? "projection"
        Output.line(
            words.next(
                addition.files.projections.isEmpty
                    ? "rekam \(kind) add \(typed)"
                    : "rekam projection try \(typed) --period last-month"))
        Output.flush()
    }
}

/// What `check` found, for programs.
struct DefinitionVerdict {
    private var faults: [DefinitionFault] = []
    private var addition: DefinitionAddition?

    /// Of files in which something is wrong.
    init(faults: [DefinitionFault]) { self.faults = faults }

    /// Of files that could be registered.
    init(_ addition: DefinitionAddition) { self.addition = addition }

    /// One JSON object, ending with a line break.
    var json: String {
        let definitions = addition.map(definitions) ?? []
        let doubts = addition?.doubts.map(\.json) ?? []
        return JSONText.object([
            ("holds", "\(faults.isEmpty)"),
            ("faults", "[" + faults.map(\.json).joined(separator: ", ") + "]"),
            ("doubts", "[" + doubts.joined(separator: ", ") + "]"),
            ("definitions", "[" + definitions.joined(separator: ", ") + "]"),
        ]) + "\n"
    }

    /// Each with what `add` would make of it: `new`, `retold`, `again`, `waits` or `registered`.
    private func definitions(_ addition: DefinitionAddition) -> [String] {
        addition.files.contents.map { document, definition in
            func isIt(_ one: DefinitionFiles.Fresh) -> Bool {
                one.definition.kind == definition.kind && one.definition.name == definition.name
            }
            let standing =
                addition.waiting.contains { isIt($0.fresh) }
                ? "waits" : addition.fresh.first(where: isIt)?.standing.rawValue ?? "registered"
            return JSONText.object([
                ("kind", JSONText.string(definition.kind)),
                ("name", JSONText.string(definition.name)),
                ("version", "\(definition.version)"), ("file", JSONText.string(document.file)),
                ("line", "\(document.firstLine)"), ("state", JSONText.string(standing)),
            ])
        }
    }
}

extension DefinitionFault {
    /// For programs: where it stands, what it is, what would be right.
    var json: String {
        JSONText.object([
            ("file", JSONText.string(file)), ("line", "\(line)"),
            ("column", "\(column)"), ("what", JSONText.string(what)),
            ("expected", expected.isEmpty ? "null" : JSONText.string(expected)),
            ("nearest", nearest.map { JSONText.string($0) } ?? "null"),
        ])
    }
}
