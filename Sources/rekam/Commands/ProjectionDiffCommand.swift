import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering

struct ProjectionDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What promoting a version would move: cells, KPIs, and the cases behind each.",
        discussion: """
            Both versions are computed from zero, so neither has to be built. Figures are compared \
            for the whole period, and by month and agent (or team, or channel); the largest change \
            first.

            Examples:
              rekam projection diff resolution@1 resolution@2 --period 2025-Q2
              rekam projection diff resolution@2 --period last-month   (against the one that answers)
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @OptionGroup var asked: ComparedVersions

    func validate() throws { try asked.check(example: "resolution") }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        let versions = try ProjectionVersions(of: log)
        let new = try versions.find(asked.names[asked.names.count - 1])
        let old: ProjectionVersions.Version
        if asked.names.count == 2 {
            old = try versions.find(asked.names[0])
        } else if let live = versions.live(new.name), live != new {
            old = live
        } else {
            throw Failure(
                .usage,
                "\(new.text) has nothing to be compared with: no other version of \(new.name) "
                    + "answers.")
        }
        guard old.name == new.name else {
            throw Failure(.usage, "\(old.text) and \(new.text) are different projections.")
        }
        let period = try log.read {
            try PeriodArgument.read(asked.period, named: "--period ", in: $0)
        }
        let live = try LiveProjections(of: log, only: [])
        let comparison = try Failure.asking {
            try ProjectionComparison(
                old, new, period: period, versions: versions, live: live, log: log,
                options: BuildProgressLine.options())
        }
        Progress.clear()
        if output.format == .json {
            Output.write(json(comparison, old, new).canonical ?? [])
            Output.line()
        } else {
            try print(comparison, old, new, versions)
        }
        Output.flush()
    }

    private func print(
        _ comparison: ProjectionComparison, _ old: ProjectionVersions.Version,
        _ new: ProjectionVersions.Version, _ versions: ProjectionVersions
    ) throws {
        let words = ProjectionWords(output.lang)
        Output.line(
            words.wouldMove(
                new.text, cells: comparison.movedCells, of: comparison.cells, in: asked.period,
                isListed: !comparison.figures.isEmpty))
        var columns = words.changeHeadings.enumerated().map { place, title in
            TableText.Column(title, isNumber: [3, 5, 6].contains(place))
        }
        let texts = FigureText(output.lang)
        for moved in comparison.figures.prefix(asked.top) {
            let figure = moved.figure
            columns[0].add(figure.name)
            columns[1].add(figure.place.key.first.map { texts.key($0, .text) } ?? words.all)
            columns[2].add(figure.place.period.description)
            let change = texts.change(figure)
            columns[3].add(change.before)
            columns[4].add("→")
            columns[5].add(change.after)
            columns[6].add(words.number(moved.cases))
            columns[7].add(moved.examples.first ?? "")
        }
        if !comparison.figures.isEmpty {
            Output.line()
            for line in TableText.lines(columns, style: output.style) { Output.line("  " + line) }
        }
        Output.line()
        let rest = comparison.figures.count - asked.top
        if rest > 0 { Output.line(words.more(rest, top: rest + asked.top)) }
        try printDefinitions(old, new, versions)
        for line in AuditWords(output.lang).notCompared(comparison.compared) { Output.line(line) }
        if !comparison.onlyOld.isEmpty {
            Output.line(words.noLongerThere(comparison.onlyOld))
        }
        if !comparison.onlyNew.isEmpty {
            Output.line(words.new(comparison.onlyNew))
        }
        Output.line(
            comparison.kpis.isEmpty
                ? words.readByNone
                : words.readTheSame(
                    comparison.compared.count(.same), of: comparison.compared.compared))
        Output.line()
        Output.line(words.promote(new.text))
    }

    /// The lines in which the definitions, put into words, differ.
    private func printDefinitions(
        _ old: ProjectionVersions.Version, _ new: ProjectionVersions.Version,
        _ versions: ProjectionVersions
    ) throws {
        let texts = try [old, new].map {
            try versions.source($0).definition.explanation(in: output.lang)
        }
        for line in DefinitionDifferences(texts[0], texts[1]).lines { Output.line(line) }
    }

    private func json(
        _ comparison: ProjectionComparison, _ old: ProjectionVersions.Version,
        _ new: ProjectionVersions.Version
    ) -> JSONValue {
        let moved = comparison.figures.prefix(asked.top)
        return .object(
            [
                JSONMember(key: "old", value: .string(old.text)),
                JSONMember(key: "new", value: .string(new.text)),
                JSONMember(key: "cells", value: .number(String(comparison.cells))),
                JSONMember(key: "moved_cells", value: .number(String(comparison.movedCells))),
            ]
                + ChangedFigures.members(moved.map(\.figure), comparison.compared) { place in
                    [
                        JSONMember(key: "cases", value: .number(String(moved[place].cases))),
                        JSONMember(
                            key: "examples",
                            value: .array(moved[place].examples.map { .string($0) })),
                    ]
                })
    }
}
