/// What is known of a CSV file before it is read; everything left open is found out.
public struct CSVFormat: Hashable, Sendable {
    /// Between fields; nil: the one of comma, semicolon, tab and bar that parts the first lines
    /// most evenly.
    public var delimiter: UInt8?
    /// How bytes are text; nil: UTF-8, or Windows-1252 where the first line that is not plain ASCII
    /// is no UTF-8; UTF-16 by its byte-order mark.
    public var encoding: TextEncoding?
    /// Column names, for a file without a header line.
    public var header: [String]?
    /// Lines above the header (or above the rows, where there is none) that are no rows.
    public var linesAbove = 0
    /// Longest row, in bytes. A longer one is refused and skipped.
    public var longestRow = 16 << 20
    /// Columns, at most. A file whose header has more is refused, as is a row with more fields.
    public var mostColumns = 4096
    /// Longest field, in bytes. A row with a longer one is refused.
    public var longestField = 1 << 20

    /// A format; what is left out is found out.
    public init(
        delimiter: UInt8? = nil, encoding: TextEncoding? = nil, header: [String]? = nil
    ) {
        self.delimiter = delimiter
        self.encoding = encoding
        self.header = header
    }

    /// The delimiters that are recognized, by the words of mapping files.
    public static let delimiters: [(name: String, byte: UInt8)] = [
        ("comma", UInt8(ascii: ",")), ("semicolon", UInt8(ascii: ";")), ("tab", 9),
        ("bar", UInt8(ascii: "|")),
    ]

    static func name(of delimiter: UInt8) -> String {
        delimiters.first { $0.byte == delimiter }?.name ?? "character \(delimiter)"
    }
}

/// A character encoding of exports.
public enum TextEncoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case windows1252 = "windows-1252"
    case latin1 = "iso-8859-1"

    /// Appends a byte of a single-byte encoding as UTF-8.
    ///
    /// Source: WHATWG Encoding Standard, *index-windows-1252*; the five bytes it leaves open stand
    /// for the control characters of the same number, as in ISO 8859-1.
    @inline(__always)
    func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        if byte < 0x80 {
            bytes.append(byte)
        } else if self == .windows1252, byte < 0xA0 {
            let scalar = TextEncoding.windows1252High[Int(byte) - 0x80]
            bytes.append(contentsOf: Unicode.UTF8.encode(Unicode.Scalar(scalar)!)!)
        } else {
            bytes.append(0xC0 | byte >> 6)
            bytes.append(0x80 | byte & 0x3F)
        }
    }

    private static let windows1252High: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
