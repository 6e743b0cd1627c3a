extension EventSchema {
    /// Compiles an event type's JSON Schema (2020-12), a file like `Schemas/events/ticket.opened.json`.
    ///
    /// A schema describes the whole CloudEvent: `"$ref": "cloudevent.json"` for the envelope,
    /// `properties.type.const` names the type, `properties.subject.pattern` the kinds of subject
    /// (`^ticket/.`, `^(call|ticket)/.`, `^((agent|team)/.|company$)`, or `^(?!log/).` for any),
    /// `properties.data` the fields. Supported keywords:
    ///
    /// - top: `$schema $comment $ref title description type properties required x-version
    ///   x-logs-own x-profile x-rank x-upcast`
    /// - `data`: `$comment title description type properties required dependentRequired
    ///   additionalProperties` (which must be `false`)
    /// - a field: `$comment title description examples type x-column x-personal x-state x-ranks
    ///   x-round x-scale x-subject`, with `type` `string`: `enum`, `format: date`, or `minLength maxLength`; with
    ///   `integer`: `minimum maximum`; and `boolean`
    ///
    /// `x-column` is the kind of column the field becomes: `name`, `enum`, `boolean`, `integer`,
    /// `day`; without it the field is kept in the entry alone.
    ///
    /// `x-personal` (`name` or `text`) says that a field tells of persons, `x-state` that it says what
    /// is so from now on; `x-rank` of the type, or `x-ranks` of one of its enumerations by word, where
    /// its events stand among those of one instant. `x-personal: name` of the subject says that cases
    /// of its kinds are persons.
    ///
    /// `x-subject` says that a field holds the subject of another case, which must not be a person's.
    ///
    /// `x-round` says what a field has to do with a survey's round: see `RoundRole`. `x-scale` names the
    /// field that says how much a score could be at most.
    ///
    /// `x-profile` says that events of the type describe their case, and names the column by which
    /// people know it: see `EventSchema.profileName`.
    ///
    /// - Throws: `SchemaFault` with the path of the first thing that is not so.
    /// - Complexity: O(length).
    public init(jsonSchema text: String) throws(SchemaFault) {
        let document: JSONValue
        do throws(JSONFault) {
            document = try JSONValue(parsing: text)
        } catch {
            throw SchemaFault(path: "", problem: "\(error.problem) (byte \(error.offset))")
        }
        let top = try SchemaObject(document, path: "")
        let properties = try top.object("properties")
        let type = try properties?.object("type")?.string("const") ?? ""
        do throws(SchemaFault) {
            try self.init(type: type, top: top, properties: properties)
        } catch {
            throw SchemaFault(type: type, path: error.path, problem: error.problem)
        }
    }

    private init(
        type: String, top: SchemaObject, properties: SchemaObject?
    ) throws(SchemaFault) {
        try top.allow(
            [
                "$schema", "$comment", "$ref", "title", "description", "type", "properties",
                "required", "x-version", "x-logs-own", "x-profile", "x-rank", "x-opens",
                "x-undoes", "x-plan", "x-upcast",
            ], what: "an event schema")
        if let dialect = try top.string("$schema"), dialect != EventSchema.dialect {
            throw SchemaFault(path: "$schema", problem: "must be \(EventSchema.dialect)")
        }
        guard try top.string("$ref") == "cloudevent.json" else {
            throw SchemaFault(path: "$ref", problem: "must be cloudevent.json, the envelope")
        }
        try EventSchema.require(type: "object", of: top)
        guard let properties else {
            throw SchemaFault(path: "properties", problem: "is missing")
        }
        try properties.allow(["type", "subject", "data"], what: "an event's properties")
        try properties.object("type")?.allow(
            ["$comment", "title", "description", "const"], what: "the type")
        guard EventSchema.isTypeName(type) else {
            throw SchemaFault(
                path: "properties.type.const",
                problem: "must be a type's name such as ticket.opened (a-z, 0-9, _ and dots)")
        }
        for name in try top.strings("required") ?? [] where !EventSchema.envelope.contains(name) {
            throw SchemaFault(
                path: "required", problem: "\"\(name)\" is no attribute of the envelope")
        }
        let isLogsOwn = try top.boolean("x-logs-own") ?? false
        let (kinds, whole) = try EventSchema.subjectKinds(properties)
        guard isLogsOwn == (kinds == ["log"]), isLogsOwn || !kinds.contains("log") else {
            throw SchemaFault(
                path: "properties.subject.pattern",
                problem: "the log's own types, and only they, have subjects log/…")
        }
        let version = try top.integer("x-version") ?? 1
        guard version >= 1, version <= 1_000_000_000 else {
            throw SchemaFault(path: "x-version", problem: "must lie between 1 and 1000000000")
        }
        guard let data = try properties.object("data") else {
            throw SchemaFault(path: "properties.data", problem: "is missing")
        }
        let fields = try EventSchema.fields(data)
        let profileName = try top.string("x-profile")
        if let profileName {
            guard fields.contains(where: { $0.name == profileName && $0.column != nil }) else {
                throw SchemaFault(
                    path: "x-profile",
                    problem: "must name a field with x-column, by which people know the case")
            }
            guard !isLogsOwn, !kinds.isEmpty, whole.isEmpty else {
                throw SchemaFault(
                    path: "x-profile", problem: "is for types about certain kinds of case only")
            }
        }
        self.init(
            type: type, version: Int(version), subjectKinds: kinds, wholeSubjects: whole,
            isLogsOwn: isLogsOwn, profileName: profileName, fields: fields,
            title: try top.string("title") ?? "",
            summary: try top.string("description") ?? "",
            upcasting: try EventSchema.upcasting(top.object("x-upcast")))
        if top["x-rank"] != nil { rank = try EventSchema.rank("x-rank", of: top) }
        opensCase = try top.boolean("x-opens") ?? false
        guard !opensCase || !isLogsOwn && !kinds.isEmpty else {
            throw SchemaFault(
                path: "x-opens", problem: "is for types about certain kinds of case only")
        }
        undoesCase = try top.boolean("x-undoes") ?? false
        guard !undoesCase || !opensCase && !isLogsOwn && !kinds.isEmpty else {
            throw SchemaFault(
                path: "x-undoes",
                problem: "is for types about certain kinds of case that do not open one")
        }
        isPlan = try top.boolean("x-plan") ?? false
        if let answer = fields.first(where: { $0.round == .answer && !$0.isRequired }) {
            throw SchemaFault(
                path: "properties.data.properties.\(answer.name).x-round",
                problem: "belongs to a required field: groups are counted by people, each of whom "
                    + "gives every answer")
        }
        guard fields.count(where: { $0.round == .group }) <= 1 else {
            throw SchemaFault(
                path: "properties.data.properties", problem: "has more than one group (x-round)")
        }
        guard fields.count(where: { !$0.ranks.isEmpty }) <= 1 else {
            throw SchemaFault(
                path: "properties.data.properties", problem: "has x-ranks in more than one field")
        }
        guard let personal = try properties.object("subject")?.string("x-personal") else { return }
        guard personal == "name", !kinds.isEmpty, whole.isEmpty, !isLogsOwn else {
            throw SchemaFault(
                path: "properties.subject.x-personal",
                problem: "must be name, and belongs to certain kinds of case")
        }
        hasPersonalSubjects = true
    }

    /// Reads `{"renamed": {"old": "new"}, "defaults": {"field": value}}`.
    private static func upcasting(_ object: SchemaObject?) throws(SchemaFault) -> Upcasting {
        var upcasting = Upcasting()
        guard let object else { return upcasting }
        try object.allow(["$comment", "renamed", "defaults"], what: "x-upcast")
        if let renamed = try object.object("renamed") {
            for member in renamed.members {
                upcasting.renamed[member.key] = try renamed.string(member.key)
            }
        }
        if let defaults = try object.object("defaults") {
            for member in defaults.members {
                switch member.value {
                case .string(let text): upcasting.defaults[member.key] = .text(text)
                case .boolean(let value): upcasting.defaults[member.key] = .boolean(value)
                case .number:
                    upcasting.defaults[member.key] = try defaults.integer(member.key).map {
                        .integer($0)
                    }
                default:
                    throw SchemaFault(
                        path: defaults.pathOf(member.key),
                        problem: "must be a text, a whole number, true or false")
                }
            }
        }
        return upcasting
    }

    /// The only dialect that is read.
    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// What an event must have besides its data's fields.
    static let envelope = ["specversion", "id", "source", "type", "subject", "time", "data"]

    /// Fields of one type, at most: their presence is kept in the bits of one word.
    package static let mostFields = 64

    static func require(type: String, of object: SchemaObject) throws(SchemaFault) {
        guard try object.string("type") == type else {
            throw SchemaFault(path: object.pathOf("type"), problem: "must be \"\(type)\"")
        }
    }

    static func isTypeName(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count >= 2 && text.utf8.count <= 100
            && parts.allSatisfy { isWord($0) }
    }

    /// A word as fields and subject kinds are named: a–z first, then a–z, 0–9 and `_`.
    static func isWord(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, first >= 0x61, first <= 0x7A else { return false }
        return text.allSatisfy {
            $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F
        }
    }

    /// Reads `^ticket/.`, `^(call|ticket)/.`, `^((agent|team)/.|company$)` or `^(?!log/).`.
    private static func subjectKinds(
        _ properties: SchemaObject
    ) throws(SchemaFault) -> (kinds: [String], whole: [String]) {
        let path = "properties.subject.pattern"
        let subject = try properties.object("subject")
        try subject?.allow(
            ["$comment", "title", "description", "pattern", "x-personal"], what: "the subject")
        guard let pattern = try subject?.string("pattern") else {
            throw SchemaFault(path: path, problem: "is missing")
        }
        if pattern == "^(?!log/)." { return ([], []) }
        var reader = SubjectPattern(rest: pattern.utf8[...])
        guard let (kinds, whole) = reader.read(), Set(kinds).count == kinds.count else {
            throw SchemaFault(
                path: path,
                problem:
                    "must look like ^ticket/. or ^(call|ticket)/. or ^((agent|team)/.|company$)")
        }
        return (kinds, whole)
    }
}

/// Takes a subject's pattern apart; the few forms that are supported.
private struct SubjectPattern {
    var rest: Substring.UTF8View

    mutating func read() -> (kinds: [String], whole: [String])? {
        guard drop("^") else { return nil }
        let isGrouped = rest.starts(with: "((".utf8)
        if isGrouped { _ = drop("(") }
        guard var kinds = words(), drop("/.") else { return nil }
        var whole: [String] = []
        if isGrouped {
            while drop("|") {
                guard let word = word(), drop("$") else { return nil }
                whole.append(word)
            }
            guard drop(")") else { return nil }
        }
        kinds += whole
        return rest.isEmpty ? (kinds, whole) : nil
    }

    private mutating func drop(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func word() -> String? {
        let end = rest.firstIndex { !EventSchema.isWord([0x61, $0]) } ?? rest.endIndex
        let word = rest[..<end]
        rest = rest[end...]
        return EventSchema.isWord(word) ? String(Substring(word)) : nil
    }

    private mutating func words() -> [String]? {
        guard drop("(") else { return word().map { [$0] } }
        var words: [String] = []
        repeat {
            guard let word = word() else { return nil }
            words.append(word)
        } while drop("|")
        return drop(")") ? words : nil
    }
}
