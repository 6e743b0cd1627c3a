import Foundation

/// A workbook as its parts, to be written as a zip file of unpacked ones (PKWARE APPNOTE 6.3, 4.3).
struct WorkbookFile {
    /// Name and text of each part, in order.
    var parts: [(name: String, text: String)]

    /// A workbook of one or more sheets, each the inside of its `sheetData`.
    ///
    /// - Parameters:
    ///   - cells: by sheet.
    ///   - texts: what cells share, each the inside of its `si`.
    ///   - codes: formats of styles from 1 on; style 0 is a number.
    init(
        _ sheets: [(name: String, rows: String)], texts: [String] = [], codes: [String] = [],
        from1904: Bool = false, states: [String] = []
    ) {
        let address = "http://schemas.openxmlformats.org"
        let main = "xmlns=\"\(address)/spreadsheetml/2006/main\""
        let office = "\(address)/officeDocument/2006/relationships"
        func relations(_ parts: [(id: String, type: String, target: String)]) -> String {
            "<Relationships xmlns=\"\(address)/package/2006/relationships\">"
                + parts.map {
                    "<Relationship Id=\"\($0.id)\" Type=\"\(office)/\($0.type)\" Target=\"\($0.target)\"/>"
                }.joined() + "</Relationships>"
        }
        let listed = sheets.indices.map { index in
            let state = states.indices.contains(index) ? " state=\"\(states[index])\"" : ""
            return "<sheet name=\"\(sheets[index].name)\" sheetId=\"\(index + 1)\"\(state) "
                + "r:id=\"rId\(index + 1)\"/>"
        }.joined()
        parts = [
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", relations([("rId1", "officeDocument", "xl/workbook.xml")])),
            (
                "xl/workbook.xml",
                "<workbook \(main) xmlns:r=\"\(office)\"><workbookPr\(from1904 ? " date1904=\"1\"" : "")/>"
                    + "<sheets>\(listed)</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relations(
                    sheets.indices.map {
                        ("rId\($0 + 1)", "worksheet", "worksheets/sheet\($0 + 1).xml")
                    } + [
                        ("s", "styles", "/xl/styles.xml"),
                        ("t", "sharedStrings", "sharedStrings.xml"),
                    ])
            ),
            (
                "xl/styles.xml",
                "<styleSheet \(main)><numFmts>"
                    + codes.enumerated().map {
                        "<numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\($1)\"/>"
                    }.joined() + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                    + "<cellXfs><xf numFmtId=\"0\"/>"
                    + codes.indices.map { "<xf numFmtId=\"\(164 + $0)\"/>" }.joined()
                    + "</cellXfs></styleSheet>"
            ),
            (
                "xl/sharedStrings.xml",
                "<sst \(main)>" + texts.map { "<si>\($0)</si>" }.joined() + "</sst>"
            ),
        ]
        for (index, sheet) in sheets.enumerated() {
            parts.append(
                (
                    "xl/worksheets/sheet\(index + 1).xml",
                    "<worksheet \(main)><sheetData>\(sheet.rows)</sheetData></worksheet>"
                ))
        }
    }

    /// The bytes of the zip file.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        var list: [UInt8] = []
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for (name, text) in parts {
            let content = Array(text.utf8)
            let sizes =
                number(Int(WorkbookFile.checksum(content)), 4) + number(content.count, 4)
                + number(content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
            let common = number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) + sizes
            list +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + common + number(0, 10)
                + number(file.count, 4) + Array(name.utf8)
            file += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
        }
        return file + list + [0x50, 0x4B, 5, 6] + number(0, 4) + number(parts.count, 2)
            + number(parts.count, 2) + number(list.count, 4) + number(file.count, 4) + number(0, 2)
    }

    /// CRC-32 of IEEE 802.3.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
