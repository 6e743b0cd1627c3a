import Foundation
import Testing

/// Method: markers in every place where something personal can stand are recorded; a scanner that
/// knows nothing of stores (`tools/markers`) looks for them in every form, in every file, before and
/// after the persons are erased.
@Suite("Erasing persons, held by a scanner that looks at bytes")
struct PersonErasureTests {
    /// What is looked for; the last two stand in refused lines, and are recorded nowhere.
    private enum Marker: Int, CaseIterable {
        case customer, title, note, agent, profile, respondent, comment, attribute, file, voided
        case before256, after256, before65536, after65536
        case refusedValue, refusedKey

        /// A text that is found nowhere else.
        var text: String {
            let words = [
                "Ratna Zainuddinsyah", "Judul-Kemangi-Ungu", "Catatan-Belimbing", "qori.wahyudiono",
                "Qori Wahyudiono Lengkap", "resp-Xanthippe-77", "Komentar-Durian-Runtuh",
                "Atribut-Gambang-Kromong", "unggahan-Ratna Zainuddinsyah", "Judul-Batal-Cempedak",
                "Batas-Awal-Duapuluh", "Batas-Akhir-Duapuluh", "Batas-Awal-Enampuluh",
                "Batas-Akhir-Enampuluh", "Ditolak-Nilai-Mangga", "Ditolak-Kunci-Salak",
            ]
            return words[rawValue]
        }

        static let recorded = allCases.filter { $0 != .refusedValue && $0 != .refusedKey }
    }

    private func event(
        _ id: String, _ type: String, _ subject: String, _ data: String, _ more: String = ""
    ) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"2025-07-14T08:12:00Z"\#(more),"data":{\#(data)}}"# + "\n"
    }

    private func opened(_ id: String, _ title: Marker) -> String {
        event(
            id, "ticket.opened", "ticket/\(id)",
            #""channel":"email","origin":"customer","customer":"\#(Marker.customer.text)","#
                + #""title":"\#(title.text)""#)
    }

    private func filler(_ count: Int, from first: Int) -> String {
        var lines = ""
        for number in first..<first + count {
            lines += Command.message("f\(number)", ticket: "F-\(number / 4)")
        }
        return lines
    }

    /// A store with all markers; those at the borders are the last of a bundle or a segment, and the
    /// first of the next.
    private func made(isLarge: Bool) throws -> Command {
        let command = try Command()
        #expect(try command.run("init").code == 0)
        let status = try command.run("status", "--format", "json").out
        let count = try #require(
            status.firstMatch(of: /"entries": ?([0-9]+)/).flatMap { Int($0.1) })
        var text = ""
        var next = count
        func add(_ lines: String) {
            text += lines
            next += lines.count { $0 == "\n" }
        }
        func fill(to place: Int) { add(filler(place - next, from: next)) }
        add(opened("a", .title))
        add(
            event(
                "b", "ticket.status_changed", "ticket/a",
                #""status":"open","actor":"\#(Marker.agent.text)","note":"\#(Marker.note.text)""#,
                #","remark":"\#(Marker.attribute.text)""#))
        add(
            event(
                "c", "agent.profile_set", "agent/\(Marker.agent.text)",
                #""name":"\#(Marker.profile.text)","team":"A""#))
        add(
            event(
                "d", "survey.answered", "respondent/\(Marker.respondent.text)",
                #""survey":"puas","kind":"csat","score":4,"scale_minimum":1,"scale_maximum":5,"#
                    + #""comment":"\#(Marker.comment.text)""#))
        add(opened("v", .voided))
        fill(to: 255)
        add(opened("e", .before256) + opened("g", .after256))
        if isLarge {
            fill(to: 65_535)
            add(opened("h", .before65536) + opened("i", .after65536))
        }
        text += event(
            "r", "message.posted", "ticket/a", #""direction":"\#(Marker.refusedValue.text)""#)
        text += event(
            "s", "message.posted", "ticket/a",
            #""direction":"in","visibility":"public","actor_kind":"customer","#
                + #""\#(Marker.refusedKey.text)":1"#)
        let name = Marker.file.text + ".ndjson"
        try command.file(name, text)
        let result = try command.run("ingest", name, "--rejects", "rejects.ndjson")
        #expect(result.code == 65, "\(result)")
        try command.file(
            "markers", Marker.allCases.map(\.text).joined(separator: "\n") + "\n")
        let voided = try command.shell(
            "rekam void --entries \(count + 4)..\(count + 4) --reason wrong")
        #expect(voided.code == 0, "\(voided)")
        return command
    }

    /// Which markers stand in some paths, and in which files.
    private func found(_ paths: [String], _ command: Command) throws -> [Marker: Set<String>] {
        let tool = Command.root.appending(path: "tools/markers").path
        let result = try command.shell(
            "'\(tool)' --markers markers \(paths.joined(separator: " "))")
        #expect(result.code == 0 || result.code == 1, "\(result)")
        var found: [Marker: Set<String>] = [:]
        for line in result.out.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            guard parts.count == 3, let number = Int(parts[0]),
                let marker = Marker(rawValue: number)
            else { continue }
            found[marker, default: []].insert(parts[2])
        }
        return found
    }

    private var hasScanner: Bool {
        let python = Command.root.appending(path: ".venv/bin/python").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import zstandard"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private let questions = """
        rekam query ticket_volume csat --by channel --period 2025 --tokens --format csv
        rekam query ticket_volume --by agent --period 2025 --tokens --format csv
        rekam facts first_response --period 2025 --tokens
        """

    @Test("What stands in the vault alone goes with the person, and no figure moves")
    func erased() throws {
        guard hasScanner else {
            print("skipped: zstandard is missing (tools/setup --tests)")
            return
        }
        let command = try made(isLarge: true)
        let recorded = Set(Marker.recorded)
        let before = try found(["store"], command)
        #expect(Set(before.keys) == recorded, "\(recorded.subtracting(before.keys))")
        #expect(before.values.allSatisfy { $0 == ["store/private.mdb"] }, "\(before)")
        let figures = try command.shell(questions)
        #expect(try command.run("backup", "early").code == 0)
        #expect(Set(try found(["early"], command).keys) == recorded)
        for person in ["customer/\(Marker.customer.text)", "agent/\(Marker.agent.text)"] {
            let result = try command.run("erase", person, "--reason", "asked for", "--by", "dpo")
            #expect(result.code == 0, "\(result)")
        }
        let last = try command.run(
            "erase", "respondent/\(Marker.respondent.text)", "--reason", "asked for")
        #expect(last.code == 0, "\(last)")
        #expect(try found(["store", "store.erasures"], command).isEmpty)
        #expect(try command.run("verify").code == 0)
        #expect(try command.shell(questions).out == figures.out)
        // Whatever is made of the store from now on.
        #expect(try command.run("backup", "late", "--verify").code == 0)
        #expect(try command.run("log", "export-tiles", "tiles", "--with-answers").code == 0)
        #expect(
            try command.run("snapshot", "export", "--period", "2025-Q3", "--out", "q3").code == 0)
        #expect(try found(["late", "tiles", "q3"], command).isEmpty)
        // What was made before.
        let restored = try command.shell(
            "mv store gone && rekam restore early --key gone/key && rm -r gone")
        #expect(restored.code == 0, "\(restored)")
        #expect(try found(["store"], command).isEmpty)
        let again = try command.run("erase", "--again", "--in", "early")
        #expect(again.code == 0, "\(again)")
        #expect(try found(["early"], command).isEmpty)
        #expect(try command.run("verify", "--store", "early").code == 0)
    }

    @Test("A held person is refused, and a published name; both are told why")
    func refused() throws {
        let command = try made(isLarge: false)
        let customer = "customer/\(Marker.customer.text)"
        #expect(
            try command.run("hold", "add", customer, "--reason", "lawsuit", "--by", "dpo").code
                == 0)
        let held = try command.run("erase", customer, "--reason", "asked for")
        #expect(held.code == 1 && held.error.contains("lawsuit"), "\(held)")
        #expect(try command.run("hold", "release", customer, "--reason", "over").code == 0)
        let agent = "agent/\(Marker.agent.text)"
        #expect(try command.run("name", "publish", agent, "--reason", "a robot").code == 0)
        let published = try command.run("erase", agent, "--reason", "asked for")
        #expect(published.code == 1 && published.error.contains("published"), "\(published)")
        #expect(try command.run("erase", customer, "--reason", "asked for").code == 0)
        #expect(try command.run("verify").code == 0)
    }

    @Test("Who is due goes, who is not stays")
    func due() throws {
        let command = try made(isLarge: false)
        _ = try command.run("retention", "set", "customer", "100", "--reason", "policy")
        let rehearsal = try command.run("erase", "--due", "--dry-run")
        #expect(rehearsal.out.contains("1 person is due."), "\(rehearsal)")
        #expect(try command.run("erase", "--due", "--by", "dpo").code == 0)
        #expect(try command.run("erase", "--due").out.contains("Nobody is due."))
        #expect(try command.run("person", "show", "agent/\(Marker.agent.text)").code == 0)
        #expect(try command.run("person", "show", "customer/\(Marker.customer.text)").code == 64)
    }

    @Test(
        "A line of the list of erasures that is none is named, with what to do; an empty one is none"
    )
    func foreignLine() throws {
        let command = try made(isLarge: false)
        func erase(_ person: String) throws -> Command.Result {
            try command.run("erase", person, "--reason", "asked for", "--by", "dpo")
        }
        _ = try command.shell("printf '\\n\\n' >> store.erasures")
        #expect(try erase("customer/\(Marker.customer.text)").code == 0)
        _ = try command.shell("echo '{\"a\":1}' >> store.erasures")
        let refused = try erase("agent/\(Marker.agent.text)")
        #expect(refused.code == 74, "\(refused)")
        #expect(refused.error.contains("line 4 of"), "\(refused)")
        #expect(refused.error.contains("The store itself is sound."), "\(refused)")
        _ = try command.shell("sed -i 4d store.erasures")
        #expect(try erase("agent/\(Marker.agent.text)").code == 0)
        #expect(try command.run("verify").code == 0)
    }

    @Test("A restore refuses a list whose last line is cut off: what it told nobody else tells")
    func cutLine() throws {
        let command = try made(isLarge: false)
        #expect(try command.run("backup", "copy").code == 0)
        for person in ["customer/\(Marker.customer.text)", "agent/\(Marker.agent.text)"] {
            #expect(try command.run("erase", person, "--reason", "x", "--by", "dpo").code == 0)
        }
        _ = try command.shell("mv store away && truncate -s -40 store.erasures")
        let refused = try command.run("restore", "copy", "--store", "store")
        #expect(refused.code == 74, "\(refused)")
        #expect(refused.error.contains("line 2 of"), "\(refused)")
        // Beside the store itself the line is told again.
        _ = try command.shell("mv away store")
        #expect(try command.run("erase", "--again").code == 0)
        #expect(try command.shell("wc -l < store.erasures").out.contains("2"))
        _ = try command.shell("rm -r store")
        #expect(try command.run("restore", "copy", "--store", "store").code == 0)
        #expect(try command.run("person", "show", "agent/\(Marker.agent.text)").code == 64)
    }

    @Test("A profile is corrected by an event of today, another event by one in its place")
    func corrected() throws {
        let command = try made(isLarge: false)
        let agent = "agent/\(Marker.agent.text)"
        let profile = try command.run(
            "person", "correct", agent, "name=Qori Baru", "--reason", "married", "--by", "dpo")
        #expect(profile.code == 0, "\(profile)")
        #expect(try command.run("person", "show", agent).out.contains("Qori Baru"))
        let customer = "customer/\(Marker.customer.text)"
        let found = try command.run("person", "show", customer).out
        let line = try #require(
            found.split(separator: "\n").first { $0.contains(Marker.title.text) })
        let place = try #require(line.firstMatch(of: /"rekamposition":([0-9]+)/)).1
        let title = try command.run(
            "person", "correct", customer, "--entry", String(place), "title=Judul Benar",
            "--reason", "asked for")
        #expect(title.code == 0, "\(title)")
        let shown = try command.run("log", "show", "--last", "1").out
        #expect(shown.contains("Judul Benar") && shown.contains(#""id":"a""#), "\(shown)")
        #expect(try command.run("verify").code == 0)
    }

    @Test(
        "Killed at its system calls, an erasure is finished or never was",
        .enabled(if: SimulationTests.canInterpose, "python3 or a C compiler is not here"))
    func killed() throws {
        let extent = SimulationTests.isThorough ? "" : "--every 11 --kind kill"
        let result = try SimulationTests.tool("erasing", extent)
        #expect(result.code == 0, "\(result)")
        #expect(result.out.contains("finished") && result.out.contains("untouched"))
    }
}
