/// What an input holds that is neither lines of JSON nor CSV, or is one where the other is read, as far
/// as its first bytes tell.
public enum InputContent: String, Sendable {
    /// Lines of JSON objects.
    case jsonLines
    /// A JSON array.
    case jsonArray
    /// JSON of which an object stands in several lines.
    case jsonDocument
    /// Lines of which all are parted by one of CSV's delimiters, and none begins an object.
    case csv
    case xml, pdf, sqlite
    /// A table by columns.
    case parquet
    /// A process log, which is XML.
    case xes
    /// A workbook of Excel since 2007 (XLSX).
    case workbook
    /// One of LibreOffice (ODS).
    case openDocument
    /// One of Excel until 2003 (XLS), or one with a password.
    case compoundFile

    /// What is read.
    public enum Reading: Sendable {
        /// Events, one to a line.
        case events
        /// Rows of CSV or JSON, through a mapping.
        case rows
    }

    /// What it is called where what it consists of is listed at its end, so that it is read from a file
    /// alone; nil for anything else.
    var nameOfWhole: String? {
        switch self {
        case .workbook: "a workbook (XLSX)"
        case .parquet: "Parquet"
        default: nil
        }
    }

    /// Whether it is JSON of any kind.
    var isJSON: Bool { self == .jsonLines || self == .jsonArray || self == .jsonDocument }

    /// Looks at the first bytes of an input; nil where they tell nothing.
    ///
    /// - Complexity: O(bytes).
    init?(firstBytes bytes: [UInt8]) {
        if let workbook = Self.workbook(bytes) {
            self = workbook
            return
        }
        for (content, signature) in Self.signatures where bytes.starts(with: signature) {
            self = content
            return
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0 <= 32 }
        let second = rest.dropFirst().first { $0 > 32 }
        switch rest.first {
        case UInt8(ascii: "<"):
            self = XESSource.isXES(String(decoding: rest, as: UTF8.self)) ? .xes : .xml
        // A column of a database may be called [ID].
        case UInt8(ascii: "[") where second == UInt8(ascii: "{") || second == UInt8(ascii: "["):
            self = .jsonArray
        case UInt8(ascii: "{"):
            let line = rest.prefix { $0 != 10 }
            let next = line.dropFirst().first { $0 > 32 }
            guard next == nil || next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") else {
                return nil
            }
            // A line after which nothing is there tells nothing. An object begins where a value does: else
            // it is the next line, and this one is damaged.
            let following = rest[line.endIndex...].first { $0 > 32 }
            let last = line.last { $0 > 32 }
            let isValue = last == UInt8(ascii: ":") || last == UInt8(ascii: "[")
            let goesOn = following != nil && (isValue || following != UInt8(ascii: "{"))
            self = goesOn && last != UInt8(ascii: "}") ? .jsonDocument : .jsonLines
        default:
            guard Self.isCSV(rest) else { return nil }
            self = .csv
        }
    }

    private static let signatures: [(InputContent, [UInt8])] = [
        (.parquet, Array("PAR1".utf8)), (.parquet, Array("PARE".utf8)), (.pdf, Array("%PDF-".utf8)),
        (.sqlite, Array("SQLite format 3".utf8)),
        (.compoundFile, [0xD0, 0xCF, 0x11, 0xE0]),
    ]

    /// What kind of workbook the first bytes of a zip file tell of: they name one of its parts (ECMA-376,
    /// ISO 26300).
    private static func workbook(_ bytes: [UInt8]) -> InputContent? {
        guard isZip(bytes) else { return nil }
        let names = String(decoding: bytes.prefix(100), as: UTF8.self)
        if names.contains("opendocument.spreadsheet") { return .openDocument }
        let first = ["[Content_Types].xml", "_rels/", "docProps/", "xl/"]
        return first.contains { names.dropFirst(30).hasPrefix($0) } ? .workbook : nil
    }

    /// Whether bytes begin a zip file.
    static func isZip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// Whether the first lines (at least two) are parted by one delimiter, and none begins an object.
    private static func isCSV(_ bytes: ArraySlice<UInt8>) -> Bool {
        let lines = bytes.split(separator: 10, maxSplits: 10).prefix(10)
        guard lines.count > 1, lines.allSatisfy({ !$0.starts(with: "{".utf8) }) else {
            return false
        }
        return CSVFormat.delimiters.contains { delimiter in
            // The last one may be cut off.
            lines.dropLast(lines.count > 2 ? 1 : 0).allSatisfy { $0.contains(delimiter.byte) }
        }
    }

    /// What is wrong with it where something else is read; nil where it may be that.
    func fault(reading: Reading) -> String? {
        let events = "events are read one to a line, as JSON"
        switch (self, reading) {
        case (.jsonLines, .events), (.csv, .rows), (.jsonLines, .rows), (.jsonArray, .rows),
            (.jsonDocument, .rows), (.xes, .rows), (.workbook, .rows), (.parquet, .rows):
            return nil
        case (.csv, .events):
            return "is CSV, and \(events). Say how its rows become events with --mapping FILE "
                + "(rekam mapping new drafts one)."
        case (.xes, .events):
            return
                "is a process log (XES), and \(events). Say what its traces and events mean with "
                + "--mapping FILE (rekam mapping new drafts one)."
        case (.jsonArray, .events):
            return
                "is one JSON array, and \(events). Write its elements one to a line: jq -c '.[]' "
                + "(a helpdesk's export is read with --mapping FILE)"
        case (.jsonDocument, .events):
            return "is JSON that goes over several lines, and \(events). Write it so: jq -c . "
                + "(a helpdesk's export is read with --mapping FILE)"
        case (.workbook, .events):
            return
                "is a workbook (XLSX), and \(events). Say how the rows of its sheet become events with "
                + "--mapping FILE (rekam mapping new drafts one)."
        case (.parquet, .events):
            return "is Parquet, and \(events). Say how its rows become events with --mapping FILE "
                + "(rekam mapping new drafts one)."
        case (.openDocument, _):
            return
                "is a workbook of LibreOffice (ODS). Save it as XLSX, or its sheet as CSV, and read "
                + "that with --mapping."
        case (.compoundFile, _):
            return
                "is a workbook of Excel before 2007 (XLS), or one with a password. Save it as XLSX "
                + "without one, or its sheet as CSV, and read that with --mapping."
        case (.xml, _), (.pdf, _), (.sqlite, _):
            let name = self == .sqlite ? "an SQLite database" : rawValue.uppercased()
            return
                "is \(name). JSON, CSV, XLSX, Parquet and XES are read: export it as one of these."
        }
    }
}

extension InputSource {
    /// What is wrong where the first bytes tell of something else than what is to be read; nil for a
    /// pipe, on whose first bytes nobody should wait here.
    public func fault(reading: InputContent.Reading) -> InputFault? {
        guard totalStoredBytes != nil else { return nil }
        return InputContent(firstBytes: firstBytes())?.fault(reading: reading)
            .map { InputFault(name: name, cause: .other($0)) }
    }
}
