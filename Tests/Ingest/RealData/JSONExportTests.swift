import EventModel
import Foundation
import Ingest
import Shipped
import Testing

/// A shipped mapping that looks people up in files beside it.
private func mapping(_ name: String, files: [String: String]) throws -> Mapping {
    let path = "mappings/\(name).yaml"
    let text = try #require(Shipped.text(of: path))
    return try Mapping.read(text, file: path, in: surroundings(files: files))
}

private let people = [
    "users.json": """
    {"users": [{"id": 5246746, "name": "Ani", "role": "agent"},
               {"id": 7, "name": "Joko", "role": "end-user"}, {"id": 9, "name": "Budi", "role": "agent"}]}
    """,
    "groups.json": #"{"groups": [{"id": 21, "name": "Tier 2"}]}"#,
]

@Suite("Shipped mappings of JSON, on real documents and on documents of their shape")
struct JSONExportTests {
    @Test("Zendesk's audit: a private comment by an agent, and the status that it brought")
    func zendeskSample() throws {
        let file = "data/exports/zendesk-api/ticket_audits.json"
        guard hasShared(file) else { return }
        let read = try MappedFile(
            mapping("zendesk-audits", files: people), InputSource(path: sharedPath(file)))
        #expect(read.rejections.isEmpty)
        #expect(read.refusals().isEmpty)
        #expect(read.drafts.map(\.type) == ["message.posted", "ticket.status_changed"])
        #expect(read.drafts.allSatisfy { $0.subject == "ticket/666" })
        #expect(read.drafts[0].text("visibility") == "internal")
        #expect(read.drafts[0].text("direction") == "out" && read.drafts[0].text("actor") == "Ani")
        #expect(read.drafts[1].text("status") == "open")
        #expect(read.drafts[1].time == Instant(milliseconds: 1_316_990_144_000))
    }

    @Test("Zendesk: the first audit opens; agent and team of one audit are one handover")
    func zendesk() throws {
        let audits = """
            {"audits": [
              {"id": 100, "ticket_id": 5, "author_id": 7, "created_at": "2025-07-14T01:00:00Z",
               "via": {"channel": "email"}, "events": [
                {"id": 1, "type": "Comment", "public": true, "author_id": 7, "body": "…"},
                {"id": 2, "type": "Create", "field_name": "status", "value": "new"},
                {"id": 3, "type": "Create", "field_name": "priority", "value": "high"},
                {"id": 4, "type": "Create", "field_name": "requester_id", "value": "7"},
                {"id": 5, "type": "Create", "field_name": "group_id", "value": null}]},
              {"id": 101, "ticket_id": 5, "author_id": -1, "created_at": "2025-07-14T01:00:00Z",
               "via": {"channel": "rule"}, "events": [
                {"id": 6, "type": "Change", "field_name": "assignee_id", "value": "9", "previous_value": null},
                {"id": 7, "type": "Change", "field_name": "group_id", "value": "21", "previous_value": null},
                {"id": 8, "type": "Notification", "subject": "…"}]},
              {"id": 102, "ticket_id": 5, "author_id": 9, "created_at": "2025-07-14T02:00:00Z",
               "via": {"channel": "web"}, "events": [
                {"id": 9, "type": "Comment", "public": true, "author_id": 9},
                {"id": 10, "type": "Change", "field_name": "status", "value": "solved", "previous_value": "open"},
                {"id": 11, "type": "Change", "field_name": "assignee_id", "value": null}]}
            ], "next_page": null}
            """
        let read = try MappedFile(
            mapping("zendesk-audits", files: people),
            InputSource(bytes: Array(audits.utf8), name: "audits.json"))
        #expect(read.rejections.isEmpty)
        #expect(read.refusals().isEmpty)
        #expect(
            read.drafts.map(\.type) == [
                "ticket.opened", "message.posted", "ticket.assigned", "message.posted",
                "ticket.status_changed", "ticket.assigned",
            ])
        let opened = read.drafts[0]
        #expect(opened.text("channel") == "email" && opened.text("priority") == "high")
        #expect(opened.text("customer") == "Joko" && opened.text("origin") == "customer")
        #expect(opened.text("team") == nil)
        let handover = read.drafts[2]
        #expect(handover.text("agent") == "Budi" && handover.text("team") == "Tier 2")
        #expect(
            read.drafts[1].text("direction") == "in" && read.drafts[3].text("direction") == "out")
        #expect(
            read.drafts[4].text("status") == "resolved" && read.drafts[4].text("actor") == "Budi")
        // Nobody has it now.
        #expect(read.drafts[5].text("agent") == "")
    }

    @Test("Freshdesk: a ticket and its conversations, a list of tickets without them")
    func freshdesk() throws {
        let folder = "data/exports/freshdesk/"
        guard hasShared(folder + "tickets_list.json") else { return }
        let single = try MappedFile(
            shippedMapping("freshdesk"),
            InputSource(path: sharedPath(folder + "ticket_with_conversations.json")))
        #expect(single.rejections.isEmpty && single.refusals().isEmpty)
        #expect(
            single.counts == [
                "ticket.opened": 1, "ticket.assigned": 1, "ticket.attributes_set": 1,
                "ticket.status_changed": 1, "message.posted": 3,
            ])
        #expect(single.of("message.posted").map { $0.text("direction") } == ["in", "out", "out"])
        let list = try MappedFile(
            shippedMapping("freshdesk"),
            InputSource(path: sharedPath(folder + "tickets_list.json")))
        #expect(list.rejections.isEmpty && list.refusals().isEmpty)
        #expect(list.of("ticket.opened").map(\.subject) == ["ticket/1", "ticket/2"])
        #expect(list.of("ticket.attributes_set").map { $0.text("priority") } == ["low", "urgent"])
    }
}
