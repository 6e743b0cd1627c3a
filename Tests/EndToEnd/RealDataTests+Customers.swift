import Foundation
import Testing

/// Calls, survey answers and customers; see the suite for the method.
extension RealDataTests {
    @Test("The call centre's 5,000 calls answer as they are counted, in all and by each dimension")
    func calls() throws {
        let store = try RealStore(.calls)
        let given = store.given
        #expect(store.ingested["lines"] == given["calls"])
        try store.expectAnswers()

        let (speed, talk) = ("average_speed_of_answer", "average_handle_time")
        let kpis = [
            "calls_offered", "calls_offered.answered", "calls_offered.abandoned",
            "abandonment_rate",
            "calls_resolved", "call_resolution_rate", speed, "\(talk).talk", "csat",
            "csat.mean_score", "service_level.answered_in_time",
        ]
        let total = try store.query(
            kpis
                + [speed, talk].flatMap { kpi in
                    ["p50", "p90", "max", "min"].map { "\(kpi).\($0)" }
                }
        ).compactMapValues { $0[""] }
        for (kpi, name) in [
            "calls_offered": "calls", "calls_offered.answered": "answered",
            "calls_offered.abandoned": "abandoned", "calls_resolved": "resolved",
            "service_level.answered_in_time": "answered_within_20s",
        ] {
            #expect(total[kpi]?.value == given[name].number, "\(kpi)")
        }
        for (kpi, name) in [
            "abandonment_rate": "abandon_rate", "csat": "csat_top2_share",
            "call_resolution_rate": "fcr_resolved_over_answered",
        ] {
            let rate = total[kpi]
            #expect(rate?.rounds(to: given[name], decimals: 6, unit: 100) == true, "\(kpi)")
        }
        for (kpi, name) in [(speed, "speed_of_answer_seconds"), (talk, "talk_seconds")] {
            let figures = given[name]
            // Interpolated or not, median and p90 fall on the same second in this file.
            for (statistic, name) in [
                "p50": "median", "p90": "p90_linear", "max": "max", "min": "min",
            ] {
                let value = total["\(kpi).\(statistic)"]?.value
                #expect(value == figures[name].number, "\(kpi) \(statistic)")
            }
            let mean = total[kpi] ?? total["\(kpi).talk"]
            #expect(mean?.rounds(to: figures["mean"], decimals: 4) == true)
            #expect(mean?.numerator == figures["sum"].number && mean?.count == figures["n"].number)
        }
        #expect(total["csat.mean_score"]?.numerator == given["csat_1_5", "sum"].number)
        #expect(
            total["csat.mean_score"]?.rounds(to: given["csat_1_5", "mean"], decimals: 4) == true)

        let agents = try store.query(kpis, by: "agent")
        #expect(agents["calls_offered"]?.count == given["agents"].elements.count)
        for (agent, figures) in given["per_agent"].members {
            for (kpi, name) in [
                "calls_offered": "calls", "calls_offered.answered": "answered",
                "calls_resolved": "resolved",
            ] {
                #expect(agents[kpi]?[agent]?.value == figures[name].number, "\(agent) \(kpi)")
            }
            for (kpi, name) in [
                "csat.mean_score": "csat_mean", speed: "asa", "\(talk).talk": "aht_talk",
            ] {
                let mean = agents[kpi]?[agent]
                #expect(mean?.rounds(to: figures[name], decimals: 6) == true, "\(agent) \(kpi)")
            }
        }
        for (by, name) in ["month": "per_month", "category": "topics"] {
            let offered = try store.query(["calls_offered"], by: by)["calls_offered"] ?? [:]
            #expect(
                offered.compactMapValues(\.value) == given[name].members.compactMapValues(\.number))
        }
        try store.expectNothingNew()
    }

    @Test("The bank's 5,000 survey answers give the score that is counted, by market and quarter")
    func nps() throws {
        let store = try RealStore(.nps)
        let given = store.given
        #expect(store.ingested["lines"] == given["rows"])
        try store.expectAnswers()

        let total = try store.query(["nps", "nps.promoters", "nps.passives", "nps.detractors"])
        #expect(total["nps"]?[""]?.value == given["nps"].number)
        for name in ["promoters", "passives", "detractors"] {
            #expect(total["nps.\(name)"]?[""]?.value == given[name].number)
        }
        let markets = try store.query(["nps"], by: "team")["nps"] ?? [:]
        #expect(markets.count == given["by_market"].members.count)
        for (market, figures) in given["by_market"].members {
            #expect(markets[market]?.count == figures["n"].number)
            #expect(markets[market]?.value == figures["nps"].number)
        }
        let quarters = try store.query(["nps"], by: "quarter")["nps"] ?? [:]
        for (quarter, score) in given["by_quarter"].members {
            #expect(quarters["2021-Q\(quarter)"]?.value == score.number)
        }
        try store.expectNothingNew()
    }

    @Test("The telephone company's 1,869 lost customers are those counted, by plan and segment")
    func telco() throws {
        let store = try RealStore(.telco)
        let given = store.given
        #expect(store.ingested["lines"] == given["rows"])
        try store.expectAnswers()

        let kpi = "churned_customers"
        #expect(try store.query([kpi])[kpi]?[""]?.value == given["churned"].number)
        let plans = try store.query([kpi], by: "plan")[kpi] ?? [:]
        for (plan, figures) in given["by_contract"].members {
            #expect(plans[plan]?.value == figures[1].number)
        }
        // No KPI counts customers or revenue; the script does, and agrees with what is given.
        let counted = store.counted["total"]
        #expect(counted["customers"] == given["rows"])
        #expect(counted["tenure_months"] == given["tenure", "sum"])
        #expect(
            counted["monthly_cents"].number == given["monthly_charges_sum"].number.map { $0 * 100 })
        #expect(
            counted["churned_monthly_cents"].number
                == given["churned_monthly_charges_sum"].number.map { $0 * 100 })
        try store.expectNothingNew()
    }
}
