import EventModel
import Ingest
import Testing

@Suite("Merging: one update told in several rows is one event")
struct MergeTests {
    private static let yaml =
        MappedReaderTests.head + """
            merge: [actor]
            events:
              - {type: ticket.opened, first: true, data: {origin: customer, channel: email}}
              - {type: ticket.assigned, when: {field: agent}, data: {agent: "{value}", by: "{actor}"}}
              - {type: ticket.assigned, when: {field: team}, data: {team: "{value}", by: "{actor}"}}
              - {type: ticket.status_changed, when: {field: status}, data: {status: "{value}"}}
              - type: message.posted
                when: {field: comment}
                repeats: count
                data: {direction: out, visibility: public, actor_kind: agent, actor: "{actor}"}
            """

    private func file(_ rows: [String], _ yaml: String = MergeTests.yaml) throws -> MappedFile {
        try mapped(yaml, (["no,waktu,actor,field,value"] + rows).joined(separator: "\n") + "\n")
    }

    @Test("fields of one update become one event, with one id in any order of the rows")
    func update() throws {
        let rows = [
            "1,2025-01-01 09:00,Ani,agent,Budi", "1,2025-01-01 09:00,Ani,status,open",
            "1,2025-01-01 09:00,Ani,team,A",
        ]
        let there = try file(rows)
        #expect(
            there.drafts.map(\.type) == [
                "ticket.opened", "ticket.assigned", "ticket.status_changed",
            ])
        #expect(there.rows == 3 && there.rejections.isEmpty && there.refusals().isEmpty)
        let assigned = try #require(there.of("ticket.assigned").first)
        #expect(assigned.text("agent") == "Budi" && assigned.text("team") == "A")
        #expect(assigned.text("by") == "Ani")
        let back = try file(rows.reversed())
        #expect(back.of("ticket.assigned") == [assigned])
        #expect(Set(there.drafts.map(\.id)) == Set(back.drafts.map(\.id)))
        let alone = try file([rows[0]])
        #expect(alone.of("ticket.assigned")[0].id != assigned.id)
    }

    @Test("another case, instant or actor is another update")
    func apart() throws {
        let agent = "1,2025-01-01 09:00,Ani,agent,Budi"
        for other in ["2,2025-01-01 09:00,Ani", "1,2025-01-01 09:01,Ani", "1,2025-01-01 09:00,Eka"]
        {
            #expect(try file([agent, other + ",team,A"]).of("ticket.assigned").count == 2)
        }
        let any = MergeTests.yaml.replacing("merge: [actor]", with: "merge: []")
            .replacing(", by: \"{actor}\"", with: "")
        #expect(
            try file([agent, "1,2025-01-01 09:00,Ani,team,A"], any).of("ticket.assigned").count == 1
        )
    }

    @Test("a field that comes twice is two changes, and messages stay as many as they are")
    func twice() throws {
        let rows = [
            "1,2025-01-01 09:00,Ani,agent,Budi", "1,2025-01-01 09:00,Ani,team,A",
            "1,2025-01-01 09:00,Ani,agent,Citra",
        ]
        for rows in [rows, rows.reversed()] {
            #expect(try file(rows).of("ticket.assigned").count == 3)
        }
        let comment = "1,2025-01-01 09:00,Ani,comment,hello"
        #expect(Set(try file([comment, comment]).of("message.posted").map(\.id)).count == 2)
        // The same row again, from exports that overlap, says nothing more.
        let again = [rows[0], rows[1], rows[0]]
        #expect(try file(again).of("ticket.assigned").count == 1)
    }

    @Test("a refused row takes with it what could be merged with it, and nothing else")
    func refused() throws {
        let yaml =
            MergeTests.yaml + """

                  - {type: ticket.attributes_set, when: {field: level}, data: {level: "{value}"}}
                """
        let rows = [
            "1,2025-01-01 09:00,Ani,agent,Budi", "1,2025-01-01 09:00,Ani,level,high",
            "1,2025-01-01 10:00,Ani,level,3", "1,,Ani,agent,Citra",
        ]
        let apart = try file(rows, yaml)
        #expect(
            apart.drafts.map(\.type) == [
                "ticket.opened", "ticket.assigned", "ticket.attributes_set",
            ])
        #expect(apart.rejections.map(\.field) == ["level", "at"])
        #expect(apart.rejections.map(\.line) == [3, 5])
        #expect(apart.rawRejected == [rows[1] + "\n", rows[3] + "\n"])
        #expect(apart.rows == 4)

        // It is about the same thing: an assignment, of another field.
        let oneChange = """
            \(MappedReaderTests.head)merge: [actor]
            events:
              - {type: agent.profile_set, when: {field: team}, data: {team: "{value}"}}
              - {type: ticket.attributes_set, when: {field: level}, data: {level: "{value}"}}
              - {type: ticket.attributes_set, when: {field: product}, data: {product: "{value}"}}
            """
        let change = [
            "1,2025-01-01 09:00,Ani,product,tv", "1,2025-01-01 09:00,Ani,level,high",
            "1,2025-01-01 09:00,Ani,team,A",
        ]
        let together = try file(change, oneChange)
        #expect(together.drafts.map(\.type) == ["agent.profile_set"])
        #expect(together.rejections.map(\.line) == [3])
        #expect(together.rawRejected == [change[0] + "\n" + change[1] + "\n"])
    }

    @Test("stated ids are merged where they are the same, and the least order is kept")
    func stated() throws {
        let yaml =
            MappedReaderTests.head + """
                merge: [actor]
                order: urut
                events:
                  - {type: ticket.assigned, when: {field: agent}, id: "{audit}", data: {agent: "{value}"}}
                  - {type: ticket.assigned, when: {field: team}, id: "{audit}", data: {team: "{value}"}}
                """
        func ids(_ audits: [String]) throws -> [EventDraft] {
            try mapped(
                yaml,
                """
                no,waktu,actor,field,value,audit,urut
                1,2025-01-01 09:00,Ani,agent,Budi,\(audits[0]),8
                1,2025-01-01 09:00,Ani,team,A,\(audits[1]),7

                """
            ).drafts
        }
        let one = try ids(["u1", "u1"])
        #expect(one.map(\.id) == ["u1"] && one[0].order == .integer(7))
        #expect(try ids(["u1", "u2"]).map(\.id) == ["u1", "u2"])
    }
}
