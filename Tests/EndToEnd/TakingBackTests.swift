import Foundation
import Testing

/// Method: definitions that use each other in ladders, come and go together, or are named by events, as
/// typed; what answers and what is said is asked each time.
@Suite("Definitions that hang together, as typed")
struct TakingBackTests {
    private static func event(
        _ id: String, _ type: String, _ minute: Int, _ data: String
    ) -> String {
        let time = String(minute).count < 2 ? "0\(minute)" : "\(minute)"
        return """
            {"specversion":"1.0","id":"\(id)","source":"test","type":"\(type)","subject":"ticket/1",\
            "time":"2025-09-06T08:\(time):00Z","data":{\(data)}}

            """
    }

    /// A ticket of a Saturday, promised by a calendar that not everybody has.
    private static let events =
        event("1", "ticket.opened", 0, #""channel":"email","origin":"customer""#)
        + event(
            "2", "sla.applied", 1,
            #""metric":"first_response","target_milliseconds":600000,"calendar":"night""#)
        + event(
            "3", "message.posted", 30,
            #""direction":"out","visibility":"public","actor_kind":"agent","actor":"budi""#)

    private static func kpi(_ name: String, _ version: Int, _ value: String) -> String {
        """
        kpi: \(name)
        version: \(version)
        title: Ours
        group: operational
        unit: count
        better: lower
        value: \(value)

        """
    }

    private func store() throws -> Command {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        try command.file("events.ndjson", Self.events)
        #expect(try command.run("ingest", "events.ndjson").code == 0)
        return command
    }

    private func value(_ command: Command, _ name: String) throws -> Int? {
        let result = try command.run("query", name, "--period", "2025-09", "--format", "json")
        let whole =
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        return (whole?["total"] as? [[String: Any]])?.last?["value"] as? Int
    }

    @Test func `A ladder of KPIs takes as long as it has rungs`() throws {
        let command = try store()
        var text = Self.kpi("e0", 1, "count(ticket_volume)")
        for rung in 1...40 {
            text += "---\n" + Self.kpi("e\(rung)", 1, "e\(rung - 1) + e\(rung - 1)")
        }
        // Products double how a value grows with time at every rung.
        for rung in 1...63 {
            let below = rung == 1 ? "e0" : "f\(rung - 1)"
            text += "---\n" + Self.kpi("f\(rung)", 1, "\(below) * \(below)")
        }
        try command.file("ladder.yaml", text)
        #expect(try command.run("kpi", "check", "ladder.yaml").code == 0)
        #expect(try command.run("kpi", "add", "ladder.yaml").code == 0)
        #expect(try value(command, "e40") == 1 << 40)
        #expect(try value(command, "f63") == 1)
        let explained = try command.run("explain", "e40", "--period", "2025-09")
        #expect(explained.code == 0, "\(explained)")
        let shown = try command.run("kpi", "show", "e40", "--format", "json")
        #expect(shown.code == 0 && shown.out.contains("ticket_volume"), "\(shown)")
    }

    @Test func `Any version is shown, of KPIs, scorecards and calendars as of projections`() throws
    {
        let command = try store()
        try command.file("one.yaml", Self.kpi("ours", 1, "count(ticket_volume)"))
        try command.file("two.yaml", Self.kpi("ours", 2, "2 * count(ticket_volume)"))
        #expect(try command.run("kpi", "add", "one.yaml").code == 0)
        #expect(try command.run("kpi", "add", "two.yaml").code == 0)
        let first = try command.run("kpi", "show", "ours@1", "--format", "json")
        let second = try command.run("kpi", "show", "ours@2", "--format", "json")
        #expect(first.code == 0 && first.out.contains(#""version": 1"#), "\(first)")
        #expect(second.out == (try command.run("kpi", "show", "ours", "--format", "json").out))
        #expect(first.out != second.out)
        let missing = try command.run("kpi", "show", "ours@3")
        #expect(
            missing.code == 64 && missing.error.contains("registered: ours@1, ours@2"),
            "\(missing)")
        for (kind, name) in [("scorecard", "cs_agent"), ("calendar", "indonesia")] {
            let shown = try command.run(kind, "show", "\(name)@1")
            #expect(shown.code == 0, "\(shown)")
            #expect(shown.out == (try command.run(kind, "show", name).out))
        }
        #expect(try command.run("kpi", "drop", "ours@2", "--reason", "no").code == 0)
        #expect(try command.run("kpi", "drop", "ours@1", "--reason", "no").code == 0)
        let gone = try command.run("kpi", "show", "ours")
        #expect(gone.code == 64 && gone.error.contains("rekam kpi history ours"), "\(gone)")
        #expect(try command.run("kpi", "show", "ours@2").code == 0)
    }

    @Test func `A diff says what another version says and moves, through other KPIs too`() throws {
        let command = try store()
        try command.file(
            "one.yaml",
            Self.kpi("base", 1, "count(ticket_volume)") + "---\n" + Self.kpi("mid", 1, "base + 0")
                + "---\n" + Self.kpi("top", 1, "mid + 0"))
        #expect(try command.run("kpi", "add", "one.yaml").code == 0)
        let before = try command.shell(
            "rekam status --format json | grep -o '\"entries\": *[0-9]*'")
        let count = before.out.filter(\.isNumber)
        try command.file("two.yaml", Self.kpi("base", 2, "3 * count(ticket_volume)"))
        #expect(try command.run("kpi", "add", "two.yaml").code == 0)
        let diff = try command.run("kpi", "diff", "base@1", "base@2", "--period", "2025-09")
        #expect(diff.code == 0, "\(diff)")
        #expect(
            diff.out.contains("  − ") && diff.out.contains("  + ") && diff.out.contains("top"),
            "\(diff)")
        let json = try command.run(
            "kpi", "diff", "base@1", "--period", "2025-09", "--format", "json")
        #expect(json.code == 0, "\(json)")
        let whole = try #require(
            try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        let figures = whole["figures"] as? [[String: Any]] ?? []
        #expect(Set(figures.compactMap { $0["kpi"] as? String }) == ["base", "mid", "top"])
        #expect(whole["old"] as? String == "base@2" && whole["new"] as? String == "base@1")
        // The log's own comparison names the definition where it is used through another.
        let since = try command.run(
            "diff", "top", "--period", "2025-09", "--as-of", count, "--format", "json")
        #expect(since.out.contains("kpi base@2"), "\(since)")
        let same = try command.run("kpi", "diff", "base", "--period", "2025-09")
        #expect(same.code == 64 && same.error.contains("but itself"), "\(same)")
        // A calendar moves what is measured by it, and nothing else.
        try command.file(
            "cal.yaml",
            """
            calendar: always_open
            version: 2
            title: Always open
            zone: UTC
            week: {monday: 08:00-12:00}

            """)
        #expect(try command.run("calendar", "use", "always_open", "--reason", "test").code == 0)
        #expect(try command.run("calendar", "add", "cal.yaml").code == 0)
        let calendars = try command.run(
            "calendar", "diff", "always_open@1", "--period", "2025-09", "--format", "json")
        #expect(
            calendars.code == 0 && calendars.out.contains(#""kpi":"first_response_time_business""#)
                && !calendars.out.contains(#""kpi":"csat""#), "\(calendars)")
        let cards = try command.run(
            "scorecard", "diff", "cs_agent@1", "--period", "2025-09")
        #expect(cards.code == 64, "\(cards)")
    }

    @Test func `What was added together is taken back together`() throws {
        let command = try store()
        try command.file(
            "one.yaml",
            Self.kpi("ours", 1, "count(ticket_volume)") + "---\n" + Self.kpi("half", 1, "ours / 2"))
        // The second version of one uses what is new.
        try command.file(
            "two.yaml",
            Self.kpi("ours", 2, "count(ticket_volume) + count(ticket_volume)") + "---\n"
                + Self.kpi("half", 2, "ours / 2 + third") + "---\n"
                + Self.kpi("third", 1, "ours / 3"))
        #expect(try command.run("kpi", "add", "one.yaml", "--reason", "first").code == 0)
        #expect(try command.run("kpi", "add", "two.yaml", "--reason", "second").code == 0)
        #expect(try command.run("kpi", "undo", "third", "--reason", "no").code == 64)
        let alone = try command.run("kpi", "drop", "third@1", "--reason", "no")
        #expect(
            alone.code == 65 && alone.error.contains("kpi half@2 needs it.")
                && alone.error.contains("rekam kpi undo third --together"), "\(alone)")
        let together = try command.run("kpi", "undo", "third", "--together", "--reason", "no")
        #expect(together.code == 0, "\(together)")
        for line in [
            "ours@1 answers again, in place of ours@2.", "half@1 answers again", "Dropped third@1",
        ] {
            #expect(together.out.contains(line), "\(together)")
        }
        #expect(try value(command, "ours") == 1)
        #expect(try command.run("query", "third", "--period", "2025-09").code == 64)
        let rest = try command.run("kpi", "undo", "csat", "--together", "--reason", "no")
        #expect(rest.code == 64 && rest.error.contains("nothing in force was added"), "\(rest)")
        #expect(try command.run("verify").code == 0)
    }

    @Test func `A calendar that events name goes only when that is meant`() throws {
        let command = try store()
        let calendar = """
            calendar: night_desk
            version: 1
            title: Night
            zone: UTC
            aliases: [night]
            week: {saturday: 08:00-12:00}

            """
        try command.file("night.yaml", calendar)
        #expect(try command.run("calendar", "add", "night.yaml").code == 0)
        let kept = try command.run("calendar", "drop", "night_desk@1", "--reason", "no")
        #expect(
            kept.code == 65
                && kept.error.contains("1 event names this calendar (night_desk, night)")
                && kept.error.contains("would move. --yes"), "\(kept)")
        // A version that keeps the names takes nothing away, and neither does going back to it.
        try command.file("two.yaml", calendar.replacing("version: 1", with: "version: 2"))
        #expect(try command.run("calendar", "add", "two.yaml").code == 0)
        #expect(try command.run("calendar", "undo", "night_desk", "--reason", "no").code == 0)
        try command.file(
            "three.yaml",
            calendar.replacing("version: 1", with: "version: 3").replacing(
                "aliases: [night]", with: "aliases: [nights]"))
        let told = "night: no calendar is called so any more. 1 event that names it counts"
        #expect(try command.run("calendar", "check", "three.yaml").out.contains(told))
        #expect(try command.run("calendar", "add", "three.yaml").out.contains(told))
        #expect(try command.run("calendar", "undo", "night_desk", "--reason", "no").code == 0)
        let dropped = try command.run(
            "calendar", "drop", "night_desk@1", "--reason", "no", "--yes")
        #expect(dropped.code == 0 && dropped.out.contains("Built again"), "\(dropped)")
        #expect(try command.run("verify").code == 0)
    }

    @Test func `What is wrong with a calendar stands at its word, with the nearest zone`() throws {
        let command = try store()
        func said(_ text: String) throws -> String {
            try command.file("c.yaml", text)
            return try command.run("calendar", "check", "c.yaml").error
        }
        let head = "calendar: mine\nversion: 1\ntitle: Mine\n"
        let week = "week: {monday: 08:00-12:00}\n"
        #expect(
            try said(head + "zone: Asia/Jakrta\n" + week).contains("c.yaml:4:7: ")
                && said(head + "zone: Asia/Jakrta\n" + week).contains("Did you mean Asia/Jakarta?"))
        let taken = try said(
            head + "zone: UTC\naliases: [yours, indonesia]\n" + week)
        #expect(taken.contains("c.yaml:5:18: ") && taken.contains("would mean two"), "\(taken)")
        let own = try said(head + "zone: UTC\naliases: [mine]\n" + week)
        #expect(own.contains("c.yaml:5:11: ") && own.contains("own name"), "\(own)")
    }

    @Test func `Without a store, definitions are held against what a new one brings along`() throws
    {
        let command = try Command()
        command.environment["REKAM_STORE"] = nil
        try command.file("k.yaml", Self.kpi("ours", 1, "count(ticket_volume)"))
        let result = try command.run("kpi", "check", "k.yaml", "--format", "json")
        #expect(result.code == 0 && result.out.contains(#""state": "new""#), "\(result)")
        #expect(result.error.contains("There is no store here"), "\(result)")
        try command.file("w.yaml", Self.kpi("ours", 1, "count(ticket_volumes)"))
        let wrong = try command.run("kpi", "check", "w.yaml")
        #expect(wrong.code == 65 && wrong.error.contains("Did you mean ticket_volume?"), "\(wrong)")
        let left = try command.shell("ls")
        #expect(left.out == "k.yaml\nw.yaml\n", "\(left)")
        // A store that is named must be there.
        command.environment["REKAM_STORE"] = "nowhere"
        #expect(try command.run("kpi", "check", "k.yaml").code != 0)
    }

    @Test func `A folder may be named by a link`() throws {
        let command = try store()
        try command.shell("mkdir real && ln -s real link")
        try command.file("real/k.yaml", Self.kpi("ours", 1, "count(ticket_volume)"))
        let result = try command.run("kpi", "check", "link", "--format", "json")
        #expect(result.code == 0 && result.out.contains(#""file": "link/k.yaml""#), "\(result)")
    }

    @Test func `Three scorecards that disagree are all named, once`() throws {
        let command = try store()
        func card(_ name: String, _ target: Int) -> String {
            """
            scorecard: \(name)
            version: 1
            title: Card
            scope: agent
            grain: month
            objectives: {good: Good}
            rows:
              - {kpi: csat, weight: 100, target: {min: \(target)}, from: 2025-01, review: 2025-06, serves: good}

            """
        }
        // The third agrees with the second.
        try command.file("cards.yaml", card("two", 60) + "---\n" + card("three", 60))
        let all = "csat: answers show no target, for cs_agent, three and two set different ones."
        let checked = try command.run("scorecard", "check", "cards.yaml")
        #expect(checked.code == 0, "\(checked)")
        #expect(checked.out.components(separatedBy: all).count == 2, "\(checked)")
        #expect(try command.run("scorecard", "add", "cards.yaml").code == 0)
        let asked = try command.run(
            "query", "csat", "--by", "agent", "--period", "2025-09", "--format", "json")
        #expect(asked.code == 0, "\(asked)")
    }
}
