import Projections
import Testing

/// Method: texts with everything that parts cells and lines, or stands for none, are written and read
/// back; what two of them become differs.
@Suite("Cells in their canonical form")
struct CanonicalCellsTests {
    private static let texts: [String?] = [
        nil, "", "–", "\\–", "\\", "\\t", "\t", "\n", "\r\n", "a\tb\\nc", "\\\u{301}", "\t\u{301}",
        "–\u{301}", "Budi", "t", "n",
    ]

    @Test("Every text comes back, and no two are written alike") func texts() {
        let cells = Self.texts.map { CanonicalCells.cell($0) }
        #expect(Set(cells).count == cells.count)
        #expect(cells.allSatisfy { !$0.unicodeScalars.contains("\t") })
        #expect(cells.allSatisfy { !$0.unicodeScalars.contains("\n") })
        let read = CanonicalCells.values(ofLine: cells.joined(separator: "\t"))
        #expect(read.count == cells.count)
        for (text, value) in zip(Self.texts, read) {
            #expect(text.map { Array($0.utf8) } == value.map { Array($0.utf8) })
        }
    }

    @Test("Nothing but the sign is absent") func absent() {
        #expect(CanonicalCells.cell(nil) == "–")
        #expect(CanonicalCells.cell("–") == "\\–")
        #expect(CanonicalCells.values(ofLine: "–\t\\–\t") == [nil, "–", ""])
    }
}
