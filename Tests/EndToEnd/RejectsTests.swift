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
