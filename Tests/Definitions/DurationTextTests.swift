import Testing

@testable import Definitions

@Suite("Lengths of time")
struct DurationTextTests {
    @Test(
        "A length of time is read where it is one, up to ten thousand years",
        arguments: [
            ("0", 0), ("7d", 604_800_000), ("4h 30m", 16_200_000), ("250ms", 250),
            ("3652425d", 315_569_520_000_000), ("315569520000000ms", 315_569_520_000_000),
            ("3652425d 1ms", nil), ("315569520000001ms", nil), ("521776w", nil),
            ("9223372036854775807ms", nil), ("106751991167d", nil), ("99999999999999999999s", nil),
            ("30m 4h", nil), ("1h 1h", nil), ("h", nil), ("", nil),
        ] as [(String, Int64?)])
    func read(text: String, milliseconds: Int64?) {
        #expect(DurationText.milliseconds(text) == milliseconds)
    }
}
