import Foundation
import Testing

/// Method: inputs with a refused line are ingested beside files that must not be lost: the input itself,
/// the store's own, links to them, and the rejects of earlier imports.
@Suite("Refused lines write over nothing")
struct RejectsTests {
    private func text(_ name: String, _ command: Command) throws -> String {
        try String(contentsOf: command.folder.appending(path: name), encoding: .utf8)
    }

    @Test("A place for rejects that is an input or of the store is refused before anything is read")
    func needed() throws {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        try command.file("a.ndjson", "no event\n" + Command.message("1"))
        #expect(
            try command.shell(
                "mkdir d; ln -s a.ndjson link; ln a.ndjson hard; ln -s ../store/key d/key"
            ).code == 0)
        let key = try Data(contentsOf: command.folder.appending(path: "store/key"))
        for place in [
            "a.ndjson", "./a.ndjson", "link", "hard", "store/key", "store/data.mdb", "d/key",
            "store/new", "d", "/dev/null",
        ] {
            let said = try command.run("ingest", "a.ndjson", "--rejects", place)
            #expect(said.code == 64, "\(place): \(said)")
            #expect(said.error.contains(place) && said.error.contains("--rejects"), "\(said)")
        }
        // What stands beside, and what is read from standard input.
        #expect(try command.shell("ln -s a.ndjson r.reasons.csv").code == 0)
        #expect(try command.run("ingest", "a.ndjson", "--rejects", "r.txt").code == 64)
        #expect(try command.shell("rekam ingest - --rejects a.ndjson < a.ndjson").code == 64)
        #expect(try text("a.ndjson", command).hasPrefix("no event\n{"))
        #expect(try Data(contentsOf: command.folder.appending(path: "store/key")) == key)
        #expect(try command.run("log", "show", "--last", "9").out.contains("ticket/T-1") == false)
    }

    @Test("What is wholly something else is refused in one sentence, and not copied")
    func somethingElse() throws {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        try command.file("a.csv", "id,channel\n1,web\n2,web\n")
        let csv = try command.run("ingest", "a.csv")
        #expect(csv.code == 74 && csv.error.hasPrefix("Error: a.csv is CSV, and events"), "\(csv)")
        #expect(csv.error.contains("--mapping FILE"))
        #expect(try command.run("ingest", "a.csv", "--dry-run").error.contains("a.csv is CSV"))
        #expect(try command.run("log", "show", "--last", "1").out.contains("ingest.recorded"))
        #expect(try command.shell("ls").out.contains("rejects") == false)
        // One of several costs itself alone, and each is named.
        try command.file("b.ndjson", Command.message("9"))
        let both = try command.run("ingest", "a.csv", "b.ndjson", "a.csv")
        #expect(both.code == 74 && both.out.contains("b.ndjson: Accepted 1"), "\(both)")
        #expect(both.error.components(separatedBy: "a.csv is CSV").count == 3, "\(both)")

        // Where the first bytes don't tell: after a hundred lines.
        let tickets = (1...500).map { "{\"number\": \($0), \"state\": \"open\"}\n" }
        try command.file("t.ndjson", tickets.joined())
        let foreign = try command.run("ingest", "t.ndjson")
        #expect(
            foreign.code == 74
                && foreign.error.contains("t.ndjson holds no events: none of its first"),
            "\(foreign)")
        #expect(try text("t.rejects.ndjson", command) == tickets.prefix(100).joined())
        // One event among them, and each line is judged by itself.
        try command.file("e.ndjson", Command.message("1") + tickets.joined())
        let mixed = try command.run("ingest", "e.ndjson")
        #expect(mixed.code == 65 && mixed.out.contains("500"), "\(mixed)")
    }

    @Test("Rejects of inputs of one name, and of earlier imports, all stay")
    func free() throws {
        let command = try Command()
        #expect(try command.run("init", "--time-zone", "UTC").code == 0)
        #expect(
            try command.shell("mkdir d1 d2; echo one > d1/e.ndjson; echo two > d2/e.ndjson").code
                == 0)
        let both = try command.run("ingest", "d1/e.ndjson", "d2/e.ndjson")
        #expect(both.code == 65 && both.out.contains("→ e.rejects.ndjson"), "\(both)")
        #expect(both.out.contains("→ e.rejects-2.ndjson"), "\(both)")
        #expect(try text("e.rejects.ndjson", command) == "one\n")
        #expect(try text("e.rejects-2.ndjson", command) == "two\n")
        #expect(try text("e.rejects-2.reasons.csv", command).contains("\r\n1,"))
        for (number, name) in [(1, "stdin.rejects.ndjson"), (2, "stdin.rejects-2.ndjson")] {
            _ = try command.shell("echo line \(number) | rekam ingest -")
            #expect(try text(name, command) == "line \(number)\n")
        }
        // A stated place, too; one whose reasons are taken is not free; a folder's dot is no ending.
        #expect(try command.shell("mkdir x.y; echo kept > x.y/r-2.reasons.csv").code == 0)
        for wanted in ["x.y/r", "x.y/r-3"] {
            let said = try command.run("ingest", "d1/e.ndjson", "--rejects", "x.y/r")
            #expect(said.out.contains("→ \(wanted)\n"), "\(said)")
            #expect(try text(wanted, command) == "one\n")
        }
        #expect(try text("x.y/r-2.reasons.csv", command) == "kept\n")
    }
}
