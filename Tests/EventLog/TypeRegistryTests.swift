import EventLog
import EventModel
import Testing

@Suite("The registry of event types, written and read back")
struct TypeRegistryTests {
    @Test("Shipped types come back with all they say: kinds, bounds, words and marks")
    func shipped() throws {
        let bytes = TypeRegistry.encode(shippedTypes)
        let types = try #require(TypeRegistry.decode(bytes))
        #expect(types == shippedTypes)
        #expect(types.personalKinds == shippedTypes.personalKinds)
        #expect(TypeRegistry.encode(types) == bytes)
        let fields = types.schemas.flatMap(\.fields)
        #expect(fields.contains { $0.personal == .name })
        #expect(fields.contains { $0.personal == .text })
        #expect(fields.contains(where: \.isState) && fields.contains { !$0.ranks.isEmpty })
    }

    /// A type that has every mark.
    private var marked: EventSchema {
        var state = FieldSchema(
            name: "state", kind: .enumeration(["in", "out"]), isRequired: true,
            column: .enumeration, requires: ["who"], title: "State", summary: "Where they are.")
        state.isState = true
        state.ranks = [0, 99]
        let who = FieldSchema(
            name: "who", kind: .text(minimumLength: 1, maximumLength: 9), isRequired: false,
            column: .name, personal: .name)
        let note = FieldSchema(
            name: "note", kind: .text(minimumLength: 0, maximumLength: 9), isRequired: false,
            column: nil, personal: .text)
        var schema = EventSchema(
            type: "visitor.seen", version: 1, subjectKinds: ["visitor"], isLogsOwn: false,
            profileName: "who", fields: [state, who, note], title: "Seen", summary: "Was seen.")
        schema.rank = 3
        schema.hasPersonalSubjects = true
        return schema
    }

    @Test("Every mark comes back")
    func marks() throws {
        let types = try #require(TypeRegistry.decode(TypeRegistry.encode(EventTypes([marked]))))
        #expect(types.schemas == [marked])
        #expect(types.personalKinds.contains("visitor"))
    }

    @Test(
        "A mark that this rekam does not know is left out, and all else is read",
        arguments: [
            ("personal=name", "persimal=name"), ("personal=text", "personal=tent"),
            ("state=yes", "stade=yes"), ("state=yes", "state=yea"), ("ranks=0,99", "ranks:0,99"),
            ("rank=3", "rang=3"), ("subject=name", "subject=nome"),
        ])
    func unknownMark(known: String, unknown: String) throws {
        var bytes = TypeRegistry.encode(EventTypes([marked]))
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: known.utf8) }, "\(known)")
        bytes.replaceSubrange(place..<place + known.utf8.count, with: unknown.utf8)
        let types = try #require(TypeRegistry.decode(bytes), "\(unknown)")
        let schema = try #require(types.schemas.first)
        #expect(schema != marked)
        #expect(schema.fields.map(\.kind) == marked.fields.map(\.kind))
        #expect(schema.fields.map(\.summary) == marked.fields.map(\.summary))
        let kept = [
            schema.rank == marked.rank, schema.hasPersonalSubjects,
            schema.fields.map(\.isState) == marked.fields.map(\.isState),
            schema.fields.map(\.ranks) == marked.fields.map(\.ranks),
            schema.fields.map(\.personal) == marked.fields.map(\.personal),
        ]
        #expect(kept.count { !$0 } == 1, "\(known): one mark was lost, no other")
    }

    @Test(
        "Ranks that do not belong to the words, or lie outside 0 to 99, are damage",
        arguments: [
            ("ranks=0,99", "ranks=0999"), ("ranks=0,99", "ranks=9,-9"),
            ("ranks=0,99", "ranks=9,9x"), ("ranks=0,99", "ranks=,,99"),
        ])
    func damagedRanks(known: String, damaged: String) throws {
        var bytes = TypeRegistry.encode(EventTypes([marked]))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: known.utf8) })
        bytes.replaceSubrange(place..<place + known.utf8.count, with: damaged.utf8)
        #expect(TypeRegistry.decode(bytes) == nil, "\(damaged)")
    }
}
