public import Definitions
public import EventModel
public import Querying

/// A list with the same columns in every format: what people read, and what programs do.
public struct Sheet {
    /// A column.
    public struct Column {
        var name: String
        var title: String
        var isNumber: Bool

        /// - Parameters:
        ///   - name: its heading in CSV, its key in JSON.
        ///   - title: its heading for people.
        public init(_ name: String, _ title: String, isNumber: Bool = false) {
            self.name = name
            self.title = title
            self.isNumber = isNumber
        }
    }

    /// What stands in one place.
    public struct Cell {
        var shown: String
        var plain: String
        var json: String

        /// A text, the same for all; nil is nothing.
        public static func text(_ text: String?) -> Cell {
            Cell(
                shown: text ?? "–", plain: text.map { CSVText.text($0) } ?? "",
                json: text.map { JSONText.string($0) } ?? "null")
        }

        /// A whole number, grouped for people.
        public static func number(_ number: Int64?, _ language: Language = .english) -> Cell {
            guard let number else { return Cell(shown: "–", plain: "", json: "null") }
            return Cell(
                shown: NumberText.grouped(number, language), plain: String(number),
                json: String(number))
        }

        /// A whole number for programs, told another way to people.
        public static func number(_ number: Int, shown: String) -> Cell {
            Cell(shown: shown, plain: String(number), json: String(number))
        }

        /// A figure in its unit; durations are seconds for programs.
        public static func figure(
            _ value: Fraction, _ unit: Definitions.Unit, _ language: Language
        ) -> Cell {
            let plain = value.decimalText(atMostPlaces: 6, unit: unit == .duration ? 1000 : 1)
            return Cell(
                shown: FigureText(language).value(value, unit), plain: plain ?? "",
                json: plain ?? "null")
        }

        /// A moment: local time for people, as recorded for programs.
        public static func time(_ instant: Instant, _ zone: TimeZoneRules) -> Cell {
            Cell(
                shown: zone.text(instant), plain: instant.rfc3339,
                json: JSONText.string(instant.rfc3339))
        }

        /// Sequences: `184,001 → 184,017` for people, parted by blanks for programs.
        public static func sequences(_ sequences: [UInt32], _ language: Language) -> Cell {
            let shown = sequences.map { NumberText.grouped($0, language) }
            let few =
                shown.count > 4 ? [shown[0], "…", shown[shown.count - 1]] : shown
            return Cell(
                shown: few.joined(separator: " → "),
                plain: sequences.map(String.init).joined(separator: " "),
                json: "[" + sequences.map(String.init).joined(separator: ", ") + "]")
        }

        /// The same for programs alone.
        public var unshown: Cell { Cell(shown: "", plain: plain, json: json) }

        /// The same for programs, another text for people.
        public func shown(as text: String) -> Cell { Cell(shown: text, plain: plain, json: json) }

        /// A text for people beside another for programs.
        public static func texts(_ shown: String, _ plain: String) -> Cell {
            Cell(shown: shown, plain: CSVText.text(plain), json: JSONText.string(plain))
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// A list without rows.
    public init(_ columns: [Column]) {
        // What is for people alone has no names.
        let names = columns.map(\.name).filter { !$0.isEmpty }
        assert(Set(names).count == names.count, "a name stands once")
        self.columns = columns
    }

    /// How many rows there are.
    public var count: Int { rows.count }

    /// Puts a row under those there are: a cell for each column.
    public mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "a cell for each column")
        rows.append(row)
    }

    /// The lines of a table for people, each without its end; columns in which nothing stands are
    /// left out.
    public func lines(_ style: TextStyle) -> [String] {
        let shown = columns.indices.filter { place in
            rows.contains { !["", "–"].contains($0[place].shown) }
        }
        var layout = TableLayout(
            columns: shown.map { place in
                TableColumn(
                    title: columns[place].title,
                    alignment: columns[place].isNumber ? .right : .left,
                    cells: rows.map { TableColumn.Cell(text: $0[place].shown.printable) })
            })
        if let width = style.width {
            // The widest text gives way, as far as it must.
            while layout.width > width {
                let texts = layout.columns.indices.filter { layout.columns[$0].alignment == .left }
                guard
                    let widest = texts.max(by: {
                        layout.columns[$0].cellWidth < layout.columns[$1].cellWidth
                    }), layout.columns[widest].cellWidth > 12
                else { break }
                let excess = layout.width - width
                let target = max(12, layout.columns[widest].cellWidth - excess)
                layout.columns[widest] = layout.columns[widest].cut(to: target)
            }
        }
        return layout.lines(isColoured: style.isColoured)
    }

    /// The rows as CSV with their heading.
    public func csv() -> String {
        CSVText.heading(columns.map(\.name))
            + rows.map { CSVText.line($0.map(\.plain)) }.joined()
    }

    /// The rows as a Markdown table.
    public func markdown() -> String {
        var table = MarkdownText()
        for column in columns { table.add(column.title, isRight: column.isNumber) }
        table.endHeading()
        for row in rows {
            for cell in row { table.add(cell.shown) }
            table.endRow()
        }
        return table.text
    }

    /// Each row as a JSON object, on one line.
    public func jsonRows() -> [String] {
        rows.map { row in
            let members = zip(columns, row).map { "\(JSONText.string($0.name)): \($1.json)" }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    /// A JSON object with some members and the rows under a key, ending with a line break.
    public func json(_ members: [(name: String, json: String)] = [], rows key: String) -> String {
        var text = "{\n"
        for (name, json) in members { text += "  \(JSONText.string(name)): \(json),\n" }
        return text + "  \(JSONText.string(key)): [\(JSONText.lines(jsonRows()))]\n}\n"
    }
}

extension TimeZoneRules {
    /// A moment on the local clock: `2025-07-01 08:12`.
    public func text(_ instant: Instant) -> String {
        let local = Instant(milliseconds: localMilliseconds(of: instant)).rfc3339
        return String(local.prefix(16)).replacing("T", with: " ")
    }
}
