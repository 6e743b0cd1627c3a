/// The open time of a calendar on its local clock, prepared so that the sum before any local time
/// is found without walking days.
///
/// A day is *regular* when its open time follows from its weekday alone; the others (holidays, the
/// days after them, the first day of a schedule, which earlier nights run into) are *special* and
/// listed. The sum before a day is then: whole weeks, the weekdays since Monday, and the listed
/// differences before it.
struct OpenTimeTable: Hashable, Sendable {
    /// What to add to the sum on the local clock under each offset of the zone, so that the sum is
    /// continuous at transitions: skipped times drop out, repeated ones count again.
    private(set) var adjustments: [Int64] = []

    private typealias Piece = BusinessCalendar.OpenPiece

    /// A schedule's stretch of days.
    private struct Era: Hashable {
        var firstDay: Int
        /// Pattern of each weekday, Monday first.
        var patterns: [Int]
        /// Open time from Monday to each weekday; the eighth is the week's.
        var sinceMonday: [Int64]
        /// What to add so that the eras' sums follow one another.
        var offset: Int64 = 0

        /// Open time of regular days before a day, from an arbitrary Monday.
        func regularTime(beforeDay day: Int) -> Int64 {
            let shifted = day + 3
            let week = shifted >= 0 ? shifted / 7 : (shifted - 6) / 7
            return offset + Int64(week) * sinceMonday[7] + sinceMonday[shifted - week * 7]
        }
    }

    private var eras: [Era] = []
    /// All distinct days' pieces; pattern p has those of `patternStarts[p] ..< patternStarts[p + 1]`.
    private(set) var pieces: [BusinessCalendar.OpenPiece] = []
    private var patternStarts = [0]
    /// Special days in order, their patterns, and the summed differences of all before each (one
    /// more than days).
    private var specialDays: [Int] = []
    private var specialPatterns: [Int] = []
    private var differences: [Int64] = [0]

    private static let day: Int64 = 86_400_000

    init(zone: TimeZoneRules, schedules: [BusinessCalendar.Schedule]) {
        var known: [[Piece]: Int] = [:]
        for (index, schedule) in schedules.enumerated() {
            addEra(schedule, first: index == 0, known: &known)
        }
        for day in OpenTimeTable.specialDays(of: schedules) {
            let today = OpenTimeTable.intervals(of: schedules, on: day)
            let yesterday = OpenTimeTable.intervals(of: schedules, on: day - 1)
            let pattern = addPattern(yesterday: yesterday, today: today, known: &known)
            let era = era(of: day)
            let regular =
                eras[era].regularTime(beforeDay: day + 1)
                - eras[era].regularTime(beforeDay: day)
            specialDays.append(day)
            specialPatterns.append(pattern)
            differences.append(differences[differences.count - 1] + total(pattern) - regular)
        }
        adjustments = [0]
        for (index, transition) in zone.transitions.enumerated() {
            let before = transition.milliseconds + Int64(zone.offsetsSeconds[index]) * 1000
            let after = transition.milliseconds + Int64(zone.offsetsSeconds[index + 1]) * 1000
            adjustments.append(
                adjustments[index] + openTime(beforeLocal: before) - openTime(beforeLocal: after))
        }
    }

    // MARK: Building

    private mutating func addEra(
        _ schedule: BusinessCalendar.Schedule, first: Bool, known: inout [[Piece]: Int]
    ) {
        var era = Era(
            firstDay: first ? Int.min : Int(schedule.effectiveFrom.number), patterns: [],
            sinceMonday: [0])
        for weekday in 0..<7 {
            let pattern = addPattern(
                yesterday: schedule.week[(weekday + 6) % 7], today: schedule.week[weekday],
                known: &known)
            era.patterns.append(pattern)
            era.sinceMonday.append(era.sinceMonday[weekday] + total(pattern))
        }
        if let last = eras.last {
            let start = Int(schedule.effectiveFrom.number)
            era.offset = last.regularTime(beforeDay: start) - era.regularTime(beforeDay: start)
        }
        eras.append(era)
    }

    /// The open pieces of a day: its own intervals and what runs over from the day before.
    private mutating func addPattern(
        yesterday: [BusinessCalendar.Interval], today: [BusinessCalendar.Interval],
        known: inout [[Piece]: Int]
    ) -> Int {
        let own = today.map { ($0.startMinute, min(1440, $0.endMinute)) }
        let over = yesterday.filter { $0.endMinute > 1440 }.map { (0, $0.endMinute - 1440) }
        var merged: [Piece] = []
        for (startMinute, endMinute) in (own + over).sorted(by: <) {
            let start = Int64(startMinute) * 60_000
            let end = Int64(endMinute) * 60_000
            if let last = merged.last, start <= last.end {
                merged[merged.count - 1].end = max(last.end, end)
            } else {
                let before = merged.last.map { $0.before + $0.end - $0.start } ?? 0
                merged.append(Piece(start: start, end: end, before: before))
            }
        }
        if let pattern = known[merged] { return pattern }
        let pattern = patternStarts.count - 1
        pieces += merged
        patternStarts.append(pieces.count)
        known[merged] = pattern
        return pattern
    }

    private func total(_ pattern: Int) -> Int64 {
        let end = patternStarts[pattern + 1]
        guard end > patternStarts[pattern] else { return 0 }
        return pieces[end - 1].before + pieces[end - 1].end - pieces[end - 1].start
    }

    /// Which schedule holds on a day.
    private static func schedule(
        _ schedules: [BusinessCalendar.Schedule], on day: Int
    ) -> BusinessCalendar.Schedule {
        schedules.last { Int($0.effectiveFrom.number) <= day } ?? schedules[0]
    }

    private static func intervals(
        of schedules: [BusinessCalendar.Schedule], on number: Int
    ) -> [BusinessCalendar.Interval] {
        let day = Day(number: Int32(number))
        let schedule = schedule(schedules, on: number)
        return schedule.holidays[day] ?? schedule.week[day.weekday - 1]
    }

    private static func specialDays(of schedules: [BusinessCalendar.Schedule]) -> [Int] {
        var days: Set<Int> = []
        for schedule in schedules {
            days.insert(Int(schedule.effectiveFrom.number))
            for holiday in schedule.holidays.keys {
                days.insert(Int(holiday.number))
                days.insert(Int(holiday.number) + 1)
            }
        }
        return days.sorted()
    }

    // MARK: Asking

    private func era(of day: Int) -> Int {
        var index = eras.count - 1
        while eras[index].firstDay > day { index -= 1 }
        return index
    }

    /// How many special days come before a day.
    private func specials(before day: Int) -> Int {
        var low = 0
        var high = specialDays.count
        while low < high {
            let middle = (low + high) / 2
            if specialDays[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func pattern(of day: Int, era: Int, special: Int) -> Int {
        if special < specialDays.count, specialDays[special] == day {
            return specialPatterns[special]
        }
        let weekday = (day + 3) % 7
        return eras[era].patterns[weekday < 0 ? weekday + 7 : weekday]
    }

    /// Open time before a local time (milliseconds since 1970 on the local clock).
    func openTime(beforeLocal local: Int64) -> Int64 {
        let day = Int(local.flooredDivision(by: OpenTimeTable.day))
        let time = local - Int64(day) * OpenTimeTable.day
        let era = era(of: day)
        let special = specials(before: day)
        let pattern = pattern(of: day, era: era, special: special)
        var today: Int64 = 0
        for index in patternStarts[pattern]..<patternStarts[pattern + 1] {
            let piece = pieces[index]
            if time < piece.start { break }
            today = piece.before + min(time, piece.end) - piece.start
        }
        return eras[era].regularTime(beforeDay: day) + differences[special] + today
    }

    /// Open time before a day's midnight, and the day's pieces.
    func openDay(_ day: Int) -> (before: Int64, pieces: Range<Int>) {
        let era = era(of: day)
        let special = specials(before: day)
        let pattern = pattern(of: day, era: era, special: special)
        return (
            eras[era].regularTime(beforeDay: day) + differences[special],
            patternStarts[pattern]..<patternStarts[pattern + 1]
        )
    }

    /// The first open local time from `local` on that lies before `end`; nil when there is none.
    func nextOpening(fromLocal local: Int64, before end: Int64) -> Int64? {
        var day = Int(local.flooredDivision(by: OpenTimeTable.day))
        var time = local - Int64(day) * OpenTimeTable.day
        while true {
            let midnight = Int64(day) * OpenTimeTable.day
            if midnight + time >= end { return nil }
            let era = era(of: day)
            let special = specials(before: day)
            let pattern = pattern(of: day, era: era, special: special)
            for index in patternStarts[pattern]..<patternStarts[pattern + 1]
            where time < pieces[index].end {
                let opening = midnight + max(time, pieces[index].start)
                return opening < end ? opening : nil
            }
            time = 0
            day += 1
            // A week without hours is open again on a special day at the earliest.
            if eras[era].sinceMonday[7] == 0 {
                let next = specials(before: day)
                guard next < specialDays.count else { return nil }
                day = specialDays[next]
            }
        }
    }
}
