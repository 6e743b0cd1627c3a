internal import EventModel
internal import Parquet

/// The rows of a Parquet file: values as texts, times as ISO 8601, numbers with the mapping's decimal sign. Null
/// is no value.
///
/// Of the columns those are read that the mapping names. A row's line is its number. What the file of refused
/// rows takes is CSV, of these columns.
final class ParquetRows: RowReader {
    private(set) var row = InputRow()
    private(set) var rawHeader: [UInt8] = []

    private let header: TableHeader
    /// By the place of a column in the file, where it stands in each row.
    private var places: [Int: Int] = [:]
    private let columns: [ParquetColumn]
    private let texts: ColumnText
    private let name: String
    private let rows: ParquetRowCursor
    private let rowCount: Int
    private let byteCount: Int
    /// All that has to be read of the input in the end, for its digest.
    private let source: InputSource

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - bytes: the same input, read from any place.
    ///   - columns: those that the mapping names.
    ///   - repeated: those of which it reads all of the name.
    /// - Throws: `InputFault` where it can't be read, or one of the columns is of a kind that is not read.
    init(
        _ source: InputSource, _ bytes: StoredBytes, columns: [String], repeated: [String] = [],
        decimal: UInt8
    ) throws {
        self.source = source
        name = source.name
        texts = ColumnText(decimal: decimal)
        byteCount = bytes.byteCount
        do {
            let reader = try ParquetReader(bytes)
            rowCount = reader.rowCount
            let header = TableHeader(reader.columns.map(\.name))
            self.header = header
            let all = repeated.flatMap { TableHeader.places(ofAll: $0, by: header.place) }
            let wanted = Set(columns.compactMap(header.place) + all).sorted()
            rows = try reader.rows(of: wanted)
            self.columns = wanted.map { reader.columns[$0] }
            for (place, column) in wanted.enumerated() { places[column] = place }
        } catch let fault as ParquetFault {
            throw ParquetRows.fault(fault, in: name)
        }
        var names = InputRow()
        for column in places.keys.sorted() { names.append(header.names[column].utf8) }
        rawHeader = names.csvLine
    }

    /// The names of the columns that are read, in the order of the file.
    static func names(of bytes: StoredBytes, in name: String) throws -> [String] {
        do {
            let columns = try ParquetReader(bytes).columns
            let names = TableHeader(columns.map(\.name)).names
            return zip(columns, names).compactMap { column, name in
                if case .unsupported = column.type { return nil }
                return name
            }
        } catch let fault as ParquetFault {
            throw ParquetRows.fault(fault, in: name)
        }
    }

    private static func fault(_ fault: ParquetFault, in name: String) -> InputFault {
        var words = "\(fault)"
        if case .unsupported = fault {
            words += " Schemas/mappings/README.md tells what is, and how to write the file so."
        }
        return InputFault(name: name, cause: .other(words))
    }

    // MARK: RowReader

    var rawRow: ArraySlice<UInt8> { row.csvLine[...] }

    func place(of column: String) -> Int? { header.place(of: column).flatMap { places[$0] } }

    func mismatch(lacking column: String, of mapping: String) -> String? {
        "has no column \"\(column)\", which the mapping \(mapping) reads."
            + header.suggestion(for: column)
    }

    var unseenColumns: [String] { [] }

    func next() throws -> RowItem {
        do {
            guard try rows.next() else {
                row = InputRow()
                try source.readOn(toStored: .max)
                return .end
            }
        } catch let fault as ParquetFault {
            throw ParquetRows.fault(fault, in: name)
        }
        let number = row.number + 1
        row.number = number
        row.line = number
        if number.isMultiple(of: 4096) {
            // So that what was read for the digest tells how far the rows are.
            try source.readOn(toStored: Int(Double(number) / Double(rowCount) * Double(byteCount)))
        }
        fill()
        return .row
    }

    private func fill() {
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        row.absent.removeAll(keepingCapacity: true)
        if !row.problems.isEmpty { row.problems.removeAll() }
        row.hasTimes = false
        for (place, column) in columns.enumerated() {
            let value = rows.values[place]
            row.absent.append(value == .null)
            if let problem = texts.append(value, of: column.type, to: &row) {
                row.problems[place] = problem
            }
            row.ends.append(row.bytes.count)
        }
    }
}
