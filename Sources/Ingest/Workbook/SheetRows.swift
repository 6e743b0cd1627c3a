internal import EventModel

/// Which sheet of a workbook is read, and what of it: `sheet: {name: Tickets, skip: 2}`.
struct SheetFormat: Hashable, Sendable {
    /// Nil: the only one that can be seen.
    var name: String?
    /// Rows above the header (or above the rows, where there is none) that are no rows.
    var rowsAbove = 0
    /// Column names, for a sheet without a header.
    var header: [String]?
}

/// The rows of a workbook's sheet: cells as texts, times as ISO 8601, numbers with the mapping's decimal sign.
///
/// A row's line is its number in the sheet. Rows that can't be seen for a filter are read like others. What the
/// file of refused rows takes is CSV.
final class SheetRows: RowReader, XMLHandler {
    private(set) var row = InputRow()
    private(set) var rawHeader: [UInt8] = []
    private var header = TableHeader()
    /// The columns' names.
    var names: [String] { header.names }

    private let book: Workbook
    private let name: String
    private let format: SheetFormat
    private let decimal: UInt8
    private var xml: XMLText?
    /// All that has to be read of the input in the end, for its digest.
    private let source: InputSource
    private var hasHeader = false
    private var rows = 0
    /// Rows that were read, and are not given out yet.
    private var ready: ArraySlice<SheetRow> = []
    private var found: [SheetRow] = []

    /// Bytes of a cell's text, and columns of a sheet, at most.
    private static let longestText = CSVFormat().longestField
    private static let mostColumns = CSVFormat().mostColumns

    /// Opens a workbook, and reads a sheet's header.
    ///
    /// - Throws: `InputFault` where it can't be read, has no such sheet, or several and none is named.
    init(_ source: InputSource, path: String, format: SheetFormat, decimal: UInt8) throws {
        self.source = source
        self.format = format
        self.decimal = decimal
        name = source.name
        book = try Workbook(path: path, name: name)
        xml = try book.open(sheet(), self)
        if let names = format.header {
            header = TableHeader(names)
        } else if let first = try nextRow() {
            header = TableHeader((0..<first.row.count).map { first.row[$0] })
            rawHeader = first.row.csvLine
        } else {
            throw InputFault(name: name, cause: .other("has no header row: the sheet is empty."))
        }
        guard header.names.count <= SheetRows.mostColumns else {
            throw InputFault(
                name: name,
                cause: .other("has more than \(SheetRows.mostColumns) columns in its header."))
        }
        hasHeader = true
    }

    private func sheet() throws(InputFault) -> Workbook.Sheet {
        let names = book.sheets.map(\.name)
        let listed = names.map { "\"\($0)\"" }.joined(separator: ", ")
        guard let wanted = format.name else {
            if book.sheets.count == 1 { return book.sheets[0] }
            let problem =
                names.isEmpty
                ? "has no sheet with cells that can be seen."
                : "has \(names.count) sheets: \(listed). Say in the mapping which one is meant, as in "
                    + "sheet: {name: \"\(names[0])\"}."
            throw InputFault(name: name, cause: .other(problem))
        }
        if let sheet = book.sheets.first(where: { $0.name.utf8.elementsEqual(wanted.utf8) }) {
            return sheet
        }
        throw InputFault(
            name: name,
            cause: .other("has no sheet \"\(wanted)\", which the mapping reads. It has \(listed)."))
    }

    // MARK: RowReader

    var rawRow: ArraySlice<UInt8> { row.csvLine[...] }

    func place(of column: String) -> Int? { header.place(of: column) }

    func mismatch(lacking column: String, of mapping: String) -> String? {
        "has no column \"\(column)\", which the mapping \(mapping) reads (the header is the first row "
            + "that isn't empty; rows above it are passed over with sheet: {skip: 3})."
            + header.suggestion(for: column)
    }

    var unseenColumns: [String] { [] }

    func next() throws -> RowItem {
        guard let next = try nextRow() else {
            row = InputRow()
            // The digest is of the whole file.
            try source.readOn(toStored: .max)
            return .end
        }
        rows += 1
        row = next.row
        row.number = rows
        if let rejection = next.rejection ?? header.fit(&row) { return .rejected(rejection) }
        return .row
    }

    /// The next row that is not empty; nil at the sheet's end.
    private func nextRow() throws -> SheetRow? {
        while ready.isEmpty {
            guard xml?.isAtEnd == false else { return nil }
            try xml?.readOn()
            ready = found[...]
            found = []
        }
        return ready.popFirst()
    }

    // MARK: XMLHandler

    private struct SheetRow {
        var row = InputRow()
        var rejection: Rejection?
    }

    private enum Place {
        case outside, row, cell, value, inlineText, passedOver
    }
    private var place = Place.outside
    private var current = SheetRow()
    private var line = 0
    private var kind = ""
    private var style = 0
    private var hasFormula = false
    private var hasValue = false
    private var cellText: [UInt8] = []

    func begin(_ name: String, _ attributes: [String: String], line: Int) {
        switch (place, Workbook.local(name)) {
        case (.outside, "row"):
            place = .row
            self.line = attributes["r"].flatMap { Int($0) } ?? self.line + 1
            current = SheetRow()
            current.row.line = self.line
        case (.row, "c"):
            place = .cell
            kind = attributes["t"] ?? "n"
            style = attributes["s"].flatMap { Int($0) } ?? 0
            hasFormula = false
            hasValue = false
            cellText.removeAll(keepingCapacity: true)
            guard let column = attributes["r"].map(SheetRows.column) else { break }
            guard let column, column >= current.row.count, column < 16_384 else {
                current.rejection = refused(
                    "the cell \(attributes["r"] ?? "") stands where none can")
                break
            }
            current.row.ends += repeatElement(
                current.row.bytes.count, count: column - current.row.count)
        case (.cell, "v"):
            hasValue = true
            place = .value
        case (.cell, "f"): hasFormula = true
        case (.cell, "t"): place = .inlineText
        case (.cell, "rPh"): place = .passedOver
        default: break
        }
    }

    func end(_ name: String) {
        switch (place, Workbook.local(name)) {
        case (.value, "v"), (.inlineText, "t"), (.passedOver, "rPh"): place = .cell
        case (.cell, "c"):
            place = .row
            endCell()
        case (.row, "row"):
            place = .outside
            guard line > format.rowsAbove, current.rejection != nil || !isEmpty(current.row) else {
                break
            }
            found.append(current)
        default: break
        }
    }

    func text(_ bytes: Span<UInt8>) {
        guard place == .value || place == .inlineText else { return }
        for index in bytes.indices { cellText.append(bytes[index]) }
    }

    private func isEmpty(_ row: InputRow) -> Bool { row.isBlank && row.problems.isEmpty }

    private func refused(_ problem: String) -> Rejection {
        Rejection(kind: .unreadable, line: line, field: "", problem: problem)
    }

    private func endCell() {
        defer { current.row.ends.append(current.row.bytes.count) }
        let index = current.row.count
        func put(_ text: some Collection<UInt8>) {
            guard text.count <= SheetRows.longestText else {
                current.rejection = refused(
                    "a cell's text is longer than \(SheetRows.longestText) bytes")
                return
            }
            current.row.bytes += text
        }
        switch kind {
        case "s":
            let number = Int(String(decoding: cellText, as: UTF8.self))
            guard let text = number.flatMap({ book.texts[$0] }) else {
                current.row.problems[index] = "names a text that the workbook does not hold"
                return
            }
            put(text)
        case "b": put(Array((cellText == [49] ? "TRUE" : "FALSE").utf8))
        case "e":
            current.row.problems[index] =
                "is an error of the sheet: \(String(decoding: cellText, as: UTF8.self))"
        case "n":
            guard hasValue, !cellText.isEmpty else {
                if hasFormula {
                    current.row.problems[index] =
                        "is a formula whose result the file does not hold: open it in a spreadsheet and "
                        + "save it"
                }
                return
            }
            let format = book.formats.indices.contains(style) ? book.formats[style] : .number
            let written = String(decoding: cellText, as: UTF8.self)
            guard let text = format.text(written, counting: book.counting, decimal: decimal) else {
                current.row.problems[index] =
                    "is \(written), which is no \(format == .number ? "number" : "time") of a spreadsheet"
                return
            }
            if format != .number { current.row.hasTimes = true }
            put(text.utf8)
        case "d":
            current.row.hasTimes = true
            put(cellText)
        default:
            // A text of its own, or of a formula.
            SheetText.unescape(&cellText, from: 0)
            put(cellText)
        }
    }

    /// The column of a cell's name, from 0: of `AB12` the 27th; nil where it is none.
    private static func column(_ cell: String) -> Int? {
        var column = 0
        for byte in cell.utf8 {
            guard (65...90).contains(byte) else { break }
            column = column * 26 + Int(byte - 64)
            guard column <= 1 << 20 else { return nil }
        }
        return column == 0 ? nil : column - 1
    }
}
