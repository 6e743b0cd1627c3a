import Testing

@testable import Querying

@Suite("Values of facts: against sorted lists, with rows that cancel, by seeds")
struct ValueSamplesTests {
    private let wanted: [ValueSamples.Statistic] = [
        .percentile(0), .percentile(1), .percentile(50), .percentile(90), .percentile(99),
        .percentile(100), .minimum, .maximum, .distinct, .members,
    ]

    /// What the definition says, read word by word.
    private func expected(_ values: [Int64]) -> [Int64?] {
        let sorted = values.sorted()
        return wanted.map { statistic in
            switch statistic {
            case .minimum: sorted.first
            case .maximum: sorted.last
            case .distinct, .members: Int64(Set(sorted).count)
            case .percentile(let percent):
                sorted.indices.first { ($0 + 1) * 100 >= sorted.count * percent }
                    .map { sorted[$0] }
            }
        }
    }

    @Test("Nearest rank: a known table") func table() throws {
        // Source: the five values of the nearest-rank example, 15 20 35 40 50.
        var samples = ValueSamples()
        for value: Int64 in [35, 15, 50, 20, 40] { samples.add(value, times: 1, toGroup: 0) }
        let found = try samples.statistics(
            groupCount: 1, target: { $0 },
            wanted: [
                [
                    .percentile(5), .percentile(30), .percentile(40), .percentile(50),
                    .percentile(100),
                ]
            ])
        #expect(found.statistics == [[15, 20, 20, 35, 50]])
    }

    @Test("Any mixture of groups, sizes and cancelling rows", arguments: UInt64(1)...20)
    func random(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let groupCount = Int.random(in: 1...5, using: &numbers)
        let spread = [2, 50, 5000, Int64.max / 2].randomElement(using: &numbers)!
        var lists = [[Int64]](repeating: [], count: groupCount)
        var rows: [(Int64, Int64, Int)] = []
        for _ in 0..<Int.random(in: 0...2000, using: &numbers) {
            let value = Int64.random(in: -spread...spread, using: &numbers)
            let group = Int.random(in: 0..<groupCount, using: &numbers)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0:  // comes and goes
                rows += [(value, 3, group), (value, -1, group), (value, -2, group)]
            case 1:
                lists[group] += [value, value, value]
                rows.append((value, 3, group))
            default:
                lists[group].append(value)
                rows.append((value, 1, group))
            }
        }
        rows.shuffle(using: &numbers)
        var samples = ValueSamples()
        for (value, times, group) in rows { samples.add(value, times: times, toGroup: group) }
        let found = try samples.statistics(
            groupCount: groupCount, target: { $0 }, wanted: [wanted])
        for group in 0..<groupCount {
            #expect(
                found.statistics[group] == expected(lists[group]),
                "seed \(seed), group \(group)")
            #expect(
                found.members[group] ?? [] == Set(lists[group]).sorted(),
                "seed \(seed), group \(group)")
        }
        let together = try samples.statistics(
            groupCount: 1, target: { $0 == 0 ? -1 : 0 }, wanted: [wanted])
        #expect(
            together.statistics[0] == expected(lists.dropFirst().flatMap { $0 }), "seed \(seed)")
    }

    @Test("The extremes of 64 bits are sorted") func extremes() throws {
        var samples = ValueSamples()
        for value: Int64 in [.max, .min + 1, 0, -1, 1] {
            for _ in 0..<50 { samples.add(value, times: 1, toGroup: 0) }
        }
        let found = try samples.statistics(
            groupCount: 1, target: { $0 }, wanted: [[.minimum, .percentile(50), .maximum]])
        #expect(found.statistics == [[.min + 1, 0, .max]])
    }

    @Test("A value fewer than zero times is refused, not counted") func negative() {
        var samples = ValueSamples()
        samples.add(4, times: -1, toGroup: 0)
        #expect(throws: ValueSamples.NegativeCount.self) {
            try samples.statistics(groupCount: 1, target: { $0 }, wanted: [[.minimum]])
        }
    }
}

@Suite("Group numbers: against a dictionary, by seeds")
struct GroupTableTests {
    @Test("A key has the number of its first appearance", arguments: 0...3)
    func numbers(width: Int) {
        for seed in UInt64(1)...5 {
            var random = SeededNumbers(seed: seed)
            var table = GroupTable(width: width)
            var known: [[UInt32]: Int] = [:]
            for _ in 0..<3000 {
                let key = (0..<width).map { _ in
                    UInt32.random(in: 0...(Bool.random(using: &random) ? 30 : .max), using: &random)
                }
                let expected = known[key] ?? known.count
                known[key] = expected
                #expect(table.group(of: key) == expected, "seed \(seed), \(key)")
                #expect(Array(table.key(expected)) == key)
            }
            #expect(table.count == known.count)
        }
    }
}
