import Foundation
import Testing

@Suite("Doubtful times: told by ingest in both languages and to programs")
struct DoubtfulTimesTests {
    @Test(
        "Repeated and skipped local times and dates of two formats are counted where they are read")
    func told() throws {
        let command = try Command()
        try command.file(
            "m.yaml",
            """
            mapping: m
            source: s
            time: {zone: Europe/Berlin}
            times:
              opened: "{opened}"
              answered: "{answered}"
              due: {from: "{due}", format: [dd/MM/yyyy, MM/dd/yyyy]}
            case: "ticket/{no}"
            at: opened
            events:
              - {type: ticket.opened, data: {channel: email, origin: customer}}
              - type: message.posted
                at: answered
                data: {direction: out, visibility: public, actor_kind: agent, actor: B}
              - {type: ticket.attributes_set, at: due, data: {level: 1}}
            """)
        try command.file(
            "t.csv",
            """
            no,opened,answered,due
            1,2025-10-26 02:50,2025-10-26 02:10,13/11/2025
            2,2025-03-30 02:30,2025-03-30 04:00,03/04/2025

            """)
        #expect(try command.run("init", "--time-zone", "Europe/Berlin").code == 0)
        let english = try command.run("ingest", "t.csv", "--mapping", "m.yaml").out
        for line in [
            "Doubtful: local times that the clock shows twice in answered: 1 (first at line 2: ticket/1). Each",
            "Doubtful: local times that the clock shows twice in opened: 1 (first at line 2: ticket/1). Each",
            "Doubtful: local times that the clock skips in opened: 1 (first at line 3: ticket/2). Each is read",
            "Doubtful: dates that fit two of the mapping's formats in due: 1 (first at line 3: ticket/2). The",
        ] { #expect(english.contains(line), "\(english)") }
        let answer = try command.run(
            "query", "first_response_time", "--period", "2025-10", "--format", "csv")
        #expect(answer.out.contains(",1200,"), "\(answer)")

        // Every command that tells doubts tells these, by what the import kept.
        for told in [
            try command.run("status").out, try command.run("doctor").out,
        ] {
            #expect(
                told.contains(
                    "local times that the clock shows twice: 2 (first at line 2 of t.csv: ticket/1, …)"
                ),
                "\(told)")
            #expect(
                told.contains("dates without a time: 2 (first at line 2 of t.csv: ticket/1, "),
                "\(told)")
        }
        let audit = try command.run(
            "audit", "exceptions", "--period", "1970..2100", "--format", "csv"
        ).out
        for kind in ["local_time_repeated", "local_time_skipped", "two_date_formats", "date_alone"]
        {
            #expect(audit.contains("\n\(kind),"), "\(audit)")
        }
        #expect(audit.contains(",t.csv,line 3: ticket/2,"), "\(audit)")

        // What is there already was told when it came.
        let again = try command.run("ingest", "t.csv", "--mapping", "m.yaml").out
        #expect(!again.contains("Doubtful: local") && !again.contains("Doubtful: dates"))
        let sed = "for n in 2 3; do sed \"s/^source: s$/source: s$n/\" m.yaml > m$n.yaml; done"
        #expect(try command.shell(sed).code == 0)
        let indonesian = try command.run("ingest", "t.csv", "--mapping", "m2.yaml", "--lang", "id")
            .out
        for line in [
            "Meragukan: waktu setempat yang terjadi dua kali karena jam dimundurkan pada answered: 1 (pertama di baris",
            "Meragukan: waktu setempat yang tidak pernah terjadi karena jam dimajukan pada opened: 1 (pertama di baris 3: ticket/2). Masing",
            "Meragukan: tanggal yang cocok dengan dua format pemetaan pada due: 1 (pertama di baris 3: ticket/2)",
        ] { #expect(indonesian.contains(line), "\(indonesian)") }

        let json = try command.run("ingest", "t.csv", "--mapping", "m3.yaml", "--format", "json")
            .out
        #expect(
            json.contains(
                #"{"attribute":"opened","cases":["ticket/2"],"count":1,"first_line":3,"kind":"local_time_skipped"}"#
            ),
            "\(json)")
    }
}
