import Foundation
import Testing

/// Method: a desk whose people are called in every way that could be mistaken: by the sign for nobody,
/// with characters that nobody sees, as a customer is called; every command that takes a name is asked.
@Suite("Asked by the name people see, as typed")
struct NamingTests {
    private func event(_ id: String, _ type: String, _ subject: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"desk","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"2025-09-01T08:00:00Z","data":{\#(data)}}"# + "\n"
    }

    /// A ticket of an agent, who gets full marks for it.
    private func ticket(_ number: Int, _ agent: String?) -> String {
        let opened = #""channel":"email","origin":"customer","customer":"Rano""#
        guard let agent else {
            return event("o\(number)", "ticket.opened", "ticket/\(number)", opened)
        }
        let by = #","agent":"\#(agent)""#
        let answered = #""survey":"s","kind":"csat","score":5,"scale_minimum":1,"scale_maximum":5"#
        return event("o\(number)", "ticket.opened", "ticket/\(number)", opened + by)
            + event("s\(number)", "survey.answered", "ticket/\(number)", answered + by)
    }

    private func desk() throws -> Command {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        try command.file(
            "events.ndjson",
            [
                ticket(1, "–"), ticket(2, "–"), ticket(3, nil), ticket(4, "b.1"),
                ticket(5, "Bu\\u200bdi"), ticket(6, "Budi"),
                event("p1", "agent.profile_set", "agent/b.1", #""name":"Budi Pratama","team":"A""#),
                event("p2", "agent.profile_set", "agent/idle", #""name":"Citra Dewi","team":"A""#),
                event("c1", "call.queued", "call/7", #""channel":"email""#),
            ].joined())
        let result = try command.run("ingest", "events.ndjson")
        #expect(result.code == 0, "\(result)")
        return command
    }

    private func volume(_ command: Command, _ more: String...) throws -> String {
        let result = try command.shell(
            "rekam query ticket_volume --period 2025-09 --format json "
                + more.joined(separator: " "))
        guard result.code == 0 else { return result.error }
        let answer = try #require(
            JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        let total = try #require((answer["total"] as? [[String: Any]])?.first)
        return "\(total["value"] ?? "none")"
    }

    @Test("Nobody, and who is called by the sign for nobody, are two everywhere")
    func sign() throws {
        let command = try desk()
        #expect(try volume(command, "--agent –") == "2")
        #expect(try volume(command, "--where agent=–") == "2")
        #expect(try volume(command, "--agent '\"–\"'") == "2")
        #expect(try volume(command, "--agent ''") == "1")
        let table = try command.run(
            "query", "ticket_volume", "--by", "agent", "--period", "2025-09")
        #expect(table.out.contains("\"–\" "), "\(table)")
        #expect(table.out.contains("\n–  "), "\(table)")
        let cells = try command.run("projection", "cells", "ticket_volume").out
        let agents = cells.split(whereSeparator: \.isNewline).dropFirst().map {
            String($0.split(separator: ",", omittingEmptySubsequences: false)[1])
        }
        #expect(Set(agents) == ["–", "", "b.1", "Budi", "Bu\u{200B}di"], "\(cells)")
        let json = try command.run("projection", "cells", "ticket_volume", "--format", "json").out
        #expect(json.contains(#""agent":"–""#) && json.contains(#""agent":null"#), "\(json)")
        let nobody = try command.run("query", "ticket_volume", "--agent", "", "--period", "2025-09")
        #expect(nobody.out.contains("--agent '' "), "the next question is about nobody, too")
        let facts = try command.shell(
            """
            rekam facts ticket_volume --period 2025-09 --where agent=– | wc -l
            rekam facts ticket_volume --period 2025-09 --where agent= | wc -l
            """)
        #expect(facts.out == "3\n2\n", "\(facts)")
    }

    @Test("Names that look alike are shown apart, and asked for as they are shown")
    func alike() throws {
        let command = try desk()
        let table = try command.run(
            "query", "ticket_volume", "--by", "agent", "--period", "2025-09")
        #expect(table.out.contains("Bu\\u{200b}di"), "\(table)")
        #expect(!table.out.contains("\u{200B}"))
        #expect(try volume(command, "--agent Budi") == "1")
        #expect(try volume(command, #"--agent 'Bu\u{200b}di'"#) == "1")
        #expect(try volume(command, #"--agent $'Bu\u200bdi'"#) == "1")
        let one = try command.run(
            "query", "ticket_volume", "--agent", "Bu\u{200B}di", "--period", "2025-09")
        #expect(one.out.contains(#"--agent $'Bu\u200bdi'"#), "\(one)")
    }

    @Test(
        "Of agents who are called the same each is titled with the id, also where one is shown alone"
    )
    func namesakes() throws {
        let command = try desk()
        try command.file(
            "more.ndjson",
            ticket(8, "b.2")
                + event("p3", "agent.profile_set", "agent/b.2", #""name":"Budi Pratama""#))
        let result = try command.shell(
            """
            rekam ingest more.ndjson > /dev/null
            rekam query ticket_volume --by agent --period 2025-09
            rekam query ticket_volume --agent b.1 --period 2025-09 | head -1
            rekam scorecard cs_agent --agent b.2 --period 2025-09 | head -1
            """)
        for title in ["Budi Pratama (b.1)", "Budi Pratama (b.2)"] {
            #expect(result.out.ranges(of: title).count == 2, "\(result)")
        }
    }

    @Test("A snapshot or scorecard of nobody is refused") func emptyNames() throws {
        let command = try desk()
        for name in ["", " ", "\u{200B}"] {
            for dimension in ["agent", "team"] {
                let export = try command.run(
                    "snapshot", "export", "--period", "2025-09", "--\(dimension)", name, "--out",
                    "s")
                #expect(
                    export.code != 0 && export.error.contains("--\(dimension) '")
                        && export.error.contains("names nobody"), "\(export)")
            }
            let card = try command.run(
                "scorecard", "cs_agent", "--agent", name, "--period", "2025-09")
            #expect(
                card.code == 64 && card.error.contains("Say which: --agent NAME"), "\(card)")
        }
    }

    @Test("A name of the log that is no agent's is refused; an agent without facts has none")
    func strangers() throws {
        let command = try desk()
        let stranger = "no agent is called \"Rano\": the log has that name, but of no agent"
        for line in [
            "query ticket_volume --agent Rano", "explain ticket_volume --agent Rano",
            "scorecard cs_agent --agent Rano", "snapshot export --agent Rano --out s",
            "facts ticket_volume --where agent=Rano",
            "sample ticket_volume --agent Rano --size 1 --seed 1",
        ] {
            let result = try command.shell("rekam \(line) --period 2025-09")
            #expect(result.code == 64, "\(line): \(result)")
            #expect(result.error.contains(stranger), "\(line): \(result)")
        }
        for agent in ["idle", "'Citra Dewi'", "'citra dewi'", "citra"] {
            #expect(try volume(command, "--agent \(agent)") == "0")
            for line in ["scorecard cs_agent", "explain ticket_volume", "facts ticket_volume"] {
                let option = line.hasPrefix("facts") ? "--where agent=" : "--agent "
                let result = try command.shell("rekam \(line) --period 2025-09 \(option)\(agent)")
                #expect(result.code == 0, "\(line) of \(agent): \(result)")
            }
        }
    }

    @Test("Whom a name means does not hang on what is asked about them")
    func everywhere() throws {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        let opened = #""channel":"Chat","origin":"customer","agent":"Budi Pratama""#
        try command.file(
            "events",
            event("o1", "ticket.opened", "ticket/1", opened) + ticket(2, "Budi Santoso"))
        #expect(try command.run("ingest", "events").code == 0)
        for kpi in ["csat", "ticket_volume", "csat ticket_volume"] {
            func ask(_ agent: String) throws -> Command.Result {
                try command.shell(
                    "rekam query \(kpi) --agent '\(agent)' --period 2025-09 --format json")
            }
            let unclear = try ask("budi")
            #expect(unclear.code == 64, "\(kpi): \(unclear)")
            #expect(unclear.error.contains("Budi Pratama"), "\(kpi): \(unclear)")
            for name in ["Budi Pratama", "BUDI PRATAMA", "budi p"] {
                let one = try ask(name)
                #expect(one.code == 0 && one.out.contains("Budi Pratama"), "\(kpi): \(one)")
            }
            #expect(try ask("Citra").code == 64)
        }
        let channel = try command.shell(
            "rekam query csat --channel chat --period 2025-09; rekam facts csat --period 2025-09 "
                + "--where agent=budi; rekam explain csat --agent budi --period 2025-09")
        #expect(channel.out.contains("Chat"), "\(channel)")
        #expect(channel.error.components(separatedBy: "Budi Pratama").count == 3, "\(channel)")
    }

    @Test("A snapshot is asked for by name and signs the token") func snapshot() throws {
        let command = try desk()
        let result = try command.shell(
            """
            set -e
            rekam snapshot export --period 2025-09 --agent 'budi pratama' --out named > /dev/null
            rekam snapshot export --period 2025-09 --agent b.1 --out id
            cmp named/manifest.json id/manifest.json; cmp named/kpis.csv id/kpis.csv
            ! grep -rq 'b\\.1\\|Pratama' named/manifest.json named/kpis.csv named/kpis.json
            rekam snapshot verify named --store store
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.contains("b.1"), "\(result)")
    }

    @Test("With --tokens people are asked for by name and shown as tokens") func tokens() throws {
        let command = try desk()
        for line in [
            "query ticket_volume --agent 'Budi Pratama'", "explain ticket_volume --agent b.1",
            "scorecard cs_agent --agent 'budi pratama'", "facts ticket_volume --where agent=budi.p",
            "sample ticket_volume --agent 'Budi Pratama' --size 1 --seed 1",
        ] {
            let asked = line.replacing("budi.p", with: "'Budi Pratama'")
            let result = try command.shell("rekam \(asked) --period 2025-09 --tokens")
            #expect(result.code == 0, "\(line): \(result)")
            #expect(!result.out.contains("b.1") && !result.out.contains("Pratama"), "\(result)")
        }
        #expect(try volume(command, "--agent 'Budi Pratama' --tokens") == "1")
        #expect(try command.run("period", "restatements", "--tokens").code == 0)
    }

    @Test("Where a definition reads several kinds of case, a case has its kind") func kinds() throws
    {
        let command = try desk()
        try command.file(
            "both.yaml",
            """
            projection: both
            version: 1
            title: Cases
            of: [ticket, call]
            let:
              begun: {first: [ticket.opened, call.queued]}
            fact: begun
            dimensions: {about: subject}
            ---
            kpi: cases
            version: 1
            title: Cases
            group: operational
            unit: count
            better: lower
            value: count(both)
            """)
        let made = try command.shell(
            """
            set -e
            sed 's/"o1"/"o7"/; s,ticket/1,ticket/7,' events.ndjson | head -1 > seven
            rekam ingest seven > /dev/null
            rekam projection add both.yaml && rekam projection backfill both@1
            rekam projection promote both@1 --reason test --by test
            """)
        #expect(made.code == 0, "\(made)")
        let cells = try command.run("projection", "cells", "both").out
        for name in ["ticket/1", "ticket/7", "call/7"] { #expect(cells.contains(",\(name),")) }
        func count(_ value: String) throws -> String {
            let result = try command.shell(
                "rekam query cases --period 2025-09 --where about=\(value) --format csv")
            let row = result.out.split(whereSeparator: \.isNewline).dropFirst().first
            return row.map { String($0.split(separator: ",")[3]) } ?? result.error
        }
        #expect(try count("ticket/7") == "1")
        #expect(try count("6") == "1")
        #expect(try count("7").contains("could be call/7 or ticket/7"))
        #expect(try count("call/6").contains("no about is called"))
        let facts = try command.run(
            "facts", "both", "--period", "2025-09", "--where", "about=call/7")
        #expect(facts.out.split(whereSeparator: \.isNewline).count == 2, "\(facts)")
        // Of one kind, a case is called as ever.
        let agents = try command.run("projection", "cells", "agent_time").out
        #expect(!agents.contains("agent/"))
    }

    @Test("A question asked in ten processes gets the same bytes") func tenTimes() throws {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        try command.shell("rekam generate --events 6000 --seed 4 | rekam ingest -")
        let lines = [
            "query csat first_response_time.p90 --by agent,channel --period 2025-Q3",
            "query ticket_volume --by agent.department --period 2025 --grain month --format json",
            "query employee_satisfaction enps --by team --period 2025 --format json",
            "query csat --agent a --period 2025", "query csat --agent 'no such' --period 2025",
            "scorecard cs_agent --by agent --period 2025-07 --format json",
            "explain first_response_time --by agent --period 2025-07 --format json",
            "projection cells resolution", "facts first_response --period 2025-07",
            "log stat --fields", "kpi list --format json", "audit exceptions --period 2025",
            "sample csat --period 2025-Q3 --size 5 --seed 1", "status", "schema list",
            "kpi show csat",
        ]
        for line in lines {
            let first = try command.shell("rekam \(line) 2>&1")
            for _ in 1..<10 {
                let again = try command.shell("rekam \(line) 2>&1")
                #expect(again.out == first.out, "\(line)")
            }
        }
    }
}
