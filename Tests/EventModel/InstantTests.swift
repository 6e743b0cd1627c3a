import EventModel
import Testing

@Suite("Instants: a table, and the slow reading against the quick one on seeded texts")
struct InstantTests {
    @Test(
        "A good time reads as the instant it names",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2025-07-14T08:12:00+07:00", 1_752_455_520_000),
            ("2025-07-14t01:12:00z", 1_752_455_520_000),
            ("2025-07-14 01:12:00.5Z", 1_752_455_520_500),
            ("2025-07-14T01:12:00.123999999Z", 1_752_455_520_123),
            ("2016-12-31T23:59:60Z", 1_483_228_799_999),
            ("1998-12-31T15:59:60.123-08:00", 915_148_799_999),
            ("1997-07-01T06:59:60+07:00", 867_715_199_999),
            ("2030-06-30T23:59:60Z", 1_909_094_399_999),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2025-07-14T00:00:00-00:00", 1_752_451_200_000),
        ])
    func good(text: String, milliseconds: Int) throws {
        #expect(try Instant(rfc3339: text).milliseconds == Int64(milliseconds))
    }

    @Test(
        "A bad time says what is wrong with it",
        arguments: [
            ("2025-02-30T00:00:00Z", Instant.Fault.date), ("2025-13-01T00:00:00Z", .date),
            ("2025-07-14T24:00:00Z", .clock), ("2025-07-14T23:60:00Z", .clock),
            ("2025-07-14T10:20:60Z", .leapSecond), ("1998-12-31T23:58:60Z", .leapSecond),
            ("1998-12-31T22:59:60Z", .leapSecond), ("1998-12-31T23:59:60+07:00", .leapSecond),
            ("2017-12-31T23:59:60Z", .leapSecond), ("1971-12-31T23:59:60Z", .leapSecond),
            ("1998-11-30T23:59:60Z", .leapSecond), ("1998-06-30T23:59:60Z", .leapSecond),
            ("2025-07-14T23:00:61Z", .clock), ("2025-07-14T23:00:00", .zone),
            ("2025-07-14T23:00:00+7:00", .zone), ("2025-07-14T23:00:00+24:00", .offset),
            ("0000-01-01T00:00:00Z", .year), ("0001-01-01T00:00:00+00:01", .year),
            ("9999-12-31T23:59:59-00:01", .year), ("2025-07-14", .form), ("", .form),
            ("2025-07-14T23:00:00.Z", .form), ("2025-07-14T23:00:00Zx", .form),
            ("2025/07/14T23:00:00Z", .form), ("２025-07-14T23:00:00Z", .form),
        ])
    func bad(text: String, fault: Instant.Fault) {
        #expect(throws: fault) { try Instant(rfc3339: text) }
    }

    @Test("Every instant reads back from its recorded form", arguments: [1 as UInt64, 2, 3])
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let instant = Instant(
                milliseconds: .random(
                    in: Instant.earliest.milliseconds...Instant.latest.milliseconds,
                    using: &generator))
            let text = instant.rfc3339
            #expect(try Instant(rfc3339: text) == instant, "seed \(seed): \(text)")
            #expect(Instant(recordedForm: text.utf8Span.span) == instant, "seed \(seed): \(text)")
            #expect(text.utf8.count == 24)
        }
    }

    @Test("The quick reading takes what the slow one takes in this form, and nothing else")
    func quick() {
        var generator = SeededGenerator(seed: 7)
        let plain = Array("2025-07-14T08:12:09.123Z".utf8)
        let odd = Array("0123456789:-.TZtz/ ;<?@\u{7f}".utf8)
        for round in 0..<50_000 {
            var bytes = plain
            for _ in 0...round % 3 {
                bytes[.random(in: 0..<24, using: &generator)] =
                    odd[.random(in: 0..<odd.count, using: &generator)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let slow = try? Instant(rfc3339: text)
            let quick = Instant(recordedForm: bytes.span)
            if quick != nil { #expect(quick == slow, "seed 7: \(text)") }
            if let slow, slow.rfc3339 == text { #expect(quick == slow, "seed 7: \(text)") }
        }
    }
}

@Suite("Days: every one of them")
struct DayTests {
    @Test("Ten thousand years of days follow one another, and read back from their text")
    func all() throws {
        let first = try #require(Day(year: 1, month: 1, day: 1))
        var number = first.number
        var weekday = 1
        for year in 1...9999 {
            for month in 1...12 {
                for day in 1...Day.length(ofMonth: month, year: year) {
                    let found = Day(year: year, month: month, day: day)
                    guard let found, found.number == number, found.weekday == weekday,
                        found.components == (year, month, day)
                    else {
                        Issue.record("\(year)-\(month)-\(day)")
                        return
                    }
                    if day == 28, Day(iso: found.description.utf8Span.span) != found {
                        Issue.record("\(found)")
                        return
                    }
                    number += 1
                    weekday = weekday % 7 + 1
                }
            }
        }
        #expect(Day(number: 0).description == "1970-01-01")
        #expect(Day(number: 0).weekday == 4)
    }

    @Test(
        "What is no date is none",
        arguments: [
            "2025-02-29", "1900-02-29", "2025-00-10", "2025-13-10", "2025-01-00", "2025-01-32",
            "0000-01-01", "20250714", "2025-7-14", "2025-07-14 ", "", "２025-07-1",
        ])
    func bad(text: String) { #expect(Day(iso: text.utf8Span.span) == nil) }
}
