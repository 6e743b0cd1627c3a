import Rendering
import Testing

/// Method: texts with everything a terminal or a spreadsheet would obey go through what stands before
/// it; what comes out is compared, and taken back where it can be.
@Suite("Terminals and spreadsheets")
struct TerminalTests {
    private func safe(_ text: String) -> String {
        String(decoding: TerminalText.safe(Array(text.utf8)), as: UTF8.self)
    }

    @Test("Text, line ends and colours pass; everything else that is obeyed is shown")
    func terminal() {
        for text in ["plain\n", "Citra é 日本\r\n", "\u{1B}[32mok\u{1B}[0m\n", ""] {
            #expect(safe(text) == text)
        }
        #expect(safe("a\u{1B}]0;title\u{7}b") == "a␛]0;title␇b")
        #expect(safe("a\u{1B}[2Jb") == "a␛[2Jb")
        #expect(safe("over\rwritten") == "over␍written")
        #expect(safe("\u{9B}31m") == "\\u{9b}31m")
        #expect(safe("abc\u{202E}def") == "abc\\u{202e}def")
        #expect(safe("a\u{8}b\tc") == "a␈b␉c")
    }

    @Test("A cell that a spreadsheet would run is defused, and the text can be had back")
    func spreadsheet() {
        for text in ["=1+1", "+1", "-1", "@x", "'quoted", "＝1", "＋1", "－1", "＠x"] {
            let cell = CSVText.text(text)
            #expect(cell == "'" + text)
            #expect(String(cell.dropFirst()) == text)
        }
        for text in ["plain", "a=b", "", "1", "é"] { #expect(CSVText.text(text) == text) }
        #expect(CSVText.text("=a,\"b\"") == "\"'=a,\"\"b\"\"\"")
        #expect(CSVText.text("\tx").hasPrefix("'"))
    }

    @Test(
        "No text begins a formula where semicolons or tabs part columns, and each can be had back")
    func otherSeparators() {
        #expect(CSVText.text(";=1") == ";'=1")
        #expect(CSVText.text("a;\"=1") == "\"a;\"\"'=1\"")
        #expect(CSVText.text("a,-b") == "\"a,'-b\"")
        #expect(CSVText.text("a;b") == "a;b" && CSVText.text("a, =b") == "\"a, =b\"")
        // A mark that combines with a quote is no reason to leave it single.
        #expect(Array(CSVText.text("\"\u{301},").utf8) == Array("\"\"\"\u{301},\"".utf8))
        // Every text of up to five of these.
        let letters = Array(";,\"'= a＝".unicodeScalars)
        for number in 0..<letters.count * 4681 {
            var text = String.UnicodeScalarView()
            var rest = number
            while rest > 0 {
                text.append(letters[(rest - 1) % letters.count])
                rest = (rest - 1) / letters.count
            }
            let line = CSVText.line(["kpi", CSVText.text(String(text)), "5"])
            #expect(Self.taken(Self.unquoted(line)) == Array(text), "\(String(text))")
            for separator: Unicode.Scalar in [";", "\t"] {
                for field in Self.fields(Array(line.unicodeScalars), separator) {
                    #expect(!"=+-@＝".unicodeScalars.contains(field.first ?? " "), "\(line)")
                }
            }
        }
    }

    /// The second cell of a line of three as RFC 4180 has it.
    private static func unquoted(_ line: String) -> [Unicode.Scalar] {
        Array(fields(Array(line.unicodeScalars.dropLast(2)), ",")[1])
    }

    /// The text of a guarded cell: one apostrophe less at each place where a cell could begin.
    private static func taken(_ cell: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text: [Unicode.Scalar] = []
        var isBeginning = true
        var isTaken = false
        for scalar in cell {
            if isBeginning, !isTaken, scalar == "'" {
                isTaken = true
                continue
            }
            text.append(scalar)
            if scalar == "," || scalar == ";" {
                (isBeginning, isTaken) = (true, false)
            } else if scalar != "\"" || isTaken {
                isBeginning = false
            }
        }
        return text
    }

    /// A line's fields as a reader has them that takes quotes for such at a field's beginning alone.
    private static func fields(
        _ line: [Unicode.Scalar], _ separator: Unicode.Scalar
    ) -> [[Unicode.Scalar]] {
        var fields: [[Unicode.Scalar]] = [[]]
        var isQuoted = false
        var isFirst = true
        var place = 0
        while place < line.count {
            let scalar = line[place]
            place += 1
            if isQuoted {
                if scalar != "\"" {
                    fields[fields.count - 1].append(scalar)
                } else if place < line.count, line[place] == "\"" {
                    fields[fields.count - 1].append(scalar)
                    place += 1
                } else {
                    isQuoted = false
                }
            } else if isFirst, scalar == "\"" {
                isQuoted = true
            } else if scalar == separator {
                fields.append([])
                isFirst = true
                continue
            } else {
                fields[fields.count - 1].append(scalar)
            }
            isFirst = false
        }
        return fields
    }
}
