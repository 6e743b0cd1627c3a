/// A value rounded for showing: whole part and some decimals.
public struct RoundedDecimal: Hashable, Sendable {
    /// Whether it is below zero; false for what rounds to zero.
    public var isNegative: Bool
    /// The digits before the point.
    public var whole: UInt128
    /// The digits behind it, as one number.
    public var fraction: UInt64
    /// How many digits stand behind the point.
    public var places: Int
}

extension Fraction {
    /// The value rounded half to even, to at most 15 places; nil where there is none.
    ///
    /// - Parameter unit: what one is divided into: 1000 shows milliseconds as seconds.
    public func rounded(places: Int, unit: Int128 = 1) -> RoundedDecimal? {
        guard hasValue else { return nil }
        let (size, isTooLarge) = denominator.multipliedReportingOverflow(by: unit)
        let lowest = isTooLarge ? reduced : self
        // Where even lowest terms times the unit do not fit, the value lies below any place shown.
        let divisor =
            isTooLarge
            ? lowest.denominator.magnitude.multipliedReportingOverflow(by: unit.magnitude)
            : (partialValue: size.magnitude, overflow: false)
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        guard !divisor.overflow else {
            return RoundedDecimal(isNegative: false, whole: 0, fraction: 0, places: places)
        }
        var (whole, rest) = lowest.numerator.magnitude.quotientAndRemainder(
            dividingBy: divisor.partialValue)
        let scaled = rest.multipliedFullWidth(by: UInt128(scale))
        var fraction: UInt128
        (fraction, rest) = divisor.partialValue.dividingFullWidth(scaled)
        let half = divisor.partialValue - rest
        if rest > half || (rest == half && (places == 0 ? whole : fraction) % 2 == 1) {
            fraction += 1
        }
        whole += fraction / UInt128(scale)
        fraction %= UInt128(scale)
        return RoundedDecimal(
            isNegative: numerator < 0 && (whole > 0 || fraction > 0), whole: whole,
            fraction: UInt64(fraction), places: places)
    }

    /// The nearest whole multiple of a unit, half to even; nil where there is no value or it does
    /// not fit.
    public func roundedToWhole(unit: Int128 = 1) -> Int128? {
        guard let rounded = rounded(places: 0, unit: unit),
            let whole = Int128(exactly: rounded.whole)
        else { return nil }
        return rounded.isNegative ? -whole : whole
    }

    /// The value as decimal text with at most some places, no zeros at the end (`-0.333333`); nil
    /// where there is none. Exact digits, no binary fractions.
    public func decimalText(atMostPlaces places: Int = 6, unit: Int128 = 1) -> String? {
        rounded(places: places, unit: unit)?.text(trimmingZeros: true)
    }
}

extension RoundedDecimal {
    /// As plain decimal text with a point: `-1234.50`.
    public func text(trimmingZeros: Bool = false) -> String {
        var text = (isNegative ? "-" : "") + String(whole)
        guard places > 0 else { return text }
        let digits = fractionDigits(trimmingZeros: trimmingZeros)
        if !digits.isEmpty { text += "." + digits }
        return text
    }

    /// The digits behind the point, padded to `places`.
    public func fractionDigits(trimmingZeros: Bool = false) -> String {
        guard places > 0 else { return "" }
        let digits = String(fraction)
        var padded = String(repeating: "0", count: max(0, places - digits.utf8.count)) + digits
        while trimmingZeros, padded.hasSuffix("0") { padded.removeLast() }
        return padded
    }
}
