import Testing

@testable import Generating

/// The published streams of both generators, and the shape of what is drawn from them.
@Suite("Randomness: published vectors and moments of the draws")
struct RandomnessTests {
    @Test func `SplitMix64 gives its published stream`() {
        // Source: the values of Vigna's splitmix64.c for the seed 1234567, as Rosetta Code lists them.
        var stream = SplitMix64(state: 1_234_567)
        #expect(
            (0..<5).map { _ in stream.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `xoshiro256** gives its published stream`() {
        // Source: the vector of the reference implementation for the state 1, 2, 3, 4.
        var stream = Randomness(state: (1, 2, 3, 4))
        #expect(
            (0..<6).map { _ in stream.next() } == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
                607_988_272_756_665_600,
            ])
    }

    @Test func `exponential amounts have the mean asked for and a tail`() {
        var random = Randomness(seed: 5)
        let amounts = (0..<100_000).map { _ in random.exponential(mean: 1_000_000) }
        let mean = amounts.reduce(0, +) / 100_000
        #expect((985_000...1_015_000).contains(mean), "\(mean)")
        #expect((360...376).contains(amounts.count { $0 > 1_000_000 } / 100))
        #expect((amounts.max() ?? 0) > 9_000_000)
        #expect((amounts.min() ?? -1) >= 0)
    }

    @Test func `draws below a bound reach all of it and nothing else`() {
        var random = Randomness(seed: 8)
        var counts = Array(repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[random.below(10)] += 1 }
        #expect(counts.allSatisfy { (9500...10_500).contains($0) }, "\(counts)")
    }

    @Test func `a lottery keeps to its weights`() {
        let lottery = Lottery([1, 2, 5, 0])
        var random = Randomness(seed: 9)
        var counts = [0, 0, 0, 0]
        for _ in 0..<80_000 { counts[lottery.draw(&random)] += 1 }
        #expect((9300...10_700).contains(counts[0]))
        #expect((19_000...21_000).contains(counts[1]))
        #expect((48_500...51_500).contains(counts[2]))
        #expect(counts[3] == 0)
    }

    @Test(arguments: 0..<20)
    func `pending moments come out in order`(seed: UInt64) {
        var random = Randomness(seed: seed)
        var queue = PendingQueue()
        var expected: [UInt64] = []
        for step in 0..<400 {
            if random.chance(2, of: 3) || expected.isEmpty {
                let time = Int64(random.below(50))
                queue.push(time: time, slot: step)
                expected.append(PendingQueue.key(time: time, slot: step))
                expected.sort()
            } else {
                #expect(queue.removeFirst() == expected.removeFirst(), "seed \(seed), step \(step)")
            }
            #expect(queue.first == expected.first, "seed \(seed), step \(step)")
        }
    }
}
