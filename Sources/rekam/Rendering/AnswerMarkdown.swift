import Definitions
public import EventModel
public import Querying

extension Answer {
    /// The answer as a Markdown table (GitHub's), with what it rests on above it.
    public func markdown(_ language: Language) -> String {
        let content = AnswerContent(self, language)
        var text = content.headline.map { MarkdownText.escaped($0) }.joined(separator: " · ")
        text += "\n\n"
        if isEmpty { return text + content.words.nothing(content.periodLabel) + "\n" }
        var table = MarkdownText()
        let hasPeriods = grain != nil && slices.count > 1
        for dimension in dimensions {
            table.add(content.words.heading(dimension: dimension.name))
        }
        if hasPeriods, let grain { table.add(content.words.heading(grain)) }
        if dimensions.isEmpty, !hasPeriods { table.add(content.words.kpi) }
        let isList = dimensions.isEmpty && !hasPeriods
        let titles = isList ? [""] : columns.map { content.title($0) }
        for title in titles {
            table.add(title, isRight: true)
            if comparison != nil { table.add("") }
        }
        table.add(content.words.facts, isRight: true)
        table.endHeading()
        if isList {
            for index in columns.indices {
                table.add(content.title(columns[index]))
                add(index, total, content, &table)
                let isPlain = !columns[index].isCount
                let count = isPlain ? total.figures[index].count ?? 0 : 0
                table.add(count > 0 ? NumberText.grouped(count, language) : "")
                table.endRow()
            }
            for note in content.notes { table.note(note) }
            return text + table.text
        }
        for line in content.lines(repeatingNames: true) {
            for name in line.key { table.add(name, isStrong: line.isTotal) }
            if hasPeriods { table.add(line.period, isStrong: line.isTotal) }
            for index in columns.indices { add(index, line.row, content, &table) }
            table.add(content.facts(line.row))
            table.endRow()
        }
        for note in content.notes { table.note(note) }
        return text + table.text
    }

    private func add(
        _ index: Int, _ row: AnswerRow, _ content: AnswerContent, _ table: inout MarkdownText
    ) {
        let figure = row.figures[index]
        var value = content.figures.value(figure, columns[index].unit)
        if figure.isFew { value += "*" }
        if let isMet = row.target(index)?.isMet(by: figure.value) { value += isMet ? " ✓" : " ✗" }
        if figure.isWithheld, let reason = figure.reason {
            value += " (\(content.words.reason(reason)))"
        }
        table.add(value)
        guard comparison != nil else { return }
        table.add(
            row.previous.isEmpty
                ? ""
                : content.figures.comparison(figure, row.previous[index], columns[index]).text())
    }
}

/// A Markdown table as it grows.
struct MarkdownText {
    private(set) var text = ""
    private var row: [String] = []
    private var rules: [String] = []

    mutating func add(_ cell: String, isRight: Bool = false, isStrong: Bool = false) {
        let escaped = MarkdownText.escaped(cell)
        row.append(isStrong && !cell.isEmpty ? "**\(escaped)**" : escaped)
        rules.append(isRight ? "---:" : "---")
    }

    mutating func endHeading() {
        let heading = rules
        endRow()
        text += "| " + heading.joined(separator: " | ") + " |\n"
    }

    mutating func endRow() {
        text += "| " + row.joined(separator: " | ") + " |\n"
        row = []
        rules = []
    }

    /// A paragraph after the table.
    mutating func note(_ text: String) { self.text += "\n" + MarkdownText.escaped(text) + "\n" }

    /// The text with what Markdown or HTML would read as markup escaped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            if "\\`*_[]<>|#".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
