import Definitions
import EventModel
import Testing

@testable import Querying

@Suite("One question by several splits, beside each of them asked by itself")
struct SplitTests {
    /// Counts how often rows are lent.
    private final class CountedFacts: FactSource {
        let base: any FactSource
        private(set) var scans = 0

        init(_ base: any FactSource) { self.base = base }

        var layout: FactLayout { base.layout }
        func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
            scans += 1
            try base.scan(days: days, body)
        }
        func text(ofDimension index: Int, id: UInt32) throws -> String {
            try base.text(ofDimension: index, id: id)
        }
        func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
            try base.ids(ofDimension: index, text: text)
        }
    }

    private static let projections = ["volume", "backlog", "response", "customers"]
    private static let splits = [[], ["agent"], ["channel"], ["channel", "agent"]]

    /// What an answer says.
    private func said(_ answer: Result<Answer, any Error>) -> [String] {
        do {
            let answer = try answer.get()
            return (answer.rows + answer.totals).map { "\($0)" } + answer.columns.map { "\($0)" }
                + ["\(answer.dimensions)", "\(answer.otherDimensions)", "\(answer.slices)"]
        } catch { return ["\(error)"] }
    }

    @Test("Each says the same, figure by figure", arguments: UInt64(1)...30)
    func same(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let world = EvaluationTests.World(seed: seed)
        let state = MemoryState(
            kpis: EvaluationTests.kpis,
            sources: Self.projections.map { world.source($0, seed: seed) }, basis: .test())
        let names = EvaluationTests.kpis.flatMap { kpi in
            [kpi.name] + kpi.statistics.map { kpi.name + "." + $0.name }
        }
        var request = QueryRequest(
            kpis: Array(names.shuffled(using: &numbers).prefix(3)),
            filters: Bool.random(using: &numbers) ? [("channel", "email")] : [],
            period: "2025-06..2025-07",
            grain: [nil, "week", "month"].randomElement(using: &numbers)!,
            compare: [nil, "previous"].randomElement(using: &numbers)!)
        let together = state.answers(request, by: Self.splits)
        for (split, answer) in zip(Self.splits, together) {
            request.by = split
            let alone = state.answers(request, by: [split])[0]
            #expect(said(answer) == said(alone), "seed \(seed): \(request.kpis) by \(split)")
        }
    }

    @Test("A projection is read once for all of them") func once() throws {
        let world = EvaluationTests.World(seed: 1)
        let source = CountedFacts(world.source("volume", seed: 1))
        let kpi = try #require(
            EvaluationTests.kpis.first { $0.projections == ["volume"] && $0.kpis.isEmpty })
        let state = MemoryState(kpis: [kpi], sources: [source], basis: .test())
        let request = QueryRequest(kpis: [kpi.name], period: "2025-07", grain: "month")
        for answer in state.answers(request, by: Self.splits) { _ = try answer.get() }
        #expect(source.scans == 1)
    }

    @Test("A dimension that one of them lacks leaves the others as they are") func missing() throws
    {
        let world = EvaluationTests.World(seed: 2)
        let state = MemoryState(
            kpis: EvaluationTests.kpis,
            sources: Self.projections.map { world.source($0, seed: 2) }, basis: .test())
        let name = try #require(state.kpiNames.first)
        let request = QueryRequest(kpis: [name], period: "2025-07")
        let answers = state.answers(request, by: [[], ["nowhere"]])
        #expect(try answers[0].get().rows.count == 1)
        #expect(throws: QueryFaults.self) { try answers[1].get() }
    }
}
