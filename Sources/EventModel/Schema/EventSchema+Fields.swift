extension EventSchema {
    /// The fields of a schema's `properties.data`.
    static func fields(_ data: SchemaObject) throws(SchemaFault) -> [FieldSchema] {
        try data.allow(
            [
                "$comment", "title", "description", "type", "properties", "required",
                "dependentRequired", "additionalProperties",
            ], what: "an event's data")
        try require(type: "object", of: data)
        guard try data.boolean("additionalProperties") == false else {
            throw SchemaFault(
                path: data.pathOf("additionalProperties"),
                problem: "must be false: a field that no schema names is refused")
        }
        guard let properties = try data.object("properties") else {
            throw SchemaFault(path: data.pathOf("properties"), problem: "is missing")
        }
        guard properties.members.count <= mostFields else {
            throw SchemaFault(path: properties.path, problem: "has more than \(mostFields) fields")
        }
        let required = try data.strings("required") ?? []
        let dependent = try data.object("dependentRequired")
        try requireFields(required, among: properties, path: data.pathOf("required"))
        if let dependent {
            try requireFields(
                dependent.members.map(\.key), among: properties, path: dependent.path)
        }
        var fields: [FieldSchema] = []
        fields.reserveCapacity(properties.members.count)
        for member in properties.members {
            let object = try SchemaObject(member.value, path: properties.pathOf(member.key))
            let requires = try dependent?.strings(member.key) ?? []
            if let dependent, !requires.isEmpty {
                try requireFields(
                    requires, among: properties, path: dependent.pathOf(member.key))
            }
            fields.append(
                try field(
                    member.key, object, isRequired: required.contains(member.key),
                    requires: requires))
        }
        for field in fields {
            guard let scale = field.scale else { continue }
            let isKnown = fields.contains { $0.name == scale && $0.column == .integer }
            guard isKnown, field.column == .integer, scale != field.name else {
                throw SchemaFault(
                    path: properties.pathOf(field.name) + ".x-scale",
                    problem:
                        "names the column of whole numbers that says how much another such column "
                        + "may be at most")
            }
        }
        return fields
    }

    private static func requireFields(
        _ names: [String], among properties: SchemaObject, path: String
    ) throws(SchemaFault) {
        for name in names where properties[name] == nil {
            let meant = nearest(to: name, among: properties.members.map(\.key))
            throw SchemaFault(
                path: path,
                problem: "names \"\(name)\", which is no field"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    private static func field(
        _ name: String, _ object: SchemaObject, isRequired: Bool, requires: [String]
    ) throws(SchemaFault) -> FieldSchema {
        guard isWord(name.utf8), name.utf8.count <= 64 else {
            throw SchemaFault(
                path: object.path, problem: "fields are named by a-z, 0-9 and _, at most 64 of them"
            )
        }
        let kind: FieldKind
        switch try object.string("type") {
        case "string"?: kind = try stringKind(object)
        case "boolean"?:
            try allowForField(object, [])
            kind = .boolean
        case "integer"?:
            try allowForField(object, ["minimum", "maximum"])
            let minimum = try object.integer("minimum") ?? -WholeNumber.largest
            let maximum = try object.integer("maximum") ?? WholeNumber.largest
            guard minimum <= maximum else {
                throw SchemaFault(path: object.pathOf("minimum"), problem: "lies above the maximum")
            }
            kind = .integer(minimum: minimum, maximum: maximum)
        case nil: throw SchemaFault(path: object.pathOf("type"), problem: "is missing")
        default:
            throw SchemaFault(
                path: object.pathOf("type"), problem: "must be string, boolean or integer")
        }
        var field = FieldSchema(
            name: name, kind: kind, isRequired: isRequired, column: try column(object, kind),
            requires: requires, title: try object.string("title") ?? "",
            summary: try object.string("description") ?? "")
        field.personal = try personal(object, kind)
        field.isState = try object.boolean("x-state") ?? false
        field.isSubject = try object.boolean("x-subject") ?? false
        if field.isSubject {
            guard case .text = kind, field.personal == nil else {
                throw SchemaFault(
                    path: object.pathOf("x-subject"),
                    problem: "belongs to a string without enum, format and x-personal")
            }
        }
        // Each value of a text has a token of its own: nobody could see that it repeats.
        guard !field.isState || field.personal != .text else {
            throw SchemaFault(
                path: object.pathOf("x-state"), problem: "can't stand beside x-personal: text")
        }
        field.ranks = try ranks(object, kind)
        field.round = try round(object, field.column)
        field.scale = try object.string("x-scale")
        return field
    }

    private static func personal(
        _ object: SchemaObject, _ kind: FieldKind
    ) throws(SchemaFault) -> PersonalKind? {
        guard let word = try object.string("x-personal") else { return nil }
        guard let personal = PersonalKind(rawValue: word), case .text = kind else {
            throw SchemaFault(
                path: object.pathOf("x-personal"),
                problem: "must be name or text, and belongs to a string without enum and format")
        }
        return personal
    }

    private static func round(
        _ object: SchemaObject, _ column: ColumnKind?
    ) throws(SchemaFault) -> RoundRole? {
        guard let word = try object.string("x-round") else { return nil }
        let path = object.pathOf("x-round")
        guard let role = RoundRole(rawValue: word) else {
            throw SchemaFault(
                path: path,
                problem: "must be survey, question, least, greatest, group, days or answer")
        }
        switch (role, column) {
        case (.survey, .name), (.survey, .enumeration), (.group, .name): break
        case (.question, .integer), (.least, .integer), (.greatest, .integer), (.days, .integer),
            (.answer, .integer):
            break
        default:
            throw SchemaFault(
                path: path,
                problem: role == .survey
                    ? "belongs to a column of names or words"
                    : "belongs to a column of \(role == .group ? "names" : "whole numbers")")
        }
        return role
    }

    /// Reads `{"open": 40, "resolved": 80}`: the rank of each word, all of them.
    private static func ranks(
        _ object: SchemaObject, _ kind: FieldKind
    ) throws(SchemaFault) -> [Int] {
        guard let given = try object.object("x-ranks") else { return [] }
        guard case .enumeration(let words) = kind else {
            throw SchemaFault(
                path: object.pathOf("x-ranks"), problem: "belongs to a string with enum")
        }
        try given.allow(words, what: "the ranks of such a field")
        var ranks: [Int] = []
        for word in words { ranks.append(try rank(word, of: given)) }
        return ranks
    }

    /// A rank, from 0 to 99.
    static func rank(_ key: String, of object: SchemaObject) throws(SchemaFault) -> Int {
        guard let rank = try object.integer(key), (0...99).contains(rank) else {
            throw SchemaFault(
                path: object.pathOf(key), problem: "must be a whole number from 0 to 99")
        }
        return Int(rank)
    }

    private static func stringKind(_ object: SchemaObject) throws(SchemaFault) -> FieldKind {
        if let values = try object.strings("enum") {
            try allowForField(object, ["enum"])
            guard (1...255).contains(values.count) else {
                throw SchemaFault(path: object.pathOf("enum"), problem: "must have 1 to 255 values")
            }
            return .enumeration(values)
        }
        if let format = try object.string("format") {
            try allowForField(object, ["format"])
            guard format == "date" else {
                throw SchemaFault(path: object.pathOf("format"), problem: "must be date")
            }
            return .day
        }
        try allowForField(object, ["enum", "format", "minLength", "maxLength"])
        let minimum = try object.integer("minLength") ?? 0
        let maximum = try object.integer("maxLength") ?? Int64(EventBatch.longestEntry)
        guard minimum >= 0, minimum <= maximum else {
            throw SchemaFault(path: object.pathOf("minLength"), problem: "must lie in 0…maxLength")
        }
        return .text(minimumLength: Int(minimum), maximumLength: Int(maximum))
    }

    private static func allowForField(
        _ object: SchemaObject, _ keys: [String]
    ) throws(SchemaFault) {
        try object.allow(
            [
                "title", "description", "type", "x-column", "x-personal", "x-state", "x-ranks",
                "x-round", "x-scale", "x-subject", "$comment", "examples",
            ] + keys,
            what: "such a field")
    }

    private static func column(
        _ object: SchemaObject, _ kind: FieldKind
    ) throws(SchemaFault) -> ColumnKind? {
        guard let word = try object.string("x-column") else { return nil }
        switch (word, kind) {
        case ("name", .text): return .name
        case ("enum", .enumeration): return .enumeration
        case ("boolean", .boolean): return .boolean
        case ("integer", .integer): return .integer
        case ("day", .day): return .day
        default:
            let own =
                switch kind {
                case .text: "name"
                case .enumeration: "enum"
                case .boolean: "boolean"
                case .integer: "integer"
                case .day: "day"
                }
            throw SchemaFault(
                path: object.pathOf("x-column"), problem: "must be \(own) for such a field")
        }
    }
}
