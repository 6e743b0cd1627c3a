import Foundation
import Testing

/// Method: the built command keeps, copies and watches a store as its operator would; modes, links
/// and users are real ones, made with the shell.
@Suite("Operating a store")
struct OperatingTests {
    private func store(events: Int = 40) throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        #expect(
            try command.shell("rekam generate --events \(events) --seed 3 | rekam ingest -").code
                == 0)
        return command
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test("A backup taken beside a writing import verifies, restores, and goes on from there")
    func backupBesideIngest() throws {
        let command = try store()
        let result = try command.shell(
            """
            rekam generate --events 60000 --seed 4 --origin b > more
            rekam ingest more > outcome & writer=$!
            for n in 1 2 3; do rekam backup copy-$n > said-$n || echo "backup $n failed"; done
            wait $writer || echo "import failed"
            for n in 1 2 3; do
                rekam restore copy-$n --store back-$n > /dev/null || echo "restore $n failed"
                rekam verify --store back-$n || echo "copy $n does not hold"
                rekam ingest more --store back-$n | grep -q "Accepted\\|already" || echo "no going on"
            done
            rekam log stat --store back-1 | grep Entries; rekam log stat | grep Entries
            """)
        #expect(result.code == 0, "\(result)")
        for word in ["failed", "not hold", "no going on"] {
            #expect(!result.out.contains(word), "\(result)")
        }
        let said = try command.shell("cat said-1").out
        #expect(said.contains("Without the signing key"), "\(said)")
        #expect(said.contains("rekam restore copy-1"), "\(said)")
    }

    @Test("Whatever the umask, a store, a backup and what is restored are their owner's alone")
    func umasks() throws {
        for mask in ["000", "022", "077", "777"] {
            let command = try Command()
            let result = try command.shell(
                """
                umask \(mask)
                rekam init > /dev/null && rekam backup copy --with-key > /dev/null \
                && rekam restore copy --store back > /dev/null
                echo "done $?"
                umask 022
                stat -c '%a %n' store store/* copy copy/* back back/*
                """)
            #expect(result.out.contains("done 0"), "umask \(mask): \(result)")
            for line in result.out.split(separator: "\n").dropFirst() {
                let isFolder = !line.contains("/")
                #expect(
                    line.hasPrefix(isFolder ? "700 " : "600 "), "umask \(mask): \(line)")
            }
        }
    }

    @Test("A restore never overwrites, and says what to do")
    func neverOver() throws {
        let command = try store()
        #expect(try command.run("backup", "copy").code == 0)
        let over = try command.run("restore", "copy")
        #expect(over.code == 74 && over.error.contains("exists already"), "\(over)")
        let again = try command.run("backup", "copy")
        #expect(again.code == 74 && again.error.contains("exists already"), "\(again)")
        let none = try command.run("restore", "store", "--store", "other")
        #expect(none.code == 1 && none.error.contains("no backup"), "\(none)")
        let missing = try command.run("restore", "nowhere", "--store", "other")
        #expect(missing.code == 1 && missing.error.contains("nowhere"), "\(missing)")
        #expect(try command.shell("ls").out == "copy\nstore\n")
    }

    @Test("Waiting is a length of time; what is none is refused, and 75 says busy")
    func waiting() throws {
        let command = try store()
        try command.file("one.ndjson", Command.message("1"))
        let result = try command.shell(
            """
            flock store/writer.lock sleep 2 & sleep 0.3
            rekam ingest one.ndjson --wait 100ms; echo "code $?"
            rekam ingest one.ndjson --wait 1m; echo "code $?"; wait
            """)
        #expect(result.out.contains("code 75"), "\(result)")
        #expect(result.out.contains("code 0"), "\(result)")
        #expect(result.error.contains("--wait"), "\(result)")
        for text in ["soon", "-5", "1y", "25h"] {
            let refused = try command.run("ingest", "one.ndjson", "--wait=\(text)")
            #expect(refused.code == 64 && refused.error.contains("30s"), "\(text): \(refused)")
        }
    }

    @Test("Status tells what monitoring needs, and ends with 1 when something is too old")
    func status() throws {
        let command = try store()
        command.environment["REKAM_NOW"] = "2026-01-05T03:30:00Z"
        try command.file("bad.ndjson", Command.message("x", direction: "7") + Command.message("y"))
        #expect(try command.run("ingest", "bad.ndjson").code == 65)
        #expect(try command.run("verify").code == 0)
        #expect(try command.run("backup", "copy").code == 0)
        command.environment["REKAM_NOW"] = "2026-01-05T04:30:00Z"
        let text = try command.run("status")
        #expect(text.code == 0, "\(text)")
        for word in ["1h 00m", "1 refused", "up to date", "it held", "to copy", "free"] {
            #expect(text.out.contains(word), "\(word): \(text.out)")
        }
        let young = try command.run("status", "--max-age", "1h", "--format", "json")
        #expect(young.code == 0, "\(young)")
        let answer = try json(young.out)
        #expect(answer["ok"] as? Bool == true)
        #expect(answer["last_event_age_seconds"] as? Int == 3600)
        #expect(answer["refused_in_24_hours"] as? Int == 1)
        #expect(answer["entries_behind"] as? Int == 0)
        #expect((answer["last_backup"] as? [String: Any])?["age_seconds"] as? Int == 3600)
        #expect((answer["last_verification"] as? [String: Any])?["holds"] as? Bool == true)
        #expect((answer["last_import"] as? [String: Any])?["refused"] as? Int == 1)
        for option in ["--max-age", "--max-backup-age", "--max-verify-age"] {
            #expect(try command.run("status", option, "1h").code == 0, "\(option)")
            let old = try command.run("status", option, "3599s")
            #expect(old.code == 1 && old.error.contains(option), "\(old)")
        }
        // The day after, nothing was refused within 24 hours.
        command.environment["REKAM_NOW"] = "2026-01-06T03:30:01Z"
        let later = try json(command.run("status", "--format", "json").out)
        #expect(later["refused_in_24_hours"] as? Int == 0)
    }

    @Test("A store whose events never came, were never backed up or verified is too old")
    func never() throws {
        let command = try Command()
        try command.run("init")
        #expect(try command.run("status").out.contains("none yet"))
        for option in ["--max-age", "--max-backup-age", "--max-verify-age"] {
            let result = try command.run("status", option, "3000d")
            #expect(result.code == 1 && result.error.contains("never"), "\(result)")
        }
    }

    @Test("A verification that finds a difference is remembered until one that does not")
    func rememberedDifference() throws {
        let command = try store(events: 3000)
        let path = command.folder.appending(path: "store/data.mdb")
        let whole = try Data(contentsOf: path)
        var cut = whole
        // Where long values lie, a few bytes off.
        for place in stride(from: whole.count / 3, to: whole.count, by: 5000) { cut[place] ^= 0x41 }
        try cut.write(to: path)
        let found = try command.run("verify")
        #expect(found.code != 0, "\(found)")
        try whole.write(to: path)
        if found.code == 1 {
            let status = try command.run("status")
            #expect(status.code == 1 && status.out.contains("DID NOT HOLD"), "\(status)")
        }
        #expect(try command.run("verify").code == 0)
        #expect(try command.run("status").code == 0)
    }

    @Test("The doctor finds a sound store fit, and each thing that is wrong, with its remedy")
    func doctor() throws {
        let command = try store()
        let fit = try command.run("doctor")
        #expect(fit.code == 0 && fit.out.hasPrefix("Fit."), "\(fit)")
        #expect(fit.out.contains("rekam backup DIR"), "\(fit)")
        for (wrong, mend, word) in [
            ("chmod 644 store/key", "chmod 600 store/key", "chmod 600"),
            ("chmod 666 store/data.mdb", "chmod 600 store/data.mdb", "others can reach it"),
            ("mv store/key away", "mv away store/key", "no signing key"),
            ("export REKAM_NOW=2025-12-01T00:00:00Z", "true", "behind the log"),
            ("export REKAM_NOW=2001-01-01T00:00:00Z", "true", "timedatectl"),
            ("ulimit -v 4000000", "true", "ulimit -v unlimited"),
            ("ulimit -n 40", "true", "ulimit -n"),
            ("export REKAM_STORE=nowhere", "true", "note"),
        ] {
            let result = try command.shell(
                "\(wrong); rekam doctor; code=$?; rekam doctor --format json > found.json; \(mend); exit $code"
            )
            #expect(result.out.contains(word), "\(wrong): \(result)")
            let found = try json(try command.shell("cat found.json").out)
            let isFault = wrong != "export REKAM_STORE=nowhere"
            #expect(result.code == (isFault ? 1 : 0), "\(wrong): \(result)")
            #expect(found["fit"] as? Bool == !isFault, "\(wrong)")
        }
        try command.file("store2", "no store")
        let broken = try command.run("doctor", "--store", "store2")
        #expect(broken.code == 1 && broken.out.contains("FAULT"), "\(broken)")
    }

    @Test("A group's members ask and verify; the key and the writing stay the owner's")
    func group() throws {
        let command = try Command()
        let lines = """
            set -e
            chmod 755 . ; rekam init --group 65534 > /dev/null
            rekam generate --events 40 --seed 3 | rekam ingest - > /dev/null
            rekam verify > /dev/null
            stat -c '%a %g %n' store store/data.mdb store/lock.mdb store/key store/last-verification.json
            """
        let made = try command.shell(lines)
        guard getuid() == 0 else {
            // Only root may give files to a group it is not in.
            #expect(made.code == 74 && made.error.contains("group"), "\(made)")
            return
        }
        #expect(
            made.out.split(separator: "\n") == [
                "2750 65534 store", "640 65534 store/data.mdb", "660 65534 store/lock.mdb",
                "600 65534 store/key", "640 65534 store/last-verification.json",
            ], "\(made)")
        let member = "setpriv --reuid=1234 --regid=65534 --clear-groups"
        let other = "setpriv --reuid=1234 --regid=1234 --clear-groups"
        try command.file("one.ndjson", Command.message("1"))
        for (who, line, code, word) in [
            (member, "rekam query ticket_volume --period 2025", 0, ""),
            (member, "rekam verify", 0, "It holds"),
            (member, "rekam status", 0, "it held"),
            (member, "rekam doctor", 0, "Only its owner records"),
            (member, "rekam log show 0", 0, "definition.registered"),
            (member, "rekam ingest one.ndjson", 74, "ermission denied"),
            (member, "rekam backup copy --with-key", 74, "ermission denied"),
            (member, "cat store/key", 1, "ermission denied"),
            (other, "rekam query ticket_volume --period 2025", 74, "ermission denied"),
            (other, "ls store", 2, "ermission denied"),
        ] {
            let result = try command.shell("\(who) \(line)")
            #expect(result.code == code, "\(who) \(line): \(result)")
            #expect(
                word.isEmpty || (result.out + result.error).contains(word), "\(line): \(result)")
        }
        // The owner's next write finds the lock as readers need it, even if it was lost.
        let lost = try command.shell(
            "rm store/lock.mdb; umask 077; rekam ingest one.ndjson > /dev/null; \(member) rekam verify"
        )
        #expect(lost.code == 0, "\(lost)")
        let unknown = try command.run("init", "--store", "other", "--group", "nobody-knows")
        #expect(unknown.code == 64 && unknown.error.contains("getent group"), "\(unknown)")
    }

    @Test("Every line of the page's crontab runs, as cron would run it")
    func crontab() throws {
        let command = try store()
        let url = Command.root.appending(path: "docs/OPERATING.md")
        let page = try String(contentsOf: url, encoding: .utf8)
        let block = try #require(page.components(separatedBy: "```crontab\n").dropFirst().first)
        let body = block.components(separatedBy: "\n```")[0]
        let lines = body.split(separator: "\n").filter {
            !$0.hasPrefix("#") && !$0.contains("STORE=")
        }
        #expect(lines.count == 7 && body.hasPrefix("REKAM_STORE=/var/lib/rekam/rekam.store\n"))
        try command.shell("mkdir -p spool backups lib && mv store lib/rekam.store")
        command.environment["REKAM_STORE"] = command.folder.path + "/lib/rekam.store"
        try command.file("spool/tickets.ndjson", Command.message("cron"))
        // The others leave what the last one asks for.
        for line in lines {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            #expect(fields.count == 6, "\(line)")
            for field in fields.prefix(5) {
                #expect(field.allSatisfy { "0123456789*/,-".contains($0) }, "\(line)")
            }
            let folder = command.folder.path
            let text = String(fields[5]).replacing("\\%", with: "%")
                .replacing("/var/spool/rekam", with: folder + "/spool")
                .replacing("/var/backups", with: folder + "/backups")
                .replacing("/var/lib/rekam", with: folder + "/lib")
            let result = try command.shell("cd / && " + text)
            #expect(result.code == 0, "\(text): \(result)")
        }
        #expect(try command.shell("cat lib/status.json").out.contains("\"ok\":true"))
    }

    @Test("Two writers, four readers and rebuilds at once lose nothing, tear nothing, and all end")
    func manyAtOnce() throws {
        let command = try store()
        let result = try command.shell(
            """
            rekam generate --events 20000 --seed 1 --origin a.example > a
            rekam generate --events 20000 --seed 2 --origin b.example > b
            split -n l/4 a a- && split -n l/4 b b-
            for reader in 1 2 3 4; do
                while [ ! -e done ]; do
                    rekam query ticket_volume --period 2025 --format json > answer-$reader \\
                        || echo "reader $reader failed"
                    grep -o '"sequence": *[0-9]*' answer-$reader | grep -o '[0-9]*$' >> seen-$reader
                done &
            done
            while [ ! -e done ]; do
                rekam projection rebuild --all > /dev/null 2> said \
                    || grep -q "by another process" said || echo "rebuild failed: $(cat said)"
            done &
            (for f in a-*; do rekam ingest $f > /dev/null || echo "writer a failed"; done) & first=$!
            (for f in b-*; do rekam ingest $f > /dev/null || echo "writer b failed"; done) & second=$!
            wait $first $second; touch done; wait
            for reader in 1 2 3 4; do sort -n -c seen-$reader || echo "reader $reader went back"; done
            rekam ingest a b | grep -c "already there 20,000"
            rekam verify | tail -1
            """)
        #expect(!result.out.contains("failed") && !result.out.contains("went back"), "\(result)")
        #expect(result.out.contains("2\n") && result.out.contains("It holds"), "\(result)")
    }

    // Where nobody else has the store open, LMDB begins a new table of readers by itself.
    @Test("The slot of a reader that was killed beside another is found and freed")
    func staleReader() throws {
        let command = try store(events: 3000)
        let result = try command.shell(
            """
            mkfifo one two; sleep 30 < one & first=$!; sleep 30 < two & second=$!
            rekam log show 0..2999 > one & killed=$!
            rekam log show 0..2999 > two & other=$!
            sleep 1; kill -9 $killed; wait $killed 2> /dev/null
            rekam doctor | grep readers; rekam doctor | grep readers
            kill -9 $other $first $second 2> /dev/null; wait 2> /dev/null; true
            """)
        #expect(result.out.contains("1 left behind by killed processes"), "\(result)")
        #expect(result.out.contains("none left behind"), "\(result)")
    }
}
