import Foundation
import Testing

/// Method: the built command over a small generated log; what programs read is read as they would.
@Suite("Cells and figures for programs")
struct CellsTests {
    @Test("Numbers are numbers: negative counts are not defused, texts are")
    func numbers() throws {
        let command = try Command()
        try command.run("init")
        try command.shell("rekam generate --events 20000 --seed 3 | rekam ingest -")
        let csv = try command.run("projection", "cells", "backlog").out
        let counts = csv.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        }
        #expect(counts.count > 100)
        #expect(counts.allSatisfy { Int($0) != nil })
        #expect(counts.contains { $0.hasPrefix("-") })
        let json = try command.run("projection", "cells", "backlog", "--format", "json").out
        let first = try JSONSerialization.jsonObject(with: Data(json.prefix { $0 != "\n" }.utf8))
        #expect((first as? [String: Any])?["count"] is NSNumber)
    }

    @Test("A mean score beside a percentage is no percentage")
    func meanScore() throws {
        let command = try Command()
        try command.run("init")
        try command.shell("rekam generate --events 20000 --seed 3 | rekam ingest -")
        let answer = try command.run(
            "query", "csat", "csat.mean_score", "--period", "2025", "--format", "json"
        ).out
        #expect(answer.contains(#""unit": "percent""#))
        #expect(answer.contains(#""unit": "score""#))
    }

    @Test("What trickles in by standard input is in the figures before the stream ends")
    func stream() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            mkfifo pipe; rekam ingest - < pipe > outcome & exec 3> pipe
            rekam generate --events 1000 --seed 6 >&3; sleep 2
            rekam generate --events 1000 --seed 6 --origin other.example >&3
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                rekam query ticket_volume --period 2025 --format json > answer && break; sleep 1
            done
            cat answer; exec 3>&-; wait; cat outcome
            """)
        #expect(result.out.contains(#""kpi": "ticket_volume""#), "\(result)")
        #expect(result.out.contains("Accepted 2,000"), "\(result)")
    }

    @Test("A figure is the same from one import, from many, and after a rebuild")
    func sameFigures() throws {
        let command = try Command()
        let kpis = ["first_response_time", "resolution_time.p90", "csat", "backlog", "nps"]
        func figures() throws -> String {
            let result = try command.run("projection", "cells", "resolution")
            #expect(result.code == 0, "\(result)")
            return result.out
                + (try command.shell(
                    "rekam query \(kpis.joined(separator: " ")) --by channel --period 2025 --format csv"
                )).out
        }
        try command.run("init")
        try command.shell("rekam generate --events 30000 --seed 5 > all.ndjson")
        try command.run("ingest", "all.ndjson")
        let whole = try figures()
        try command.run("projection", "rebuild", "--all", "--threads", "1", "--memory", "16M")
        #expect(try figures() == whole)
        command.environment["REKAM_STORE"] = command.folder.appending(path: "other").path
        try command.run("init")
        try command.shell("split -l 1700 -d -a 3 all.ndjson part- && rekam ingest part-*")
        #expect(try figures() == whole)
        #expect(try command.run("verify").code == 0)
    }
}
