import EventModel
import Testing

/// Transitions written out by hand, and a seeded round trip over random zones.
@Suite("Time zone rules: transitions by hand, and round trips over seeded zones")
struct TimeZoneRulesTests {
    let rome = BusinessCalendarTests.rome

    func local(_ text: String) -> Int64 { BusinessCalendarTests.instant(text + "Z").milliseconds }

    func utc(_ text: String) -> Instant { BusinessCalendarTests.instant(text) }

    @Test func `an offset holds from its transition on`() {
        #expect(rome.offsetMilliseconds(at: utc("2025-03-30T00:59:59.999Z")) == 3_600_000)
        #expect(rome.offsetMilliseconds(at: utc("2025-03-30T01:00:00Z")) == 7_200_000)
        #expect(rome.offsetMilliseconds(at: utc("2025-10-26T00:59:59.999Z")) == 7_200_000)
        #expect(rome.offsetMilliseconds(at: utc("2025-10-26T01:00:00Z")) == 3_600_000)
        #expect(rome.offsetMilliseconds(at: .earliest) == 3_600_000)
        #expect(rome.offsetMilliseconds(at: .latest) == 3_600_000)
    }

    @Test func `a local time outside clock changes has one instant`() {
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-01-15T12:00:00"))
                == utc("2025-01-15T11:00:00Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-07-15T12:00:00"))
                == utc("2025-07-15T10:00:00Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-03-30T01:59:59.999"))
                == utc("2025-03-30T00:59:59.999Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-03-30T03:00:00"))
                == utc("2025-03-30T01:00:00Z"))
    }

    @Test func `a skipped local time is read with the offset before the jump`() {
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-03-30T02:00:00"))
                == utc("2025-03-30T01:00:00Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-03-30T02:30:00"))
                == utc("2025-03-30T01:30:00Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-03-30T02:59:59.999"))
                == utc("2025-03-30T01:59:59.999Z"))
    }

    @Test func `a repeated local time is its first occurrence`() {
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-10-26T02:00:00"))
                == utc("2025-10-26T00:00:00Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-10-26T02:59:59.999"))
                == utc("2025-10-26T00:59:59.999Z"))
        #expect(
            rome.instant(ofLocalMilliseconds: local("2025-10-26T03:00:00"))
                == utc("2025-10-26T02:00:00Z"))
    }

    @Test func `a day begins when midnight is skipped, repeated or plain`() {
        // Cairo jumped from 00:00 to 01:00 on 2023-04-28 and back at 24:00 on 2023-10-26.
        let cairo = TimeZoneRules(
            name: "Africa/Cairo", release: "2025b",
            transitions: [utc("2023-04-27T22:00:00Z"), utc("2023-10-26T21:00:00Z")],
            offsetsSeconds: [7200, 10_800, 7200])
        #expect(
            cairo.start(of: BusinessCalendarTests.day(2023, 4, 28)) == utc("2023-04-27T22:00:00Z"))
        #expect(
            cairo.day(of: utc("2023-04-27T22:00:00Z")) == BusinessCalendarTests.day(2023, 4, 28))
        #expect(
            cairo.day(of: utc("2023-04-27T21:59:59.999Z")) == BusinessCalendarTests.day(2023, 4, 27)
        )
        #expect(
            cairo.start(of: BusinessCalendarTests.day(2023, 10, 27)) == utc("2023-10-26T22:00:00Z"))
        #expect(
            rome.start(of: BusinessCalendarTests.day(2025, 10, 26)) == utc("2025-10-25T22:00:00Z"))
        #expect(
            rome.start(of: BusinessCalendarTests.day(2025, 10, 27)) == utc("2025-10-26T23:00:00Z"))
    }

    @Test func `a local time that is repeated or skipped is told from others`() {
        func reading(_ text: String) -> TimeZoneRules.LocalReading {
            rome.reading(ofLocalMilliseconds: local(text))
        }
        #expect(reading("2025-10-26T01:59:59.999").second == nil)
        #expect(reading("2025-10-26T02:00:00").instant == utc("2025-10-26T00:00:00Z"))
        #expect(reading("2025-10-26T02:00:00").second == utc("2025-10-26T01:00:00Z"))
        #expect(reading("2025-10-26T02:59:59.999").second == utc("2025-10-26T01:59:59.999Z"))
        #expect(reading("2025-10-26T03:00:00").second == nil)
        for text in ["2025-10-26T02:30:00", "2025-03-30T01:59:59.999", "2025-03-30T03:00:00"] {
            #expect(!reading(text).isSkipped)
        }
        for text in ["2025-03-30T02:00:00", "2025-03-30T02:59:59.999"] {
            #expect(reading(text).isSkipped && reading(text).second == nil)
        }
    }

    @Test
    func `a date begins with the change where its midnight is skipped, else with its first one`() {
        // Put forward from 23:30 to 00:30, and one whole day left out.
        let zone = TimeZoneRules(
            name: "Test", release: "",
            transitions: [utc("2025-03-30T23:30:00Z"), utc("2025-06-30T23:00:00Z")],
            offsetsSeconds: [0, 3600, 90_000])
        func first(_ month: Int, _ day: Int) -> Instant {
            zone.start(of: BusinessCalendarTests.day(2025, month, day))
        }
        #expect(first(3, 31) == utc("2025-03-30T23:30:00Z"))
        #expect(first(4, 1) == utc("2025-03-31T23:00:00Z"))
        #expect(first(7, 1) == utc("2025-06-30T23:00:00Z"))
        #expect(first(7, 2) == utc("2025-06-30T23:00:00Z"))
        // Havana's clocks went back from 01:00 to 00:00: that date has two midnights.
        let havana = TimeZoneRules(
            name: "America/Havana", release: "", transitions: [utc("2025-11-02T05:00:00Z")],
            offsetsSeconds: [-14_400, -18_000])
        let november = BusinessCalendarTests.day(2025, 11, 2)
        #expect(havana.start(of: november) == utc("2025-11-02T04:00:00Z"))
        #expect(havana.day(of: utc("2025-11-02T03:59:59.999Z")) < november)
        #expect(havana.start(of: november.advanced(by: 1)) == utc("2025-11-03T05:00:00Z"))
    }

    @Test func `a zone without transitions is a constant`() {
        let jakarta = BusinessCalendarTests.jakarta
        #expect(
            jakarta.instant(ofLocalMilliseconds: local("2025-01-01T00:00:00"))
                == utc("2024-12-31T17:00:00Z"))
        #expect(
            jakarta.day(of: utc("2024-12-31T17:00:00Z")) == BusinessCalendarTests.day(2025, 1, 1))
        #expect(jakarta.day(of: utc("0001-01-01T00:00:00Z")).number == -719_162)
        #expect(
            TimeZoneRules.utc.localMilliseconds(of: utc("2025-01-01T00:00:00Z"))
                == utc("2025-01-01T00:00:00Z").milliseconds)
    }

    @Test(arguments: 0..<40)
    func `an instant's local time leads back to it, or to its first occurrence`(seed: UInt64) {
        var random = Seeded(seed: seed)
        let zone = CalendarOracle(random: &random).zone
        for round in 0..<300 {
            let nearest =
                zone.transitions.isEmpty
                ? Int64(1_750_000_000_000)
                : zone.transitions[random.below(zone.transitions.count)].milliseconds
            let instant = Instant(
                milliseconds: nearest + Int64(random.below(200_000_000)) - 100_000_000)
            let local = zone.localMilliseconds(of: instant)
            let back = zone.instant(ofLocalMilliseconds: local)
            #expect(
                zone.localMilliseconds(of: back) == local,
                "seed \(seed), round \(round), \(instant.rfc3339)")
            #expect(back <= instant, "seed \(seed), round \(round), \(instant.rfc3339)")
            if back != instant {
                // Only a local time that is there twice may lead elsewhere.
                #expect(
                    zone.offsetMilliseconds(at: back) > zone.offsetMilliseconds(at: instant),
                    "seed \(seed), round \(round), \(instant.rfc3339)")
            }
        }
    }
}
