import EventModel
import Testing

/// Checked against an oracle that walks minute by minute and looks at the local clock, on seeded
/// random calendars, zones and instants; and against days worked out by hand.
@Suite("Business calendars: walking the local clock minute by minute, and days by hand")
struct BusinessCalendarTests {
    static let jakarta = TimeZoneRules(
        name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200])

    /// Summer time of 2024 and 2025, from the tz database.
    static let rome = TimeZoneRules(
        name: "Europe/Rome", release: "2025b",
        transitions: [
            instant("2024-03-31T01:00:00Z"), instant("2024-10-27T01:00:00Z"),
            instant("2025-03-30T01:00:00Z"), instant("2025-10-26T01:00:00Z"),
        ], offsetsSeconds: [3600, 7200, 3600, 7200, 3600])

    static let officeWeek: [[BusinessCalendar.Interval]] =
        Array(
            repeating: [
                .init(startMinute: 8 * 60, endMinute: 12 * 60),
                .init(startMinute: 13 * 60, endMinute: 17 * 60),
            ], count: 5) + [[], []]

    static func instant(_ text: String) -> Instant {
        do { return try Instant(rfc3339: text) } catch { preconditionFailure("\(text) \(error)") }
    }

    static func day(_ year: Int, _ month: Int, _ dayOfMonth: Int) -> Day {
        guard let day = Day(year: year, month: month, day: dayOfMonth) else {
            preconditionFailure("no such day")
        }
        return day
    }

    func hours(_ calendar: BusinessCalendar, _ from: String, _ to: String) -> Int64 {
        let milliseconds = calendar.milliseconds(
            from: BusinessCalendarTests.instant(from), to: BusinessCalendarTests.instant(to))
        #expect(milliseconds % 3_600_000 == 0)
        return milliseconds / 3_600_000
    }

    @Test func `an office week counts its hours, lunch and week end left out`() throws {
        let calendar = try BusinessCalendar(
            zone: Self.jakarta, schedules: [.init(week: Self.officeWeek)])
        // 2025-07-14 is a Monday.
        #expect(hours(calendar, "2025-07-14T00:00:00+07:00", "2025-07-21T00:00:00+07:00") == 40)
        #expect(hours(calendar, "2025-07-14T11:00:00+07:00", "2025-07-14T14:00:00+07:00") == 2)
        #expect(hours(calendar, "2025-07-18T16:00:00+07:00", "2025-07-21T09:00:00+07:00") == 2)
        #expect(hours(calendar, "2025-07-21T09:00:00+07:00", "2025-07-18T16:00:00+07:00") == -2)
        let from = Self.instant("2025-07-14T11:59:59.999+07:00")
        #expect(
            calendar.milliseconds(from: from, to: Self.instant("2025-07-14T13:00:00.001+07:00"))
                == 2)
    }

    @Test func `a holiday has no time, or its own hours`() throws {
        let schedule = BusinessCalendar.Schedule(
            week: Self.officeWeek,
            holidays: [
                Self.day(2025, 8, 18): [],
                Self.day(2025, 12, 24): [.init(startMinute: 540, endMinute: 720)],
                Self.day(2025, 8, 17): [.init(startMinute: 600, endMinute: 660)],
            ])
        let calendar = try BusinessCalendar(zone: Self.jakarta, schedules: [schedule])
        #expect(hours(calendar, "2025-08-18T00:00:00+07:00", "2025-08-19T00:00:00+07:00") == 0)
        #expect(hours(calendar, "2025-08-11T00:00:00+07:00", "2025-08-25T00:00:00+07:00") == 73)
        #expect(hours(calendar, "2025-12-24T00:00:00+07:00", "2025-12-25T00:00:00+07:00") == 3)
    }

    @Test func `a night shift belongs to the day it begins on`() throws {
        let night = BusinessCalendar.Interval(startMinute: 22 * 60, endMinute: 6 * 60)
        let schedule = BusinessCalendar.Schedule(
            week: Array(repeating: [night], count: 5) + [[], []],
            holidays: [Self.day(2025, 7, 16): []])
        let calendar = try BusinessCalendar(zone: Self.jakarta, schedules: [schedule])
        #expect(hours(calendar, "2025-07-14T00:00:00+07:00", "2025-07-15T00:00:00+07:00") == 2)
        // Into Saturday, and Tuesday's into the holiday; the holiday's own is gone.
        #expect(hours(calendar, "2025-07-19T00:00:00+07:00", "2025-07-20T00:00:00+07:00") == 6)
        #expect(hours(calendar, "2025-07-16T00:00:00+07:00", "2025-07-17T22:00:00+07:00") == 6)
        #expect(hours(calendar, "2025-07-14T00:00:00+07:00", "2025-07-21T00:00:00+07:00") == 32)
    }

    @Test func `a day of clock change has 23 or 25 hours`() throws {
        let calendar = try BusinessCalendar(
            zone: Self.rome,
            schedules: [.init(week: Array(repeating: [.wholeDay], count: 7))])
        #expect(hours(calendar, "2025-03-30T00:00:00+01:00", "2025-03-31T00:00:00+02:00") == 23)
        #expect(hours(calendar, "2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00") == 25)
        let small = try BusinessCalendar(
            zone: Self.rome,
            schedules: [
                .init(week: Array(repeating: [.init(startMinute: 120, endMinute: 180)], count: 7))
            ])
        // 02:00 to 03:00 is skipped in spring and there twice in autumn.
        #expect(hours(small, "2025-03-30T00:00:00+01:00", "2025-03-31T00:00:00+02:00") == 0)
        #expect(hours(small, "2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00") == 2)
        #expect(small.isOpen(at: Self.instant("2025-10-26T00:30:00Z")))
        #expect(small.isOpen(at: Self.instant("2025-10-26T01:30:00Z")))
        #expect(!small.isOpen(at: Self.instant("2025-03-30T01:00:00Z")))
        #expect(
            small.nextOpening(from: Self.instant("2025-03-29T02:00:00Z"))
                == Self.instant("2025-03-31T00:00:00Z"))
    }

    @Test func `a later schedule takes over on its first day`() throws {
        let calendar = try BusinessCalendar(
            zone: Self.jakarta,
            schedules: [
                .init(week: Self.officeWeek),
                .init(
                    effectiveFrom: Self.day(2025, 7, 16),
                    week: Array(repeating: [.wholeDay], count: 7)),
            ])
        #expect(hours(calendar, "2025-07-14T00:00:00+07:00", "2025-07-18T00:00:00+07:00") == 64)
        #expect(hours(calendar, "1960-07-11T00:00:00+07:00", "1960-07-18T00:00:00+07:00") == 40)
    }

    @Test func `round the clock is wall-clock time in every year`() {
        let calendar = BusinessCalendar.roundTheClock(zone: Self.rome)
        for (from, to) in [
            (Instant.earliest, Instant.latest),
            (Self.instant("2025-03-01T10:20:30.456Z"), Self.instant("2025-11-05T01:02:03.004Z")),
        ] {
            #expect(
                calendar.milliseconds(from: from, to: to) == to.milliseconds - from.milliseconds)
        }
    }

    @Test func `a calendar without hours is never open`() throws {
        let closed = try BusinessCalendar(
            zone: Self.rome, schedules: [.init(week: Array(repeating: [], count: 7))])
        #expect(closed.nextOpening(from: Self.instant("2025-01-01T00:00:00Z")) == nil)
        #expect(closed.milliseconds(from: .earliest, to: .latest) == 0)
        let once = try BusinessCalendar(
            zone: Self.rome,
            schedules: [
                .init(
                    week: Array(repeating: [], count: 7),
                    holidays: [Self.day(2525, 1, 1): [.init(startMinute: 60, endMinute: 90)]])
            ])
        #expect(
            once.nextOpening(from: Self.instant("2025-01-01T00:00:00Z"))
                == Self.instant("2525-01-01T00:00:00Z"))
        #expect(once.nextOpening(from: Self.instant("2525-01-01T00:30:00Z")) == nil)
    }

    @Test func `schedules that are no calendar are refused with a reason`() {
        let zone = Self.jakarta
        let fine = BusinessCalendar.Schedule(week: Self.officeWeek)
        var faults: [String] = []
        for schedules: [BusinessCalendar.Schedule] in [
            [], [fine, fine], [.init(week: [])],
            [.init(week: Array(repeating: [.init(startMinute: 1500, endMinute: 1600)], count: 7))],
            [
                .init(
                    week: Self.officeWeek,
                    holidays: [Day(number: 3): [.init(startMinute: 0, endMinute: 2000)]])
            ],
        ] {
            do {
                _ = try BusinessCalendar(zone: zone, schedules: schedules)
            } catch { faults.append(error.description) }
        }
        #expect(
            faults == [
                "a calendar needs at least one schedule",
                "the schedule effective from 1970-01-01 does not follow the one from 1970-01-01",
                "a week has seven lists of intervals, not 0",
                "minutes 1500 to 1600 are no interval: it begins at 0 to 1439 and lasts 1 to 1440 minutes",
                "minutes 0 to 2000 are no interval: it begins at 0 to 1439 and lasts 1 to 1440 minutes",
            ])
    }

    @Test(arguments: 0..<60)
    func `random calendars agree with walking the local clock minute by minute`(seed: UInt64) throws
    {
        var random = Seeded(seed: seed)
        let oracle = CalendarOracle(random: &random)
        let calendar = try BusinessCalendar(zone: oracle.zone, schedules: oracle.schedules)
        for round in 0..<12 {
            // Around the clock changes of 2025, the year's turn, and anywhere.
            let centres: [Int64] = [1_743_296_400_000, 1_761_440_400_000, 1_735_689_600_000]
            let from =
                centres[random.below(3)] + Int64(random.below(14 * 86_400_000)) - 7 * 86_400_000
            let to = from + Int64(random.below(random.below(4) == 0 ? 12 * 86_400_000 : 30_000_000))
            let expected = oracle.openMilliseconds(from: from, to: to)
            let found = calendar.milliseconds(
                from: Instant(milliseconds: from), to: Instant(milliseconds: to))
            #expect(found == expected, "seed \(seed), round \(round), from \(from) to \(to)")
            #expect(
                calendar.isOpen(at: Instant(milliseconds: from)) == oracle.isOpen(from),
                "seed \(seed), round \(round), at \(from)")
            let opening = calendar.nextOpening(from: Instant(milliseconds: from))
            if let opening, opening.milliseconds < from + 20 * 86_400_000 {
                #expect(oracle.isOpen(opening.milliseconds), "seed \(seed), round \(round)")
                #expect(
                    oracle.openMilliseconds(from: from, to: opening.milliseconds) == 0,
                    "seed \(seed), round \(round), opening \(opening.rfc3339)")
            } else {
                #expect(
                    oracle.openMilliseconds(from: from, to: from + 20 * 86_400_000) == 0,
                    "seed \(seed), round \(round), no opening from \(from)")
            }
        }
    }
}

/// SplitMix64, for tests.
struct Seeded {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }
}

/// A calendar read the slow way: whatever the local clock shows, minute by minute.
struct CalendarOracle {
    var zone: TimeZoneRules
    var schedules: [BusinessCalendar.Schedule]

    init(random: inout Seeded) {
        switch random.below(4) {
        case 0: zone = BusinessCalendarTests.jakarta
        case 1, 2: zone = BusinessCalendarTests.rome
        default:
            // Jumps of any whole minutes, at midnight too.
            var transitions: [Instant] = []
            var at: Int64 = 1_734_000_000_000
            var offsets: [Int32] = [Int32(random.below(1200) - 600) * 60]
            for _ in 0..<12 {
                at += Int64(1 + random.below(50 * 1440)) * 60_000
                transitions.append(Instant(milliseconds: at))
                offsets.append(Int32(random.below(1200) - 600) * 60)
            }
            zone = TimeZoneRules(
                name: "Test/Jumps", release: "", transitions: transitions, offsetsSeconds: offsets)
        }
        schedules = []
        var first = 20_070 + random.below(20)
        for _ in 0...random.below(3) {
            let week = (0..<7).map { _ in CalendarOracle.someIntervals(&random) }
            var holidays: [Day: [BusinessCalendar.Interval]] = [:]
            for _ in 0..<random.below(12) {
                let day = Day(number: Int32(20_080 + random.below(380)))
                holidays[day] =
                    random.below(2) == 0 ? [] : CalendarOracle.someIntervals(&random)
            }
            schedules.append(
                .init(
                    effectiveFrom: Day(number: Int32(first)), week: week, holidays: holidays))
            first += 1 + random.below(200)
        }
    }

    static func someIntervals(_ random: inout Seeded) -> [BusinessCalendar.Interval] {
        (0..<random.below(4)).map { _ in
            let start = random.below(1440)
            return .init(startMinute: start, endMinute: (start + 1 + random.below(1440)) % 1440)
        }
    }

    func intervals(on day: Int64) -> [BusinessCalendar.Interval] {
        var schedule = schedules[0]
        for other in schedules where Int64(other.effectiveFrom.number) <= day { schedule = other }
        if let holiday = schedule.holidays[Day(number: Int32(day))] { return holiday }
        // 1970-01-01 was a Thursday.
        return schedule.week[Int(((day + 3) % 7 + 7) % 7)]
    }

    func isOpen(_ milliseconds: Int64) -> Bool {
        var offset = zone.offsetsSeconds[0]
        for (index, transition) in zone.transitions.enumerated()
        where transition.milliseconds <= milliseconds { offset = zone.offsetsSeconds[index + 1] }
        let local = milliseconds + Int64(offset) * 1000
        let day = (local - (local % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000
        let minute = Int((local - day * 86_400_000) / 60_000)
        return intervals(on: day).contains { $0.startMinute <= minute && minute < $0.endMinute }
            || intervals(on: day - 1).contains { minute + 1440 < $0.endMinute }
    }

    func openMilliseconds(from: Int64, to: Int64) -> Int64 {
        var sum: Int64 = 0
        var minute = from - from % 60_000
        while minute < to {
            if isOpen(minute) { sum += min(to, minute + 60_000) - max(from, minute) }
            minute += 60_000
        }
        return sum
    }
}
