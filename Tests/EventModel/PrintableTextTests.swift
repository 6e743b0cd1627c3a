import EventModel
import Testing

/// Method: characters of every sort that people do not see, in names of the scripts that need some of
/// them; what is shown is compared.
@Suite("Texts as people see them")
struct PrintableTextTests {
    /// From the standard's table of what is ignored by default, and of odd blanks.
    private static let ignored: [UInt32] = [
        0xA0, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x1680, 0x17B4, 0x180E, 0x2000, 0x200A, 0x200B,
        0x200C, 0x200D, 0x200E, 0x202F, 0x205F, 0x2060, 0x2064, 0x2065, 0x206F, 0x2800, 0x3000,
        0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0041, 0xE0100,
    ]

    @Test("What nobody sees is shown inside a name", arguments: ignored)
    func unseen(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let shown = "Bu\\u{" + String(value, radix: 16) + "}di"
        #expect("Bu\(scalar)di".printable == shown)
        #expect(shown.printable == shown, "once is enough")
    }

    @Test(
        "What has a say in what is seen stays",
        arguments: [
            "Sinta Dewi", "Citra é", "山田", "👩\u{200D}💻", "❤\u{FE0F}", "5\u{FE0F}\u{20E3}",
            "👩\u{1F3FD}\u{200D}🚀", "🏳\u{FE0F}\u{200D}🌈", "葛\u{E0100}飾",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "می\u{200C}خواهم",
            "क्\u{200D}ष", "ශ්\u{200D}රී",
        ])
    func seen(text: String) { #expect(text.printable == text) }

    @Test("A joiner where nothing joins is shown: behind alef, between Latin letters, at an end")
    func idleJoiners() {
        #expect("ا\u{200C}ب".printable == "ا\\u{200c}ب")
        #expect("a\u{200D}b".printable == "a\\u{200d}b")
        #expect("👩\u{200D}".printable == "👩\\u{200d}")
        #expect("\u{FE0F}a".printable == "\\u{fe0f}a")
    }

    @Test("What programs read keeps what is only not seen")
    func harmless() {
        for text in ["Bu\u{200B}di", "Bu\u{A0}di", "a\u{200C}b"] { #expect(text.harmless == text) }
        #expect("a\u{1B}[2J\u{202E}\u{9B}\n".harmless == "a␛[2J\\u{202e}\\u{9b}␊")
    }

    @Test("Nobody, and whoever is called by the sign for nobody, look different")
    func values() {
        let texts = ["", "–", "\"–\"", "\"\"–\"\"", "\"", "\"\"", "- ", "Budi", "\"Budi\""]
        #expect(
            texts.map(\.printableValue) == [
                "–", "\"–\"", "\"\"–\"\"", "\"\"\"–\"\"\"", "\"", "\"\"", "- ", "Budi", "\"Budi\"",
            ])
    }
}
