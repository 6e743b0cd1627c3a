import Definitions
import EventModel
import Testing

@testable import Querying

@Suite("Evaluation: against a plain reading of every fact, by seeds")
struct EvaluationTests {
    private static let agents = ["Ani", "Budi Santoso", "Citra Dewi", "Dimas", ""]
    private static let channels = ["chat", "email", "phone"]

    static let kpis: [KPIDefinition] = [
        KPIDefinition(
            test: "response", unit: .duration, better: .lower, .over(.mean, "response", "wait"),
            statistics: [
                ("p50", .over(.percentile(50), "response", "wait")),
                ("p90", .over(.percentile(90), "response", "wait")),
                ("max", .over(.maximum, "response", "wait")),
                ("min", .over(.minimum, "response", "wait")),
                ("count", .over(.count, "response")),
                ("waits", .over(.count, "response", "wait")),
                ("total", .over(.sum, "response", "wait")),
                ("kinds", .over(.distinct, "response", "wait")),
            ]),
        KPIDefinition(
            test: "by_phone", unit: .percent,
            .quotient(
                .product(
                    .number(numerator: 100, denominator: 1),
                    .over(.count, "response", nil, ["channel": ["phone", "nowhere"]])),
                .over(.count, "response"))),
        KPIDefinition(
            test: "per_contact", .quotient(.over(.sum, "response", "wait"), .over(.count, "volume"))
        ),
        KPIDefinition(
            test: "half_day",
            .quotient(
                .product(.number(numerator: 1, denominator: 2), .over(.count, "volume")),
                .periodDays)),
        KPIDefinition(test: "twice", .sum(.kpi("per_contact"), .kpi("per_contact"))),
        KPIDefinition(test: "backlog", unit: .count, better: .lower, .over(.stock, "backlog")),
        KPIDefinition(
            test: "kept_share",
            .quotient(
                .over(.kept, "customers", "customer"), .over(.start, "customers", "customer")),
            statistics: [
                ("start", .over(.start, "customers")),
                ("active", .over(.stock, "customers")),
                (
                    "kept_by_phone",
                    .over(.kept, "customers", "customer", ["channel": ["phone"]])
                ),
            ]),
        KPIDefinition(
            test: "together", unit: .count,
            .union([
                Aggregate(function: .distinct, projection: "response", measure: "wait"),
                Aggregate(
                    function: .distinct, projection: "volume", measure: "wait",
                    filter: ["channel": ["phone", "chat"]]),
            ]),
            statistics: [
                (
                    "each",
                    .quotient(
                        .over(.count, "response", "wait"),
                        .union([
                            Aggregate(function: .distinct, projection: "volume", measure: "wait"),
                            Aggregate(function: .distinct, projection: "response", measure: "wait"),
                        ]))
                )
            ]),
        KPIDefinition(test: "a_month", .quotient(.over(.count, "volume"), .periodMonths)),
    ]

    /// The facts of each projection, as the naive reading takes them.
    struct World {
        var facts: [String: [PlainFact]] = [:]
        var layouts: [String: FactLayout] = [:]

        init(seed: UInt64) {
            var numbers = SeededNumbers(seed: seed)
            layouts["response"] = FactLayout(
                projection: "response", version: 2,
                dimensions: [.init(name: "agent"), .init(name: "channel")], measures: ["wait"])
            layouts["volume"] = FactLayout(
                projection: "volume", version: 1,
                dimensions: [.init(name: "channel"), .init(name: "agent")], measures: ["wait"])
            layouts["backlog"] = FactLayout(
                projection: "backlog", version: 1,
                dimensions: [.init(name: "agent"), .init(name: "channel")], measures: [],
                isStock: true)
            layouts["customers"] = FactLayout(
                projection: "customers", version: 1,
                dimensions: [.init(name: "agent"), .init(name: "channel")],
                measures: ["customer"], isStock: true)
            facts["customers"] = Self.stays(&numbers)
            for name in ["response", "volume", "backlog"] {
                let layout = layouts[name]!
                var list: [PlainFact] = []
                for _ in 0..<Int.random(in: 0...400, using: &numbers) {
                    list.append(Self.fact(of: layout, &numbers))
                }
                facts[name] = list
            }
        }

        /// Customers who come, move between groups, leave and come back, often within one day.
        private static func stays(_ numbers: inout SeededNumbers) -> [PlainFact] {
            var facts: [PlainFact] = []
            for customer in 2..<Int64.random(in: 2...60, using: &numbers) {
                var day = Day("2025-05-10")
                var place: [String]?
                for _ in 0..<Int.random(in: 0...6, using: &numbers) {
                    day = day.advanced(by: Int.random(in: 0...25, using: &numbers))
                    let next =
                        Int.random(in: 0..<3, using: &numbers) == 0
                        ? nil
                        : [
                            agents.randomElement(using: &numbers)!,
                            channels.randomElement(using: &numbers)!,
                        ]
                    if let place {
                        facts.append(
                            PlainFact(
                                day: day, dimensions: place, measures: [customer], multiplicity: -1)
                        )
                    }
                    if let next {
                        facts.append(
                            PlainFact(day: day, dimensions: next, measures: [customer]))
                    }
                    place = next
                }
            }
            return facts
        }

        private static func fact(
            of layout: FactLayout, _ numbers: inout SeededNumbers
        ) -> PlainFact {
            let day = Day("2025-05-20").advanced(by: Int.random(in: 0..<90, using: &numbers))
            let values = layout.dimensions.map { dimension in
                dimension.name == "agent"
                    ? agents.randomElement(using: &numbers)!
                    : channels.randomElement(using: &numbers)!
            }
            let wait: Int64? =
                Int.random(in: 0..<5, using: &numbers) == 0
                ? nil
                : Int64.random(
                    in: 0...(Bool.random(using: &numbers) ? 9 : 1 << 40), using: &numbers)
            var fact = PlainFact(
                day: day, dimensions: values, measures: layout.measures.isEmpty ? [] : [wait])
            if layout.isStock { fact.multiplicity = Bool.random(using: &numbers) ? 1 : -1 }
            return fact
        }

        /// The same facts as a store would hold them: in any order, with rows that cancel.
        func source(_ name: String, seed: UInt64) -> MemoryFacts {
            var numbers = SeededNumbers(seed: seed &* 31)
            var rows = facts[name]!
            for _ in 0..<100 {
                var ghost = Self.fact(of: layouts[name]!, &numbers)
                let times = Int64.random(in: 1...3, using: &numbers)
                ghost.multiplicity = times
                rows.append(ghost)
                ghost.multiplicity = -times
                rows.append(ghost)
            }
            rows.shuffle(using: &numbers)
            var source = MemoryFacts(layout: layouts[name]!, facts: rows)
            source.blockRows = Int.random(in: 1...200, using: &numbers)
            return source
        }

        /// Facts of a projection within days that have these values.
        func facts(_ name: String, _ days: Range<Day>, _ values: [String: [String]]) -> [PlainFact]
        {
            facts[name]!.filter { fact in
                days.contains(fact.day)
                    && values.allSatisfy { dimension, wanted in
                        let index = layouts[name]!.dimensions.firstIndex { $0.name == dimension }!
                        return wanted.contains(fact.dimensions[index])
                    }
            }
        }
    }

    /// A value by the formula's plain meaning; nil is no value.
    private func naive(
        _ formula: Formula, _ world: World, _ days: Range<Day>, _ values: [String: [String]]
    ) -> Fraction? {
        func naive(_ part: Formula) -> Fraction? { self.naive(part, world, days, values) }
        switch formula {
        case .time(let milliseconds): return Fraction(milliseconds)
        case .number(let numerator, let denominator):
            return Fraction(Int128(numerator), over: Int128(denominator))
        case .periodDays:
            return Fraction(days.upperBound.number - days.lowerBound.number)
        case .periodMonths:
            var months = Fraction(0)
            var day = days.lowerBound
            while day < days.upperBound {
                let (year, month, _) = day.components
                let first = Day(year: year, month: month, day: 1)!
                let next = Day(
                    year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)!
                let share = Fraction(1, over: Int128(next.number - first.number))
                months = try! months.adding(share).reduced
                day = day.advanced(by: 1)
            }
            return months
        case .kpi(let name): return naive(Self.kpis.first { $0.name == name }!.value)
        case .negated(let part):
            return naive(part).map { Fraction(-$0.numerator, over: $0.denominator) }
        case .sum(let left, let right):
            guard let first = naive(left), let second = naive(right) else { return nil }
            return try? first.adding(second)
        case .difference(let left, let right):
            guard let first = naive(left), let second = naive(right) else { return nil }
            return try? first.subtracting(second)
        case .product(let left, let right):
            guard let first = naive(left), let second = naive(right) else { return nil }
            return try? first.multiplied(by: second)
        case .quotient(let left, let right):
            guard let first = naive(left), let second = naive(right), second.numerator != 0 else {
                return nil
            }
            return try? first.divided(by: second)
        case .union(let aggregates):
            return Fraction(
                Set(
                    aggregates.flatMap { part in
                        world.facts(part.projection, days, wanted(part, among: values))
                            .compactMap { $0.measures[0] }
                    }
                ).count)
        case .aggregate(let aggregate):
            let wanted = wanted(aggregate, among: values)
            if aggregate.function == .stock {
                let all = Day(number: -900_000)..<days.upperBound
                return Fraction(
                    world.facts(aggregate.projection, all, wanted).reduce(0) {
                        $0 + $1.multiplicity
                    })
            }
            if aggregate.function == .start || aggregate.function == .kept {
                let before = Day(number: -900_000)..<days.lowerBound
                let facts = world.facts(aggregate.projection, before, wanted)
                guard aggregate.measure != nil else {
                    return Fraction(facts.reduce(0) { $0 + $1.multiplicity })
                }
                let atStart = inStock(facts)
                guard aggregate.function == .kept else { return Fraction(atStart.count) }
                // Wherever they stand by then.
                let all = Day(number: -900_000)..<days.upperBound
                let atEnd = inStock(world.facts(aggregate.projection, all, [:]))
                return Fraction(atStart.intersection(atEnd).count)
            }
            let facts = world.facts(aggregate.projection, days, wanted)
            guard aggregate.measure != nil else { return Fraction(facts.count) }
            let list = facts.compactMap { $0.measures[0] }.sorted()
            let sum = list.reduce(Int128(0)) { $0 + Int128($1) }
            switch aggregate.function {
            case .count: return Fraction(list.count)
            case .sum: return Fraction(sum)
            case .distinct: return Fraction(Set(list).count)
            case .mean: return list.isEmpty ? nil : Fraction(sum, over: Int128(list.count))
            case .minimum: return list.first.map { Fraction($0) }
            case .maximum: return list.last.map { Fraction($0) }
            case .percentile(let percent):
                return list.indices.first { ($0 + 1) * 100 >= list.count * percent }
                    .map { Fraction(list[$0]) }
            case .stock, .start, .kept: return nil
            }
        }
    }

    /// The values of dimensions that an aggregate counts, of those asked for.
    private func wanted(
        _ aggregate: Aggregate, among values: [String: [String]]
    ) -> [String: [String]] {
        var wanted = values
        for (dimension, filter) in aggregate.filter {
            wanted[dimension] = values[dimension]?.filter { filter.contains($0) } ?? filter
        }
        return wanted
    }

    /// Customers in stock in at least one group.
    private func inStock(_ facts: [PlainFact]) -> Set<Int64> {
        var groups: [[String]: Int64] = [:]
        for fact in facts {
            groups[fact.dimensions + ["\(fact.measures[0] ?? 0)"], default: 0] += fact.multiplicity
        }
        return Set(groups.filter { $0.value > 0 }.compactMap { Int64($0.key.last ?? "") })
    }

    private func check(
        _ figure: Figure, _ expected: Fraction?, _ place: @autoclosure () -> String
    ) {
        #expect(figure.value.hasValue == (expected != nil), "\(place())")
        guard let expected, figure.value.hasValue else { return }
        #expect(Fraction.compare(figure.value, expected) == 0, "\(place())")
    }

    @Test("Every value, group, slice, total and comparison", arguments: UInt64(1)...40)
    func everything(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed &+ 1000)
        let world = World(seed: seed)
        let names = Self.kpis.flatMap { kpi in
            [kpi.name] + kpi.statistics.map { kpi.name + "." + $0.name }
        }
        let kpis = Array(
            names.shuffled(using: &numbers).prefix(Int.random(in: 1...8, using: &numbers)))
        let by = [[], ["agent"], ["channel"], ["agent", "channel"], ["channel", "agent"]]
            .randomElement(using: &numbers)!
        let grain = [nil, nil, "day", "week", "month", "year"].randomElement(using: &numbers)!
        let filters: [(dimension: String, value: String)] = [
            [], [("channel", "email")], [("agent", "budi"), ("agent", "Ani")], [("agent", "–")],
        ].randomElement(using: &numbers)!
        let compare = [nil, "previous", "2025-06-20..2025-07-10"].randomElement(using: &numbers)!
        let context = MemoryState(
            kpis: Self.kpis,
            sources: ["volume", "backlog", "response", "customers"].map {
                world.source($0, seed: seed)
            },
            basis: .test())
        let note = "seed \(seed): \(kpis) by \(by) \(filters) grain \(grain ?? "-")"
        let answer: Answer
        do {
            answer = try context.answer(
                QueryRequest(
                    kpis: kpis, by: by, filters: filters, period: "2025-06..2025-07", grain: grain,
                    compare: compare))
        } catch let faults as QueryFaults {
            // Small worlds may hold no row of the agent asked for.
            for case let fault in faults.faults {
                guard case .unknownValue = fault else { throw faults }
            }
            return
        }
        var values: [String: [String]] = [:]
        for (dimension, value) in answer.filters { values[dimension] = value }
        let formulas = kpis.map { name -> Formula in
            let parts = name.split(separator: ".")
            let kpi = Self.kpis.first { $0.name == parts[0] }!
            return parts.count == 1
                ? kpi.value : kpi.statistics.first { $0.name == parts[1] }!.formula
        }
        for row in answer.rows + answer.totals {
            var wanted = values
            for (dimension, value) in zip(answer.dimensions, row.key) {
                wanted[dimension.name] =
                    values[dimension.name, default: [value]].filter { $0 == value }
            }
            let days = row.slice < 0 ? answer.period.days : answer.slices[row.slice].period.days
            for (index, formula) in formulas.enumerated() {
                check(
                    row.figures[index], naive(formula, world, days, wanted),
                    note + ", \(kpis[index]) of \(row.key) in \(days)")
            }
            guard let comparison = answer.comparison else { continue }
            guard row.slice < answer.comparisonSlices.count else { continue }
            let before =
                row.slice < 0
                ? comparison.days : answer.comparisonSlices[row.slice].period.days
            for (index, formula) in formulas.enumerated() {
                check(
                    row.previous[index], naive(formula, world, before, wanted),
                    note + ", before: \(kpis[index]) of \(row.key) in \(before)")
            }
        }
        try checkGroups(answer, world, formulas, values, note)
    }

    /// Every group that has facts is there, and none that has none.
    private func checkGroups(
        _ answer: Answer, _ world: World, _ formulas: [Formula], _ values: [String: [String]],
        _ note: String
    ) throws {
        guard !answer.dimensions.isEmpty, answer.comparison == nil else { return }
        var expected: Set<[String]> = []
        for name in world.facts.keys.sorted() where formulas.contains(where: { uses($0, name) }) {
            let layout = world.layouts[name]!
            let facts = world.facts(
                name, Day(number: -900_000)..<answer.period.days.upperBound, values)
            let places = answer.dimensions.map { dimension in
                layout.dimensions.firstIndex { $0.name == dimension.name }!
            }
            let byKey = Dictionary(grouping: facts) { fact in places.map { fact.dimensions[$0] } }
            for (key, facts) in byKey {
                let isThere = answer.slices.contains { slice in
                    let days = slice.period.days
                    let isAtStart =
                        name == "customers" && formulas.contains { asksStart($0) }
                        && facts.filter { $0.day < days.lowerBound }
                            .reduce(0) { $0 + $1.multiplicity } != 0
                    return layout.isStock
                        ? isAtStart
                            || facts.filter { $0.day < days.upperBound }
                                .reduce(0) { $0 + $1.multiplicity } != 0
                        : facts.contains { days.contains($0.day) }
                }
                if isThere { expected.insert(key) }
            }
        }
        #expect(Set(answer.rows.map(\.key)) == expected, "\(note)")
        #expect(answer.rows.count == expected.count * answer.slices.count, "\(note)")
    }

    private func asksStart(_ formula: Formula) -> Bool {
        formula.aggregates.contains { $0.function == .start || $0.function == .kept }
    }

    private func uses(_ formula: Formula, _ projection: String) -> Bool {
        switch formula {
        case .number, .time, .periodDays, .periodMonths: false
        case .aggregate(let aggregate): aggregate.projection == projection
        case .union(let aggregates): aggregates.contains { $0.projection == projection }
        case .negated(let part): uses(part, projection)
        case .kpi(let name): uses(Self.kpis.first { $0.name == name }!.value, projection)
        case .sum(let left, let right), .difference(let left, let right),
            .product(let left, let right), .quotient(let left, let right):
            uses(left, projection) || uses(right, projection)
        }
    }

    @Test("Numbers and numerators stay unreduced, counts are those below the line") func parts()
        throws
    {
        let source = MemoryFacts(
            layout: FactLayout(
                projection: "response", version: 1,
                dimensions: [.init(name: "agent"), .init(name: "channel")], measures: ["wait"]),
            facts: [
                PlainFact(day: Day("2025-07-01"), dimensions: ["Ani", "phone"], measures: [2000]),
                PlainFact(day: Day("2025-07-02"), dimensions: ["Ani", "email"], measures: [4000]),
                PlainFact(day: Day("2025-07-02"), dimensions: ["Ani", "email"], measures: [nil]),
            ])
        let answer = try MemoryState(kpis: Self.kpis, sources: [source], basis: .test()).answer(
            QueryRequest(kpis: ["response", "by_phone"], period: "2025-07"))
        #expect(answer.total.figures[0].value == Fraction(6000, over: 2))
        #expect(answer.total.figures[0].count == 2)
        #expect(answer.total.figures[1].value == Fraction(100, over: 3))
        #expect(answer.total.figures[1].count == 3)
        #expect(
            answer.definitions.map(\.name)
                == ["kpi/by_phone", "kpi/response", "projection/response"])
    }

    @Test("Sums past 64 bits are exact; past 128 bits is an error") func overflow() throws {
        let layout = FactLayout(
            projection: "response", version: 1, dimensions: [], measures: ["wait"])
        var facts: [PlainFact] = []
        for _ in 0..<4 {
            facts.append(
                PlainFact(day: Day("2025-07-01"), dimensions: [], measures: [.max], multiplicity: 1)
            )
        }
        let context = MemoryState(
            kpis: Self.kpis, sources: [MemoryFacts(layout: layout, facts: facts)], basis: .test())
        let answer = try context.answer(
            QueryRequest(kpis: ["response.total"], period: "2025"))
        #expect(answer.total.figures[0].value == Fraction(Int128(Int64.max) * 4))
        for index in facts.indices { facts[index].multiplicity = .max }
        let large = MemoryState(
            kpis: Self.kpis, sources: [MemoryFacts(layout: layout, facts: facts)], basis: .test())
        #expect(throws: QueryFaults.self) {
            try large.answer(QueryRequest(kpis: ["response.total"], period: "2025"))
        }
    }

    @Test("Amounts of different currencies are never added") func currencies() throws {
        let layout = FactLayout(
            projection: "cost", version: 1,
            dimensions: [.init(name: "team"), .init(name: "currency")], measures: ["amount"],
            currencies: [0: 1])
        func fact(_ team: String, _ currency: String, _ times: Int64 = 1) -> PlainFact {
            PlainFact(
                day: Day("2025-07-01"), dimensions: [team, currency], measures: [500],
                multiplicity: times)
        }
        // What was taken back does not make two currencies of one.
        let facts = [
            fact("a", "IDR", 2), fact("b", "IDR"), fact("b", "USD"), fact("c", "USD"),
            fact("c", "SGD"), fact("c", "SGD", -1),
        ]
        let kpis = [
            KPIDefinition(
                test: "cost", unit: .money, .over(.sum, "cost", "amount"),
                statistics: [
                    (
                        "share",
                        .quotient(.over(.sum, "cost", "amount"), .over(.sum, "cost", "amount"))
                    )
                ])
        ]
        let context = MemoryState(
            kpis: kpis, sources: [MemoryFacts(layout: layout, facts: facts)], basis: .test())
        let answer = try context.answer(
            QueryRequest(kpis: ["cost", "cost.share"], by: ["team"], period: "2025"))
        #expect(answer.rows.map { $0.figures[0].currency } == ["IDR", nil, "USD"])
        #expect(answer.rows[0].figures[0].value == Fraction(1000))
        #expect(answer.rows[1].figures[0].reason == .mixedCurrencies(["IDR", "USD"]))
        #expect(answer.rows[1].figures[1].reason == .mixedCurrencies(["IDR", "USD"]))
        #expect(answer.total.figures[0].value == .none)
        let apart = try context.answer(
            QueryRequest(kpis: ["cost"], by: ["currency"], period: "2025"))
        #expect(apart.rows.map { $0.figures[0].currency } == ["IDR", "USD"])
        #expect(apart.rows.map { $0.figures[0].value } == [Fraction(1500), Fraction(1000)])
        #expect(apart.total.figures[0].reason == .mixedCurrencies(["IDR", "USD"]))
    }

    @Test("A period is as long provisional as it is said to be, clocks that differ included")
    func tolerance() throws {
        let layout = FactLayout(
            projection: "response", version: 1, dimensions: [], measures: ["wait"],
            reach: Reach(milliseconds: 7 * 86_400_000, tolerance: 120_000))
        for (minutes, status, last) in [
            (1, FigureStatus.provisional, "2025-08-08"), (3, .settled, nil),
        ] as [(Int64, FigureStatus, String?)] {
            var context = MemoryState(
                kpis: Self.kpis, sources: [MemoryFacts(layout: layout, facts: [])],
                basis: .test(today: "2025-08-08"))
            let midnight = TimeZoneRules.utc.start(of: Day("2025-08-08")).milliseconds
            context.now = Instant(milliseconds: midnight + minutes * 60_000)
            let answer = try context.answer(
                QueryRequest(kpis: ["response"], period: "2025-07"))
            #expect(answer.total.statuses == [status])
            #expect(answer.columns[0].openUntil == last.map { Day($0) })
        }
    }

    @Test("A period is provisional until its last window closes") func status() throws {
        let layout = FactLayout(
            projection: "response", version: 1, dimensions: [], measures: ["wait"],
            reach: Reach(milliseconds: 7 * 86_400_000))
        func answer(today: String) throws -> Answer {
            try MemoryState(
                kpis: Self.kpis, sources: [MemoryFacts(layout: layout, facts: [])],
                basis: .test(today: today)
            ).answer(QueryRequest(kpis: ["response"], period: "2025-07"))
        }
        #expect(try answer(today: "2025-08-07").total.statuses == [.provisional])
        #expect(try answer(today: "2025-08-07").columns[0].openUntil == Day("2025-08-07"))
        #expect(try answer(today: "2025-08-08").total.statuses == [.settled])
        #expect(try answer(today: "2025-08-08").columns[0].openUntil == nil)
    }
}
