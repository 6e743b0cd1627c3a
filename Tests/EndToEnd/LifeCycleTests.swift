import Foundation
import Testing

/// Method: definitions that are changed, taken back, dropped and brought again, as typed; what answers
/// is asked each time.
@Suite("The life of a definition, as typed")
struct LifeCycleTests {
    private static let events =
        (0..<4).map { number in
            """
            {"specversion":"1.0","id":"\(number)","source":"test","type":"ticket.opened",\
            "subject":"ticket/\(number)","time":"2025-09-0\(number + 1)T08:00:00Z",\
            "data":{"channel":"\(number == 0 ? "email" : "whatsapp")","origin":"customer"}}
            """
        }.joined(separator: "\n") + "\n"

    private static func kpi(_ version: Int, _ value: String) -> String {
        """
        kpi: ours
        version: \(version)
        title: Ours
        group: operational
        unit: count
        better: lower
        value: \(value)

        """
    }

    private static func projection(_ version: Int) -> String {
        """
        projection: mine
        version: \(version)
        title: Mine \(version)
        of: ticket
        let:
          opened: {first: ticket.opened}
        fact: opened
        dimensions: {channel: opened.channel}

        """
    }

    private func store() throws -> Command {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        try command.file("events.ndjson", Self.events)
        #expect(try command.run("ingest", "events.ndjson").code == 0)
        return command
    }

    private func answer(_ command: Command) throws -> [String: Any] {
        let result = try command.run("query", "ours", "--period", "2025-09", "--format", "json")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any],
            "\(result)")
    }

    private func value(_ command: Command) throws -> Int? {
        let total = try answer(command)["total"] as? [[String: Any]]
        return total?.last?["value"] as? Int
    }

    /// The versions that were ever in force, from a history in JSON.
    private func history(
        _ command: Command, _ kind: String, _ name: String
    ) throws -> [(act: String, version: Int, isInForce: Bool, reason: String?, by: String?)] {
        let result = try command.run(kind, "history", name, "--format", "json")
        let whole = try #require(
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any],
            "\(result)")
        return (whole["history"] as? [[String: Any]] ?? []).map { row in
            (
                row["act"] as? String ?? "", row["version"] as? Int ?? 0,
                row["in_force"] as? String == "true", row["reason"] as? String,
                row["by"] as? String
            )
        }
    }

    @Test func `A KPI is registered with a reason, taken back twice, dropped and brought again`()
        throws
    {
        let command = try store()
        let formulas = [
            "count(ticket_volume)", "2 * count(ticket_volume)", "0 * count(ticket_volume)",
        ]
        for (place, formula) in formulas.enumerated() {
            try command.file("k\(place + 1).yaml", Self.kpi(place + 1, formula))
            let added = try command.run(
                "kpi", "add", "k\(place + 1).yaml", "--reason", "asked by the board", "--by", "sari"
            )
            #expect(added.code == 0, "\(added)")
        }
        #expect(try value(command) == 0)
        let first = try command.run("kpi", "undo", "ours", "--reason", "not agreed")
        #expect(first.out.contains("ours@2 answers again, in place of ours@3."), "\(first)")
        #expect(try value(command) == 8)
        #expect(try command.run("kpi", "undo", "ours", "--reason", "not at all").code == 0)
        #expect(try value(command) == 4)
        let third = try command.run("kpi", "undo", "ours", "--reason", "once more")
        #expect(third.code == 64 && third.error.contains("before ours@1"), "\(third)")
        // What was taken back comes into force again by its file, where nothing higher is.
        let back = try command.run("kpi", "add", "k3.yaml")
        #expect(back.out.contains("ours@3: it answers from now on, in place of @1"), "\(back)")
        #expect(try value(command) == 0)
        let lower = try command.run("kpi", "add", "k2.yaml")
        #expect(lower.code == 65 && lower.error.contains("ours@3 is in force"), "\(lower)")
        #expect(try command.run("kpi", "drop", "ours@3", "--reason", "no").code == 0)
        #expect(try value(command) == 4)
        let dropped = try command.run("kpi", "drop", "ours@1", "--reason", "wrong")
        #expect(dropped.out.contains("no version of it answers now"), "\(dropped)")
        #expect(try command.run("query", "ours", "--period", "2025-09").code == 64)
        let again = try command.run("kpi", "add", "k1.yaml", "--by", "sari")
        #expect(again.code == 0, "\(again)")
        #expect(try value(command) == 4)
        let history = try history(command, "kpi", "ours")
        #expect(
            history.map(\.act) == [
                "registered", "registered", "registered", "undone", "undone", "retold", "dropped",
                "dropped", "registered",
            ])
        #expect(history.map(\.version) == [1, 2, 3, 2, 1, 3, 3, 1, 1])
        #expect(
            history.map(\.isInForce) == [
                false, false, false, false, false, false, false, false, true,
            ])
        #expect(history[0].reason == "asked by the board" && history[8].by == "sari")
        #expect(try command.run("verify").code == 0)
    }

    @Test func `Promotions are taken back one by one, and never come back by themselves`() throws {
        let command = try store()
        try command.file("ours.yaml", Self.kpi(1, "count(mine)"))
        for version in 1...3 {
            try command.file("p\(version).yaml", Self.projection(version))
            let made = try command.shell(
                """
                rekam projection add p\(version).yaml &&
                rekam projection backfill mine@\(version) &&
                rekam projection promote mine@\(version) --reason try
                """)
            #expect(made.code == 0, "\(made)")
        }
        // Going back by name is a promotion like any other, and is taken back to where it came from.
        #expect(try command.run("projection", "promote", "mine@1", "--reason", "back").code == 0)
        let undone = { (expected: Int?) in
            let result = try command.run(
                "projection", "promote", "mine", "--undo", "--reason", "no")
            guard let expected else {
                #expect(result.code == 64, "\(result)")
                return
            }
            #expect(result.out.contains("mine@\(expected) answers now"), "\(result)")
        }
        try undone(3)
        try undone(2)
        try undone(1)
        try undone(nil)
        let promoted = try history(command, "projection", "mine").filter {
            $0.act == "promoted" || $0.act == "undone"
        }
        #expect(promoted.map(\.version) == [1, 2, 3, 1, 3, 2, 1])
    }

    @Test func `KPIs that are new come with the promotion that they need`() throws {
        let command = try store()
        try command.file("p1.yaml", Self.projection(1) + "---\n" + Self.kpi(1, "count(mine)"))
        let second = Self.projection(2).replacing("channel: opened", with: "way: opened")
        try command.file("p2.yaml", second)
        try command.file("k2.yaml", Self.kpi(2, "2 * count(mine[way=email])"))
        let promoted = try command.shell(
            """
            rekam projection add p1.yaml && rekam projection backfill mine@1 &&
            rekam projection promote mine@1 --reason first && rekam projection add p2.yaml &&
            rekam projection backfill mine@2 &&
            rekam projection promote mine@2 --reason second --with k2.yaml
            """)
        #expect(promoted.code == 0, "\(promoted)")
        #expect(try value(command) == 2)
    }

    @Test func `What was dropped is built again from the same file`() throws {
        let command = try store()
        try command.file("p.yaml", Self.projection(1) + "---\n" + Self.kpi(1, "count(mine)"))
        let up = """
            rekam projection add p.yaml && rekam projection backfill mine@1 &&
            rekam projection promote mine@1 --reason try
            """
        #expect(try command.shell(up).code == 0)
        #expect(try value(command) == 4)
        #expect(
            try command.run("projection", "drop", "mine@1", "--reason", "no", "--yes").code == 0)
        #expect(try command.shell(up).code == 0)
        #expect(try value(command) == 4)
    }

    @Test func `Nothing is dropped or taken back that something in force needs`() throws {
        let command = try store()
        try command.file("k.yaml", Self.kpi(1, "count(ticket_volume)"))
        try command.file(
            "two.yaml", Self.kpi(1, "ours / 2").replacing("kpi: ours", with: "kpi: half"))
        #expect(try command.run("kpi", "add", "k.yaml", "two.yaml").code == 0)
        let kept = try command.run("kpi", "drop", "ours@1", "--reason", "no")
        #expect(kept.code == 65 && kept.error.contains("kpi half@1 needs it."), "\(kept)")
        #expect(try value(command) == 4)
    }

    @Test func `A check gives the verdict of add, for people and for programs`() throws {
        let command = try store()
        try command.shell("mkdir defs")
        try command.file("defs/a.yaml", Self.kpi(1, "count(ticket_volume[channel=watsapp])"))
        try command.file("defs/b.yml", Self.projection(1))
        let text = try command.run("kpi", "check", "defs")
        #expect(
            text.code == 0
                && text.out.contains(
                    #"ours asks for channel "watsapp", which nothing has. Did you mean whatsapp?"#),
            "\(text)")
        let json = try command.run("scorecard", "check", "defs", "--format", "json")
        let verdict = try #require(
            try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        #expect(verdict["holds"] as? Bool == true)
        let definitions = verdict["definitions"] as? [[String: Any]] ?? []
        #expect(definitions.map { $0["state"] as? String } == ["new", "new"])
        #expect(definitions.map { $0["file"] as? String } == ["defs/a.yaml", "defs/b.yml"])
        // What is wrong stands in its place, and nothing was recorded by any of it.
        try command.file("wrong.yaml", Self.kpi(1, "count(ticket_volume[chanel=email])"))
        let wrong = try command.run("kpi", "check", "wrong.yaml", "defs", "--format", "json")
        #expect(wrong.code == 65 && wrong.error.isEmpty, "\(wrong)")
        let refused = try #require(
            try JSONSerialization.jsonObject(with: Data(wrong.out.utf8)) as? [String: Any])
        let faults = refused["faults"] as? [[String: Any]] ?? []
        #expect(
            faults.contains { $0["file"] as? String == "wrong.yaml" && $0["line"] as? Int == 7 })
        #expect(try command.run("query", "ours", "--period", "2025-09").code == 64)
        #expect(try command.run("kpi", "add", "defs").code == 0)
        #expect(try value(command) == 0)
        let doubts = try answer(command)["doubts"] as? [[String: Any]]
        #expect(doubts?.first?["nearest"] as? String == "whatsapp")
    }

    @Test func `A text comes back as it was registered`() throws {
        let command = try store()
        try command.file("k.yaml", Self.kpi(1, "count(ticket_volume)"))
        #expect(try command.run("kpi", "add", "k.yaml").code == 0)
        let shown = try command.run("kpi", "show", "ours", "--yaml")
        #expect(shown.out == Self.kpi(1, "count(ticket_volume)"))
        try command.file("again.yaml", shown.out)
        #expect(try command.run("kpi", "add", "again.yaml").out.contains("registered already"))
        for (kind, name) in [
            ("projection", "resolution"), ("scorecard", "cs_agent"), ("calendar", "indonesia"),
        ] {
            let text = try command.run(kind, "show", name, "--yaml")
            #expect(text.out.contains("\(kind): \(name)\n"), "\(text)")
        }
    }

    @Test func `Two scorecards that set different targets are named, and no target is shown`()
        throws
    {
        let command = try store()
        try command.file(
            "cards.yaml",
            """
            scorecard: agents_two
            version: 1
            title: Second
            scope: agent
            grain: month
            objectives: {good: Good}
            rows:
              - {kpi: csat, weight: 100, target: {min: 60}, from: 2025-01, review: 2025-06, serves: good}

            """)
        let added = try command.run("scorecard", "add", "cards.yaml")
        #expect(
            added.code == 0
                && added.out.contains(
                    "csat: answers show no target, for agents_two and cs_agent set different ones."),
            "\(added)")
        let asked = try command.run(
            "query", "csat", "--by", "agent", "--period", "2025-09", "--format", "json")
        let whole = try #require(
            try JSONSerialization.jsonObject(with: Data(asked.out.utf8)) as? [String: Any])
        #expect((whole["rows"] as? [[String: Any]])?.isEmpty == true)
        let drop = try command.run("scorecard", "drop", "agents_two@1", "--reason", "one is enough")
        #expect(drop.code == 0, "\(drop)")
    }

    @Test func `A target without an end counts on, and says when it should have been reviewed`()
        throws
    {
        let command = try store()
        command.environment["REKAM_NOW"] = "2031-03-01T00:00:00Z"
        try command.file(
            "late.ndjson",
            Self.events.replacing("2025-09", with: "2031-02").replacing(
                #""id":""#, with: #""id":"later"#
            ).replacing("ticket/", with: "ticket/later"))
        #expect(try command.run("ingest", "late.ndjson").code == 0)
        let card = try command.run("scorecard", "cs_company", "--period", "2031-02")
        #expect(
            card.code == 0 && card.out.contains("was to be reviewed by 31 December 2026"), "\(card)"
        )
        let query = try command.run("query", "csat", "--period", "2031-02", "--format", "json")
        #expect(
            query.out.contains(#""kind": "review_due", "kpi": "csat", "scorecard": "cs_company""#),
            "\(query)")
        #expect(query.out.contains(#""target": {"min": 85}"#), "\(query)")
    }
}
