import EventModel
import Testing

@testable import Ingest

@Suite("Numbers, durations and times as exports write them")
struct TextFormTests {
    @Test(
        "numbers, with point and with comma",
        arguments: [
            ("29.85", ".", 2, 2985), ("29,85", ",", 2, 2985), ("1.234,50", ",", 2, 123_450),
            ("1,234.5", ".", 2, 123_450), ("1.234.567", ",", 0, 1_234_567), ("-3", ".", 0, -3),
            ("+7", ".", 0, 7), ("109.0", ".", 0, 109), ("0.000", ".", 1, 0),
            ("1 234", ".", 0, 1234),
            ("9007199254740991", ".", 0, 9_007_199_254_740_991),
            ("12,34", ".", 0, nil), ("1.5", ".", 0, nil), ("1.2.3", ".", 2, nil), ("", ".", 0, nil),
            ("abc", ".", 0, nil), ("1,2345", ".", 0, nil), ("-", ".", 0, nil), ("1e5", ".", 0, nil),
            ("9007199254740993000", ".", 0, nil), ("1.005", ".", 2, nil),
        ] as [(String, String, Int, Int64?)])
    func numbers(text: String, decimal: String, scale: Int, expected: Int64?) {
        let byte = decimal.utf8.first!
        #expect(NumberText.scaled(text, decimal: byte, scale: scale) == expected, "\(text)")
    }

    @Test(
        "clock durations",
        arguments: [
            ("00:02:23", 143_000), ("2:23", 143_000), ("100:00:00.5", 360_000_500),
            ("1:60:00", nil), ("0:61", nil), ("1", nil), ("a:b", nil), (":10", nil),
        ] as [(String, Int64?)])
    func clocks(text: String, expected: Int64?) { #expect(NumberText.clock(text) == expected) }

    @Test(
        "times in the forms of real exports",
        arguments: [
            ("d/M/yyyy HH:mm", "29/2/2016 01:16", "2016-02-29T01:16:00.000Z"),
            ("yyyy/MM/dd HH:mm:ss.SSS", "2012/10/09 14:50:17.123", "2012-10-09T14:50:17.123Z"),
            ("dd-MM-yyyy", "25-12-2021", "2021-12-25T00:00:00.000Z"),
            ("d MMMM yyyy HH.mm", "17 Agustus 2025 09.30", "2025-08-17T09:30:00.000Z"),
            ("d MMM yyyy", "1 Des 2024", "2024-12-01T00:00:00.000Z"),
            ("EEEE, d MMMM yyyy", "Senin, 3 Maret 2025", "2025-03-03T00:00:00.000Z"),
            ("MMM d, yyyy h:mm a", "May 5, 2025 12:05 AM", "2025-05-05T00:05:00.000Z"),
            ("d/M/yy H:mm z", "5/6/25 7:00 WIB", "2025-06-05T00:00:00.000Z"),
            ("d/M/yy H:mm z", "5/6/25 7:00 WITA", "2025-06-04T23:00:00.000Z"),
            ("d/M/yy H:mm z", "5/6/25 7:00 WIT", "2025-06-04T22:00:00.000Z"),
            ("yyyyMMdd'T'HHmmssX", "20250714T081200+0700", "2025-07-14T01:12:00.000Z"),
            ("iso", "2025-07-14 08:12", "2025-07-14T08:12:00.000Z"),
            ("iso", "2025-07-14T08:12:00.5+07:00", "2025-07-14T01:12:00.500Z"),
            ("iso", "2025-07-14", "2025-07-14T00:00:00.000Z"),
        ])
    func times(format: String, text: String, expected: String) throws {
        let compiled = try #require(TimeFormat(format))
        let reading = try #require(compiled.read(text))
        let time = reading.localMilliseconds - (reading.offsetMilliseconds ?? 0)
        #expect(Instant(milliseconds: time).rfc3339 == expected)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            ("d/M/yyyy HH:mm", "30/2/2016 01:16"), ("d/M/yyyy HH:mm", "2016-02-29 01:16"),
            ("d/M/yyyy HH:mm", "29/2/2016 24:00"), ("d/M/yyyy HH:mm", "29/2/2016 01:16 "),
            ("d MMMM yyyy", "17 Augustus 2025"), ("iso", "2025-13-01"), ("iso", "2025-07-14 08"),
            ("dd-MM-yyyy", "1-2-2021"), ("d/M/yyyy", "1/2/0000"),
        ])
    func noTimes(format: String, text: String) throws {
        let compiled = try #require(TimeFormat(format))
        #expect(compiled.read(text) == nil)
    }

    @Test(
        "formats that name no date or unknown letters are none", arguments: ["HH:mm", "dd.QQ", ""])
    func noFormats(text: String) { #expect(TimeFormat(text) == nil) }

    @Test("all months, English and Indonesian, long and short")
    func months() {
        let rows = [
            ["January Januari Jan", "February Februari Feb", "March Maret Mar", "April April Apr"],
            ["May Mei Mei", "June Juni Jun", "July Juli Jul", "August Agustus Agu"],
            ["September September Sep", "October Oktober Okt", "November November Nov"],
            ["December Desember Des"],
        ].joined()
        for (index, words) in rows.enumerated() {
            for word in words.split(separator: " ") {
                #expect(MonthNames.month(word.uppercased()) == index + 1, "\(word)")
            }
        }
    }
}
