import Foundation
import Testing

/// Method: one desk of tickets and of a survey in a large team and a small one; a ticket comes late, the
/// survey's round closes, and a KPI is added. Each command that compares figures is typed, and each of
/// the four outcomes is looked for by name. (Stored rows and entries are one state of one log, so that
/// `replay` meets nothing that is not defined then; figures that differ there are altered rows:
/// `ChangedRowsTests`.)
@Suite("What differs, what is the same, and what was not compared")
struct ComparisonTests {
    private static func ticket(_ number: Int, day: String = "2025-03-03") -> String {
        func event(_ id: String, _ type: String, _ hour: Int, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(id)\#(number)","source":"desk","type":"\#(type)","#
                + #""subject":"ticket/T-\#(number)","time":"\#(day)T0\#(hour):00:00Z","data":{\#(data)}}"#
                + "\n"
        }
        return event("o", "ticket.opened", 8, #""channel":"email","origin":"customer""#)
            + event(
                "m", "message.posted", 9,
                #""direction":"out","visibility":"public","actor_kind":"agent","actor":"sari""#)
    }

    private static func answer(_ person: String, _ team: String) -> String {
        #"{"specversion":"1.0","id":"a-\#(person)","source":"desk","type":"survey.answered","#
            + #""subject":"respondent/\#(person)","time":"2025-03-10T08:00:00Z","data":"#
            + #"{"survey":"e","kind":"enps","score":9,"team":"\#(team)"}}"# + "\n"
    }

    /// A desk as of March, and what came in April.
    private func desk() throws -> Command {
        let command = try Command()
        let answers =
            (1...6).map { Self.answer("L\($0)", "large") }
            + (1...2).map {
                Self.answer("S\($0)", "small")
            }
        try command.file("march.ndjson", Self.ticket(1) + Self.ticket(2) + answers.joined())
        try command.file("late.ndjson", Self.ticket(3))
        let result = try command.shell(
            """
            set -e
            export REKAM_NOW=2025-03-20T05:00:00Z
            rekam init --time-zone UTC > /dev/null
            rekam ingest march.ndjson > /dev/null
            """)
        #expect(result.code == 0, "\(result)")
        return command
    }

    /// The numbers of a JSON answer.
    private func counts(_ json: String) throws -> [String: Int] {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return (object ?? [:]).compactMapValues { $0 as? Int }
    }

    private static let outcomes = ["same", "differs", "not_defined_then", "refused"]

    @Test("diff, restatements, snapshot diff and replay count each outcome as what it is")
    func states() throws {
        let command = try desk()
        try command.file("slow.yaml", AnalystTests.first)
        let grown = try command.shell(
            """
            set -e
            export REKAM_NOW=2025-04-10T05:00:00Z
            rekam period close 2025-03 --reason reported > /dev/null
            rekam snapshot export --period 2025-03 --out before > /dev/null
            rekam ingest late.ndjson > /dev/null
            rekam projection add slow.yaml > /dev/null
            rekam projection backfill slow_reply > /dev/null
            rekam projection promote slow_reply --reason asked > /dev/null
            rekam snapshot export --period 2025-03 --out after > /dev/null
            """)
        #expect(grown.code == 0, "\(grown)")
        let lines = [
            "diff --period 2025-03 --as-of 2025-03-20", "period restatements 2025-03",
            "snapshot diff before after",
        ]
        for line in lines {
            let json = try command.shell("rekam \(line) --format json")
            #expect(json.code == 0, "\(line): \(json)")
            let counts = try counts(json.out)
            for outcome in Self.outcomes {
                #expect(counts[outcome] ?? 0 > 0, "\(line), \(outcome): \(counts)")
            }
            let csv = try command.shell("rekam \(line) --format csv")
            #expect(csv.out.contains("not_defined_then") && csv.out.contains("refused"), "\(csv)")
            let table = try command.shell("rekam \(line) --lang id")
            #expect(table.out.contains(": hanya satu sisi yang memilikinya"), "\(table)")
            #expect(table.out.contains("tidak ditampilkan kedua sisi"), "\(table)")
        }
        // Whose answers moved a figure is not told; that it moved is.
        let shown = try command.shell("rekam \(lines[0]) enps --format csv")
        #expect(shown.out.contains("2025-03,enps,,,100,score,untold,"), "\(shown)")
        #expect(!shown.out.contains("respondent/"), "\(shown)")
        let replay = try command.shell("rekam replay --period 2025-03")
        #expect(replay.code == 0 && replay.out.contains("It agrees: "), "\(replay)")
        #expect(replay.out.contains("answered from no stored rows"), "\(replay)")
        for line in [
            "diff foo --period 2025-03 --as-of 2025-03-20",
            "diff --by foo --period 2025-03 --as-of 2025-03-20",
            "diff csat.foo --period 2025-03 --as-of 2025-03-20",
        ] {
            let wrong = try command.shell("rekam \(line)")
            #expect(
                wrong.code == 64 && wrong.error.contains("foo") && wrong.out.isEmpty, "\(wrong)")
        }
    }

    @Test("Nothing is said to be the same where nothing was compared") func nothing() throws {
        let command = try desk()
        let open = try command.shell(
            "rekam diff enps --period 2025-03 --as-of 2025-03-20 --as-of 2025-03-20")
        #expect(open.code == 0 && open.out.hasPrefix("No figure was compared."), "\(open)")
        #expect(open.out.contains("Not compared: ") && open.out.contains("enps"), "\(open)")
        let replay = try command.shell("rekam replay --period 2025-03 --as-of 2")
        #expect(replay.code == 1 && replay.error.contains("nothing was compared"), "\(replay)")
    }

    @Test("A version's comparison counts what it breaks, and what it does not have, as such")
    func versions() throws {
        let command = try desk()
        try command.file("one.yaml", AnalystTests.first)
        let head = AnalystTests.first.components(separatedBy: "---")[0]
            .replacing("version: 1", with: "version: 2")
        // The wait is counted from the answer, all are 0; the KPI's measure has another name; the agent is
        // no dimension, nor is any other usual one that both have.
        try command.file("two.yaml", head.replacing("from: opened", with: "from: answer"))
        try command.file(
            "three.yaml",
            head.replacing("version: 2", with: "version: 3").replacing("  wait:", with: "  time:"))
        try command.file(
            "four.yaml",
            head.replacing("version: 2", with: "version: 4").replacing(
                "{agent: answer.actor, team: latest team, channel: opened.channel}",
                with: "{via: opened.channel}"))
        let made = try command.shell(
            """
            set -e
            rekam projection add one.yaml > /dev/null
            rekam projection backfill slow_reply > /dev/null
            rekam projection promote slow_reply --reason asked > /dev/null
            for file in two three four; do rekam projection add $file.yaml > /dev/null; done
            """)
        #expect(made.code == 0, "\(made)")
        func compared(_ version: Int) throws -> [String: Int] {
            let line = "rekam projection diff slow_reply@1 slow_reply@\(version) --period 2025-03"
            let result = try command.shell("\(line) --format json")
            #expect(result.code == 0, "\(result)")
            return try counts(result.out)
        }
        #expect(try compared(1)["same"] == 2)
        #expect(try compared(2)["differs"] == 2)
        let broken = try compared(3)
        #expect(broken["refused"] == 1 && broken["same"] == 0, "\(broken)")
        let fewer = try compared(4)
        #expect(fewer["same"] == 1 && fewer["not_defined_then"] == 1, "\(fewer)")
        let told = try command.shell(
            "rekam projection diff slow_reply@1 slow_reply@3 --period 2025-03")
        #expect(told.out.contains("Not compared: 1 figure of slow_reply_time: "), "\(told)")
        let wrong = try command.shell(
            "rekam projection diff slow_reply@1 slow_reply@9 --period 2025-03")
        #expect(wrong.code != 0 && wrong.out.isEmpty, "\(wrong)")
    }
}
