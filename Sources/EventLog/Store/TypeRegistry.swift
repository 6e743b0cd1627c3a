package import EventModel

/// The event types a store was made with, as the registry keeps them: their order gives the type
/// ids in the columns, so that a later rekam with more types reads an older store.
package enum TypeRegistry {
    package static func encode(_ types: EventTypes) -> [UInt8] {
        var record = RecordWriter()
        record.put(UInt32(types.schemas.count))
        for schema in types.schemas { encode(schema, into: &record) }
        return record.bytes
    }

    package static func decode(_ bytes: [UInt8]) -> EventTypes? {
        var record = RecordReader(bytes)
        guard let count = record.take(UInt32.self) else { return nil }
        var schemas: [EventSchema] = []
        for _ in 0..<count {
            guard let schema = decodeSchema(from: &record) else { return nil }
            schemas.append(schema)
        }
        guard record.isAtEnd, Set(schemas.map(\.type)).count == schemas.count else { return nil }
        return EventTypes(schemas)
    }

    private static func encode(_ schema: EventSchema, into record: inout RecordWriter) {
        record.put(schema.type)
        record.put(UInt32(schema.version))
        record.put(UInt8(schema.isLogsOwn ? 1 : 0))
        put(schema.subjectKinds, into: &record)
        put(schema.wholeSubjects, into: &record)
        record.put(schema.title)
        record.put(schema.summary)
        record.put(schema.profileName ?? "")
        record.put(UInt32(schema.fields.count))
        for field in schema.fields {
            record.put(field.name)
            record.put(UInt8(field.isRequired ? 1 : 0))
            record.put(field.column?.rawValue ?? UInt8.max)
            put(field.requires, into: &record)
            record.put(field.title)
            record.put(field.summary)
            encode(field.kind, into: &record)
            put(marks(of: field), into: &record)
        }
        put(marks(of: schema), into: &record)
    }

    // What else a schema says, as `key=value`: a reader leaves out what it does not know, so that a
    // later rekam may say more without another format.

    private static func marks(of field: FieldSchema) -> [String] {
        var marks: [String] = []
        if let personal = field.personal { marks.append("personal=\(personal.rawValue)") }
        if let round = field.round { marks.append("round=\(round.rawValue)") }
        if let scale = field.scale { marks.append("scale=\(scale)") }
        if field.isState { marks.append("state=yes") }
        if field.isSubject { marks.append("subject=yes") }
        if !field.ranks.isEmpty {
            marks.append("ranks=" + field.ranks.map(String.init).joined(separator: ","))
        }
        return marks
    }

    private static func marks(of schema: EventSchema) -> [String] {
        var marks: [String] = []
        if schema.rank != EventSchema.middleRank { marks.append("rank=\(schema.rank)") }
        if schema.opensCase { marks.append("opens=yes") }
        if schema.undoesCase { marks.append("undoes=yes") }
        if schema.isPlan { marks.append("plan=yes") }
        if schema.hasPersonalSubjects { marks.append("subject=name") }
        return marks
    }

    private static func read(
        _ marks: [String], _ body: (_ key: Substring, _ value: Substring) -> Void
    ) {
        for mark in marks {
            let parts = mark.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { body(parts[0], parts[1]) }
        }
    }

    private static func encode(_ kind: FieldKind, into record: inout RecordWriter) {
        switch kind {
        case .text(let minimum, let maximum):
            record.put(UInt8(0))
            record.put(UInt32(minimum))
            record.put(UInt32(clamping: maximum))
        case .enumeration(let values):
            record.put(UInt8(1))
            put(values, into: &record)
        case .boolean: record.put(UInt8(2))
        case .integer(let minimum, let maximum):
            record.put(UInt8(3))
            record.put(minimum)
            record.put(maximum)
        case .day: record.put(UInt8(4))
        }
    }

    private static func put(_ texts: [String], into record: inout RecordWriter) {
        record.put(UInt32(texts.count))
        for text in texts { record.put(text) }
    }

    private static func texts(from record: inout RecordReader) -> [String]? {
        guard let count = record.take(UInt32.self) else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = record.takeText() else { return nil }
            texts.append(text)
        }
        return texts
    }

    private static func decodeSchema(from record: inout RecordReader) -> EventSchema? {
        guard let type = record.takeText(), let version = record.take(UInt32.self),
            let own = record.take(UInt8.self), let kinds = texts(from: &record),
            let wholes = texts(from: &record), let title = record.takeText(),
            let summary = record.takeText(), let profileName = record.takeText(),
            let count = record.take(UInt32.self)
        else { return nil }
        var fields: [FieldSchema] = []
        for _ in 0..<count {
            guard let name = record.takeText(), let required = record.take(UInt8.self),
                let column = record.take(UInt8.self), let requires = texts(from: &record),
                let title = record.takeText(), let summary = record.takeText(),
                let kind = decodeKind(from: &record), let marks = texts(from: &record)
            else { return nil }
            var field = FieldSchema(
                name: name, kind: kind, isRequired: required == 1,
                column: ColumnKind(rawValue: column), requires: requires, title: title,
                summary: summary)
            read(marks) { key, value in
                switch key {
                case "personal": field.personal = PersonalKind(rawValue: String(value))
                case "round": field.round = RoundRole(rawValue: String(value))
                case "scale": field.scale = String(value)
                case "state": field.isState = value == "yes"
                case "subject": field.isSubject = value == "yes"
                case "ranks": field.ranks = value.split(separator: ",").compactMap { Int($0) }
                default: break
                }
            }
            guard hasSoundRanks(field) else { return nil }
            fields.append(field)
        }
        guard let marks = texts(from: &record) else { return nil }
        var schema = EventSchema(
            type: type, version: Int(version), subjectKinds: kinds, wholeSubjects: wholes,
            isLogsOwn: own == 1, profileName: profileName.isEmpty ? nil : profileName,
            fields: fields, title: title, summary: summary)
        read(marks) { key, value in
            switch key {
            case "rank": schema.rank = Int(value) ?? schema.rank
            case "opens": schema.opensCase = value == "yes"
            case "undoes": schema.undoesCase = value == "yes"
            case "plan": schema.isPlan = value == "yes"
            case "subject": schema.hasPersonalSubjects = value == "name"
            default: break
            }
        }
        return (0...99).contains(schema.rank) ? schema : nil
    }

    /// Whether a field has no ranks, or one for each of its words.
    private static func hasSoundRanks(_ field: FieldSchema) -> Bool {
        guard !field.ranks.isEmpty else { return true }
        guard case .enumeration(let words) = field.kind else { return false }
        return field.ranks.count == words.count && field.ranks.allSatisfy((0...99).contains)
    }

    private static func decodeKind(from record: inout RecordReader) -> FieldKind? {
        switch record.take(UInt8.self) {
        case 0:
            guard let minimum = record.take(UInt32.self), let maximum = record.take(UInt32.self)
            else { return nil }
            return .text(
                minimumLength: Int(minimum),
                maximumLength: maximum == .max ? .max : Int(maximum))
        case 1: return texts(from: &record).map { .enumeration($0) }
        case 2: return .boolean
        case 3:
            guard let minimum = record.take(Int64.self), let maximum = record.take(Int64.self)
            else { return nil }
            return .integer(minimum: minimum, maximum: maximum)
        case 4: return .day
        default: return nil
        }
    }
}
