import EventModel

/// Local dates and hours of instants. Remembers the stretch of constant offset it was last in:
/// a case's facts mostly share it.
struct DayFinder: ~Copyable {
    private let transitions: Buffer<Int64>
    private let offsets: Buffer<Int64>
    private var from = Int64.max
    private var until = Int64.min
    private var offset: Int64 = 0

    init(zone: TimeZoneRules) {
        transitions = Buffer(zone.transitions.map(\.milliseconds))
        offsets = Buffer(zone.offsetsSeconds.map { Int64($0) * 1000 })
    }

    private mutating func local(_ time: Int64) -> Int64 {
        if time < from || time >= until {
            var low = 0
            var high = transitions.count
            while low < high {
                let middle = (low + high) >> 1
                if transitions[middle] <= time { low = middle + 1 } else { high = middle }
            }
            from = low > 0 ? transitions[low - 1] : .min
            until = low < transitions.count ? transitions[low] : .max
            offset = offsets[low]
        }
        return time + offset
    }

    /// The word that stands for an instant's day in a cell.
    mutating func word(of time: Int64) -> UInt32 {
        UInt32(bitPattern: Int32(truncatingIfNeeded: number(of: time))) ^ 0x8000_0000
    }

    /// An instant's day since 1970.
    mutating func number(of time: Int64) -> Int64 {
        local(time).flooredDivision(by: 86_400_000)
    }

    /// 0 to 23.
    mutating func hour(of time: Int64) -> Int64 {
        let local = local(time)
        return (local - local.flooredDivision(by: 86_400_000) * 86_400_000) / 3_600_000
    }

    /// 1 Monday to 7 Sunday.
    mutating func weekday(of time: Int64) -> Int64 {
        DayFinder.weekday(ofDay: local(time).flooredDivision(by: 86_400_000))
    }

    /// 1 Monday to 7 Sunday, of a day since 1970.
    static func weekday(ofDay day: Int64) -> Int64 {
        Int64(Day(number: Int32(truncatingIfNeeded: day)).weekday)
    }

    /// The local day and hour of a time, and when the next local midnight (or full hour) or the
    /// next change of the clock comes.
    mutating func stretch(of time: Int64, byHour: Bool) -> (day: Int64, hour: Int64, end: Int64) {
        let local = local(time)
        let length: Int64 = byHour ? 3_600_000 : 86_400_000
        let number = local.flooredDivision(by: length)
        let day = byHour ? number.flooredDivision(by: 24) : number
        let hour = byHour ? number - day * 24 : 0
        return (day, hour, min((number + 1) * length - offset, until))
    }
}
