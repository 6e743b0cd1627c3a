internal import EventModel

/// How busy each hour of the span is, relative to the others: the hour of the day, the weekday, the
/// season, public holidays.
struct LoadCurve: Sendable {
    /// Weight of each hour since the start of the span, 1 or more.
    private(set) var weights: [Int32]
    /// Weights of all hours before, in total; one more than hours.
    private(set) var cumulative: [Int64]
    /// By day of the span: whether it is a public holiday in Indonesia.
    private(set) var isHoliday: [Bool]

    /// By local hour: a quiet night, a peak in the morning, a lunch dip, a smaller evening peak.
    private static let byHour: [Int] = [
        9, 6, 4, 3, 4, 8, 18, 38, 70, 96, 100, 92, 74, 82, 90, 86, 78, 68, 62, 66, 64, 50, 32, 18,
    ]
    /// Monday to Sunday, in hundredths.
    private static let byWeekday = [118, 108, 104, 102, 100, 72, 58]
    /// January to December, in hundredths: Ramadan and Lebaran in March and April, the shopping
    /// festivals of October to December.
    private static let byMonth = [94, 92, 108, 98, 95, 94, 97, 99, 98, 104, 114, 122]

    init(from: Day, days: Int) {
        weights = []
        weights.reserveCapacity(days * 24)
        cumulative = [0]
        isHoliday = []
        var total: Int64 = 0
        for index in 0..<days {
            let day = from.advanced(by: index)
            let (_, month, dayOfMonth) = day.components
            let holiday = IndonesianHolidays.contains(day)
            isHoliday.append(holiday)
            var factor = LoadCurve.byWeekday[day.weekday - 1] * LoadCurve.byMonth[month - 1]
            if holiday { factor = factor * 45 / 100 }
            // Harbolnas (9.9, 10.10, 11.11, 12.12) and pay day bring questions and complaints.
            if month >= 9, month == dayOfMonth { factor = factor * 170 / 100 }
            if dayOfMonth >= 25, dayOfMonth <= 27 { factor = factor * 112 / 100 }
            for hour in 0..<24 {
                let weight = max(1, LoadCurve.byHour[hour] * factor / 1000)
                weights.append(Int32(weight))
                total += Int64(weight)
                cumulative.append(total)
            }
        }
    }

    /// All weights together.
    var total: Int64 { cumulative[cumulative.count - 1] }

    /// Weight of the hours `first ..< first + count`, cut at the end of the span.
    func weight(from first: Int, hours count: Int) -> Int64 {
        cumulative[min(first + count, weights.count)] - cumulative[first]
    }
}

/// Public holidays in Indonesia.
///
/// Source: the joint decrees (SKB 3 Menteri) on national holidays and collective leave for 2024,
/// 2025 and 2026; other years have those of fixed date only.
enum IndonesianHolidays {
    static func contains(_ day: Day) -> Bool {
        let (year, month, dayOfMonth) = day.components
        let key = month * 100 + dayOfMonth
        switch key {
        case 101, 501, 601, 817, 1225: return true
        default: break
        }
        switch year {
        case 2024: return in2024.contains(key)
        case 2025: return in2025.contains(key)
        case 2026: return in2026.contains(key)
        default: return false
        }
    }

    private static let in2024: Set = [
        208, 209, 210, 311, 312, 329, 331, 408, 409, 410, 411, 412, 415, 509, 510, 523, 524, 617,
        618, 707, 916, 1226,
    ]
    private static let in2025: Set = [
        127, 128, 129, 328, 329, 331, 401, 402, 403, 404, 407, 418, 420, 512, 513, 529, 530, 606,
        609, 627, 818, 905, 1226,
    ]
    private static let in2026: Set = [
        116, 216, 217, 318, 319, 320, 321, 322, 323, 324, 403, 405, 514, 515, 527, 528, 531, 616,
        825, 1224,
    ]
}
