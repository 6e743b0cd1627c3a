import ArgumentParser
import Definitions
import EventLog
import EventModel
import Exporting
import Querying
import Rendering

struct SnapshotDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Which figures differ between two snapshots, and which definitions.",
        discussion: """
            Both are checked first, and whether they are of one log that grew: by the entries in the \
            later one, or by --proof, what rekam proof --from prints. Ends with 0 whether or not \
            figures differ, and with 1 where the two are of two histories of one log.

            Examples:
              rekam snapshot diff 2025-Q3 2025-Q3-restated
              rekam snapshot diff 2025-Q3 2025-Q3-restated --proof grown
            """)

    @Argument(help: ArgumentHelp("The earlier snapshot.", valueName: "a"))
    var before: String

    @Argument(help: ArgumentHelp("The later one.", valueName: "b"))
    var after: String

    @Option(
        help: ArgumentHelp(
            "A consistency proof from the smaller log to the larger.", valueName: "file"))
    var proof: String?

    @OptionGroup var output: WritingOptions<TableJSONOrCSV>

    func run() throws {
        PrintedTokens.belongToSnapshots()
        let old = try SnapshotCommand.checking(before) { try SnapshotReading(before) }
        let new = try SnapshotCommand.checking(after) { try SnapshotReading(after) }
        let comparison = try SnapshotCommand.checking(after) {
            try SnapshotComparison(from: old, to: new)
        }
        let proof = try proof.map(CheckpointComparison.proof)?.hashes
        let logs = try SnapshotCommand.checking(after) {
            try old.comparison(with: new, proof: proof)
        }
        switch output.format {
        case .table, .markdown:
            standing(logs, old, new)
            table(comparison, old, new)
        case .csv: Output.write(sheet(comparison, isWhole: true).csv())
        case .json: json(comparison, logs, old, new)
        }
        Output.flush()
        guard logs.relation != .forked else {
            // A table has said so.
            let isSaid = output.format == .table
            throw Failure(
                .checkFailed,
                isSaid ? "" : SnapshotWords(.english).standing(logs.said))
        }
    }

    /// Says how the two logs stand to each other.
    private func standing(
        _ logs: CheckpointComparison, _ old: SnapshotReading, _ new: SnapshotReading
    ) {
        let words = SnapshotWords(output.lang)
        Output.line(words.standing(logs.said))
        func leads(_ one: SnapshotReading, to other: SnapshotReading) -> Bool {
            [one.succession, other.succession].contains {
                $0.verifiers(trusting: one.verifier).contains(other.verifier)
            }
        }
        if logs.relation == .forked {
            Output.line(words.signers(areLinked: leads(old, to: new) || leads(new, to: old)))
        }
    }

    private func table(
        _ comparison: SnapshotComparison, _ old: SnapshotReading, _ new: SnapshotReading
    ) {
        let figures = comparison.figures
        let words = SnapshotWords(output.lang)
        Output.line(
            figures.compared == 0
                ? output.words.nothingCompared
                : words.differ(
                    figures.count(.differs), of: figures.compared,
                    UInt32(clamping: old.manifest.checkpoint.size),
                    UInt32(clamping: new.manifest.checkpoint.size)))
        let sheet = sheet(comparison, isWhole: false)
        if sheet.count > 0 { Output.line() }
        for line in sheet.count > 0 ? sheet.lines(output.style) : [] { Output.line(line) }
        for line in output.words.notCompared(figures) { Output.line(line) }
        guard !comparison.definitions.isEmpty else { return }
        Output.line()
        Output.line(words.definitions)
        for line in comparison.definitions { Output.line("  " + line.printable) }
    }

    /// The figures that differ, and where it is whole also what was not compared.
    private func sheet(_ comparison: SnapshotComparison, isWhole: Bool) -> Sheet {
        let words = output.words
        var sheet = Sheet(
            [
                .init("kpi", words.heading(.kpi)), .init("period", words.heading(.period)),
                .init("by", ""), .init("name", words.heading(.of)), .init("unit", ""),
                .init("before", words.heading(.before), isNumber: true),
                .init("after", words.heading(.after), isNumber: true), .init("outcome", ""),
                .init("reason", ""),
            ] + Sheet.besideColumns)
        for figure in comparison.figures.differing {
            let (dimension, name) = (figure.by.first ?? "", figure.place.key.first ?? "")
            var row: [Sheet.Cell] = [
                .text(figure.name), .text(figure.place.period.description),
                Sheet.Cell.text(dimension.isEmpty ? "total" : dimension).unshown,
                .texts(SnapshotWords(output.lang).group(dimension, name), name),
                Sheet.Cell.text(figure.units.after.rawValue).unshown,
            ]
            row += figure.values(output.lang)
            row += [Sheet.Cell.text(FigureOutcome.differs.rawValue).unshown, .text(nil)]
            sheet.add(row + Sheet.besides(figure))
        }
        for part in isWhole ? comparison.figures.notCompared : [] {
            let by = part.splits.map { $0.first ?? "total" }.joined(separator: " ")
            sheet.add(
                [.text(part.name), .text(nil), .text(by)]
                    + Array(repeating: .text(nil), count: 4)
                    + [.text(part.outcome.rawValue), .text(part.why.text)]
                    + Sheet.besides(nil))
        }
        return sheet
    }

    private func json(
        _ comparison: SnapshotComparison, _ logs: CheckpointComparison, _ old: SnapshotReading,
        _ new: SnapshotReading
    ) {
        func number(_ figure: Figure, _ unit: Definitions.Unit) -> String {
            FigureNumbers(figure, unit).value ?? "null"
        }
        let figures = comparison.figures
        let rows = figures.differing.map { figure in
            let by = figure.key.map { ", \"\($0.dimension)\": \(JSONText.string($0.value))" }
            return "{\"kpi\": \(JSONText.string(figure.name)), \"period\": "
                + "\"\(figure.place.period)\"\(by.joined()), \"unit\": "
                + "\"\(figure.units.after.rawValue)\", \"before\": "
                + "\(number(figure.before, figure.units.before)), \"after\": "
                + "\(number(figure.after, figure.units.after))"
                + figure.besides().map { member in
                    let value = member.value.canonical.map { String(decoding: $0, as: UTF8.self) }
                    return ", \"\(member.key)\": \(value ?? "null")"
                }.joined() + "}"
        }
        let others = figures.notCompared.map { part in
            "{\"kpi\": \(JSONText.string(part.name)), \"outcome\": \"\(part.outcome.rawValue)\", "
                + "\"figures\": \(part.count), \"reason\": \(JSONText.string(part.why.text))}"
        }
        Output.write("{\n")
        Output.write("  \"before\": \"\(old.manifest.digest)\",\n")
        Output.write("  \"after\": \"\(new.manifest.digest)\",\n")
        Output.write("  \"logs\": \"\(logs.relation.rawValue)\",\n")
        Output.write("  \"compared\": \(figures.compared),\n")
        for outcome in FigureOutcome.allCases {
            Output.write("  \"\(outcome.rawValue)\": \(figures.count(outcome)),\n")
        }
        Output.write("  \"not_compared\": [\(JSONText.lines(others))],\n")
        let definitions = comparison.definitions.map { JSONText.string($0) }
        Output.write("  \"definitions\": [\(JSONText.lines(definitions))],\n")
        Output.write("  \"rows\": [\(JSONText.lines(rows))]\n")
        Output.write("}\n")
    }
}
