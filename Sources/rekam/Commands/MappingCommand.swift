import ArgumentParser
import Definitions
import EventLog
import EventModel
import Ingest
import Rendering

struct MappingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping",
        abstract: "Say how exports become events: see, check and draft mappings.",
        subcommands: [
            MappingListCommand.self, MappingShowCommand.self, MappingCheckCommand.self,
            MappingNewCommand.self,
        ])
}

struct MappingListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the mappings that are shipped, and what each reads.",
        discussion: """
            Example:
              rekam mapping list
            """)

    @OptionGroup var output: WritingOptions<TableOrJSON>

    func run() throws {
        let home = try MappingFiles.Home()
        let mappings = try MappingFiles.shippedNames.map { name in
            (name: name, mapping: try MappingFiles.read(name, nil, for: home))
        }
        let words = MappingWords(output.lang)
        if output.format == .json {
            let rows = mappings.map { MappingPage(name: $0.name, $0.mapping).json }
            Output.line("[" + JSONText.lines(rows) + "]")
            return Output.flush()
        }
        var columns = words.listHeadings.map { TableText.Column($0) }
        for (name, mapping) in mappings {
            columns[0].add(name)
            columns[1].add(words.rows(isTable: mapping.reading.isTable))
            columns[2].add(mapping.titles[output.lang] ?? mapping.titles[.english] ?? "")
        }
        for line in TableText.lines(columns) { Output.line(line) }
        Output.line()
        Output.line(words.next("rekam mapping show \(mappings[0].name)"))
        Output.flush()
    }
}

struct MappingShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a mapping, to be copied; as JSON: what it reads and gives.",
        discussion: """
            Examples:
              rekam mapping show freshdesk > freshdesk.yaml
              rekam mapping show freshdesk --format json
            """)

    @OptionGroup var output: WritingOptions<TableOrJSON>

    @Argument(help: "The name of a shipped mapping, or a file.")
    var name: String

    func run() throws {
        if output.format == .json {
            let mapping = try MappingFiles.read(name, nil, for: MappingFiles.Home())
            Output.line(MappingPage(name: name, mapping).json)
        } else {
            Output.write(try MappingFiles.text(name).text)
        }
        Output.flush()
    }
}

struct MappingCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check mapping files, by themselves or against an export.",
        discussion: """
            The verdict is the one that `ingest` would give: exit 0 where a mapping could be used, 65 where \
            something is wrong, or a question of a draft is open. --in reads a whole export, and tells \
            what the mapping reads and the export lacks. --format json is one object for programs.

            Zone and event types are the store's; where there is no store and none is named, those of a new \
            one.

            Examples:
              rekam mapping check tickets.yaml
              rekam mapping check tickets.yaml --in tickets.csv
              rekam mapping check mappings/ --format json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @Argument(help: ArgumentHelp("Files, or folders of them.", valueName: "file"))
    var files: [String]

    @OptionGroup var said: MappingOptions

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("An export that the mapping is to read.", valueName: "file"))
    var input: String?

    func run() throws {
        let isNowhere = store.isNowhere
        let home =
            try isNowhere
            ? MappingFiles.Home() : MappingFiles.Home(store.open(readOnly: true))
        let words = MappingWords(output.lang)
        if isNowhere { Output.errorLine(words.withoutStore) }
        var verdict = MappingVerdict()
        for file in try files.flatMap(DefinitionFiles.files) {
            do {
                let mapping = try MappingFiles.read(file, said, for: home)
                let trial = try input.map { try mapping.trial(of: InputSource(path: $0)) }
                verdict.checked.append((file, mapping, trial))
            } catch let faults as DefinitionFaults {
                verdict.faults += faults.faults
            } catch let mismatch as MappingMismatch {
                verdict.mismatches.append("\(file): \(mismatch)")
            }
        }
        if output.format == .json {
            Output.line(verdict.json)
            Output.flush()
            if !verdict.holds { throw Failure(.refused, messages: []) }
            return
        }
        for (file, mapping, trial) in verdict.checked {
            let page = MappingPage(name: file, mapping)
            Output.line(words.holds(file, events: page.types))
            for line in page.lines(words) { Output.line("  " + line) }
            for line in trial.map({ page.lines(of: $0, words) }) ?? [] { Output.line("  " + line) }
        }
        Output.flush()
        guard verdict.holds else { throw Failure(.refused, messages: verdict.messages) }
        let option = verdict.checked.count == 1 ? verdict.checked[0].file : "FILE"
        Output.line(
            words.next(
                "rekam ingest \(input ?? "EXPORT") --mapping \(option.printable) --dry-run"))
        Output.flush()
    }
}

struct MappingNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Draft a mapping from what an export holds.",
        discussion: """
            The first thousand rows are looked at: columns by their names, in English and Indonesian, and by \
            what they hold. What was guessed is marked with "# ?" where it stands; what nobody can guess \
            is asked there, and must be answered before `ingest` takes the file: `rekam mapping check` \
            names it. Names, addresses, numbers of telephones and what people wrote are not printed.

            Examples:
              rekam mapping new tickets.csv > tickets.yaml
              rekam mapping new export.xlsx --sheet Tickets > tickets.yaml
              rekam mapping new export.json --rows '$.data.tickets[*]' --lang id
            """)

    @OptionGroup var language: LanguageOptions

    @Argument(
        help: ArgumentHelp(
            "An export: CSV, XLSX, JSON or XES; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Which sheet of a workbook.", valueName: "name"))
    var sheet: String?

    @Option(
        help: ArgumentHelp(
            "Where rows stand in JSON; without it: the list of objects that holds most.",
            valueName: "path"))
    var rows: String?

    func run() throws {
        let sample = try InputSample(InputSource(path: file), sheet: sheet, rows: rows)
        Output.write(MappingDraft(sample, language: language.lang).yaml)
        Output.flush()
    }
}

/// What a mapping reads and gives, for people and programs.
private struct MappingPage {
    let name: String
    let mapping: Mapping

    init(name: String, _ mapping: Mapping) {
        self.name = name
        self.mapping = mapping
    }

    var types: [String] { mapping.reading.events.map(\.type) }

    var json: String {
        let reading = mapping.reading
        let titles = Language.allCases.compactMap { language in
            mapping.titles[language].map { (language.rawValue, JSONText.string($0)) }
        }
        return JSONText.object([
            ("name", JSONText.string(name)), ("mapping", JSONText.string(mapping.name)),
            ("version", "\(mapping.version)"),
            ("title", JSONText.object(titles)),
            ("source", JSONText.string(mapping.source)),
            ("reads", JSONText.string(reading.isTable ? "table" : "documents")),
            (
                "rows",
                JSONText.object(reading.levels.map { ($0.name, JSONText.string($0.path)) })
            ),
            (
                "columns",
                Self.list(
                    reading.columns.map { column in
                        JSONText.object([
                            ("name", JSONText.string(column)),
                            ("optional", "\(reading.optional.contains(column))"),
                        ])
                    })
            ),
            ("lookups", Self.list(reading.lookups.map(JSONText.string))),
            (
                "events",
                Self.list(
                    reading.events.map { event in
                        JSONText.object([
                            ("type", JSONText.string(event.type)),
                            ("fields", Self.list(event.fields.map(JSONText.string))),
                        ])
                    })
            ),
        ])
    }

    static func list(_ members: [String]) -> String { "[" + members.joined(separator: ", ") + "]" }

    /// What stands below the verdict.
    func lines(_ words: MappingWords) -> [String] {
        let guesses = mapping.reading.guesses
        return guesses.isEmpty ? [] : [words.guesses(guesses)]
    }

    func lines(of trial: MappingTrial, _ words: MappingWords) -> [String] {
        var lines = [words.rows(trial.rows, unreadable: trial.unreadable)]
        let absent = trial.lacksOptional + trial.unseen
        if !absent.isEmpty { lines.append(words.absent(absent)) }
        if !trial.emptyLevels.isEmpty { lines.append(words.emptyLevels(trial.emptyLevels)) }
        return lines
    }
}

/// What `mapping check` found.
private struct MappingVerdict {
    var checked: [(file: String, mapping: Mapping, trial: MappingTrial?)] = []
    var faults: [DefinitionFault] = []
    var mismatches: [String] = []

    /// What an export lacks that the mapping reads, as `ingest` says it.
    private var lacking: [String] {
        checked.flatMap { $0.trial?.lacking.map(\.fault) ?? [] }
    }

    var holds: Bool { faults.isEmpty && mismatches.isEmpty && lacking.isEmpty }

    var messages: [String] { faults.map(\.description) + mismatches + lacking }

    var json: String {
        let mappings = checked.map { file, mapping, trial in
            var members = [
                ("file", JSONText.string(file)), ("mapping", JSONText.string(mapping.name)),
                ("version", "\(mapping.version)"),
                ("guesses", MappingPage.list(mapping.reading.guesses.map { "\($0)" })),
            ]
            if let trial {
                members += [
                    ("rows", "\(trial.rows)"), ("unreadable", "\(trial.unreadable)"),
                    ("lacking", MappingPage.list(trial.lacking.map { JSONText.string($0.column) })),
                    (
                        "absent",
                        MappingPage.list((trial.lacksOptional + trial.unseen).map(JSONText.string))
                    ),
                    ("empty_levels", MappingPage.list(trial.emptyLevels.map(JSONText.string))),
                ]
            }
            return JSONText.object(members)
        }
        return JSONText.object([
            ("holds", "\(holds)"),
            ("faults", MappingPage.list(faults.map(\.json))),
            ("mismatches", MappingPage.list((mismatches + lacking).map(JSONText.string))),
            ("mappings", MappingPage.list(mappings)),
        ])
    }
}
