/// A seeded stream of random numbers, the same on every machine.
///
/// Source: xoshiro256** 1.0 by David Blackman and Sebastiano Vigna (public domain), its state
/// filled by SplitMix64 by Vigna (public domain), as its authors recommend. All draws below are
/// integer arithmetic: no library's logarithm can make two machines differ.
struct Randomness: Sendable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(state: (UInt64, UInt64, UInt64, UInt64)) { (a, b, c, d) = state }

    init(seed: UInt64) {
        var filler = SplitMix64(state: seed)
        a = filler.next()
        b = filler.next()
        c = filler.next()
        d = filler.next()
    }

    mutating func next() -> UInt64 {
        let scrambled = b &* 5
        let result = (scrambled << 7 | scrambled >> 57) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d << 45 | d >> 19
        return result
    }

    /// A number in `0 ..< bound`. The bias of the multiply-and-shift is below 2⁻³² · bound.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(UInt32(bound))) >> 32)
    }

    /// Whether an event of probability `part` / `whole` happens.
    mutating func chance(_ part: Int, of whole: Int) -> Bool { below(whole) < part }

    /// How often an event of probability `part` / `whole` happens in a row, at most `limit` times.
    mutating func streak(_ part: Int, of whole: Int, limit: Int) -> Int {
        var count = 0
        while count < limit, chance(part, of: whole) { count += 1 }
        return count
    }

    /// An exponentially distributed amount with the given mean, at most about 80 times the mean.
    ///
    /// Inversion by a table of −ln(1 − i/64), linear between; the last 64th is memoryless, so it
    /// is drawn again behind ln 64.
    mutating func exponential(mean: Int64) -> Int64 {
        var bits = next()
        var sum: Int64 = 0
        var rounds = 0
        while bits >> 58 == 63, rounds < 16 {
            sum += Randomness.logarithmOf64
            bits = next()
            rounds += 1
        }
        let index = min(62, Int(bits >> 58))
        let low = Randomness.logarithms[index]
        let high = Randomness.logarithms[index + 1]
        let fraction = Int64(truncatingIfNeeded: bits & 0xFFFF)
        sum += low + ((high - low) * fraction) >> 16
        let product = mean.multipliedFullWidth(by: sum)
        return product.high << 48 | Int64(truncatingIfNeeded: product.low >> 16)
    }

    /// A long-tailed amount: four in five exponential with this mean, the rest with four times it.
    mutating func skewed(mean: Int64) -> Int64 {
        exponential(mean: chance(1, of: 5) ? mean * 4 : mean)
    }

    /// −ln(1 − i/64) in 65,536ths.
    private static let logarithms: InlineArray<64, Int64> = [
        0, 1032, 2081, 3146, 4230, 5331, 6451, 7591, 8751, 9932, 11135, 12360, 13608, 14880, 16178,
        17502, 18854, 20233, 21643, 23083, 24556, 26063, 27605, 29184, 30802, 32461, 34164, 35911,
        37707, 39553, 41453, 43409, 45426, 47507, 49656, 51877, 54177, 56561, 59034, 61604, 64280,
        67069, 69982, 73031, 76228, 79590, 83133, 86879, 90852, 95082, 99603, 104460, 109706,
        115408, 121654, 128559, 136278, 145029, 155132, 167080, 181704, 200558, 227130, 272557,
    ]
    private static let logarithmOf64: Int64 = 272_557
}

/// Sebastiano Vigna's SplitMix64 (public domain): fills states and hashes small numbers.
struct SplitMix64: Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mixed(state)
    }

    /// The finaliser alone: a well-mixed hash of a number.
    static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A weighted choice among few outcomes, drawn in constant time from a table of 1,024 tickets.
struct Lottery: Sendable {
    private var tickets: [UInt8] = []

    /// Outcomes `0 ..< weights.count`; each gets tickets in proportion, to the nearest 1,024th.
    init(_ weights: [Int]) {
        precondition(!weights.isEmpty && weights.count <= 256, "1 to 256 outcomes")
        let total = weights.reduce(0, +)
        var sum = 0
        for (outcome, weight) in weights.enumerated() {
            sum += weight
            let upTo = sum * 1024 / total
            while tickets.count < upTo { tickets.append(UInt8(outcome)) }
        }
    }

    func draw(_ random: inout Randomness) -> Int {
        Int(tickets[Int(truncatingIfNeeded: random.next() >> 54)])
    }
}
