import Definitions
import EventModel
import Testing

@testable import Querying

/// Profiles at hand: changes in the order of their events.
struct MemoryProfiles: CaseProfiles {
    var fields: [String]
    var nameField: String?
    /// By field and case.
    var changes: [String: [String: [ProfileChange]]]

    func history(of field: String, upTo count: UInt32) throws -> [String: [ProfileChange]] {
        (changes[field] ?? [:]).mapValues { Array(inOrder: $0) }
    }

    func name(of text: String, upTo count: UInt32) throws -> String? {
        changes.values.contains { $0[text] != nil } ? text : nil
    }
}

@Suite("Followed dimensions: against looking every fact's agent up on its day, by seeds")
struct FollowingTests {
    private static let agents = ["a1", "a2", "a3", "a4", ""]
    private static let departments = ["Sales", "Service", "Risk", ""]

    private static let kpis: [KPIDefinition] = [
        KPIDefinition(
            test: "response", unit: .duration, .over(.mean, "response", "wait"),
            statistics: [
                ("p90", .over(.percentile(90), "response", "wait")),
                ("count", .over(.count, "response")),
            ]),
        KPIDefinition(test: "backlog", unit: .count, .over(.stock, "backlog")),
        KPIDefinition(
            test: "share", .quotient(.over(.stock, "backlog"), .over(.count, "response"))),
    ]

    /// Facts and profiles of one seed.
    private struct World {
        var facts: [String: [PlainFact]] = [:]
        var layouts: [String: FactLayout] = [:]
        var profiles: MemoryProfiles

        init(seed: UInt64) {
            var numbers = SeededNumbers(seed: seed)
            layouts["response"] = FactLayout(
                projection: "response", version: 1,
                dimensions: [.init(name: "team"), .init(name: "agent")], measures: ["wait"])
            layouts["backlog"] = FactLayout(
                projection: "backlog", version: 1,
                dimensions: [.init(name: "agent"), .init(name: "team")], measures: [],
                isStock: true)
            for (name, layout) in layouts.sorted(by: { $0.key < $1.key }) {
                facts[name] = (0..<Int.random(in: 0...200, using: &numbers)).map { _ in
                    let values = layout.dimensions.map {
                        $0.name == "agent"
                            ? agents.randomElement(using: &numbers)!
                            : ["T1", "T2"].randomElement(using: &numbers)!
                    }
                    return PlainFact(
                        day: World.day(&numbers), dimensions: values,
                        measures: layout.measures.map { _ in
                            Int64.random(in: 0...100_000, using: &numbers)
                        },
                        multiplicity: layout.isStock && Bool.random(using: &numbers) ? -1 : 1)
                }
            }
            var changes: [String: [ProfileChange]] = [:]
            for agent in agents.dropLast(2) {
                changes[agent] = (0..<Int.random(in: 0...6, using: &numbers)).map { _ in
                    ProfileChange(
                        day: World.day(&numbers), value: departments.randomElement(using: &numbers)!
                    )
                }.enumerated().sorted { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) }
                    .map(\.element)
            }
            profiles = MemoryProfiles(
                fields: ["department", "name"], nameField: "name",
                changes: ["department": changes])
        }

        static func day(_ numbers: inout SeededNumbers) -> Day {
            Day("2025-06-01").advanced(by: Int.random(in: 0..<70, using: &numbers))
        }

        /// What is in force at a day's end, read from the beginning.
        func department(of agent: String, on day: Day) -> String {
            var value = ""
            for change in profiles.changes["department"]?[agent] ?? [] where change.day <= day {
                value = change.value
            }
            return value
        }

        func context() -> any AskedState {
            var context = MemoryState(
                kpis: kpis,
                sources: layouts.map { MemoryFacts(layout: $0.value, facts: facts[$0.key]!) },
                basis: .test())
            context.profiles = ["agent": profiles]
            return context
        }

        /// The value of a KPI for a department, or all; by slice's days.
        func value(_ kpi: String, _ department: String?, _ days: Range<Day>) -> Fraction {
            func agent(_ fact: PlainFact, _ name: String) -> String {
                fact.dimensions[layouts[name]!.dimensions.firstIndex { $0.name == "agent" }!]
            }
            func isWanted(_ fact: PlainFact, _ name: String, _ day: Day) -> Bool {
                department == nil || self.department(of: agent(fact, name), on: day) == department
            }
            let waits = facts["response"]!.filter {
                days.contains($0.day) && isWanted($0, "response", $0.day)
            }.map { $0.measures[0]! }.sorted()
            let end = days.upperBound.advanced(by: -1)
            let stock = facts["backlog"]!.filter {
                $0.day <= end && isWanted($0, "backlog", end)
            }.reduce(Int64(0)) { $0 + $1.multiplicity }
            switch kpi {
            case "response":
                return Fraction(
                    waits.reduce(Int128(0)) { $0 + Int128($1) }, over: Int128(waits.count))
            case "response.p90":
                guard !waits.isEmpty else { return .none }
                return Fraction(waits[(waits.count * 90 + 99) / 100 - 1])
            case "response.count": return Fraction(waits.count)
            case "backlog": return Fraction(stock)
            default: return Fraction(Int128(stock), over: Int128(waits.count))
            }
        }
    }

    private func text(_ value: Fraction) -> String {
        value.hasValue ? "\(value.reduced.numerator)/\(value.reduced.denominator)" : "none"
    }

    @Test("Split and filtered by what was in force on the day", arguments: 0..<60 as Range<UInt64>)
    func values(seed: UInt64) throws {
        let world = World(seed: seed)
        let names = ["response", "response.p90", "response.count", "backlog", "share"]
        for grain in [nil, "week"] {
            let split = try world.context().answer(
                QueryRequest(
                    kpis: names, by: ["department"], period: "2025-06-10..2025-07-20", grain: grain)
            )
            #expect(split.dimensions.map(\.name) == ["agent.department"])
            for row in split.rows + split.totals {
                let days = (row.slice < 0 ? split.period : split.slices[row.slice].period).days
                for (name, figure) in zip(names, row.figures) {
                    let wanted = world.value(name, row.key.first, days)
                    #expect(
                        text(figure.value) == text(wanted),
                        "seed \(seed), \(name) of \(row.key) in \(days)")
                }
            }
            for department in Self.departments {
                var shown = department
                if department.isEmpty { shown = "–" }
                let known = try world.profiles.history(of: "department", upTo: 0).values
                guard
                    department.isEmpty || known.joined().contains(where: { $0.value == department })
                else { continue }
                let one = try world.context().answer(
                    QueryRequest(
                        kpis: names, filters: [("agent.department", shown)],
                        period: "2025-06-10..2025-07-20", grain: grain))
                for row in one.rows + one.totals {
                    let days = (row.slice < 0 ? one.period : one.slices[row.slice].period).days
                    for (name, figure) in zip(names, row.figures) {
                        let wanted = world.value(name, department, days)
                        #expect(
                            text(figure.value) == text(wanted),
                            "seed \(seed), \(name) of \(department) in \(days)")
                    }
                }
            }
        }
    }

    private func desk() -> any AskedState {
        let facts = [
            ("2025-07-01", "b.1"), ("2025-07-14", "b.1"), ("2025-07-15", "b.1"),
            ("2025-07-15", "c.2"), ("2025-07-20", ""),
        ].map { PlainFact(day: Day($0.0), dimensions: [$0.1, "T"], measures: []) }
        var context = MemoryState(
            kpis: [KPIDefinition(test: "volume", unit: .count, .over(.count, "volume"))],
            sources: [
                MemoryFacts(
                    layout: FactLayout(
                        projection: "volume", version: 1,
                        dimensions: [.init(name: "agent"), .init(name: "level")], measures: []),
                    facts: facts)
            ], basis: .test())
        context.profiles = [
            "agent": MemoryProfiles(
                fields: ["department", "level", "name"], nameField: "name",
                changes: [
                    "department": [
                        "b.1": [
                            .init(day: Day("2025-07-01"), value: "Service"),
                            .init(day: Day("2025-07-15"), value: "Sales"),
                        ]
                    ],
                    "name": [
                        "b.1": [.init(day: Day("2025-01-01"), value: "Zulkifli Budi")],
                        "c.2": [.init(day: Day("2025-07-30"), value: "Citra")],
                    ],
                ])
        ]
        return context
    }

    @Test("A day of change belongs to what it ends with; nobody and the unknown stand together")
    func change() throws {
        let answer = try desk().answer(
            QueryRequest(kpis: ["volume"], by: ["agent.department"], period: "2025-07"))
        let rows = answer.rows.map { "\($0.key[0])=\($0.figures[0].value.decimalText() ?? "–")" }
        #expect(rows == ["Sales=1", "Service=2", "=2"])
    }

    @Test("Agents are called as at the period's end, sorted so, and found by name") func names()
        throws
    {
        let july = try desk().answer(
            QueryRequest(kpis: ["volume"], by: ["agent"], period: "2025-07"))
        #expect(july.names["agent"]?.texts == ["b.1": "Zulkifli Budi", "c.2": "Citra"])
        #expect(july.rows.map(\.key) == [["c.2"], ["b.1"], [""]])
        let early = try desk().answer(
            QueryRequest(
                kpis: ["volume"], filters: [("agent", "zulk")], period: "2025-07-01..2025-07-15"))
        #expect(early.filters.map(\.values) == [["b.1"]])
        #expect(early.total.figures[0].value == Fraction(3))
        #expect(early.names["agent"]?.texts == ["b.1": "Zulkifli Budi"])
    }

    @Test("The facts' own dimension goes before a field of the same name") func own() throws {
        let answer = try desk().answer(
            QueryRequest(kpis: ["volume"], by: ["level"], period: "2025-07"))
        #expect(answer.dimensions == [AnswerDimension(name: "level", kind: .text)])
        #expect(answer.rows.map(\.key) == [["T"]])
    }

    @Test("What cannot be followed is refused with the nearest word") func faults() {
        func said(_ request: QueryRequest) -> String {
            do {
                _ = try desk().answer(request)
                return "no fault"
            } catch { return "\(error)" }
        }
        #expect(
            said(QueryRequest(kpis: ["volume"], by: ["agent.departmen"], period: "2025-07"))
                .contains("Did you mean agent.department?"))
        #expect(
            said(
                QueryRequest(
                    kpis: ["volume"], filters: [("department", "Servise")], period: "2025-07")
            ).contains("Did you mean Service?"))
        #expect(
            said(QueryRequest(kpis: ["volume"], by: ["team.department"], period: "2025-07"))
                .contains("no dimension is called"))
    }
}
