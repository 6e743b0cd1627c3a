import Foundation
import Testing

/// Method: a source's own list of 10,000 tickets, and a copy from which some were dropped and in which some
/// were altered before it was imported: what was done must be named, all of it and nothing else.
@Suite("Lists and samples held against the log")
struct ReconcileTests {
    private static let mapping = """
        mapping: desk
        version: 1
        title: Desk
        source: desk
        times:
          opened: "{opened}"
          solved: "{solved}"
        case: "ticket/{id}"
        at: opened
        events:
          - type: ticket.opened
            data: {channel: "{channel}", origin: customer, priority: "{priority}", agent: "{agent}"}
          - type: ticket.status_changed
            at: solved
            data: {status: resolved, actor: "{agent}", actor_kind: agent}
        """

    private static let heading = "id,opened,solved,channel,priority,agent\n"

    private func row(_ number: Int) -> [String] {
        let day = String(format: "2025-%02d-%02dT", 7 + number % 3, 1 + number % 28)
        let minute = String(format: ":%02d:00Z", number % 60)
        return [
            "T\(number)", day + "08" + minute, day + "1\(number % 9)" + minute,
            ["email", "chat", "phone"][number % 3], ["high", "normal"][number % 2],
            "Agen \(number % 17)",
        ]
    }

    private func text(_ rows: [[String]]) -> String {
        Self.heading + rows.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private func desk(_ rows: [[String]], _ list: [[String]]) throws -> Command {
        let command = try Command(now: "2025-10-02T01:00:00Z")
        try command.file("desk.yaml", Self.mapping)
        try command.file("list.csv", text(list))
        try command.file("import.csv", text(rows))
        let made = try command.shell(
            "rekam init --time-zone UTC > /dev/null && rekam ingest import.csv --mapping desk.yaml")
        #expect(made.code == 0, "\(made)")
        return command
    }

    private let reconcile = "rekam audit reconcile list.csv --mapping desk.yaml --period 2025-Q3"

    @Test("Of 10,000 tickets, seven that were dropped and five that were altered are named")
    func twelve() throws {
        let list = (0..<10_000).map(row)
        var handed = list
        handed[791][4] = "urgent"
        handed[1186][1] = handed[1186][1].replacing("T08", with: "T06")
        handed[2471][5] = "Agen 99"
        handed[5305][2] = "2025-12-24T10:00:00Z"
        handed[6468][3] = "portal"
        let dropped = [3, 950, 1542, 3517, 5991, 8313, 9999]
        for place in dropped.reversed() { handed.remove(at: place) }
        let command = try desk(handed, list)
        let csv = try command.shell("\(reconcile) --no-record --format csv")
        #expect(csv.code == 1, "\(csv.error)")
        let lines = csv.out.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let missing = lines.filter { $0[0] == "missing_here" }.map { $0[1] }
        #expect(missing == dropped.map { "ticket/T\($0)" })
        let differing = lines.filter { $0[0] == "differs" }.map { $0[1...5].joined(separator: " ") }
        #expect(
            differing.sorted() == [
                "ticket/T1186 ticket.opened time 2025-08-11T08:46:00.000Z 2025-08-11T06:46:00.000Z",
                "ticket/T2471 ticket.opened agent Agen 6 Agen 99",
                "ticket/T2471 ticket.status_changed actor Agen 6 Agen 99",
                "ticket/T5305 ticket.status_changed time 2025-08-14T14:25:00.000Z "
                    + "2025-12-24T10:00:00.000Z",
                "ticket/T6468 ticket.opened channel email portal",
                "ticket/T791 ticket.opened priority normal urgent",
            ], "\(csv.out)")
        #expect(lines.count == 13)
        // Which KPIs: those that read the field, and all that read the event where it is its time.
        let kpis = Dictionary(
            lines.map { ($0[1] + $0[2], Set($0[7].split(separator: " ").map(String.init))) },
            uniquingKeysWith: { first, _ in first })
        #expect(kpis["ticket/T5305ticket.status_changed"]?.contains("resolution_time") == true)
        #expect(kpis["ticket/T1186ticket.opened"]?.contains("first_response_time") == true)
        #expect(kpis["ticket/T791ticket.opened"]?.contains("ces") == false)
        #expect(kpis["ticket/T2471ticket.status_changed"] == [])
        let table = try command.shell(reconcile)
        #expect(
            table.out.contains(
                "10,000 cases compared: the same 9,988, missing here 7, missing there 0, "
                    + "different 5."), "\(table)")
        let entry = try command.shell("rekam log show --last 1").out
        for word in [
            "\"type\":\"audit.reconciled\"", "\"missing_here\":7", "\"different\":5",
            "\"same\":9988",
            "\"period\":\"2025-Q3\"",
        ] { #expect(entry.contains(word), "\(entry)") }
        let same = try command.shell(
            "rekam audit reconcile import.csv --mapping desk.yaml --period 2025-Q3 --lang id")
        #expect(same.code == 0 && same.out.contains("sama 9.993"), "\(same)")
    }

    @Test("What the log has beside the list is missing there, what was taken back is missing here")
    func others() throws {
        let list = (0..<40).map(row)
        let command = try desk((0..<43).map(row), list)
        // Another system's tickets, and what it says of this one's, are no matter of this list.
        try command.file(
            "other.ndjson",
            Command.message("m1", ticket: "T1", time: "2025-08-15T02:00:00Z")
                + Command.message("m2", ticket: "X1", time: "2025-08-15T02:00:00Z"))
        let made = try command.shell(
            """
            rekam ingest other.ndjson > /dev/null
            first=$(rekam log case ticket/T5 | grep -o '"rekamposition":[0-9]*' | head -1 | cut -d: -f2)
            rekam void --entries $first..$first --reason gone > /dev/null
            rekam void --entries $((first + 1))..$((first + 1)) --reason gone > /dev/null
            second=$(rekam log case ticket/T6 | grep status | grep -o '"rekamposition":[0-9]*' | cut -d: -f2)
            rekam void --entries $second..$second --reason half > /dev/null
            \(reconcile) --no-record --format csv | cut -d, -f1-3
            """)
        let found = Set(made.out.split(whereSeparator: \.isNewline).dropFirst().map(String.init))
        #expect(
            found == [
                "missing_here,ticket/T5,", "missing_here,ticket/T6,ticket.status_changed",
                "missing_there,ticket/T40,", "missing_there,ticket/T41,",
                "missing_there,ticket/T42,",
            ], "\(made)")
        // A list of none says so: all of its system's are missing there.
        try command.file("list.csv", Self.heading)
        let none = try command.shell(
            "\(reconcile) --no-record --format csv | cut -d, -f1 | sort | uniq -c")
        #expect(none.out.contains("42 missing_there") && !none.out.contains("here,"), "\(none)")
        try command.file("list.csv", text(list))
        // Of another month nothing is missing: the list tells of nothing in it.
        let other = try command.shell("\(reconcile.replacing("Q3", with: "11")) --no-record")
        #expect(other.code == 0 && other.out.contains("0 cases compared"), "\(other)")
    }

    @Test(
        "A row that can't be read is said not to be compared, and nothing is called the same by it")
    func refused() throws {
        let list = (0..<5).map(row)
        let command = try desk(list, list)
        try command.shell("sed -i '3s/2025/in 2025/' list.csv")
        let result = try command.shell("\(reconcile) --no-record")
        #expect(result.code == 1)
        #expect(result.out.contains("NOT compared: line 3: "), "\(result)")
        #expect(result.out.contains("ticket/T1") && result.out.contains("missing there"))
        let json = try command.shell("\(reconcile) --no-record --format json")
        #expect(json.out.contains("\"refused\": 1") && json.error.contains("NOT compared"))
        for line in [
            "rekam audit reconcile none.csv --mapping desk.yaml --period 2025-Q3",
            "rekam audit reconcile list.csv --mapping none.yaml --period 2025-Q3",
            "rekam audit reconcile desk.yaml --mapping desk.yaml --period 2025-Q3",
        ] {
            let result = try command.shell(line)
            #expect(result.code > 1 && result.error.hasPrefix("Error: "), "\(line): \(result)")
        }
        #expect(try command.shell("ls -d /tmp/rekam-reconcile-* 2> /dev/null").out.isEmpty)
    }

    @Test("A list of how cases stand does not miss what they were before, a history does")
    func states() throws {
        let command = try Command(now: "2025-10-02T01:00:00Z")
        try command.file(
            "desk.yaml",
            """
            mapping: desk
            version: 1
            title: Desk
            source: desk
            times: {at: "{at}"}
            case: "ticket/{id}"
            at: at
            events:
              - {type: ticket.status_changed, data: {status: "{status}", actor_kind: agent}}
            """)
        let rows = ["1,2025-07-01T08:00:00Z,open", "1,2025-07-02T08:00:00Z,resolved"]
        try command.file("history.csv", "id,at,status\n" + rows.joined(separator: "\n") + "\n")
        try command.file("list.csv", "id,at,status\n\(rows[1])\n")
        try command.file("later.csv", "id,at,status\n\(rows[0])\n")
        let result = try command.shell(
            """
            rekam init --time-zone UTC > /dev/null
            rekam ingest history.csv --mapping desk.yaml > /dev/null
            for list in history list later; do
                rekam audit reconcile $list.csv --mapping desk.yaml --period 2025-07 --no-record \
                --format csv | tail -n +2 | cut -d, -f1,3,6
                echo "$list ${PIPESTATUS[0]}"
            done
            """)
        #expect(
            result.out.split(whereSeparator: \.isNewline) == [
                "history 0", "list 0",
                "missing_there,ticket.status_changed,2025-07-02T08:00:00.000Z", "later 1",
            ], "\(result)")
    }

    @Test("A plan names the period that it was made of, also as of an earlier state")
    func plannedThen() throws {
        let command = try Command(now: "2025-08-05T01:00:00Z")
        try #require(try command.run("init", "--time-zone", "Asia/Jakarta").code == 0)
        func open(_ day: String) throws {
            let line = """
                {"specversion":"1.0","id":"\(day)","source":"desk","type":"ticket.opened",\
                "subject":"ticket/\(day)","time":"\(day)T03:00:00Z",\
                "data":{"channel":"email","reason":"inquiry","origin":"customer"}}
                """
            let read = try command.run("ingest", "-", input: Data((line + "\n").utf8))
            try #require(read.code == 0, "\(read)")
        }
        try open("2025-07-10")
        command.environment["REKAM_NOW"] = "2025-09-05T01:00:00Z"
        try open("2025-08-10")
        // Seen from there, the last month is July; from the log's end it is August.
        let planned = try command.run(
            "sample", "ticket_volume", "--period", "last-month", "--as-of", "2025-08-31",
            "--size-for", "95,5")
        #expect(planned.code == 0, "\(planned)")
        let entry = try command.run("log", "show", "--last", "1").out
        #expect(entry.contains(#""period":"2025-07""#), "\(entry)")
    }

    @Test("A sample is planned, drawn and evaluated, and each step is in the log")
    func samples() throws {
        let list = (0..<400).map(row)
        let command = try desk(list, list)
        let result = try command.shell(
            """
            draw() { rekam sample resolution_time --period 2025-Q3 "$@"; }
            draw --size-for 95,5
            draw --size-for 0.95,0.05 --seed x > sample.csv 2> said.txt; cat said.txt
            draw --size 59 --seed x | cmp - sample.csv && echo "the same sample"
            plan=$(grep -o 'entry [0-9]*' said.txt | cut -d' ' -f2)
            heading=$(head -1 sample.csv | tr -d '\\r')
            results() { (echo "$heading,result,stratum"; tail -n +2 sample.csv | tr -d '\\r' \
            | awk -v e=$1 '{print $0 "," (NR <= e ? "error" : "ok") "," (NR % 2 ? "odd" : "even")}'); }
            results 1 > one.csv; results 0 > none.csv
            try() { rekam sample evaluate "$@"; echo "code $?"; }
            try none.csv --plan $plan
            try one.csv --plan $plan
            try one.csv --format csv --no-record
            try one.csv --strata projection --no-record
            rekam log show --last 1 | grep -o '"act":"[a-z]*"\\|"errors":[0-9]*\\|"bound":"[0-9.]*"'
            rekam sample ticket_volume --period 2025-Q3 --size-for 95,5 > /dev/null
            rekam audit exceptions --period 2025-10 | grep planned
            rekam audit exceptions --period 2025-10 --lang id | grep direncanakan
            rekam audit exceptions --period 2025-10 --format csv | grep planned_again | cut -d, -f1,5,6
            head -40 none.csv > few.csv; try few.csv --plan $plan
            try none.csv --plan 3
            (cat none.csv; tail -1 none.csv) > twice.csv; try twice.csv
            sed '2s/,ok,/,,/' none.csv > open.csv; try open.csv
            sed '2s/,ok,/,maybe,/' none.csv > maybe.csv; try maybe.csv
            awk -F, -v OFS=, 'NR == 2 { $10 = $10 - 1 } { print }' none.csv > other.csv; try other.csv
            try sample.csv; try none.csv --confidence 100; try none.csv --strata team
            """)
        let said = result.out + result.error
        for word in [
            "59 of 400 facts. If none is wrong, then with 95 % confidence at most 5 % of all are.",
            "the same sample", "at most 4.9508 % of 400 facts are wrong. That is no more than 5 %.",
            "That is MORE than 5 %.", ",59,1,0.016949152542,0.077897921519",
            "\"act\":\"evaluated\"", "\"errors\":1", "\"bound\":\"0.0778979",
            "the plan asks for 59 facts, and the results are of 39.",
            "--plan 3: no sample was planned in that entry.",
            "line 61 of the results: the sample's number 59 stands there twice.",
            "it has no result; what could not be tested is an error.",
            "\"maybe\" is no result: write ok or error.", "is not the one that the row names",
            "has no column \"result\"", "--confidence 100: from 50 to less than 100 percent.",
            "has no column \"team\"",
        ] { #expect(said.contains(word), "\(word): \(result)") }
        // Of two plans of one figure the second is told, when it is made, evaluated and looked for.
        let told = said.components(separatedBy: "was planned 2 times (entries ").count - 1
        #expect(told == 3, "\(result)")
        for word in [
            "planned again", "planned first in entry ", "direncanakan pertama kali di entri ",
            "planned_again,resolution_time 2025-Q3,entry ",
        ] { #expect(said.contains(word), "\(word): \(result)") }
        #expect(!said.contains("planned_again,ticket_volume"), "\(result)")
        try other(command)
        let codes = result.out.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("code ") }
        #expect(
            codes.map { $0.dropFirst(5) } == [
                "0", "1", "0", "0", "65", "64", "65", "65", "65", "65", "65", "64", "65",
            ], "\(result)")
        for line in [
            "--size-for 95", "--size-for 40,5", "--size-for 95,0", "--size 3 --size-for 95,5",
        ] {
            let result = try command.shell(
                "rekam sample resolution_time --period 2025-Q3 --seed x \(line)")
            #expect(result.code == 64, "\(line): \(result)")
        }
    }

    /// Results of other facts than those that were planned.
    private func other(_ command: Command) throws {
        let result = try command.shell(
            """
            plan() { rekam sample resolution_time --period 2025-Q3 --size-for 90,20 "$@" \\
            2>&1 > drawn | sed -n 's/.*entry \\([0-9]*\\).*/\\1/p'; }
            draw() { rekam sample resolution_time --period 2025-Q3 "$@" | tr -d '\\r' \\
            | awk '{print $0 "," (NR == 1 ? "result" : "ok")}' > results; }
            try() { rekam sample evaluate results --plan $n "$@" > /dev/null; echo "code $?"; }
            n=$(plan --seed x --channel email)
            draw --seed x --size 11 --channel email; try
            draw --seed x --size 30 --channel email; try
            draw --seed y --size 11 --channel email; try
            draw --seed x --size 11; try
            draw --seed x --size 12 --channel email; sed -i 2d results; try
            cut -d, -f2- results > few; mv few results; try
            n=$(rekam sample resolution_time --period 2025-Q3 --size-for 90,20 \\
            | sed -n 's/.*entry \\([0-9]*\\).*/\\1/p')
            draw --seed z --size 11; try; try --seed z; try --seed x
            n=$(plan --seed x --agent "Agen 6"); draw --seed x --size 11 --agent "Agen 6"; try
            rekam log show $n | grep -c "Agen 6"
            """)
        let codes = result.out.split(whereSeparator: \.isNewline).map(String.init)
        #expect(
            codes == [0, 0, 65, 65, 65, 65, 64, 0, 65, 0].map { "code \($0)" } + ["0"], "\(result)")
    }
}
