internal import EventModel

/// Reads a CSV file row by row, in memory that does not grow with it: RFC 4180 and the habits of
/// real exports (`CSVFormat` says which).
///
///     let reader = try CSVReader(source: source)
///     while true {
///         switch try reader.next() {
///         case .row: use(reader.row[0])
///         case .rejected(let rejection): keep(reader.rawRow, rejection)
///         case .end: return
///         }
///     }
///
/// A row that can't be read costs that row alone: after an unclosed quote reading goes on in the
/// next line. Blank lines are skipped; a row that is shorter than the header has empty fields at its
/// end, and empty fields beyond the header's are none.
public final class CSVReader {
    /// The columns' names. A name that stands twice is `name` and `name#2`, an empty one `#7`.
    public var header: [String] { table.names }
    var table = TableHeader()
    /// The lines above the header that are passed over, as they stand in the file.
    public internal(set) var rawPreamble: [UInt8] = []
    /// The header as it stands in the file; empty where the format states it.
    var headerLine: [UInt8] = []
    /// The row last read.
    public internal(set) var row = InputRow()
    /// The delimiter, stated or found.
    public var delimiter: UInt8 { scanner.delimiter }
    /// How bytes are read as text; nil as long as all of them were ASCII and nothing was stated.
    public internal(set) var encoding: TextEncoding?

    var source: any ByteSource
    let format: CSVFormat
    var scanner: CSVScanner
    var buffer: [UInt8] = []
    var position = 0
    var rowStart = 0
    var isAtEnd = false
    var line = 1
    var rowNumber = 0
    var utf16: UTF16Decoder?
    var chunk: [UInt8] = []
    /// What the source threw while the file's beginning was looked at.
    var fault: (any Error)?

    static let chunkBytes = 256 << 10

    /// Opens a file: finds out its encoding and delimiter and reads its header.
    ///
    /// - Throws: what the source throws, or `CSVFault` where there is no header.
    public init(source: any ByteSource, format: CSVFormat = CSVFormat()) throws {
        self.source = source
        self.format = format
        encoding = format.encoding
        scanner = CSVScanner(
            delimiter: format.delimiter ?? UInt8(ascii: ","), longestField: format.longestField,
            mostFields: format.mostColumns)
        try readFirstBytes()
        if let names = format.header {
            table = TableHeader(names)
        } else {
            try readHeader()
        }
    }

    /// Reads the next row into `row`.
    ///
    /// - Throws: what the source throws.
    /// - Complexity: O(length of the row).
    public func next() throws -> RowItem {
        while true {
            guard try scanRow() else { return .end }
            switch found {
            case .fault(let rejection): return .rejected(rejection)
            case .blank: continue
            case .row: break
            }
            if let rejection = settle() { return .rejected(rejection) }
            return .row
        }
    }

    /// The bytes of what `next` found last, its line end included, as they stand in the file (of
    /// UTF-16: as UTF-8). A row longer than `CSVFormat.longestRow` is cut to its first 64 KiB.
    public var rawRow: ArraySlice<UInt8> { buffer[rowStart..<position].prefix(rawLimit) }

    var rawLimit = Int.max
    var found = Found.blank
    enum Found {
        case row
        case blank
        case fault(Rejection)
    }
}

extension CSVReader: RowReader {
    var rawHeader: [UInt8] { rawPreamble + headerLine }

    func place(of column: String) -> Int? { table.place(of: column) }

    func mismatch(lacking column: String, of mapping: String) -> String? {
        "has no column \"\(column)\", which the mapping \(mapping) reads (columns are parted by "
            + "\(CSVFormat.name(of: delimiter)) here)."
            + table.suggestion(for: column)
    }

    /// A table has a column or not; which of its cells are empty says nothing.
    var unseenColumns: [String] { [] }
}
