import EventModel

/// Which rows pass: those whose word at a column is one of some ids.
struct IDFilter: Hashable {
    /// The word of a row.
    var column: Int
    /// Ascending; empty lets nothing pass.
    var ids: [UInt32]
}

/// One measure, or the facts themselves, under a filter: what several aggregates may share.
struct FactStream: Hashable {
    /// First word of the measure; nil counts facts.
    var measure: Int?
    /// All must pass.
    var filters: [IDFilter]
    /// The word of a dimension whose ids stand for the values: which currencies an amount has.
    var column: Int?
    /// How many milliseconds one of the measure is, where its values stand for the last day on which
    /// so long a window, opened on the fact's day, is open.
    var unitOfWindow: Int64?
}

/// What is read from one projection.
struct ProjectionPlan {
    var source: any FactSource
    /// The words that make a group's key, one per dimension asked for. Of a stock, words follow that
    /// only filters ask for.
    var keyColumns: [Int] = []
    /// Those of the key that are followed to a field of the case they name, by place in the key.
    var followedKeys: [(place: Int, followed: FollowedColumn)] = []
    /// Rows that do not pass all of these on their day are not counted.
    var followedFilters: [FollowedFilter] = []
    /// Rows that do not pass all of these are not read.
    var filters: [IDFilter] = []
    /// Stream 0 is all facts.
    var streams = [FactStream(measure: nil, filters: [])]
    /// Whether a stream's sum is asked for.
    var isSummed = [false]
    /// Statistics of values asked of each stream; empty where none is.
    var statistics: [[ValueSamples.Statistic]] = [[]]
    /// Whether a running sum from the beginning is asked for.
    var usesStock = false
    /// Whether what was in stock at a start is asked for.
    var usesStart = false
    /// Streams whose different values in stock are asked for.
    var keptStreams: [Int] = []

    /// Whether anything is looked up beside the rows.
    var isFollowing: Bool { !followedKeys.isEmpty || !followedFilters.isEmpty }

    /// The texts of a place of the key, where it is followed.
    func followed(at place: Int) -> FollowedField? {
        followedKeys.first { $0.place == place }?.followed.field
    }

    /// The text of a word at a place of the key.
    func text(of id: UInt32, atKey place: Int) throws -> String {
        try followed(at: place)?.texts[Int(id)]
            ?? source.text(ofDimension: keyColumns[place] - 1, id: id)
    }
}

/// Adds a projection's rows up by group and slice of time.
struct FactScan {
    /// Groups in this projection's own ids.
    private(set) var keys: GroupTable
    /// Cells of a key: the slices, and before them, where there is a stock, all that came earlier.
    let slots: Int
    /// Whether slot 0 is what came before the period.
    let hasSlotBefore: Bool
    /// Facts by cell and stream, and their measures' sums.
    private(set) var counts: [Int64] = []
    private(set) var sums: [Int128] = []
    private(set) var samples = ValueSamples()
    /// Streams with samples.
    let sampled: [Int]
    /// Flows of the streams whose values are followed.
    private(set) var stays = StockStays()

    private let plan: ProjectionPlan
    private let stride: Int
    private let streamCount: Int
    private let firstDay: Int
    private let dayCount: Int
    /// The slot of each day of the period; empty where there is one slice.
    private var slotByDay: [Int32] = []
    /// Filters, then each stream's: column, and its ids in `filterIDs`.
    private var filterColumns: [Int] = []
    private var filterRanges: [Range<Int>] = []
    private var filterIDs: [UInt32] = []
    private var streamFilters: [Range<Int>] = []
    private var measures: [Int] = []
    private var columns: [Int] = []
    private var units: [Int64] = []
    private var samplePlaces: [Int] = []
    private var scratch: [UInt32]
    private var hasOverflowed = false
    /// A stock is added up by the cases themselves: what is in force at its day is looked up after.
    private let isFollowing: Bool

    init(plan: ProjectionPlan, slices: [PeriodSlice], days: Range<Day>) {
        self.plan = plan
        stride = plan.source.layout.stride
        streamCount = plan.streams.count
        keys = GroupTable(width: plan.keyColumns.count)
        scratch = [UInt32](repeating: 0, count: plan.keyColumns.count)
        hasSlotBefore = plan.usesStock
        isFollowing = plan.isFollowing && !plan.usesStock
        slots = slices.count + (plan.usesStock ? 1 : 0)
        firstDay = Int(days.lowerBound.number)
        dayCount = Int(days.upperBound.number) - firstDay
        sampled = plan.statistics.indices.filter { !plan.statistics[$0].isEmpty }
        if slices.count > 1 {
            for (index, slice) in slices.enumerated() {
                let slot = Int32(index + (plan.usesStock ? 1 : 0))
                slotByDay.append(
                    contentsOf: repeatElement(slot, count: slice.period.dayCount))
            }
        }
        for filter in plan.filters { append(filter) }
        for (index, stream) in plan.streams.enumerated() {
            let start = filterColumns.count
            for filter in stream.filters { append(filter) }
            streamFilters.append(start..<filterColumns.count)
            measures.append(stream.measure ?? -1)
            columns.append(stream.column ?? -1)
            units.append(stream.unitOfWindow ?? 0)
            samplePlaces.append(sampled.firstIndex(of: index) ?? -1)
        }
    }

    private mutating func append(_ filter: IDFilter) {
        filterColumns.append(filter.column)
        filterRanges.append(filterIDs.count..<filterIDs.count + filter.ids.count)
        filterIDs.append(contentsOf: filter.ids)
    }

    /// Reads the plan's source.
    static func run(
        _ plan: ProjectionPlan, slices: [PeriodSlice], days: Range<Day>,
        memory: QueryMemory = QueryMemory(bytes: .max)
    ) throws -> FactScan {
        var scan = FactScan(plan: plan, slices: slices, days: days)
        var held = 0
        let beginning = Day(number: -1_000_000)
        let wanted = plan.usesStock ? beginning..<days.upperBound : days
        try plan.source.scan(days: wanted) { rows in
            try scan.add(rows)
            let holds = scan.byteCount
            if holds != held { try memory.take(holds - held) }
            held = holds
        }
        if scan.hasOverflowed { throw QueryFault.tooLarge(plan.source.layout.projection) }
        return scan
    }

    private mutating func add(_ rows: Span<UInt32>) throws(QueryFault) {
        precondition(rows.count % stride == 0, "whole rows")
        var at = -stride
        while at + stride < rows.count {
            at += stride
            let day = Int(Int32(bitPattern: rows[at] ^ 0x8000_0000)) - firstDay
            guard day < dayCount else { continue }
            let isAsked = passes(rows, at, 0, plan.filters.count)
            // Who is kept may stand anywhere by the end, also where nobody asked.
            guard isAsked || !plan.keptStreams.isEmpty else { continue }
            var slot = 0
            if day < 0 {
                guard hasSlotBefore else { continue }
            } else if slotByDay.isEmpty {
                slot = hasSlotBefore ? 1 : 0
            } else {
                slot = Int(slotByDay[day])
            }
            guard isAsked else {
                note(rows, at, key: -1, slot: slot)
                continue
            }
            for index in scratch.indices { scratch[index] = rows[at + plan.keyColumns[index]] }
            if isFollowing, !follow(rows, at, day: Int32(day + firstDay)) { continue }
            let key = keys.group(of: scratch)
            note(rows, at, key: key, slot: slot)
            let cell = key * slots + slot
            if (key + 1) * slots * streamCount > counts.count { try grow(toKeys: key + 1) }
            let multiplicity = FactScan.integer(rows, at + stride - 2)
            for stream in 0..<streamCount {
                addStream(stream, rows, at, cell: cell, multiplicity: multiplicity)
            }
        }
    }

    /// Puts what is followed into the key; false where the row does not pass.
    private mutating func follow(_ rows: Span<UInt32>, _ at: Int, day: Int32) -> Bool {
        for filter in plan.followedFilters
        where !filter.passes(rows[at + filter.followed.column], day: day) { return false }
        for (place, followed) in plan.followedKeys {
            scratch[place] = followed.value(of: scratch[place], day: day)
        }
        return true
    }

    /// Notes a flow of each stream whose values are followed; key −1: of no group that is asked for.
    private mutating func note(_ rows: Span<UInt32>, _ at: Int, key: Int, slot: Int) {
        for stream in plan.keptStreams {
            let value = FactScan.integer(rows, at + measures[stream]) ^ .min
            if value == .min { continue }
            let filters = streamFilters[stream]
            let isAsked = passes(rows, at, filters.lowerBound, filters.upperBound)
            stays.add(
                stream: stream, value: value, key: isAsked ? key : -1, slot: slot,
                change: FactScan.integer(rows, at + stride - 2))
        }
    }

    /// Memory this takes, with what regrouping its values takes besides.
    private var byteCount: Int {
        keys.byteCount + counts.count * 72 + samples.byteCount * 3 + stays.byteCount * 2
    }

    private mutating func addStream(
        _ stream: Int, _ rows: Span<UInt32>, _ at: Int, cell: Int, multiplicity: Int64
    ) {
        let filters = streamFilters[stream]
        guard filters.isEmpty || passes(rows, at, filters.lowerBound, filters.upperBound) else {
            return
        }
        let place = cell * streamCount + stream
        let measure = measures[stream]
        if measure >= 0 {
            var value = FactScan.integer(rows, at + measure) ^ .min
            if value == .min { return }
            if columns[stream] >= 0 { value = Int64(rows[at + columns[stream]]) }
            if units[stream] > 0 {
                value = Day.lastOpen(
                    from: Int32(bitPattern: rows[at] ^ 0x8000_0000), units: value,
                    millisecondsPerUnit: units[stream])
            }
            if plan.isSummed[stream] {
                let product = Int128(value) * Int128(multiplicity)
                let (sum, isTooLarge) = sums[place].addingReportingOverflow(product)
                sums[place] = sum
                if isTooLarge { hasOverflowed = true }
            }
            if samplePlaces[stream] >= 0 {
                samples.add(
                    value, times: multiplicity,
                    toGroup: cell * sampled.count + samplePlaces[stream])
            }
        }
        let (count, isTooLarge) = counts[place].addingReportingOverflow(multiplicity)
        counts[place] = count
        if isTooLarge { hasOverflowed = true }
    }

    private func passes(_ rows: Span<UInt32>, _ at: Int, _ first: Int, _ end: Int) -> Bool {
        var filter = first
        while filter < end {
            let id = rows[at + filterColumns[filter]]
            let range = filterRanges[filter]
            var index = range.lowerBound
            while index < range.upperBound, filterIDs[index] != id { index += 1 }
            if index == range.upperBound { return false }
            filter += 1
        }
        return true
    }

    private mutating func grow(toKeys keyCount: Int) throws(QueryFault) {
        guard keyCount * slots <= QueryLimits.cells else {
            throw .tooManyRows(limit: QueryLimits.cells)
        }
        let missing = keyCount * slots * streamCount - counts.count
        counts.append(contentsOf: repeatElement(0, count: missing))
        sums.append(contentsOf: repeatElement(0, count: missing))
    }

    private static func integer(_ rows: Span<UInt32>, _ at: Int) -> Int64 {
        Int64(bitPattern: UInt64(rows[at]) << 32 | UInt64(rows[at + 1]))
    }
}

extension Day {
    /// The number of the last day on which a window is open that opened on a day and is so many
    /// units long; 400 years at most.
    static func lastOpen(from day: Int32, units: Int64, millisecondsPerUnit: Int64) -> Int64 {
        let longest: Int64 = 146_097
        let (length, isTooLong) = max(0, units).multipliedReportingOverflow(by: millisecondsPerUnit)
        let days = length / 86_400_000 + (length % 86_400_000 == 0 ? 0 : 1)
        return Int64(day) + (isTooLong ? longest : min(longest, days))
    }
}

/// Limits of one query.
enum QueryLimits {
    /// Groups times slices of time.
    static let cells = 1_000_000
}

/// The memory that a query's facts take, held below a limit over all its scans.
final class QueryMemory {
    private let limit: Int
    private var taken = 0

    /// A limit in bytes.
    init(bytes: Int) { limit = bytes }

    /// Takes so much more.
    ///
    /// - Throws: `QueryFault.tooMuchMemory` past the limit.
    func take(_ bytes: Int) throws(QueryFault) {
        taken += bytes
        if taken > limit { throw .tooMuchMemory(limit: limit) }
    }
}
