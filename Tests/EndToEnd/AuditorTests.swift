import Foundation
import Testing

/// Method: a store is copied aside after some of its entries; whatever the store answers as of then
/// must be what the copy answers, byte for byte. And stores are changed behind Rekam's back, as
/// somebody with the disk in hands would.
@Suite("The auditor's questions")
struct AuditorTests {
    private func desk(events: Int = 3000) throws -> Command {
        let command = try Command(now: "2025-09-01T01:00:00Z")
        let result = try command.shell(
            """
            set -e
            rekam init --origin cs.example.com/log > /dev/null
            rekam generate --events \(events) --seed 11 > events
            rekam ingest events > /dev/null
            """)
        #expect(result.code == 0, "\(result)")
        return command
    }

    @Test("Every question as of N is answered as by a store of the first N entries")
    func asOf() throws {
        let command = try desk()
        command.environment["REKAM_NOW"] = "2025-11-03T01:00:00Z"
        let moved = try command.shell(
            """
            set -e
            cp -r store early; rekam checkpoint | sed -n 2p > size
            rekam generate --events 500 --seed 12 --origin b > more; rekam ingest more > /dev/null
            rekam void --entries 300..1500 --reason mistake > /dev/null
            rekam log show $(rekam projection list --as-of $(cat size) --format csv \
            | sed -n 's/^first_response,1,live,\\([0-9]*\\),.*/\\1/p') | grep -c promoted
            """)
        #expect(moved.code == 0 && moved.out.hasPrefix("1"), "\(moved)")
        let questions = [
            "query csat first_response_time.p90 backlog --by agent --period 2025 --grain quarter "
                + "--format json",
            "scorecard cs_company --period 2025-Q2 --format json",
            "scorecard cs_agent --by agent --period 2025-05 --format csv",
            "scorecard cs_department --department Layanan --period 2025-Q2 --compare previous "
                + "--format csv",
            "explain first_response_time --by channel --period 2025-Q2 --format json",
            "projection cells first_response", "projection cells backlog --format json",
            "facts first_response --period 2025-Q2", "facts backlog --period 2025-05 --format json",
            "sample resolution_time --period 2025-Q2 --size 5 --seed x",
        ]
        for question in questions {
            let result = try command.shell(
                """
                set -e
                rekam \(question) --as-of $(cat size) > found
                REKAM_STORE=$PWD/early rekam \(question) > expected
                cmp found expected; wc -l < found
                rekam \(question) > now; cmp -s found now && echo "the same now" || true
                """)
            #expect(result.code == 0, "\(question): \(result)")
            #expect(!result.out.contains("the same now"), "\(question): nothing moved")
        }
        let snapshot = try command.shell(
            """
            set -e
            for more in "" "--with-entries --with-answers" "--team Teknis"; do
                rm -rf found expected
                rekam snapshot export --period 2025-Q2 --as-of $(cat size) --out found $more
                REKAM_STORE=$PWD/early rekam snapshot export --period 2025-Q2 --out expected $more
                diff -r found expected && echo same
            done
            """)
        #expect(snapshot.out.components(separatedBy: "\nsame\n").count == 4, "\(snapshot)")
    }

    @Test("Versions as of then: which answered, which waited, which came later")
    func versions() throws {
        let command = try desk(events: 300)
        command.environment["REKAM_NOW"] = "2025-11-03T01:00:00Z"
        try command.file(
            "waits.yaml",
            """
            projection: waits
            version: 1
            title: Waits
            of: ticket
            fact: {each: ticket.opened}
            dimensions: {channel: fact.channel}
            measures: {}
            """)
        let added = try command.shell(
            """
            set -e
            before=$(rekam checkpoint | sed -n 2p)
            rekam projection add waits.yaml > /dev/null
            between=$(rekam checkpoint | sed -n 2p)
            rekam projection backfill waits > /dev/null
            rekam projection promote waits --reason new > /dev/null
            for size in $before $between $(rekam checkpoint | sed -n 2p); do
                rekam projection list --as-of $size --format csv | grep ^waits || echo none
                rekam projection status waits --as-of $size --format json || echo "none $?"
            done
            set +e
            rekam projection cells waits --as-of $between; echo "cells $?"
            rekam projection cells waits --as-of $between --definitions current | head -1
            rekam facts waits --period 2025 --as-of $between | wc -l
            rekam facts waits --period 2025 --as-of $before; echo "facts $?"
            rekam projection cells waits --definitions current; echo "alone $?"
            """)
        let lines = added.out.split(whereSeparator: \.isNewline)
        #expect(lines[0] == "none" && lines[1].hasPrefix("none "), "\(added)")
        #expect(lines[2].hasPrefix("waits,1,registered,"), "\(added)")
        #expect(added.out.contains("waits,1,live,"), "\(added)")
        #expect(!added.out.contains("cells 0") && added.out.contains("day,channel,count"))
        #expect(!added.out.contains("facts 0") && added.out.contains("alone 64"), "\(added)")
        #expect(added.error.contains("no projection is called \"waits\""), "\(added)")
    }

    @Test("Nothing is answered from stored rows that were changed, and verify names them")
    func changedRows() throws {
        let command = try desk()
        let file = command.folder.appending(path: "store/data.mdb")
        // Every fact is moved to the next day, in all projections: a chunk of rows begins with what its
        // days are counted from, and how many bits they take.
        let day = try #require(
            try command.shell(
                "rekam projection cells ticket_volume | sed -n 's/^\\(2025-07-[0-9]*\\),.*/\\1/p' | head -1"
            ).out.split(whereSeparator: \.isNewline).first.map(String.init))
        let first = try #require(Self.dayNumber("2024-12-30")) ^ 0x8000_0000
        var data = try Data(contentsOf: file)
        var changed = 0
        for page in stride(from: 0, to: data.count, by: 4096) {
            func word(_ offset: Int) -> UInt32 {
                data[page + offset..<page + offset + 4].reversed().reduce(0) {
                    $0 << 8 | UInt32($1)
                }
            }
            guard (first..<first + 400).contains(word(16)), word(20) <= 10 else { continue }
            data.replaceSubrange(page + 16..<page + 20, with: Self.bytes(word(16) + 1))
            changed += 1
        }
        #expect(changed > 3, "\(changed) chunks")
        try data.write(to: file)
        let result = try command.shell(
            """
            rekam query ticket_volume --period 2025-07; echo "query $?"
            rekam query ticket_volume --period 2025-07 --format json; echo "json $?"
            rekam replay --period 2025-07; echo "replay $?"
            rekam explain ticket_volume --period \(day); echo "explain $?"
            rekam snapshot export --period 2025-07 --out snap; echo "snapshot $?"
            rekam verify; echo "verify $?"
            rekam projection rebuild --all > /dev/null
            rekam verify > /dev/null; echo "again $?"
            """)
        let lines = ["query 74", "json 74", "replay 74", "explain 74", "snapshot 74", "verify 1"]
        for line in lines + ["again 0"] {
            #expect(result.out.contains("\(line)\n"), "\(line): \(result)")
        }
        #expect(result.error.contains("what is stored of ticket_volume@"), "\(result)")
        #expect(result.error.contains("Make it anew from the entries: rekam projection rebuild"))
    }

    @Test("Nothing is answered from rows under another digest than that of the definition in force")
    func otherRows() throws {
        let command = try desk()
        let file = command.folder.appending(path: "store/data.mdb")
        var data = try Data(contentsOf: file)
        let isDigit = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        var changed = 0
        var from = data.startIndex
        // Where a version's status is stored, the first 64 hexadecimal digits are its rows' digest.
        while let place = data.range(of: Data("ticket_volume@1".utf8), in: from..<data.endIndex) {
            from = place.upperBound
            let near = data[from..<min(from + 120, data.endIndex)]
            guard
                let start = near.indices.first(where: { start in
                    start + 64 <= near.endIndex && near[start..<start + 64].allSatisfy(isDigit)
                })
            else { continue }
            data[start] = data[start] == 0x61 ? 0x62 : 0x61
            changed += 1
        }
        #expect(changed > 0)
        try data.write(to: file)
        let result = try command.shell(
            """
            rekam query ticket_volume --period 2025-07; echo "query $?"
            rekam query csat --period 2025-07 > /dev/null; echo "other $?"
            rekam projection rebuild ticket_volume > /dev/null
            rekam query ticket_volume --period 2025-07 > /dev/null; echo "again $?"
            """)
        for word in ["query 74", "other 0", "again 0"] {
            #expect(result.out.contains("\(word)\n"), "\(word): \(result)")
        }
        #expect(
            result.error.contains("the rows of ticket_volume@1 were not made as its definition"),
            "\(result)")
    }

    private static func dayNumber(_ text: String) -> UInt32? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        var components = DateComponents()
        (components.year, components.month, components.day) = (parts[0], parts[1], parts[2])
        components.timeZone = TimeZone(identifier: "UTC")
        let date = Calendar(identifier: .gregorian).date(from: components)
        return date.map { UInt32($0.timeIntervalSince1970 / 86_400) }
    }

    private static func bytes(_ word: UInt32) -> Data {
        Data((0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) })
    }

    @Test("A snapshot of a store with types of its own verifies, with and without entries")
    func ownTypes() throws {
        let command = try desk(events: 1000)
        func schema(_ head: String, _ fields: String) -> String {
            """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Visit",
            "$ref": "cloudevent.json", "type": "object", \(head)
            "properties": {"type": {"const": "visit.ended"}, "subject": {"pattern": "^visit/."},
            "data": {"type": "object", "properties": {\(fields)}, "additionalProperties": false}}}
            """
        }
        let name = #"{"type": "string", "maxLength": 50, "x-column": "name"}"#
        try command.file("one.json", schema("", #""desk": \#(name)"#))
        try command.file(
            "two.json",
            schema(
                #""x-version": 2, "x-upcast": {"renamed": {"desk": "counter"}, "defaults": {"brand": "main"}},"#,
                #""counter": \#(name), "brand": \#(name)"#))
        func event(_ id: Int, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(id)","source":"t","type":"visit.ended","#
                + #""subject":"visit/\#(id)","time":"2025-07-14T08:12:00Z","data":\#(data)}"# + "\n"
        }
        try command.file("a.ndjson", (0..<9).map { event($0, #"{"desk":"D"}"#) }.joined())
        try command.file(
            "b.ndjson",
            (9..<14).map { event($0, #"{"counter":"C","brand":"gold"}"#) }.joined())
        try command.file(
            "v.yaml",
            """
            projection: visits
            version: 1
            title: Visits
            of: visit
            fact: {each: visit.ended}
            dimensions: {counter: fact.counter, brand: fact.brand}
            measures: {}
            ---
            kpi: visits
            version: 1
            title: Visits
            group: operational
            unit: count
            better: higher
            value: count(visits)
            """)
        let result = try command.shell(
            """
            set -e
            rekam schema add one.json > /dev/null; rekam ingest a.ndjson > /dev/null
            rekam schema add two.json > /dev/null; rekam ingest b.ndjson > /dev/null
            rekam projection add v.yaml > /dev/null; rekam projection backfill visits > /dev/null
            rekam projection promote visits --reason new > /dev/null
            rekam snapshot export --period 2025-07 --out plain > /dev/null
            rekam snapshot export --period 2025-07 --with-entries --with-answers --out whole > /dev/null
            grep '^visits,2025-07,total' plain/kpis.csv
            rekam snapshot verify plain --store store | grep -c 'the same byte for byte'
            rekam explain visits --period 2025-07 --format csv | wc -l
            mv store gone; unset REKAM_STORE
            rekam snapshot verify plain | grep -c 'It holds'
            rekam snapshot verify whole | grep -c 'computed anew, the same byte for byte'
            """)
        #expect(result.code == 0, "\(result)")
        let lines = result.out.split(whereSeparator: \.isNewline)
        #expect(lines.first?.contains(",14,") == true, "\(result)")
        #expect(lines.dropFirst() == ["1", "15", "1", "1"], "\(result)")
    }

    @Test("In Indonesian the auditor's commands speak Indonesian, and programs read the same")
    func indonesian() throws {
        let command = try desk(events: 1500)
        command.environment["REKAM_NOW"] = "2025-11-03T01:00:00Z"
        let made = try command.shell(
            """
            set -e
            rekam checkpoint --verifier > key; rekam checkpoint | sed -n 2p > size
            rekam proof 300 > p; rekam log show 300 --tokens > e
            rekam snapshot export --period 2025-07 --out early > /dev/null
            """)
        #expect(made.code == 0, "\(made)")
        let steps: [(line: String, said: [String])] = [
            ("period close 2025-07 --by sari", ["2025-07 ditutup pada 1.", " entri; digest"]),
            ("void --entries 620..1500 --reason salah", []),
            ("period list", ["Periode", "Keadaan", "Ditutup", "ditutup", "Oleh", "1."]),
            ("period restatements", ["Sebelum", "Sesudah", "dianulir", "Peristiwa", "Terjadi"]),
            (
                "diff ticket_volume --period 2025-07 --as-of $(cat size) --by channel",
                ["Periode", "Sel", "kanal ", "Sebab", "Entri", "Kasus", "Dicatat", "Alasan"]
            ),
            ("diff csat --period 2019 --as-of $(cat size)", ["Tidak ada yang terbaca berbeda"]),
            ("audit exceptions --period 2025-11", ["Apa", "Tentang", "penganuliran", "Jumlah"]),
            ("audit exceptions --period 2019", ["Tidak ada yang janggal"]),
            (
                "sample ticket_volume --period 2025 --size 2 --seed x --format table",
                ["Populasi", "Proyeksi", "Nilai dari", "Sumber"]
            ),
            ("replay --period 2025-07", ["proyeksi", "baris", "Cocok: ", " angka. "]),
            ("verify", ["Halaman", "Pohon", "tile", "Semua cocok.", "dtk", "masih berlaku"]),
            ("proof --check p --entry e --key key", ["Entri ini nomor 300 dalam log"]),
            (
                "snapshot export --period 2025-07 --out late",
                ["late ditulis: ", "Digest-nya", "Penerimanya mengetik: rekam snapshot verify"]
            ),
            (
                "snapshot verify late --key key --store store",
                ["Terbukti", "sama bita demi bita", "Belum terbukti", "Semua cocok."]
            ),
            (
                "snapshot diff early late",
                [" angka berbeda · ", " dibanding ", "Periode", "Sebelum", "semua", "agen "]
            ),
            ("period reopen 2025-07 --reason lagi", ["2025-07 dibuka lagi; tadinya ditutup pada"]),
            ("period list", ["dibuka lagi", "Sebab", "lagi"]),
        ]
        let english = [
            "Period ", "State", "Closed", "Before", "Recorded", "entries", "figures", "rows",
            "Established", "It holds", "agrees", "What", "Count", "agent ", "channel ", "Opened",
        ]
        for (line, said) in steps {
            let lang = line.hasPrefix("void") ? "" : " --lang id"
            // A key is given as text or as a file to snapshots, as text alone to proofs.
            let typed = line.replacing("--key key", with: "--key \"$(cat key)\"")
            let result = try command.shell("rekam \(typed)\(lang)")
            #expect(result.code == 0, "\(line): \(result)")
            for word in said { #expect(result.out.contains(word), "\(line), \(word): \(result)") }
            guard !said.isEmpty else { continue }
            for word in english {
                #expect(!result.out.contains(word), "\(line), \(word): \(result)")
            }
            for format in ["csv", "json"] where line.hasPrefix("diff") || line.hasPrefix("audit") {
                let same = try command.shell(
                    "cmp <(rekam \(typed) --format \(format)) <(rekam \(typed) --lang id --format \(format))"
                )
                #expect(same.code == 0, "\(line) as \(format): \(same)")
            }
        }
    }

    @Test("A step of the auditors' page that finds no files fails")
    func steps() throws {
        let command = try Command()
        for page in ["AUDITING.md", "AUDITING.id.md"] {
            let text = try String(
                contentsOf: Command.root.appending(path: "docs/" + page), encoding: .utf8)
            let steps = text.split(separator: "\n").filter {
                $0.hasPrefix("$ ") && $0.contains("q3") && $0.contains(" && echo \"")
            }
            #expect(steps.count == 2, "\(steps)")
            for step in steps {
                let result = try command.shell(String(step.dropFirst(2)))
                #expect(result.code != 0 && result.out.isEmpty, "\(page): \(step) \(result)")
            }
        }
    }

    @Test("A store without its key, two exports at once, and no name are told what to do")
    func refusals() throws {
        let command = try desk(events: 600)
        let result = try command.shell(
            """
            rekam snapshot export --period 2025 --out ""; echo "unnamed $?"
            mkdir q.partial; touch q.partial/left q.partial/.rekam-in-the-making
            flock q.partial rekam snapshot export --period 2025-Q2 --out q; echo "held $?"
            ls q.partial
            rekam snapshot export --period 2025-Q2 --out q > /dev/null; echo "free $?"; ls -d q*
            mv store/key key
            rekam checkpoint; echo "keyless $?"
            rekam explain ticket_volume --period 2025 --proof; echo "proof $?"
            """)
        for word in ["unnamed 64", "left\n", "free 0\nq\n"] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
        #expect(result.error.contains("another process is making q right now"), "\(result)")
        #expect(result.error.components(separatedBy: "rekam key rotate --lost").count == 3)
        for word in ["held 0", "keyless 0", "proof 0"] {
            #expect(!result.out.contains(word), "\(word): \(result)")
        }
    }
}
