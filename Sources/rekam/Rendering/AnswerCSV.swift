import Definitions
import EventModel
public import Querying

extension Answer {
    /// The answer's rows as CSV (RFC 4180: commas, CRLF, a heading), for spreadsheets: one line for
    /// each group, slice and KPI, in units as in JSON, whatever the language. All groups together
    /// are left out, so that nobody adds them to their parts; `json()` has them.
    ///
    /// Texts that a spreadsheet would run as a formula begin with an apostrophe.
    public func csv() -> String {
        let names = rows.first.map { keyPairs($0).map(\.0) } ?? dimensions.map(\.name)
        var heading = ["kpi", "period"] + names
        heading += FigureCells.names
        let hasTargets = rows.contains { !$0.targets.isEmpty }
        if hasTargets { heading += ["target_min", "target_max", "met"] }
        if comparison != nil {
            heading += ["previous_period", "previous_value", "previous_count"]
        }
        var text = CSVText.line(heading.map { CSVText.text($0) })
        for row in rows {
            for index in columns.indices {
                let column = columns[index]
                let figure = row.figures[index]
                var cells = [CSVText.text(column.name), CSVText.text(periodText(row.slice))]
                cells += keyPairs(row).map { CSVText.text($0.1) }
                cells += FigureCells.texts(figure, column, row.statuses[index])
                if hasTargets {
                    let target = row.target(index)
                    let (least, most) = target?.bounds(column.unit) ?? (nil, nil)
                    let met = target?.isMet(by: figure.value)
                    cells += [least ?? "", most ?? "", met.map { "\($0)" } ?? ""]
                }
                if comparison != nil {
                    let previous = FigureNumbers(row.previous[index], column.unit)
                    cells += [
                        CSVText.text(previousPeriodText(row.slice) ?? ""), previous.value ?? "",
                        previous.count ?? "",
                    ]
                }
                text += CSVText.line(cells)
            }
        }
        return text
    }
}

/// A figure's columns, alike in every CSV of figures.
package enum FigureCells {
    /// Their headings.
    package static let names = [
        "value", "unit", "currency", "numerator", "denominator", "count", "reason", "status",
        "calendars",
    ]

    /// Their cells, escaped; empty where there is nothing to say.
    package static func texts(
        _ figure: Figure, _ column: AnswerColumn, _ status: FigureStatus
    ) -> [String] {
        let numbers = FigureNumbers(figure, column.unit)
        return [
            numbers.value ?? "", CSVText.text(column.unit.rawValue),
            CSVText.text(figure.currency ?? ""), numbers.numerator ?? "",
            numbers.denominator ?? "", numbers.count ?? "", numbers.reason ?? "", status.rawValue,
            calendars(column),
        ]
    }

    /// The calendars whose business time a column counts: `indonesia@1`.
    package static func calendars(_ column: AnswerColumn) -> String {
        CSVText.text(column.calendars.map(\.text).joined(separator: " "))
    }
}

/// CSV as RFC 4180 has it, safe to open in a spreadsheet.
public enum CSVText {
    /// Cells, already escaped, as one line with its end.
    public static func line(_ cells: [String]) -> String { cells.joined(separator: ",") + "\r\n" }

    /// How a cell begins that a spreadsheet takes for a formula, in East Asian full width, too; and
    /// the apostrophe put before these, so that taking one away always gives the text back.
    private static let dangerous = Set(
        "=+-@\t\r\n'\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)

    /// A text as a cell: an apostrophe before what a spreadsheet would run (taking one apostrophe
    /// from the beginning gives the text back), control characters made visible, quoted where it
    /// must be.
    public static func text(_ text: String) -> String {
        var cell = text
        if let first = text.unicodeScalars.first, dangerous.contains(first) { cell = "'" + text }
        cell = cell.harmless
        guard cell.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return cell }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
