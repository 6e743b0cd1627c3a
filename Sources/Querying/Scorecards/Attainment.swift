import Definitions

/// A target in a figure's own unit, for the days it is asked about.
public enum ExactTarget: Hashable, Sendable {
    /// At least this.
    case minimum(Fraction)
    /// At most this.
    case maximum(Fraction)
    /// Between these, both included.
    case band(Fraction, Fraction)

    /// A definition's target, times how many of its periods are asked about.
    init(_ target: Target, times share: Fraction) throws {
        func scaled(_ number: ExactNumber) throws -> Fraction {
            try Fraction(Int128(number.numerator), over: Int128(number.denominator))
                .multiplied(by: share).reduced
        }
        switch target {
        case .minimum(let least): self = .minimum(try scaled(least))
        case .maximum(let most): self = .maximum(try scaled(most))
        case .band(let least, let most): self = .band(try scaled(least), try scaled(most))
        }
    }

    /// Whether a value reaches it; nil where there is no value.
    public func isMet(by value: Fraction) -> Bool? {
        switch self {
        case .minimum(let least): return Fraction.compare(value, least).map { $0 >= 0 }
        case .maximum(let most): return Fraction.compare(value, most).map { $0 <= 0 }
        case .band(let least, let most):
            guard let low = Fraction.compare(value, least),
                let high = Fraction.compare(value, most)
            else { return nil }
            return low >= 0 && high <= 0
        }
    }

    /// How far a value reaches it, in percent, not capped; nil where there is no value.
    ///
    /// At least: value ÷ target. At most: target ÷ value, 100 % at zero. In a band: 100 %, else as
    /// for the nearer edge. Never below 0 %. Where target or value is zero or negative a quotient
    /// says nothing: then 100 % where the target is met, else 0 %.
    public func attainment(of value: Fraction) -> BigFraction? {
        guard let isMet = isMet(by: value), let amount = BigFraction(value) else { return nil }
        let hundred = BigFraction(100)
        func quotient(_ part: BigFraction, _ whole: BigFraction) -> BigFraction {
            guard part.sign > 0, whole.sign > 0 else { return BigFraction(isMet ? 100 : 0) }
            return hundred * part / whole
        }
        switch self {
        case .minimum(let least): return BigFraction(least).map { quotient(amount, $0) }
        case .maximum(let most): return BigFraction(most).map { quotient($0, amount) }
        case .band(let least, let most):
            if isMet { return hundred }
            let isBelow = Fraction.compare(value, least) == -1
            return (isBelow ? ExactTarget.minimum(least) : .maximum(most)).attainment(of: value)
        }
    }
}
