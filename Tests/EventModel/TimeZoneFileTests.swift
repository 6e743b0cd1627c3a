import EventModel
import Foundation
import Testing

/// Method: the machine's own tz database files against facts published about these zones.
@Suite("Time zone files", .enabled(if: FileManager.default.fileExists(atPath: zones + "UTC")))
struct TimeZoneFileTests {
    private func rules(_ name: String) throws -> TimeZoneRules {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: zones + name)))
        return try TimeZoneRules(name: name, release: "test", tzif: bytes)
    }

    @Test("Jakarta has kept seven hours since 1964")
    func jakarta() throws {
        let jakarta = try rules("Asia/Jakarta")
        for text in ["1964-01-01T00:00:00Z", "2025-07-14T12:00:00Z", "2090-01-01T00:00:00Z"] {
            #expect(jakarta.offsetMilliseconds(at: try Instant(rfc3339: text)) == 7 * 3_600_000)
        }
        #expect(
            jakarta.day(of: try Instant(rfc3339: "2025-07-14T17:00:00Z")).description
                == "2025-07-15")
    }

    @Test(
        "Daylight saving begins and ends at the published instants, also long after the file's last",
        arguments: [
            ("Europe/Rome", "2025-03-30T01:00:00Z", 3600, 7200),
            ("Europe/Rome", "2025-10-26T01:00:00Z", 7200, 3600),
            ("Europe/Rome", "2090-03-26T01:00:00Z", 3600, 7200),
            ("America/New_York", "2024-11-03T06:00:00Z", -14_400, -18_000),
            ("America/New_York", "2060-03-14T07:00:00Z", -18_000, -14_400),
            ("Australia/Lord_Howe", "2025-10-04T15:30:00Z", 37_800, 39_600),
            ("Europe/Amsterdam", "2101-03-27T01:00:00Z", 3600, 7200),
            ("Europe/Amsterdam", "2101-10-30T01:00:00Z", 7200, 3600),
            ("America/New_York", "2500-03-14T07:00:00Z", -18_000, -14_400),
            ("Australia/Lord_Howe", "9999-10-02T15:30:00Z", 37_800, 39_600),
        ])
    func daylightSaving(zone: String, instant: String, before: Int64, after: Int64) throws {
        let rules = try rules(zone)
        let change = try Instant(rfc3339: instant)
        let justBefore = Instant(milliseconds: change.milliseconds - 1)
        #expect(rules.offsetMilliseconds(at: justBefore) == before * 1000)
        #expect(rules.offsetMilliseconds(at: change) == after * 1000)
    }

    @Test("Every zone's local midnight and back agrees with Foundation on every day of 2025")
    func foundation() throws {
        for name in ["Asia/Jakarta", "Asia/Jayapura", "Europe/Rome", "America/Sao_Paulo", "UTC"] {
            let rules = try rules(name)
            let zone = try #require(TimeZone(identifier: name))
            for number in Int32(20_089)..<20_454 {
                let start = rules.start(of: Day(number: number))
                let date = Date(timeIntervalSince1970: TimeInterval(start.milliseconds / 1000))
                #expect(
                    rules.offsetMilliseconds(at: start) == Int64(zone.secondsFromGMT(for: date))
                        * 1000, "\(name), day \(number)")
                #expect(rules.day(of: start).number == number, "\(name), day \(number)")
            }
        }
    }

    @Test("A zone is recorded with its rule, and read back the same to the year 9999")
    func recorded() throws {
        for name in [
            "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
            "America/Nuuk", "Africa/Cairo", "Asia/Jakarta", "Europe/Dublin",
        ] {
            let zone = try rules(name)
            let again = try #require(TimeZoneRules(body: zone.body), "\(name)")
            #expect(again == zone && again.body == zone.body, "\(name)")
            #expect(zone.body.utf8.count < 12_000, "\(name)")
            #expect(zone.body.contains("\"rule\"") == (zone.transitions.count > 10_000), "\(name)")
        }
        // What a log recorded before rules were kept has none, and stays as it was.
        let old = try #require(
            TimeZoneRules(body: #"{"name":"A","offsets":[0,60],"release":"x","transitions":[0]}"#))
        #expect(old.transitions.count == 1 && !old.body.contains("rule"))
        for rule in ["5", "\"\"", "\"CET-1\"", "\"CET-1CEST,M13.5.0,M10.5.0/3\""] {
            let body = #"{"name":"A","offsets":[0],"release":"x","rule":\#(rule),"transitions":[]}"#
            #expect(TimeZoneRules(body: body) == nil, "\(rule)")
        }
    }

    @Test("Hours after 2100 follow the clock of their day")
    func openHours() throws {
        let nine = BusinessCalendar.Interval(startMinute: 9 * 60, endMinute: 17 * 60)
        let calendar = try BusinessCalendar(
            zone: rules("Europe/Amsterdam"),
            schedules: [.init(week: Array(repeating: [nine], count: 7))])
        for (from, to) in [
            ("2101-07-14T22:30:00Z", "2101-07-15T08:00:00Z"),
            ("9998-01-14T22:30:00Z", "9998-01-15T09:00:00Z"),
        ] {
            let milliseconds = calendar.milliseconds(
                from: try Instant(rfc3339: from), to: try Instant(rfc3339: to))
            #expect(milliseconds == 3_600_000, "\(from)")
        }
    }

    @Test("Bytes that are no time zone file are refused", arguments: [0, 3, 44, 100])
    func garbage(count: Int) throws {
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: zones + "Asia/Jakarta")))
        #expect(throws: TimeZoneRules.TZifFault.form) {
            try TimeZoneRules(name: "X", release: "", tzif: [UInt8](whole.prefix(count)))
        }
    }
}

private let zones = "/usr/share/zoneinfo/"
