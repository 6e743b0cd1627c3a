import Definitions
import EventModel

private let reply = "message.posted direction=out visibility=public actor_kind=agent actor=budi"

// Instants are counted from 1970-01-01, a Thursday, in UTC; the calendars' local clock is an hour
// ahead of it, two hours from Friday 1d 12h (the clock is put forward) to Monday 4d 12h (put back).
extension GoldenCaseTests {
    /// The store's calendar, one without a name; one for nights, and one that never closes.
    static let calendars: [String: BusinessCalendar] = {
        let zone = TimeZoneRules(
            name: "Test/Golden", release: "test",
            transitions: [
                Instant(milliseconds: 129_600_000), Instant(milliseconds: 388_800_000),
            ], offsetsSeconds: [3600, 7200, 3600])
        let lunch = [
            BusinessCalendar.Interval(startMinute: 480, endMinute: 720),
            BusinessCalendar.Interval(startMinute: 780, endMinute: 1020),
        ]
        let night = [BusinessCalendar.Interval(startMinute: 1320, endMinute: 360)]
        do {
            return [
                "": try BusinessCalendar(
                    zone: zone,
                    schedules: [
                        .init(
                            week: Array(repeating: lunch, count: 5) + [[], []],
                            // Tuesday the sixth.
                            holidays: [Day(number: 5): []])
                    ]),
                "nights": try BusinessCalendar(
                    zone: zone, schedules: [.init(week: Array(repeating: night, count: 7))]),
                "always": .roundTheClock(),
            ]
        } catch {
            fatalError("\(error)")
        }
    }()

    static let businessTime = [
        Golden(
            projection: "first_response", name: "the lunch break does not count",
            // Thursday 08:30 to 14:30 on the local clock: 3 h 30 m and 1 h 30 m.
            events: "450m ticket.opened channel=email origin=customer\n810m \(reply)",
            facts: "13h30m wait=6h wait_business=5h"),
        Golden(
            projection: "first_response",
            name: "opened before the clock is put forward, answered after",
            // Friday 12:30 local (11:30 UTC); at 13:00 it is 14:00, so that 3 hours are left, and one
            // on Monday until 09:00 (07:00 UTC).
            events: "35h30m ticket.opened channel=email origin=customer\n103h \(reply)",
            facts: "4d7h wait=2d19h30m wait_business=4h"),
        Golden(
            projection: "resolution", name: "opened before the clock is put back, solved after it",
            // Monday 13:30 local: open from 11:30 UTC (13:30), at 12:00 UTC it is 13:00 again, so that
            // 13:00 to 14:00 counts twice: 30 m before, 4 h after.
            events: """
                107h30m ticket.opened channel=email
                112h ticket.status_changed status=resolved
                """, facts: "4d16h time=4h30m time_business=4h30m"),
        Golden(
            projection: "resolution", name: "a holiday does not count",
            // Monday 16:00 (15:00 UTC) over Tuesday, a holiday, to Wednesday 08:10 (07:10 UTC).
            events: """
                111h ticket.opened channel=email
                151h10m ticket.status_changed status=resolved
                """, facts: "6d7h10m time=1d16h10m time_business=1h10m"),
        Golden(
            projection: "resolution",
            name: "business hours on hold, and those that the customer waits",
            // Thursday: open 08:00 to 17:00 local; hold from 11:00 to 14:00, pending from 15:00 to 16:00.
            events: """
                7h ticket.opened channel=email
                10h ticket.status_changed status=hold
                13h ticket.status_changed status=open
                14h ticket.status_changed status=pending
                15h ticket.status_changed status=open
                16h ticket.status_changed status=resolved
                """,
            facts: """
                16h time=9h on_hold=3h requester_wait=8h time_business=8h on_hold_business=2h \
                requester_wait_business=7h
                """),
        Golden(
            projection: "resolution", name: "outside business hours no time passes",
            events: """
                17h ticket.opened channel=email
                20h ticket.status_changed status=resolved
                """, facts: "20h time=3h time_business=0s"),
        Golden(
            projection: "sla_resolution",
            name: "a target counts by the calendar it names: a night shift",
            // Thursday 20:00 local to Friday 06:00: the night is open from 22:00, 8 hours.
            events: """
                19h ticket.opened channel=email
                19h sla.applied metric=resolution target_milliseconds=28800000 calendar=nights
                1d5h ticket.status_changed status=resolved
                """, facts: "1d5h met=1"),
        Golden(
            projection: "sla_resolution", name: "a minute of the night shift too much",
            events: """
                19h ticket.opened channel=email
                19h sla.applied metric=resolution target_milliseconds=28740000 calendar=nights
                1d5h ticket.status_changed status=resolved
                """, facts: "1d5h met=–"),
        Golden(
            projection: "sla_resolution",
            name: "a target without a calendar counts by the wall clock",
            events: """
                19h ticket.opened channel=email
                19h sla.applied metric=resolution target_milliseconds=35999999
                1d5h ticket.status_changed status=resolved
                """, facts: "1d5h met=–"),
        Golden(
            projection: "sla_resolution", name: "a calendar nobody knows stands for the store's",
            // From 20:00 to 06:00 the office is shut.
            events: """
                19h ticket.opened channel=email
                19h sla.applied metric=resolution target_milliseconds=0 calendar=unheard-of
                1d5h ticket.status_changed status=resolved
                """, facts: "1d5h met=1"),
        Golden(
            projection: "sla_resolution",
            name: "paused states are taken out in the target's own hours",
            // Thursday 08:00 to 17:00 local: 8 hours; pending from 11:00 to 14:00 is 2 of them.
            events: """
                7h ticket.opened channel=email
                7h sla.applied metric=resolution target_milliseconds=21600000 calendar=office \
                pauses_pending=true
                10h ticket.status_changed status=pending
                13h ticket.status_changed status=open
                16h ticket.status_changed status=resolved
                """, facts: "16h met=1"),
    ]

    static let parts = [
        Golden(
            projection: "agent_time", name: "a state is cut at every full hour and at midnight",
            events: """
                23h20m agent.state_changed state=busy team=billing
                1d1h10m agent.state_changed state=offline
                """,
            facts: """
                23h20m state=busy team=billing hour=23 weekday=4 time=40m
                1d state=busy hour=0 weekday=5 time=1h
                1d1h state=busy hour=1 weekday=5 time=10m
                """),
        Golden(
            projection: "agent_time",
            name: "a state that crosses a month's end has its part in each",
            // 31 January 23:30 to 1 February 00:30.
            events: """
                743h30m agent.state_changed state=available
                744h30m agent.state_changed state=busy
                """, facts: "30d23h30m time=30m\n31d time=30m"),
        Golden(
            projection: "agent_time",
            name: "the last state has not ended, time offline does not count",
            events: """
                1h agent.state_changed state=offline
                2h agent.state_changed state=available
                """, facts: ""),
        Golden(
            projection: "agent_time",
            name: "the team is the one in force, a state of no length is there",
            events: """
                1h agent.state_changed state=available team=billing
                1h agent.state_changed state=busy
                1h30m agent.state_changed state=wrap team=tech
                1h40m agent.state_changed state=offline
                """,
            facts: """
                1h state=available team=billing time=0s
                1h state=busy team=billing time=30m
                1h30m state=wrap team=tech time=10m
                """),
        Golden(
            projection: "cost", name: "an amount over three days that three does not divide",
            events:
                "9h cost.recorded amount=1000 currency=IDR from_day=1970-01-30 to_day=1970-02-01",
            facts: "29d amount=334 currency=IDR\n30d amount=333\n31d amount=333"),
        Golden(
            projection: "cost", name: "what is taken back cancels out day by day",
            events: """
                1h cost.recorded amount=11 currency=USD from_day=1970-01-02 to_day=1970-01-05
                2h cost.recorded amount=-11 currency=USD from_day=1970-01-02 to_day=1970-01-05
                """,
            facts: """
                1d amount=3
                2d amount=3
                3d amount=3
                4d amount=2
                1d amount=-3
                2d amount=-3
                3d amount=-3
                4d amount=-2
                """),
        Golden(
            projection: "cost",
            name: "without days, or with the last before the first, on its own day",
            events: """
                1h cost.recorded amount=5 currency=IDR
                26h cost.recorded amount=7 currency=IDR from_day=1970-01-09 to_day=1970-01-08
                """, facts: "1h amount=5\n1d2h amount=7"),
        Golden(
            projection: "revenue", name: "fewer units than days: the first days have them",
            events:
                "1h revenue.recorded amount=2 currency=IDR from_day=1970-01-02 to_day=1970-01-05",
            facts: "1d amount=1\n2d amount=1\n3d amount=0\n4d amount=0"),
    ]
}
