import Definitions
import EventModel
import Projections
import Testing

@testable import Querying

/// Method: facts in memory; what an answer rests on, and until when it may change.
@Suite("Answers: what they rest on and leave open")
struct AnswerBasisTests {
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
            try MemoryState(
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
        let context = MemoryState(
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
                _ = try MemoryState(
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
