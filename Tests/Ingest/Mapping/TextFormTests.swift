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
            ("1 234", ".", 0, 1234), ("1\u{202F}234,5", ",", 1, 12345),
            ("1\u{A0}234", ".", 0, 1234),
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
            // Browsers write a narrow no-break space before AM and PM; people write points and blanks.
            ("M/d/yyyy, h:mm:ss a", "3/1/2025, 1:05:00\u{202F}PM", "2025-03-01T13:05:00.000Z"),
            ("M/d/yyyy, h:mm:ss\u{202F}a", "3/1/2025, 12:00:00 AM", "2025-03-01T00:00:00.000Z"),
            (
                "d/M/yyyy h:mm a", "1/3/2025\u{A0}\u{2009}1:05\tp.\u{A0}m.",
                "2025-03-01T13:05:00.000Z"
            ),
            ("d/M/yyyy 'pukul' h.mm a", "1/3/2025 pukul 12.30 p.m.", "2025-03-01T12:30:00.000Z"),
            ("d/M/yyyy HH:mm", "29/2/2016 24:00", "2016-03-01T00:00:00.000Z"),
            ("iso", "2025-12-31T24:00:00", "2026-01-01T00:00:00.000Z"),
            ("serial", "45581", "2024-10-16T00:00:00.000Z"),
            ("serial", "45581.375", "2024-10-16T09:00:00.000Z"),
            ("serial", "45581.524305555555", "2024-10-16T12:35:00.000Z"),
            ("serial", "45581.99999999999", "2024-10-17T00:00:00.000Z"),
            ("serial", "1", "1900-01-01T00:00:00.000Z"),
            ("serial", "59", "1900-02-28T00:00:00.000Z"),
            ("serial", "61", "1900-03-01T00:00:00.000Z"),
            ("serial", "2958465", "9999-12-31T00:00:00.000Z"),
            ("serial1904", "0", "1904-01-01T00:00:00.000Z"),
            ("serial1904", "44119.375", "2024-10-16T09:00:00.000Z"),
            ("epoch-seconds", "1729069200", "2024-10-16T09:00:00.000Z"),
            ("epoch-seconds", "1729069200.25", "2024-10-16T09:00:00.250Z"),
            ("epoch-milliseconds", "1729069200250", "2024-10-16T09:00:00.250Z"),
            ("epoch-seconds", "-1.5", "1969-12-31T23:59:58.500Z"),
        ])
    func times(format: String, text: String, expected: String) throws {
        let compiled = try TimeFormat(format)
        let reading = try #require(compiled.read(text))
        let time = reading.localMilliseconds - (reading.offsetMilliseconds ?? 0)
        #expect(Instant(milliseconds: time).rfc3339 == expected)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            ("d/M/yyyy HH:mm", "30/2/2016 01:16"), ("d/M/yyyy HH:mm", "2016-02-29 01:16"),
            ("d/M/yyyy HH:mm", "29/2/2016 24:01"), ("d/M/yyyy HH:mm", "29/2/2016 01:16 "),
            ("d/M/yyyy h:mm a", "1/3/2025 13:05 pm"), ("d/M/yyyy h:mm a", "1/3/2025 1:05"),
            ("serial", "60"), ("serial", "0.5"), ("serial", "-1"), ("serial", "20241016"),
            ("serial", "45,581"), ("serial", "4.5E4"), ("serial", "45581."), ("serial", ""),
            ("serial1904", "2957004"), ("epoch-seconds", "2024-10-16"),
            ("epoch-milliseconds", "9999999999999999"),
            ("d MMMM yyyy", "17 Augustus 2025"), ("iso", "2025-13-01"), ("iso", "2025-07-14 08"),
            ("dd-MM-yyyy", "1-2-2021"), ("d/M/yyyy", "1/2/0000"),
        ])
    func noTimes(format: String, text: String) throws {
        let compiled = try TimeFormat(format)
        #expect(compiled.read(text) == nil)
    }

    @Test(
        "a format that would be read otherwise than it was meant is refused, and why",
        arguments: [
            ("HH:mm", "it has no year"), ("", "it has no year"),
            ("dd/MM/yyyy QQ", "QQ means nothing in it"), ("DD/MM/YYYY", "DD means nothing in it"),
            ("dd/mm/yyyy", "it has no month"), ("dd/MM/yyyy HH:MM", "M stands in it twice"),
            ("dd/MM/yyyy hh:mm", "h counts the hours of half a day, and no a tells which half"),
            (
                "dd/MM/yyyy HH:mm a",
                "a tells the half of a day, and no hours of half a day stand alone beside it"
            ),
            ("dd/MM/yyyy HH hh a", "a tells the half of a day"),
            ("yyyy-MM-ddTHH:mm", "T means nothing in it"),
        ])
    func noFormats(text: String, problem: String) {
        #expect {
            try TimeFormat(text)
        } throws: {
            ($0 as? TimeFormat.Fault)?.problem.hasPrefix(problem) ?? false
        }
    }

    @Test("decimals beyond a millisecond are kept, and a decimal comma is read where it is stated")
    func counted() throws {
        let comma = try TimeFormat("serial", decimal: UInt8(ascii: ","))
        #expect(comma.read("45581,5")?.localMilliseconds == 1_729_080_000_000)
        #expect(comma.read("45581.5") == nil)
        let seconds = try #require(try TimeFormat("epoch-seconds").read("1.123456789"))
        #expect(seconds.localMilliseconds == 1123 && seconds.nanoseconds == 456_789)
        let before = try #require(try TimeFormat("epoch-seconds").read("-0.0000005"))
        #expect(before.localMilliseconds == -1 && before.nanoseconds == 999_500)
        #expect(try TimeFormat("serial").read("45581")?.isDay == true)
        #expect(try TimeFormat("serial").read("45581.5")?.isDay == false)
    }

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
