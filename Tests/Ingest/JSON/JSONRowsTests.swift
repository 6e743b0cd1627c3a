import Definitions
import EventModel
import Foundation
import Testing

@testable import Ingest

/// Rows as their columns' texts, refused ones as their problem; each with its line.
private func rows(
    _ text: String, _ levels: [(String, String)], _ columns: [String], most: Int = .max,
    optional: Set<String> = [], isPipe: Bool = false
) throws -> [String] {
    var found: [RowLevel] = []
    for (place, (name, path)) in levels.enumerated() {
        let isBelow = path.hasPrefix("@")
        found.append(
            RowLevel(
                name: name, parent: isBelow ? place - 1 : nil,
                path: try JSONPath(parsing: path, root: isBelow ? .current : .document)))
    }
    let bytes = Array(text.utf8)
    let reader = try JSONRows(
        PiecewiseSource(bytes: bytes, longest: most), name: "test.json", levels: found,
        columns: columns,
        optional: optional,
        reopened: { isPipe ? nil : PiecewiseSource(bytes: bytes, longest: most) })
    var lines: [String] = []
    while true {
        switch try reader.next() {
        case .end:
            if !reader.unseenColumns.isEmpty {
                lines.append("unseen " + reader.unseenColumns.joined(separator: " "))
            }
            return lines
        case .rejected(let rejection): lines.append("\(rejection.line): \(rejection.problem)")
        case .row:
            let row = reader.row
            let texts = columns.indices.map { place in
                row.problems[place] ?? (row.has(place) ? row[place] : "–")
            }
            lines.append("\(row.line) " + texts.joined(separator: "|"))
        }
    }
}

@Suite("Rows of JSON documents, by example and in every way of being handed over")
struct JSONRowsTests {
    static let zendesk = """
        {"audits": [
          {"id": 1, "ticket_id": 666, "created_at": "2011-09-25T22:35:44Z",
           "events": [{"type": "Comment", "public": false},
                      {"type": "Change", "field_name": "status", "value": "open"}]},
          {"id": 2, "ticket_id": 667, "created_at": null, "events": []}
        ], "next_page": null, "month": "2011-09"}
        """

    @Test("Levels give their rows from the outside in, each with the columns of those above")
    func levels() throws {
        let levels = [("audit", "$.audits[*]"), ("event", "@.events[*]")]
        let columns = ["audit.id", "audit.created_at", "event.type", "event.value", "$.month"]
        let expected = [
            "2 1|2011-09-25T22:35:44Z|–|–|2011-09", "3 1|2011-09-25T22:35:44Z|Comment|–|2011-09",
            "4 1|2011-09-25T22:35:44Z|Change|open|2011-09", "5 2|–|–|–|2011-09",
        ]
        for most in [1, 2, 3, 7, 64, .max] {
            let found = try rows(JSONRowsTests.zendesk, levels, columns, most: most)
            #expect(found == expected, "\(most) bytes at a time")
        }
    }

    @Test("One document, a list, one a line, one behind the other: the same rows")
    func packaging() throws {
        let forms = [
            #"[{"n":1,"t":"a"},{"n":2,"t":"b"}]"#, #"{"n":1,"t":"a"} {"n":2,"t":"b"}"#,
            "{\"n\":1,\"t\":\"a\"}\n{\"n\":2,\"t\":\"b\"}\n",
            "\u{FEFF}{\n \"t\":\"a\",\n \"n\":1\n}\n{\n \"t\" : \"b\", \"n\":2 }",
            "\u{1E}{\"n\":1,\"t\":\"a\"}\n\u{1E}{\"n\":2,\"t\":\"\\u0062\"}\n",
        ]
        for form in forms {
            let found = try rows(form, [], ["n", "t"])
            #expect(
                found.map { $0.split(separator: " ").last.map(String.init) } == ["1|a", "2|b"],
                "\(form)")
        }
        let pages = #"[{"t":[{"n":1}]},{"t":[{"n":2}]}]"#
        try #expect(rows(pages, [("t", "$.t[*]")], ["n"]) == ["1 1", "1 2"])
        try #expect(rows(pages, [("t", "$[*].t[0]")], ["n"]) == ["1 1", "1 2"])
    }

    @Test("Numbers keep how they are written; lists, objects and several values are no text")
    func values() throws {
        let document =
            #"{"a":12345678901234567890123,"b":1.50,"c":true,"d":"","e":[1],"f":{"x":1,"y":2}}"#
        try #expect(
            rows(document, [], ["a", "b", "c", "d", "e", "f.x", "f", "f[*]"]) == [
                "1 12345678901234567890123|1.50|true||it is a list where one value is wanted|1|"
                    + "it is an object where one value is wanted|it gives 2 values where one is wanted"
            ])
    }

    @Test("What is no JSON costs what it stands in, and nothing behind it")
    func faults() throws {
        let lines = "{\"n\":1}\n{\"n\":2\n{\"n\":3}\n{\"n\":tru}\n{\"n\":5}\n{\"n\":"
        for most in [1, 5, .max] {
            try #expect(
                rows(lines, [], ["n"], most: most) == [
                    "1 1", "2: the JSON has no \"}\" where one belongs, in line 3", "3 3",
                    "4: the JSON holds a word that JSON does not know", "5 5",
                    "6: the JSON ends too early",
                ])
        }
        let list = "{\"t\":[{\"n\":1},{\"n\":01},{\"n\":3},\n{\"n\":\"a\tb\"},{\"n\":5}],\"x\":1}"
        try #expect(
            rows(list, [("t", "$.t[*]")], ["n"]) == [
                "1 1", "1: the JSON holds a number that JSON does not know", "1 3",
                "2: the JSON holds a control character inside a string", "2 5",
            ])
    }

    @Test(
        "What ends or parts values where none begins is a fault, and is passed",
        arguments: [
            "]", "}", ",", "{\"t\":}", "{\"x\":,\"t\":[{\"n\":0}]}", "{\"t\":[,]}", "[]]", ":",
        ])
    func strays(text: String) throws {
        for most in [1, .max] {
            let found = try rows(
                "\(text)\n{\"t\":[{\"n\":1}]}\n", [("t", "$.t[*]")], ["n"], most: most)
            #expect(found.last == "2 1", "\(found)")
        }
    }

    @Test("Bytes that are no UTF-8 cost their document, in its line") func encoding() throws {
        let bytes = Array("{\"n\":1}\n{\"n\":\"".utf8) + [0xE9] + Array("\"}\n{\"n\":3}\n".utf8)
        let reader = try JSONRows(
            PiecewiseSource(bytes: bytes), name: "test.json", levels: [], columns: ["n"],
            optional: [])
        var lines: [String] = []
        reading: while true {
            switch try reader.next() {
            case .end: break reading
            case .row: lines.append("\(reader.row.line) \(reader.row[0])")
            case .rejected(let rejection): lines.append("\(rejection.line): \(rejection.problem)")
            }
        }
        #expect(lines == ["1 1", "2: the JSON holds bytes that are not UTF-8", "3 3"])
    }

    @Test("A refused row is kept as one line that gives it again")
    func rejects() throws {
        let bytes = Array(JSONRowsTests.zendesk.utf8)
        let levels = [
            RowLevel(name: "audit", parent: nil, path: try JSONPath(parsing: "$.audits[*]")),
            RowLevel(
                name: "event", parent: 0, path: try JSONPath(parsing: "@.events[*]", root: .current)
            ),
        ]
        let columns = ["audit.id", "event.type", "$.month"]
        let reader = try JSONRows(
            PiecewiseSource(bytes: bytes), name: "test.json", levels: levels,
            columns: columns, optional: [], reopened: { PiecewiseSource(bytes: bytes) })
        _ = try reader.next()
        let raw = String(decoding: reader.rawRow, as: UTF8.self)
        #expect(raw.hasSuffix("}\n") && raw.dropLast().allSatisfy { $0 != "\n" })
        try #expect(
            rows(raw, [("audit", "$.audits[*]"), ("event", "@.events[*]")], columns) == [
                "1 1|–|2011-09", "1 1|Comment|2011-09", "1 1|Change|2011-09",
            ])
    }

    @Test("Paths that lead nowhere are told: a list that isn't there, a column that no row has")
    func nowhere() throws {
        let fault = #expect(throws: InputFault.self) {
            try rows(JSONRowsTests.zendesk, [("t", "$.tickets[*]")], ["id"])
        }
        #expect(
            fault?.description
                == "test.json has no list at $.tickets, where the mapping finds its rows. At its top "
                + "there is: audits, next_page, month.")
        try #expect(rows(#"{"tickets":[]}"#, [("t", "$.tickets[*]")], ["id"]).isEmpty)
        try #expect(
            rows(#"{"a":1}"#, [], ["a", "b", "c"], optional: ["c"]) == ["1 1|–|–", "unseen b"])
        #expect(throws: InputFault.self) {
            try rows(JSONRowsTests.zendesk, [("audit", "$.audits[*]")], ["$.month"], isPipe: true)
        }
    }

    @Test("An element is as long as it may be, and no longer") func lengths() throws {
        func units(_ count: Int) throws -> Int {
            let text = "{\"t\":[\"" + String(repeating: "x", count: count) + "\",1]}"
            let units = JSONUnits(
                PiecewiseSource(bytes: Array(text.utf8)), name: "test.json",
                way: [Array("t".utf8)], unrolls: true)
            units.longestUnit = 1 << 20
            var found = 0
            while case .unit = try units.next() { found += 1 }
            return found
        }
        try #expect(units(1_000_000) == 2)
        let fault = #expect(throws: InputFault.self) { try units(2_000_000) }
        #expect(
            fault?.description
                == "test.json has a value of more than 1 MB in line 1. Let \"rows\" of the mapping lead "
                + "to the elements of the list that is so long: their path by names, then [*].")
    }

    @Test("Containers stand in each other as deep as they may, and no deeper") func depth() throws {
        func parse(_ depth: Int) throws {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let bytes = Array(text.utf8)
            var tree = JSONTree()
            _ = try tree.parse(bytes.span, from: 0)
        }
        try parse(256)
        #expect(throws: JSONFault.self) { try parse(257) }
    }

    @Test("What is nested, and how it is read, asks for no more memory than one element")
    func nesting() throws {
        let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        try #expect(
            rows("{\"t\":[{\"n\":1,\"d\":\(deep)},{\"n\":2}]}", [("t", "$.t[*]")], ["n"]) == [
                "1: the JSON is nested too deeply", "1 2",
            ])
        // Passed over, and never taken apart.
        try #expect(
            rows(#"{"d":\#(deep),"e":"]}\"","t":[{"n":2}]}"#, [("t", "$.t[*]")], ["n"], most: 3)
                == ["1 2"])
    }
}

@Suite("Mappings of JSON documents, by example")
struct JSONMappingTests {
    private static let head = """
        mapping: test
        source: desk
        rows: {ticket: "$.tickets[*]", note: "@.notes[*]"}
        times: {opened: "{ticket.at}", said: "{note.at}"}
        case: "ticket/{ticket.id}"
        at: opened
        skip: [{ticket.spam: "true"}, {note.kind: draft}]
        events:

        """

    private static let events = """
          - type: ticket.opened
            of: ticket
            data: {origin: customer, channel: "{ticket.via.channel}", category: "{ticket.fields[?@.id==7].value}"}
          - type: message.posted
            at: said
            data: {direction: "{note.way}", visibility: public, actor_kind: agent, actor: "{note.by.name}"}
        """

    @Test("Events come from the level that they say; conditions are asked where they are about")
    func levels() throws {
        let file = try mapped(
            JSONMappingTests.head + JSONMappingTests.events,
            """
            {"tickets": [
              {"id": 1, "at": "2025-07-14T08:00:00Z", "via": {"channel": "email"},
               "fields": [{"id": 6, "value": "no"}, {"id": 7, "value": "bill"}],
               "notes": [{"at": "2025-07-14T08:10:00Z", "way": "out", "by": {"name": "Budi"}, "kind": null},
                         {"at": "2025-07-14T08:20:00Z", "way": "out", "by": {"name": "Ani"}, "kind": "draft"}]},
              {"id": 2, "at": "2025-07-14T09:00:00Z", "spam": true, "notes": [{"at": "x"}]},
              {"id": 3, "at": "2025-07-14T10:00:00Z", "via": ["email"], "notes": []}]}
            """)
        #expect(file.drafts.map(\.type) == ["ticket.opened", "message.posted", "ticket.opened"])
        #expect(file.drafts.map(\.subject) == ["ticket/1", "ticket/1", "ticket/3"])
        #expect(
            file.drafts[0].text("channel") == "email" && file.drafts[0].text("category") == "bill")
        #expect(file.drafts[1].text("actor") == "Budi")
        #expect(file.rejections.isEmpty)
    }

    @Test("A list where a text is wanted refuses the row, by its line and column")
    func lists() throws {
        let file = try mapped(
            JSONMappingTests.head + JSONMappingTests.events,
            "{\"tickets\": [\n{\"id\": 3, \"at\": \"2025-07-14T10:00:00Z\", \"via\": {\"channel\": [1]}}]}"
        )
        #expect(file.rejections.map(\.line) == [2])
        #expect(file.rejections.map(\.field) == ["ticket.via.channel"])
        #expect(file.rejections.map(\.problem) == ["it is a list where one value is wanted"])
    }

    @Test(
        "What a mapping says wrongly of levels is told with its place",
        arguments: [
            ("{channel: \"{id}\"}", "id does not say on which level of \"rows\" it stands"),
            (
                "{channel: \"{note.way}\"}",
                "ticket.opened is given by rows of ticket, which don't have note.way"
            ),
            (
                "{channel: \"{ticket..id}\"}",
                "ticket..id asks for all levels (..), which mappings don't"
            ),
        ])
    func faults(data: String, problem: String) {
        let yaml = JSONMappingTests.head + "  - {type: ticket.opened, of: ticket, data: \(data)}"
        let faults = #expect(throws: DefinitionFaults.self) {
            try Mapping.read(yaml, file: "test.yaml", in: surroundings())
        }
        #expect(faults?.description.contains(problem) == true, "\(String(describing: faults))")
    }

    @Test("A lookup may be a JSON file; null stands for nothing")
    func lookup() throws {
        let yaml = """
            mapping: test
            source: desk
            lookups: {people: {file: users.json, rows: "$.users[*]", key: id, value: name, otherwise: keep}}
            times: {at: "{at}"}
            case: "ticket/{id}"
            at: at
            events:
              - type: ticket.assigned
                data: {agent: {from: "{who}", lookup: people, missing: "nobody"}}
            """
        let users =
            #"{"users": [{"id": 12345678901234567, "name": "Budi"}, {"id": 2, "name": null}]}"#
        let file = try mapped(
            yaml,
            """
            {"id": 1, "at": "2025-07-14T08:00:00Z", "who": 12345678901234567}
            {"id": 2, "at": "2025-07-14T08:00:00Z", "who": 2}
            {"id": 3, "at": "2025-07-14T08:00:00Z", "who": 3}
            """, files: ["users.json": users])
        #expect(file.drafts.map { $0.text("agent") } == ["Budi", "nobody", "3"])
    }
}
