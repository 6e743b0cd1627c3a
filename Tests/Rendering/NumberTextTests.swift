import Definitions
import EventModel
import Querying
import Testing

@testable import Rendering

@Suite("Numbers as people write them: tables of edges")
struct NumberTextTests {
    @Test(
        "Durations have the units people say",
        arguments: [
            (0, "0s", "0dtk"), (49, "0s", "0dtk"), (50, "0s", "0dtk"), (51, "0.1s", "0,1dtk"),
            (150, "0.2s", "0,2dtk"), (250, "0.2s", "0,2dtk"), (400, "0.4s", "0,4dtk"),
            (3000, "3s", "3dtk"), (9949, "9.9s", "9,9dtk"), (9951, "10s", "10dtk"),
            (45_000, "45s", "45dtk"), (59_499, "59s", "59dtk"), (59_500, "1m 00s", "1m 00dtk"),
            (245_000, "4m 05s", "4m 05dtk"), (599_499, "9m 59s", "9m 59dtk"),
            (599_500, "10m", "10m"), (600_000, "10m", "10m"), (1_680_000, "28m", "28m"),
            (3_569_999, "59m", "59m"), (3_570_000, "1h 00m", "1j 00m"),
            (3_600_000, "1h 00m", "1j 00m"), (8_040_000, "2h 14m", "2j 14m"),
            (94_200_000, "26h 10m", "26j 10m"), (172_769_999, "47h 59m", "47j 59m"),
            (172_770_000, "2d 00h", "2hr 00j"), (273_600_000, "3d 04h", "3hr 04j"),
            (-8_040_000, "-2h 14m", "-2j 14m"), (-10, "0s", "0dtk"), (-450, "-0.4s", "-0,4dtk"),
            (432_000_000_000, "5,000d 00h", "5.000hr 00j"),
            (Int.max, "106,751,991,167d 07h", "106.751.991.167hr 07j"),
            (Int.min, "-106,751,991,167d 07h", "-106.751.991.167hr 07j"),
        ])
    func durations(milliseconds: Int, english: String, indonesian: String) {
        #expect(NumberText.duration(Fraction(milliseconds), .english) == english)
        #expect(NumberText.duration(Fraction(milliseconds), .indonesian) == indonesian)
    }

    @Test("A duration is rounded once, half to even") func halves() {
        #expect(NumberText.duration(Fraction(8_010_000), .english) == "2h 14m")
        #expect(NumberText.duration(Fraction(8_070_000), .english) == "2h 14m")
        #expect(NumberText.duration(Fraction(16_140_001, over: 2), .english) == "2h 15m")
        #expect(NumberText.duration(.none, .english) == "–")
    }

    @Test("Each unit has its decimals") func units() {
        let english = FigureText(.english)
        let indonesian = FigureText(.indonesian)
        let value = Fraction(12_345_675, over: 10_000)
        #expect(english.value(value, .percent) == "1,234.6 %")
        #expect(indonesian.value(value, .percent) == "1.234,6 %")
        #expect(english.value(value, .score) == "1,234.6")
        #expect(english.value(value, .ratio) == "1,234.57")
        #expect(english.value(value, .count) == "1,234.6")
        #expect(english.value(value, .money) == "1,235")
        #expect(english.value(Fraction(2469, over: 2), .money) == "1,234")
        #expect(english.value(Fraction(2471, over: 2), .money) == "1,236")
        #expect(english.value(Fraction(6, over: 2), .count) == "3")
        #expect(english.value(Fraction(Int64.max), .count) == "9,223,372,036,854,775,807")
        #expect(english.value(Fraction(Int64.min), .count) == "-9,223,372,036,854,775,808")
        #expect(english.value(Fraction(-1, over: 1000), .ratio) == "0.00")
        for unit in Definitions.Unit.allCases { #expect(english.value(.none, unit) == "–") }
    }

    private func compared(
        _ new: Fraction, _ old: Fraction, _ unit: Definitions.Unit = .ratio,
        _ better: Direction? = .higher,
        _ language: Language = .english
    ) -> String {
        var column = Samples.satisfaction
        column.unit = unit
        column.better = better
        return FigureText(language).comparison(
            Figure(value: new, count: 1), Figure(value: old, count: 1), column
        ).text()
    }

    @Test("Comparisons say which way, how far and whether that is better") func comparisons() {
        #expect(compared(Fraction(3), Fraction(2)) == "▲ 50 % better")
        #expect(compared(Fraction(3), Fraction(2), .ratio, .lower) == "▲ 50 % worse")
        #expect(compared(Fraction(2), Fraction(3), .ratio, .lower) == "▼ 33 % better")
        #expect(compared(Fraction(2), Fraction(3), .ratio, nil) == "▼ 33 %")
        #expect(compared(Fraction(2), Fraction(2)) == "= unchanged")
        #expect(compared(Fraction(4, over: 2), Fraction(2)) == "= unchanged")
        #expect(compared(Fraction(1001), Fraction(1000)) == "▲ <1 % better")
        #expect(compared(Fraction(25), Fraction(2)) == "▲ 12× better")
        #expect(compared(Fraction(5), Fraction(0)) == "▲ from 0 better")
        #expect(compared(Fraction(-5), Fraction(-10)) == "▲ 50 % better")
        #expect(compared(Fraction(5), .none) == "new")
        #expect(compared(.none, Fraction(5, over: 2)) == "was 2.50")
        #expect(compared(.none, .none) == "")
        #expect(compared(Fraction(90), Fraction(88), .percent) == "▲ 2.0 points better")
        #expect(
            compared(Fraction(90), Fraction(88), .percent, .lower, .indonesian)
                == "▲ 2,0 poin lebih buruk")
        #expect(
            compared(Fraction(9001, over: 100), Fraction(90), .percent) == "▲ <0.1 points better")
    }

    @Test("Within a band nothing is better; outside it, nearer is") func bands() {
        let band = Direction.band(minimum: 0, maximum: 5)
        #expect(compared(Fraction(4), Fraction(2), .ratio, band) == "▲ 100 %")
        #expect(compared(Fraction(8), Fraction(6), .ratio, band) == "▲ 33 % worse")
        #expect(compared(Fraction(5), Fraction(6), .ratio, band) == "▼ 17 % better")
        #expect(compared(Fraction(-3), Fraction(8), .ratio, band) == "▼ 138 %")
    }
}

@Suite("Widths of texts: a table of scripts")
struct TextWidthTests {
    @Test(
        "A text takes as many columns as a terminal gives it",
        arguments: [
            ("", 0), ("Budi", 4), ("Zoë", 3), ("Zoe\u{308}", 3), ("山田 太郎", 9), ("한국어", 6),
            ("ｆｕｌｌ", 8), ("Nguye\u{302}\u{303}n", 6), ("👍", 2), ("👩‍👩‍👧", 2), ("❤\u{FE0F}", 2),
            ("สวัสดี", 4), ("a\u{200B}b", 2), ("–", 1), ("▲ ▼", 3), ("│", 1), ("é", 1),
        ])
    func widths(text: String, width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test("Cutting never splits a character nor passes the width", arguments: 0...12)
    func cuts(width: Int) {
        for text in ["Budi Santoso", "山田 太郎 さん", "Nguye\u{302}\u{303}n Thi\u{323} Minh", "👩‍👩‍👧👍👍👍👍"] {
            let cut = TextWidth.cut(text, to: width)
            #expect(TextWidth.of(cut) <= width)
            if TextWidth.of(text) <= width { #expect(cut == text) }
            let kept = cut.hasSuffix("…") ? String(cut.dropLast()) : cut
            #expect(text.hasPrefix(kept) || kept.isEmpty)
        }
    }

    @Test("Padding fills to the width") func padding() {
        #expect(TextWidth.padded("山", to: 4) == "山  ")
        #expect(TextWidth.rightAligned("山", to: 4) == "  山")
        #expect(TextWidth.padded("lang", to: 2) == "lang")
    }

    @Test("Control characters are shown, not obeyed") func controls() {
        #expect("a\u{1B}[2Jb\r\n\u{7F}\u{9B}\u{202E}".printable == "a␛[2Jb␍␊␡\\u{9b}\\u{202e}")
        #expect("Sinta Dewi é 山".printable == "Sinta Dewi é 山")
    }

    @Test(
        "Cells that a spreadsheet would run are defused",
        arguments: [
            ("=1+1", "'=1+1"), ("+62", "'+62"), ("-x", "'-x"), ("@a", "'@a"), ("\tx", "'␉x"),
            ("\rx", "'␍x"), ("a=1", "a=1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("", ""),
        ])
    func csvCells(text: String, cell: String) {
        #expect(CSVText.text(text) == cell)
    }

    @Test("A line of progress says how many, how fast, and how long still")
    func progress() {
        func lines(_ count: Int, _ unit: WorkUnit, rate: Int, left: Int?) -> [String] {
            [Language.english, .indonesian].map {
                OperationWords($0).progress(count, of: unit, rate: rate, secondsLeft: left)
            }
        }
        #expect(
            lines(1_998_412, .events, rate: 612_000, left: 245) == [
                "1,998,412 events   612,000/s   4m 05s left",
                "1.998.412 peristiwa   612.000/dtk   sisa 4m 05dtk",
            ])
        #expect(
            lines(7, .mebibytes, rate: 3, left: nil) == ["7 MiB   3/s", "7 MiB   3/dtk"])
    }
}
