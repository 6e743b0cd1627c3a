import Definitions
import EventModel
import Projections
import Testing

@testable import Querying

/// Method: facts in memory; what an answer must not say, what it rests on, and until when it may change.
@Suite("Answers: what they withhold, rest on, and leave open")
struct AnswerBasisTests {
    @Test("A total gives nobody away whose answers are withheld", arguments: UInt64(1)...60)
    func heldBack(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let layout = FactLayout(
            projection: "response", version: 1,
            dimensions: [.init(name: "team"), .init(name: "channel")],
            measures: ["wait", "person"], isAnonymous: true, respondent: 1)
        let teams = ["a", "b", "c", "d", ""].prefix(Int.random(in: 1...5, using: &numbers))
        // People answer in more than one month, some in more than one team.
        let facts = (0..<Int.random(in: 5...60, using: &numbers)).map { _ in
            PlainFact(
                day: Day("2025-05-10").advanced(by: Int.random(in: 0..<80, using: &numbers)),
                dimensions: [teams.randomElement(using: &numbers)!, "phone"],
                measures: [7, Int64.random(in: 2...25, using: &numbers)])
        }
        let grain = Bool.random(using: &numbers) ? "month" : nil
        let by = Bool.random(using: &numbers) ? ["team"] : []
        let answer = try QueryContext(
            kpis: EvaluationTests.kpis, sources: [MemoryFacts(layout: layout, facts: facts)],
            basis: .test()
        ).answer(
            QueryRequest(kpis: ["response"], by: by, period: "2025-05..2025-07", grain: grain))
        func people(_ rows: [AnswerRow]) -> Int {
            let missing = rows.map { ($0.key, answer.slices[max(0, $0.slice)].period.days) }
            return Set(
                facts.filter { fact in
                    missing.contains { key, days in
                        (key.isEmpty || key == [fact.dimensions[0]]) && days.contains(fact.day)
                    }
                }.map { $0.measures[1] }
            ).count
        }
        func check(_ total: AnswerRow, _ parts: [AnswerRow]) {
            let missing = parts.filter { $0.figures[0].isWithheld }
            let own = missing.filter { $0.figures[0].reason == .withheld(below: 5) }
            for row in parts {
                let count = people([row])
                let isOwn = row.figures[0].reason == .withheld(below: 5)
                #expect(isOwn == (1..<5).contains(count), "seed \(seed) \(row.key)")
            }
            guard !total.figures[0].isWithheld else { return }
            #expect(!(1..<5).contains(people(missing)), "seed \(seed)")
            if own.count < missing.count { #expect(people(own) < 5, "seed \(seed)") }
        }
        if grain == nil {
            check(answer.total, answer.rows)
        } else {
            let months = by.isEmpty ? answer.rows : Array(answer.totals.dropLast())
            check(answer.total, months)
            for month in months where !by.isEmpty {
                let parts = answer.rows.filter { $0.slice == month.slice }
                check(month, parts)
                // Where a month is held back, its parts do not add up to it either.
                guard month.figures[0].reason == .withheldToProtect(below: 5) else { continue }
                #expect(parts.allSatisfy { $0.figures[0].isWithheld || people([$0]) == 0 })
            }
        }
    }

    @Test("A figure is provisional until the windows that fields open have passed") func windows()
        throws
    {
        var layout = FactLayout(
            projection: "response", version: 1, dimensions: [.init(name: "agent")],
            measures: ["wait", "valid_days"])
        layout.windows = [.init(measure: 1, millisecondsPerUnit: 86_400_000)]
        let facts = [
            PlainFact(day: Day("2025-07-20"), dimensions: ["Ani"], measures: [7, 14]),
            PlainFact(day: Day("2025-07-31"), dimensions: ["Budi Santoso"], measures: [7, nil]),
            PlainFact(day: Day("2025-07-01"), dimensions: ["Citra Dewi"], measures: [nil, 30]),
        ]
        func answer(_ today: String) throws -> Answer {
            try QueryContext(
                kpis: EvaluationTests.kpis, sources: [MemoryFacts(layout: layout, facts: facts)],
                basis: .test(today: today)
            ).answer(QueryRequest(kpis: ["response"], by: ["agent"], period: "2025-07"))
        }
        // The window of 20 July is open through 3 August, that of 1 July passed on the 31st, and what
        // has no days is open for none.
        let open = try answer("2025-08-03")
        #expect(open.rows.map { $0.statuses[0] } == [.provisional, .settled, .settled])
        #expect(open.total.statuses == [.provisional])
        #expect(open.columns[0].openUntil == Day("2025-08-03"))
        let passed = try answer("2025-08-04")
        #expect(passed.rows.map { $0.statuses[0] } == [.settled, .settled, .settled])
        #expect(passed.columns[0].openUntil == nil)
    }

    @Test("An answer says which calendars it counts by, of the measures asked for alone")
    func calendars() throws {
        var layout = FactLayout(
            projection: "response", version: 1,
            dimensions: [.init(name: "agent"), .init(name: "channel")],
            measures: ["wall", "wait"])
        let desk = CalendarVersion(name: "desk", version: 3)
        layout.calendarsOfMeasures = [1: [desk]]
        let context = QueryContext(
            kpis: EvaluationTests.kpis, sources: [MemoryFacts(layout: layout, facts: [])],
            basis: .test())
        let business = try context.answer(
            QueryRequest(kpis: ["response", "response.count"], period: "2025-07"))
        #expect(business.basis.calendars == [desk])
        #expect(business.columns.map(\.calendars) == [[desk], []])
        let wall = try context.answer(QueryRequest(kpis: ["by_phone"], period: "2025-07"))
        #expect(wall.basis.calendars.isEmpty)
    }

    @Test("Measures of different kinds are not counted together") func kinds() throws {
        func source(_ name: String, _ kind: CellLayout.MeasureKind) -> MemoryFacts {
            var layout = FactLayout(
                projection: name, version: 1, dimensions: [.init(name: "channel")],
                measures: ["wait"])
            layout.kinds = [0: kind]
            return MemoryFacts(layout: layout, facts: [])
        }
        func faults(_ kind: CellLayout.MeasureKind) -> [QueryFault] {
            do {
                _ = try QueryContext(
                    kpis: EvaluationTests.kpis,
                    sources: [source("response", .value(.name)), source("volume", kind)],
                    basis: .test()
                ).answer(QueryRequest(kpis: ["together"], period: "2025-07"))
                return []
            } catch { return (error as? QueryFaults)?.faults ?? [] }
        }
        #expect(faults(.value(.name)) == [])
        #expect(
            faults(.value(.subject)) == [
                .differentKinds("response.wait", "volume.wait", kpi: "together")
            ])
    }
}
