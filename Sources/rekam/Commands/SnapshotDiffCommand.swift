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
        case .csv: csv(comparison)
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
        let changes = comparison.changes
        let words = SnapshotWords(output.lang)
        Output.line(
            words.differ(
                changes.count, of: comparison.compared,
                UInt32(clamping: old.manifest.checkpoint.size),
                UInt32(clamping: new.manifest.checkpoint.size)))
        if !changes.isEmpty {
            Output.line()
            let figures = FigureText(output.lang)
            var columns = [
                TableText.Column(output.words.heading(.kpi)),
                TableText.Column(output.words.heading(.period)),
                TableText.Column(output.words.heading(.of)),
                TableText.Column(output.words.heading(.before), isNumber: true),
                TableText.Column(output.words.heading(.after), isNumber: true),
            ]
            for change in changes {
                let name = change.name
                let cells = [
                    change.kpi, change.period,
                    words.group(change.dimension, name),
                    text(change.before, change.unit, figures),
                    text(change.after, change.unit, figures),
                ]
                for (place, cell) in cells.enumerated() { columns[place].add(cell) }
            }
            for line in TableText.lines(columns, style: output.style) { Output.line(line) }
        }
        guard !comparison.definitions.isEmpty else { return }
        Output.line()
        Output.line(words.definitions)
        for line in comparison.definitions { Output.line("  " + line.printable) }
    }

    private func text(
        _ written: SnapshotComparison.Written, _ unit: Definitions.Unit, _ figures: FigureText
    ) -> String {
        written.isThere ? figures.value(written.fraction(unit), unit) : ""
    }

    private func number(_ written: SnapshotComparison.Written) -> String {
        written.value.isEmpty ? "null" : written.value
    }

    private func csv(_ comparison: SnapshotComparison) {
        Output.write(
            CSVText.line(["kpi", "period", "by", "name", "unit", "before", "after"]))
        for change in comparison.changes {
            Output.write(
                CSVText.line([
                    CSVText.text(change.kpi), CSVText.text(change.period),
                    change.dimension.isEmpty ? "total" : change.dimension,
                    CSVText.text(change.name), change.unit.rawValue, change.before.value,
                    change.after.value,
                ]))
        }
    }

    private func json(
        _ comparison: SnapshotComparison, _ logs: CheckpointComparison, _ old: SnapshotReading,
        _ new: SnapshotReading
    ) {
        let rows = comparison.changes.map { change in
            "{\"kpi\": \(JSONText.string(change.kpi)), \"period\": \(JSONText.string(change.period))"
                + (change.dimension.isEmpty
                    ? "" : ", \"\(change.dimension)\": \(JSONText.string(change.name))")
                + ", \"unit\": \"\(change.unit.rawValue)\", \"before\": "
                + "\(number(change.before)), \"after\": \(number(change.after))}"
        }
        Output.write("{\n")
        Output.write("  \"before\": \"\(old.manifest.digest)\",\n")
        Output.write("  \"after\": \"\(new.manifest.digest)\",\n")
        Output.write("  \"logs\": \"\(logs.relation.rawValue)\",\n")
        Output.write("  \"compared\": \(comparison.compared),\n")
        let definitions = comparison.definitions.map { JSONText.string($0) }
        Output.write("  \"definitions\": [\(JSONText.lines(definitions))],\n")
        Output.write("  \"rows\": [\(JSONText.lines(rows))]\n")
        Output.write("}\n")
    }
}
