import EventModel

/// Business time for the loops: the calendars' sums by day and the zones' offsets, kept as they are
/// asked for. One per worker; answers as `BusinessCalendar.milliseconds` does.
struct CalendarClocks: ~Copyable {
    /// A day that was asked for: open time before it on the local clock, and its pieces.
    struct DayEntry: BitwiseCopyable {
        var day: Int64
        var before: Int64
        var first: Int32
        var end: Int32
    }

    /// The stretch of constant offset that a calendar was last asked in.
    struct Stretch: BitwiseCopyable {
        var from = Int64.max
        var until = Int64.min
        var offset: Int64 = 0
        var adjustment: Int64 = 0
    }

    /// Days kept for each calendar: eleven years, so that those of a log do not push each other out.
    private static let daysKept = 4096

    private let calendars: [BusinessCalendar]
    private var days: Buffer<DayEntry>
    private var stretches: Buffer<Stretch>
    /// All calendars' pieces, and where each one's begin.
    private var pieces = Buffer<BusinessCalendar.OpenPiece>()
    private var firstPieces = Buffer<Int>()

    init(_ calendars: [BusinessCalendar]) {
        self.calendars = calendars
        days = Buffer(
            repeating: DayEntry(day: .max, before: 0, first: 0, end: 0),
            count: calendars.count * Self.daysKept)
        stretches = Buffer(repeating: Stretch(), count: calendars.count)
        for calendar in calendars {
            firstPieces.append(pieces.count)
            for piece in calendar.openPieces { pieces.append(piece) }
        }
    }

    /// Open milliseconds between two times, `from` included and `to` excluded.
    mutating func openTime(of calendar: Int, from start: Int64, to end: Int64) -> Int64 {
        openTime(of: calendar, before: end) - openTime(of: calendar, before: start)
    }

    /// Open milliseconds before a time, from a beginning that only differences do not depend on.
    private mutating func openTime(of calendar: Int, before time: Int64) -> Int64 {
        var stretch = stretches[calendar]
        if time < stretch.from || time >= stretch.until {
            stretch = find(calendar, time)
            stretches[calendar] = stretch
        }
        let local = time + stretch.offset
        let day = local.flooredDivision(by: 86_400_000)
        let place = calendar * Self.daysKept + Int(day & Int64(Self.daysKept - 1))
        var entry = days[place]
        if entry.day != day {
            entry = look(calendar, day)
            days[place] = entry
        }
        let clock = local - day * 86_400_000
        var today: Int64 = 0
        for index in Int(entry.first)..<Int(entry.end) {
            let piece = pieces[index]
            if clock < piece.start { break }
            today = piece.before + min(clock, piece.end) - piece.start
        }
        return entry.before + today + stretch.adjustment
    }

    @inline(never)
    private func find(_ calendar: Int, _ time: Int64) -> Stretch {
        let zone = calendars[calendar].zone
        var low = 0
        var high = zone.transitions.count
        while low < high {
            let middle = (low + high) >> 1
            if zone.transitions[middle].milliseconds <= time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return Stretch(
            from: low > 0 ? zone.transitions[low - 1].milliseconds : .min,
            until: low < zone.transitions.count ? zone.transitions[low].milliseconds : .max,
            offset: Int64(zone.offsetsSeconds[low]) * 1000,
            adjustment: calendars[calendar].adjustmentsByOffset[low])
    }

    @inline(never)
    private func look(_ calendar: Int, _ day: Int64) -> DayEntry {
        let open = calendars[calendar].openDay(Int(day))
        let first = firstPieces[calendar]
        return DayEntry(
            day: day, before: open.before, first: Int32(first + open.pieces.lowerBound),
            end: Int32(first + open.pieces.upperBound))
    }
}
