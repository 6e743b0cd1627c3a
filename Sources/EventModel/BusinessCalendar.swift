/// When a team works: local hours by weekday, holidays, and a time zone; measures business time
/// exactly, to the millisecond, in any year.
///
/// The calendar is open exactly while the local clock shows a time inside one of its intervals. So
/// an hour that a clock change skips is never open, and one that it repeats is open twice: a day
/// open from 00:00 to 24:00 has 25 hours in autumn, 23 in spring. An interval over midnight belongs
/// to the day it begins on: it runs on into a holiday, and a holiday's own intervals into the next
/// day. Time that two intervals cover counts once.
///
/// ```swift
/// let nineToFive = BusinessCalendar.Interval(startMinute: 9 * 60, endMinute: 17 * 60)
/// let week = Array(repeating: [nineToFive], count: 5) + [[], []]
/// let calendar = try BusinessCalendar(zone: jakarta, schedules: [.init(week: week)])
/// calendar.milliseconds(from: opened, to: answered)
/// ```
///
/// Source of the method: the open time before an instant is a closed form of weeks plus a
/// correction for each day that differs from its week; a difference of two such sums is the answer.
public struct BusinessCalendar: Hashable, Sendable {
    /// A stretch of local time on one day, its end excluded.
    public struct Interval: Hashable, Sendable {
        /// Minutes from local midnight, 0 to 1,439.
        public var startMinute: Int
        /// Minutes from the same midnight; past 1,440 on the next day, at most a day after the start.
        public var endMinute: Int

        /// An interval; an end at or before the start is on the next day (22:00 to 06:00).
        public init(startMinute: Int, endMinute: Int) {
            self.startMinute = startMinute
            self.endMinute = endMinute > startMinute ? endMinute : endMinute + 1440
        }

        /// From midnight to midnight.
        public static let wholeDay = Interval(startMinute: 0, endMinute: 1440)
    }

    /// The hours in force from a day on.
    public struct Schedule: Hashable, Sendable {
        /// First local day it holds for; the first schedule of a calendar holds for earlier days too.
        public var effectiveFrom: Day
        /// Seven lists of intervals, Monday first.
        public var week: [[Interval]]
        /// Days whose intervals differ from their weekday's; mostly none at all.
        public var holidays: [Day: [Interval]]

        /// A schedule from its parts.
        public init(
            effectiveFrom: Day = Day(number: 0), week: [[Interval]],
            holidays: [Day: [Interval]] = [:]
        ) {
            self.effectiveFrom = effectiveFrom
            self.week = week
            self.holidays = holidays
        }
    }

    /// Why schedules are no calendar; `description` reads after `Error: `.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong and what would do.
        public let description: String
    }

    /// The zone of the local clock.
    public let zone: TimeZoneRules
    /// Ascending by their first day.
    public let schedules: [Schedule]
    let table: OpenTimeTable

    /// A calendar; throws where there is no schedule, two begin on one day or out of order, a week
    /// has not seven days, or an interval is no part of a day.
    ///
    /// - Complexity: O(holidays · log holidays + transitions · log holidays).
    public init(zone: TimeZoneRules, schedules: [Schedule]) throws(Fault) {
        guard !schedules.isEmpty else {
            throw Fault(description: "a calendar needs at least one schedule")
        }
        for (index, schedule) in schedules.enumerated() {
            if index > 0, schedule.effectiveFrom <= schedules[index - 1].effectiveFrom {
                throw Fault(
                    description: "the schedule effective from \(schedule.effectiveFrom) does not "
                        + "follow the one from \(schedules[index - 1].effectiveFrom)")
            }
            try BusinessCalendar.check(schedule)
        }
        self.init(checkedZone: zone, schedules: schedules)
    }

    private init(checkedZone zone: TimeZoneRules, schedules: [Schedule]) {
        self.zone = zone
        self.schedules = schedules
        table = OpenTimeTable(zone: zone, schedules: schedules)
    }

    /// A calendar that is always open: business time is wall-clock time.
    public static func roundTheClock(zone: TimeZoneRules = .utc) -> BusinessCalendar {
        BusinessCalendar(
            checkedZone: zone,
            schedules: [Schedule(week: Array(repeating: [.wholeDay], count: 7))])
    }

    private static func check(_ schedule: Schedule) throws(Fault) {
        guard schedule.week.count == 7 else {
            throw Fault(
                description: "a week has seven lists of intervals, not \(schedule.week.count)")
        }
        let all = schedule.week + schedule.holidays.sorted { $0.key < $1.key }.map(\.value)
        for interval in all.joined() {
            let length = interval.endMinute - interval.startMinute
            guard (0..<1440).contains(interval.startMinute), (1...1440).contains(length) else {
                throw Fault(
                    description: "minutes \(interval.startMinute) to \(interval.endMinute) are no "
                        + "interval: it begins at 0 to 1439 and lasts 1 to 1440 minutes")
            }
        }
    }

    /// Open time between two instants in milliseconds, `from` included and `to` excluded; negative
    /// when `to` is the earlier one.
    ///
    /// - Complexity: O(log holidays + log transitions).
    public func milliseconds(from: Instant, to: Instant) -> Int64 {
        openTime(before: to) - openTime(before: from)
    }

    /// Open time before an instant, from a beginning that only differences do not depend on.
    func openTime(before instant: Instant) -> Int64 {
        let regime = zone.regime(at: instant)
        let local = instant.milliseconds + Int64(zone.offsetsSeconds[regime]) * 1000
        return table.adjustments[regime] + table.openTime(beforeLocal: local)
    }

    /// Whether the local clock shows a time inside an interval.
    ///
    /// - Complexity: O(log holidays + log transitions).
    public func isOpen(at instant: Instant) -> Bool {
        let local = zone.localMilliseconds(of: instant)
        return table.nextOpening(fromLocal: local, before: local + 1) != nil
    }

    /// The first instant from this one on at which the calendar is open; nil when it never is again
    /// (before the year 10000).
    ///
    /// - Complexity: O(log holidays + log transitions) for each closed day and transition between.
    public func nextOpening(from instant: Instant) -> Instant? {
        var start = instant
        for regime in zone.regime(at: instant)..<zone.offsetsSeconds.count {
            let offset = Int64(zone.offsetsSeconds[regime]) * 1000
            let end =
                regime < zone.transitions.count
                ? zone.transitions[regime] : Instant(milliseconds: Instant.latest.milliseconds + 1)
            if let local = table.nextOpening(
                fromLocal: start.milliseconds + offset, before: end.milliseconds + offset)
            {
                return Instant(milliseconds: local - offset)
            }
            start = end
        }
        return nil
    }
}

// What a loop needs that asks for open time often: a day's sum and pieces can be kept.
extension BusinessCalendar {
    /// A stretch of open time within a day, in milliseconds from local midnight.
    package struct OpenPiece: BitwiseCopyable, Hashable, Sendable {
        package var start: Int64
        package var end: Int64
        /// Open time of the day before it.
        package var before: Int64
    }

    /// All distinct days' pieces, one day after another.
    package var openPieces: [OpenPiece] { table.pieces }

    /// What to add to the sum on the local clock under each offset of the zone.
    package var adjustmentsByOffset: [Int64] { table.adjustments }

    /// Open time on the local clock before a day (days since 1970) begins, and the places of its
    /// pieces among `openPieces`.
    ///
    /// - Complexity: O(schedules + log holidays).
    package func openDay(_ number: Int) -> (before: Int64, pieces: Range<Int>) {
        table.openDay(number)
    }
}
