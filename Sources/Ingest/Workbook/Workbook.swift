internal import EventModel

/// A workbook (XLSX: Office Open XML, ECMA-376): its sheets, the texts that their cells share, and what the
/// formats of cells show.
final class Workbook: XMLHandler {
    /// A sheet that can be seen.
    struct Sheet {
        var name: String
        /// Where in the file it stands.
        fileprivate var part: String
    }

    private(set) var sheets: [Sheet] = []
    /// What days are counted from.
    private(set) var counting = CountedTime.serial
    /// By a cell's style.
    private(set) var formats: [CellFormat] = []
    private(set) var texts = SharedTexts()

    private let archive: ZipArchive
    private let name: String

    /// Bytes of texts that cells share, at most: they are in memory while a sheet is read.
    static let mostTextBytes = 512 << 20

    /// Opens a workbook.
    ///
    /// - Parameters:
    ///   - path: where the file is read from.
    ///   - name: what it is called in faults.
    /// - Throws: `InputFault` where it is damaged, or no workbook.
    init(path: String, name: String) throws {
        self.name = name
        archive = try ZipArchive(path: path, name: name)
        let package = try relations(of: "")
        let main = package.first { $0.type == "officeDocument" }?.part ?? "xl/workbook.xml"
        guard !main.hasSuffix(".bin") else {
            throw fault("is a binary workbook (XLSB). Save it as XLSX, or its sheet as CSV.")
        }
        guard try read(main) else {
            throw fault(
                "is no workbook. XLSX, CSV, JSON, Parquet and XES are read: export it as one of these."
            )
        }
        let parts = try relations(of: main)
        sheets = listed.compactMap { sheet in
            let part = parts.first { $0.id == sheet.relation && $0.type == "worksheet" }?.part
            guard sheet.isVisible, let part else { return nil }
            return Sheet(name: sheet.name, part: part)
        }
        if let styles = parts.first(where: { $0.type == "styles" })?.part { _ = try read(styles) }
        formats = styles.map { CellFormat(builtIn: $0) ?? codes[$0] ?? .number }
        if let shared = parts.first(where: { $0.type == "sharedStrings" })?.part {
            _ = try read(shared)
        }
    }

    /// The rows of a sheet, to be read on and on.
    func open(_ sheet: Sheet, _ handler: any XMLHandler) throws -> XMLText {
        guard let part = try archive.part(sheet.part) else {
            throw fault("lacks its part \(sheet.part). Get it again from where it came.")
        }
        return XMLText(part, handler) { [name] in Workbook.fault($0, in: sheet.part, of: name) }
    }

    /// The name of an element or attribute without its prefix.
    static func local(_ name: String) -> Substring {
        name.utf8.firstIndex(of: UInt8(ascii: ":")).map { name[name.index(after: $0)...] }
            ?? name[...]
    }

    private func fault(_ problem: String) -> InputFault {
        InputFault(name: name, cause: .other(problem))
    }

    private static func fault(_ fault: XMLFault, in part: String, of name: String) -> InputFault {
        InputFault(
            name: name,
            cause: .other(
                "can't be read: its part \(part) \(fault.problem), in line \(fault.line)."))
    }

    /// Reads a part whole; false where there is none.
    private func read(_ part: String) throws -> Bool {
        guard let source = try archive.part(part) else { return false }
        open = []
        let text = XMLText(source, self) { [name] in Workbook.fault($0, in: part, of: name) }
        while !text.isAtEnd {
            try text.readOn()
            guard texts.byteCount <= Workbook.mostTextBytes else {
                throw fault(
                    "holds more than \(Workbook.mostTextBytes >> 20) MiB of text. Save its sheet as CSV."
                )
            }
        }
        return true
    }

    // MARK: Parts that name each other

    private struct Relation {
        var id: String
        /// The last part of its type's address, which two editions of the standard begin differently.
        var type: Substring
        var part: String
    }
    private var relations: [Relation] = []

    /// What a part, or with the empty one the whole file, says of others.
    private func relations(of part: String) throws -> [Relation] {
        let names = part.split(separator: "/").map(String.init)
        let folder = names.dropLast()
        relations = []
        _ = try read((folder + ["_rels", (names.last ?? "") + ".rels"]).joined(separator: "/"))
        return relations.map { relation in
            var relation = relation
            var path = relation.part.hasPrefix("/") ? [] : Array(folder)
            for step in relation.part.split(separator: "/").map(String.init) where step != "." {
                if step == ".." { _ = path.popLast() } else { path.append(step) }
            }
            relation.part = path.joined(separator: "/")
            return relation
        }
    }

    // MARK: XMLHandler

    private var open: [Substring] = []
    private var listed: [(name: String, relation: String, isVisible: Bool)] = []
    private var styles: [Int] = []
    private var codes: [Int: CellFormat] = [:]

    func begin(_ name: String, _ attributes: [String: String], line: Int) {
        let element = Workbook.local(name)
        defer { open.append(element) }
        switch (open.last, element) {
        case ("Relationships", "Relationship"):
            relations.append(
                Relation(
                    id: attributes["Id"] ?? "",
                    type: (attributes["Type"] ?? "").split(separator: "/").last ?? "",
                    part: attributes["Target"] ?? ""))
        case (_, "workbookPr"):
            let isLater = attributes["date1904"]
            if isLater == "1" || isLater == "true" { counting = .serial1904 }
        case ("sheets", "sheet"):
            let relation = attributes.first { $0.key != "id" && Workbook.local($0.key) == "id" }?
                .value
            listed.append(
                (
                    attributes["name"] ?? "", relation ?? "",
                    (attributes["state"] ?? "visible") == "visible"
                ))
        case ("numFmts", "numFmt"):
            guard let number = attributes["numFmtId"].flatMap({ Int($0) }) else { break }
            codes[number] = CellFormat(code: attributes["formatCode"] ?? "")
        case ("cellXfs", "xf"): styles.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0)
        default: break
        }
    }

    func end(_ name: String) {
        open.removeLast()
        if open == ["sst"] { texts.end() }
    }

    func text(_ bytes: Span<UInt8>) {
        // How a word is read aloud (rPh) is no part of the text.
        guard open.first == "sst", open.last == "t", !open.contains("rPh") else { return }
        texts.append(bytes)
    }
}

/// Texts, one behind the other.
struct SharedTexts {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var byteCount: Int { bytes.count + 8 * ends.count }

    mutating func append(_ span: Span<UInt8>) {
        for index in span.indices { bytes.append(span[index]) }
    }

    mutating func end() {
        SheetText.unescape(&bytes, from: ends.last ?? 0)
        ends.append(bytes.count)
    }

    /// The UTF-8 of a text; nil where there is none of the number.
    subscript(number: Int) -> ArraySlice<UInt8>? {
        guard ends.indices.contains(number) else { return nil }
        return bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }
}

/// Texts of workbooks.
enum SheetText {
    /// Puts in the characters that XML can't hold, which stand as `_x000D_` (ECMA-376, 22.9.2.19).
    static func unescape(_ bytes: inout [UInt8], from start: Int) {
        guard bytes[start...].contains(UInt8(ascii: "_")) else { return }
        var result: [UInt8] = []
        var index = start
        while index < bytes.count {
            let digits = bytes[index...].prefix(7)
            if digits.count == 7, digits.first == UInt8(ascii: "_"),
                digits.last == UInt8(ascii: "_"),
                digits[index + 1] == UInt8(ascii: "x"),
                let number = UInt32(
                    String(decoding: digits[index + 2..<index + 6], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(number)
            {
                result += Array(String(Character(scalar)).utf8)
                index += 7
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        bytes.replaceSubrange(start..., with: result)
    }
}
