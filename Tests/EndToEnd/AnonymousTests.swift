import Foundation
import Testing

/// Method: two teams of respondents, one of two people; every command that shows events, facts or
/// figures is typed, and nothing may tell an answer of the small team. What the command line says of
/// rounds that are open, closed and told late is worked out by hand.
@Suite("Answers of respondents, from the command line")
struct AnonymousTests {
    private static func answer(
        _ person: String, _ team: String, _ score: Int, _ day: String = "2025-03-10",
        more: String = ""
    ) -> String {
        #"{"specversion":"1.0","id":"a-\#(person)-\#(day)","source":"desk","type":"survey.answered","#
            + #""subject":"respondent/\#(person)","time":"\#(day)T08:00:00Z","data":"#
            + #"{"survey":"e","kind":"enps","score":\#(score),"team":"\#(team)"\#(more)}}"# + "\n"
    }

    private func desk(at now: String) throws -> Command {
        let command = try Command()
        var text = Self.answer("S1", "small", 2) + Self.answer("S2", "small", 3)
        for person in 1...6 { text += Self.answer("L\(person)", "large", person > 2 ? 10 : 8) }
        try command.file("march.ndjson", text)
        let made = try command.shell(
            """
            export REKAM_NOW=\(now)T05:00:00Z
            rekam init --time-zone UTC > /dev/null && rekam ingest march.ndjson > /dev/null
            """)
        #expect(made.code == 0, "\(made)")
        return command
    }

    @Test("A month with nothing but respondents' events is not said to have none")
    func closedMonth()
        throws
    {
        let command = try desk(at: "2025-04-10")
        let result = try command.shell(
            """
            export REKAM_NOW=2025-04-20T05:00:00Z
            rekam period close 2025-03 && rekam period close 2025-02 --lang id
            """)
        #expect(result.code == 0, "\(result)")
        for word in [
            "It has no events but what respondents may have sent, which is not counted.",
            "Tidak ada peristiwa di dalamnya selain yang mungkin dikirim responden, yang tidak dihitung.",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
    }

    @Test("No command shows an answer by itself") func oneByOne() throws {
        let command = try desk(at: "2025-04-10")
        try command.file(
            "mine.yaml",
            """
            projection: mine
            version: 1
            title: Mine
            of: respondent
            fact: {each: survey.answered}
            dimensions: {team: fact.team, score: fact.score}
            measures: {who: {name: subject}}
            """)
        let refused = [
            "log case respondent/S1", "facts enps --period 2025", "projection cells enps",
            "projection cells enps --as-of 1000000", "sample enps --period 2025 --size 1 --seed 1",
            "explain enps --period 2025 --events", "projection try mine.yaml --period 2025",
            "projection try mine.yaml --case respondent/S1", "projection add mine.yaml",
        ]
        for words in refused {
            let result = try command.shell("REKAM_NOW=2025-04-20T05:00:00Z rekam \(words)")
            #expect(result.code != 0 && result.out.isEmpty, "\(words): \(result)")
            #expect(!result.error.contains("S1:"), "\(words): \(result)")
        }
        let shown = [
            "log show --last 12", "log stat --fields --type survey.answered",
            "log stat --fields --type survey.answered --format json",
            "query enps enps.detractors enps.respondents --by team --period 2025 --format csv",
            "explain enps.detractors --period 2025 --by team --format csv",
            "explain enps --period 2025 --format json",
            "diff --period 2025 --as-of 100 --format csv",
            "projection try \(Command.root.path)/Schemas/catalogue/employees.yaml "
                + "--projection enps --period 2025 --sample 1 --format json",
        ]
        for words in shown {
            let result = try command.shell("REKAM_NOW=2025-04-20T05:00:00Z rekam \(words)")
            #expect(result.code == 0, "\(words): \(result)")
            for piece in ["respondent/S", "\"score\":2", "2 to", "least", "R80"] {
                #expect(!result.out.contains(piece), "\(words): \(piece) in \(result.out)")
            }
        }
    }

    @Test("A round has figures once it has closed, and keeps them") func rounds() throws {
        let command = try desk(at: "2025-03-20")
        func count(_ words: String, at now: String = "2025-05-01") throws -> String {
            let result = try command.shell(
                "REKAM_NOW=\(now)T05:00:00Z rekam query enps.count --format csv \(words)")
            #expect(result.code == 0, "\(result)")
            let lines = result.out.split(whereSeparator: \.isNewline).map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            let place = lines.first?.firstIndex(of: "value") ?? 0
            let value = lines.last?[place] ?? "?"
            return value.isEmpty ? "-" : String(value)
        }
        #expect(try count("--period 2025") == "-")
        let open = try command.shell("rekam query enps --period 2025-03 --lang id")
        #expect(open.out.contains("putaran belum ditutup: berakhir 24 Maret"), "\(open)")
        let early = try command.shell("rekam explain enps --period 2025-03")
        #expect(
            early.code == 64 && early.error.contains("its round has not closed yet"), "\(early)")
        // The next import is recorded after its 14 days; what it brings to the round is late.
        try command.file(
            "late.ndjson",
            Self.answer("L7", "large", 1, "2025-03-12")
                + Self.answer("S3", "small", 1, "2025-03-12"))
        let late = try command.shell(
            "REKAM_NOW=2025-04-02T05:00:00Z rekam ingest late.ndjson > /dev/null")
        #expect(late.code == 0, "\(late)")
        #expect(try count("--period 2025") == "6")
        #expect(try count("--period 2025-03-10") == "6")
        #expect(try count("--period 2025-03-12") == "0")
        #expect(try count("--period 2025 --team small") == "-")
    }

    @Test("An answer sent again with any other score is there already, in every output")
    func guesses() throws {
        let command = try desk(at: "2025-04-10")
        for score in [2, 9] {
            try command.file("guess.ndjson", Self.answer("S1", "small", score))
            let again = try command.shell("rekam ingest guess.ndjson")
            #expect(again.code == 0 && again.out.contains("already there 1\n"), "\(again)")
        }
        // What is no answer is refused under its name, without a word about it.
        try command.file(
            "other.ndjson",
            Self.answer("S1", "small", 2).replacing("respondent/S1", with: "ticket/T-1"))
        let other = try command.shell("rekam ingest other.ndjson")
        #expect(other.code != 0, "\(other)")
        let traces = try command.shell(
            """
            cat other.rejects.reasons.csv; rekam log show --last 1
            rekam audit exceptions --period 2026 --each --format csv
            """)
        for text in [other.out + other.error, traces.out] {
            for piece in ["respondent/S1", "data.", "in entry", "score"] {
                #expect(!text.contains(piece), "\(piece) in \(text)")
            }
        }
        #expect(traces.out.contains("another event already has this source and id"))
    }

    @Test("Bundles and entries that hold answers are handed out on demand alone")
    func handedOut() throws {
        let command = try desk(at: "2025-04-10")
        let tiles = try command.shell(
            """
            set -e
            rekam log export-tiles tiles; ls tiles/tile; rekam log export-tiles --lang id again
            rekam log export-tiles tiles --with-answers; ls tiles/tile
            """)
        #expect(tiles.code == 0, "\(tiles)")
        let part = tiles.out.components(separatedBy: "Wrote ")
        #expect(
            part.count == 3 && part[1].contains("1 bundle of entries holds respondents' answers"))
        #expect(!part[1].contains("entries\n") && part[2].contains("\nentries\n"), "\(tiles)")
        #expect(part[1].contains("1 bundel entri memuat jawaban responden"))
        #expect(tiles.error.contains("Answers of respondents stand in these entries"))
        let snapshot = try command.shell(
            """
            rekam snapshot export --period 2025-03 --with-entries --out q; echo "refused $?"; ls -d q
            rekam snapshot export --period 2025-03 --with-answers --out q; echo "alone $?"
            rekam snapshot export --period 2025-03 --with-entries --with-answers --out q > /dev/null
            rekam snapshot verify q > /dev/null; echo "verified $?"
            """)
        for line in ["refused 64\n", "alone 64\n", "verified 0\n"] {
            #expect(snapshot.out.contains(line), "\(line): \(snapshot)")
        }
        #expect(snapshot.error.contains("the entries hold respondents' answers, each by itself"))
    }

    @Test("A rehearsal of an erasure is no search in answers")
    func rehearsal() throws {
        let command = try desk(at: "2025-04-10")
        try command.file(
            "more.ndjson",
            Self.answer("S4", "small", 1, more: #","comment":"the zebra is late","agent":"sari""#)
                + Command.message("m", extra: #","actor":"sari""#))
        func rehearse(_ words: String) throws -> String {
            let result = try command.shell("rekam erase \(words) --dry-run")
            #expect(result.code == 0, "\(result)")
            return result.out
        }
        let made = try command.shell("rekam ingest more.ndjson > /dev/null")
        #expect(made.code == 0, "\(made)")
        #expect(try rehearse("agent/sari --word zebra") == rehearse("agent/sari --word camel"))
        #expect(try rehearse("agent/sari").contains("Goes         1 name\n"))
        #expect(try rehearse("respondent/S4").contains("Goes         1 name\n"))
        #expect(try rehearse("agent/sari --lang id").contains("Teks dalam jawaban responden"))
        let shown = try command.run("person", "show", "agent/sari")
        #expect(shown.code == 0 && !shown.out.contains("zebra"), "\(shown)")
        let done = try command.run(
            "erase", "agent/sari", "--word", "zebra", "--reason", "asked for")
        #expect(done.code == 0 && done.out.contains("Erased 1 name and 1 text"), "\(done)")
    }

    @Test("Fields of respondents' events are not counted, and a group's answers only added up")
    func counted() throws {
        let command = try desk(at: "2025-04-10")
        let fields = try command.shell(
            """
            rekam log stat --fields --type survey.answered
            rekam log stat --fields --type survey.answered --lang id
            rekam log stat --fields --type survey.answered --format json
            """)
        #expect(
            fields.out.hasPrefix(
                """
                survey.answered · 8 events
                  fields of respondents' events are not shown
                survey.answered · 8 peristiwa
                  isian peristiwa responden tidak ditampilkan

                """), "\(fields)")
        #expect(fields.out.contains(#""fields":[]"#), "\(fields)")
        var pulse = ""
        for (person, score) in [1, 2, 3, 4, 5, 5].enumerated() {
            pulse += Self.answer("L\(person)", "large", score)
                .replacing(#""kind":"enps""#, with: #""kind":"pulse""#)
                .replacing(#""id":"a"#, with: #""id":"p"#)
        }
        try command.file("pulse.ndjson", pulse)
        let made = try command.shell(
            "REKAM_NOW=2025-04-20T05:00:00Z rekam ingest pulse.ndjson > /dev/null")
        #expect(made.code == 0, "\(made)")
        func explained(_ format: String) throws -> String {
            let result = try command.shell(
                """
                REKAM_NOW=2025-05-01T05:00:00Z rekam explain pulse_score --period 2025 --by team \
                --limit 0 --format \(format)
                """)
            #expect(result.code == 0, "\(result)")
            return result.out
        }
        #expect(try explained("csv").contains("\r\nlarge,pulse,,,sum(score),20,6,,\r\n"))
        #expect(try explained("csv").split(separator: "\r\n").count == 2)
        #expect(try explained("json").contains(#""sums": {"score": {"sum": 20, "count": 6}}"#))
        let table = try explained("table")
        #expect(table.contains("Score       20       6\n"), "\(table)")
        let markdown = try explained("markdown")
        #expect(markdown.contains("| Score | 20 | 6 |"), "\(markdown)")
    }

    @Test("An auditor's list counts respondents' entries, and none is corrected by its number")
    func auditors() throws {
        let command = try desk(at: "2025-04-10")
        try command.file(
            "late.ndjson",
            Self.answer("S1", "small", 1, "2025-03-11") + Self.answer("S3", "small", 1))
        let made = try command.shell(
            """
            set -e
            rekam ingest late.ndjson > /dev/null
            rekam void --entries $(rekam log show --last 9 | head -1 | \
            sed -E 's/.*"sequence":([0-9]+).*/\\1..\\1/') --reason test > /dev/null
            """)
        #expect(made.code == 0, "\(made)")
        for format in ["table", "csv", "json", "markdown"] {
            for each in ["", "--each"] {
                let found = try command.shell(
                    "rekam audit exceptions --period 2025..2026 \(each) --format \(format)")
                #expect(found.code == 0, "\(found)")
                for piece in ["respondent/", "survey.answered", "2025-03-10", "a-S1"] {
                    #expect(!found.out.contains(piece), "\(piece): \(found)")
                }
                if format == "csv" {
                    #expect(found.out.contains("backdated,,,,respondents,,10,,"), "\(found)")
                    #expect(found.out.contains("void,,,,respondents,,1,,"), "\(found)")
                }
            }
        }
        var answers: Set<String> = []
        for person in ["S1", "S2", "L1"] {
            let result = try command.shell(
                """
                rekam person correct respondent/\(person) --entry $(rekam log show --last 20 | \
                grep withheld | sed -nE '2s/.*"sequence":([0-9]+).*/\\1/p') comment=x --reason test
                """)
            #expect(result.code == 64, "\(result)")
            answers.insert(result.error)
        }
        #expect(answers.count == 1, "\(answers)")
    }
}
