/// An exact quotient of whole numbers, kept unreduced: a mean's sum over its count, a rate's part
/// over its whole. A denominator of zero is no value ("null"), never an error and never 0.
///
/// Rounding happens only in `rounded(places:)` and its like, half to even, when a value is shown.
public struct Fraction: Hashable, Sendable {
    /// The part, with the sign.
    public let numerator: Int128
    /// The whole; positive, or 0 where there is no value.
    public let denominator: Int128

    /// Numbers that do not fit 128 bits.
    struct Overflow: Error {}

    /// A fraction from its parts, with the sign moved to the numerator.
    ///
    /// Traps on a denominator of `Int128.min`, which no sum of facts reaches.
    public init(_ numerator: Int128, over denominator: Int128) {
        precondition(denominator != .min && (denominator >= 0 || numerator != .min), "out of range")
        self.numerator = denominator < 0 ? -numerator : numerator
        self.denominator = denominator < 0 ? -denominator : denominator
    }

    /// A whole number.
    public init(_ value: some FixedWidthInteger & Sendable) { self.init(Int128(value), over: 1) }

    /// No value.
    public static let none = Fraction(0, over: 0)

    /// Whether there is a value.
    public var hasValue: Bool { denominator != 0 }

    /// The same value in lowest terms; unchanged where there is none.
    public var reduced: Fraction {
        guard hasValue else { return self }
        var (left, right) = (numerator.magnitude, denominator.magnitude)
        while right != 0 { (left, right) = (right, left % right) }
        let divisor = Int128(left)
        return Fraction(numerator / divisor, over: denominator / divisor)
    }

    /// Orders by value, exactly; nil where either has none.
    public static func compare(_ left: Fraction, _ right: Fraction) -> Int? {
        guard left.hasValue, right.hasValue else { return nil }
        let first = left.numerator.multipliedFullWidth(by: right.denominator)
        let second = right.numerator.multipliedFullWidth(by: left.denominator)
        if first.high != second.high { return first.high < second.high ? -1 : 1 }
        return first.low == second.low ? 0 : (first.low < second.low ? -1 : 1)
    }
}

extension Fraction {
    /// The sum; equal denominators are kept.
    func adding(_ other: Fraction) throws(Overflow) -> Fraction {
        guard hasValue, other.hasValue else { return .none }
        if denominator == other.denominator {
            return Fraction(
                try Fraction.checked(numerator.addingReportingOverflow(other.numerator)),
                over: denominator)
        }
        return try Fraction.retryingReduced(self, other) { (left, right) throws(Overflow) in
            let first = try Fraction.times(left.numerator, right.denominator)
            let second = try Fraction.times(right.numerator, left.denominator)
            return Fraction(
                try Fraction.checked(first.addingReportingOverflow(second)),
                over: try Fraction.times(left.denominator, right.denominator))
        }
    }

    /// The difference.
    func subtracting(_ other: Fraction) throws(Overflow) -> Fraction { try adding(other.negated()) }

    /// The opposite.
    func negated() throws(Overflow) -> Fraction {
        Fraction(
            try Fraction.checked(Int128.zero.subtractingReportingOverflow(numerator)),
            over: denominator)
    }

    /// The product.
    func multiplied(by other: Fraction) throws(Overflow) -> Fraction {
        try Fraction.retryingReduced(self, other) { (left, right) throws(Overflow) in
            Fraction(
                try Fraction.times(left.numerator, right.numerator),
                over: try Fraction.times(left.denominator, right.denominator))
        }
    }

    /// The quotient; no value where `other` is zero or has none. What was divided stays as the
    /// numerator, so that an answer can say "5 over 0".
    func divided(by other: Fraction) throws(Overflow) -> Fraction {
        try Fraction.retryingReduced(self, other) { (left, right) throws(Overflow) in
            var whole = try Fraction.times(left.denominator, right.numerator)
            var part = try Fraction.times(left.numerator, right.denominator)
            if whole < 0 {
                whole = try Fraction.checked(Int128.zero.subtractingReportingOverflow(whole))
                part = try Fraction.checked(Int128.zero.subtractingReportingOverflow(part))
            }
            return right.hasValue ? Fraction(part, over: whole) : .none
        }
    }

    private static func retryingReduced(
        _ left: Fraction, _ right: Fraction,
        _ body: (Fraction, Fraction) throws(Overflow) -> Fraction
    ) throws(Overflow) -> Fraction {
        do { return try body(left, right) } catch { return try body(left.reduced, right.reduced) }
    }

    private static func times(_ left: Int128, _ right: Int128) throws(Overflow) -> Int128 {
        try Fraction.checked(left.multipliedReportingOverflow(by: right))
    }

    private static func checked(
        _ result: (partialValue: Int128, overflow: Bool)
    ) throws(Overflow) -> Int128 {
        if result.overflow { throw Overflow() }
        return result.partialValue
    }
}

extension Fraction {
    /// How far two values lie apart, never negative.
    package func distance(from other: Fraction) throws -> Fraction {
        let difference = try subtracting(other)
        return difference.numerator < 0 ? try difference.negated() : difference
    }

    /// How far a value lies outside two bounds; zero within.
    package func distance(outside bounds: (low: Fraction, high: Fraction)) throws -> Fraction {
        if Fraction.compare(self, bounds.low) == -1 { return try distance(from: bounds.low) }
        if Fraction.compare(self, bounds.high) == 1 { return try distance(from: bounds.high) }
        return Fraction(0)
    }

    /// The value over another one's size.
    package func dividedByMagnitude(of other: Fraction) throws -> Fraction {
        try divided(by: other.numerator < 0 ? other.negated() : other)
    }

    /// The value times a whole number.
    package func scaled(by factor: Int128) throws -> Fraction {
        try multiplied(by: Fraction(factor))
    }
}
