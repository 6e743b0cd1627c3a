import Foundation
import Testing

/// Method: names in every spelling and place in which one was once found after an erasure; what is
/// printed, refused and left in files is compared with what the page for data-protection officers says.
@Suite("Names that an erasure must not leave behind")
struct PersonNamesTests {
    private func event(_ id: String, _ type: String, _ subject: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"desk","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"2025-07-14T08:12:00Z","data":{\#(data)}}"# + "\n"
    }

    private func opened(_ ticket: Int, _ customer: String) -> String {
        event(
            "o\(ticket)", "ticket.opened", "ticket/T-\(ticket)",
            #""channel":"email","origin":"customer","customer":"\#(customer)","title":"of \#(customer)""#
        )
    }

    private func written(_ ticket: Int, _ customer: String) -> String {
        event(
            "m\(ticket)", "message.posted", "ticket/T-\(ticket)",
            #""direction":"in","visibility":"public","actor_kind":"customer","actor":"\#(customer)""#
        )
    }

    /// Two customers who wrote, an agent with a displayed name and an alias.
    private func made(file name: String = "july.ndjson") throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        try command.file(
            name,
            opened(1, "Ratna Wijaya") + written(1, "Ratna Wijaya") + opened(2, "0812-3456")
                + written(2, "0812-3456")
                + event(
                    "p1", "agent.profile_set", "agent/sari", #""name":"Kirana Putri","team":"A""#)
                + event("a1", "agent.alias_set", "agent/ sari", #""alias":"s.lestari""#)
                + event(
                    "n1", "ticket.status_changed", "ticket/T-1",
                    #""status":"resolved","actor":"sari","note":"called back""#))
        let result = try command.run("ingest", name)
        #expect(result.code == 0, "\(result)")
        return command
    }

    @Test("Why and by whom an event was taken back stands in the vault, and goes with its case")
    func voids() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            place=$(rekam log case ticket/T-1 | grep '"id":"n1"' | grep -o 'position":[0-9]*' | cut -d: -f2)
            rekam void --entries $place..$place --reason 'wrong-kemuning' --by dewi.anggraini
            rekam log show --last 1
            ! grep -aqE 'kemuning|anggraini' store/data.mdb
            rekam verify > /dev/null
            rekam erase 'customer/Ratna Wijaya' --reason asked > /dev/null
            rekam log show --last 2 | head -1
            ! grep -aq kemuning store/private.mdb
            rekam void --entries $place..$place --reason 'of RATNA-WIJAYA' --by dewi
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.contains(#""by":"dewi.anggraini""#), "\(result)")
        #expect(result.out.contains(#""reason":"wrong-kemuning""#), "\(result)")
        for line in ["--reason 'told by 08123456'", "--reason wrong --by 08123456"] {
            let refused = try command.shell(
                """
                place=$(rekam log case ticket/T-2 | grep -o 'position":[0-9]*' | head -1 | cut -d: -f2)
                rekam void --entries $place..$place \(line)
                """)
            #expect(refused.code == 64 && refused.error.contains("Say it without"), "\(refused)")
        }
    }

    @Test("Customers who wrote are due as customers")
    func due() throws {
        let command = try made()
        _ = try command.run("retention", "set", "customer", "100", "--reason", "policy")
        let due = try command.run("erase", "--due", "--dry-run")
        #expect(due.out.contains("2 persons are due."), "\(due)")
        let told = try command.run("erase", "--due", "--reason", "0812 3456 has left")
        #expect(told.code == 64 && told.error.contains("names somebody who is due"), "\(told)")
    }

    @Test("Reasons are searched for displayed names and aliases, however they are spelt")
    func reasons() throws {
        let command = try made()
        for (subject, reason) in [
            ("customer/Ratna Wijaya", "ratna-wijaya asked"), ("agent/sari", "KiranaPutri left"),
            ("customer/Ratna Wijaya", "of R.A.T.N.A. wijaya"), ("agent/sari", "S LESTARI left"),
            ("customer/0812-3456", "call to 08123456"), ("agent/s.lestari", "Kirana Putri left"),
        ] {
            let result = try command.run("erase", subject, "--reason", reason, "--dry-run")
            #expect(
                result.code == 64 && result.error.contains("in clear for ever"),
                "\(reason): \(result)")
        }
        #expect(try command.run("erase", "agent/sari", "--reason", "left", "--dry-run").code == 0)
    }

    @Test(
        "A reason or doer with any word of a name is refused, by every command that keeps it in clear"
    )
    func shortWords() throws {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        try command.file(
            "july.ndjson",
            opened(1, "Eko Prasetyo") + opened(2, "Jürgen Müller") + opened(3, "budi_pratama")
                + opened(4, "Ida May"))
        #expect(try command.run("ingest", "july.ndjson").code == 0)
        let entries = try command.run("log", "stat").out
        for line in [
            "erase 'customer/Eko Prasetyo' --reason 'as Eko asked'",
            "erase 'customer/Eko Prasetyo' --reason asked --by eko",
            "erase 'customer/Eko Prasetyo' --reason 'for Ida'",
            "erase 'customer/Eko Prasetyo' --reason 'for Ida' --dry-run",
            "hold add 'customer/Ida May' --reason 'with ida'",
            "hold add 'customer/Ida May' --reason lawsuit --by IDA",
            "hold add 'customer/Ida May' --reason 'JuergenMuller sues'",
            "retention set customer 100 --reason 'told by Mueller'",
            "key rotate --reason 'juergen.muller left'",
            "period close 2025-07 --reason 'budi said so'",
            "person correct 'customer/Ida May' name=x --reason 'as ida asked'",
        ] {
            let result = try command.shell("rekam \(line)")
            #expect(
                result.code == 64
                    && (result.error.contains("in clear for ever")
                        || result.error.contains("whom this is about")),
                "\(line): \(result)")
        }
        #expect(try command.run("log", "stat").out == entries)
        let held = try command.run(
            "hold", "add", "customer/Ida May", "--reason", "it may last until 3 May", "--by", "dpo")
        #expect(held.code == 64, "of whom it is about, every word counts: \(held)")
        // Of others, words of dates and grammar do not, nor what was published on purpose.
        for line in [
            "retention set customer 100 --reason 'it may end on 3 May'",
            "name publish 'customer/Eko Prasetyo' --reason 'a public office'",
            "retention set customer 90 --reason 'with Eko'",
        ] {
            let result = try command.shell("rekam \(line)")
            #expect(result.code == 0, "\(line): \(result)")
        }
    }

    @Test("A file that would bring back who was erased since is refused, and told how many")
    func returningFile() throws {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        try command.file("july.ndjson", opened(1, "Ratna Wijaya") + opened(2, "Budi Santoso"))
        try command.file("other.ndjson", opened(3, "Ratna Wijaya"))
        #expect(try command.run("ingest", "july.ndjson").code == 0)
        for customer in ["Ratna Wijaya", "Budi Santoso"] {
            #expect(try command.run("erase", "customer/\(customer)", "--reason", "asked").code == 0)
        }
        let again = try command.run("ingest", "july.ndjson")
        #expect(again.code == 0 && again.out.contains("already there 2"), "\(again)")
        let voided = try command.shell(
            """
            id=$(rekam log case log/ingest | grep -o '"ingest/[0-9a-f]*' | head -1 | cut -d/ -f2)
            rekam void --ingest $id --reason 'wrong erasure'
            """)
        #expect(voided.code == 0, "\(voided)")
        let entries = try command.run("log", "stat").out
        for more in ["", "--dry-run", "other.ndjson"] {
            let result = try command.shell("rekam ingest \(more) july.ndjson")
            #expect(result.code == 1 && result.out.isEmpty, "\(result)")
            #expect(result.error.contains("2 persons were erased since"), "\(result)")
            #expect(result.error.contains("--despite-erasures"), "\(result)")
        }
        let indonesian = try command.run("ingest", "july.ndjson", "--lang", "id")
        #expect(indonesian.error.contains("2 orang dihapus sejak itu"), "\(indonesian)")
        #expect(try command.run("log", "stat").out == entries)
        let forced = try command.run("ingest", "july.ndjson", "--despite-erasures")
        #expect(forced.code == 0 && forced.out.contains("Accepted 2"), "\(forced)")
        #expect(try command.run("person", "show", "customer/Ratna Wijaya").code == 0)
    }

    @Test("A list of erasures that was lost is told, and written anew from the log")
    func lostList() throws {
        let command = try made()
        #expect(try command.run("erase", "customer/Ratna Wijaya", "--reason", "asked").code == 0)
        let whole = try command.shell("cat store.erasures; : > store.erasures")
        let told = try command.run("doctor")
        #expect((told.out + told.error).contains("lacks 1 of the erasures"), "\(told)")
        let next = try command.run("erase", "customer/0812-3456", "--reason", "asked")
        #expect(next.code == 0 && next.out.contains("lacked 1 earlier erasure"), "\(next)")
        let anew = try command.shell("cat store.erasures")
        #expect(anew.out.hasPrefix(whole.out) && anew.out.utf8.count > whole.out.utf8.count)
        #expect(!(try command.run("doctor").out.contains("lacks")))
    }

    @Test("A backup that failed is no copy to recall")
    func failedBackup() throws {
        let command = try made()
        let failed = try command.shell("ulimit -f 64; trap '' XFSZ; rekam backup full")
        #expect(failed.code != 0, "\(failed)")
        let shown = try command.run("erase", "customer/Ratna Wijaya", "--dry-run")
        #expect(shown.code == 0 && !shown.out.contains("full"), "\(shown)")
    }

    @Test("Names are looked up as they are recorded: in NFC, without blanks around them")
    func normalForms() throws {
        let command = try made()
        try command.file("more.ndjson", opened(3, "Jos\u{E9}") + opened(4, " Jose\u{301} "))
        #expect(try command.run("ingest", "more.ndjson").code == 0)
        for subject in ["customer/Jos\u{E9}", "customer/Jose\u{301}", "customer/ Jos\u{E9} "] {
            let shown = try command.run("person", "show", subject)
            #expect(shown.out.contains("customer of ticket.opened: 2 entries"), "\(shown)")
        }
        let sari = try command.run("person", "show", "agent/sari")
        #expect(sari.out.contains("Also called  agent/s.lestari"), "\(sari)")
        let word = try command.run(
            "erase", "agent/sari", "--word", " of Jose\u{301}", "--dry-run")
        // Her own, and the titles of both tickets, with one blank before the name and with two.
        #expect(word.out.contains("3 texts of 3 entries"), "\(word)")
    }

    @Test(
        "Names of imported files go that have the name or number inside a word",
        arguments: [
            ("chat08123456.ndjson", "customer/0812-3456"),
            ("RatnaWijayaExport.ndjson", "customer/Ratna Wijaya"),
            ("kirana_putri.ndjson", "agent/sari"),
            ("export-ratna-wijaya-2026.ndjson", "customer/Ratna Wijaya"),
            ("WIJAYA_Ratna.ndjson", "customer/Ratna Wijaya"),
        ])
    func inputs(_ file: String, _ subject: String) throws {
        let command = try made(file: file)
        let result = try command.shell(
            """
            set -e
            rekam log case log/ingest | grep -F \(file) > /dev/null
            rekam erase '\(subject)' --reason asked > /dev/null
            rekam log case log/ingest
            rekam verify > /dev/null
            rekam void --ingest $(sha256sum < \(file) | cut -c1-64) --reason wrong
            """)
        #expect(result.code == 64, "\(result)")
        #expect(result.out.contains("ingest.recorded") && !result.out.contains(file), "\(result)")
        #expect(result.error.contains("By its SHA-256 an input is not known"), "\(result)")
    }

    @Test("A file named after somebody who was erased comes in again without its name")
    func inputAgain() throws {
        let command = try made(file: "export-ratna-wijaya.ndjson")
        let result = try command.shell(
            """
            set -e
            rekam erase 'customer/Ratna Wijaya' --reason asked > /dev/null
            id=$(rekam log case log/ingest | grep -o '"id":"ingest/[^"]*' | cut -d'"' -f4)
            rekam void --ingest "$id" --reason wrong
            rekam ingest export-ratna-wijaya.ndjson --despite-erasures
            rekam log case log/ingest
            ! grep -a 'export-ratna' store/private.mdb
            rekam verify > /dev/null
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.contains(" 7 events") || result.out.contains("Voided 7"), "\(result)")
        #expect(!result.out.contains("export-ratna"), "\(result)")
    }

    @Test("A changed file brings the name of its person back, and it goes by the token")
    func changedInput() throws {
        let file = "export-ratna-wijaya.ndjson"
        let command = try made(file: file)
        let shown = try command.run("erase", "customer/Ratna Wijaya", "--dry-run")
        // The title of the ticket, the note, the file's name and its digest.
        #expect(shown.out.contains("1 name and 4 texts of 3 entries"), "\(shown)")
        let named = try command.run("log", "case", "ticket/T-1", "--tokens").out
        let token = try #require(named.firstMatch(of: /"customer":"([^"]+)"/)).1
        _ = try command.run("erase", "customer/Ratna Wijaya", "--reason", "asked")
        try command.file(file, opened(9, "somebody else"))
        #expect(try command.run("ingest", file).code == 0)
        let back = try command.run("log", "case", "log/ingest")
        #expect(back.out.contains(file), "\(back)")
        let again = try command.run(
            "erase", "customer/~\(token)", "--word", "wijaya", "--reason", "asked")
        #expect(again.code == 0, "\(again)")
        let gone = try command.run("log", "case", "log/ingest")
        #expect(!gone.out.contains(file), "\(gone)")
    }

    @Test(
        "A word of a script without blanks is found within a text",
        arguments: [("王小明", "客户王小明来电"), ("ꦫꦠ꧀ꦤ", "ꦧꦸꦫꦠ꧀ꦤꦥꦸꦤ꧀ꦝꦸꦠ꧀"), ("رتنا", "اتصلت رتنا اليوم")])
    func scripts(_ word: String, _ text: String) throws {
        let command = try made()
        try command.file("more.ndjson", opened(9, text))
        #expect(try command.run("ingest", "more.ndjson").code == 0)
        let found = try command.run("erase", "agent/sari", "--word", word, "--dry-run")
        let without = try command.run("erase", "agent/sari", "--dry-run")
        #expect(
            found.out.contains("2 texts of 2 entries")
                && without.out.contains("1 text of 1 entry"), "\(found)\(without)")
    }

    @Test("What a hold kept is told when it is released, and goes with those who are due")
    func afterHold() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam hold add agent/s.lestari --reason lawsuit > /dev/null
            ! rekam erase agent/sari --reason left
            rekam erase 'customer/Ratna Wijaya' --reason asked
            rekam hold release agent/sari --reason over
            rekam erase --due --dry-run
            rekam erase --due
            rekam erase --due
            rekam verify | tail -1
            """)
        #expect(result.code == 0, "\(result)")
        #expect(result.error.contains("agent/sari is held"), "\(result)")
        #expect(result.out.contains("of cases that name somebody held"), "\(result)")
        #expect(
            result.out.contains("Once the hold is released, rekam erase --due takes out"),
            "\(result)")
        #expect(
            result.out.contains("of persons erased before stayed for a hold that is over"),
            "\(result)")
        #expect(result.out.contains("Erased 0 names and "), "\(result)")
        let again = try command.run("erase", "--due")
        #expect(again.out.hasPrefix("Nobody is due.") && !again.out.contains("stayed"), "\(again)")
        for text in ["Wijaya asked", "of R\u{0430}TNA Wij\u{0430}ya", "f\u{FC}r ratn\u{E0}wijaya"] {
            try command.file("more.ndjson", opened(8, "Ratna Wijaya"))
            _ = try command.run("ingest", "more.ndjson")
            let told = try command.run(
                "erase", "customer/Ratna Wijaya", "--reason", text, "--dry-run")
            #expect(told.code == 64 && told.error.contains("in clear for ever"), "\(told)")
        }
    }

    @Test("Answers that name somebody are counted, and told")
    func answers() throws {
        let command = try made()
        try command.file(
            "answers.ndjson",
            event(
                "s1", "survey.answered", "respondent/r1",
                #""survey":"puas","kind":"csat","score":4,"scale_minimum":1,"scale_maximum":5,"#
                    + #""agent":"sari""#))
        #expect(try command.run("ingest", "answers.ndjson").code == 0)
        let shown = try command.run("person", "show", "agent/sari")
        #expect(
            shown.out.contains("1 answer to surveys, given by the person or naming"), "\(shown)")
        let json = try command.run("person", "show", "agent/sari", "--format", "json")
        #expect(json.out.contains(#""answers_withheld":1"#), "\(json)")
    }

    @Test("Lists stand beside the store's folder, whatever it was called by")
    func places() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            ln -s store link
            (cd store; rekam erase 'customer/Ratna Wijaya' --reason asked --store .)
            rekam erase customer/0812-3456 --reason asked --store link
            rekam checkpoint --store link > /dev/null
            wc -l < store.erasures
            cat store.checkpoint > /dev/null
            ! ls -a | grep -E 'link[.]|^[.][.]+[a-z]'
            ! ls -a store | grep -E 'erasures|checkpoint'
            """)
        #expect(result.code == 0 && result.out.contains("\n2\n"), "\(result)")
    }

    @Test("Tokens that are printed for people are said to be such, once, and why they stand there")
    func tokens() throws {
        let command = try made()
        try command.file(
            "more.ndjson",
            opened(3, "Tuti").replacing("\"title\"", with: "\"agent\":\"Tono Adi\",\"title\""))
        let result = try command.shell(
            """
            set -e
            rekam ingest more.ndjson > /dev/null
            rekam backup bare --without-names > /dev/null
            rekam log show --last 9 2> clear
            rekam log show --last 9 --tokens 2> asked > /dev/null
            rekam erase 'customer/Ratna Wijaya' --reason asked > /dev/null
            rekam erase 'agent/Tono Adi' --reason left > /dev/null
            rekam log case ticket/T-1 2> erased > /dev/null
            rekam query ticket_volume --by agent --period 2025-07 --lang id 2> table
            rekam query ticket_volume --by agent --period 2025-07 --format csv 2> csv
            rekam restore bare --store other > /dev/null
            rekam log show --last 9 --store other 2> without > /dev/null
            """)
        #expect(result.code == 0, "\(result)")
        func said(_ file: String) throws -> String { try command.shell("cat \(file)").out }
        for file in ["clear", "asked", "csv"] { #expect(try said(file) == "", "\(file)") }
        #expect(
            try said("erased").components(
                separatedBy: "Tokens of 43 letters stand in the place of names"
            ).count == 2
        )
        #expect(
            try said("table").contains(
                "Token 43 huruf menggantikan nama dan teks yang sudah dihapus"))
        #expect(try said("without").contains("(private.mdb), which this store does not have."))
    }

    @Test("What a killed backup left is in the list of copies, and what to do is said")
    func partial() throws {
        let command = try made()
        let result = try command.shell(
            """
            rekam backup one > /dev/null
            rm -rf one
            mkdir one.partial; cp store/private.mdb one.partial/; touch one.partial/mine
            rekam erase agent/sari --reason left --dry-run
            rekam backup one
            """)
        #expect(result.out.contains("backup \(command.folder.path)/one.partial, "), "\(result)")
        #expect(
            result.error.contains("one.partial exists already. Name another folder, or remove it"),
            "\(result)")
    }

    @Test("What killed copies left is told with its remedy, refused as a backup, and swept")
    func leftovers() throws {
        let command = try made()
        try command.file(
            "more.ndjson",
            opened(3, "Tuti").replacing("\"title\"", with: "\"agent\":\"Tono Adi\",\"title\""))
        let result = try command.shell(
            """
            rekam ingest more.ndjson > /dev/null
            rekam backup one > /dev/null; rekam snapshot export --period 2025-07 --out snap > /dev/null
            rekam doctor | grep -c partial
            mkdir -p theirs.partial snap.partial/whole one.partial/whole other.partial/whole
            cp store/data.mdb store/private.mdb theirs.partial/; touch snap.partial/whole/names.json
            for folder in one other; do cp store/private.mdb $folder.partial/whole/; done
            for folder in snap one other; do touch $folder.partial/.rekam-in-the-making; done
            rekam doctor | grep -A1 partial; rekam doctor --lang id | grep -A1 partial
            rekam doctor --format json | grep -o '"text":"Copies that were killed[^"]*'
            rekam doctor --store nowhere | grep -q other.partial && echo told
            rekam erase --again --in one.partial; echo "ended $?"
            rekam erase --again --in theirs.partial 2>&1 | grep -c backup.json
            flock one.partial rekam backup two > /dev/null; ls -d *.partial | xargs
            rekam backup three > /dev/null; ls -d *.partial | xargs
            """)
        for word in [
            "0\n", "Copies that were killed in the making left ",
            "Take them away: rm -r \(command.folder.path)/one.partial ",
            "Hapus: rm -r \(command.folder.path)/one.partial ", "\ntold\nended 1\n1\n",
            "\none.partial theirs.partial\n", "\ntheirs.partial\n",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(!result.out.contains("/theirs.partial"), "\(result)")
        #expect(
            result.error.contains("a backup or a restore that was killed left it. Take it away"),
            "\(result)")
    }

    @Test("Why somebody disputed a team's figure goes with them, and is nowhere in clear")
    func disputes() throws {
        let command = try made()
        func disputed(_ id: String, _ subject: String, by person: String) -> String {
            event(
                id, "figure.disputed", subject,
                #""dispute":"\#(id)","kpi":"csat","period":"2025-07","by":"\#(person)","#
                    + #""reason":"Kemuning-\#(id) was on leave""#)
        }
        try command.file(
            "disputes.ndjson",
            disputed("d1", "team/A", by: "Wulan Kenanga")
                + disputed("d2", "agent/Tono Adi", by: "Wulan Kenanga")
                + disputed("d3", "company", by: "Tono Adi")
                + event(
                    "d4", "dispute.decided", "team/A",
                    #""dispute":"d1","decision":"upheld","by":"Wulan Kenanga""#))
        let result = try command.shell(
            """
            set -e
            rekam ingest disputes.ndjson > /dev/null
            ! grep -aqE 'Kenanga|Kemuning|Tono' store/data.mdb
            rekam erase 'agent/Wulan Kenanga' --reason left
            ! grep -aqE 'Kenanga|Kemuning-d1' store/private.mdb
            grep -aoE 'Kemuning-d[23]' store/private.mdb | sort -u | xargs
            rekam log case team/A
            rekam verify | tail -1
            """)
        #expect(result.code == 0, "\(result)")
        for word in [
            "by of figure.disputed: 2 entries", "by of dispute.decided: 1 entry",
            "Goes         1 name and 1 text of 1 entry", "Kemuning-d2 Kemuning-d3", "It holds.",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(
            result.error.contains("Tokens of 43 letters stand in the place of names"), "\(result)")
    }

    @Test("Where the list of erasures is another log's, that is said") func anothersList() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam backup early > /dev/null
            rekam erase 'customer/Ratna Wijaya' --reason asked > /dev/null
            sed -i 's/"log":"[^"]*"/"log":"another"/' store.erasures; mv store moved
            rekam restore early; rekam restore early --store id --lang id --erasures store.erasures
            rekam erase --again
            """)
        #expect(result.code == 0, "\(result)")
        for word in [
            "store.erasures has no erasure of this log: who was erased after the backup was made can",
            "store.erasures tidak memuat penghapusan log ini: yang dihapus setelah pencadangan",
            "store.erasures has no erasure of this log: only those that the log itself tells",
        ] { #expect(result.out.contains(word), "\(word): \(result)") }
        #expect(!result.out.contains("No list of erasures is at"), "\(result)")
    }

    @Test("A store restored without its key has its erasures in the log, or says what is left")
    func restoredWithoutKey() throws {
        let command = try made()
        let result = try command.shell(
            """
            set -e
            rekam backup early > /dev/null
            rekam erase 'customer/Ratna Wijaya' --reason asked > /dev/null
            mv store/key key
            rm -r store
            rekam restore early > /dev/null
            rekam log show --last 1 | grep -F erasure.recorded > /dev/null
            rekam backup late --verify > /dev/null
            """)
        #expect(result.code == 0, "\(result)")
        let behind = try command.shell(
            """
            set -e
            rm -r store store.erasures
            rekam restore early --key key > /dev/null
            rekam erase customer/0812-3456 --reason asked > /dev/null
            rekam checkpoint > /dev/null
            rm -r store
            rekam restore early
            cp key store/key; chmod 600 store/key
            rekam restore --accept-rollback 'disk lost'
            rekam backup last --verify
            """)
        #expect(behind.code == 0, "\(behind)")
        #expect(behind.out.contains("rekam erase --again --store"), "\(behind)")
    }
}
