/// Where a minute has a second 60: at the end of a day in UTC on which a leap second was put in.
///
/// All there were came at the end of a June or December; which ones is known up to the end of 2025, and of
/// the years after that either may be. Source: IERS, `Leap_Second.dat` and Bulletin C 70.
enum LeapSecond {
    private static let endsOfJune: Set = [
        1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015,
    ]
    private static let endsOfDecember: Set = [
        1972, 1973, 1974, 1975, 1976, 1977, 1978, 1979, 1987, 1989, 1990, 1995, 1998, 2005, 2008,
        2016,
    ]
    private static let lastKnownYear = 2025

    /// Whether second 60 follows an instant's second.
    static func follows(_ instant: Instant) -> Bool {
        let (year, month, day, millisecond) = instant.fields
        guard millisecond / 1000 == 86_399 else { return false }
        switch (month, day) {
        case (6, 30): return year > lastKnownYear || endsOfJune.contains(year)
        case (12, 31): return year > lastKnownYear || endsOfDecember.contains(year)
        default: return false
        }
    }
}
