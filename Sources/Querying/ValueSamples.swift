/// Values of facts with multiplicities, by group: what percentiles, extremes and distinct counts are
/// taken from. Rows arrive unmerged, so that a value may come with +1 and later with −1.
struct ValueSamples {
    /// What is asked of the values of a group.
    enum Statistic: Hashable, Sendable {
        case minimum
        case maximum
        case distinct
        /// How many different ones there are, as `distinct`; which they are is kept, too.
        case members
        case percentile(Int)
    }

    /// What was found for each group.
    struct Found {
        /// By group and statistic; nil where a group has no value (a number of values is then 0).
        var statistics: [[Int64?]] = []
        /// The different values of groups that are asked for their members, ascending.
        var members: [Int: [Int64]] = [:]
    }

    /// A value occurs fewer than zero times: the stored rows are not facts.
    struct NegativeCount: Error {}

    private var groups: [UInt32] = []
    private var values: [Int64] = []
    private var multiplicities: [Int64] = []

    /// A value biased so that unsigned order is its order, and how often it comes.
    private struct Sample {
        var key: UInt64
        var multiplicity: Int64
    }

    /// Memory the values take.
    var byteCount: Int { groups.count * 20 }

    /// Adds a value a number of times (takes it away when negative).
    mutating func add(_ value: Int64, times multiplicity: Int64, toGroup group: Int) {
        groups.append(UInt32(group))
        values.append(value)
        multiplicities.append(multiplicity)
    }

    /// Statistics of each group, after groups were renamed.
    ///
    /// - Parameters:
    ///   - target: the new group of an old one; −1 leaves it out.
    ///   - wanted: the statistics of each new group, by `group % wanted.count`.
    /// - Complexity: O(values), by counting sorts of 11 bits.
    func statistics(
        groupCount: Int, target: (Int) -> Int, wanted: [[Statistic]]
    ) throws(NegativeCount) -> Found {
        var starts = [Int](repeating: 0, count: groupCount + 1)
        var targets = [Int32](repeating: -1, count: groups.count)
        for index in groups.indices {
            let group = target(Int(groups[index]))
            targets[index] = Int32(group)
            if group >= 0 { starts[group + 1] += 1 }
        }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var samples = [Sample](
            repeating: Sample(key: 0, multiplicity: 0), count: starts[groupCount])
        var next = starts
        for index in groups.indices where targets[index] >= 0 {
            let group = Int(targets[index])
            samples[next[group]] = Sample(
                key: UInt64(bitPattern: values[index]) ^ 1 << 63,
                multiplicity: multiplicities[index])
            next[group] += 1
        }
        var scratch: [Sample] = []
        var found = Found()
        found.statistics.reserveCapacity(groupCount)
        for group in 0..<groupCount {
            let range = starts[group]..<starts[group + 1]
            ValueSamples.sort(&samples, range, &scratch)
            let end = try ValueSamples.merge(&samples, range)
            let merged = range.lowerBound..<end
            let asked = wanted[group % wanted.count]
            found.statistics.append(asked.map { ValueSamples.value(of: $0, samples, merged) })
            guard !merged.isEmpty, asked.contains(.members) else { continue }
            found.members[group] = merged.map { Int64(bitPattern: samples[$0].key ^ 1 << 63) }
        }
        return found
    }

    /// Adds equal values up, drops those that come zero times; the end of what is left.
    private static func merge(
        _ samples: inout [Sample], _ range: Range<Int>
    ) throws(NegativeCount) -> Int {
        var end = range.lowerBound
        var at = range.lowerBound
        while at < range.upperBound {
            var sample = samples[at]
            at += 1
            while at < range.upperBound, samples[at].key == sample.key {
                sample.multiplicity += samples[at].multiplicity
                at += 1
            }
            if sample.multiplicity < 0 { throw NegativeCount() }
            if sample.multiplicity == 0 { continue }
            samples[end] = sample
            end += 1
        }
        return end
    }

    private static func value(
        of statistic: Statistic, _ samples: [Sample], _ range: Range<Int>
    ) -> Int64? {
        func value(_ index: Int) -> Int64 { Int64(bitPattern: samples[index].key ^ 1 << 63) }
        switch statistic {
        case .distinct, .members: return Int64(range.count)
        case .minimum: return range.isEmpty ? nil : value(range.lowerBound)
        case .maximum: return range.isEmpty ? nil : value(range.upperBound - 1)
        case .percentile(let percent):
            guard !range.isEmpty else { return nil }
            var total: Int128 = 0
            for index in range { total += Int128(samples[index].multiplicity) }
            // Nearest rank: the first value whose rank × 100 ≥ n × p.
            var rank: Int128 = 0
            for index in range {
                rank += Int128(samples[index].multiplicity)
                if rank * 100 >= total * Int128(percent) { return value(index) }
            }
            return value(range.upperBound - 1)
        }
    }

    /// Sorts by value: least significant digits first, digits all values share left out.
    private static func sort(
        _ samples: inout [Sample], _ range: Range<Int>, _ scratch: inout [Sample]
    ) {
        guard range.count > 96 else {
            insertionSort(&samples, range)
            return
        }
        var low = UInt64.max
        var high: UInt64 = 0
        for index in range {
            low = min(low, samples[index].key)
            high = max(high, samples[index].key)
        }
        var bits = 0
        while bits < 64, (high - low) >> UInt64(bits) != 0 { bits += 11 }
        if scratch.count < range.count {
            scratch = [Sample](
                repeating: Sample(key: 0, multiplicity: 0), count: range.count)
        }
        let (from, count) = (range.lowerBound, range.count)
        var isInScratch = false
        var shift: UInt64 = 0
        while Int(shift) < bits {
            if isInScratch {
                pass(scratch, 0, &samples, from, count, low, shift)
            } else {
                pass(samples, from, &scratch, 0, count, low, shift)
            }
            isInScratch.toggle()
            shift += 11
        }
        if isInScratch { for index in 0..<count { samples[from + index] = scratch[index] } }
    }

    private static func pass(
        _ source: [Sample], _ from: Int, _ target: inout [Sample], _ to: Int, _ count: Int,
        _ low: UInt64, _ shift: UInt64
    ) {
        var places = [Int](repeating: 0, count: 2049)
        for index in from..<from + count {
            places[Int((source[index].key - low) >> shift & 2047) + 1] += 1
        }
        for digit in 0..<2048 { places[digit + 1] += places[digit] }
        for index in from..<from + count {
            let digit = Int((source[index].key - low) >> shift & 2047)
            target[to + places[digit]] = source[index]
            places[digit] += 1
        }
    }

    private static func insertionSort(_ samples: inout [Sample], _ range: Range<Int>) {
        for index in range.dropFirst() {
            let sample = samples[index]
            var place = index
            while place > range.lowerBound, samples[place - 1].key > sample.key {
                samples[place] = samples[place - 1]
                place -= 1
            }
            samples[place] = sample
        }
    }
}
