import EventModel
import Foundation
import Shipped
import Testing

@Suite("Event schemas: the shipped ones, and every way to write one that is refused")
struct SchemaTests {
    @Test("Every shipped schema compiles, and ids are places in the order of the names")
    func shipped() throws {
        let types = shippedTypes
        #expect(types.schemas.count == 54)
        #expect(types.schemas.map(\.type) == types.schemas.map(\.type).sorted())
        for (place, schema) in types.schemas.enumerated() {
            #expect(types.id(of: schema.type) == UInt16(place))
            #expect(!schema.title.isEmpty && !schema.summary.isEmpty, "\(schema.type)")
            #expect(schema.isLogsOwn == (schema.subjectKinds == ["log"]), "\(schema.type)")
            for field in schema.fields {
                #expect(
                    !field.title.isEmpty && !field.summary.isEmpty, "\(schema.type).\(field.name)")
                guard case .integer(let minimum, let maximum) = field.kind else { continue }
                #expect(minimum >= -9_007_199_254_740_991 && maximum <= 9_007_199_254_740_991)
            }
        }
    }

    @Test("A schema says what its file says")
    func contents() throws {
        let opened = try #require(shippedTypes["ticket.opened"])
        #expect(opened.subjectKinds == ["ticket"])
        #expect(opened.fields.filter(\.isRequired).map(\.name) == ["channel", "origin"])
        #expect(opened.fields.filter { $0.column == nil }.map(\.name) == ["title"])
        let level = try #require(opened.fields.first { $0.name == "level" })
        #expect(level.kind == .integer(minimum: 0, maximum: 10))
        #expect(level.column == .integer)
        let cost = try #require(shippedTypes["cost.recorded"])
        #expect(cost.wholeSubjects == ["company"])
        #expect(cost.fields.first { $0.name == "to_day" }?.requires == ["from_day"])
        #expect(cost.fields.first { $0.name == "to_day" }?.column == .day)
        #expect(shippedTypes["event.voided"]?.subjectKinds == [])
    }

    /// Fields that say what people and systems are called, wherever they stand.
    private let names: Set<String> = [
        "actor", "agent", "alias", "by", "customer", "from_agent", "manager", "reviewer",
        "to_agent", "who", "with",
    ]

    @Test("Shipped types keep who is meant as a name, free words as a text, all else in clear")
    func personal() throws {
        for schema in shippedTypes.schemas where !schema.isLogsOwn {
            for field in schema.fields {
                let place: Comment = "\(schema.type).\(field.name)"
                if names.contains(field.name) { #expect(field.personal == .name, place) }
                guard case .text(_, let most) = field.kind else { continue }
                // What people write freely may name somebody; codes and names of teams are short.
                if most >= 1000, field.name != "comparison_groups" {
                    #expect(field.personal == .text, place)
                }
            }
        }
        for schema in shippedTypes.schemas where schema.isLogsOwn {
            let marked = schema.fields.filter { $0.personal != nil }.map(\.name)
            // What is said of an input that somebody brought.
            let isOfInput = schema.fields.contains { $0.name == "input" }
            #expect(marked == (isOfInput ? ["digest", "input"] : []))
            #expect(schema.rank == EventSchema.middleRank)
        }
        #expect(shippedTypes.personalKinds == EventTypes.persons)
    }

    @Test("The page's table of ranks is what the schemas say")
    func ranks() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Schemas/EVENTS.md"), encoding: .utf8)
        var told: Set<String> = []
        for row in page.split(separator: "\n") {
            let cells = row.split(separator: "|")
            guard cells.count == 2, let rank = Int(cells[0].filter { $0 != " " }) else { continue }
            for (place, piece) in cells[1].split(separator: "`").enumerated() where place % 2 == 1 {
                told.insert("\(piece) \(rank)")
            }
        }
        var said: Set<String> = ["ticket.status_changed: open 50"]
        for schema in shippedTypes.schemas {
            if schema.rank != EventSchema.middleRank {
                said.insert("\(schema.type) \(schema.rank)")
            }
            for field in schema.fields {
                guard case .enumeration(let words) = field.kind else { continue }
                for (word, rank) in zip(words, field.ranks) {
                    said.insert("\(schema.type): \(word) \(rank)")
                }
            }
        }
        #expect(told == said)
    }

    /// A schema that is well, with one piece replaced.
    private func schema(
        top: String = "", subject: String = #""pattern": "^ticket/.""#, data: String = "",
        field: String = #""type": "string", "x-column": "name""#
    ) -> String {
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "cloudevent.json",
         "type": "object", \(top) "properties": {
           "type": {"const": "ticket.praised"}, "subject": {\(subject)},
           "data": {"type": "object", "properties": {"agent": {\(field)}, "note": {"type": "string"}},
             \(data) "additionalProperties": false}}}
        """
    }

    @Test("The plain schema of these tests is well")
    func plain() throws {
        let compiled = try EventSchema(jsonSchema: schema())
        #expect(compiled.type == "ticket.praised")
        #expect(compiled.version == 1)
        #expect(compiled.columns.map(\.name) == ["agent"])
        #expect(try EventSchema(jsonSchema: schema(top: #""x-version": 3,"#)).version == 3)
    }

    @Test(
        "An unsupported keyword is refused with its path, never ignored",
        arguments: [
            (#""anyOf": [],"#, "anyOf"), (#""$defs": {},"#, "$defs"), (#""titel": "x","#, "titel"),
            (#""minProperties": 1,"#, "minProperties"), (#""x-version": 0,"#, "x-version"),
            (#""required": ["agent"],"#, "required"),
            (#""x-logs-own": true,"#, "properties.subject"),
            (#""x-logs-own": 1,"#, "x-logs-own"), (#""title": 5,"#, "title"),
        ])
    func top(piece: String, path: String) { refuses(schema(top: piece), path) }

    @Test(
        "So it is in the data",
        arguments: [
            (#""required": ["agnet"],"#, "properties.data.required"),
            (#""required": "agent","#, "properties.data.required"),
            (#""minProperties": 1,"#, "properties.data.minProperties"),
            (#""dependentRequired": {"agent": ["x"]},"#, "properties.data.dependentRequired.agent"),
            (#""dependentRequired": {"x": ["agent"]},"#, "properties.data.dependentRequired"),
            (#""patternProperties": {},"#, "properties.data.patternProperties"),
        ])
    func data(piece: String, path: String) { refuses(schema(data: piece), path) }

    @Test(
        "So it is in a field",
        arguments: [
            (#""type": "number""#, "type"), (#""type": ["string"]"#, "type"), ("", "type"),
            (#""type": "integer", "multipleOf": 2"#, "multipleOf"),
            (#""type": "integer", "minimum": 5, "maximum": 4"#, "minimum"),
            (#""type": "integer", "minimum": 0.5"#, "minimum"),
            (#""type": "integer", "maxLength": 5"#, "maxLength"),
            (#""type": "string", "pattern": "x""#, "pattern"),
            (#""type": "string", "format": "email""#, "format"),
            (#""type": "string", "enum": []"#, "enum"),
            (#""type": "string", "enum": ["a", "a"]"#, "enum"),
            (#""type": "string", "enum": ["a", 1]"#, "enum"),
            (#""type": "string", "enum": ["a"], "maxLength": 5"#, "maxLength"),
            (#""type": "string", "minLength": 5, "maxLength": 4"#, "minLength"),
            (#""type": "boolean", "const": true"#, "const"),
            (#""type": "boolean", "x-column": "name""#, "x-column"),
            (#""type": "string", "format": "date", "x-column": "name""#, "x-column"),
            (#""type": "string", "x-kolumn": "name""#, "x-kolumn"),
        ])
    func field(piece: String, path: String) {
        refuses(schema(field: piece), "properties.data.properties.agent." + path)
    }

    @Test(
        "A subject's pattern has one of few forms",
        arguments: [
            "ticket/.", "^ticket/", "^ticket/.*", "^(ticket|ticket)/.", "^(ticket/.", "^[a-z]+/.",
            "^log/.", "^((agent)/.|company)", "^Ticket/.", "^((agent|team)/.|company$)x",
        ])
    func patterns(pattern: String) {
        refuses(schema(subject: "\"pattern\": \"\(pattern)\""), "properties.subject.pattern")
    }

    @Test("What a schema marks is what its type says")
    func marks() throws {
        let plain = try EventSchema(jsonSchema: schema())
        #expect(plain.rank == 50 && !plain.hasPersonalSubjects)
        #expect(plain.fields.allSatisfy { $0.personal == nil && !$0.isState && $0.ranks.isEmpty })

        let name = #""type": "string", "x-column": "name", "x-personal": "name", "x-state": true"#
        let marked = try EventSchema(
            jsonSchema: schema(
                top: #""x-rank": 0,"#, subject: #""pattern": "^visitor/.", "x-personal": "name""#,
                field: name))
        #expect(marked.rank == 0 && marked.hasPersonalSubjects)
        #expect(marked.fields[0].personal == .name && marked.fields[0].isState)
        #expect(marked.fields[1].personal == nil && !marked.fields[1].isState)
        let text = #""type": "string", "maxLength": 9, "x-personal": "text", "x-state": false"#
        let free = try EventSchema(jsonSchema: schema(top: #""x-rank": 99,"#, field: text))
        #expect(free.rank == 99 && free.fields[0].personal == .text && !free.fields[0].isState)

        let words = #""type": "string", "enum": ["b", "a"], "x-ranks": {"a": 7, "b": 99}"#
        let ranked = try EventSchema(jsonSchema: schema(field: words))
        #expect(ranked.fields[0].ranks == [99, 7] && ranked.rank == 50)
        let yes = try EventSchema(
            jsonSchema: schema(field: #""type": "boolean", "x-state": true"#))
        #expect(yes.fields[0].isState)
        let kinds = EventTypes([marked]).personalKinds
        #expect(kinds == ["agent", "customer", "respondent", "visitor"])
    }

    @Test(
        "A mark that says nothing known, or stands where it means nothing, is refused",
        arguments: [
            (#""type": "string", "x-personal": "secret""#, "x-personal"),
            (#""type": "string", "x-personal": true"#, "x-personal"),
            (#""type": "string", "enum": ["a"], "x-personal": "name""#, "x-personal"),
            (#""type": "string", "format": "date", "x-personal": "text""#, "x-personal"),
            (#""type": "integer", "x-personal": "name""#, "x-personal"),
            (#""type": "boolean", "x-personal": "name""#, "x-personal"),
            (#""type": "string", "x-state": "yes""#, "x-state"),
            (#""type": "string", "x-personal": "text", "x-state": true"#, "x-state"),
            (#""type": "string", "x-rank": 5"#, "x-rank"),
            (#""type": "string", "x-ranks": {"a": 5}"#, "x-ranks"),
            (#""type": "string", "enum": ["a"], "x-ranks": 5"#, "x-ranks"),
            (#""type": "string", "enum": ["a"], "x-ranks": {}"#, "x-ranks.a"),
            (#""type": "string", "enum": ["a", "b"], "x-ranks": {"a": 1}"#, "x-ranks.b"),
            (#""type": "string", "enum": ["a"], "x-ranks": {"a": 1, "c": 1}"#, "x-ranks.c"),
            (#""type": "string", "enum": ["a"], "x-ranks": {"a": 100}"#, "x-ranks.a"),
            (#""type": "string", "enum": ["a"], "x-ranks": {"a": -1}"#, "x-ranks.a"),
            (#""type": "string", "enum": ["a"], "x-ranks": {"a": "1"}"#, "x-ranks.a"),
        ])
    func noMark(piece: String, path: String) {
        refuses(schema(field: piece), "properties.data.properties.agent." + path)
    }

    @Test("So is one of the type and of the subject")
    func noMarkOfType() {
        for rank in ["100", "-1", "0.5", #""first""#, "null"] {
            refuses(schema(top: #""x-rank": \#(rank),"#), "x-rank")
        }
        refuses(schema(top: #""x-state": true,"#), "x-state")
        let subject = "properties.subject.x-personal"
        refuses(schema(subject: #""pattern": "^visitor/.", "x-personal": "text""#), subject)
        refuses(schema(subject: #""pattern": "^visitor/.", "x-personal": true"#), subject)
        refuses(schema(subject: #""pattern": "^(?!log/).", "x-personal": "name""#), subject)
        refuses(
            schema(subject: #""pattern": "^((visitor)/.|guests$)", "x-personal": "name""#), subject)
        refuses(
            schema(
                top: #""x-logs-own": true,"#, subject: #""pattern": "^log/.", "x-personal": "name""#
            ), subject)
        let two = #"{"type": "string", "enum": ["a"], "x-ranks": {"a": 1}}"#
        refuses(
            schema().replacing(
                #""note": {"type": "string"}"#, with: #""note": \#(two), "more": \#(two)"#),
            "properties.data.properties")
    }

    @Test("What is kept as a commitment stays so in every version; states and ranks may change")
    func versions() throws {
        let name = #""type": "string", "x-column": "name", "x-personal": "name""#
        let text = #""type": "string", "x-column": "name", "x-personal": "text""#
        let clear = #""type": "string", "x-column": "name""#
        let agent = "properties.data.properties.agent.x-personal"
        for (before, after) in [(clear, name), (name, text), (text, name)] {
            evolves(schema(field: before), schema(field: after), refusedAt: agent)
        }
        // What a version leaves out, it has from the one before.
        let left = evolves(schema(field: name), schema(field: clear))
        #expect(left?.field(named: "agent")?.personal == .name)
        evolves(schema(field: name), schema(field: name))
        evolves(schema(field: text), schema(field: text))

        // A field that a version gives up and a later one has again, also one of entries alone.
        let note = #", "note": {"type": "string"}"#
        let marked = #", "note": {"type": "string", "x-personal": "text"}"#
        var without = schema().replacing(note, with: "")
        evolves(
            schema(), without, schema().replacing(note, with: marked),
            refusedAt: "properties.data.properties.note.x-personal")
        evolves(schema(), without, schema())
        without = schema(field: clear).replacing(#""agent":"#, with: #""desk":"#)
        let again = evolves(schema(field: name), without, schema(field: clear))
        #expect(again?.field(named: "agent")?.personal == .name)

        let visitor = #""pattern": "^visitor/.""#
        let person = visitor + #", "x-personal": "name""#
        let subject = "properties.subject.x-personal"
        evolves(schema(subject: visitor), schema(subject: person), refusedAt: subject)
        let silent = evolves(schema(subject: person), schema(subject: visitor))
        #expect(silent?.hasPersonalSubjects == true)
        evolves(schema(subject: person), schema(subject: person))

        let words = #""type": "string", "x-column": "enum", "enum": ["a"]"#
        let more = #""type": "string", "x-column": "enum", "enum": ["a", "b"], "x-state": true"#
        let last = evolves(
            schema(field: words + #", "x-ranks": {"a": 9}"#),
            schema(top: #""x-rank": 7,"#, field: more + #", "x-ranks": {"a": 8, "b": 9}"#))
        #expect(last?.rank == 7)
        #expect(last?.columns[0].ranks == [8, 9] && last?.columns[0].isState == true)
        let upcast = #""x-upcast": {"defaults": {"agent": "Budi"}},"#
        evolves(
            schema(field: name), schema(top: upcast, field: name),
            refusedAt: "x-upcast.defaults.agent")
    }

    @Test("A kind of case is one of persons from its first type on, or never")
    func kindsOfPersons() throws {
        let person = #""pattern": "^visitor/.", "x-personal": "name""#
        let praised = try EventSchema(jsonSchema: schema(subject: person))
        var types = shippedTypes
        try types.register(praised)
        #expect(types.personalKinds.contains("visitor") && !types.personalKinds.contains("ticket"))
        // A second type need not say it again.
        var other = praised
        other.type = "visitor.left"
        other.hasPersonalSubjects = false
        try types.register(other)
        #expect(types.personalKinds.contains("visitor"))

        types = shippedTypes
        try types.register(other)
        #expect(throws: SchemaFault.self) { try types.register(praised) }
        let ticket = try EventSchema(
            jsonSchema: schema(subject: #""pattern": "^ticket/.", "x-personal": "name""#))
        #expect(throws: SchemaFault.self) { try types.register(ticket) }
    }

    /// Registers the texts as versions 1, 2, … and gives what they come to; the last is refused at
    /// a path, where one is given.
    @discardableResult
    private func evolves(_ texts: String..., refusedAt path: String? = nil) -> EventSchema? {
        var types = EventTypes([])
        for (place, text) in texts.enumerated() {
            do throws(SchemaFault) {
                var schema = try EventSchema(jsonSchema: text)
                schema.version = place + 1
                try types.register(schema)
                if place == texts.count - 1, let path {
                    Issue.record("accepted, not refused at \(path): \(text)")
                }
            } catch {
                #expect(place == texts.count - 1 && error.path == path, "\(error)")
            }
        }
        return types["ticket.praised"]
    }

    @Test("What is no JSON, or twice the same key, is refused")
    func noJSON() {
        refuses("{", "")
        refuses(#"{"type": "object", "type": "object"}"#, "")
        refuses("[]", "")
    }

    @Test("A file must be named after its type")
    func fileName() {
        #expect(throws: SchemaFault.self) {
            try EventTypes.shipped(texts: [(path: "events/ticket.opened.json", text: schema())])
        }
    }

    private func refuses(_ text: String, _ path: String) {
        do {
            _ = try EventSchema(jsonSchema: text)
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.path.hasPrefix(path), "\(error)")
            #expect(!error.problem.isEmpty)
        }
    }
}
