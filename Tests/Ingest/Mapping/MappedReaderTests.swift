import Definitions
import EventModel
import Foundation
import Ingest
import Testing

/// Reads a mapping and runs it on a CSV text.
func mapped(
    _ yaml: String, _ csv: String, files: [String: String] = [:]
) throws -> MappedFile {
    let mapping = try Mapping.read(yaml, file: "test.yaml", in: surroundings(files: files))
    return try MappedFile(
        mapping, InputSource(bytes: Array(csv.utf8), name: "test.csv"))
}

/// A log in memory.
final class RecordedCases {
    private(set) var drafts: [EventDraft] = []
    private var ids: [String: EventDraft] = [:]

    /// Records what is new; traps where a known id comes with another content.
    func record(_ new: [EventDraft]) -> (accepted: Int, conflicts: Int) {
        var accepted = 0
        var conflicts = 0
        for draft in new {
            if let known = ids[draft.id] {
                conflicts += known == draft ? 0 : 1
                continue
            }
            ids[draft.id] = draft
            drafts.append(draft)
            accepted += 1
        }
        return (accepted, conflicts)
    }
}

@Suite("Mappings: what a row says, and nothing else")
struct MappedReaderTests {
    static let head = """
        mapping: test
        source: desk
        time: {format: [d/M/yyyy HH:mm, iso], zone: Asia/Jakarta}
        times: {at: "{waktu}"}
        case: "ticket/{no}"
        at: at

        """

    @Test("renames, constants, templates, lookups, missing markers and zones")
    func fields() throws {
        let file = try mapped(
            MappedReaderTests.head + """
                missing: ["?", "-", ""]
                lookups:
                  kanal: {values: {WA: whatsapp, TG: ~}, otherwise: keep, ignore_case: true}
                events:
                  - type: ticket.opened
                    data:
                      origin: customer
                      channel: {from: "{kanal}", lookup: kanal, missing: unknown}
                      customer: "{nama} <{kota}>"
                      level: "{level}"
                      title: "{{no} {judul}"
                      priority: {from: "{prio}", map: {P1: urgent}, otherwise: skip}
                """,
            """
            no;waktu;kanal;nama;kota;level;judul;prio
            1;5/3/2025 07:00;wa;Budi;Solo;3;"a; b";P1
            2;2025-03-05;tg;-;Solo;?;;P9
            3;2025-03-05T00:00:00Z;Fax;Citra;?;03;x;
            """)
        #expect(file.rejections.isEmpty && file.refusals().isEmpty)
        let drafts = file.drafts
        #expect(
            drafts.map(\.time.rfc3339) == [
                "2025-03-05T00:00:00.000Z", "2025-03-04T17:00:00.000Z", "2025-03-05T00:00:00.000Z",
            ])
        #expect(drafts.map { $0.text("channel") } == ["whatsapp", "unknown", "Fax"])
        #expect(drafts.map { $0.text("customer") } == ["Budi <Solo>", nil, nil])
        #expect(drafts.map { $0.integer("level") } == [3, nil, 3])
        #expect(drafts.map { $0.text("title") } == ["{no} a; b", nil, "{no} x"])
        #expect(drafts.map { $0.text("priority") } == ["urgent", nil, nil])
        #expect(drafts.map(\.subject) == ["ticket/1", "ticket/2", "ticket/3"])
        #expect(drafts.allSatisfy { $0.source == "desk" })
    }

    @Test("a text is the same however it is spelled in bytes, and whatever nobody sees at its ends")
    func normalForm() throws {
        let yaml =
            MappedReaderTests.head + """
                missing: ["?", "kein\u{E9}", ""]
                lookups: {teams: {"Dep\u{F4}t\u{A0}": D}}
                events:
                  - type: ticket.assigned
                    when: {state: ["caf\u{E9}"]}
                    data: {agent: "{agent}", team: {from: "{team}", lookup: teams}}
                """
        func drafts(_ agent: String, _ state: String, _ team: String) throws -> [EventDraft] {
            let file = try mapped(
                yaml, "no,waktu,agent,state,team\n1,2025-01-01,\(agent),\(state),\(team)\n")
            #expect(file.rejections.isEmpty && file.refusals().isEmpty)
            return file.drafts
        }
        let plain = try drafts("Jos\u{E9}", "caf\u{E9}", "Dep\u{F4}t")
        #expect(plain.count == 1 && plain[0].text("team") == "D")
        for (before, after) in [
            ("\u{A0}", " \u{A0}"), ("\u{200B}", "\u{FEFF}"), ("\t", "\u{3000}"),
        ] {
            let same = try drafts(
                before + "Jose\u{301}" + after, before + "cafe\u{301}" + after,
                before + "Depo\u{302}t" + after)
            #expect(same == plain)
        }
        #expect(try drafts("Jose", "caf\u{E9}", "Dep\u{F4}t")[0].id != plain[0].id)
        let quoted = try drafts("\"\nJos\u{E9}\r\n\"", "caf\u{E9}", "Dep\u{F4}t")
        #expect(quoted == plain)
        for nothing in ["\u{A0}", "\u{200B}?\u{A0}", "keine\u{301}"] {
            #expect(try drafts(nothing, "caf\u{E9}", "Dep\u{F4}t")[0].text("agent") == nil)
        }
    }

    @Test("a row that can't be read gives no event, its line, field and value")
    func rejections() throws {
        let file = try mapped(
            MappedReaderTests.head + """
                lookups: {kanal: {WA: whatsapp}}
                events:
                  - {type: ticket.opened, data: {origin: customer, channel: "{kanal}"}}
                  - type: ticket.attributes_set
                    data: {level: "{level}", channel: {from: "{kanal}", lookup: kanal}}
                """,
            """
            no,waktu,kanal,level
            1,5/3/2025 07:00,WA,3
            2,31/2/2025 07:00,WA,3
            3,5/3/2025 07:00,WA,three
            4,5/3/2025 07:00,Fax,3
            ,5/3/2025 07:00,WA,3
            6,,WA,3
            """)
        #expect(Set(file.drafts.map(\.subject)) == ["ticket/1"])
        #expect(file.rejections.map(\.line) == [3, 4, 5, 6, 7])
        #expect(file.rejections.map(\.field) == ["at", "level", "channel", "case", "at"])
        #expect(
            file.rejections.map(\.value) == ["31/2/2025 07:00", "three", "Fax", "", ""])
        #expect(file.rawRejected[0] == "2,31/2/2025 07:00,WA,3\n")
        #expect(
            file.rejections[0].problem == "it is no time of the form d/M/yyyy HH:mm or iso")
    }

    @Test("a row for which no event holds needs neither case nor time; what holds needs both")
    func rowsWithoutEvents() throws {
        let file = try mapped(
            MappedReaderTests.head + """
                events:
                  - {type: ticket.removed, when: {kind: case}, data: {reason: "{kind}"}}
                """,
            """
            no,waktu,kind
            1,2025-01-01,case
            ,,total
            2,never,note
            3,never,case
            ,2025-01-01,case
            """)
        #expect(file.drafts.map(\.subject) == ["ticket/1"])
        #expect(file.rejections.map(\.line) == [5, 6])
    }

    @Test("keep and skip say which rows are read; the others leave no trace")
    func keptRows() throws {
        let events = """
            events:
              - {type: ticket.opened, first: true, data: {origin: customer, channel: "{kind}"}}
            """
        let csv = """
            no,waktu,kind,state
            1,2025-01-02,web,live
            1,2025-01-01,test,live
            ,,,
            2,2025-01-01,web,deleted
            3,2025-01-01,mail,live
            """
        for conditions in [
            "keep: {state: live}\nskip: {kind: test}\n",
            "keep: [{state: live, kind: web}, {kind: mail}]\n",
            "skip: [{kind: test}, {state: {present: false}}, {state: deleted}]\n",
        ] {
            let file = try mapped(MappedReaderTests.head + conditions + events, csv)
            #expect(file.rejections.isEmpty)
            #expect(file.drafts.map(\.subject) == ["ticket/1", "ticket/3"], "\(conditions)")
            #expect(file.drafts.map { $0.text("channel") } == ["web", "mail"])
        }
    }

    @Test("what stands in for nothing, or for what a table lacks, is a text like any other")
    func standIns() throws {
        let file = try mapped(
            MappedReaderTests.head + """
                values:
                  source: {from: "{a}", missing: "{b}"}
                events:
                  - type: ticket.opened
                    data:
                      origin: customer
                      channel: {from: "{source}", map: {x: web}, otherwise: {use: "other ({source})"}}
                      customer: {from: ["{name}", "{mail} (mail)"], missing: "{{nobody}"}
                """,
            """
            no,waktu,a,b,name,mail
            1,2025-01-01,x,y,Ana,a@b.c
            2,2025-01-01,,x,,a@b.c
            3,2025-01-01,,y,,
            4,2025-01-01,,,,
            """)
        #expect(file.refusals().values.reduce(0, +) == 1)
        #expect(file.drafts.map { $0.text("channel") } == ["web", "web", "other (y)", nil])
        #expect(
            file.drafts.map { $0.text("customer") } == [
                "Ana", "a@b.c (mail)", "{nobody}", "{nobody}",
            ])
        // Rows that differ in what stands in are two events.
        #expect(Set(file.drafts.map(\.id)).count == 4)
    }

    @Test("a row shorter than the header is read, and told with the first column that it lacks")
    func shortRows() throws {
        let file = try mapped(
            MappedReaderTests.head
                + "events:\n  - {type: ticket.removed, data: {reason: {from: '{why}', missing: '-'}}}\n",
            "no,waktu,why,by\n1,2025-01-01 08:00\n2,2025-01-01 08:00,x\n3,2025-01-01 08:00,x,y,,\n")
        #expect(file.rejections.isEmpty)
        #expect(file.drafts.map { $0.text("reason") } == ["-", "x", "x"])
        #expect(file.doubts.map(\.kind) == [.shortRow, .shortRow])
        #expect(file.doubts.map(\.attribute) == ["by", "why"])
    }

    @Test("conditions: texts, lists, negation, presence, columns against each other")
    func conditions() throws {
        let file = try mapped(
            MappedReaderTests.head + """
                events:
                  - {type: ticket.removed, when: {a: x}, data: {reason: equal}}
                  - {type: ticket.removed, when: {a: [x, y], b: {present: true}}, data: {reason: list}}
                  - {type: ticket.removed, when: {a: {not: [x, y]}}, data: {reason: not}}
                  - {type: ticket.removed, when: {b: {present: false}}, data: {reason: absent}}
                  - {type: ticket.removed, when: {a: "{b}"}, data: {reason: same}}
                  - {type: ticket.removed, when: [{a: z}, {b: "1"}], data: {reason: either}}
                """,
            "no,waktu,a,b\n1,2025-01-01,x,1\n2,2025-01-01,y,\n3,2025-01-01,z,z\n")
        let reasons = Dictionary(grouping: file.drafts, by: \.subject)
            .mapValues { $0.map { $0.text("reason")! } }
        #expect(reasons["ticket/1"] == ["equal", "list", "either"])
        #expect(reasons["ticket/2"] == ["absent"])
        #expect(reasons["ticket/3"] == ["not", "same", "either"])
    }

    @Test("times reckoned from others, to the millisecond and by the calendar")
    func arithmetic() throws {
        let file = try mapped(
            """
            mapping: test
            source: calls
            numbers: {decimal: comma}
            time: {zone: Asia/Jakarta}
            times:
              queued: "{date} {time}"
              answered: {after: queued, plus: {seconds: "{wait}"}}
              ended: {after: answered, plus: {clock: "{talk}"}}
              started: {after: queued, minus: {months: "{tenure}", days: 1}}
            case: "call/{id}"
            at: queued
            events:
              - {type: call.answered, at: answered, data: {agent: a}}
              - {type: call.ended, at: ended, data: {outcome: handled}}
              - type: cost.recorded
                at: started
                data:
                  amount: {from: "{cost}", scale: 2}
                  currency: IDR
                  from_day: {day: started}
                  to_day: {day: queued}
            """,
            "id;date;time;wait;talk;tenure;cost\n1;2024-03-31;00:30:00;1,5;01:00:01;1;1.250,75\n")
        #expect(file.rejections.isEmpty && file.refusals().isEmpty)
        #expect(
            file.drafts.map(\.time.rfc3339) == [
                "2024-03-30T17:30:01.500Z", "2024-03-30T18:30:02.500Z", "2024-02-27T17:30:00.000Z",
            ])
        #expect(file.drafts[2].integer("amount") == 125_075)
        // 31 March less a month is 29 February of a leap year, less a day the 28th, in Jakarta.
        #expect(file.drafts[2].text("from_day") == "2024-02-28")
        #expect(file.drafts[2].text("to_day") == "2024-03-31")
    }

    @Test("a time reckoned beyond the year 9999 is refused, whatever step comes after")
    func farOff() throws {
        let file = try mapped(
            """
            mapping: test
            source: calls
            time: {zone: Asia/Jakarta}
            times:
              queued: "{time}"
              ended: {after: queued, plus: {hours: "{hours}", days: "{days}", months: 1}}
            case: "call/{id}"
            at: ended
            events:
              - {type: call.ended, data: {outcome: handled}}
            """,
            """
            id,time,hours,days
            1,2024-03-31T00:00:00,1,1
            2,2024-03-31T00:00:00,99999999999,1
            3,2024-03-31T00:00:00,999999999999,-3999999
            4,0001-01-02T00:00:00,-99999999999,0
            5,2024-03-31T00:00:00,0,3999999

            """)
        #expect(file.drafts.map(\.subject) == ["call/1"])
        #expect(
            file.rejections.map(\.problem)
                == Array(
                    repeating: "the time lies outside the years 0001 to 9999", count: 4))
    }

    @Test("lookup files unify names across sources")
    func lookupFiles() throws {
        let people = "nama,id_snow,id_wa\nBudi Santoso,149,budi.s\nCitra Dewi,23,cd\n"
        let yaml =
            MappedReaderTests.head + """
                lookups:
                  agents: {file: people.csv, key: id_snow, value: nama, otherwise: keep}
                  teams: {file: teams.yaml, otherwise: {use: other}}
                events:
                  - type: ticket.assigned
                    data: {agent: {from: "{agent}", lookup: agents}, team: {from: "{team}", lookup: teams}}
                """
        let files = ["people.csv": people, "teams.yaml": "G56: First line\n"]
        let csv = "no,waktu,agent,team\n1,2025-01-01,149,G56\n2,2025-01-01,77,G1\n"
        let file = try mapped(yaml, csv, files: files)
        #expect(file.drafts.map { $0.text("agent") } == ["Budi Santoso", "77"])
        #expect(file.drafts.map { $0.text("team") } == ["First line", "other"])
        let renamed = files.merging(["people.csv": people.replacing("Budi", with: "Budiman")]) {
            $1
        }
        let again = try mapped(yaml, csv, files: renamed)
        #expect(again.drafts.map(\.id) == file.drafts.map(\.id), "another name, the same event")
        let first = try Mapping.read(yaml, file: "m", in: surroundings(files: files))
        let second = try Mapping.read(yaml, file: "m", in: surroundings(files: renamed))
        #expect(first.contents != second.contents, "the mapping's digest tells them apart")
    }

    @Test("rows that tell of different fields are different events, though they say the same")
    func idsOfFields() throws {
        let events = [
            """
              - {type: ticket.assigned, when: {field: agent}, data: {agent: {from: "{new}", missing: ""}}}
            """,
            """
              - {type: ticket.assigned, when: {field: team}, data: {team: {from: "{new}", missing: ""}}}
            """,
            """
              - {type: ticket.attributes_set, when: {field: area}, data: {product: {from: "{new}", map: {"1": A}}}}
            """,
            """
              - {type: ticket.attributes_set, when: {field: [line, row]}, data: {product: {from: "{new}", map: {"1": B}}}}
            """,
            """
              - {type: ticket.attributes_set, when: {field: {not: [agent, team, area, line, row]}},
                 data: {category: "{new}"}}
            """,
            """
              - {type: ticket.attributes_set, when: {field: {not: [agent, team, area, line, row]}},
                 data: {subcategory: "{new}"}}
            """,
        ]
        func yaml(_ events: [String]) -> String {
            MappedReaderTests.head + "events:\n" + events.joined(separator: "\n") + "\n"
        }
        let rows = ["agent,", "team,", "area,1", "line,1", "row,1", "other,1"].map {
            "7,2025-01-01 09:00,\($0)"
        }
        func csv(_ rows: [String]) -> String {
            (["no,waktu,field,new"] + rows).joined(separator: "\n") + "\n"
        }
        let file = try mapped(yaml(events), csv(rows))
        #expect(file.rejections.isEmpty && file.drafts.count == 7, "\(file.rejections)")
        #expect(Set(file.drafts.map(\.id)).count == 7, "\(file.drafts)")
        // Neither how the mapping is written nor what its lookups make of a text has a say.
        let other = try mapped(
            yaml(events.reversed()).replacing("\"1\": A", with: "\"1\": Z"), csv(rows.reversed()))
        #expect(Set(other.drafts.map(\.id)) == Set(file.drafts.map(\.id)))
    }

    @Test("an id that would name a person is stated as a digest of it")
    func digestIDs() throws {
        func ids(_ id: String, _ rows: String) throws -> [String] {
            let yaml =
                MappedReaderTests.head + """
                    events: [{type: ticket.assigned, id: \(id), data: {agent: "{agent}"}}]
                    """
            return try mapped(yaml, "no,waktu,agent\n" + rows).drafts.map(\.id)
        }
        let rows = "1,2025-01-01,Budi\n2,2025-01-01,Citra\n"
        let hidden = try ids(#"{digest: "{agent}/{no}"}"#, rows)
        #expect(Set(hidden).count == 2)
        #expect(hidden.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
        // It rests on that text alone: a corrected row has the same id.
        #expect(
            try ids(#"{digest: "{agent}/{no}"}"#, rows.replacing("-01,", with: "-02,")) == hidden)
        #expect(try ids(#""{agent}/{no}""#, rows) == ["Budi/1", "Citra/2"])
        let missing = try mapped(
            MappedReaderTests.head + """
                events: [{type: ticket.assigned, id: {digest: "{team}"}, data: {agent: "{agent}"}}]
                """, "no,waktu,agent,team\n1,2025-01-01,Budi,\n")
        #expect(missing.rejections.map(\.problem) == ["a part of the event's id is missing"])
    }

    @Test("a file without a column the mapping reads is named with the nearest one")
    func missingColumn() throws {
        let yaml =
            MappedReaderTests.head + """
                optional: [team]
                events: [{type: ticket.assigned, data: {agent: "{Agnet}", team: "{team}"}}]
                """
        #expect {
            try mapped(yaml, "no,waktu,Agent\n1,2025-01-01,Budi\n")
        } throws: { error in
            "\(error)" == "test.csv has no column \"Agnet\", which the mapping test reads "
                + "(columns are parted by comma here). Did you mean Agent?"
        }
        let fixed = yaml.replacing("Agnet", with: "Agent")
        let file = try mapped(fixed, "no,waktu,Agent\n1,2025-01-01,Budi\n")
        #expect(file.drafts.first?.text("agent") == "Budi")
        #expect(file.drafts.first?.text("team") == nil)
    }
}
