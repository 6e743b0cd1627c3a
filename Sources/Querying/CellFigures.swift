/// What a scan found, by the groups of an answer: additive figures added, statistics taken anew from
/// the facts of every group.
struct CellFigures {
    private let streamCount: Int
    /// By group and stream.
    private var counts: [Int64]
    private var sums: [Int128]
    /// Running sums, likewise; empty where no stock is asked for.
    private var stockCounts: [Int64] = []
    private var stockSums: [Int128] = []
    /// What was in stock before the group's first day.
    private var startCounts: [Int64] = []
    /// Different values in stock, by group and stream; nil where they are not asked for.
    private var stays: StockStays.Counts?
    /// By group and sampled stream.
    private var found = ValueSamples.Found()
    /// Place of a stream among the sampled ones.
    private let sampled: [Int]

    /// Which group a cell of a scan belongs to.
    struct Grouping {
        /// How many groups there are.
        var count: Int
        /// The group of the facts of a key and slice; negative where they do not count.
        var group: (_ key: Int, _ slice: Int) -> Int
        /// Whether slices fall together: a stock is then that of the last.
        var spansSlices: Bool
    }

    /// Regroups a scan.
    ///
    /// - Complexity: O(cells + samples).
    init(
        _ scan: FactScan, plan: ProjectionPlan, sliceCount: Int, by grouping: Grouping
    ) throws(QueryFault) {
        streamCount = plan.streams.count
        sampled = scan.sampled
        counts = [Int64](repeating: 0, count: grouping.count * streamCount)
        sums = [Int128](repeating: 0, count: grouping.count * streamCount)
        if plan.usesStock {
            stockCounts = counts
            stockSums = sums
            startCounts = counts
        }
        let before = scan.hasSlotBefore ? 1 : 0
        let slots = scan.slots
        for key in 0..<scan.keys.count {
            var running = [Int64](repeating: 0, count: streamCount)
            var runningSums = [Int128](repeating: 0, count: streamCount)
            for slot in 0..<slots {
                let slice = slot - before
                let group = slice < 0 ? 0 : grouping.group(key, slice)
                let isCounted = slice >= 0 && group >= 0
                let holdsStock = isCounted && (!grouping.spansSlices || slot == slots - 1)
                for stream in 0..<streamCount {
                    let from = (key * slots + slot) * streamCount + stream
                    let to = max(0, group) * streamCount + stream
                    if isCounted {
                        counts[to] = try CellFigures.added(counts[to], scan.counts[from], plan)
                        sums[to] = try CellFigures.added(sums[to], scan.sums[from], plan)
                    }
                    guard plan.usesStock else { continue }
                    if isCounted, slice == 0 || !grouping.spansSlices {
                        startCounts[to] = try CellFigures.added(
                            startCounts[to], running[stream], plan)
                    }
                    running[stream] += scan.counts[from]
                    runningSums[stream] += scan.sums[from]
                    guard holdsStock else { continue }
                    stockCounts[to] = try CellFigures.added(
                        stockCounts[to], running[stream], plan)
                    stockSums[to] = try CellFigures.added(
                        stockSums[to], runningSums[stream], plan)
                }
            }
        }
        if !plan.keptStreams.isEmpty {
            stays = scan.stays.counts(
                streamCount: streamCount, sliceCount: sliceCount, by: grouping)
        }
        guard !sampled.isEmpty else { return }
        let width = sampled.count
        do {
            found = try scan.samples.statistics(
                groupCount: grouping.count * width,
                target: { old in
                    let (cell, place) = old.quotientAndRemainder(dividingBy: width)
                    let slice = cell % slots - before
                    let group = slice < 0 ? -1 : grouping.group(cell / slots, slice)
                    return group < 0 ? -1 : group * width + place
                }, wanted: sampled.map { plan.statistics[$0] })
        } catch {
            throw .negative(plan.source.layout.projection)
        }
    }

    /// Facts, or values of a measure.
    func count(_ group: Int, stream: Int) -> Int64 { counts[group * streamCount + stream] }

    /// A measure's sum.
    func sum(_ group: Int, stream: Int) -> Int128 { sums[group * streamCount + stream] }

    /// A stock at the group's end: of facts, or of a measure.
    func stock(_ group: Int, stream: Int, ofMeasure: Bool) -> Int128 {
        let place = group * streamCount + stream
        return ofMeasure ? stockSums[place] : Int128(stockCounts[place])
    }

    /// A stock before the group's first day.
    func start(_ group: Int, stream: Int) -> Int64 { startCounts[group * streamCount + stream] }

    /// Different values in stock before the group's first day; with `kept`, those still there at its
    /// end.
    func stayed(_ group: Int, stream: Int, kept: Bool) -> Int64 {
        let place = group * streamCount + stream
        return (kept ? stays?.kept[place] : stays?.started[place]) ?? 0
    }

    /// A statistic of a stream's values.
    func statistic(_ group: Int, stream: Int, place: Int) -> Int64? {
        guard let position = sampled.firstIndex(of: stream) else { return nil }
        return found.statistics[group * sampled.count + position][place]
    }

    /// The different values of a stream that is asked for its members, ascending.
    func members(_ group: Int, stream: Int) -> [Int64] {
        guard let position = sampled.firstIndex(of: stream) else { return [] }
        return found.members[group * sampled.count + position] ?? []
    }

    private static func added<Number: FixedWidthInteger>(
        _ left: Number, _ right: Number, _ plan: ProjectionPlan
    ) throws(QueryFault) -> Number {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        if isTooLarge { throw .tooLarge(plan.source.layout.projection) }
        return sum
    }
}
