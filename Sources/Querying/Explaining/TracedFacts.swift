import EventLog
import EventModel
import Projections

/// The facts of one projection that a figure rests on, gathered one by one with the events behind
/// them, as a source that adds up to the figure again.
struct TracedFacts: FactSource {
    let origin: PrefixFacts
    /// In the order of their events' times.
    let facts: [Fact]
    /// When the facts' events happened.
    let times: [Instant]
    let layout: FactLayout

    /// Gathers the facts of a planned projection.
    ///
    /// - Throws: `ProjectionFault.tooManyFacts`, and what the store has to say.
    init(_ plan: ProjectionPlan, of origin: PrefixFacts, days: Range<Day>, netting: Bool) throws {
        self.origin = origin
        layout = origin.layout
        let beginning = Self.allDays.lowerBound
        let filters = plan.filters
        var found: [Fact] = []
        try origin.projections.facts(
            of: origin.source.definition, context: origin.context, upTo: origin.count,
            days: plan.usesStock ? beginning..<days.upperBound : days, netting: netting,
            options: origin.options,
            where: { _, row in filters.allSatisfy { $0.ids.contains(row[$0.column]) } },
            { fact in
                let isWanted = plan.followedFilters.allSatisfy {
                    $0.passes(fact.row[$0.followed.column], day: fact.day.number)
                }
                if isWanted { found.append(fact) }
            })
        let moments = try origin.projections.log.read { view in
            try found.map { try view.happened($0.sequence) }
        }
        let order = found.indices.sorted {
            (moments[$0], found[$0].sequence) < (moments[$1], found[$1].sequence)
        }
        facts = order.map { found[$0] }
        times = order.map { moments[$0] }
    }

    /// Gathers the facts that are shown of a planned projection of anonymous cases: their rows alone,
    /// of no case and no event.
    init(
        _ plan: ProjectionPlan, shown source: PublishedFacts, _ origin: PrefixFacts,
        days: Range<Day>
    ) throws {
        self.origin = origin
        layout = source.layout
        var found: [Fact] = []
        try source.scan(days: days) { rows in
            for start in stride(from: 0, to: rows.count, by: source.layout.stride) {
                let row = (start..<start + source.layout.stride).map { rows[$0] }
                let fact = Fact(row: row)
                let isWanted =
                    days.contains(fact.day)
                    && plan.filters.allSatisfy { $0.ids.contains(row[$0.column]) }
                    && plan.followedFilters.allSatisfy {
                        $0.passes(row[$0.followed.column], day: fact.day.number)
                    }
                if isWanted { found.append(fact) }
            }
        }
        facts = found
        times = found.map { _ in Instant(milliseconds: 0) }
    }

    private init(_ other: TracedFacts, keeping indices: [Int]) {
        origin = other.origin
        layout = other.layout
        facts = indices.map { other.facts[$0] }
        times = indices.map { other.times[$0] }
    }

    /// Those alone that may still change.
    ///
    /// - Parameters:
    ///   - reach: for how long each fact may change.
    ///   - windows: whose values are the last days on which facts may change, where fields say it.
    func open(
        _ settling: Settling, reach: Reach, windows: [FactStream]
    ) -> TracedFacts {
        TracedFacts(
            self,
            keeping: facts.indices.filter { index in
                settling.isOpen(before: facts[index].day.advanced(by: 1), reach)
                    || windows.contains { window in
                        window.value(of: facts[index]).map {
                            settling.isOpen(through: Day(number: Int32(clamping: $0)), reach)
                        } ?? false
                    }
            })
    }

    /// Those of each group that a question is split into, by the values of its dimensions.
    ///
    /// - Complexity: O(facts), and a text for each different group.
    func grouped(_ plan: ProjectionPlan) throws -> [[String]: TracedFacts] {
        var keys: [[UInt32]: [String]] = [:]
        var places: [[String]: [Int]] = [:]
        for (index, fact) in facts.enumerated() {
            var words = plan.keyColumns.map { fact.row[$0] }
            for (place, followed) in plan.followedKeys {
                words[place] = followed.value(of: words[place], day: fact.day.number)
            }
            let key: [String]
            if let known = keys[words] {
                key = known
            } else {
                key = try words.enumerated().map { place, id in
                    try plan.text(of: id, atKey: place)
                }
                keys[words] = key
            }
            places[key, default: []].append(index)
        }
        return places.mapValues { TracedFacts(self, keeping: $0) }
    }

    /// None of them.
    var none: TracedFacts { TracedFacts(self, keeping: []) }

    func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        for fact in facts where days.contains(fact.day) { try body(fact.row.span) }
    }

    func text(ofDimension index: Int, id: UInt32) throws -> String {
        try origin.text(ofDimension: index, id: id)
    }

    func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
        try origin.ids(ofDimension: index, text: text)
    }
}

extension FactStream {
    /// What a fact brings into it: its measure's value, or 1; nil where it is none of its facts.
    func value(of fact: Fact) -> Int64? { value(of: fact.row) }

    /// What a fact's row brings into it.
    func value(of row: [UInt32]) -> Int64? {
        guard filters.allSatisfy({ $0.ids.contains(row[$0.column]) }) else { return nil }
        guard let measure else { return 1 }
        let word = UInt64(row[measure]) << 32 | UInt64(row[measure + 1])
        guard word != 0 else { return nil }
        let value = Int64(bitPattern: word ^ 1 << 63)
        guard let unitOfWindow else { return value }
        return Day.lastOpen(
            from: Int32(bitPattern: row[0] ^ 0x8000_0000), units: value,
            millisecondsPerUnit: unitOfWindow)
    }
}
