internal import EventModel

/// What the first rows of an input hold, by levels and columns: what a mapping is drafted from.
public struct InputSample: Sendable {
    /// One of the levels on which rows stand; a table has one.
    struct Level: Sendable {
        /// What columns of it begin with; empty for a table.
        var name = ""
        /// In `levels`.
        var parent: Int?
        /// Where its rows stand, as `rows` says it.
        var path = ""
        var rows = 0
        var columns: [ColumnFacts] = []
        /// What is no text: lists of texts.
        var lists: [String] = []
    }

    enum Shape: Sendable { case table, sheet, documents, log }

    /// Rows that are looked at.
    public static let mostRows = 1000

    var name: String
    var shape: Shape
    var levels: [Level]
    /// Lines above the header.
    var linesAbove = 0
    var sheet: String?
    /// Texts that seem to stand for nothing.
    var missing: [String] = []

    /// Looks at the first rows of an input.
    ///
    /// - Parameters:
    ///   - sheet: which sheet of a workbook; nil for the only one.
    ///   - rows: the path to the rows in JSON; nil: the list of objects that holds most.
    /// - Throws: `InputFault` where it can't be read, or holds no rows.
    public init(_ source: InputSource, sheet: String? = nil, rows: String? = nil) throws {
        if let fault = source.fault(reading: .rows) { throw fault }
        let content = InputContent(firstBytes: source.firstBytes())
        name = source.name
        levels = []
        self.sheet = sheet
        let isDocument = content?.isJSON == true || content == .xes
        if isDocument || rows != nil {
            shape = content == .xes ? .log : .documents
            let log: any ByteSource =
                content == .xes ? XESSource(source, name: source.name) : source
            let sampler = try DocumentSampler(log, name: source.name, path: rows)
            levels = try sampler.levels(isLog: content == .xes)
        } else if content == .workbook, let path = source.storedPath {
            shape = .sheet
            if sheet == nil { try InputSample.checkSheet(of: path, source.name) }
            try readTable { above in
                let input = try source.again() ?? source
                let rows = try SheetRows(
                    input, path: input.storedPath ?? path,
                    format: SheetFormat(name: sheet, rowsAbove: above),
                    decimal: UInt8(ascii: "."))
                return (rows, rows.names)
            }
        } else if content == .parquet, let bytes = source.storedBytesAnywhere {
            shape = .table
            let names = try ParquetRows.names(of: bytes, in: source.name)
            try readTable { _ in
                let input = try source.again() ?? source
                let rows = try ParquetRows(
                    input, bytes, columns: names, decimal: UInt8(ascii: "."))
                return (rows, names)
            }
            linesAbove = 0
        } else {
            shape = .table
            let beginning = try InputSample.beginning(of: source)
            try readTable { above in
                var format = CSVFormat()
                format.linesAbove = above
                let input = InputSource(bytes: beginning, name: source.name)
                do {
                    let rows = try CSVReader(source: input, format: format)
                    return (rows, rows.header)
                } catch let fault as CSVFault {
                    throw InputFault(name: source.name, cause: .other("\(fault)"))
                }
            }
        }
        guard levels.contains(where: { $0.rows > 0 }) else {
            throw InputFault(name: name, cause: .other("has no row to draft a mapping from."))
        }
    }

    /// Bytes of a table that are looked at, at most.
    private static let mostBytes = 8 << 20
    /// Lines of a title above a header, at most.
    private static let mostLinesAbove = 10

    private static func beginning(of source: InputSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while bytes.count < mostBytes {
            var span = chunk.mutableSpan
            let count = try source.read(into: &span)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
        // The last line may be cut off.
        if !bytes.contains(0), let end = bytes.lastIndex(of: 10) {
            bytes.removeSubrange((end + 1)...)
        }
        return bytes
    }

    private static func checkSheet(of path: String, _ name: String) throws {
        let names = try Workbook(path: path, name: name).sheets.map(\.name)
        guard names.count > 1 else { return }
        let listed = names.map { "\"\($0)\"" }.joined(separator: ", ")
        throw InputFault(
            name: name,
            cause: .other(
                "has \(names.count) sheets: \(listed). Say which one is meant: --sheet \"\(names[0])\"."
            ))
    }

    /// Reads a table whose header stands in the first line under which rows fit.
    private mutating func readTable(
        _ open: (_ linesAbove: Int) throws -> (any RowReader, names: [String])
    ) throws {
        var best: (above: Int, rows: [[String]], names: [String])?
        for above in 0...InputSample.mostLinesAbove {
            guard let (reader, names) = try? open(above) else { break }
            let found = try InputSample.rows(of: reader, most: 20)
            let named = names.count { !$0.hasPrefix("#") }
            let fits = found.refused == 0 && named * 2 > names.count
            // A title alone is one column.
            if fits, !found.rows.isEmpty, names.count > 1 {
                best = (above, found.rows, names)
                break
            }
        }
        let above = best?.above ?? 0
        let (reader, names) = try open(above)
        let found = try InputSample.rows(of: reader, most: InputSample.mostRows)
        linesAbove = above
        missing = MissingTexts.among(found.rows.joined())
        let columns = names.indices.compactMap { place -> ColumnFacts? in
            // A brace can't stand in a template's column.
            guard !names[place].contains(where: { "{}".contains($0) }) else { return nil }
            return ColumnFacts(
                reference: names[place], name: names[place],
                values: found.rows.map {
                    MissingTexts.text($0[place], missing)
                })
        }
        levels = [Level(rows: found.rows.count, columns: columns)]
    }

    private static func rows(
        of reader: any RowReader, most: Int
    ) throws -> (rows: [[String]], refused: Int) {
        var rows: [[String]] = []
        var refused = 0
        while rows.count + refused < most {
            switch try reader.next() {
            case .end: return (rows, refused)
            case .rejected: refused += 1
            case .row: rows.append((0..<reader.row.count).map { reader.row.normalText($0) })
            }
        }
        return (rows, refused)
    }
}

/// Texts that stand for nothing in many exports.
enum MissingTexts {
    private static let known: Set<String> = [
        "?", "-", "--", "N/A", "n/a", "NULL", "null", "\\N", "#N/A", "(blank)", "(kosong)",
    ]
    /// Of a text so much is kept.
    static let longestText = 256

    static func among(_ texts: some Sequence<String>) -> [String] {
        Set(texts).intersection(known).sorted()
    }

    /// A text as it is counted; nil for one that stands for nothing.
    static func text(_ text: String, _ missing: [String]) -> String? {
        text.isEmpty || missing.contains(text) ? nil : String(text.prefix(longestText))
    }
}
