import Definitions
import EventModel
import Testing

@testable import Querying

@Suite("Attainment: every case worked out by hand")
struct AttainmentTests {
    private func text(_ value: BigFraction?) -> String {
        value?.rounded(places: 4)?.text(trimmingZeros: true) ?? "none"
    }

    private func attainment(_ target: ExactTarget, _ value: Fraction) -> String {
        text(target.attainment(of: value))
    }

    @Test(
        "At least: value ÷ target; 100 % or 0 % where a quotient says nothing",
        arguments: [
            (90, 90, "100"), (90, 45, "50"), (90, 0, "0"), (90, 100, "111.1111"), (90, -5, "0"),
            (0, 0, "100"), (0, 7, "100"), (0, -1, "0"), (-10, -10, "100"), (-10, -20, "0"),
            (-10, 5, "100"), (1, 3, "300"),
        ])
    func minimum(target: Int, value: Int, expected: String) {
        let aim = ExactTarget.minimum(Fraction(target))
        #expect(attainment(aim, Fraction(value)) == expected)
        #expect(aim.isMet(by: Fraction(value)) == (value >= target))
    }

    @Test(
        "At most: target ÷ value; a value of 0 is 100 %",
        arguments: [
            (60, 60, "100"), (60, 120, "50"), (60, 0, "100"), (60, 30, "200"), (60, -5, "100"),
            (0, 0, "100"), (0, 1, "0"), (-10, -20, "100"), (-10, -5, "0"), (-10, 0, "0"),
            (1, 3, "33.3333"),
        ])
    func maximum(target: Int, value: Int, expected: String) {
        let aim = ExactTarget.maximum(Fraction(target))
        #expect(attainment(aim, Fraction(value)) == expected)
        #expect(aim.isMet(by: Fraction(value)) == (value <= target))
    }

    @Test(
        "A band: 100 % inside and on both edges, else as for the nearer edge",
        arguments: [
            (5, 15, 5, "100"), (5, 15, 15, "100"), (5, 15, 10, "100"), (5, 15, 4, "80"),
            (5, 15, 0, "0"), (5, 15, 20, "75"), (5, 15, 30, "50"), (0, 15, 0, "100"),
            (0, 15, 20, "75"), (0, 0, 0, "100"), (0, 0, 1, "0"), (0, 10, -1, "0"),
            (-5, -1, -6, "0"), (-5, -1, 1, "0"), (-5, -1, -3, "100"),
        ])
    func band(least: Int, most: Int, value: Int, expected: String) {
        let aim = ExactTarget.band(Fraction(least), Fraction(most))
        #expect(attainment(aim, Fraction(value)) == expected)
        #expect(aim.isMet(by: Fraction(value)) == (least...most).contains(value))
    }

    @Test("Without a value there is no attainment, and nothing was met or missed") func noValue() {
        for aim in [
            ExactTarget.minimum(Fraction(1)), .maximum(Fraction(1)),
            .band(Fraction(1), Fraction(2)),
        ] {
            #expect(aim.attainment(of: .none) == nil)
            #expect(aim.isMet(by: .none) == nil)
        }
    }

    @Test("Fractions add, multiply, divide and round exactly, against long sums") func exact() {
        // 1/1 + 1/2 + … + 1/60 has a denominator of 26 digits; its value begins 4.6798704129517.
        var sum = BigFraction(0)
        for denominator in 1...60 { sum = sum + BigFraction(1, over: denominator) }
        #expect(text(sum) == "4.6799")
        #expect(sum.rounded(places: 12)?.text() == "4.679870412952")
        for denominator in (1...60).reversed() { sum = sum + BigFraction(-1, over: denominator) }
        #expect(sum.sign == 0 && sum == BigFraction(0))
        let third = BigFraction(1, over: 3)
        #expect(third * BigFraction(3) == BigFraction(1))
        #expect(BigFraction(-2) / third == BigFraction(-6))
        #expect(BigFraction.compare(BigFraction(-1), third) == -1)
        #expect(BigFraction.compare(BigFraction(-1), BigFraction(-2)) == 1)
        #expect(BigFraction(25, over: 1000).rounded(places: 2)?.text() == "0.02")
        #expect(BigFraction(35, over: 1000).rounded(places: 2)?.text() == "0.04")
        #expect(BigFraction(-35, over: 1000).rounded(places: 2)?.text() == "-0.04")
        #expect(BigFraction(-4, over: 1000).rounded(places: 2)?.text() == "0.00")
    }

    @Test(
        "Large whole numbers divide with their rest, by seeds", arguments: 0..<40 as Range<UInt64>)
    func division(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        func number(_ words: Int) -> BigWhole {
            var result = BigWhole(0)
            for _ in 0..<words {
                result =
                    result * BigWhole(1 << 64)
                    + BigWhole(UInt128(UInt64.random(in: 0...UInt64.max, using: &numbers)))
            }
            return result
        }
        let quotient = number(Int.random(in: 0...5, using: &numbers))
        let divisor = number(Int.random(in: 1...4, using: &numbers)) + BigWhole(2)
        let rest = divisor - BigWhole(UInt128(Int.random(in: 1...2, using: &numbers)))
        let found = (quotient * divisor + rest).divided(by: divisor)
        #expect(found.quotient == quotient && found.rest == rest, "seed \(seed)")
    }
}
