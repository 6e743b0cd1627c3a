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
            ProjectionListCommand.self, ProjectionStatusCommand.self, ProjectionCheckCommand.self,
            ProjectionTryCommand.self, ProjectionAddCommand.self, ProjectionBackfillCommand.self,
            ProjectionDiffCommand.self, ProjectionPromoteCommand.self, ProjectionDropCommand.self,
            ProjectionRebuildCommand.self, ProjectionCellsCommand.self,
        ])
}

struct ProjectionListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the projections: version, state, how far they are, rows.",
        discussion: """
            Example:
              rekam projection list
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    func run() throws {
        let log = try store.open(readOnly: true)
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
                    JSONMember(key: "behind", value: .number(String(count - status.position))),
                ])
            }
            Output.write(JSONValue.array(list).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let width = statuses.map { $0.name.count + 3 }.max() ?? 12
        for status in statuses {
            let behind = count - min(count, status.position)
            Output.line(
                TextWidth.padded("\(status.name)@\(status.version)", to: width) + "  "
                    + TextWidth.padded("\(status.state)", to: 8) + "  "
                    + (behind == 0
                        ? "up to date" : "\(Progress.grouped(Int(behind))) entries behind"))
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
                    + "  not built yet: the next ingest builds it")
        }
        Output.flush()
    }
}

struct ProjectionCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a definition file, and explain it back in words.",
        discussion: """
            Example:
              rekam projection check second-reply.yaml
            """)

    @OptionGroup var store: StoreOptions

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        let log = try store.open(readOnly: true)
        let library = try StoreDefinitions(log).library
        let read = try DefinitionFile(file, in: library)
        for (place, content) in read.contents.enumerated() {
            if place > 0 { Output.line() }
            Output.line(content.definition.explanation)
        }
        Output.flush()
        let projections = read.projections.map(\.definition)
        let live = try LiveProjections(of: log, only: [])
        try live.store.check(projections, context: live.context)
        let held = try ExampleCheck.run(projections, live.context)
        Output.line()
        if held > 0 {
            Output.line("\(held) example\(held == 1 ? "" : "s") hold\(held == 1 ? "s" : "").")
        }
        if !projections.isEmpty {
            Output.line("Next: rekam projection try \(file) --period last-month")
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

    @Argument(help: "Which ones.")
    var names: [String] = []

    @Flag(help: "All of them, in one pass.")
    var all = false

    @OptionGroup var resources: BuildResources

    @Option(help: ArgumentHelp("How the outcome is written: table or json.", valueName: "format"))
    var format = OutputFormat.table

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
        if format == .json {
            // From mapped columns to committed cells: the process's start is not in it.
            let members = [
                ("projections", report.rebuilt.count), ("entries", Int(report.entries)),
                ("rows", Int(report.rows)), ("microseconds", microseconds),
            ].map { JSONMember(key: $0.0, value: .number(String($0.1))) }
            Output.write(JSONValue.object(members).canonical ?? [])
            Output.line()
            return Output.flush()
        }
        let rate = Int(report.entries) * 1_000_000 / microseconds
        Output.line(
            "Rebuilt \(report.rebuilt.count) \(report.rebuilt.count == 1 ? "projection" : "projections") from "
                + "\(Progress.grouped(Int(report.entries))) entries: "
                + "\(Progress.grouped(Int(report.rows))) rows, \(Progress.grouped(rate)) "
                + "entries/s.")
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

struct ProjectionCellsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cells",
        abstract: "Print a projection's cells: day, dimensions, measures and how many such facts.",
        discussion: """
            Durations are in milliseconds; an empty value is absent. Sorted, and the same for the \
            same facts whatever the order in which they came.

            Example:
              rekam projection cells first_response --format csv
            """)

    @OptionGroup var store: StoreOptions

    @Argument(help: "Its name.")
    var name: String

    @Option(help: ArgumentHelp("csv or json.", valueName: "format"))
    var format = OutputFormat.csv

    func run() throws {
        let log = try store.open(readOnly: true)
        let live = try LiveProjections(of: log)
        try log.read { view in
            guard let status = try live.store.live(name, in: view) else {
                let near = nearest(to: name, among: live.sources.map(\.definition.name))
                throw Failure(
                    .usage,
                    "no projection is called \"\(name.printable)\", or it is not built yet."
                        + (near.map { " Did you mean \($0)?" } ?? ""))
            }
            let layout = status.layout
            let names =
                ["day"] + layout.dimensions.map(\.name) + layout.measures.map(\.name) + ["count"]
            // Texts are defused for spreadsheets and quoted in JSON, numbers are neither.
            let isText =
                [true] + layout.dimensions.map { _ in true }
                + layout.measures.map { if case .value = $0.kind { true } else { false } } + [false]
            if format != .json { Output.write(CSVText.line(names)) }
            for line in try CanonicalCells(status, of: live.store, in: view).lines {
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map {
                    $0 == "–" ? "" : Self.plain($0)
                }
                if format == .json {
                    let members = names.indices.map { place in
                        let cell = cells[place]
                        let value: JSONValue =
                            cell.isEmpty ? .null : isText[place] ? .string(cell) : .number(cell)
                        return JSONMember(key: names[place], value: value)
                    }
                    Output.write(JSONValue.object(members).canonical ?? [])
                    Output.line()
                } else {
                    let written = zip(cells, isText).map { $1 ? CSVText.text($0) : $0 }
                    Output.write(CSVText.line(written))
                }
            }
        }
        Output.flush()
    }

    /// A text of the canonical form without its escapes.
    private static func plain(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "t" ? "\t" : character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
