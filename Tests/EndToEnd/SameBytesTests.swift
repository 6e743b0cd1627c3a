import Foundation
import Testing

/// Method: every command that answers is asked the same in ten processes of one store; hashing has
/// another seed in each, and the locale, the zone and the width of the screen change between them.
@Suite("Ten processes asked the same")
struct SameBytesTests {
    private static let questions = [
        "query csat nps csat.mean_score --by agent --period 2025-Q2 --grain month",
        "query backlog tickets_resolved resolution_time.p90 --by team,channel --period 2025",
        "query backlog tickets_resolved --by team,channel --period 2025 --format json",
        "query csat --by department --period 2025 --format csv",
        "query csat --by agent.level --period 2025 --format markdown",
        "query ticket_volume --period 2025 --as-of 2500 --by channel --format json",
        "explain csat --period 2025-03", "explain csat --period 2025-03 --format json",
        "explain transfers_per_ticket --period 2025-03 --by agent",
        "explain resolution_time.p90 --period 2025-Q1 --events --limit 5",
        "explain backlog --period 2025-03 --by team --format csv",
        "scorecard cs_agent --by agent --period 2025-03",
        "scorecard cs_agent --by agent --period 2025-03 --format json",
        "scorecard cs_team --by team --period 2025-Q1 --format csv",
        "scorecard cs_company --period 2025-Q1 --format markdown",
        "diff --period 2025-02 --as-of 1500", "diff csat --period 2025-03 --as-of 1500 --by agent",
        "facts resolution --period 2025-02", "facts csat --period 2025-Q1 --format json",
        "projection cells backlog", "projection cells transfer --as-of 2000",
        "audit exceptions --period 2025", "audit exceptions --period 2025 --format json",
        "sample csat --period 2025 --size 10 --seed x", "person show agent/ilham.lubis",
        "kpi list --format json",
        "log show 1..40",
    ]

    /// Questions that are put back, with what was perhaps meant.
    private static let refused = [
        "query csat --agent zz --period 2025", "query csat --agent a --period 2025",
        "query csat --by xx --period 2025", "query cast --period 2025", "kpi show cast",
    ]

    /// What each process goes by besides its arguments.
    private static let surroundings = [
        "LC_ALL=C.UTF-8 TZ=UTC", "LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo", "LC_ALL=C TZ=America/Lima",
        "LANG=id_ID.UTF-8 LC_ALL= TZ=", "COLUMNS=80 TZ=Europe/Berlin",
    ]

    private func desk() throws -> Command {
        let command = try Command()
        let made = try command.shell(
            """
            set -e
            rekam init --origin cs.example.com/log --time-zone Asia/Jakarta > /dev/null
            rekam generate --events 3000 --seed 9 --late 5 --agents 8 > events
            rekam ingest events > /dev/null
            """)
        try #require(made.code == 0, "\(made)")
        return command
    }

    @Test("Queries, explanations, scorecards and all other answers have the same bytes")
    func answers() throws {
        let command = try desk()
        for question in Self.questions + Self.refused {
            let result = try command.shell(
                """
                rm -rf answers; mkdir answers
                for n in 0 1 2 3 4 5 6 7 8 9; do
                    case $((n % 5)) in
                \(Self.surroundings.enumerated().map { "    \($0)) with='\($1)' ;;" }
                    .joined(separator: "\n"))
                    esac
                    env $with rekam \(question) --lang en > answers/$n 2>&1
                    echo "ended with $?" >> answers/$n
                done
                sha256sum answers/* | cut -d' ' -f1 | sort -u | wc -l
                cat answers/0
                """)
            #expect(result.code == 0 && result.out.hasPrefix("1\n"), "\(question): \(result.out)")
            let isRefused = Self.refused.contains(question)
            #expect(
                result.out.hasSuffix("ended with 0\n") != isRefused, "\(question): \(result.out)")
        }
    }

    @Test("A snapshot has the same files, with the same signature")
    func snapshots() throws {
        let command = try desk()
        let result = try command.shell(
            """
            set -e
            for n in 0 1 2 3 4 5 6 7 8 9; do
                rekam snapshot export --period 2025-Q1 --out s$n --with-entries --with-answers \
                    | sed "s/s$n/s/" > told$n
                (cd s$n && find . -type f | LC_ALL=C sort | xargs sha256sum) > files$n
            done
            for n in 1 2 3 4 5 6 7 8 9; do cmp told0 told$n; cmp files0 files$n; done
            wc -l < files0
            """)
        #expect(result.code == 0, "\(result)")
        #expect(
            Int(result.out.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 > 5, "\(result)")
    }
}
