import Foundation
import Testing

/// Method: every shipped projection is computed a second time in SQL that shares no code with Rekam
/// (tools/oracle), on the same events, and compared cell for cell; then every KPI, by agent, team,
/// channel and month: value, fraction and count. The events are generated, or come from real files.
@Suite("An independent computation in SQL")
struct OracleTests {
    private static let python = ProcessInfo.processInfo.environment["REKAM_PYTHON"] ?? "python3"

    private static let hasDuckDB: Bool = {
        guard let command = try? Command() else { return false }
        return (try? command.shell("\(python) -c 'import duckdb'").code) == 0
    }()

    @Test("The oracle's own hand-made cases hold", .enabled(if: hasDuckDB, "DuckDB is not here"))
    func oracleItself() throws {
        let command = try Command()
        let tests = Command.root.appending(path: "tools/oracle/test_oracle.py").path
        let result = try command.shell("\(Self.python) -B \(tests)")
        #expect(result.code == 0 && result.out.contains(", 0 failed"), "\(result)")
    }

    @Test(
        "Every projection and KPI agrees, with late events, repeats, voids and summer time",
        .enabled(if: hasDuckDB, "DuckDB is not here"),
        arguments: [(seed: 1, zone: "Asia/Jakarta"), (seed: 2, zone: "Europe/Berlin")])
    func generated(seed: Int, zone: String) throws {
        // Long after the last survey: the oracle knows of no round that is still open.
        let command = try Command(now: "2026-03-01T01:00:00Z")
        let oracle = Command.root.appending(path: "tools/oracle/oracle.py").path
        let result = try command.shell(
            """
            rekam init --time-zone \(zone) > /dev/null
            rekam generate --events 40000 --seed \(seed) --late 10 --duplicates 2 > events.ndjson
            rekam ingest events.ndjson > /dev/null || exit 1
            \(Self.python) -B \(oracle) events.ndjson --store store --rekam \(Command.binary) \
                --zone \(zone) --kpis 2025
            """)
        #expect(result.code == 0, "seed \(seed): \(result)")
    }

    private static let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1"

    @Test(
        "A million events, too, within ten minutes",
        .enabled(if: hasDuckDB && isThorough, "REKAM_THOROUGH=1 asks for it"),
        .timeLimit(.minutes(10)))
    func million() throws {
        let command = try Command()
        let oracle = Command.root.appending(path: "tools/oracle/oracle.py").path
        let result = try command.shell(
            """
            rekam init --time-zone Asia/Jakarta > /dev/null
            rekam generate --events 1000000 --seed 11 --late 10 --duplicates 2 > events.ndjson
            rekam ingest events.ndjson > /dev/null || exit 1
            \(Self.python) -B \(oracle) events.ndjson --store store --rekam \(Command.binary) \
                --zone Asia/Jakarta --kpis 2025
            """)
        #expect(result.code == 0, "\(result)")
    }

    /// The largest file only where time is no matter.
    private static let realFiles: [(file: RealFile, years: String)] =
        [
            (.calls, "2021"), (.nps, "2021"), (.telco, "2017"), (.helpdesk, "2010 2011 2012 2013"),
        ] + (isThorough ? [(.servicenow, "2016 2017")] : [])

    @Test(
        "Every projection and KPI agrees on the real files, through the shipped mappings",
        .enabled(if: hasDuckDB && RealFile.isHere, "DuckDB or ../shared/data is not here"),
        arguments: realFiles)
    func real(file: RealFile, years: String) throws {
        let command = try Command()
        let oracle = Command.root.appending(path: "tools/oracle/oracle.py").path
        let result = try command.shell(
            """
            rekam init --time-zone UTC > /dev/null
            rekam ingest '\(file.path)' --mapping \(file.name) --dry-run > events.ndjson || exit 1
            rekam ingest '\(file.path)' --mapping \(file.name) > /dev/null || exit 1
            \(Self.python) -B \(oracle) events.ndjson --store store --rekam \(Command.binary) \
                --zone UTC --kpis \(years)
            """)
        #expect(result.code == 0, "\(file.name): \(result)")
    }
}
