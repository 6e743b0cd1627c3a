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

    private static let canPartProcesses: Bool = {
        guard getuid() == 0, let command = try? Command() else { return false }
        return (try? command.shell("unshare --pid --fork true").code) == 0
    }()

    @Test(
        "Processes of two containers with one number are told apart",
        .enabled(if: canPartProcesses))
    func containers() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 3000 --seed 1 | rekam ingest - > /dev/null
            mkfifo pipe; sleep 20 < pipe & reader=$!
            unshare --pid --fork rekam log show 0..2999 > pipe & sleep 1
            unshare --pid --fork rekam query csat --period 2025; echo "second $?"
            kill -9 $reader; wait 2> /dev/null; rekam verify > /dev/null; echo "alone $?"
            """)
        #expect(result.out == "second 74\nalone 0\n", "\(result)")
        #expect(result.error.contains("process of another container"), "\(result)")
    }

    @Test("A crash says what to do")
    func crash() throws {
        let command = try Command()
        try command.run("init")
        let python = command.environment["REKAM_PYTHON"] ?? "python3"
        // No signal blocked, whatever runs the tests.
        try command.file(
            "start.py",
            """
            import os, signal
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execvp("rekam", ["rekam", "ingest", "pipe"])
            """)
        let result = try command.shell(
            """
            mkfifo pipe; timeout -s KILL 3 \(python) start.py & sleep 1; pkill -SEGV -P $!; wait; true
            """)
        #expect(result.error.contains("\"rekam verify\" does not hold"), "\(result)")
    }

    @Test("A limit on the size of files is a failing write")
    func fileSizes() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 20000 --seed 1 > a
            (ulimit -f 2000; rekam ingest a); echo "limit $?"; rekam verify > /dev/null; echo "holds $?"
            """)
        #expect(result.out.contains("limit 74\nholds 0\n"), "\(result)")
    }

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
        "Too little address space is refused at once, with the limit's name",
        arguments: [
            150_000, 300_000, 900_000, 1_100_000,
        ])
    func addressSpace(kibibytes: Int) throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 20000 --seed 1 > a
            ulimit -v \(kibibytes); rekam ingest a
            """)
        #expect(result.code == 74 && result.error.contains("ulimit -v"), "\(result)")
        #expect(try command.run("verify").code == 0)
        let enough = try command.shell("ulimit -v 3000000; rekam ingest a && rekam verify")
        #expect(enough.code == 0, "\(enough)")
    }

    @Test("First pages with damaged numbers are told, by every command")
    func firstPages() throws {
        let command = try Command()
        try command.run("init")
        let path = command.folder.appending(path: "store/data.mdb")
        var data = try Data(contentsOf: path)
        // The number of the last page, in both first pages.
        data[143] = 0x19
        data[4_096 + 143] = 0x19
        try data.write(to: path)
        for line in ["status", "doctor", "query csat --period 2025", "verify", "log stat"] {
            let result = try command.shell("rekam " + line)
            #expect((1..<128).contains(result.code), "\(line): \(result)")
            #expect(
                (result.out + result.error).contains("damage")
                    || result.error.contains("does not hold"), "\(line): \(result)")
        }
    }

    @Test("Two imports at once both end well, and the figures are those of both")
    func twoWriters() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 120000 --seed 1 > a
            rekam generate --events 120000 --seed 2 --origin b.example > b
            rekam ingest a > outcome-a & first=$!
            rekam ingest b > outcome-b & second=$!
            wait $first || echo "first failed"
            wait $second || echo "second failed"
            cat outcome-a outcome-b
            rekam verify
            """)
        #expect(result.code == 0 && !result.out.contains("failed"), "\(result)")
        #expect(
            result.out.components(separatedBy: "Accepted 120,000").count == 3, "\(result)")
    }

    @Test("After Ctrl-C the command says what is recorded, and the next one goes on")
    func interrupted() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 2000000 --seed 1 > a
            rekam ingest a & process=$!; sleep 1.2; kill -INT $process; wait $process
            echo "code $?"; rekam verify || exit 1
            head -50000 a > b; rekam ingest b
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.contains("code 130") || result.out.contains("code 0"), "\(result)")
        #expect(result.out.contains("Accepted"), "\(result)")
        #expect(result.out.contains("already there"), "\(result)")
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
