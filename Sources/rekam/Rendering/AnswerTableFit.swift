import Definitions
import EventModel
import Querying

/// Lays an answer's table out so that it fits the terminal: titles over several lines, then names
/// cut, then reasons and facts left out, then comparisons without their words, then several tables.
struct AnswerTableFit {
    let content: AnswerContent
    let style: TextStyle

    private var answer: Answer { content.answer }

    /// How much is given up.
    private struct Saving {
        var hasReasons = true
        var hasFacts = true
        var isBrief = false
        var wrapsTitles = false
        var shortestName: Int?
    }

    private static let savings = [
        Saving(), Saving(wrapsTitles: true),
        Saving(wrapsTitles: true, shortestName: 16),
        Saving(hasReasons: false, wrapsTitles: true, shortestName: 16),
        Saving(hasReasons: false, hasFacts: false, wrapsTitles: true, shortestName: 16),
        Saving(hasReasons: false, isBrief: true, wrapsTitles: true, shortestName: 16),
        Saving(
            hasReasons: false, hasFacts: false, isBrief: true, wrapsTitles: true, shortestName: 16),
        Saving(
            hasReasons: false, hasFacts: false, isBrief: true, wrapsTitles: true, shortestName: 8),
    ]

    func lines() -> [String] {
        let all = Array(answer.columns.indices)
        guard let limit = style.width else {
            return layout(all, Saving()).lines(isColoured: style.isColoured)
        }
        for saving in Self.savings {
            let layout = fitted(layout(all, saving), saving, limit)
            if layout.width <= limit { return layout.lines(isColoured: style.isColoured) }
        }
        return stacked(limit)
    }

    /// One table under the other, as many KPIs in each as fit.
    private func stacked(_ limit: Int) -> [String] {
        var lines: [String] = []
        var rest = isList ? [] : Array(answer.columns.indices)[...]
        let saving = Self.savings[Self.savings.count - 1]
        while !rest.isEmpty || lines.isEmpty {
            var count = isList ? answer.columns.count : rest.count
            var table = fitted(
                layout(isList ? Array(answer.columns.indices) : Array(rest), saving), saving, limit)
            while count > 1, !isList, table.width > limit {
                count -= 1
                table = fitted(layout(Array(rest.prefix(count)), saving), saving, limit)
            }
            if !lines.isEmpty { lines.append("") }
            // Where not even one fits, lines are cut: nothing is wider than the terminal.
            lines +=
                table.width <= limit
                ? table.lines(isColoured: style.isColoured)
                : table.lines(isColoured: false).map { TextWidth.cut($0, to: limit) }
            rest = isList ? [] : rest.dropFirst(count)
        }
        return lines
    }

    /// Names cut by as much as the table is too wide.
    private func fitted(_ layout: TableLayout, _ saving: Saving, _ limit: Int) -> TableLayout {
        var layout = layout
        layout.wrapsTitles = saving.wrapsTitles
        guard let shortest = saving.shortestName else { return layout }
        let names = layout.columns.indices.filter { layout.columns[$0].shortest != nil }
            .sorted { layout.columns[$0].cellWidth > layout.columns[$1].cellWidth }
        for index in names where layout.width > limit {
            let excess = layout.width - limit
            let width = max(shortest, layout.columns[index].cellWidth - excess)
            layout.columns[index] = layout.columns[index].cut(to: width)
        }
        return layout
    }

    /// Whether each KPI has a line of its own: one group, one period.
    private var isList: Bool { answer.dimensions.isEmpty && answer.slices.count <= 1 }

    private func layout(_ columns: [Int], _ saving: Saving) -> TableLayout {
        isList ? list(columns, saving) : grid(columns, saving)
    }

    // MARK: One line for each group

    private func grid(_ shown: [Int], _ saving: Saving) -> TableLayout {
        let lines = content.lines()
        var columns: [TableColumn] = []
        for (place, dimension) in answer.dimensions.enumerated() {
            columns.append(
                TableColumn(
                    title: content.words.heading(dimension: dimension.name),
                    cells: lines.map { cell($0.key[place], $0) }, shortest: 8))
        }
        if let grain = answer.grain, answer.slices.count > 1 {
            columns.append(
                TableColumn(
                    title: content.words.heading(grain), cells: lines.map { cell($0.period, $0) }))
        }
        for index in shown {
            let entries = lines.map {
                Entry(
                    figure: $0.row.figures[index],
                    previous: $0.row.previous.isEmpty ? nil : $0.row.previous[index],
                    column: answer.columns[index], target: $0.row.target(index))
            }
            columns += figureColumns(content.title(answer.columns[index]), entries, saving)
        }
        var facts = TableColumn(title: content.words.facts, alignment: .right)
        var reasons = TableColumn()
        for line in lines {
            let figures = shown.map { line.row.figures[$0] }
            facts.cells.append(.init(text: content.facts(line.row), tone: .quiet))
            reasons.cells.append(.init(text: content.reason(figures), tone: .quiet))
        }
        let isWhole = shown.count == answer.columns.count
        if saving.hasFacts, isWhole, facts.cellWidth > 0 { columns.append(facts) }
        if reasons.cellWidth > 0, saving.hasReasons { columns.append(reasons) }
        return TableLayout(columns: columns)
    }

    private func cell(_ text: String, _ line: AnswerContent.Line) -> TableColumn.Cell {
        TableColumn.Cell(text: text, tone: line.isTotal ? .strong : .plain)
    }

    // MARK: One line for each KPI

    private func list(_ shown: [Int], _ saving: Saving) -> TableLayout {
        let row = answer.total
        let entries = shown.map {
            Entry(
                figure: row.figures[$0], previous: row.previous.isEmpty ? nil : row.previous[$0],
                column: answer.columns[$0], target: row.target($0))
        }
        var columns = [
            TableColumn(
                title: "", cells: shown.map { .init(text: content.title(answer.columns[$0])) },
                shortest: 8)
        ]
        columns += figureColumns("", entries, saving)
        var facts = TableColumn(title: content.words.facts, alignment: .right)
        var reasons = TableColumn()
        for entry in entries {
            let count = entry.figure.count ?? 0
            let isShown = !entry.column.isCount && count != 0
            facts.cells.append(
                .init(
                    text: isShown
                        ? NumberText.grouped(count, style.language) : "",
                    tone: .quiet))
            reasons.cells.append(.init(text: content.reason([entry.figure]), tone: .quiet))
        }
        if saving.hasFacts, facts.cellWidth > 0 { columns.append(facts) }
        if reasons.cellWidth > 0, saving.hasReasons { columns.append(reasons) }
        return TableLayout(columns: columns)
    }

    // MARK: Figures

    private struct Entry {
        var figure: Figure
        var previous: Figure?
        var column: AnswerColumn
        var target: ExactTarget?

        /// `*` for few facts, then whether the target was met.
        var marks: String {
            let met = target?.isMet(by: figure.value).map { $0 ? "✓" : "✗" } ?? ""
            return (figure.isFew ? "*" : "") + met
        }
    }

    /// A value and, beside it, what became of it, numbers under numbers.
    private func figureColumns(
        _ title: String, _ entries: [Entry], _ saving: Saving
    ) -> [TableColumn] {
        var value = TableColumn(title: title, alignment: .right)
        var change = TableColumn(gap: 2)
        var marks = TableColumn(gap: 1)
        let comparisons = entries.map { entry in
            entry.previous.map {
                content.figures.comparison(
                    entry.figure, $0, entry.column, isBrief: saving.isBrief)
            } ?? ComparisonText()
        }
        let amountWidth = comparisons.reduce(0) { max($0, TextWidth.of($1.amount)) }
        let tones: [Trend: Tone] = [.better: .good, .worse: .bad]
        for (entry, comparison) in zip(entries, comparisons) {
            value.cells.append(
                .init(text: content.figures.value(entry.figure, entry.column.unit)))
            let isMet = entry.target?.isMet(by: entry.figure.value)
            marks.cells.append(
                .init(
                    text: entry.marks,
                    tone: isMet.map { $0 ? Tone.good : .bad } ?? .quiet))
            change.cells.append(
                .init(
                    text: comparison.text(amountWidth: amountWidth),
                    tone: tones[comparison.trend] ?? .plain))
        }
        var columns = [value]
        if marks.cellWidth > 0 { columns.append(marks) }
        if change.cellWidth > 0 { columns.append(change) }
        columns[0].spans = columns.count
        return columns
    }
}
