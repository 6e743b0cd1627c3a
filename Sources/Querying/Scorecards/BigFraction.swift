/// An exact quotient of whole numbers of any size: scores and totals, which multiply and add
/// fractions whose denominators have nothing in common.
public struct BigFraction: Hashable, Sendable {
    private var isNegative: Bool
    private var numerator: BigWhole
    /// Never zero.
    private var denominator: BigWhole

    private init(_ isNegative: Bool, _ numerator: BigWhole, _ denominator: BigWhole) {
        self.isNegative = isNegative && !numerator.isZero
        self.numerator = numerator
        self.denominator = denominator
    }

    /// A fraction's value; nil where it has none.
    public init?(_ fraction: Fraction) {
        guard fraction.hasValue else { return nil }
        let lowest = fraction.reduced
        self.init(
            lowest.numerator < 0, BigWhole(lowest.numerator.magnitude),
            BigWhole(lowest.denominator.magnitude))
    }

    /// A whole number.
    public init(_ whole: Int) {
        self.init(whole < 0, BigWhole(UInt128(whole.magnitude)), BigWhole(1))
    }

    /// A quotient of whole numbers; traps on zero below.
    public init(_ part: Int, over whole: Int) {
        precondition(whole > 0, "a denominator is positive")
        self.init(part < 0, BigWhole(UInt128(part.magnitude)), BigWhole(UInt128(whole)))
    }

    /// Whether it is above, at or below zero: 1, 0, −1.
    public var sign: Int { numerator.isZero ? 0 : isNegative ? -1 : 1 }

    /// Orders by value, exactly: −1, 0 or 1.
    public static func compare(_ left: BigFraction, _ right: BigFraction) -> Int {
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let order = BigWhole.compare(
            left.numerator * right.denominator, right.numerator * left.denominator)
        return left.isNegative ? -order : order
    }

    /// The sum.
    public static func + (left: BigFraction, right: BigFraction) -> BigFraction {
        let first = left.numerator * right.denominator
        let second = right.numerator * left.denominator
        let whole = left.denominator * right.denominator
        if left.isNegative == right.isNegative {
            return BigFraction(left.isNegative, first + second, whole)
        }
        return BigWhole.compare(first, second) >= 0
            ? BigFraction(left.isNegative, first - second, whole)
            : BigFraction(right.isNegative, second - first, whole)
    }

    /// The product.
    public static func * (left: BigFraction, right: BigFraction) -> BigFraction {
        BigFraction(
            left.isNegative != right.isNegative, left.numerator * right.numerator,
            left.denominator * right.denominator)
    }

    /// The quotient; traps on zero.
    public static func / (left: BigFraction, right: BigFraction) -> BigFraction {
        precondition(!right.numerator.isZero, "division by zero")
        return BigFraction(
            left.isNegative != right.isNegative, left.numerator * right.denominator,
            left.denominator * right.numerator)
    }

    /// The value rounded half to even, to at most 15 places; nil where it does not fit 128 bits.
    public func rounded(places: Int) -> RoundedDecimal? {
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        let (found, rest) = (numerator * BigWhole(UInt128(scale))).divided(by: denominator)
        guard var quotient = found.exactly else { return nil }
        let order = BigWhole.compare(rest + rest, denominator)
        if order > 0 || order == 0 && quotient % 2 == 1 { quotient += 1 }
        return RoundedDecimal(
            isNegative: isNegative && quotient > 0, whole: quotient / UInt128(scale),
            fraction: UInt64(quotient % UInt128(scale)), places: places)
    }
}

extension BigFraction {
    /// Whether two have the same value, in whatever terms.
    public static func == (left: BigFraction, right: BigFraction) -> Bool {
        compare(left, right) == 0
    }

    /// Hashes the value rounded, which is the same for equal ones.
    public func hash(into hasher: inout Hasher) { hasher.combine(rounded(places: 6)) }
}
