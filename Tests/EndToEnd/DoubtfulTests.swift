import Foundation
import Testing

/// Method: a store with one doubt of each kind that the log alone can tell; every command that tells
/// doubts is typed, in both languages and for programs.
@Suite("Doubtful is not silent: told by every command")
struct DoubtfulTests {
    private func event(
        _ id: String, _ type: String, _ subject: String, _ time: String, _ data: String = ""
    ) -> String {
        let usual = type == "ticket.opened" ? "\"channel\":\"email\",\"origin\":\"customer\"" : ""
        let data = usual + (usual.isEmpty || data.isEmpty ? "" : ",") + data
        return """
            {"specversion":"1.0","id":"\(id)","source":"test","type":"\(type)",\
            "subject":"\(subject)","time":"\(time)","data":{\(data)}}
            """ + "\n"
    }

    private func made() throws -> Command {
        let command = try Command(now: "2025-03-10T00:00:00Z")
        let scale = "\"survey\":\"s\",\"kind\":\"csat\",\"scale_minimum\":1,\"scale_maximum\":5"
        try command.file(
            "in.ndjson",
            event("1", "ticket.opened", "ticket/1", "2025-03-01T08:00:00Z", "\"agent\":\"Budi\"")
                + event(
                    "2", "ticket.opened", "ticket/2", "2035-03-01T08:00:00Z", "\"agent\":\"budi\"")
                + event(
                    "3", "survey.answered", "ticket/1", "2025-03-02T08:00:00Z",
                    scale + ",\"score\":1000")
                + event(
                    "4", "ticket.status_changed", "ticket/4", "2025-03-02T08:00:00Z",
                    "\"status\":\"open\"")
                + event(
                    "5", "ticket.status_changed", "ticket/1", "2025-03-01T07:00:00Z",
                    "\"status\":\"new\""))
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        return command
    }

    private func expect(_ text: String, holds lines: [String]) {
        for line in lines { #expect(text.contains(line), "\(line) in \(text)") }
    }

    @Test("Ingest, status, doctor and audit exceptions name kinds, counts, lines and cases")
    func told() throws {
        let command = try made()
        let ingest = try command.run("ingest", "in.ndjson")
        #expect(ingest.code == 0)
        expect(
            ingest.out,
            holds: [
                "Doubtful: events later than their recording in time: 1 (first at line 2: ticket/2). They count",
                "Doubtful: scores off their scale in data.score: 1 (first at line 3: ticket/1). An answer",
                "Doubtful: cases without an opening: 1 (ticket/4). What is",
                "Doubtful: cases with events before their opening: 1 (ticket/1). More than two",
                "Doubtful: names that look alike: 1 (agent: Budi · budi). They are",
                "Doubtful: events recorded long after they happened: 4 (ticket/1, ticket/4, …). More",
            ])
        let status = try command.run("status")
        expect(
            status.out,
            holds: [
                "scores off their scale: 1 (ticket/1) · events later than their recording: 1 (ticket/2)"
                    + " · cases without an opening: 1 (ticket/4) · cases with events before their "
                    + "opening: 1 (ticket/1) · names that look alike: 1 (agent: Budi · budi) · events "
                    + "recorded long after they happened: 4 (ticket/1, ticket/4, …) in the last 24 hours"
            ])
        expect(
            try command.run("status", "--format", "json").out,
            holds: [
                "\"doubtful_in_24_hours\":{\"backdated\":4,\"end_before_start\":1,\"future\":1,",
                "\"future\":{\"cases\":[\"ticket/2\"],\"input\":null,\"line\":null}",
            ])
        expect(
            try command.run("doctor").out,
            holds: [
                "scores off their scale: 1 (ticket/1).", "cases without an opening: 1 (ticket/4).",
                "names that look alike: 1 (agent: Budi · budi).",
            ])
        let audit = try command.run("audit", "exceptions", "--period", "2025", "--format", "csv")
        expect(
            audit.out,
            holds: [
                "future,", ",ticket/2,ticket.opened,", "off_scale,",
                ",ticket/1,survey.answered: score 1000 (1–5),", "no_opening,", "end_before_start,",
                "names_alike,", "Budi · budi",
            ])
    }

    @Test("All of it in Indonesian")
    func indonesian() throws {
        let command = try made()
        expect(
            try command.run("ingest", "in.ndjson", "--lang", "id").out,
            holds: [
                "Meragukan: peristiwa setelah waktu pencatatannya pada time: 1 (pertama di baris 2: ticket/2).",
                "Meragukan: skor di luar skalanya pada data.score: 1",
                "Meragukan: kasus tanpa pembukaan: 1 (ticket/4).",
            ])
        expect(
            try command.run("status", "--lang", "id").out,
            holds: [
                "Meragukan", "skor di luar skalanya: 1 (ticket/1)",
                "peristiwa yang dicatat lama setelah terjadi: 4", "dalam 24 jam terakhir",
            ])
        expect(
            try command.run("doctor", "--lang", "id").out,
            holds: ["nama yang tampak sama: 1 (agent: Budi · budi)."])
        expect(
            try command.run("audit", "exceptions", "--period", "2025", "--lang", "id").out,
            holds: ["di luar skala", "mendahului waktu", "tanpa pembukaan", "sebelum dibuka"])
    }

    @Test("A dry run says all that the real run says, on standard error, and leaves no file")
    func dryRun() throws {
        let command = try made()
        let line = event(
            "1", "ticket.opened", "ticket/1", "2025-03-01T08:00:00Z", "\"agent\":\"X\"")
        try command.file(
            "again.ndjson", line + "no JSON\n" + line.replacing("\"1\"", with: "\"9\""))
        #expect(try command.run("ingest", "in.ndjson", "--dry-run").code == 0)
        #expect(try command.run("ingest", "in.ndjson").code == 0)
        let before = try FileManager.default.contentsOfDirectory(atPath: command.folder.path)
        let said = try command.run("ingest", "again.ndjson", "in.ndjson", "--dry-run")
        #expect(said.code == 65, "\(said)")
        #expect(said.out.split(separator: "\n").count == 1 && said.out.contains("\"id\":\"9\""))
        expect(
            said.error,
            holds: [
                "again.ndjson: Accepted 1 · refused 2", "in.ndjson: Accepted 0 · already there 5",
                "another event already has this source and id",
            ])
        let after = try FileManager.default.contentsOfDirectory(atPath: command.folder.path)
        #expect(Set(before) == Set(after))
        #expect(said.error.contains("Not tried: whether ties decide a figure."))
        let real = try command.run("ingest", "again.ndjson", "in.ndjson")
        #expect(real.code == 65)
        for told in said.error.split(separator: "\n")
        where !told.isEmpty && !told.hasPrefix("Not tried") {
            let text = told.components(separatedBy: " →")[0]
            #expect(real.out.contains(text) || real.error.contains(text), "\(told) in \(real)")
        }
        let json = try command.run("ingest", "in.ndjson", "--dry-run", "--format", "json")
        expect(json.error, holds: ["\"duplicate\":5"])
    }

    @Test("A dry run of several files knows what those before would have told")
    func dryRunOfSeveral() throws {
        let command = try made()
        func opened(_ id: String, _ agent: String) -> String {
            event(id, "ticket.opened", "ticket/1", "2025-03-01T08:00:00Z", "\"agent\":\"\(agent)\"")
        }
        try command.file("one", opened("1", "X") + opened("2", "X"))
        try command.file("two", opened("1", "X") + opened("2", "Y") + opened("3", "X"))
        let void = #""source":"test","id":"3","reason":"wrong""#
        try command.file(
            "three", event("4", "event.voided", "ticket/1", "2025-03-02T08:00:00Z", void))
        let told = [
            "one: Accepted 2", "two: Accepted 1 · already there 1 · refused 1",
            "three: Accepted 1",
        ]
        let said = try command.run("ingest", "one", "two", "three", "--dry-run")
        #expect(said.code == 65, "\(said)")
        expect(said.error, holds: told)
        let real = try command.run("ingest", "one", "two", "three")
        #expect(real.code == 65, "\(real)")
        expect(real.out, holds: told)
    }

    @Test("A dry run looks at whole cases as the real run does, with what is recorded of them")
    func rehearsedCases() throws {
        let command = try made()
        func change(_ id: String, _ ticket: String, _ time: String) -> String {
            event(
                id, "ticket.status_changed", ticket, "2025-03-01T\(time)Z", "\"status\":\"open\"")
        }
        func opened(_ id: String, _ ticket: String) -> String {
            event(id, "ticket.opened", ticket, "2025-03-01T08:00:00Z")
        }
        try command.file(
            "first.ndjson",
            opened("a1", "ticket/a") + change("b1", "ticket/b", "07:00:00")
                + change("c1", "ticket/c", "09:00:00"))
        #expect(try command.run("ingest", "first.ndjson").code == 0)
        try command.file(
            "second.ndjson",
            change("a2", "ticket/a", "07:59:00") + opened("b2", "ticket/b")
                + change("c2", "ticket/c", "10:00:00") + change("d1", "ticket/d", "10:00:00")
                + opened("e1", "ticket/e") + change("e2", "ticket/e", "07:00:00"))
        let said = try command.run("ingest", "second.ndjson", "--dry-run")
        let real = try command.run("ingest", "second.ndjson")
        let told = said.error.split(separator: "\n").filter { $0.hasPrefix("Doubtful") }
        #expect(told.count == 4, "\(said.error)")
        #expect(
            told == real.out.split(separator: "\n").filter { $0.hasPrefix("Doubtful") },
            "\(real.out)")
    }

    @Test("A dry run heeds what it would take out, of the log and of its own events")
    func rehearsedVoids() throws {
        let command = try made()
        func void(_ id: String, _ target: String, _ ticket: String) -> String {
            event(
                id, "event.voided", ticket, "2025-03-09T08:00:00Z",
                "\"source\":\"test\",\"id\":\"\(target)\",\"reason\":\"wrong\"")
        }
        func change(_ id: String, _ ticket: String) -> String {
            event(
                id, "ticket.status_changed", ticket, "2025-03-09T07:00:00Z", "\"status\":\"open\"")
        }
        try command.file(
            "first.ndjson", event("a", "ticket.opened", "ticket/a", "2025-03-09T06:00:00Z"))
        #expect(try command.run("ingest", "first.ndjson").code == 0)
        try command.file(
            "second.ndjson",
            void("v1", "a", "ticket/a") + change("a2", "ticket/a") + change("b1", "ticket/b")
                + void("v2", "b1", "ticket/b"))
        let said = try command.run("ingest", "second.ndjson", "--dry-run")
        expect(said.error, holds: ["Doubtful: cases without an opening: 1 (ticket/a)."])
        let real = try command.run("ingest", "second.ndjson")
        expect(real.out, holds: ["Doubtful: cases without an opening: 1 (ticket/a)."])
    }

    @Test("What a dry run prints has the order that the mapping told")
    func order() throws {
        let command = try Command(now: "2025-03-10T00:00:00Z")
        try command.file(
            "m.yaml",
            """
            mapping: m
            source: s
            row-order: newest-first
            times: {at: "{at}"}
            case: "ticket/{no}"
            at: at
            events:
              - {type: ticket.status_changed, data: {status: "{status}"}}
            """)
        try command.file(
            "t.csv",
            """
            no,at,status
            1,2025-03-01T08:00:00Z,closed
            1,2025-03-01T08:00:00Z,resolved

            """)
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        let said = try command.run("ingest", "t.csv", "--mapping", "m.yaml", "--dry-run")
        expect(
            said.out,
            holds: [
                "\"rekamplace\":1,\"source\":\"s\"", "\"rekamplace\":0,\"source\":\"s\"",
            ])
        try command.file("again.ndjson", said.out)
        let again = try command.run("ingest", "again.ndjson")
        #expect(again.code == 0, "\(again)")
    }

    @Test("A KPI says which cases it leaves out, and why")
    func leftOut() throws {
        let command = try Command(now: "2025-03-10T00:00:00Z")
        func reply(_ id: String, _ ticket: String, _ time: String, _ visibility: String) -> String {
            event(
                id, "message.posted", ticket, time,
                "\"direction\":\"out\",\"visibility\":\"\(visibility)\",\"actor_kind\":\"agent\","
                    + "\"actor\":\"B\"")
        }
        try command.file(
            "in.ndjson",
            event("1", "ticket.opened", "ticket/1", "2025-03-01T08:00:00Z")
                + reply("2", "ticket/1", "2025-03-01T09:00:00Z", "public")
                + event("3", "ticket.opened", "ticket/3", "2025-03-01T08:00:00Z")
                + reply("4", "ticket/3", "2025-03-01T09:00:00Z", "internal")
                + reply("5", "ticket/5", "2025-03-01T09:00:00Z", "public")
                + event("6", "ticket.opened", "ticket/6", "2025-03-01T08:00:00Z")
                .replacing("\"origin\":\"customer\"", with: "\"origin\":\"agent\"")
                + reply("7", "ticket/6", "2025-03-01T09:00:00Z", "public")
                + event("8", "agent.profile_set", "agent/c", "2025-03-01T08:00:00Z"))
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        #expect(try command.run("ingest", "in.ndjson").code == 0)
        let english = try command.run(
            "query", "first_response_time", "--period", "2025-03", "--left-out")
        #expect(english.code == 0, "\(english)")
        expect(
            english.out,
            holds: [
                "something happened in 4 cases; counted: 1, left out: 3.", "ticket/3", "ticket/5",
                "ticket/6", "nothing counts as ", "does not count where it says again",
            ])
        let indonesian = try command.run(
            "query", "first_response_time", "--period", "2025-03", "--left-out", "--lang", "id")
        expect(indonesian.out, holds: ["ada peristiwa dalam 4 kasus; dihitung: 1, tidak: 3."])
        let json = try command.run(
            "query", "first_response_time", "--period", "2025-03", "--left-out", "--format", "json")
        expect(json.out, holds: ["\"cases\":4", "\"counted\":1", "\"reason\":\"no_event\""])
        try command.file(
            "more.ndjson",
            (10..<20).map {
                event("o\($0)", "ticket.opened", "ticket/\($0)", "2025-03-02T08:00:00Z")
            }.joined()
                + (10..<17).map {
                    event(
                        "g\($0)", "ticket.merged", "ticket/\($0)", "2025-03-02T09:00:00Z",
                        "\"into\":\"ticket/1\"")
                }.joined())
        #expect(try command.run("ingest", "more.ndjson").code == 0)
        let gone = "rekam query ticket_volume --period 2025-03 --left-out "
        let some = try command.shell(gone).out
        expect(some, holds: ["7  there is gone (the first ticket.merged", "ticket/14, …"])
        #expect(!some.contains("ticket/15") && !some.contains("it does not hold"), "\(some)")
        expect(
            try command.shell(gone + "--limit 0").out,
            holds: ["ticket/14, ticket/15, ticket/16\n"])
        expect(
            try command.shell(gone + "--limit 2 --lang id").out,
            holds: ["ada gone (", "ticket/10, ticket/11, …"])
        expect(try command.shell(gone + "--limit=-1").error, holds: ["--limit -1: 0 shows all."])
        expect(
            try command.shell("rekam query csat --period 2025-03 --limit 3").error,
            holds: ["--limit goes with --left-out"])
        let split = try command.run(
            "query", "first_response_time", "--period", "2025-03", "--left-out", "--by", "agent")
        #expect(split.code == 64, "\(split)")
    }
}
