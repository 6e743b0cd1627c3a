/// Flows of single values (customers) of a stock, by group and slice of time: from them follows who
/// was there at a period's start, and who still is at its end.
///
/// A value counts at the start for the groups in which it stood then; it is kept when it stands
/// anywhere at the end, since one who changes groups has not left.
struct StockStays {
    private struct Flow {
        var stream: Int32
        /// A group's key; −1 for rows that nobody asks for.
        var key: Int32
        /// 0 before the period, then its slices.
        var slot: Int32
        var value: Int64
        var change: Int64
    }

    /// How many different values a group had, by group and stream.
    struct Counts {
        var started: [Int64]
        var kept: [Int64]
    }

    private var flows: [Flow] = []

    /// Memory the flows take.
    var byteCount: Int { flows.count * MemoryLayout<Flow>.stride }

    mutating func add(stream: Int, value: Int64, key: Int, slot: Int, change: Int64) {
        flows.append(
            Flow(
                stream: Int32(stream), key: Int32(key), slot: Int32(slot), value: value,
                change: change))
    }

    /// Counts for groups: each slice has its own start and end; where `spansSlices`, there is one
    /// start before the first slice and one end after the last.
    ///
    /// - Complexity: O(flows · log flows + values · slices).
    func counts(
        streamCount: Int, sliceCount: Int, by grouping: CellFigures.Grouping
    ) -> Counts {
        let none = [Int64](repeating: 0, count: grouping.count * streamCount)
        var counts = Counts(started: none, kept: none)
        let sorted = flows.sorted {
            ($0.stream, $0.value, $0.slot, $0.key) < ($1.stream, $1.value, $1.slot, $1.key)
        }
        var first = 0
        while first < sorted.count {
            var end = first
            while end < sorted.count, sorted[end].value == sorted[first].value,
                sorted[end].stream == sorted[first].stream
            {
                end += 1
            }
            follow(sorted[first..<end], sliceCount, streamCount, grouping, &counts)
            first = end
        }
        return counts
    }

    /// Walks one value through the slices.
    private func follow(
        _ flows: ArraySlice<Flow>, _ sliceCount: Int, _ streamCount: Int,
        _ grouping: CellFigures.Grouping, _ counts: inout Counts
    ) {
        let stream = Int(flows[flows.startIndex].stream)
        var place = flows.startIndex
        var held: [(key: Int32, count: Int64)] = []
        var total: Int64 = 0
        func advance(through slot: Int) {
            while place < flows.endIndex, flows[place].slot <= slot {
                let flow = flows[place]
                total += flow.change
                if let index = held.firstIndex(where: { $0.key == flow.key }) {
                    held[index].count += flow.change
                    if held[index].count == 0 { held.remove(at: index) }
                } else {
                    held.append((flow.key, flow.change))
                }
                place += 1
            }
        }
        advance(through: 0)
        for slice in 0..<sliceCount {
            if slice > 0, grouping.spansSlices { break }
            var groups: [Int] = []
            for (key, count) in held where key >= 0 && count > 0 {
                let group = grouping.group(Int(key), slice)
                if group >= 0, !groups.contains(group) { groups.append(group) }
            }
            advance(through: grouping.spansSlices ? sliceCount : slice + 1)
            for group in groups {
                counts.started[group * streamCount + stream] += 1
                if total > 0 { counts.kept[group * streamCount + stream] += 1 }
            }
        }
    }
}
