import Foundation
import Testing

/// Method: every shipped projection is computed a second time in SQL that shares no code with Rekam
/// (tools/oracle), on the same events, and compared cell for cell; then every KPI, by agent, team,
/// channel and month: value, fraction and count.
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
        let command = try Command()
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
}
