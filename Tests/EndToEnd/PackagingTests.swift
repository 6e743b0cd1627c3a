import Foundation
import Testing

/// Law 7: a figure follows from what happened, not from where a file was cut or how it was handed over.
///
/// Method: a few rows, small enough to say the right figures by hand, are handed to new stores whole, cut at
/// every place, reversed, and with the parts in either order; every packaging must give the same answers.
@Suite("The same rows in other packages, from the command line")
struct PackagingTests {
    private static func mapping(_ keys: String, _ events: String) -> String {
        """
        mapping: m
        source: crm
        time: {format: yyyy-MM-dd HH:mm, zone: UTC}
        times: {t: "{when}"}
        case: "ticket/{id}"
        at: t
        \(keys)
        events:
        \(events)
        """
    }

    /// Every row carries the case's agent and channel, and so its opening.
    private static let carrying = """
          - {type: ticket.opened, first: true, data: {origin: customer, channel: "{channel}", agent: "{agent}"}}
          - {type: ticket.assigned, changed: [agent], data: {agent: "{agent}"}}
          - {type: ticket.status_changed, changed: [status], data: {status: "{status}"}}
        """

    private static let header = "id,when,n,agent,channel,status"

    private static func csv(_ rows: some Sequence<String>) -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }

    /// Parts of rows: cut at every place, in either order, and each of them as it stands and reversed.
    private static func packages(_ rows: [String]) -> [[[String]]] {
        var packages: [[[String]]] = [[rows], [rows.reversed()]]
        for cut in 1..<rows.count {
            let parts = [Array(rows[..<cut]), Array(rows[cut...])]
            packages += [parts, parts.reversed(), parts.reversed().map { $0.reversed() }]
        }
        return packages
    }

    /// The answers to some questions, of a store of its own to which the files were handed one after the
    /// other.
    private func answers(
        _ files: [String], _ mapping: String, _ questions: [String]
    ) throws -> [String] {
        let command = try Command()
        try command.file("m.yaml", mapping)
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        for (number, file) in files.enumerated() {
            try command.file("\(number).csv", file)
            let ingest = try command.shell("rekam ingest \(number).csv --mapping m.yaml")
            #expect(ingest.code == 0, "\(ingest)")
        }
        return try questions.map { question in
            let result = try command.shell("rekam query \(question) --period 2025 --format csv")
            #expect(result.code == 0, "\(question): \(result)")
            return result.out
        }
    }

    @Test(
        "Rows that carry their case's opening again tell the same, wherever a file is cut",
        arguments: ["", "order: n"])
    func openings(keys: String) throws {
        let rows = [
            "1,2025-03-03 09:00,1,Ana,web,new", "1,2025-03-03 10:00,2,Budi,email,open",
            "1,2025-03-03 11:00,3,Budi,email,resolved", "2,2025-03-03 09:30,1,Budi,web,open",
        ]
        let mapping = Self.mapping(keys, Self.carrying)
        let questions = [
            "transfers_per_ticket.transfers resolution_time",
            "ticket_volume --by agent --by channel",
            "tickets_resolved --by agent --by channel",
        ]
        let expected = try answers([Self.csv(rows)], mapping, questions)
        // The whole file: Ana hands over to Budi, in two hours it is resolved.
        #expect(expected[0].contains("1") && expected[0].contains("7200"), "\(expected)")
        for package in Self.packages(rows) {
            #expect(
                try answers(package.map(Self.csv), mapping, questions) == expected, "\(package)")
        }
    }

    @Test("An opening that is only for some rows is the first of those, whichever file has it")
    func conditions() throws {
        let rows = [
            "1,2025-03-03 09:00,1,Ana,web,open", "1,2025-03-03 10:00,2,Ana,email,new",
            "1,2025-03-03 11:00,3,Ana,chat,new", "1,2025-03-03 12:00,4,Ana,chat,resolved",
        ]
        let events = """
              - type: ticket.opened
                first: true
                when: {status: new}
                data: {origin: customer, channel: "{channel}"}
              - {type: ticket.status_changed, data: {status: "{status}"}}
            """
        let questions = ["ticket_volume --by channel", "resolution_time"]
        let mapping = Self.mapping("", events)
        let expected = try answers([Self.csv(rows)], mapping, questions)
        #expect(expected[0].contains("email"), "\(expected)")
        for package in Self.packages(rows) {
            #expect(
                try answers(package.map(Self.csv), mapping, questions) == expected, "\(package)")
        }
    }

    @Test("Only what opens a case may be given by its first row alone")
    func firstOfOthers() throws {
        let command = try Command()
        let events = "  - {type: ticket.assigned, first: true, data: {agent: \"{agent}\"}}"
        try command.file("m.yaml", Self.mapping("", events))
        try command.file("a.csv", Self.csv(["1,2025-03-03 09:00,1,Ana,web,open"]))
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        let result = try command.shell("rekam ingest a.csv --mapping m.yaml")
        #expect(result.code != 0 && result.error.contains("opens no case"), "\(result)")
    }

    @Test(
        "Two numbers of an order are two changes of one instant; merged rows are one, also cut apart"
    )
    func updates() throws {
        let rows = [
            "1,2025-03-03 09:00,1,Ana,north,", "1,2025-03-03 10:00,2,Budi,,",
            "1,2025-03-03 10:00,3,,south,", "1,2025-03-03 12:00,4,,,resolved",
        ]
        let events = """
              - {type: ticket.opened, when: {n: "1"}, data: {origin: customer, channel: web}}
              - {type: ticket.assigned, when: {agent: {present: true}}, data: {agent: "{agent}"}}
              - {type: ticket.assigned, when: {channel: {present: true}}, data: {team: "{channel}"}}
              - {type: ticket.status_changed, when: {status: {present: true}}, data: {status: "{status}"}}
            """
        for (keys, transfers) in [
            ("order: n", "2"), ("order: n\nmerge: []", "1"), ("order: \"v{n}\"\nmerge: []", "1"),
            ("row-order: oldest-first", "1"),
        ] {
            for cut in 1...rows.count {
                let parts = [Array(rows[..<cut]), Array(rows[cut...])].filter { !$0.isEmpty }
                for files in [parts, parts.reversed()] {
                    let found = try answers(
                        files.map(Self.csv), Self.mapping(keys, events),
                        ["transfers_per_ticket.transfers"])
                    let value = found[0].split(separator: "\n").last?.split(separator: ",")
                    #expect(
                        value?.contains(Substring(transfers)) == true, "\(keys) \(cut): \(found)")
                }
            }
        }
    }

    @Test(
        "A file, what a dry run prints of it and what the log shows of it are the same events",
        arguments: ["", "order: n", "row-order: oldest-first", "order: \"v{n}\"\nmerge: []"])
    func redelivered(keys: String) throws {
        let rows = [
            "1,2025-03-03 09:00,1,Ana,web,new", "1,2025-03-03 10:00,2,Budi,email,open",
            "1,2025-03-03 10:00,30036028797018963968,Sari,email,resolved",
        ]
        for isFileFirst in [true, false] {
            let command = try Command()
            try command.file("m.yaml", Self.mapping(keys, Self.carrying))
            try command.file("a.csv", Self.csv(rows))
            #expect(try command.run("init", "--time-zone", "UTC").code == 0)
            let dry = try command.shell(
                "rekam ingest a.csv --mapping m.yaml --dry-run > dry.ndjson && wc -l < dry.ndjson")
            let count = try #require(Int(dry.out.filter(\.isNumber)))
            let file = "a.csv --mapping m.yaml"
            let first = try command.shell(
                "rekam ingest \(isFileFirst ? file : "dry.ndjson") --format json")
            #expect(first.code == 0 && first.out.contains("\"accepted\":\(count)"), "\(first)")
            let log = try command.shell(
                "rekam log show --last 100 2>/dev/null || rekam log show 0..$((\(count)-1))")
            try command.file(
                "log.ndjson",
                log.out.split(separator: "\n").filter { $0.contains("\"source\":\"crm\"") }
                    .joined(separator: "\n") + "\n")
            for again in [file, "dry.ndjson", "log.ndjson"] {
                let result = try command.shell("rekam ingest \(again) --format json")
                #expect(
                    result.code == 0 && result.out.contains("\"accepted\":0")
                        && result.out.contains("\"duplicate\":\(count)"), "\(again): \(result)")
            }
        }
    }

    @Test("A round of respondents closes alike, in whatever order one command reads its files")
    func rounds() throws {
        func answer(_ person: Int, _ score: Int) -> String {
            #"{"specversion":"1.0","id":"a-\#(person)","source":"desk","type":"survey.answered","#
                + #""subject":"respondent/P\#(person)","time":"2025-03-1\#(person % 9)T08:00:00Z","data":"#
                + #"{"survey":"e","kind":"enps","score":\#(score),"team":"t"}}"# + "\n"
        }
        var found: Set<String> = []
        for order in ["a b c", "a c b", "b a c", "b c a", "c a b", "c b a"] {
            let command = try Command()
            try command.file("a", (1...6).map { answer($0, 10) }.joined())
            try command.file("b", (7...9).map { answer($0, 2) }.joined())
            try command.file("c", (10...11).map { answer($0, 8) }.joined())
            let result = try command.shell(
                """
                rekam init --time-zone UTC > /dev/null && rekam ingest \(order) > /dev/null \
                && rekam query enps enps.count --period 2025 --format csv
                """)
            #expect(result.code == 0 && result.out.contains("11"), "\(order): \(result)")
            found.insert(result.out)
        }
        #expect(found.count == 1, "\(found)")
        // Also where the last of them was there already.
        let command = try Command()
        try command.file("a", (1...6).map { answer($0, 10) }.joined())
        try command.file("c", (10...11).map { answer($0, 8) }.joined())
        let result = try command.shell(
            """
            rekam init --time-zone UTC > /dev/null && rekam ingest c > /dev/null \
            && rekam ingest a c > /dev/null && rekam query enps.count --period 2025 --format csv
            """)
        #expect(result.code == 0 && result.out.contains("8"), "\(result)")
    }
}
