import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Rendering

struct ProjectionCellsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cells",
        abstract: "Print a projection's cells: day, dimensions, measures and how many such facts.",
        discussion: """
            Durations are in milliseconds; an empty value is absent. Sorted, and the same for the \
            same facts whatever the order in which they came.

            Examples:
              rekam projection cells first_response --format csv
              rekam projection cells first_response --as-of 2025-08-05
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var language: SameInBothLanguages
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "Its name.")
    var name: String

    @Option(help: ArgumentHelp("csv or json.", valueName: "format"))
    var format = Format<CSVOrJSON>(.csv)

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        guard asOf.asOf == nil else {
            let (count, register) = try asOf.state(of: log)
            let live = try LiveProjections(of: log, register: register, only: [name])
            for source in live.sources { try AnonymousAnswers.refuse(source.definition) }
            let set = try live.store.replay(
                live.sources.map(\.definition), context: live.context, upTo: count,
                options: asOf.buildOptions())[0]
            Progress.clear()
            return try write(log.read { try CanonicalCells(set, in: $0) }, set.layout)
        }
        _ = try asOf.entryCount(in: log)
        let live = try LiveProjections(of: log)
        try log.read { view in
            guard let status = try live.store.live(name, in: view) else {
                let near = nearest(to: name, among: live.sources.map(\.definition.name))
                throw Failure(
                    .usage,
                    "no projection is called \"\(name.printable)\", or it is not built yet."
                        + (near.map { " Did you mean \($0)?" } ?? ""))
            }
            let versions = try ProjectionVersions(of: log)
            try AnonymousAnswers.refuse(
                versions.source(.init(name: status.name, version: status.version)).definition)
            try write(CanonicalCells(status, of: live.store, in: view), status.layout)
        }
    }

    private func write(_ cells: CanonicalCells, _ layout: CellLayout) throws {
        let names =
            ["day"] + layout.dimensions.map(\.name) + layout.measures.map(\.name) + ["count"]
        // Texts are defused for spreadsheets and quoted in JSON, numbers are neither.
        let isText =
            [true] + layout.dimensions.map { _ in true }
            + layout.measures.map { if case .value = $0.kind { true } else { false } } + [false]
        if format.value != .json { Output.write(CSVText.line(names)) }
        for line in cells.lines {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map {
                $0 == "–" ? "" : Self.plain($0)
            }
            if format.value == .json {
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
