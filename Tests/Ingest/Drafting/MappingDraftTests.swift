import Definitions
import EventModel
import Foundation
import Testing

@testable import Ingest

/// A draft of an input.
private func draft(
    _ text: String, _ file: String = "export.csv", rows: String? = nil,
    language: Language = .english
) throws -> String {
    let sample = try InputSample(InputSource(bytes: Array(text.utf8), name: file), rows: rows)
    return MappingDraft(sample, language: language).yaml
}

/// The questions of a draft that are open, as faults name them.
private func questions(_ yaml: String) -> [DefinitionFault] {
    do {
        _ = try Mapping.read(yaml, file: "draft.yaml", in: surroundings())
        return []
    } catch {
        return error.faults
    }
}

/// Answers what a draft asks: each line that begins so has the answer in the place of its question.
private func answered(_ yaml: String, _ answers: [(line: String, answer: String)]) -> String {
    var lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (begin, answer) in answers {
        for place in lines.indices
        where lines[place].trimmingPrefix(while: { $0 == " " }).hasPrefix(begin) {
            lines[place] = lines[place].replacing("\"?\"", with: answer, maxReplacements: 1)
                .replacing("{?}", with: answer)
        }
    }
    return lines.joined(separator: "\n")
}

/// What the answered draft makes of the input that it was drafted from.
private func read(_ text: String, _ yaml: String, _ file: String = "export.csv") throws
    -> MappedFile
{
    let mapping = try Mapping.read(yaml, file: "draft.yaml", in: surroundings())
    return try MappedFile(mapping, InputSource(bytes: Array(text.utf8), name: file))
}

@Suite(
    "Drafts of mappings: small inputs of the shapes that exports have, drafted, answered and read")
struct MappingDraftTests {
    private static let tickets = """
        Ticket ID,Created At,Resolved At,Status,Priority,Assignee,Group,Requester,Email,Via,Subject
        1,2025-07-01 08:00,2025-07-01 10:00,Solved,High,Budi Santoso,Tier 1,Ani Wijaya,ani@contoh.id,Email,My card is lost
        2,2025-07-01 09:00,,In Progress,Low,Citra Dewi,Tier 1,Joko Susilo,joko@contoh.id,Phone,Kartu hilang di jalan
        3,2025-07-02 09:00,2025-07-02 10:30,Solved,P9,Budi Santoso,Tier 2,Sri Utami,sri@contoh.id,Email,Tidak bisa masuk aplikasi
        4,2025-07-02 11:00,,Escalated,Low,Citra Dewi,Tier 2,Dian Sari,dian@contoh.id,Phone,Please call me back
        """

    @Test("Words of names: small letters, whatever they are parted by")
    func names() {
        #expect(ColumnName("AvgTalkDuration").words == ["avg", "talk", "duration"])
        #expect(ColumnName("Answered (Y/N)").words == ["answered", "y", "n"])
        #expect(ColumnName("customerID").words == ["customer", "id"])
        #expect(ColumnName("['time:timestamp']").words == ["time", "timestamp"])
        #expect(ColumnName("Nomor_Tiket").words == ["nomor", "tiket"])
    }

    @Test("Formats of times are those that read all of a column; where several do, all are told")
    func times() {
        func formats(_ texts: [String]) -> [String]? {
            TimeGuess(texts, isTimely: true)?.formats
        }
        #expect(formats(["2025-07-01 08:00", "2025-07-01T08:00:00Z"]) == ["iso"])
        #expect(formats(["13/07/2025 08:00"]) == ["d/M/yyyy H:mm"])
        #expect(formats(["7/13/2025 8:00 PM"]) == ["M/d/yyyy h:mm a"])
        #expect(formats(["01/02/2025"]) == ["d/M/yyyy", "M/d/yyyy"])
        #expect(formats(["2/2/2025"]) == ["d/M/yyyy"])
        #expect(formats(["3 Agustus 2025"]) == ["d MMM yyyy"])
        #expect(formats(["1751328000"]) == ["epoch-seconds"])
        #expect(formats(["1751328000000"]) == ["epoch-milliseconds"])
        #expect(formats(["45581.375"]) == ["serial"])
        #expect(formats(["13/07/2025 08:00", "13/07/2025"]) == ["d/M/yyyy H:mm", "d/M/yyyy"])
        #expect(TimeGuess(["13/07/2025 08:00", "2025-07-14"], isTimely: true)?.isTogether == true)
        #expect(formats(["Budi"]) == nil && formats(["12345678"]) == nil && formats([]) == nil)
        #expect(TimeGuess(["45581"], isTimely: false) == nil)
        #expect(TimeGuess(["08:00:12"], isTimely: true)?.isTimeOfDay == true)
    }

    @Test(
        "A list of tickets: each open question is named with its line, and answered it is read whole"
    )
    func table() throws {
        let yaml = try draft(Self.tickets)
        let open = questions(yaml)
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(open.count == 2, "\(open)")
        #expect(open.map { lines[$0.line - 1].contains("\"?\"") } == [true, true])
        #expect(open[0].what.contains("new, open, pending, hold, resolved, closed"))
        let answers = answered(yaml, [("\"Escalated\"", "open"), ("\"P9\"", "urgent")])
        #expect(questions(answers) == [])
        let file = try read(Self.tickets, answers)
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)")
        #expect(
            file.counts == [
                "ticket.opened": 4, "ticket.assigned": 4, "ticket.status_changed": 6,
            ], "\(yaml)")
        #expect(
            file.of("ticket.opened").map { $0.text("channel") } == [
                "email", "phone", "email", "phone",
            ])
        #expect(file.of("ticket.opened")[2].text("priority") == "urgent")
    }

    @Test("Nothing that may be about persons is printed; how many there are is")
    func persons() throws {
        let yaml = try draft(Self.tickets)
        for text in ["Budi", "Ani", "contoh.id", "card is lost", "Kartu"] {
            #expect(!yaml.contains(text), "\(text) in\n\(yaml)")
        }
        #expect(yaml.contains("{Email}: 4 texts, none shown"))
        #expect(yaml.contains("{Subject}: 4 texts, none shown"))
        // A column that nothing is known of, with what looks like names or numbers of telephones.
        let other = try draft(
            "id,created_at,x,y,z\n1,2025-01-01,Budi Santoso,+62812345678,a b c d e f g h\n"
                + "2,2025-01-01,Budi Santoso,+62812345678,a b c d e f g h\n")
        #expect(!other.contains("Budi") && !other.contains("62812") && !other.contains("a b c"))
    }

    @Test("States in capitals are no names")
    func capitals() throws {
        let text =
            "Ticket,Updated,Status,Channel\n"
            + "1,2025-01-01,To Do,Live Chat\n1,2025-01-02,In Progress,Live Chat\n"
            + "1,2025-01-03,On Hold,Live Chat\n"
        let yaml = try draft(text)
        #expect(
            yaml.contains("\"In Progress\": open  # ? 1 row\n")
                && yaml.contains("\"Live Chat\": \"chat\""))
        #expect(yaml.contains("\"To Do\": \"?\""))
    }

    @Test("The same input gives the same draft; comments are in the language asked for")
    func language() throws {
        #expect(try draft(Self.tickets) == draft(Self.tickets))
        let indonesian = try draft(Self.tickets, language: .indonesian)
        #expect(indonesian.contains("Kolom yang tidak dibaca:") && !indonesian.contains("rows"))
        let plain = { (text: String) in
            text.split(separator: "\n").map {
                $0.split(separator: "# ", maxSplits: 1, omittingEmptySubsequences: false)[0]
            }
            .filter { !$0.isEmpty }
        }
        #expect(try plain(indonesian) == plain(draft(Self.tickets)))
    }

    @Test(
        "A log of activities in Indonesian: days first, several rows a case, a title above, semicolons"
    )
    func log() throws {
        let text = """
            Laporan Juli 2025;;;;
            No Tiket;Waktu;Status;Petugas;Kanal
            7;13/07/2025 08:00;Baru;-;WhatsApp
            7;13/07/2025 08:05;Diproses;Budi;WhatsApp
            7;13/07/2025 09:00;Selesai;Budi;WhatsApp
            8;14/07/2025 08:00;Baru;-;Telepon

            """
        let yaml = try draft(text)
        #expect(questions(yaml) == [], "\(yaml)")
        #expect(yaml.contains("csv: {skip: 1}") && yaml.contains("missing: [\"-\", \"\"]"))
        let file = try read(text, yaml)
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)")
        #expect(file.of("ticket.opened").count == 2)
        #expect(
            file.of("ticket.status_changed").map { $0.text("status") } == [
                "new", "open", "resolved", "new",
            ])
        #expect(file.of("ticket.opened").map { $0.text("channel") } == ["whatsapp", "phone"])
    }

    @Test("Times that two formats fit are a question, unless another column answers it")
    func ambiguous() throws {
        let open = "Ticket ID,Created,Channel\n1,01/02/2025 08:00,a\n2,03/04/2025 08:00,a\n"
        let faults = questions(try draft(open))
        #expect(faults.count == 1 && faults[0].what.contains("d/M/yyyy H:mm or M/d/yyyy H:mm"))
        let told = "Ticket ID,Created,Resolved,Channel\n1,01/02/2025 08:00,13/02/2025 08:00,a\n"
        let yaml = try draft(told)
        #expect(questions(yaml) == [], "\(yaml)")
        #expect(yaml.contains("format: \"d/M/yyyy H:mm\"  # ? also fits M/d/yyyy H:mm"))
    }

    @Test("A list of calls: lengths of time make times of them")
    func calls() throws {
        let text = """
            Call Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,AvgTalkDuration,Satisfaction rating
            A1,Diane,2021-01-01,09:12:58,Billing,Y,Y,109.0,00:02:23,3.0
            A2,Becky,2021-01-01,09:13:58,Billing,N,N,,,
            A3,Becky,2021-01-01,09:14:58,Admin,Y,N,10.0,00:01:00,5.0
            A4,Becky,2021-01-01,09:14:58,Admin,Y,N,10.0,00:01:00,5.0

            """
        let yaml = answered(try draft(text), [("channel:", "phone")])
        #expect(questions(yaml) == [], "\(yaml)")
        let file = try read(text, yaml)
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)\n\(yaml)")
        #expect(
            file.counts == [
                "call.queued": 4, "call.answered": 3, "call.ended": 4, "survey.answered": 3,
            ])
        #expect(!yaml.contains("Becky"))
    }

    @Test("Answers of a survey, and customers who left")
    func answers() throws {
        let survey =
            "ID,Market,Survey date,NPS\n1000,US,13-09-2021,10\n1001,US,07-11-2021,0\n1002,UK,1-1-2021,7\n1003,UK,1-1-2021,7\n"
        let file = try read(survey, draft(survey))
        #expect(
            file.rejections.isEmpty && file.refusals().isEmpty
                && file.counts == ["survey.answered": 4])
        #expect(file.drafts[0].text("kind") == "nps" && file.drafts[0].text("team") == "US")
        let customers =
            "customerID,Contract,Churn\na-1,Month,No\na-2,Month,Yes\na-3,Year,Yes\na-4,Year,No\n"
        let yaml = answered(try draft(customers), [("stated:", "\"2025-07-31\"")])
        let left = try read(customers, yaml)
        #expect(
            left.rejections.isEmpty && left.refusals().isEmpty
                && left.counts == ["customer.churned": 2])
    }

    @Test("JSON: the list that holds most, and lists within its objects as further levels")
    func documents() throws {
        let text = """
            {"meta": {"count": 2, "links": [{"a": 1}]}, "tickets": [
              {"id": 1, "created_at": "2025-07-01T08:00:00Z", "updated_at": "2025-07-02T08:00:00Z",
               "status": "open", "via": {"channel": "web"}, "assignee_id": 7, "requester_id": 9, "spam": false,
               "Due date": null, "tags": ["x"],
               "conversations": [
                 {"id": 11, "created_at": "2025-07-01T08:30:00Z", "body": "Hello there, how are you today", "incoming": true, "private": false, "user_id": 9},
                 {"id": 12, "created_at": "2025-07-01T09:30:00Z", "body": "Fine", "incoming": false, "private": false, "user_id": 7}],
               "attachments": [{"size": 1}]},
              {"id": 2, "created_at": "2025-07-01T08:00:00Z", "updated_at": "2025-07-02T09:00:00Z",
               "status": "solved", "via": {"channel": "web"}, "assignee_id": 8, "requester_id": 9, "spam": false,
               "conversations": []}]}
            """
        let yaml = try draft(text, "tickets.json")
        #expect(questions(yaml) == [], "\(yaml)")
        #expect(
            yaml.contains("  ticket: \"$.tickets[*]\"\n  conversation: \"ticket.conversations[*]\"")
        )
        #expect(yaml.contains("ticket.attachments[*]: a list of objects"))
        #expect(!yaml.contains("Hello"))
        let file = try read(text, yaml, "tickets.json")
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)")
        #expect(
            file.counts == [
                "ticket.opened": 2, "ticket.assigned": 2, "ticket.status_changed": 2,
                "message.posted": 2,
            ])
        #expect(file.of("message.posted").map { $0.text("direction") } == ["in", "out"])
        // One document that is a ticket itself, lines of them, a list at the top, and a path that is given.
        let one =
            #"{"id": 1, "created_at": "2025-07-01T08:00:00Z", "channel": "web", "watchers": [{"a": 1}]}"#
        for (text, rows) in [
            (one, nil), (one + "\n" + one, nil), ("[\(one)]", nil), ("{\"x\": [\(one)]}", "$.x[*]"),
        ] {
            let yaml = try draft(text, "t.json", rows: rows)
            #expect(questions(yaml) == [], "\(yaml)")
            #expect(try read(text, yaml, "t.json").rejections.isEmpty)
        }
    }

    @Test("A workbook: the sheet that is named, the rows below its title, times as cells have them")
    func workbook() throws {
        func row(_ number: Int, _ cells: [String]) -> String {
            let all = zip("ABCDE", cells).map { column, text in
                text.hasPrefix("<")
                    ? "<c r=\"\(column)\(number)\" s=\"1\">\(text)</c>"
                    : "<c r=\"\(column)\(number)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
            }
            return "<row r=\"\(number)\">\(all.joined())</row>"
        }
        let sheet =
            row(1, ["Laporan"]) + row(2, ["Nomor Tiket", "Tanggal Dibuat", "Kanal"])
            + row(3, ["T1", "<v>45581.375</v>", "Email"]) + row(4, ["T2", "<v>45582</v>", "Email"])
        let book = WorkbookFile(
            [("Notes", row(1, ["x"])), ("Data", sheet)], codes: ["yyyy-mm-dd hh:mm"])
        let path = NSTemporaryDirectory() + "/\(UUID().uuidString).xlsx"
        try Data(book.bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            _ = try InputSample(InputSource(path: path))
            Issue.record("of two sheets one was taken")
        } catch {
            #expect("\(error)".contains("has 2 sheets: \"Notes\", \"Data\""))
        }
        let sample = try InputSample(InputSource(path: path), sheet: "Data")
        let yaml = MappingDraft(sample, language: .indonesian).yaml
        #expect(questions(yaml) == [], "\(yaml)")
        #expect(yaml.contains("sheet: {name: \"Data\", skip: 1}"))
        let mapping = try Mapping.read(yaml, file: "draft.yaml", in: surroundings())
        let file = try MappedFile(mapping, InputSource(path: path))
        #expect(
            file.rejections.isEmpty && file.refusals().isEmpty
                && file.counts == ["ticket.opened": 2])
    }

    @Test("A process log: traces are cases, their events say where each stood")
    func process() throws {
        func event(_ minute: Int, _ name: String) -> String {
            "<event><date key=\"time:timestamp\" value=\"2025-07-14T08:0\(minute):00+07:00\"/>"
                + "<string key=\"concept:name\" value=\"\(name)\"/><string key=\"org:resource\" value=\"Siti\"/></event>"
        }
        let text =
            "<?xml version=\"1.0\"?><log xes.version=\"1.0\">"
            + ["A1", "A2"].map { name in
                "<trace><string key=\"concept:name\" value=\"\(name)\"/>"
                    + event(1, "Accepted") + event(2, "Completed") + "</trace>"
            }.joined() + "</log>"
        let yaml = answered(try draft(text, "log.xes"), [("channel:", "phone")])
        #expect(questions(yaml) == [], "\(yaml)")
        let file = try read(text, yaml, "log.xes")
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)\n\(yaml)")
        #expect(file.of("ticket.opened").count == 2)
        #expect(
            file.of("ticket.status_changed").map { $0.text("status") } == [
                "open", "resolved", "open", "resolved",
            ])
        #expect(!yaml.contains("Siti"))
    }

    @Test("A history with a row a field: words of the status are those of its rows")
    func history() throws {
        let text = """
            field_name,ticket_id,updated,value
            status,11,2025-07-01 08:00:00,open
            assignee_id,11,2025-07-01 08:00:00,1111
            status,11,2025-07-01 09:00:00,solved
            assignee_id,11,2025-07-01 09:00:00,
            tags,11,2025-07-01 09:00:00,x

            """
        let yaml = try draft(text)
        #expect(questions(yaml) == [], "\(yaml)")
        #expect(yaml.contains("\"solved\": resolved") && !yaml.contains("\"1111\": "))
        let file = try read(text, yaml)
        #expect(file.rejections.isEmpty && file.refusals().isEmpty, "\(file.rejections)")
        #expect(file.counts == ["ticket.status_changed": 2, "ticket.assigned": 2])
    }

    @Test("A question mark is a question where the line's comment asks, and a text elsewhere")
    func openQuestions() throws {
        let yaml =
            MappedReaderTests.head + """
                missing: ["?", ""]
                lookups: {x: {"?": "?"}}
                events:
                  - {type: ticket.opened, data: {origin: customer, channel: "?"}}

                """
        #expect(questions(yaml) == [])
        let asked = yaml.replacing("channel: \"?\"}}", with: "channel: \"?\"}}  # ? by phone?")
        let faults = questions(asked)
        #expect(faults.count == 1 && faults[0].what.contains("by phone?") && faults[0].line == 10)
        #expect(
            questions("mapping: \"x{?}\" # ? which\nsource: \"?\"  # ? who\n").map(\.line) == [
                1, 2,
            ])
    }

    @Test("A mapping held against an input: columns that it lacks, levels without rows")
    func trial() throws {
        let mapping = try Mapping.read(
            MappedReaderTests.head
                + "events: [{type: ticket.opened, data: {origin: customer, channel: \"{kanal} {sumber}\"}}]\n",
            file: "test.yaml", in: surroundings())
        let table = try mapping.trial(
            of: InputSource(bytes: Array("no,waktu\n1,2025-01-01\n".utf8), name: "t.csv"))
        #expect(table.lacking.map(\.column) == ["kanal", "sumber"] && table.rows == 1)
        let levels = try Mapping.read(
            "rows: {ticket: \"$\", message: \"@.messages[*]\"}\n"
                + MappedReaderTests.head.replacing("{waktu}", with: "{ticket.waktu}")
                .replacing("{no}", with: "{ticket.no}")
                + "events: [{type: ticket.opened, of: ticket, data: {origin: customer, channel: \"{ticket.x}\"}}]\n",
            file: "test.yaml", in: surroundings())
        let documents = try levels.trial(
            of: InputSource(bytes: Array(#"{"no": 1, "waktu": "2025-01-01"}"#.utf8), name: "t.json")
        )
        #expect(documents.unseen == ["ticket.x"] && documents.emptyLevels == ["message"])
        #expect(documents.rows == 1 && documents.lacking.isEmpty)
    }

    @Test("What holds no row, or is something else, is refused with the remedy")
    func faults() {
        func fault(_ text: String, rows: String? = nil) -> String {
            do { return try draft(text, "x", rows: rows) } catch { return "\(error)" }
        }
        #expect(fault("a,b\n").contains("no row"))
        #expect(fault("{\"a\": []}", rows: "$..a").contains("$..a"))
        #expect(fault("%PDF-1.4 x").contains("PDF"))
    }
}
