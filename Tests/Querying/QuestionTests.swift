import Definitions
import EventModel
import Testing

@testable import Querying

@Suite("Questions: what they name, and every way it can be wrong")
struct QuestionTests {
    private var context: any AskedState {
        let response = MemoryFacts(
            layout: FactLayout(
                projection: "first_response", version: 1,
                dimensions: [.init(name: "agent"), .init(name: "team"), .init(name: "channel")],
                measures: ["wait"]),
            facts: [
                ("Budi Santoso", "north"), ("Budiman Adi", "south"), ("Citra Dewi", "north"),
                ("", "north"),
            ].map {
                PlainFact(
                    day: Day("2025-07-01"), dimensions: [$0.0, $0.1, "email"], measures: [1000])
            })
        let survey = MemoryFacts(
            layout: FactLayout(
                projection: "csat", version: 1, dimensions: [.init(name: "agent")],
                measures: ["good"]),
            facts: [
                PlainFact(day: Day("2025-07-01"), dimensions: ["Budi Santoso"], measures: [1])
            ])
        return MemoryState(
            kpis: [
                KPIDefinition(
                    test: "first_response_time", unit: .duration,
                    .over(.mean, "first_response", "wait"),
                    statistics: [("p90", .over(.percentile(90), "first_response", "wait"))]),
                KPIDefinition(test: "csat", .over(.count, "csat", "good")),
                KPIDefinition(test: "lost", .over(.count, "gone")),
                KPIDefinition(test: "wrong", .over(.sum, "csat", "score")),
                KPIDefinition(test: "loop", .kpi("loop")),
                KPIDefinition(test: "stocked", .over(.stock, "csat")),
            ], sources: [response, survey], basis: .test())
    }

    private func messages(_ request: QueryRequest) -> [String] {
        do {
            _ = try context.answer(request)
            return []
        } catch let faults as QueryFaults {
            return faults.faults.map(\.description)
        } catch { return ["\(error)"] }
    }

    @Test("All that is wrong is said at once, with the nearest word") func collected() throws {
        let request = QueryRequest(kpis: ["frt"], by: ["agnt"], period: "2025")
        #expect(try context.faults(of: request).map(\.description) == messages(request))
        #expect(
            messages(request) == [
                "no KPI is called \"frt\". Did you mean first_response_time? `rekam kpi list` "
                    + "shows all 6.",
                "no dimension is called \"agnt\". Did you mean agent?",
            ])
    }

    @Test(
        "Each mistake has its sentence",
        arguments: [
            (
                QueryRequest(kpis: [], period: "2025"),
                "which KPI? `rekam kpi list` shows all."
            ),
            (
                QueryRequest(kpis: ["zzz"], period: "2025"),
                "no KPI is called \"zzz\". `rekam kpi list` shows all 6."
            ),
            (
                QueryRequest(kpis: ["first_response_time.p9"], period: "2025"),
                "first_response_time has no statistic \"p9\". Did you mean p90? It has p90."
            ),
            (
                QueryRequest(kpis: ["csat.p90"], period: "2025"),
                "csat has no statistic \"p90\". It has none."
            ),
            (
                QueryRequest(kpis: ["csat"], by: ["team"], period: "2025"),
                "csat has no dimension \"team\". It has agent."
            ),
            (
                QueryRequest(kpis: ["csat"], by: ["colour"], period: "2025"),
                "no dimension is called \"colour\". There are agent, team and channel."
            ),
            (
                QueryRequest(kpis: ["lost"], period: "2025"),
                "lost needs the projection gone, which does not answer yet: rekam projection status gone"
            ),
            (
                QueryRequest(kpis: ["wrong"], period: "2025"),
                "wrong needs the measure csat.score, which version 1 of csat does not have."
            ),
            (
                QueryRequest(kpis: ["loop"], period: "2025"),
                "the formula of loop leads back to itself."
            ),
            (
                QueryRequest(kpis: ["stocked"], period: "2025"),
                "stocked asks for the stock of csat, which keeps facts, not flows."
            ),
            (
                QueryRequest(
                    kpis: ["first_response_time"], filters: [("agent", "bud")], period: "2025"),
                "agent \"bud\" could be Budi Santoso or Budiman Adi. Type more of the name."
            ),
            (
                QueryRequest(
                    kpis: ["first_response_time"], filters: [("agent", "Sitra")], period: "2025"),
                "no agent is called \"Sitra\". Did you mean Citra Dewi?"
            ),
            (
                QueryRequest(
                    kpis: ["first_response_time"], filters: [("agent", "\u{1B}[31mx")],
                    period: "2025"),
                "no agent is called \"␛[31mx\". `--by agent` shows all."
            ),
            (
                QueryRequest(
                    kpis: ["csat"], by: ["agent"], period: "0001..9999", grain: "day"),
                "the answer would have more than 1000000 rows. Ask for a coarser --grain, a shorter "
                    + "--period or fewer dimensions."
            ),
        ])
    func mistakes(request: QueryRequest, message: String) {
        #expect(messages(request) == [message])
    }

    @Test("A name of the log that is no agent's is told") func strangers() {
        let request = QueryRequest(
            kpis: ["first_response_time"], filters: [("agent", "email")], period: "2025")
        let message = "no agent is called \"email\": the log has that name, but of no agent."
        #expect(messages(request) == [message + " `--by agent` shows all."])
    }

    @Test(
        "A name may be cut short where that leaves one",
        arguments: [
            ("Budi Santoso", "Budi Santoso"), ("budi santoso", "Budi Santoso"),
            ("santoso", "Budi Santoso"), ("budim", "Budiman Adi"), ("b sant", "Budi Santoso"),
            ("citra", "Citra Dewi"), ("CITRA DEWI", "Citra Dewi"), ("–", ""),
        ])
    func shortNames(typed: String, meant: String) throws {
        let answer = try context.answer(
            QueryRequest(
                kpis: ["first_response_time"], filters: [("agent", typed)], period: "2025-07"))
        #expect(answer.filters.map(\.values) == [[meant]])
        #expect(answer.total.figures[0].count == 1)
    }

    @Test("A name that occurs, but not in the period, gives an empty answer") func elsewhere()
        throws
    {
        let answer = try context.answer(
            QueryRequest(
                kpis: ["first_response_time"], by: ["agent"], filters: [("agent", "citra")],
                period: "2024"))
        #expect(answer.rows.isEmpty)
        #expect(answer.total.figures[0].reason == .nothing)
    }

    @Test("Rows come by name, nobody last; all together are apart") func order() throws {
        let answer = try context.answer(
            QueryRequest(
                kpis: ["first_response_time.p90", "first_response_time"], by: ["agent", "agent"],
                period: "2025-07"))
        #expect(
            answer.rows.map(\.key) == [["Budi Santoso"], ["Budiman Adi"], ["Citra Dewi"], [""]])
        #expect(answer.totals.count == 1)
        #expect(answer.total.figures.map(\.count) == [4, 4])
    }
}
