import Testing

@testable import Querying

@Suite("Fractions: a table of edges, and long division by hand")
struct FractionTests {
    @Test(
        "A value is shown with at most six decimals, half to even",
        arguments: [
            (1, 3, "0.333333"), (2, 3, "0.666667"), (-2, 3, "-0.666667"), (1, 2, "0.5"),
            (0, 7, "0"), (-1, 10_000_000, "0"), (1, 2_000_000, "0"), (3, 2_000_000, "0.000002"),
            (-3, 2_000_000, "-0.000002"), (5, 2_000_000, "0.000002"), (7, 1, "7"),
            (9_999_999_999_999, 10_000_000, "1000000"),
            (Int.max, 1, "9223372036854775807"), (Int.min, 1, "-9223372036854775808"),
            (Int.max, 2, "4611686018427387903.5"), (Int.min, Int.max, "-1"),
        ])
    func decimals(numerator: Int, denominator: Int, text: String) {
        let fraction = Fraction(Int128(numerator), over: Int128(denominator))
        #expect(fraction.decimalText() == text)
    }

    @Test("The widest numbers are divided exactly") func widest() {
        #expect(
            Fraction(.max, over: 1).decimalText() == "170141183460469231731687303715884105727")
        #expect(Fraction(.max, over: .max).decimalText() == "1")
        #expect(Fraction(1, over: .max).decimalText() == "0")
        #expect(Fraction(.max - 1, over: .max).decimalText() == "1")
        #expect(
            Fraction(.max, over: 1).decimalText(unit: 1000)
                == "170141183460469231731687303715884105.727")
        #expect(Fraction(5, over: .max).rounded(places: 0, unit: 1000)?.whole == 0)
    }

    @Test("Half goes to the even neighbour") func halves() {
        let halves: [(Int128, Int128)] = [
            (1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2), (-5, -2), (-7, -4),
        ]
        for (numerator, whole) in halves {
            #expect(Fraction(numerator, over: 2).roundedToWhole() == whole)
        }
        #expect(Fraction(1500).roundedToWhole(unit: 1000) == 2)
        #expect(Fraction(2500).roundedToWhole(unit: 1000) == 2)
        #expect(Fraction(2501).roundedToWhole(unit: 1000) == 3)
    }

    @Test("A zero denominator is no value, and stays none") func none() throws {
        let none = Fraction(5, over: 0)
        #expect(!none.hasValue && none.numerator == 5)
        #expect(none.decimalText() == nil)
        #expect(none.roundedToWhole() == nil)
        let one = Fraction(1)
        #expect(try !none.adding(one).hasValue)
        #expect(try !one.subtracting(none).hasValue)
        #expect(try !one.multiplied(by: none).hasValue)
        #expect(try !one.divided(by: none).hasValue)
        #expect(try !none.divided(by: one).hasValue)
        #expect(try !one.divided(by: Fraction(0)).hasValue)
        #expect(Fraction.compare(one, none) == nil)
    }

    @Test("Arithmetic keeps part and whole apart, and the sign above") func arithmetic() throws {
        let mean = try Fraction(100).multiplied(by: Fraction(-3)).divided(by: Fraction(8))
        #expect(mean == Fraction(-300, over: 8))
        #expect(try Fraction(1).divided(by: Fraction(-4)) == Fraction(-1, over: 4))
        #expect(try Fraction(1, over: 3).adding(Fraction(1, over: 3)) == Fraction(2, over: 3))
        #expect(
            try Fraction(1, over: 2).subtracting(Fraction(1, over: 3)).reduced
                == Fraction(1, over: 6))
        #expect(Fraction(-300, over: 8).reduced == Fraction(-75, over: 2))
    }

    @Test("What does not fit is reduced, else refused") func overflow() throws {
        let sixth = Int128.max / 6
        let large = Fraction(sixth * 6, over: 6)
        #expect(try large.multiplied(by: Fraction(6)) == Fraction(sixth * 6))
        #expect(try large.divided(by: Fraction(1, over: 6)) == Fraction(sixth * 6))
        #expect(throws: Fraction.Overflow.self) { try Fraction(Int128.max).adding(Fraction(1)) }
        #expect(throws: Fraction.Overflow.self) { try Fraction(Int128.max).multiplied(by: large) }
    }

    @Test("Order is exact where decimals would not tell") func order() {
        let third = Fraction(Int128.max / 3, over: .max)
        #expect(Fraction.compare(third, Fraction(Int128.max / 3 + 1, over: .max)) == -1)
        #expect(Fraction.compare(Fraction(-1), Fraction(1)) == -1)
        #expect(Fraction.compare(Fraction(2, over: 4), Fraction(1, over: 2)) == 0)
        #expect(Fraction.compare(Fraction(-1, over: 3), Fraction(-1, over: 2)) == 1)
    }

    @Test("Rounding agrees with small-number arithmetic", arguments: [UInt64(1), 2, 3])
    func small(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<5000 {
            let numerator = Int.random(in: -1_000_000...1_000_000, using: &numbers)
            let denominator = Int.random(in: 1...999, using: &numbers)
            let scaled = abs(numerator) * 100
            var expected = scaled / denominator
            let rest = scaled % denominator * 2
            if rest > denominator || (rest == denominator && expected % 2 == 1) { expected += 1 }
            let rounded = Fraction(Int128(numerator), over: Int128(denominator)).rounded(places: 2)
            #expect(
                rounded.map { Int($0.whole) * 100 + Int($0.fraction) } == expected,
                "seed \(seed): \(numerator)/\(denominator)")
        }
    }
}
