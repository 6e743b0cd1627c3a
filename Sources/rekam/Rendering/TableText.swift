import EventModel

/// Plain tables for people: titles over columns that stand under each other.
public enum TableText {
    /// One column.
    public struct Column {
        var title: String
        var isNumber: Bool
        var cells: [String] = []

        /// A column without cells; numbers stand at its right edge.
        public init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }

        /// Puts a cell under those there are.
        public mutating func add(_ cell: String) { cells.append(cell) }
    }

    /// The lines of a table, titles first.
    public static func lines(_ columns: [Column], style: TextStyle = TextStyle()) -> [String] {
        TableLayout(
            columns: columns.map { column in
                TableColumn(
                    title: column.title, alignment: column.isNumber ? .right : .left,
                    cells: column.cells.map { TableColumn.Cell(text: $0.printable) })
            }
        ).lines(isColoured: style.isColoured)
    }
}
