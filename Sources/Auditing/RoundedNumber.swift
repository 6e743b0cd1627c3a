/// A number that is not negative: 512 bits times a power of 2^64, every step rounded the same way.
///
/// What is computed once rounded down and once rounded up holds the exact value between the two; after
/// a million steps they differ by less than one part in 10^140.
struct RoundedNumber: Sendable {
    /// Which way a step is rounded.
    enum Direction: Sendable {
        case down, up
    }

    private let direction: Direction
    /// The least first, none above the last that is not 0; nothing for 0.
    private var limbs: [UInt64]
    /// How many limbs of 0 stand below.
    private var exponent = 0

    private static let most = 8

    init(_ value: UInt64, rounding direction: Direction) {
        self.direction = direction
        limbs = value == 0 ? [] : [value]
    }

    /// The place above the highest limb.
    private var top: Int { exponent + limbs.count }

    private func limb(_ place: Int) -> UInt64 {
        limbs.indices.contains(place - exponent) ? limbs[place - exponent] : 0
    }

    mutating func multiply(by factor: UInt64) {
        guard factor != 0 else { return limbs = [] }
        var carry: UInt64 = 0
        for place in limbs.indices {
            let (high, low) = limbs[place].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            limbs[place] = sum
            carry = high &+ (overflow ? 1 : 0)
        }
        if carry != 0 { limbs.append(carry) }
        settle(isCut: false)
    }

    mutating func divide(by divisor: UInt64) {
        precondition(divisor != 0, "a number is divided by a number")
        guard !limbs.isEmpty else { return }
        limbs.insert(0, at: 0)
        exponent -= 1
        var rest: UInt64 = 0
        for place in limbs.indices.reversed() {
            (limbs[place], rest) = divisor.dividingFullWidth((rest, limbs[place]))
        }
        settle(isCut: rest != 0)
    }

    mutating func add(_ other: RoundedNumber) {
        guard !other.limbs.isEmpty else { return }
        guard !limbs.isEmpty else { return (limbs, exponent) = (other.limbs, other.exponent) }
        let highest = max(top, other.top)
        let lowest = max(min(exponent, other.exponent), highest - 2 * Self.most)
        var sum: [UInt64] = []
        var carry: UInt64 = 0
        for place in lowest..<highest {
            let (first, over) = limb(place).addingReportingOverflow(other.limb(place))
            let (second, overAgain) = first.addingReportingOverflow(carry)
            sum.append(second)
            carry = (over ? 1 : 0) + (overAgain ? 1 : 0)
        }
        if carry != 0 { sum.append(carry) }
        let isCut = min(exponent, other.exponent) < lowest
        (limbs, exponent) = (sum, lowest)
        settle(isCut: isCut)
    }

    /// Cuts to 512 bits and rounds.
    ///
    /// - Parameter isCut: whether something below the lowest limb was left out already.
    private mutating func settle(isCut: Bool) {
        while limbs.last == 0 { limbs.removeLast() }
        var isCut = isCut
        let excess = limbs.count - Self.most
        if excess > 0 {
            isCut = isCut || limbs[..<excess].contains { $0 != 0 }
            limbs.removeFirst(excess)
            exponent += excess
        }
        guard isCut, direction == .up else { return }
        for place in limbs.indices {
            let (sum, overflow) = limbs[place].addingReportingOverflow(1)
            limbs[place] = sum
            if !overflow { return }
        }
        limbs.append(1)
    }

    static func <= (left: RoundedNumber, right: RoundedNumber) -> Bool {
        if left.limbs.isEmpty || right.limbs.isEmpty { return left.limbs.isEmpty }
        guard left.top == right.top else { return left.top < right.top }
        for place in (min(left.exponent, right.exponent)..<left.top).reversed() {
            let (first, second) = (left.limb(place), right.limb(place))
            if first != second { return first < second }
        }
        return true
    }
}
