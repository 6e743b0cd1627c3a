import Foundation
import Testing

/// Method: what programs read is read back by Python's own parsers, which are told to refuse a name that
/// stands twice; what people type is typed to every command that takes it.
@Suite("Exact to the edge, as typed")
struct ExactTests {
    private static let python = ProcessInfo.processInfo.environment["REKAM_PYTHON"] ?? "python3"

    /// Names every object or heading in which a name stands twice, and every line with other than its
    /// heading's number of cells.
    private static let strict = """
        import csv, json, pathlib, sys
        def once(pairs):
            names = [name for name, _ in pairs]
            if len(set(names)) < len(names): print("twice in", path, sorted(names))
            return dict(pairs)
        for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
            text = path.read_text()
            if path.suffix == ".csv":
                rows = list(csv.reader(text.splitlines()))
                once([(name, None) for name in rows[0]])
                if any(len(row) != len(rows[0]) for row in rows): print("other cells in", path)
            elif path.suffix == ".ndjson":
                for line in text.splitlines(): json.loads(line, object_pairs_hook=once)
            else: json.loads(text, object_pairs_hook=once)
        """

    @Test("Every KPI by every dimension, and the facts of every projection, have each name once")
    func names() throws {
        let command = try Command(now: "2026-01-05T01:00:00Z")
        try command.file("strict.py", Self.strict)
        let made = try command.shell(
            """
            rekam init --time-zone Asia/Jakarta > /dev/null
            rekam generate --events 3000 --seed 8 | rekam ingest - > /dev/null
            mkdir out
            for p in $(rekam projection list --format json | grep -o '"name":"[a-z_]*"' | cut -d'"' -f4); do
                rekam facts $p --period 2025 > out/$p.csv || [ $? = 64 ] && rm -f out/none
                rekam facts $p --period 2025 --format json > out/$p.ndjson
                rekam projection cells $p > out/cells-$p.csv
                rekam projection cells $p --format json > out/cells-$p.ndjson
            done 2> /dev/null
            find out -size 0 -delete
            ls out | wc -l
            for k in $(rekam kpi list --format json | grep -o '"name":"[a-z_]*"' | cut -d'"' -f4); do
                by=$(rekam kpi show $k | grep '^By  ' | cut -c3- | tr -d ' ')
                for f in csv json; do
                    rekam query $k --by "$by" --period 2025-H2 --compare previous --format $f \\
                        > out/query-$k.$f 2> error.txt || rm out/query-$k.$f
                    rekam explain $k --by "${by%%,*}" --period 2025-07 --format $f \\
                        > out/explain-$k.$f 2> error.txt || rm out/explain-$k.$f
                done
            done
            ls out | wc -l
            """)
        let counts = made.out.split(separator: "\n").compactMap { Int($0) }
        #expect(counts.count == 2 && counts[0] > 80 && counts[1] > counts[0] + 150, "\(made)")
        let read = try command.shell("\(Self.python) strict.py out")
        #expect(read.code == 0 && read.out.isEmpty, "\(read)")
        let heading = try command.shell("head -1 out/resolution.csv").out
        #expect(heading.hasPrefix("case,sequence,time,day,"), "\(heading)")
        #expect(heading.contains(",measure.time,"), "\(heading)")
        let met = try command.shell(
            "\(Self.python) -c \"import csv; print(*sorted({r['met'] for r in "
                + "csv.DictReader(open('out/sla_first_response.csv'))}))\"")
        #expect(met.out == "0 1\n", "\(met)")
    }

    @Test("A relative period is the same one to every command, whatever the clock says meanwhile")
    func relativePeriods() throws {
        let command = try Command(now: "2025-10-03T01:00:00Z")
        try command.file(
            "events.ndjson",
            (0..<4).map {
                #"{"specversion":"1.0","id":"\#($0)","source":"d","type":"ticket.opened","#
                    + #""subject":"ticket/\#($0)","time":"2025-0\#($0 + 6)-15T02:00:00Z","#
                    + #""data":{"channel":"email","origin":"customer"}}"# + "\n"
            }.joined())
        let made = try command.shell(
            "rekam init --time-zone UTC > /dev/null && rekam ingest events.ndjson")
        #expect(made.code == 0, "\(made)")
        // A year later nothing was recorded since: the last quarter is still that of 2025.
        command.environment["REKAM_NOW"] = "2026-10-03T01:00:00Z"
        let query = try command.run("query", "ticket_volume", "--period", "last-quarter")
        #expect(query.out.contains("Q3 2025"), "\(query)")
        let close = try command.run("period", "close", "last-quarter", "--reason", "test")
        #expect(close.code == 0 && close.out.contains("Q3"), "\(close)")
        // Closing recorded something: from now on it is seen from 2026.
        for arguments in [
            ["period", "restatements", "last-quarter"],
            ["period", "reopen", "last-quarter", "--reason", "x"],
            ["query", "ticket_volume", "--period", "last-quarter", "--as-closed"],
        ] {
            let result = try command.shell("rekam " + arguments.joined(separator: " "))
            #expect(
                result.code == 64 && result.error.contains("2026-Q3 is not closed"), "\(result)")
        }
        let closed = try command.run(
            "query", "ticket_volume", "--period", "this-year", "--format", "json")
        #expect(closed.out.contains("\"period\": \"2026\""), "\(closed)")
    }

    @Test("No value, however large, and no calendar's end stops a command by a signal")
    func large() throws {
        let command = try Command(now: "2025-10-03T01:00:00Z")
        try command.shell("rekam init --time-zone Europe/Amsterdam > /dev/null")
        for number in ["9223372036854775807", "9223372034707292160", "-9223372036854775808"] {
            for line in [
                "query ticket_volume --where hour=\(number)",
                "facts ticket_volume --where weekday=\(number)",
                "explain ticket_volume --where hour=\(number)",
            ] {
                let result = try command.shell("rekam \(line) --period 2025")
                #expect(result.code == 64, "\(line): \(result)")
            }
        }
        try command.file(
            "event.ndjson",
            Command.message("m", ticket: "T-1", time: "2025-09-15T02:00:00Z"))
        let taken = try command.run("ingest", "event.ndjson")
        #expect(taken.code == 0, "\(taken)")
        for period in ["0001", "9999", "9999-12-31", "0001-01-01", "0001..9999"] {
            // All years at once are asked for only: a figure for each of their days takes its time.
            let isAll = period.contains("..")
            for line in ["query first_response_time_business"]
                + (isAll ? [] : ["replay", "snapshot export --out s-\(period)"])
            {
                let result = try command.shell("rekam \(line) --period \(period)")
                #expect(result.code == 0, "\(line) \(period): \(result)")
            }
        }
    }
}
