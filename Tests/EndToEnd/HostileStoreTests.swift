import Foundation
import Testing

/// Method: the machine refuses what a store needs; the command must end as documented, say what to
/// do, and leave a store that holds and goes on.
@Suite("Hostile surroundings")
struct HostileStoreTests {
    private static let canMount: Bool = {
        guard getuid() == 0, let command = try? Command() else { return false }
        let line = "mkdir m && mount -t tmpfs -o size=1m tmpfs m && umount m"
        return (try? command.shell(line).code) == 0
    }()

    @Test("A store that another process keeps busy is waited for, then given up with 75")
    func busy() throws {
        let command = try Command()
        try command.run("init")
        try command.file("one.ndjson", Command.message("1"))
        let result = try command.shell(
            """
            flock store/writer.lock sleep 3 & sleep 0.3
            rekam ingest one.ndjson --wait 1; code=$?; wait; rekam ingest one.ndjson; exit $code
            """)
        #expect(result.code == 75, "\(result)")
        #expect(result.error.contains("--wait") || result.error.contains("busy"), "\(result)")
        #expect(result.out.contains("Accepted 1"), "\(result)")
    }

    @Test(
        "A full disk is named, nothing acknowledged is lost, and it goes on when there is room",
        .enabled(if: canMount, "mounting a small file system needs root"))
    func fullDisk() throws {
        let command = try Command()
        let result = try command.shell(
            """
            mkdir small && mount -t tmpfs -o size=24m tmpfs small || exit 99
            export REKAM_STORE=small/store
            rekam init >&2 || exit 98
            rekam generate --events 300000 --seed 4 | rekam ingest - 2> why; echo "code $?"
            cat why >&2
            rekam verify || echo "damaged"
            before=$(rekam log stat | sed -n 's/^Entries *//p')
            mount -o remount,size=400m small
            rekam generate --events 300000 --seed 4 | rekam ingest - || exit 97
            echo "before $before"
            rekam verify; echo "verify $?"
            umount small
            """)
        #expect(result.out.contains("code 74"), "\(result)")
        #expect(
            result.error.contains("space") || result.error.contains("full"), "\(result)")
        #expect(!result.out.contains("damaged"), "\(result)")
        #expect(result.out.contains("verify 0"), "\(result)")
    }

    @Test(
        "A store on a read-only file system can be asked, not written",
        .enabled(if: canMount, "mounting a small file system needs root"))
    func readOnly() throws {
        let command = try Command()
        let result = try command.shell(
            """
            mkdir small && mount -t tmpfs -o size=100m tmpfs small || exit 99
            export REKAM_STORE=small/store
            rekam init >&2 && rekam generate --events 5000 | rekam ingest - >&2 || exit 98
            mount -o remount,ro small
            rekam query ticket_volume --period 2025 --format csv; echo "query $?"
            rekam generate --events 10 --seed 9 --origin b | rekam ingest -; echo "ingest $?"
            umount small
            """)
        #expect(result.out.contains("query 0"), "\(result)")
        #expect(result.out.contains("ingest 74"), "\(result)")
        #expect(result.error.lowercased().contains("read-only"), "\(result)")
    }

    @Test("A million events read the same live, in batches of 1 to 50,000, and after a rebuild")
    func million() throws {
        let command = try Command()
        try command.run("init")
        // Cut at places that a seed gives: many tiny pieces, some of tens of thousands.
        let result = try command.shell(
            """
            rekam generate --events 1000000 --seed 11 --late 5 --duplicates 1 > all
            awk 'BEGIN { srand(11); n = 0; left = 0 }
                 left == 0 { n++; left = int(exp(rand() * log(50000))); if (n > 70) left = 50000
                             name = sprintf("piece-%04d", n) }
                 { print > name; left--; if (left == 0) close(name) }' all
            for piece in piece-*; do rekam ingest $piece > /dev/null || exit 1; done
            for p in resolution reply backlog csat sla_resolution; do
                rekam projection cells $p; done | sha256sum > live
            rekam projection rebuild --all > /dev/null
            for p in resolution reply backlog csat sla_resolution; do
                rekam projection cells $p; done | sha256sum > rebuilt
            export REKAM_STORE=$PWD/whole
            rekam init > /dev/null && rekam ingest all > /dev/null
            for p in resolution reply backlog csat sla_resolution; do
                rekam projection cells $p; done | sha256sum > whole.sum
            ls piece-* | wc -l; cmp live rebuilt && cmp live whole.sum
            """)
        #expect(result.code == 0, "seed 11: \(result)")
    }
}
