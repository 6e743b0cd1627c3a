import Definitions
import EventModel
public import Querying
import Synchronization

extension Answer {
    /// The answer's rows as CSV (RFC 4180: commas, CRLF, a heading), for spreadsheets: one line for
    /// each group, slice and KPI, in units as in JSON, whatever the language. All groups together
    /// are left out, so that nobody adds them to their parts; `json()` has them.
    ///
    /// What a spreadsheet would run as a formula has an apostrophe before it.
    public func csv() -> String {
        let names =
            rows.first.map { keyPairs($0).map(\.0) }
            ?? dimensions.map { RowNames.dimension($0.name) }
        var heading = ["kpi", "period"] + names
        heading += FigureCells.names
        let hasTargets = rows.contains { !$0.targets.isEmpty }
        if hasTargets { heading += ["target_min", "target_max", "met"] }
        if comparison != nil {
            heading += ["previous_period", "previous_value", "previous_count"]
        }
        var text = CSVText.heading(heading)
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
    private static let isRaw = Atomic<Bool>(false)

    /// From now on texts are written byte for byte, for programs: a spreadsheet would run some.
    public static func writeRaw() { isRaw.store(true, ordering: .relaxed) }

    /// Cells, already escaped, as one line with its end.
    public static func line(_ cells: [String]) -> String { cells.joined(separator: ",") + "\r\n" }

    /// Names of columns as the first line.
    public static func heading(_ names: [String]) -> String {
        assert(Set(names).count == names.count, "a name stands once")
        return line(names.map(text))
    }

    /// What a spreadsheet takes for a formula where a cell begins with it, in East Asian full width, too;
    /// and the apostrophe put before these, so that taking one away always gives the text back.
    private static let dangerous = Set(
        "=+-@\t\r\n'\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)

    /// A text as a cell: an apostrophe before what a spreadsheet would run, control characters made
    /// visible, quoted where it must be.
    ///
    /// A spreadsheet that parts columns at semicolons (as those of Indonesia and Germany do) or tabs
    /// begins a cell also behind these, and there a quote within a line is text and guards nothing. So
    /// whatever could part columns, with quotes behind it, counts as a beginning; taking one apostrophe
    /// from each gives the text back.
    public static func text(_ text: String) -> String {
        let cell = isRaw.load(ordering: .relaxed) ? text : guarded(text).harmless
        guard cell.utf8.contains(where: { [0x0A, 0x0D, 0x22, 0x2C].contains($0) }) else {
            return cell
        }
        // Scalar by scalar: a mark that combines with a quote hides it from characters.
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }

    private static func guarded(_ text: String) -> String {
        let begins = text.unicodeScalars.first.map { dangerous.contains($0) } ?? false
        let parts = text.utf8.contains { [0x09, 0x22, 0x2C, 0x3B].contains($0) }
        guard begins || parts else { return text }
        var cell = String.UnicodeScalarView()
        var isBeginning = true
        for scalar in text.unicodeScalars {
            if isBeginning, dangerous.contains(scalar) { cell.append("'") }
            cell.append(scalar)
            switch scalar {
            case ",", ";", "\t": isBeginning = true
            case "\"": break
            default: isBeginning = false
            }
        }
        return String(cell)
    }
}
