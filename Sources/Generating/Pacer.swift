/// Decides how many cases begin in each hour, so that the events asked for fill the span.
///
/// A proportional and integral controller: cases begin at the rate of the load curve, corrected by
/// how far the lines written are from where the curve says they should be. Arithmetic on Double is
/// limited to + − × ÷, which IEEE 754 defines to the last bit.
struct Pacer: Sendable {
    private let events: Int
    /// Lines that come in the first hour whatever the curve says.
    private let upfront: Int
    private let curve: LoadCurve
    /// Estimated lines that follow from one arrival.
    private var linesPerArrival = 5.8
    /// Mean time between arrivals this hour, in microseconds.
    private var gapMicroseconds: Int64 = 1
    private var nextArrivalMicroseconds: Int64 = .max

    /// Start of the next hour, in milliseconds since the start of the span.
    private(set) var nextHour: Int64 = 0
    /// When the next case begins, likewise.
    var nextArrival: Int64 { nextArrivalMicroseconds / 1000 }

    init(events: Int, upfront: Int, curve: LoadCurve) {
        self.events = max(0, events - upfront)
        self.upfront = upfront
        self.curve = curve
    }

    /// Sets the rate of an hour. `settled` lines are written or sure to be.
    mutating func startHour(_ hour: Int, settled: Int, random: inout Randomness) {
        let total = Double(curve.total)
        let due = Double(events) * Double(curve.weight(from: 0, hours: hour)) / total
        let horizon = max(
            1, Double(events) * Double(curve.weight(from: hour, hours: 96)) / total)
        let behind = (due - Double(hour == 0 ? 0 : settled - upfront)) / horizon
        let isNearEnd = hour + 48 >= curve.weights.count
        let correction = max(0.2, min(isNearEnd ? 8 : 1.6, 1 + behind * 1.5))
        if hour > 96, !isNearEnd {
            linesPerArrival *= 1 - max(-0.002, min(0.002, behind * 0.01))
        }
        let arrivals =
            Double(events) * Double(curve.weights[hour]) / total / linesPerArrival * correction
        gapMicroseconds = arrivals > 0.001 ? Int64(3_600_000_000 / arrivals) : 3_600_000_000_000
        nextHour = Int64(hour + 1) * 3_600_000
        // An exponential gap has no memory: drawing it anew at the hour is as good as keeping it.
        nextArrivalMicroseconds =
            Int64(hour) * 3_600_000_000 + random.exponential(mean: gapMicroseconds)
    }

    /// Draws when the next case begins.
    mutating func scheduleArrival(after time: Int64, random: inout Randomness) {
        nextArrivalMicroseconds += random.exponential(mean: gapMicroseconds)
    }
}
