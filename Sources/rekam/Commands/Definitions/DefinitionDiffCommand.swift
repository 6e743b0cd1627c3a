import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering

/// `diff`, the same for KPIs, scorecards and calendars; projections have their own, which counts cells
/// and names cases.
struct DefinitionDiffCommand<Noun: DefinitionNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "diff",
            abstract:
                "What differs between two versions, and which figures another one would move.",
            discussion: """
                The definitions are compared in words, and the figures of every KPI that they have a \
                say in for the whole period, and by month and agent (or team, or channel): the largest \
                change first. Everything else is as it is in force. Nothing is recorded.

                Examples:
                  rekam \(Noun.kind) diff \(Noun.example)@1 \(Noun.example)@2 --period 2025-Q2
                  rekam \(Noun.kind) diff \(Noun.example)@1 --period 2025-Q2   (against the one in force)
                """)
    }

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: WritingOptions<TableOrJSON>

    @OptionGroup var asked: ComparedVersions

    func validate() throws { try asked.check(example: Noun.example) }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        let new = try Noun.shown(asked.names[asked.names.count - 1], in: register, of: log)
        let live = register.live(Noun.kind, new.change.name).map { "\($0.name)@\($0.version)" }
        guard let other = asked.names.count == 2 ? asked.names[0] : live else {
            throw Failure(
                .usage,
                "\(new.text) has nothing to be compared with: no version of \(new.change.name) is in "
                    + "force.")
        }
        let old = try Noun.shown(other, in: register, of: log)
        guard old.change.name == new.change.name else {
            throw Failure(.usage, "\(old.text) and \(new.text) are different definitions.")
        }
        guard old.change.version != new.change.version else {
            throw Failure(
                .usage,
                "\(new.text) has nothing to be compared with but itself: rekam \(Noun.kind) history "
                    + new.change.name)
        }
        let period = try log.read {
            try PeriodArgument.read(asked.period, named: "--period ", in: $0)
        }
        let comparison = try Failure.asking {
            try DefinitionComparison(
                ofKind: Noun.kind, new.change.name, from: old.change.version,
                to: new.change.version, period: period, of: log,
                options: BuildProgressLine.options())
        }
        Progress.clear()
        if output.format == .json {
            Output.write(json(comparison, old, new).canonical ?? [])
            Output.line()
        } else {
            print(comparison, old, new)
        }
        Output.flush()
    }

    private func print(
        _ comparison: DefinitionComparison, _ old: ShownDefinition, _ new: ShownDefinition
    ) {
        let differences = DefinitionDifferences(from: old, to: new, in: output.lang)
        for line in differences.lines { Output.line(line) }
        let words = ProjectionWords(output.lang)
        if differences.lines.isEmpty { Output.line(words.sameWords) }
        Output.line()
        let texts = FigureText(output.lang)
        var columns = words.movedHeadings.enumerated().map { place, title in
            TableText.Column(title, isNumber: [3, 5].contains(place))
        }
        let moved = comparison.moved
        for figure in moved.prefix(asked.top) {
            columns[0].add(figure.name)
            columns[1].add(figure.place.key.first.map { texts.key($0, .text) } ?? words.all)
            columns[2].add(figure.place.period.description)
            let change = texts.change(figure)
            columns[3].add(change.before)
            columns[4].add("→")
            columns[5].add(change.after)
        }
        if !moved.isEmpty {
            for line in TableText.lines(columns, style: output.style) { Output.line("  " + line) }
            Output.line()
        }
        if moved.count > asked.top {
            Output.line(words.more(moved.count - asked.top, top: moved.count))
        }
        for line in AuditWords(output.lang).notCompared(comparison.compared) { Output.line(line) }
        Output.line(
            comparison.kpis.isEmpty
                ? words.movesNone
                : words.readTheSame(
                    comparison.compared.count(.same), of: comparison.compared.compared))
    }

    private func json(
        _ comparison: DefinitionComparison, _ old: ShownDefinition, _ new: ShownDefinition
    ) -> JSONValue {
        let differences = DefinitionDifferences(from: old, to: new, in: .english)
        func texts(_ lines: [String]) -> JSONValue { .array(lines.map { .string($0) }) }
        return .object(
            [
                JSONMember(key: "old", value: .string(old.text)),
                JSONMember(key: "new", value: .string(new.text)),
                JSONMember(key: "removed", value: texts(differences.removed)),
                JSONMember(key: "added", value: texts(differences.added)),
            ] + ChangedFigures.members(comparison.moved.prefix(asked.top), comparison.compared))
    }
}

/// The lines in which two definitions, put into words, differ.
struct DefinitionDifferences {
    private(set) var removed: [String]
    private(set) var added: [String]

    init(_ before: String, _ after: String) {
        // The first line names the version.
        func lines(_ text: String) -> [String] {
            text.split(separator: "\n").dropFirst().map { String($0.drop { $0 == " " }) }
        }
        let (old, new) = (lines(before), lines(after))
        removed = old.filter { !new.contains($0) }
        added = new.filter { !old.contains($0) }
    }

    init(from old: ShownDefinition, to new: ShownDefinition, in language: Language) {
        self.init(
            old.definition.explanation(in: language), new.definition.explanation(in: language))
    }

    var lines: [String] { removed.map { "  − \($0)" } + added.map { "  + \($0)" } }
}

/// Figures that another version moves, for programs.
enum ChangedFigures {
    /// `figures`, `not_compared` and how many came out how.
    ///
    /// - Parameter more: what else is known of a figure, by its place.
    static func members(
        _ moved: some Sequence<ChangedFigure>, _ compared: FigureComparison,
        more: (Int) -> [JSONMember] = { _ in [] }
    ) -> [JSONMember] {
        func value(_ figure: Figure, _ unit: Unit) -> JSONValue {
            guard figure.value.hasValue else { return .null }
            return .string(FigureText(.english).value(figure.value, unit))
        }
        let figures = moved.enumerated().map { place, figure in
            JSONValue.object(
                [
                    JSONMember(key: "kpi", value: .string(figure.name)),
                    JSONMember(key: "period", value: .string(figure.place.period.description)),
                    JSONMember(key: "old", value: value(figure.before, figure.units.before)),
                    JSONMember(key: "new", value: value(figure.after, figure.units.after)),
                ]
                    + figure.besides("old", "new") + more(place)
                    + figure.key.map { dimension, value in
                        JSONMember(key: RowNames.dimension(dimension), value: .string(value))
                    })
        }
        let notCompared = compared.notCompared.map { part in
            JSONValue.object([
                JSONMember(key: "kpi", value: .string(part.name)),
                JSONMember(key: "outcome", value: .string(part.outcome.rawValue)),
                JSONMember(key: "reason", value: .string(part.why.text)),
            ])
        }
        return [
            JSONMember(key: "figures", value: .array(figures)),
            JSONMember(key: "not_compared", value: .array(notCompared)),
        ]
            + FigureOutcome.allCases.map {
                JSONMember(key: $0.rawValue, value: .number(String(compared.count($0))))
            }
    }
}
