import EventModel
import Foundation
import Testing

@testable import Ingest

/// The rows of a workbook's sheet as texts, refused ones by their problem.
private func rows(
    _ file: WorkbookFile, _ format: SheetFormat = SheetFormat(), decimal: Character = "."
) throws -> [(line: Int, fields: [String], refused: String?)] {
    let path = try fileOf(file.bytes)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = try InputSource(path: path)
    _ = source.firstBytes()
    let reader = try SheetRows(
        source, path: #require(source.storedPath), format: format, decimal: decimal.asciiValue!)
    var found: [(line: Int, fields: [String], refused: String?)] = []
    while true {
        switch try reader.next() {
        case .end: return found
        case .rejected(let rejection): found.append((rejection.line, [], rejection.problem))
        case .row:
            let row = reader.row
            found.append(
                (row.line, (0..<row.count).map { row.problems[$0] ?? row[$0] }, nil))
        }
    }
}

private func fileOf(_ bytes: [UInt8]) throws -> String {
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).xlsx"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
}

private func fault(_ file: WorkbookFile, _ format: SheetFormat = SheetFormat()) -> String {
    do {
        _ = try rows(file, format)
        return ""
    } catch {
        return "\(error)"
    }
}

/// A row of cells, each the attributes behind its name and what is in it.
private func row(_ number: Int, _ cells: [(String, String)]) -> String {
    "<row r=\"\(number)\">"
        + cells.map {
            "<c r=\"\($0.0.prefix { !$0.isWhitespace })\(number)\"\($0.0.drop { !$0.isWhitespace })>\($0.1)</c>"
        }
        .joined() + "</row>"
}

@Suite("Rows of workbooks (XLSX), by example")
struct SheetRowsTests {
    private static let header = row(
        1,
        [("A", "<v>1</v>"), ("B t=\"s\"", "<v>0</v>"), ("C t=\"inlineStr\"", "<is><t>c</t></is>")])

    @Test("Cells of every kind are texts; empty ones may be left out, and empty rows are none")
    func cells() throws {
        let sheet =
            SheetRowsTests.header + "<row r=\"2\"/>"
            + row(3, [("B t=\"s\"", "<v>1</v>"), ("C s=\"1\"", "<v>45581.375</v>")])
            + row(4, [("A s=\"1\"", ""), ("C", "")])
            + row(
                7,
                [
                    ("A t=\"b\"", "<v>1</v>"), ("B t=\"str\"", "<f>X()</f><v>a_x000D_b</v>"),
                    ("C", "<f>A1</f><v>0.30000000000000004</v>"),
                ])
            + "<row><c><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c><f>A1</f></c></row>"
        let found = try rows(
            WorkbookFile(
                [("Data", sheet)],
                texts: [
                    "<t>b</t>",
                    "<r><t>Bu</t></r><r><rPr/><t xml:space=\"preserve\">di </t></r><rPh><t>no</t></rPh>",
                ], codes: ["yyyy-mm-dd hh:mm"]), decimal: ",")
        #expect(found.map(\.line) == [3, 7, 8])
        #expect(found[0].fields == ["", "Budi ", "2024-10-16T09:00:00"])
        #expect(found[1].fields == ["TRUE", "a\rb", "0,3"])
        #expect(found[2].fields[1] == "is an error of the sheet: #N/A")
        #expect(found[2].fields[2].hasPrefix("is a formula whose result"))
    }

    @Test("A sheet is found by name among several, else the only one that can be seen")
    func sheets() throws {
        let two = WorkbookFile(
            [("Notes", row(1, [("A", "<v>1</v>")])), ("Data", SheetRowsTests.header)], texts: ["b"])
        #expect(fault(two).contains("has 2 sheets: \"Notes\", \"Data\""))
        #expect(try rows(two, SheetFormat(name: "Data")).isEmpty)
        #expect(fault(two, SheetFormat(name: "data")).contains("has no sheet \"data\""))
        let hidden = WorkbookFile(
            [("Notes", ""), ("Data", SheetRowsTests.header + row(2, [("A", "<v>5</v>")]))],
            states: ["hidden"])
        #expect(try rows(hidden).map(\.fields) == [["5", "", ""]])
    }

    @Test("Rows above the header are passed over, a header may be stated")
    func above() throws {
        let titled =
            row(1, [("A t=\"inlineStr\"", "<is><t>Laporan</t></is>")])
            + row(3, [("B t=\"inlineStr\"", "<is><t>x</t></is>")]) + row(4, [("B", "<v>7</v>")])
        let file = WorkbookFile([("Data", titled)])
        #expect(try rows(file, SheetFormat(rowsAbove: 2)).map(\.fields) == [["", "7"]])
        #expect(
            try rows(file, SheetFormat(rowsAbove: 3, header: ["a", "b"])).map(\.fields) == [
                ["", "7"]
            ])
        let wide = WorkbookFile([
            ("Data", row(1, [("A", "<v>1</v>")]) + row(2, [("C", "<v>2</v>")]))
        ])
        #expect(try rows(wide).first?.refused?.contains("the row has 3 fields") == true)
    }

    @Test("Days may count from 1904")
    func from1904() throws {
        let sheet = row(1, [("A", "<v>1</v>")]) + row(2, [("A s=\"1\"", "<v>0</v>")])
        let file = WorkbookFile([("Data", sheet)], codes: ["d/m/yyyy"], from1904: true)
        #expect(try rows(file).map(\.fields) == [["1904-01-01"]])
    }

    @Test("What is damaged, lacking or no workbook is said in a sentence")
    func faults() throws {
        var file = WorkbookFile([("Data", SheetRowsTests.header)], texts: ["b"])
        file.parts.removeLast()
        #expect(fault(file).contains("lacks its part xl/worksheets/sheet1.xml"))
        file = WorkbookFile([("Data", "<row><c></row>")])
        #expect(fault(file).contains("its part xl/worksheets/sheet1.xml is no XML"))
        file = WorkbookFile([("Data", "")])
        #expect(fault(file).contains("has no header row"))
        file.parts = [("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")]
        #expect(fault(file).contains("is no workbook"))
        file.parts = [
            ("[Content_Types].xml", "<Types/>"),
            ("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><workbook/>"),
        ]
        #expect(fault(file).contains("declares entities"))
        let bytes = WorkbookFile([("Data", SheetRowsTests.header)]).bytes
        for cut in [200, bytes.count - 30] {
            let path = try fileOf(Array(bytes[..<cut]))
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(throws: InputFault.self) { try Workbook(path: path, name: "cut.xlsx") }
        }
        var flipped = bytes
        flipped[flipped.count / 2] ^= 1
        let path = try fileOf(flipped)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: InputFault.self) { try Workbook(path: path, name: "flipped.xlsx") }
    }
}
