import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Rendering

struct ProjectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projection",
        abstract: "Make, try, compare and look after the projections that KPIs are computed from.",
        discussion: """
            A new one goes this way: check, try, add, backfill, diff, promote.
            """,
        subcommands: [
            ProjectionListCommand.self, ProjectionStatusCommand.self, ProjectionShowCommand.self,
            DefinitionCheckCommand.self, ProjectionTryCommand.self, DefinitionAddCommand.self,
            DefinitionHistoryCommand<ProjectionNoun>.self, ProjectionBackfillCommand.self,
            ProjectionDiffCommand.self, ProjectionPromoteCommand.self, ProjectionDropCommand.self,
            ProjectionRebuildCommand.self, ProjectionCellsCommand.self,
        ])
}

struct ProjectionListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the projections: version, state, how far they are, rows.",
        discussion: """
            Examples:
              rekam projection list
              rekam projection list --as-of 2025-08-05      (what answered then)
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Option(help: VersionsThen.help)
    var asOf: String?

    func run() throws {
        let log = try store.open(readOnly: true)
        if let asOf {
            return try VersionsThen(of: log, asOf: asOf).write(output.format, output.style)
        }
        let live = try LiveProjections(of: log)
        let (count, statuses) = try log.read { view in
            (view.entryCount, try live.store.statuses(in: view))
        }
        if output.format == .json {
            let list = statuses.map { status in
                JSONValue.object([
                    JSONMember(key: "name", value: .string(status.name)),
                    JSONMember(key: "version", value: .number(String(status.version))),
                    JSONMember(key: "state", value: .string("\(status.state)")),
                    JSONMember(key: "position", value: .number(String(status.position))),
                    JSONMember(key: "behind", value: .number(String(status.behind(count)))),
                ])
            }
            Output.write(JSONValue.array(list).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let words = ProjectionWords(output.lang)
        guard output.format == .table else {
            var sheet = Sheet([
                .init("name", words.heading(.projection)),
                .init("version", words.heading(.version), isNumber: true),
                .init("state", words.heading(.state)),
                .init("position", words.heading(.position), isNumber: true),
                .init("behind", words.heading(.behind), isNumber: true),
            ])
            for status in statuses {
                sheet.add([
                    .text(status.name), .number(Int64(status.version), output.lang),
                    .texts(words.state("\(status.state)"), "\(status.state)"),
                    .number(Int64(status.position), output.lang),
                    .number(Int64(status.behind(count)), output.lang),
                ])
            }
            return Output.write(
                sheet, output.format, output.style, rows: "projections", empty: "")
        }
        let width = statuses.map { $0.name.count + 3 }.max() ?? 12
        let states = statuses.map { words.state("\($0.state)") }
        let stateWidth = max(8, states.map { TextWidth.of($0) }.max() ?? 0)
        for (status, state) in zip(statuses, states) {
            Output.line(
                TextWidth.padded("\(status.name)@\(status.version)", to: width) + "  "
                    + TextWidth.padded(state, to: stateWidth) + "  "
                    + words.behind(status.behind(count)))
        }
        let missing = live.sources.filter { source in
            !statuses.contains {
                $0.name == source.definition.name && $0.version == source.definition.version
            }
        }
        for source in missing {
            Output.line(
                TextWidth.padded(
                    "\(source.definition.name)@\(source.definition.version)", to: width)
                    + "  " + words.notBuilt)
        }
        Output.flush()
    }
}

struct ProjectionRebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Build projections anew from the log; they answer as before until that is done.",
        discussion: """
            Examples:
              rekam projection rebuild first_response
              rekam projection rebuild --all --memory 256M --threads 1
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: "Which ones.")
    var names: [String] = []

    @Flag(help: "All of them, in one pass.")
    var all = false

    @OptionGroup var resources: BuildResources

    @Option(help: ArgumentHelp("How the outcome is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func validate() throws {
        if names.isEmpty != all {
            throw ValidationError("Say which ones: names, or --all.")
        }
    }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: false)
        let live = try LiveProjections(of: log, only: all ? nil : names)
        let started = Machine.ticks()
        let report = try live.rebuild(
            options: try resources.options())
        Progress.clear()
        let microseconds = max(1, Int((Machine.ticks() - started) / 1000))
        if format.value == .json {
            // From mapped columns to committed cells: the process's start is not in it.
            let members = [
                ("projections", report.rebuilt.count), ("entries", Int(report.entries)),
                ("rows", Int(report.rows)), ("microseconds", microseconds),
            ].map { JSONMember(key: $0.0, value: .number(String($0.1))) }
            Output.write(JSONValue.object(members).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        Output.line(
            ProjectionWords(language.lang).rebuilt(
                projections: report.rebuilt.count, entries: Int(report.entries),
                rows: Int(report.rows), rate: Int(report.entries) * 1_000_000 / microseconds))
        Output.flush()
    }
}

/// Sizes as people type them: `256M`, `1G`.
enum MemorySize {
    static func parse(_ text: String) throws -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let number = Int(digits), let unit = units[text.dropFirst(digits.count).uppercased()],
            case let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit),
            !isTooLarge, bytes >= 16 << 20
        else {
            throw Failure(.usage, "--memory \(text): at least 16M; it looks like 256M or 1G.")
        }
        return bytes
    }
}
