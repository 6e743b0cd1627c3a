import Foundation
import Testing

/// Method: a quarter is reported, moved by late events, opened and closed again twice; what was first
/// reported is asked for in every way, and a snapshot is tied to its closing by files alone.
@Suite("Books that are closed again")
struct BooksTests {
    /// A ticket answered so many hours later.
    private func ticket(_ number: Int, hours: Int) -> String {
        Command.message("q\(number)", ticket: "T-\(number)", time: "2025-09-10T01:00:00Z")
            .replacing("\"message.posted\"", with: "\"ticket.opened\"")
            .replacing(
                "\"direction\":\"in\",\"visibility\":\"public\",\"actor_kind\":\"customer\"",
                with: "\"channel\":\"email\",\"origin\":\"customer\"")
            + Command.message(
                "a\(number)", ticket: "T-\(number)", time: "2025-09-10T0\(1 + hours):00:00Z",
                direction: "\"out\""
            ).replacing(
                "\"actor_kind\":\"customer\"", with: "\"actor_kind\":\"agent\",\"actor\":\"Budi\"")
    }

    private func desk() throws -> Command {
        let command = try Command(now: "2025-10-01T02:00:00Z")
        for number in 1...3 {
            try command.file("t\(number).ndjson", ticket(number, hours: number))
        }
        let made = try command.shell(
            """
            set -e
            rekam init --time-zone UTC --origin cs.example.com/log > /dev/null
            rekam ingest t1.ndjson > /dev/null; rekam checkpoint --verifier > key
            """)
        #expect(made.code == 0, "\(made)")
        return command
    }

    private let query = "rekam query first_response_time --period 2025-Q3"

    @Test(
        "What was first reported is shown after any number of closings, and others by their entry")
    func reported() throws {
        let command = try desk()
        let result = try command.shell(
            """
            say() { \(query) "$@" --format csv 2>&1 | tail -1 | cut -d, -f3,10; }
            say --as-closed
            rekam period close 2025-Q3 --reason reported --by sari
            say
            export REKAM_NOW=2025-10-02T02:00:00Z; rekam ingest t2.ndjson > /dev/null
            rekam period reopen 2025-Q3 --reason late > /dev/null
            say; say --as-closed; \(query) | tail -3
            \(query) --as-closed | head -1; \(query) --as-closed --format json | grep closing
            \(query) --as-closed --lang id | head -1
            rekam period close 2025-Q3 --reason again > /dev/null; say
            export REKAM_NOW=2025-10-12T02:00:00Z; rekam ingest t3.ndjson > /dev/null
            rekam period reopen 2025-Q3 --reason "later still" > /dev/null
            rekam period close 2025-Q3 --reason third > /dev/null
            say; say --as-closed
            for entry in $(rekam period list --format csv | tail -n +2 | rev | cut -d, -f4 | rev); do
                say --closing $entry
            done
            say --closing 3
            rekam period list --format json
            rekam period restatements 2025-Q3 --format csv | grep '^2025-Q3,first_response_time,,'
            second=$(rekam period list --format csv | sed -n 3p | rev | cut -d, -f4 | rev)
            rekam period restatements --closing $second --format csv \
            | grep '^2025-Q3,first_response_time,,'
            """)
        let lines = result.out.split(separator: "\n").map(String.init)
        func place(_ line: String) -> Int { lines.firstIndex { $0.hasPrefix(line) } ?? -1 }
        #expect(lines.first?.contains("2025-Q3 is not closed") == true, "\(result)")
        // What was reported has the day of its closing, whatever was recorded last before it.
        for word in [
            "as closed on 1 October in entry ", "menurut penutupan 1 Oktober di entri ",
            "\"closed\": \"2025-10-01\"}",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        let said = lines.filter { $0.wholeMatch(of: /\d+,[a-z]+/) != nil }
        #expect(
            said == [
                "3600,closed", "5400,restated", "3600,closed", "5400,restated", "7200,restated",
                "3600,closed", "3600,closed", "5400,closed", "7200,closed",
            ], "\(result)")
        for word in [
            "Of its 2 events, 2 (100.0 %) were recorded within a day after its end",
            "The books of Q3 2025 were closed, and figures changed since",
            "entry 3 closed no books that hold 2025-Q3",
            "\"events\": 6, \"within_1_day\": 2, \"within_7_days\": 4",
            "2025-Q3,first_response_time,,3600,7200,duration,late",
            "2025-Q3,first_response_time,,5400,7200,duration,late",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(place("{") > 0)
    }

    @Test("A period that is open again is said to have been reported, though nothing moved")
    func reopened() throws {
        let command = try desk()
        let result = try command.shell(
            """
            rekam period close 2025-Q3 > /dev/null
            rekam period reopen 2025-Q3 --reason "to look" > /dev/null
            \(query); \(query) --lang id; \(query) --format json
            """)
        #expect(
            result.out.contains(
                "The books of Q3 2025 were closed and reported, and are open again"),
            "\(result)")
        #expect(result.out.contains("pernah ditutup dan dilaporkan, dan kini dibuka lagi"))
        #expect(result.out.contains("\"status\": \"reopened\""), "\(result)")
    }

    @Test("Of several months those alone are said to be closed, reopened or restated that are")
    func someMonths() throws {
        let command = try desk()
        let months = "rekam query ticket_volume --period 2025-08..2025-09 --grain month"
        let result = try command.shell(
            """
            rekam period close 2025-09 > /dev/null
            \(months); \(months) --lang id; echo one; \(query.replacing("Q3", with: "09")); echo two
            rekam period reopen 2025-09 --reason "to look" > /dev/null
            \(months); echo three
            export REKAM_NOW=2025-10-02T02:00:00Z; rekam ingest t2.ndjson > /dev/null
            \(months)
            """)
        let parts = result.out.split(separator: "\n").map(String.init).reduce(
            into: [[String]]([[]])
        ) {
            if ["one", "two", "three"].contains($1) {
                $0.append([])
            } else {
                $0[$0.count - 1].append($1)
            }
        }.map { $0.joined(separator: "\n") }
        try #require(parts.count == 4, "\(result)")
        #expect(
            parts[0].contains("The books of September 2025 are closed: these of the figures are"),
            "\(parts)")
        #expect(parts[0].contains("Buku September 2025 sudah ditutup: angkanya"), "\(parts)")
        #expect(!parts[0].contains("August – September 2025 are closed"), "\(parts)")
        #expect(parts[1].contains("The books of September 2025 are closed; these are"), "\(parts)")
        #expect(
            parts[2].contains("The books of September 2025 were closed and reported, and are open"),
            "\(parts)")
        #expect(
            parts[3].contains("The books of September 2025 were closed, and figures changed since")
                && parts[3].contains("rekam period restatements 2025-09 "), "\(parts)")
    }

    /// A KPI that no two tickets can be added up to.
    private static let huge = """
        kpi: huge
        version: 1
        title: Huge
        group: operational
        unit: count
        better: lower
        value: count(ticket_volume) * 9007199254740991 * 9007199254740991 * 9007199254740991
        """

    @Test("One KPI whose numbers are too large stops no closing, replay, snapshot or comparison")
    func tooLarge() throws {
        let command = try desk()
        try command.file(
            "huge.yaml", Self.huge + "\nstatistics:\n  number: count(ticket_volume)\n")
        let result = try command.shell(
            """
            rekam kpi add huge.yaml > /dev/null
            rekam period close 2025-Q3 --lang id | grep -o 'Ditolak.*tepat: huge'
            rekam period reopen 2025-Q3 --reason again > /dev/null
            rekam period close 2025-Q3; echo "close $?"
            entries=$(rekam period list --format csv | sed -n 3p | cut -d, -f4)
            rekam replay --period 2025-Q3; echo "replay $?"
            rekam replay --period 2025-Q3 --lang id | grep Tidak
            rekam snapshot export --period 2025-Q3 --as-of $entries --out q3; echo "export $?"
            rekam snapshot verify q3 --store store; echo "verify $?"
            rekam ingest t2.ndjson > /dev/null
            rekam snapshot export --period 2025-Q3 --out later > /dev/null
            rekam snapshot diff q3 later | grep -i compared
            rekam snapshot diff q3 later --format json | grep -A 2 not_compared
            rekam period restatements 2025-Q3; echo "restatements $?"
            rekam diff --period 2025-Q3 --as-of $entries --format json | grep too_large; echo "diff $?"
            rekam diff huge --period 2025-Q3 --as-of $entries; echo "alone $?"
            rekam period list | tail -2
            rekam period list --format json | grep -c '"refused": "huge"'
            grep -A 2 refused q3/manifest.json; grep -A 2 refused q3/kpis.json
            rekam query huge --period 2025-Q3; echo "query $?"
            """)
        for word in [
            "Ditolak, karena angkanya terlalu besar untuk dijumlahkan secara tepat: huge",
            "Refused, as the numbers are too large to add up exactly: huge. The snapshot says",
            "close 0\n", "replay 0\n", "export 0\n", "verify 0\n", "restatements 0\n",
            "diff 0\n", "alone 0\n", "query 0\n",
            "figures of huge: the numbers are too large to add up exactly",
            "angka dari huge: angkanya terlalu besar untuk dijumlahkan secara tepat",
            "All figures of huge: it lacks some, as the numbers were too large",
            "{\"kpi\": \"huge\", \"outcome\": \"refused\", \"figures\": ",
            "first_response_time", "\"reason\": \"too_large\"",
            "2025-Q3: Not compared: ",
            "No figure was compared.",
            "Not reported by the closing of 2025-Q3 (entry ",
            "{\"kpi\": \"huge\", \"by\": \"total\", \"reason\": \"too_large\"}",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        // Its statistic is a figure like any other.
        let kept = try command.shell("grep -c '\"kpi\": \"huge.number\"' q3/kpis.json")
        #expect(kept.code == 0, "\(kept)")
        #expect(result.out.contains("\n2\n"), "both closings name it: \(result)")
    }

    @Test("One KPI whose numbers are too large is refused among others, which are answered")
    func refusedAmongOthers() throws {
        let command = try desk()
        try command.file("huge.yaml", Self.huge)
        try command.file(
            "card.yaml",
            """
            scorecard: desk
            version: 1
            title: Desk
            scope: company
            grain: quarter
            objectives: {few: Few tickets}
            rows:
              - {kpi: huge, weight: 40, target: {max: 5}, from: 2025, to: 2025, serves: few}
              - {kpi: ticket_volume, weight: 60, target: {max: 5}, from: 2025, to: 2025, serves: few}
            """)
        let result = try command.shell(
            """
            rekam kpi add huge.yaml > /dev/null || exit
            rekam scorecard add card.yaml > /dev/null || exit
            ask() { rekam query huge ticket_volume --period 2025-Q3 "$@"; echo "ended $?"; }
            ask; ask --lang id; ask --format csv; ask --format json; ask --by agent --format csv
            ask --compare previous --format csv
            rekam scorecard desk --period 2025-Q3; echo "card $?"
            rekam scorecard desk --period 2025-Q3 --format csv
            alone() { rekam query huge --period 2025-Q3 "$@"; echo "alone $?"; }
            alone; alone --by agent --format csv; alone --format json
            rekam period close 2025-Q3 > /dev/null
            ask --as-closed --format csv
            """)
        #expect(result.out.components(separatedBy: "ended 0\n").count == 8, "\(result)")
        for word in [
            "Huge: refused, as the numbers are too large to add up exactly.",
            "Huge: tidak dapat dijawab, karena angkanya terlalu besar",
            "huge,2025-Q3,,count,,,,,too_large,refused,",
            "ticket_volume,2025-Q3,1,count,,1,1,1,,settled,",
            "\"value\": null, \"reason\": \"too_large\"", "\"status\": \"refused\"",
            "card 0\n", "huge,2025-Q3,,count,,,,,too_large,refused_then,",
            "ticket_volume,2025-Q3,1,count,,1,1,1,,closed,",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        let alone = (result.out.components(separatedBy: "card 0\n").last ?? "")
            .components(separatedBy: "alone 0\n")
        try #require(alone.count == 4, "\(result)")
        #expect(alone[0].contains("Huge: refused"), "\(alone[0])")
        #expect(alone[1].contains(",count,,,,,too_large,refused,"), "\(alone[1])")
        #expect(alone[2].contains("\"reason\": \"too_large\""), "\(alone[2])")
    }

    @Test("Where the count alone moved, every comparison shows it")
    func countAlone() throws {
        let command = try desk()
        try command.file("same.ndjson", ticket(4, hours: 1))
        let result = try command.shell(
            """
            rekam period close 2025-Q3 > /dev/null
            rekam snapshot export --period 2025-Q3 --out before > /dev/null
            export REKAM_NOW=2025-10-02T02:00:00Z; rekam ingest same.ndjson > /dev/null
            rekam snapshot export --period 2025-Q3 --out after > /dev/null
            rekam period restatements 2025-Q3 | grep 'first_response_time  '
            rekam period restatements 2025-Q3 --lang id | grep 'first_response_time  '
            rekam period restatements 2025-Q3 --format csv | head -1
            rekam period restatements 2025-Q3 --format csv | grep ,first_response_time,,
            rekam period restatements 2025-Q3 --format json | grep '"first_response_time"' | head -1
            rekam snapshot diff before after | grep 'first_response_time  '
            rekam snapshot diff before after --format csv | grep ^first_response_time,2025-09,total
            rekam snapshot diff before after --format json | grep '"first_response_time"' | head -1
            """)
        for word in [
            "1h 00m (1 fact)", "1h 00m (2 facts)", "1j 00m (1 fakta)",
            "before_count,after_count,before_reason,after_reason,before_currency,after_currency",
            ",1,2,,,,\r\n", "\"before_count\": 1, \"after_count\": 2",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(result.out.components(separatedBy: "(2 facts)").count >= 3, "\(result)")
    }

    @Test("A KPI that came after the closing is said to be not defined then, in every format")
    func definedLater() throws {
        let command = try desk()
        try command.file(
            "late.yaml",
            """
            kpi: late_comer
            version: 1
            title: Late comer
            group: operational
            unit: count
            better: lower
            value: count(ticket_volume)
            """)
        let result = try command.shell(
            """
            rekam period close 2025-Q3 > /dev/null
            rekam kpi add late.yaml > /dev/null
            ask() { rekam query "$@" --period 2025-Q3; echo "ended $?"; }
            ask late_comer; ask late_comer --lang id
            ask late_comer --as-closed; ask late_comer --as-closed --lang id
            ask late_comer --as-closed --by agent
            ask late_comer first_response_time --as-closed --format csv
            ask late_comer --as-closed --format json
            rekam query late_comers --period 2025-Q3 --as-closed; echo "wrong $?"
            rekam period restatements --format json | grep not_defined_then | head -2
            """)
        let said = "Nothing was reported of Late comer when the books of Q3 2025 were closed"
        #expect(result.out.components(separatedBy: said).count == 4, "\(result)")
        let indonesian = "Late comer belum didefinisikan saat buku"
        #expect(result.out.components(separatedBy: indonesian).count == 3, "\(result)")
        #expect(result.out.components(separatedBy: "ended 0\n").count == 8, "\(result)")
        for word in [
            "late_comer,2025-Q3,,count,,,,,,not_defined_then,",
            "first_response_time,2025-Q3,3600,duration,", ",closed,",
            "\"value\": null, \"unit\": \"count\", \"numerator\": null, \"denominator\": null, "
                + "\"count\": null, \"status\": \"not_defined_then\"",
            "wrong 64\n", "\"not_defined_then\": ",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(!result.out.contains("restated"), "\(result)")
    }

    @Test("A snapshot is tied to its closing by the entry and its proof, and to no other one")
    func closings() throws {
        let command = try desk()
        let result = try command.shell(
            """
            rekam period close 2025-Q3 > /dev/null
            closed=$(rekam period list --format csv | sed -n 2p | rev | cut -d, -f4 | rev)
            entries=$(rekam period list --format csv | sed -n 2p | cut -d, -f4)
            rekam snapshot export --period 2025-Q3 --as-of $entries --out q3 > /dev/null
            rekam snapshot export --period 2025-09 --as-of $entries --out month > /dev/null
            rekam ingest t2.ndjson > /dev/null
            rekam snapshot export --period 2025-Q3 --out later > /dev/null
            rekam key rotate > /dev/null
            rekam log show $closed --tokens > closed.json; rekam proof $closed > closed.proof
            rekam key show --rotations > rotations
            rekam proof 3 > other.proof; rekam log show 3 --tokens > other.json
            tie() { echo "$1: $(rekam snapshot verify $2 --key key --rotations rotations \
            --closing $3 --proof $4 2>&1 | grep -E 'closed with it|^Error')"; }
            tie own q3 closed.json closed.proof
            tie month month closed.json closed.proof
            tie later later closed.json closed.proof
            tie proof q3 closed.json other.proof
            tie entry q3 other.json other.proof
            sed 's/2025-Q3/2025-Q2/' closed.json > changed.json
            tie changed q3 changed.json closed.proof
            rekam snapshot verify q3 --key key --closing closed.json --proof closed.proof; echo "bare $?"
            rekam snapshot verify q3 --closing closed.json; echo "half $?"
            """)
        for word in [
            "own:   The books of 2025-Q3 were closed with it: entry ",
            "month: Error: the snapshot month does not hold: the closing: it closes 2025-Q3",
            "later: Error: the snapshot later does not hold: the closing: it closes the books at",
            "proof: Error: the snapshot q3 does not hold: the closing: the proof does not show",
            "entry: Error: the snapshot q3 does not hold: the closing: it is no entry that closes",
            "changed: Error: the snapshot q3 does not hold: the closing: the proof does not show",
            "bare 1", "half 64",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
    }
}
