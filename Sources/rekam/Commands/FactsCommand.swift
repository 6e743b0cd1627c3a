import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Rendering
import Synchronization

struct FactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Print a projection's facts, one row each, for SQL and spreadsheets.",
        discussion: """
            case, sequence (its entry), time (UTC) and day (local), then dimensions and measures as the \
            definition names them; lengths of time in milliseconds, flags 1 or 0, empty where there is no \
            value. count is 1, or -1 where a stock's earlier state is left. A measure called time is \
            measure.time here. However many facts there are, little memory is used.

            Examples:
              rekam facts first_response --period 2025-07 > july.csv
              rekam facts resolution@2 --period 2025-Q3 --where team=Gold --format json
              rekam facts first_response --period 2025-07 --as-of 2025-08-05
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var language: SameInBothLanguages

    @Argument(
        help: ArgumentHelp("A projection; the version that answers, or NAME@V.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only facts with this value of a dimension.", valueName: "dim=value"))
    var filters: [String] = []

    @Option(help: ArgumentHelp("csv, or json (one object a line).", valueName: "format"))
    var format = Format<CSVOrJSON>(.csv)

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var raw: RawOption

    func validate() throws { try raw.heed(writing: format.value) }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        try log.read { try $0.holdTail() }
        let (count, register) = try asOf.state(of: log)
        let versions = try ProjectionVersions(of: log, register: register)
        var version = try versions.find(name)
        if !name.contains("@"), let live = versions.live(name) { version = live }
        let source = try versions.source(version)
        let definition = source.definition
        try AnonymousAnswers.refuse(definition)
        let live = try LiveProjections(of: log, register: register, only: [])
        let days = try log.read {
            try PeriodArgument.read(period, named: "--period ", in: $0, upTo: count).days
        }
        let rows = FactRows(definition: definition, log: log, isJSON: format.value == .json)
        // While people still have their names.
        let filter = try DimensionFilter(
            filters, source, live, register, log, on: days, upTo: count,
            options: asOf.buildOptions())
        log.show(tokensOnly: tokens.tokens)
        try live.store.streamFacts(
            of: definition, context: live.context, upTo: count, days: days,
            options: try asOf.buildOptions()
        ) { layout, facts in
            try rows.write(facts, layout, filter)
        }
        rows.writeHeader()
        Progress.clear()
        Output.flush()
    }
}

/// Writes facts as rows of text.
final class FactRows: Sendable {
    private let definition: ProjectionDefinition
    private let columns: FactColumns
    private let isText: [Bool]
    private let log: LogStore
    private let isJSON: Bool
    private let hasHeader = Atomic<Bool>(false)

    init(definition: ProjectionDefinition, log: LogStore, isJSON: Bool) {
        self.definition = definition
        self.log = log
        self.isJSON = isJSON
        let dimensions = definition.dimensions
        columns = FactColumns(after: ["case", "sequence", "time", "day"], definition)
        isText =
            [true, false, true, true]
            + dimensions.map { $0.source != .hour && $0.source != .weekday }
            + definition.measures.map { if case .name = $0.source { true } else { false } }
            + [false]
    }

    func writeHeader() {
        guard !isJSON, !hasHeader.exchange(true, ordering: .relaxed) else { return }
        Output.write(CSVText.heading(columns.names))
    }

    func write(_ facts: [Fact], _ layout: CellLayout, _ filter: DimensionFilter) throws {
        writeHeader()
        for start in stride(from: 0, to: facts.count, by: 4096) {
            // Short read transactions.
            try log.read { view in
                for fact in facts[start..<min(start + 4096, facts.count)] {
                    try write(fact, layout, filter, view)
                }
            }
        }
    }

    private func write(
        _ fact: Fact, _ layout: CellLayout, _ filter: DimensionFilter, _ view: borrowing LogView
    ) throws {
        guard filter.passes(fact) else { return }
        let cells = try cells(fact, layout, view)
        guard isJSON else {
            let written = zip(cells, isText).map { cell, isText in
                isText ? CSVText.text(cell ?? "") : cell ?? ""
            }
            return Output.write(CSVText.line(written))
        }
        Output.write((object(cells).canonical ?? []) + [0x0A])
    }

    /// Facts as objects.
    func objects(_ facts: [Fact], _ layout: CellLayout) throws -> [JSONValue] {
        try log.read { view in
            var objects: [JSONValue] = []
            for fact in facts {
                objects.append(object(try cells(fact, layout, view)))
            }
            return objects
        }
    }

    private func cells(
        _ fact: Fact, _ layout: CellLayout, _ view: borrowing LogView
    ) throws -> [String?] {
        let texts = try CellTexts(layout, of: definition).texts(of: fact, in: view)
        let segment = try view.segment(containing: fact.sequence)
        let time = Instant(milliseconds: segment.times[Int(fact.sequence - segment.first)])
        let own = [
            try view.subject(ofCase: fact.caseID), String(fact.sequence), time.rfc3339,
            CellLayout.day(fact.row.span, 0).description,
        ]
        let row = own + texts + [String(layout.multiplicity(fact))]
        // What a reader of JSON takes for no value is null there, also a flag that does not hold.
        return isJSON ? row : columns.written(row)
    }

    private func object(_ cells: [String?]) -> JSONValue {
        .object(
            columns.names.indices.map { place in
                JSONMember(
                    key: columns.names[place],
                    value: cells[place].map { isText[place] ? .string($0) : .number($0) } ?? .null)
            })
    }
}
