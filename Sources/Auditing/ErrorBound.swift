package import Querying

/// A share from 0 to 1, exact to fifteen decimals: a confidence, a rate of errors.
package struct ErrorShare: Hashable, Comparable, Sendable {
    /// Parts of `whole`.
    package let parts: UInt64
    /// What all of it has.
    package static let whole: UInt64 = 1_000_000_000_000_000

    /// - Precondition: not more than `whole`.
    package init(parts: UInt64) {
        precondition(parts <= Self.whole, "a share is at most 1")
        self.parts = parts
    }

    /// A share written as a number: `0.95`, or of a hundred: `95`, `97.5`, `95%`.
    ///
    /// - Parameter isPercent: whether numbers are of a hundred.
    package init?(_ text: String, isPercent: Bool) {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = pieces.first, pieces.count <= 2, !text.isEmpty,
            text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }),
            let number = UInt64(first.isEmpty ? "0" : first), number <= 100
        else { return nil }
        let decimals = pieces.count == 2 ? String(pieces[1]) : ""
        let most = isPercent ? 13 : 15
        guard decimals.utf8.count <= most, first.count + decimals.count > 0 else { return nil }
        let scale = isPercent ? Self.whole / 100 : Self.whole
        let part = UInt64(decimals + String(repeating: "0", count: most - decimals.count)) ?? 0
        let (head, overflow) = number.multipliedReportingOverflow(by: scale)
        guard !overflow, head + part <= Self.whole else { return nil }
        parts = head + part
    }

    /// The same as a number that can be shown and rounded.
    package var fraction: Fraction { Fraction(Int128(parts), over: Int128(Self.whole)) }

    /// As a number with a point, no zeros at its end: `0.95`.
    package var text: String { fraction.decimalText(atMostPlaces: 15) ?? "" }

    package static func < (left: ErrorShare, right: ErrorShare) -> Bool {
        left.parts < right.parts
    }
}

/// What errors in a sample say of all that it was drawn from.
///
/// Source: Clopper and Pearson, *The use of confidence or fiducial limits illustrated in the case of the
/// binomial* (Biometrika 26, 1934), one-sided as audit sampling uses it: the largest rate of errors at
/// which so few errors still come out with a probability above 1 − confidence.
package enum ErrorBound {
    /// More than so many are not evaluated.
    package static let mostTested = 1_000_000

    /// The share of errors that is not exceeded, with a confidence: the exact bound, rounded up in the
    /// fifteenth decimal.
    ///
    /// - Precondition: `0 ≤ errors ≤ tested`, `0 < tested ≤ mostTested`.
    /// - Complexity: O(tested) steps on 512 bits, some 50 times.
    package static func upper(
        errors: Int, tested: Int, confidence: ErrorShare
    ) -> ErrorShare {
        precondition(0 <= errors && errors <= tested && 0 < tested && tested <= mostTested)
        guard errors < tested else { return ErrorShare(parts: ErrorShare.whole) }
        var (low, high) = (UInt64(0), ErrorShare.whole)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let isRare = isRare(
                atMost: errors, of: tested, at: ErrorShare(parts: middle), confidence)
            if isRare { high = middle } else { low = middle }
        }
        return ErrorShare(parts: high)
    }

    /// How many have to be tested, so that so few errors among them show with a confidence that no more
    /// than a share is wrong; nil where that are more than can be evaluated.
    ///
    /// - Complexity: as `upper`.
    package static func size(
        confidence: ErrorShare, tolerable: ErrorShare, expected errors: Int = 0
    ) -> Int? {
        guard tolerable.parts > 0 else { return nil }
        var (low, high) = (errors, errors + 1)
        while !isRare(atMost: errors, of: high, at: tolerable, confidence) {
            (low, high) = (high, 2 * high)
            if high > mostTested { return nil }
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if isRare(atMost: errors, of: middle, at: tolerable, confidence) {
                high = middle
            } else {
                low = middle
            }
        }
        return high
    }

    /// Whether so few errors come out with a probability of at most 1 − confidence, where a share is
    /// wrong.
    private static func isRare(
        atMost errors: Int, of tested: Int, at share: ErrorShare, _ confidence: ErrorShare
    ) -> Bool {
        let (wrong, right) = (share.parts, ErrorShare.whole - share.parts)
        // Σ C(n,i) · wrong^i · right^(n−i) for i ≤ errors, rounded up …
        var sum = RoundedNumber(1, rounding: .up)
        var term = sum
        for number in stride(from: 1, through: errors, by: 1) {
            sum.multiply(by: right)
            term.multiply(by: wrong)
            term.multiply(by: UInt64(tested - number + 1))
            term.divide(by: UInt64(number))
            sum.add(term)
        }
        for _ in 0..<tested - errors { sum.multiply(by: right) }
        sum.multiply(by: ErrorShare.whole)
        // … against (1 − confidence) · whole^n, rounded down.
        var most = RoundedNumber(ErrorShare.whole - confidence.parts, rounding: .down)
        for _ in 0..<tested { most.multiply(by: ErrorShare.whole) }
        return sum <= most
    }
}
