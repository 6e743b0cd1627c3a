import Foundation
import Testing

/// Method: a store with one ticket over a weekend, asked in business hours by one calendar after
/// another; costs in two currencies beside it.
@Suite("Business time from end to end")
struct CalendarTests {
    private static func event(
        _ id: String, _ type: String, _ subject: String, _ time: String, _ data: String
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"test","type":"\(type)","subject":"\(subject)",\
        "time":"\(time)","data":{\(data)}}
        """ + "\n"
    }

    /// Opened on Friday at 16:45, answered on Monday at 08:15, in Jakarta; three days' costs.
    private static let events =
        event(
            "1", "ticket.opened", "ticket/1", "2025-07-11T09:45:00Z",
            #""channel":"email","origin":"customer""#)
        + event(
            "2", "message.posted", "ticket/1", "2025-07-14T01:15:00Z",
            #""direction":"out","visibility":"public","actor_kind":"agent","actor":"budi""#)
        + event(
            "3", "ticket.status_changed", "ticket/1", "2025-07-14T01:15:00Z",
            #""status":"resolved""#)
        + event(
            "4", "cost.recorded", "company", "2025-07-01T00:00:00Z",
            #""amount":1000,"currency":"IDR","from_day":"2025-07-13","to_day":"2025-07-15""#)

    private func value(
        _ command: Command, _ kpi: String, period: String = "2025-07", _ more: String...
    ) throws -> String {
        let line =
            "rekam query \(kpi) --period \(period) --format json " + more.joined(separator: " ")
        let result = try command.shell(line)
        #expect(result.code == 0, "\(line): \(result)")
        let json =
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        let total = (json?["total"] as? [[String: Any]])?.last
        return (total?["value"]).map { "\($0)" } ?? "?"
    }

    private func store() throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        try command.file("events.ndjson", Self.events)
        #expect(try command.run("ingest", "events.ndjson").code == 0)
        return command
    }

    @Test func `Business hours follow the store's calendar, and its newer versions`() throws {
        let command = try store()
        #expect(try value(command, "first_response_time") == "228600")
        #expect(try value(command, "first_response_time_business") == "1800")
        try command.file(
            "desk.yaml",
            """
            calendar: desk
            version: 1
            title: {en: Desk, id: Meja}
            zone: Asia/Jakarta
            week: {saturday: 10:00-11:00}
            """)
        let added = try command.run("calendar", "add", "desk.yaml")
        #expect(added.code == 0 && added.out.contains("rekam calendar use desk"), "\(added)")
        #expect(try value(command, "first_response_time_business") == "1800")
        let used = try command.run("calendar", "use", "desk", "--reason", "test")
        #expect(used.code == 0 && used.out.contains("first_response"), "\(used)")
        #expect(try value(command, "first_response_time_business") == "3600")
        try command.shell(
            "sed -i 's/version: 1/version: 2/; s/11:00/10:30/' desk.yaml")
        let newer = try command.run("calendar", "add", "desk.yaml")
        #expect(
            newer.out.contains("its hours differ from version 1") && newer.out.contains("Built"),
            "\(newer)")
        #expect(try value(command, "first_response_time_business") == "1800")
        #expect(try command.run("verify").code == 0)
    }

    @Test func `Definitions of every kind may stand together, and use each other`() throws {
        let command = try store()
        try command.file(
            "mixed.yaml",
            """
            projection: mine
            version: 1
            title: Mine
            of: ticket
            calendar: desk
            let:
              opened: {first: ticket.opened}
              answer: {first: message.posted, after: opened}
            fact: answer
            dimensions: {channel: opened.channel}
            measures: {wait: {from: opened, to: answer, clock: business}}
            ---
            kpi: mine_wait
            version: 1
            title: Mine
            group: operational
            unit: duration
            better: lower
            value: mean(mine.wait)
            ---
            calendar: desk
            version: 1
            title: Desk
            zone: Asia/Jakarta
            week: {friday: 16:50-17:00, monday: 08:00-17:00}
            """)
        for noun in ["projection", "kpi", "scorecard", "calendar"] {
            let checked = try command.run(noun, "check", "mixed.yaml")
            #expect(checked.code == 0, "\(checked)")
        }
        let added = try command.shell(
            """
            rekam calendar add mixed.yaml --reason "a desk of our own" --by sari &&
            rekam projection backfill mine@1 > /dev/null &&
            rekam projection promote mine --reason "new" > /dev/null
            """)
        #expect(added.code == 0 && added.out.contains("Registered calendar desk@1"), "\(added)")
        // Ten minutes on Friday, a quarter of an hour on Monday.
        #expect(try value(command, "mine_wait") == "1500")
        let odd = try command.shell(
            """
            sed 's/Jakarta/Jakrata/; s/desk/other/; s/mine/yours/' mixed.yaml > odd.yaml
            rekam kpi check odd.yaml
            """)
        #expect(
            odd.code == 65 && odd.error.contains("odd.yaml:24:7:")
                && odd.error.contains("Did you mean Asia/Jakarta?"), "\(odd)")
    }

    @Test func `Costs lie on the days they cover, and currencies are never added`() throws {
        let command = try store()
        #expect(try value(command, "total_cost", period: "2025-07-13") == "334")
        #expect(try value(command, "total_cost", period: "2025-07-14..2025-07-15") == "666")
        #expect(try value(command, "cost_per_resolution", period: "2025-07-14") == "333")
        try command.file(
            "more.ndjson",
            Self.event(
                "5", "cost.recorded", "company", "2025-07-14T02:00:00Z",
                #""amount":5,"currency":"USD""#))
        #expect(try command.run("ingest", "more.ndjson").code == 0)
        #expect(try value(command, "cost_per_resolution", period: "2025-07-14") == "<null>")
        #expect(
            try value(
                command, "cost_per_resolution", period: "2025-07-14", "--where currency=USD")
                == "5")
    }
}
