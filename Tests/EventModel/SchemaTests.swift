import EventModel
import Foundation
import Shipped
import Testing

@Suite("Event schemas: the shipped ones, and every way to write one that is refused")
struct SchemaTests {
    @Test("Every shipped schema compiles, and ids are places in the order of the names")
    func shipped() throws {
        let types = shippedTypes
        #expect(types.schemas.count == 52)
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
        for schema in shippedTypes.schemas where !schema.isLogsOwn && schema.type != "event.voided"
        {
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
        let voided = try #require(shippedTypes["event.voided"])
        #expect(voided.fields.allSatisfy { $0.personal == nil })
        for schema in shippedTypes.schemas where schema.isLogsOwn {
            let marked = schema.fields.filter { $0.personal != nil }.map(\.name)
            #expect(marked == (schema.type == "ingest.recorded" ? ["input"] : []))
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
