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
            Durations are in milliseconds, flags 1 or 0; an empty value is absent. Sorted, and the same for the \
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

    @OptionGroup var raw: RawOption

    func validate() throws { try raw.heed(writing: format.value) }

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
            let definition = try ProjectionVersions(of: log)
                .source(.init(name: status.name, version: status.version)).definition
            try AnonymousAnswers.refuse(definition)
            try write(
                CanonicalCells(status, definition, of: live.store, in: view), status.layout)
        }
    }

    private func write(_ cells: CanonicalCells, _ layout: CellLayout) throws {
        let columns = FactColumns(after: ["day"], layout)
        let names = columns.names
        // Texts are defused for spreadsheets and quoted in JSON, numbers are neither.
        let isText =
            [true] + layout.dimensions.map { _ in true }
            + layout.measures.map { if case .value = $0.kind { true } else { false } } + [false]
        if format.value != .json { Output.write(CSVText.heading(names)) }
        for line in cells.lines {
            let cells = columns.written(CanonicalCells.values(ofLine: line))
            if format.value == .json {
                let members = names.indices.map { place in
                    let value = cells[place].map {
                        isText[place] ? JSONValue.string($0) : .number($0)
                    }
                    return JSONMember(key: names[place], value: value ?? .null)
                }
                Output.write(JSONValue.object(members).canonical ?? [])
                Output.line()
            } else {
                let written = zip(cells, isText).map { $1 ? CSVText.text($0 ?? "") : $0 ?? "" }
                Output.write(CSVText.line(written))
            }
        }
        Output.flush()
    }
}
