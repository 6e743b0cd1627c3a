/// A whole number without sign or limit: what totals of many exact fractions grow into.
///
/// Schoolbook arithmetic on 32-bit digits, least significant first, none of them a leading zero;
/// numbers here have some hundred digits at most.
struct BigWhole: Hashable, Sendable {
    private var digits: [UInt32]

    /// A number that fits 128 bits.
    init(_ value: UInt128) {
        digits = (0..<4).map { UInt32(truncatingIfNeeded: value >> UInt128(32 * $0)) }
        trim()
    }

    private init(digits: [UInt32]) {
        self.digits = digits
        trim()
    }

    private mutating func trim() { while digits.last == 0 { digits.removeLast() } }

    var isZero: Bool { digits.isEmpty }

    /// The number, where it fits 128 bits.
    var exactly: UInt128? {
        guard digits.count <= 4 else { return nil }
        return digits.reversed().reduce(0) { $0 << 32 | UInt128($1) }
    }

    private var bitWidth: Int {
        digits.isEmpty ? 0 : 32 * digits.count - digits[digits.count - 1].leadingZeroBitCount
    }

    static func compare(_ left: BigWhole, _ right: BigWhole) -> Int {
        if left.digits.count != right.digits.count {
            return left.digits.count < right.digits.count ? -1 : 1
        }
        for place in left.digits.indices.reversed()
        where left.digits[place] != right.digits[place] {
            return left.digits[place] < right.digits[place] ? -1 : 1
        }
        return 0
    }

    static func + (left: BigWhole, right: BigWhole) -> BigWhole {
        var sum: [UInt32] = []
        var carry: UInt64 = 0
        for place in 0..<max(left.digits.count, right.digits.count) + 1 {
            carry += left.digit(place) + right.digit(place)
            sum.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        return BigWhole(digits: sum)
    }

    /// The difference; traps where it would be negative.
    static func - (left: BigWhole, right: BigWhole) -> BigWhole {
        precondition(compare(left, right) >= 0, "a whole number is not negative")
        var rest: [UInt32] = []
        var borrow: UInt64 = 0
        for place in left.digits.indices {
            let taken = right.digit(place) + borrow
            let digit = left.digit(place)
            borrow = digit < taken ? 1 : 0
            rest.append(UInt32(truncatingIfNeeded: digit &- taken))
        }
        return BigWhole(digits: rest)
    }

    static func * (left: BigWhole, right: BigWhole) -> BigWhole {
        var product = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
        for (place, digit) in left.digits.enumerated() {
            var carry: UInt64 = 0
            for (other, factor) in right.digits.enumerated() {
                carry += UInt64(digit) * UInt64(factor) + UInt64(product[place + other])
                product[place + other] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            product[place + right.digits.count] = UInt32(truncatingIfNeeded: carry)
        }
        return BigWhole(digits: product)
    }

    /// Quotient and rest, bit by bit; traps on zero.
    ///
    /// - Complexity: O(bits²).
    func divided(by divisor: BigWhole) -> (quotient: BigWhole, rest: BigWhole) {
        precondition(!divisor.isZero, "division by zero")
        var quotient = [UInt32](repeating: 0, count: digits.count)
        var rest = BigWhole(0)
        for bit in (0..<bitWidth).reversed() {
            rest = rest.doubled(adding: digits[bit / 32] >> UInt32(bit % 32) & 1)
            guard BigWhole.compare(rest, divisor) >= 0 else { continue }
            rest = rest - divisor
            quotient[bit / 32] |= 1 << UInt32(bit % 32)
        }
        return (BigWhole(digits: quotient), rest)
    }

    private func doubled(adding bit: UInt32) -> BigWhole {
        var result: [UInt32] = []
        result.reserveCapacity(digits.count + 1)
        var carry = bit
        for digit in digits {
            result.append(digit << 1 | carry)
            carry = digit >> 31
        }
        result.append(carry)
        return BigWhole(digits: result)
    }

    private func digit(_ place: Int) -> UInt64 {
        place < digits.count ? UInt64(digits[place]) : 0
    }
}
