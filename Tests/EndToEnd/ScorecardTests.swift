import Foundation
import Testing

/// Method: the command as it is typed, in a small store whose figures are worked out by hand, and in a
/// generated one that tools/oracle/scorecard.py computes a second time.
@Suite("Scorecards, as typed")
struct ScorecardTests {
    private static let python = ProcessInfo.processInfo.environment["REKAM_PYTHON"] ?? "python3"

    private static func event(
        _ id: Int, _ type: String, _ subject: String, _ time: String, _ data: String
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"desk","type":"\(type)","subject":"\(subject)",\
        "time":"\(time)","data":{\(data)}}

        """
    }

    /// Survey answers of an agent: one customer each.
    private static func answers(_ scores: [(String, Int)], _ agent: String, from id: Int) -> String
    {
        scores.enumerated().map { index, item in
            event(
                id + index, "survey.answered", "customer/\(agent)-\(index)", "\(item.0)T05:00:00Z",
                #""survey":"s","kind":"csat","score":\#(item.1),"scale_minimum":1,"#
                    + #""scale_maximum":5,"agent":"\#(agent)""#)
        }.joined()
    }

    private static let scorecards = """
        scorecard: sales_agent
        version: 1
        title: {en: Sales agent, id: Agen penjualan}
        scope: agent
        where: {agent.department: Sales}
        grain: month
        objectives: {happy: Happy customers}
        rows:
          - {kpi: csat, weight: 60, target: {min: 80}, from: 2025-01, to: 2025-12, serves: happy}
          - {kpi: csat.count, weight: 30, target: {min: 62}, from: 2025-01, to: 2025-12, cap: none, serves: happy}
          - {kpi: quality_score, weight: 10, target: {min: 85}, from: 2025-01, to: 2025-12, serves: happy}
        """

    @Test("Who moves within the month is scored on the days in scope, by hand") func moved() throws
    {
        let command = try Command()
        // Budi is in Sales from 1 to 15 July (Jakarta), then in Service.
        var text = Self.event(
            1, "agent.profile_set", "agent/budi", "2025-01-01T00:00:00Z",
            #""name":"Budi Santoso","department":"Sales""#)
        text += Self.event(
            2, "agent.profile_set", "agent/budi", "2025-07-15T18:00:00Z",
            #""department":"Service""#)
        text += Self.answers(
            [("2025-07-03", 5), ("2025-07-10", 4), ("2025-07-15", 1), ("2025-07-16", 1)], "budi",
            from: 10)
        try text.write(
            to: command.folder.appending(path: "events.ndjson"), atomically: true, encoding: .utf8)
        try Self.scorecards.write(
            to: command.folder.appending(path: "cards.yaml"), atomically: true, encoding: .utf8)
        let result = try command.shell(
            """
            export REKAM_NOW=2025-08-20T00:00:00Z
            rekam init --time-zone Asia/Jakarta > /dev/null && rekam ingest events.ndjson > /dev/null &&
            rekam scorecard add cards.yaml > /dev/null &&
            rekam scorecard sales_agent --agent budi --period 2025-07 --format json
            """)
        #expect(result.code == 0, "\(result)")
        // 15 of 31 days: two of three answers satisfied, 66.67 % of 80 is 83.33 %; 3 answers of
        // 62 × 15/31 = 30 are 10 %. Quality has no data, so 60 and 30 count as 66.67 and 33.33.
        for piece in [
            #""value": 66.666667"#, #""attainment": 83.333333"#, #""target": {"min": 30}"#,
            #""attainment": 10,"#, #""counted_weight": 66.666667"#, #""score": 55.555556"#,
            #""score": 3.333333"#, #""total": 58.888889"#, #""days": 15, "of_days": 31"#,
            #""agent.name": "Budi Santoso""#,
        ] { #expect(result.out.contains(piece), "\(piece) in \(result.out)") }
        let table = try command.shell(
            "rekam scorecard sales_agent --agent budi --period 2025-07 --lang id")
        for piece in ["Bobot", "Target", "Realisasi", "Skor", "15 dari 31 hari", "58,9"] {
            #expect(table.out.contains(piece), "\(piece) in \(table.out)")
        }
    }

    @Test("What is wrong with a scorecard, a KPI or a question is said, and nothing is recorded")
    func refusals() throws {
        let command = try Command()
        try Self.scorecards.replacing("weight: 60", with: "weight: 50").write(
            to: command.folder.appending(path: "wrong.yaml"), atomically: true, encoding: .utf8)
        try Self.scorecards.write(
            to: command.folder.appending(path: "cards.yaml"), atomically: true, encoding: .utf8)
        try """
        kpi: csat
        version: 2
        title: Satisfaction
        group: organizational
        unit: percent
        better: higher
        value: 100 * count(csat.satisfied) / count(csat)
        """.write(
            to: command.folder.appending(path: "kpi.yaml"), atomically: true, encoding: .utf8)
        let result = try command.shell(
            """
            exec 2>&1
            rekam init > /dev/null
            rekam scorecard add wrong.yaml; echo "code $?"
            rekam scorecard add cards.yaml | head -1
            rekam scorecard add cards.yaml | head -1
            sed -i 's/weight: 60/weight: 55/; s/weight: 10/weight: 15/' cards.yaml
            rekam scorecard add cards.yaml; echo "code $?"
            rekam kpi add kpi.yaml; echo "code $?"
            rekam scorecard sales_agnt --agent x --period 2025-07; echo "code $?"
            rekam scorecard sales_agent --period 2025-07; echo "code $?"
            rekam scorecard cs_company --by agent --period 2025-07; echo "code $?"
            rekam scorecard sales_agent --by agent --period 2030-07; echo "code $?"
            """)
        #expect(
            result.out == """
                Error: wrong.yaml:8:1: the weights from 2025-01-01 to 2025-12-31 total 90 %; expected 100 %.
                code 65
                Registered scorecard sales_agent@1.
                All of it is registered already.
                Error: cards.yaml:1:1: scorecard sales_agent@1 is registered with another meaning; expected version: 2.
                code 65
                Error: scorecard sales_agent@1:10:11: what is registered already would no longer hold: csat has no statistic "count".
                code 65
                Error: no scorecard is called "sales_agnt". Did you mean sales_agent? There are cs_agent, cs_company, cs_department, cs_team and sales_agent.
                code 64
                Error: sales_agent is about one agent. Say which: --agent NAME, or --by agent for a ranking.
                code 64
                Error: cs_company is about the company: there is nothing to rank.
                code 64
                Error: no row of sales_agent counts in 2030-07: they run from 2025-01-01 to 2025-12-31.
                code 64

                """)
    }

    @Test("Every shipped scorecard as people see it, in both languages, kept in Tests/Golden")
    func tables() throws {
        let command = try Command()
        let made = try command.shell(
            """
            export REKAM_NOW=2026-02-01T00:00:00Z
            rekam init --time-zone Asia/Jakarta > /dev/null &&
            rekam generate --events 15000 --seed 5 > events.ndjson &&
            rekam ingest events.ndjson > /dev/null
            """)
        try #require(made.code == 0, "\(made)")
        func first(_ dimension: String) throws -> String {
            let found = try command.shell(
                "rekam query replies_sent --by \(dimension) --period 2025-07 --format csv")
            let cells = found.out.split(separator: "\r\n").dropFirst().first?.split(separator: ",")
            return String(try #require(cells, "\(found)")[2])
        }
        let scopes = [
            ("cs_agent", "--agent '\(try first("agent"))'"),
            ("cs_team", "--team '\(try first("team"))'"),
            ("cs_department", "--by department"), ("cs_company", ""),
        ]
        for (name, scope) in scopes {
            for language in ["en", "id"] {
                let shown = try command.shell(
                    "rekam scorecard \(name) \(scope) --period 2025-07 --lang \(language)")
                #expect(shown.code == 0, "\(shown)")
                // The root follows from the machine's time zone rules, too.
                let root = /(root|akar) [0-9a-f]{6}…/
                let text = shown.out.replacing(root) { "\($0.1) ……" }
                let url = Command.root.appending(path: "Tests/Golden/\(name).\(language).txt")
                if ProcessInfo.processInfo.environment["REKAM_GOLDEN"] == "write" {
                    try Data(text.utf8).write(to: url)
                }
                let expected = try? String(contentsOf: url, encoding: .utf8)
                #expect(text == expected, "differs from Tests/Golden/\(name).\(language).txt")
            }
        }
    }

    @Test("Agents and departments of a generated year agree with Python's fractions") func oracle()
        throws
    {
        let command = try Command()
        let oracle = Command.root.appending(path: "tools/oracle/scorecard.py").path
        let result = try command.shell(
            """
            rekam init --time-zone Asia/Jakarta > /dev/null
            rekam generate --events 40000 --seed 3 > events.ndjson
            rekam ingest events.ndjson > /dev/null || exit 1
            \(Self.python) -B \(oracle) events.ndjson --store store --rekam \(Command.binary)
            """)
        #expect(result.code == 0, "\(result)")
    }
}
