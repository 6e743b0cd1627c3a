import Foundation
import Testing

/// Method: what is typed, and what stands in files that are named, holds control characters, line
/// ends, links and wrong words; exit codes and outputs are compared byte for byte where it matters.
@Suite("The command line: what is quoted, refused and promised")
struct CommandLineTests {
    private func store() throws -> Command {
        let command = try Command()
        let made = try command.run("init", "--time-zone", "Asia/Jakarta")
        try #require(made.code == 0, "\(made)")
        return command
    }

    /// Whether a text holds nothing that a terminal obeys, but line ends.
    private func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let value = scalar.value
            return scalar == "\n"
                || !(value < 0x20 || (0x7F..<0xA0).contains(value)
                    || (0x202A...0x202E).contains(value))
        }
    }

    /// A projection whose author writes what a terminal obeys.
    private static let hostile = #"""
        projection: hostile
        version: 1
        title: "\e[31mT\u202e\nError: forged"
        description: "\e]0;pwn\a"
        of: ticket
        let: {opened: {first: ticket.opened, where: {team: "\e[2J"}}}
        fact: opened
        ---
        kpi: hostile_kpi
        version: 1
        title: {en: "\e[31mT", id: "\u202e"}
        description: "\e]0;pwn\a"
        group: operational
        unit: count
        better: higher
        value: count(hostile)
        source: "\e[31m"
        notes: ["\u009b31m"]

        """#

    @Test("What a definition's author wrote is shown, never obeyed, wherever it is printed")
    func definitionTexts() throws {
        let command = try store()
        try command.file("hostile.yaml", Self.hostile)
        let checked = try command.run("projection", "check", "hostile.yaml")
        #expect(checked.code == 0, "\(checked)")
        #expect(isPlain(checked.out), "\(checked.out.debugDescription)")
        #expect(checked.out.contains("␛[31mT\\u{202e}␊Error: forged"), "\(checked)")
        let tried = try command.run("projection", "try", "hostile.yaml", "--period", "2025")
        #expect(tried.code == 0 && isPlain(tried.out), "\(tried)")
        let added = try command.run("projection", "add", "hostile.yaml")
        #expect(added.code == 0 && isPlain(added.out + added.error), "\(added)")
        for arguments in ["kpi show hostile_kpi", "kpi show hostile_kpi --lang id", "kpi list"] {
            let page = try command.shell("rekam " + arguments)
            #expect(page.code == 0 && isPlain(page.out), "\(arguments): \(page)")
        }
    }

    @Test("The help of facts calls each column that every projection has as the file does")
    func columnsOfFacts() throws {
        let command = try store()
        let header = try command.shell("rekam facts first_response --period 2025 | head -1").out
        let help = try command.shell("rekam facts --help").out
        let words = Set(help.split { !$0.isLetter }.map(String.init))
        for column in header.split(separator: ",").prefix(4) + ["count"] {
            #expect(words.contains(String(column)), "\(column) in \(help)")
        }
    }

    @Test("The argument parser's own errors are shown, never obeyed, and forge no line")
    func parserErrors() throws {
        let command = try store()
        let evil = "\u{1B}[31mX\nError: disk\u{202E}"
        let lines: [[String]] = [
            ["query", "csat", "--period", "2025", "--format", evil],
            ["query", "csat", "--period", "2025", "--lang", evil],
            ["explain", "csat", "--period", "2025", "--limit", evil],
            ["log", "show", "--last", evil], [evil], ["kpi", evil],
            ["sample", "csat", "--period", "2025", "--seed", "1", "--size", evil],
            ["query", "csat", "--period", "2025", "--as-of", "1", "--definitions", evil],
            ["query", "csat", "--\(evil)"],
        ]
        for arguments in lines {
            let result = try run(command, arguments)
            #expect(result.code == 64 && result.out.isEmpty, "\(arguments): \(result)")
            #expect(isPlain(result.error), "\(arguments): \(result.error.debugDescription)")
            #expect(
                result.error.split(separator: "\n").count { $0.hasPrefix("Error:") } == 1,
                "\(arguments): \(result.error)")
            #expect(result.error.contains("Usage: rekam"), "\(arguments): \(result.error)")
        }
        let help = try command.run("query", "--help")
        #expect(help.code == 0 && help.error.isEmpty && help.out.contains("USAGE:"), "\(help)")
    }

    @Test("No command's help has a line end that was not taken out")
    func helpTexts() throws {
        let help = try Command().run("--experimental-dump-help")
        #expect(help.code == 0 && help.out.contains("\"discussion\""), "\(help)")
        // A backslash in JSON is one of these, or quotes one of the text.
        let left = help.out.replacing("\\\"", with: "").replacing("\\n", with: "")
            .replacing("\\/", with: "")
        let place = left.firstIndex(of: "\\")
        #expect(place == nil, "\(place.map { left[$0...].prefix(200) } ?? "")")
    }

    @Test("A line end in what is quoted starts no line")
    func forgedLines() throws {
        let command = try store()
        try command.shell("rekam generate --events 500 | rekam ingest -")
        try command.file(
            "types.yaml", Self.hostile.replacing("ticket.opened", with: "\"a\\nError: b\""))
        let evil = "x\nError: disk"
        let lines: [[String]] = [
            ["ingest", evil], ["query", "csat", "--period", evil],
            ["query", "csat", "--period", "2025", "--where", evil],
            ["query", "csat", "--period", "2025", "--where", "channel=\(evil)"],
            ["facts", "resolution", "--period", "2025", "--where", evil],
            ["query", evil, "--period", "2025", "--by", evil], ["log", "show", evil],
            ["log", "case", evil], ["snapshot", "verify", evil], ["restore", evil],
            ["projection", "check", evil], ["projection", "check", "types.yaml"],
            ["period", "close", evil], ["kpi", "show", evil], ["init", "--time-zone", evil],
            ["init", "--store", "other", "--origin", evil],
            ["projection", "rebuild", "--all", "--memory", evil],
        ]
        for arguments in lines {
            let result = try run(command, arguments)
            #expect(result.code != 0, "\(arguments): \(result)")
            #expect(isPlain(result.error), "\(arguments): \(result.error.debugDescription)")
            let forged = result.error.split(separator: "\n").filter {
                $0.hasPrefix("Error: disk") || $0.hasPrefix("Error: b")
            }
            #expect(forged.isEmpty, "\(arguments): \(result.error)")
            #expect(result.error.contains("␊"), "\(arguments): \(result.error)")
        }
    }

    @Test("A lookup file is never reached through a link, nor is it anything but a file")
    func lookupLinks() throws {
        let command = try store()
        func mapping(_ file: String) -> String {
            """
            mapping: m
            version: 1
            lookups: {l: {file: \(file), key: a, value: b}}
            times: {zone: UTC}
            events: []

            """
        }
        try command.shell(
            """
            mkdir -p desk/sub desk/dir.csv elsewhere
            printf 'a,b\\n1,2\\n' | tee elsewhere/x.csv desk/own.csv > desk/sub/x.csv
            ln -s ../elsewhere/x.csv desk/ln.csv; ln -s ../elsewhere desk/out
            mkfifo desk/pipe.csv; printf 'a\\n' > in.csv
            """)
        func said(_ file: String) throws -> String {
            try command.file("desk/m.yaml", mapping(file))
            return try command.run("ingest", "in.csv", "--mapping", "desk/m.yaml").error
        }
        for file in ["ln.csv", "out/x.csv"] {
            let error = try said(file)
            #expect(error.contains("a lookup file lies in its mapping's folder"), "\(error)")
            #expect(error.contains("symbolic link"), "\(error)")
        }
        for file in ["pipe.csv", "dir.csv"] {
            let error = try said(file)
            #expect(error.contains("is no regular file"), "\(error)")
        }
        for file in ["own.csv", "sub/x.csv"] {
            let error = try said(file)
            #expect(!error.contains("lookup file"), "\(error)")
        }
        #expect(try said("gone.csv").contains("gone.csv can't be read: no such file"))
    }

    @Test("A format that a command does not have is refused, and those it has are named")
    func formats() throws {
        let command = try store()
        try command.shell("rekam generate --events 500 | rekam ingest -")
        try command.file("p.yaml", Self.hostile)
        let refused = [
            "kpi show csat --format csv": "'table' and 'json'",
            "calendar show indonesia --format csv": "'table' and 'json'",
            "calendar show indonesia --format markdown": "'table' and 'json'",
            "projection status --format csv": "table or json",
            "projection rebuild --all --format markdown": "'table' and 'json'",
            "projection backfill resolution --format csv": "'table' and 'json'",
            "projection try p.yaml --period 2025 --format csv": "'table' and 'json'",
            "projection diff resolution@1 --period 2025 --format csv": "'table' and 'json'",
            "projection cells resolution --format table": "'csv' and 'json'",
            "facts resolution --period 2025 --format markdown": "'csv' and 'json'",
            "schema list --format csv": "'table' and 'json'",
            "ingest p.yaml --format csv": "'table' and 'json'",
            "key show --format markdown": "'table' and 'json'",
            "status --format csv": "'table' and 'json'",
            "doctor --format markdown": "'table' and 'json'",
            "log stat --fields --format csv": "'table' and 'json'",
            "snapshot diff a b --format markdown": "'table', 'json' or 'csv'",
        ]
        for (line, known) in refused {
            let result = try command.shell("rekam " + line)
            #expect(result.code == 64 && result.out.isEmpty, "\(line): \(result)")
            #expect(result.error.contains(known), "\(line): \(result.error)")
        }
        let read = [
            "kpi show csat", "calendar show indonesia", "projection list", "projection status",
            "schema list", "doctor", "projection try p.yaml --period 2025 --facts 2",
            "projection try p.yaml --period 2025 --sample 10",
        ]
        for line in read {
            let result = try command.shell("rekam \(line) --format json")
            let value = try? JSONSerialization.jsonObject(with: Data(result.out.utf8))
            #expect(value != nil, "\(line): \(result)")
            let other = try command.shell("rekam \(line) --format json --lang id")
            #expect(line == "doctor" || other.out == result.out, "\(line): \(other)")
        }
        for line in ["kpi list", "calendar list", "projection list"] {
            let table = try command.shell("rekam \(line) --format markdown")
            #expect(table.code == 0 && table.out.hasPrefix("| "), "\(line): \(table)")
        }
    }

    @Test("What programs read is the same in both languages")
    func sameInBoth() throws {
        let command = try store()
        for list in ["kpi", "calendar", "scorecard", "projection"] {
            for format in ["csv", "json"] {
                let line = "rekam \(list) list --format \(format)"
                let english = try command.shell(line)
                #expect(english.code == 0, "\(english)")
                #expect(try command.shell(line + " --lang id").out == english.out, "\(line)")
            }
        }
    }

    @Test("Sequences and --last are not both given")
    func whichEntries() throws {
        let command = try store()
        let both = try command.run("log", "show", "5", "--last", "1")
        #expect(both.code == 64 && both.out.isEmpty && both.error.contains("not both"), "\(both)")
    }

    @Test(
        "A time zone has an IANA name",
        arguments: [
            "localtime", "posixrules", "Factory", "right/Asia/Jakarta", "posix/Asia/Jakarta",
            "leapseconds", "tzdata.zi", "zone.tab", "Asia", "../zoneinfo/UTC", "",
        ])
    func zones(name: String) throws {
        let command = try Command()
        let made = try command.run("init", "--time-zone", name)
        #expect(made.code == 64, "\(made)")
        #expect(made.error.contains("no time zone is called \"\(name)\"."), "\(made)")
        let store = command.folder.appending(path: "store").path
        #expect(!FileManager.default.fileExists(atPath: store))
    }

    @Test("A misspelt time zone is told its nearest name; a calendar's zone is held to the same")
    func nearestZone() throws {
        let command = try store()
        let near = try command.run("init", "--store", "b", "--time-zone", "Asia/Jakata")
        #expect(near.error.contains("Did you mean Asia/Jakarta?"), "\(near)")
        try command.file(
            "c.yaml",
            """
            calendar: c
            version: 1
            title: C
            zone: right/Asia/Jakarta
            week: {monday: 09:00-15:00}

            """)
        let added = try command.run("calendar", "add", "c.yaml")
        #expect(added.code == 65 && added.error.contains("no such time zone"), "\(added)")
    }

    @Test("All that is wrong with a question is said at once")
    func questions() throws {
        let command = try store()
        try command.shell("rekam generate --events 500 | rekam ingest -")
        func said(_ line: String) throws -> [String] {
            let result = try run(
                command, ["query"] + line.split(separator: " ").map(String.init))
            #expect(result.code == 64, "\(result)")
            return result.error.split(separator: "\n").map(String.init)
        }
        let looks =
            "Periods look like 2025, 2025-Q3, 2025-07, 2025-W29, 2025-07-14, 2025-07..2025-09."
        let names = try said("first_respnse_time --by agnt --period 2025-13")
        #expect(names.count == 3 && names[0].contains("Did you mean first_response_time?"))
        #expect(names[1].hasSuffix("no dimension is called \"agnt\". Did you mean agent?"))
        #expect(names[2].hasSuffix("--period 2025-13: there is no month 13. " + looks), "\(names)")
        let grain = try said("csat --period 2025 --grain fortnight")
        let grains = "Grains are day, week, month, quarter, half and year."
        #expect(grain.count == 1 && grain[0].hasSuffix("\"fortnight\". " + grains), "\(grain)")
        let before = try said("csat --period 0001 --compare previous")
        #expect(before.map { $0.hasSuffix("nothing lies before 0001.") } == [true], "\(before)")
        let other = try said("csat --period 2025 --compare 2025-02-30")
        #expect(
            other.map {
                $0.hasSuffix("February 2025 has 28 days, there is no day 30. " + looks)
            } == [true], "\(other)")
    }

    @Test("A message says what is the matter, once and in our words")
    func messages() throws {
        let command = try store()
        try command.shell("rekam generate --events 500 | rekam ingest -")
        let early = try command.run("query", "csat", "--period", "2025", "--as-of", "1")
        #expect(
            early.code == 64 && early.error.contains("None was registered by then."), "\(early)")

        let deep = "projection: p\nlet: " + String(repeating: "[", count: 5000)
        try command.file("deep.yaml", deep)
        let nested = try command.run("projection", "check", "deep.yaml")
        #expect(nested.error.contains("nested too deep; expected at most 32 levels"), "\(nested)")
        #expect(!nested.error.contains("yaml_set"), "\(nested)")

        for broken in ["\tversion: 1", "version: 1\nversion: 2", "version: !tag 1"] {
            try command.file(
                "broken.yaml",
                Self.hostile.replacing("version: 1\ntitle: \"", with: broken + "\ntitle: \""))
            let faults = try command.run("projection", "check", "broken.yaml")
            #expect(faults.code == 65, "\(faults)")
            #expect(!faults.error.contains("no projection is called"), "\(faults.error)")
        }

        let gone = try command.run("snapshot", "verify", "dang")
        #expect(gone.code == 74 && gone.error.contains("there is no snapshot at dang"), "\(gone)")
        try command.shell("mkdir linked && ln -s /etc/passwd linked/manifest.json")
        let linked = try command.run("snapshot", "verify", "linked")
        #expect(
            linked.code == 74 && linked.error.contains("no link in it is followed"), "\(linked)")
        #expect(!linked.error.contains("disk's space"), "\(linked)")

        let typo = try command.run("restore", "TYPO", "--store", "new")
        #expect(typo.code == 1 && typo.error.contains("there is no such folder"), "\(typo)")
        try command.shell("rekam backup ok && mkdir bad && ln -s ../ok/backup.json bad/")
        let link = try command.run("restore", "bad", "--store", "new")
        #expect(
            link.code == 1 && link.error.contains("its backup.json is a symbolic link"), "\(link)")
        #expect(!link.error.contains("disk's space"), "\(link)")

        let nothing = try command.run("explain", "csat", "--period", "1999")
        #expect(nothing.code == 0 && !nothing.out.contains("add up"), "\(nothing)")

        command.environment["REKAM_NOW"] = "2026-01-06T01:00:00Z"
        try command.file("bad.ndjson", "nothing\n")
        #expect(try command.run("ingest", "bad.ndjson").code == 65)
        let audit = try command.run("audit", "exceptions", "--period", "2020..2030")
        #expect(audit.out.contains("(1)") && !audit.out.contains("\":1"), "\(audit)")
    }

    /// Runs a command with arguments that no shell has to quote.
    private func run(_ command: Command, _ arguments: [String]) throws -> Command.Result {
        let quoted = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
        return try command.shell("rekam " + quoted.joined(separator: " "))
    }
}
