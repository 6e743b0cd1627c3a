/// A column of a table on a terminal.
struct TableColumn {
    enum Alignment {
        case left
        case right
    }

    /// What stands in one place, and how it is coloured.
    struct Cell {
        var text = ""
        var tone = Tone.plain
    }

    var title = ""
    var alignment = Alignment.left
    /// Blanks before it: none joins it to the one before.
    var gap = 3
    var cells: [Cell] = []
    /// Names may be cut to this width where the terminal is narrow; nil never.
    var shortest: Int?
    /// A title over this and the following columns; they have none of their own.
    var spans = 1

    /// The widest cell.
    var cellWidth: Int { cells.reduce(0) { max($0, TextWidth.of($1.text)) } }

    /// Cells cut to a width.
    func cut(to width: Int) -> TableColumn {
        var column = self
        for index in cells.indices {
            column.cells[index].text = TextWidth.cut(cells[index].text, to: width)
        }
        return column
    }
}

/// Colours that support words.
enum Tone {
    case plain
    case quiet
    case good
    case bad
    case strong

    /// The text between the escapes of its colour, where colours are wanted.
    func paint(_ text: String, isColoured: Bool) -> String {
        guard isColoured, !text.isEmpty else { return text }
        switch self {
        case .plain: return text
        case .quiet: return "\u{1B}[2m" + text + "\u{1B}[0m"
        case .good: return "\u{1B}[32m" + text + "\u{1B}[0m"
        case .bad: return "\u{1B}[31m" + text + "\u{1B}[0m"
        case .strong: return "\u{1B}[1m" + text + "\u{1B}[0m"
        }
    }
}

/// Columns laid side by side.
struct TableLayout {
    var columns: [TableColumn]
    /// A title may take several lines, so that it is no wider than it must be.
    var wrapsTitles = false

    /// Groups of columns under one title.
    private var groups: [Range<Int>] {
        var groups: [Range<Int>] = []
        var at = 0
        while at < columns.count {
            let end = min(columns.count, at + columns[at].spans)
            groups.append(at..<end)
            at = end
        }
        return groups
    }

    private func innerWidth(_ group: Range<Int>) -> Int {
        group.reduce(0) {
            $0 + columns[$1].cellWidth + ($1 == group.lowerBound ? 0 : columns[$1].gap)
        }
    }

    private func titleLines(_ group: Range<Int>) -> [String] {
        let title = columns[group.lowerBound].title
        guard wrapsTitles else { return [title] }
        return TextWidth.wrapped(title, to: max(innerWidth(group), 8))
    }

    private func width(_ group: Range<Int>) -> Int {
        titleLines(group).reduce(innerWidth(group)) { max($0, TextWidth.of($1)) }
    }

    /// Columns of the terminal it needs.
    var width: Int {
        groups.enumerated().reduce(0) { total, item in
            total + width(item.element)
                + (item.offset == 0 ? 0 : columns[item.element.lowerBound].gap)
        }
    }

    /// The lines, heading first, without blanks at their ends.
    func lines(isColoured: Bool) -> [String] {
        let groups = groups
        let titles = groups.map { titleLines($0) }
        let height = titles.map(\.count).max() ?? 0
        var lines: [String] = []
        if titles.contains(where: { $0.contains { !$0.isEmpty } }) {
            for line in 0..<height {
                var text = ""
                for (place, group) in groups.enumerated() {
                    let missing = height - titles[place].count
                    let title = line < missing ? "" : titles[place][line - missing]
                    append(title, of: group, isFirst: place == 0, to: &text)
                }
                lines.append(
                    Tone.strong.paint(trimmed(text), isColoured: isColoured))
            }
        }
        let rowCount = columns.map(\.cells.count).max() ?? 0
        // Measured once: a table may have thousands of rows.
        let widths = columns.map(\.cellWidth)
        let spares = groups.map { width($0) - innerWidth($0) }
        for row in 0..<rowCount { lines.append(line(row, groups, widths, spares, isColoured)) }
        return lines
    }

    private func append(
        _ title: String, of group: Range<Int>, isFirst: Bool, to text: inout String
    ) {
        let column = columns[group.lowerBound]
        if !isFirst { text += String(repeating: " ", count: column.gap) }
        let isRight = column.alignment == .right && group.count == 1
        text +=
            isRight
            ? TextWidth.rightAligned(title, to: width(group))
            : TextWidth.padded(title, to: width(group))
    }

    private func line(
        _ row: Int, _ groups: [Range<Int>], _ widths: [Int], _ spares: [Int], _ isColoured: Bool
    ) -> String {
        var text = ""
        var blanks = 0
        func put(_ cell: TableColumn.Cell, _ alignment: TableColumn.Alignment, _ width: Int) {
            let missing = width - TextWidth.of(cell.text)
            if alignment == .right { blanks += missing }
            if !cell.text.isEmpty {
                text += String(repeating: " ", count: blanks)
                text += cell.tone.paint(cell.text, isColoured: isColoured)
                blanks = 0
            }
            if alignment == .left { blanks += missing }
        }
        for (place, group) in groups.enumerated() {
            let spare = spares[place]
            let isAlone = group.count == 1
            for index in group {
                let column = columns[index]
                if place > 0 || index > group.lowerBound { blanks += column.gap }
                let cell =
                    row < column.cells.count ? column.cells[row] : TableColumn.Cell(text: "")
                put(cell, column.alignment, widths[index] + (isAlone ? spare : 0))
            }
            if !isAlone { blanks += spare }
        }
        return text
    }

    private func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
