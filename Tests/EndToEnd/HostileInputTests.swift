import Foundation
import Testing

/// Method: the built command is given broken input; it must end as documented, name the place and
/// the fault, record everything that is good, and leave a store that verifies.
@Suite("Hostile input")
struct HostileInputTests {
    /// Runs one ingest between two good lines and says what came of it.
    private func ingest(_ middle: Data) throws -> (Command, Command.Result) {
        let command = try Command()
        try command.run("init", "--time-zone", "Asia/Jakarta")
        var data = Data(Command.message("good-1").utf8)
        data.append(middle)
        data.append(contentsOf: Command.message("good-2").utf8)
        try command.file("in.ndjson", data)
        return (command, try command.run("ingest", "in.ndjson"))
    }

    private func text(_ text: String) -> Data { Data((text + "\n").utf8) }

    @Test(
        "A bad line is refused with its reason, and its neighbours are recorded",
        arguments: [
            ("NUL byte", "{\"specversion\":\"1.0\",\"id\":\"a\0b\"}", "control"),
            (
                "duplicate key",
                Command.message("x", extra: ",\"visibility\":\"public\""), "twice"
            ),
            ("nesting", Command.message("x", extra: ",\"actor\":{\"a\":1}"), "actor"),
            ("deep nesting", String(repeating: "[", count: 100_000), "JSON"),
            (
                "unknown type",
                Command.message("x").replacing("message.posted", with: "message.postd"),
                "message.posted"
            ),
            ("unknown field", Command.message("x", extra: ",\"actr\":\"budi\""), "actor"),
            ("impossible date", Command.message("x", time: "2025-02-30T08:00:00Z"), "is no date"),
            ("year 0", Command.message("x", time: "0000-01-01T00:00:00Z"), "0001 to 9999"),
            ("year 10000", Command.message("x", time: "10000-01-01T00:00:00Z"), "time"),
            (
                "number past 2^53",
                Command.message("x").replacing(
                    "message.posted", with: "quality.reviewed"
                ).replacing(
                    #""direction":"in","visibility":"public","actor_kind":"customer""#,
                    with: #""agent":"budi","score":9007199254740993,"maximum":100"#), "score"
            ),
            ("missing field", Command.message("x", direction: "\"up\""), "direction"),
            (
                "log's own type",
                Command.message("x").replacing("message.posted", with: "period.closed"),
                "period.closed"
            ),
        ])
    func badLine(name: String, line: String, word: String) throws {
        let (command, result) = try ingest(text(line.trimmingCharacters(in: .newlines)))
        #expect(result.code == 65, "\(name): \(result)")
        #expect((result.out + result.error).contains(word), "\(name): \(result)")
        #expect(result.out.contains("Accepted 2"), "\(name): \(result)")
        let rejects = try Data(contentsOf: command.folder.appending(path: "in.rejects.ndjson"))
        #expect(rejects == text(line.trimmingCharacters(in: .newlines)), "\(name)")
        #expect(try command.run("verify").code == 0, "\(name)")
    }

    @Test("Invalid UTF-8 is refused unchanged")
    func invalidText() throws {
        var line = Data(Command.message("bad").utf8)
        line[line.count - 10] = 0xFF
        let (command, result) = try ingest(line)
        #expect(result.code == 65)
        #expect(result.out.contains("UTF-8"), "\(result)")
        let rejects = try Data(contentsOf: command.folder.appending(path: "in.rejects.ndjson"))
        #expect(rejects == line)
    }

    @Test("A line of ten megabytes is refused, and what follows it is read")
    func longLine() throws {
        let (_, result) = try ingest(text(String(repeating: "x", count: 10_000_000)))
        #expect(result.code == 65)
        #expect(result.out.contains("Accepted 2"), "\(result.out)")
    }

    @Test("A truncated gzip file records what could be read and says where it ends")
    func truncatedGzip() throws {
        let command = try Command()
        try command.run("init")
        try command.shell(
            "rekam generate --events 20000 | gzip > whole.gz; head -c 200000 whole.gz > cut.gz")
        let result = try command.run("ingest", "cut.gz")
        #expect(result.code == 74, "\(result)")
        #expect(result.error.contains("cut.gz"), "\(result)")
        #expect(try command.run("verify").code == 0)
        // The whole file adds what was missing, and nothing twice.
        let whole = try command.run("ingest", "whole.gz")
        #expect(whole.code == 0, "\(whole)")
        #expect(whole.out.contains("already there"), "\(whole)")
    }

    @Test("An empty file, a folder and a missing file are told apart")
    func noFile() throws {
        let command = try Command()
        try command.run("init")
        try command.file("empty.ndjson", "")
        let empty = try command.run("ingest", "empty.ndjson")
        #expect(empty.code == 74 && empty.error.contains("is empty"), "\(empty)")
        let folder = try command.run("ingest", ".")
        #expect(folder.code == 74 && folder.error.contains("folder"), "\(folder)")
        let missing = try command.run("ingest", "nothing.ndjson")
        #expect(missing.code == 74 && missing.error.contains("nothing.ndjson"), "\(missing)")
    }

    @Test("Without a store, a command says how to make one")
    func noStore() throws {
        let command = try Command()
        let result = try command.run("query", "csat", "--period", "2025")
        #expect(result.code == 74 && result.error.contains("rekam init"), "\(result)")
        try command.file("store", "no store")
        #expect(try command.run("verify").code == 74)
    }

    @Test("A store is never made over another, nor over other files")
    func initTwice() throws {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        let again = try command.run("init")
        #expect(again.code == 74 && again.error.contains("already"), "\(again)")
        try command.file("other.txt", "mine")
        let other = try command.run("init", "--store", ".")
        #expect(other.code == 74, "\(other)")
    }

    @Test("The same (source, id) with other content is refused, and named")
    func conflict() throws {
        let command = try Command()
        try command.run("init")
        try command.file("a.ndjson", Command.message("1"))
        try command.file("b.ndjson", Command.message("1", time: "2025-07-15T00:00:00Z"))
        #expect(try command.run("ingest", "a.ndjson").out.contains("Accepted 1"))
        #expect(try command.run("ingest", "a.ndjson").out.contains("already there 1"))
        let result = try command.run("ingest", "b.ndjson")
        #expect(result.code == 65 && result.out.contains("refused 1"), "\(result)")
    }

    @Test(
        "A store whose data file is damaged is refused or reported, never a crash",
        arguments: 1...12)
    func damage(seed: Int) throws {
        let command = try Command()
        try command.run("init")
        try command.shell("rekam generate --events 3000 --seed \(seed) | rekam ingest -")
        let path = command.folder.appending(path: "store/data.mdb")
        var data = try Data(contentsOf: path)
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 20) % data.count
            data[place] ^= UInt8(truncatingIfNeeded: state >> 8) | 1
        }
        try data.write(to: path)
        for arguments in [
            ["verify"], ["log", "stat"], ["query", "ticket_volume", "--period", "2025"],
        ] {
            let line = "rekam " + arguments.joined(separator: " ")
            let result = try command.shell(line)
            #expect(result.code >= 0 && result.code < 128, "seed \(seed), \(line): \(result)")
        }
        #expect(try command.run("verify").code != 0, "seed \(seed)")
    }

    /// Runs an ingest and says how much memory it took at most, in MiB.
    private func peak(_ command: Command, _ file: String) throws -> (mebibytes: Int, code: Int32) {
        let python = command.environment["REKAM_PYTHON"] ?? "python3"
        let script = """
            import resource, subprocess, sys
            code = subprocess.run(["rekam", "ingest", sys.argv[1]], stdout=subprocess.DEVNULL).returncode
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10); sys.exit(code)
            """
        try command.file("peak.py", script)
        let result = try command.shell("\(python) peak.py \(file)")
        return (
            try #require(Int(result.out.trimmingCharacters(in: .newlines)), "\(result)"),
            result.code
        )
    }

    @Test("Lines that hold no event take little memory, however many they are")
    func littleMemory() throws {
        let command = try Command()
        try command.run("init")
        // Where none of the first lines is an event, the rest is not looked at.
        try command.file("first", Command.message("1"))
        try command.shell(
            """
            head -c 300000000 /dev/zero | tr '\\0' '\\n' | gzip -1 > blank.gz
            yes x | head -n 8000000 | cat first - > short
            """)
        let blank = try peak(command, "blank.gz")
        #expect(blank.code == 0 && blank.mebibytes < 256, "\(blank)")
        let short = try peak(command, "short")
        #expect(short.code == 65 && short.mebibytes < 256, "\(short)")
        let refused = try command.shell(
            "tail -n +2 short | cmp - short.rejects.ndjson && wc -l < short.rejects.reasons.csv")
        #expect(refused.out == "8000001\n", "\(refused)")
    }

    @Test("Of a chunk of many refusals every line keeps its number, and every event is recorded")
    func manyRefusals() throws {
        let command = try Command()
        try command.run("init")
        var lines = ""
        for number in 1...30_000 {
            lines +=
                number % 6000 == 1 ? Command.message("m\(number)") : number % 7 == 0 ? "\n" : "x\n"
        }
        try command.file("many.ndjson", lines)
        let result = try command.run("ingest", "many.ndjson")
        #expect(result.code == 65 && result.out.contains("Accepted 5 "), "\(result)")
        let reasons = try command.shell(
            "sed 1d many.rejects.reasons.csv | cut -d, -f1; grep -n '^x$' many.ndjson | cut -d: -f1 > wanted"
        )
        let wanted = try command.shell("cat wanted")
        #expect(reasons.out == wanted.out)
    }

    @Test("With standard input, output or error closed, nothing is written into the store instead")
    func closedDescriptors() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            rekam generate --events 200 --seed 1 > g; rekam ingest g > /dev/null
            rekam log show 0..99 >&-; echo "output $?"; rekam log show 0..99 <&- >&-; echo "both $?"
            rekam ingest - <&- ; echo "input $?"; rekam verify 2>&- | tail -1; echo "error $?"
            rekam log show nonsense 2>&-; echo "usage $?"
            stat -c '%n %s' store/writer.lock store/lock.mdb; rekam verify > /dev/null; echo "holds $?"
            """)
        for word in [
            "output 74", "both 74", "input 74", "error 0", "usage 64", "writer.lock 0\n",
            "lock.mdb 8192\n", "holds 0",
        ] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
    }

    @Test("Whatever is waited for is left with the first Ctrl-C, with 130 and what is recorded")
    func pipes() throws {
        let command = try Command()
        try command.run("init")
        try command.file("one.ndjson", Command.message("1"))
        let result = try command.shell(
            """
            mkfifo pipe; rekam ingest pipe & process=$!; sleep 0.7; kill -TERM $process; wait $process
            echo "pipe $?"
            rekam ingest pipe & process=$!; sleep 0.3; cat one.ndjson > pipe; wait $process; echo "fed $?"
            sleep 4 | cat <(sed s/\\"1\\"/\\"2\\"/ one.ndjson) - > pipe &
            rekam ingest pipe & process=$!; sleep 1.4; kill -TERM $process; wait $process; echo "stream $?"
            """)
        for word in ["pipe 130", "fed 0", "stream 130"] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
        #expect(result.out.components(separatedBy: "Accepted 1").count == 3, "\(result)")
        let closing = try command.shell(
            """
            rekam generate --events 300000 --seed 1 | rekam ingest - > /dev/null
            rekam replay --period 2025 & process=$!; sleep 0.3; kill -INT $process; wait $process
            echo "replay $?"
            """)
        #expect(closing.out.contains("replay 130"), "\(closing)")
    }

    @Test("A folder NAME.partial that is somebody's own is not touched by a snapshot")
    func strangersFolder() throws {
        let command = try Command()
        try command.run("init")
        let result = try command.shell(
            """
            mkdir -p mine.partial/sub && echo mine > mine.partial/sub/notes
            rekam snapshot export --period 2025 --out mine; echo "mine $?"; cat mine.partial/sub/notes
            rekam snapshot export --period 2025 --out other > /dev/null; echo "other $?"; ls -a other
            """)
        #expect(result.out.contains("mine 74\nmine\nother 0"), "\(result)")
        #expect(result.error.contains("mine.partial"), "\(result)")
        #expect(!result.out.contains("in-the-making"), "\(result)")
    }
}
