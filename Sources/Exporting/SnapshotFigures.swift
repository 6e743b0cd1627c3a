import Definitions
import EventModel
import Querying
import Rendering

/// The figures of a snapshot as they are written: JSON rows like a query's, and one CSV table.
struct SnapshotFigures {
    /// The KPIs with figures, in order.
    private(set) var kpis: [String] = []
    /// Figures that could not be said exactly, in the same order.
    private(set) var refused: [SnapshotManifest.Refused] = []
    /// KPIs of which any figure was asked for, refused or not, in order.
    private(set) var asked: [String] = []
    private var rows: [String] = []
    private var totals: [String] = []
    private var lines: [String] = []

    /// Adds what one KPI gives.
    mutating func add(_ found: SnapshotFound, kpi: String) {
        if asked.last != kpi { asked.append(kpi) }
        for column in found.refused {
            refused.append(
                .init(
                    name: column, by: found.dimension ?? "total",
                    reason: WhyNotCompared.tooLarge.text))
        }
        guard let answer = found.answer else { return }
        if kpis.last != kpi { kpis.append(kpi) }
        guard let dimension = found.dimension else {
            // One month alone: its row and the whole are the same.
            let months = answer.slices.count > 1 ? answer.rows : []
            for row in months + [answer.total] {
                totals += answer.jsonRows(row)
                addLines(answer, row, by: "total", name: "")
            }
            return
        }
        for row in answer.rows where !row.figures.allSatisfy({ $0.reason == .nothing }) {
            rows += answer.jsonRows(row)
            addLines(answer, row, by: dimension, name: row.key[0])
        }
    }

    private mutating func addLines(_ answer: Answer, _ row: AnswerRow, by: String, name: String) {
        for index in answer.columns.indices {
            let column = answer.columns[index]
            lines.append(
                CSVText.line(
                    [
                        CSVText.text(column.name), CSVText.text(answer.periodText(row.slice)), by,
                        CSVText.text(name),
                    ] + FigureCells.texts(row.figures[index], column, row.statuses[index])))
        }
    }

    /// `kpis.csv`: RFC 4180, one line for each figure; `by` says what a line is a part of, so that
    /// nobody adds totals to their parts.
    var csv: String {
        CSVText.heading(["kpi", "period", "by", "name"] + FigureCells.names) + lines.joined()
    }

    /// `kpis.json`: as a query's answer; `total` holds each month and the whole period.
    func json(
        _ basis: AnswerBasis, period: Period, definitions: [SnapshotDefinitions.Text]
    ) -> String {
        // A KPI and its projection may share a name: their kinds part them.
        var text =
            "{\n" + basis.jsonMembers(definitions.map { ("\($0.kind)/\($0.name)", $0.version) })
        text += "  \"period\": \"\(period)\",\n  \"grain\": \"month\",\n"
        text += SnapshotManifest.member(refused)
        text += "  \"rows\": [\(JSONText.lines(rows))],\n"
        text += "  \"total\": [\(JSONText.lines(totals))]\n}\n"
        return text
    }
}
