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
}
