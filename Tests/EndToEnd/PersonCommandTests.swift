import Foundation
import Testing

/// Method: a store of three customers and two agents; what the commands about persons print, refuse and
/// leave in files is compared with what the page for data-protection officers says.
@Suite("Commands about persons")
struct PersonCommandTests {
    private func event(
        _ id: String, _ type: String, _ subject: String, _ data: String
    ) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"desk","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"2025-07-14T08:12:00Z","data":{\#(data)}}"# + "\n"
    }

    private func opened(_ ticket: Int, _ customer: String) -> String {
        event(
            "o\(ticket)", "ticket.opened", "ticket/T-\(ticket)",
            #""channel":"email","origin":"customer","customer":"\#(customer)","title":"of \#(customer)""#
        )
    }

    private func note(_ ticket: Int, by agent: String) -> String {
        event(
            "n\(ticket)", "ticket.status_changed", "ticket/T-\(ticket)",
            #""status":"resolved","actor":"\#(agent)","note":"called back""#)
    }

    private func assigned(_ ticket: Int, to agent: String) -> String {
        event(
            "g\(ticket)", "ticket.assigned", "ticket/T-\(ticket)",
            #""agent":"\#(agent)","team":"Desk""#)
    }

    private func made() throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        let lines =
            opened(1, "ratna") + assigned(1, to: "sari") + note(1, by: "sari") + opened(2, "budi")
            + note(2, by: "wati")
            + opened(3, "citra")
            + event("a1", "agent.alias_set", "agent/sari", #""alias":"s.lestari""#)
            + event(
                "s1", "survey.answered", "respondent/ratna",
                #""survey":"puas","kind":"csat","score":4,"scale_minimum":1,"scale_maximum":5"#)
        try command.file("july.ndjson", lines)
        let result = try command.run("ingest", "july.ndjson")
        #expect(result.code == 0, "\(result)")
        return command
    }

    private func hold(_ subject: String, _ reason: String, _ command: Command) throws -> String {
        let result = try command.run("hold", "add", subject, "--reason", reason, "--by", "dpo")
        #expect(result.code == 0, "\(result)")
        return result.out
    }

    @Test("A hold keeps the texts of cases that name the person, whoever is erased")
    func heldCases() throws {
        let command = try made()
        _ = try hold("agent/sari", "lawsuit", command)
        let rehearsal = try command.run("erase", "customer/ratna", "--word", "called", "--dry-run")
        // The note of sari's case and its title stay, that of wati's goes by its word.
        #expect(rehearsal.out.contains("1 name and 1 text of 1 entry"), "\(rehearsal)")
        #expect(
            rehearsal.out.contains("2 texts stay: of cases that name somebody held"),
            "\(rehearsal)")
        let erased = try command.run("erase", "customer/ratna", "--reason", "asked for")
        #expect(erased.code == 0 && erased.out.contains("Erased 1 name"), "\(erased)")
        let shown = try command.run("log", "case", "ticket/T-1")
        #expect(shown.out.contains("of ratna") && shown.out.contains("called back"), "\(shown)")
        #expect(!shown.out.contains(#""customer":"ratna""#))
        #expect(try command.run("verify").code == 0)
        _ = try command.run("retention", "set", "customer", "100", "--reason", "policy")
        _ = try hold("customer/budi", "lawsuit", command)
        let due = try command.run("erase", "--due", "--dry-run")
        #expect(due.out.contains("1 person is due.\n  customer/citra\n"), "\(due)")
        #expect(
            due.out.contains(
                "1 person is due and left out, since they are held: rekam hold list\n"
                    + "  customer/budi\n"), "\(due)")
    }

    @Test("Each hold goes by its reason, and a person is free when the last one is released")
    func holds() throws {
        let command = try made()
        #expect(try !hold("customer/budi", "lawsuit", command).contains("also held"))
        #expect(
            try hold("agent/budi", "audit", command)
                .contains("also held by dpo since 2026-01-05: lawsuit"))
        #expect(try hold("customer/budi", "audit", command).contains("already"))
        #expect(try command.run("hold", "list").out.split(separator: "\n").count == 2)
        let which = try command.run("hold", "release", "customer/budi", "--reason", "over")
        #expect(which.code == 64 && which.error.contains("lawsuit; "), "\(which)")
        let none = try command.run(
            "hold", "release", "customer/budi", "--hold", "tax", "--reason", "over")
        #expect(none.code == 64 && none.error.contains("lawsuit"), "\(none)")
        let one = try command.run(
            "hold", "release", "customer/budi", "--hold", "lawsuit", "--reason", "over")
        #expect(one.code == 0 && one.out.contains("audit"), "\(one)")
        let held = try command.run("erase", "customer/budi", "--reason", "asked for")
        #expect(held.code == 1 && held.error.contains("since 2026-01-05: audit"), "\(held)")
        #expect(try command.run("hold", "release", "agent/budi", "--reason", "over").code == 0)
        #expect(try command.run("erase", "customer/budi", "--reason", "asked for").code == 0)
        #expect(try command.run("verify").code == 0)
    }

    @Test("What is typed wrong is told with what to type")
    func remedies() throws {
        let command = try made()
        for (line, words) in [
            ("hold remove customer/budi", ["no command \"remove\"", "add, release, list"]),
            ("person hide customer/budi", ["show, correct"]),
            ("person shwo customer/budi", ["Did you mean show?"]),
            ("erasee customer/budi", ["Did you mean erase?", "rekam --help"]),
            ("erase customer/budi --due", ["customer/budi or --due: one of them"]),
            ("erase --in backup", ["rekam erase --again --in BACKUP"]),
            ("erase customer/budi --in backup", ["rekam erase --again --in BACKUP"]),
            ("erase --due --again", ["one of them"]),
        ] {
            let result = try command.shell("rekam \(line)")
            #expect(result.code == 64, "\(line): \(result)")
            for word in words { #expect(result.error.contains(word), "\(line): \(result)") }
        }
    }

    @Test("What stands in clear for ever may not name the person")
    func namesNobody() throws {
        let command = try made()
        for line in [
            "erase customer/ratna --reason 'Ratna asked for it'",
            "erase customer/ratna --reason 'asked for' --by ratna",
            "erase customer/ratna --reason 'called 0812-555' --word 0812-555",
            "erase customer/ratna --reason 'of ratna.' --dry-run",
            "hold add customer/ratna --reason 'lawsuit of ratna'",
        ] {
            let result = try command.shell("rekam \(line)")
            #expect(
                result.code == 64 && result.error.contains("in clear for ever"),
                "\(line): \(result)")
        }
        let corrected = try command.run(
            "person", "correct", "agent/sari", "name=Sari", "--reason", "Sari married")
        #expect(
            corrected.code == 64 && corrected.error.contains("Say it without"), "\(corrected)")
        #expect(try !command.run("log", "show", "--last", "30").out.contains("married"))
    }

    @Test("Who answered a survey too is shown all but the answers, and what else they are called")
    func shown() throws {
        let command = try made()
        let ratna = try command.run("person", "show", "customer/ratna")
        #expect(ratna.out.contains("of ratna") && ratna.out.contains("called back"), "\(ratna)")
        #expect(ratna.out.contains("1 answer to surveys"), "\(ratna)")
        #expect(!ratna.out.contains("score"))
        let json = try command.run("person", "show", "customer/ratna", "--format", "json")
        #expect(json.out.contains(#""answers_withheld":1"#), "\(json)")
        for (subject, other) in [("agent/sari", "s.lestari"), ("agent/s.lestari", "sari")] {
            let shown = try command.run("person", "show", subject)
            #expect(shown.out.contains("Also called  agent/\(other): "), "\(shown)")
        }
        let erased = try command.run("erase", "agent/sari", "--reason", "left")
        #expect(erased.out.contains("agent/s.lestari: another name"), "\(erased)")
        let later = try command.run("person", "show", "agent/s.lestari")
        #expect(!later.out.contains("Also called"), "\(later)")
    }

    @Test("Without the vault it is said that nobody can be known, not that nobody is")
    func withoutVault() throws {
        let command = try made()
        #expect(try command.run("backup", "bare", "--without-names").code == 0)
        let token = try command.run("query", "ticket_volume", "--tokens", "--period", "2025")
        #expect(token.code == 0)
        for (name, line) in [
            ("store", "rm store/private.mdb"), ("bare", "export REKAM_STORE=$PWD/bare"),
        ] {
            let result = try command.shell(
                """
                \(line)
                rekam person show customer/budi
                rekam erase customer/budi --reason asked --dry-run
                rekam person correct agent/sari name=S --reason asked
                rekam hold add customer/budi --reason asked
                """)
            let said = result.error.split(separator: "\n").filter {
                $0.contains("Who is known can't be said")
            }
            #expect(said.count == 4, "\(name): \(result)")
        }
        #expect(try command.run("verify").out.contains("names were not looked at"))
        let doctor = try command.run("doctor")
        #expect(doctor.out.contains("private.mdb is missing"), "\(doctor)")
        let backup = try command.run("backup", "second")
        #expect(backup.code == 0 && backup.out.contains("NAMES ARE MISSING"), "\(backup)")
        #expect(try command.run("query", "ticket_volume", "--period", "2025").code == 0)
    }

    @Test("Other permissions of the vault are a finding, and figures need no vault")
    func permissions() throws {
        let command = try made()
        #expect(try command.shell("chmod 644 store/private.mdb; rekam doctor").out.contains("644"))
        #expect(
            try command.shell("chmod 600 store/private.mdb; rekam doctor").out
                .contains("private.mdb is there"))
        guard getuid() == 0 else { return }
        let shared = try command.shell(
            """
            set -e
            chmod 755 . ; export REKAM_STORE=$PWD/shared
            rekam init --group 65534 > /dev/null
            rekam ingest july.ndjson > /dev/null
            chmod 600 shared/private.mdb
            member="setpriv --reuid=1234 --regid=65534 --clear-groups"
            $member rekam query ticket_volume --by agent --period 2025
            $member rekam verify
            $member rekam person show customer/budi
            """)
        #expect(shared.code == 74 && shared.out.contains("It holds"), "\(shared)")
        #expect(shared.error.contains("can't be read by this user"), "\(shared)")
        #expect(shared.error.contains("Who is known can't be said"), "\(shared)")
        let kept = try command.shell(
            """
            export REKAM_STORE=$PWD/shared
            rekam doctor | grep names
            chmod 640 shared/private.mdb
            rekam erase customer/budi --reason asked > /dev/null
            stat -c %a:%g shared/private.mdb shared/private.mdb-lock
            setpriv --reuid=1234 --regid=65534 --clear-groups rekam person show customer/citra
            chmod 600 shared/lock.mdb
            rekam doctor
            """)
        #expect(kept.out.contains("note") && kept.out.contains("the group sees figures"), "\(kept)")
        #expect(
            kept.out.contains("640:65534\n660:65534") && kept.out.contains("of citra"), "\(kept)")
        #expect(kept.code == 1 && kept.out.contains("the group must write it"), "\(kept)")
    }

    @Test("A copy is in the list before it is made, by its whole path")
    func copies() throws {
        let command = try made()
        let folder = command.folder.path
        let result = try command.shell(
            """
            rekam backup one > /dev/null
            (ulimit -f 100; rekam backup two) > /dev/null 2>&1
            rekam migrate store new > /dev/null
            rekam snapshot export --period 2025-07 --agent sari --out three > /dev/null
            rekam erase customer/citra --reason asked --dry-run
            rekam erase customer/citra --reason asked --dry-run --store new
            """)
        for copy in ["backup %/one", "store %/new", "snapshot %/three"] {
            #expect(
                result.out.contains(copy.replacing("%", with: folder) + ", 2026-01-05"),
                "\(copy): \(result)")
        }
        // One that failed and left nothing is no copy.
        #expect(!result.out.contains("/two"), "\(result)")
        // What the old store handed out may have to be recalled for the new one, too.
        #expect(result.out.contains("store \(folder)/store, 2026-01-05"), "\(result)")
        #expect(result.out.components(separatedBy: "backup \(folder)/one").count == 3, "\(result)")
    }

    @Test("A snapshot of one agent is signed without the name, which stands beside")
    func snapshot() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam snapshot export --period 2025-07 --agent sari --out one
            ! grep -rlw sari one --exclude=names.json
            grep -q '"~.*": *"sari"' one/names.json
            grep '"agent": "~' one/manifest.json
            rekam snapshot verify one --store store
            """)
        #expect(result.code == 0, "\(result)")
        #expect(try command.run("erase", "agent/sari", "--reason", "left").code == 0)
        let later = try command.run("snapshot", "verify", "one", "--store", "store")
        #expect(later.code == 0 && later.out.contains("the same byte for byte"), "\(later)")
    }

    @Test("A restored store tells that later holds are not in it, and a leftover list is told of")
    func restored() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam backup early > /dev/null
            rekam hold add customer/budi --reason lawsuit > /dev/null
            rekam erase customer/ratna --reason asked > /dev/null
            mv store/key key
            rm -r store
            rekam init | grep -F "store.erasures is there already and is of another log"
            rekam erase --again | grep -F "line 1 is of another log"
            rm -r store
            rekam restore early --key key
            rekam verify | grep -F "It holds"
            rekam erase --again
            """)
        #expect(result.code == 0, "\(result)")
        #expect(
            result.out.contains("Retention rules made after 2026-01-05"), "\(result)")
        #expect(result.out.contains("erased again"), "\(result)")
        #expect(result.out.contains("Nothing of what was erased is in"), "\(result)")
        #expect(!result.out.contains("are recorded"), "\(result)")
    }

    @Test("A wrong erasure is undone by taking the import back and ingesting its file again")
    func undone() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam query ticket_volume --by channel --period 2025 --format csv > before
            rekam erase customer/budi --reason mistake > /dev/null
            rekam void --ingest $(sha256sum < july.ndjson | cut -c1-64) --reason "wrong erasure"
            ! rekam ingest july.ndjson
            rekam ingest july.ndjson --despite-erasures
            rekam person show customer/budi
            rekam query ticket_volume --by channel --period 2025 --format csv > after
            cmp before after
            rekam verify
            """)
        #expect(result.code == 0 && result.out.contains("of budi"), "\(result)")
    }
}
