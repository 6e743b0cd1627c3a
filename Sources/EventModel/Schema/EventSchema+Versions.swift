/// How events of earlier versions read: the schema's keyword `x-upcast`.
///
/// Nothing recorded is changed. A renamed field keeps its column, and its old name goes on meaning
/// it; an event without a field reads as if it had the field's default, whichever version it came
/// with.
public struct Upcasting: Hashable, Sendable {
    /// Earlier names of fields, with the present one.
    public var renamed: [String: String]
    /// What events without a field read as.
    public var defaults: [String: FieldValue]

    /// An upcasting from its parts; empty changes nothing.
    public init(renamed: [String: String] = [:], defaults: [String: FieldValue] = [:]) {
        self.renamed = renamed
        self.defaults = defaults
    }
}

extension EventSchema {
    /// The field that a name means, be it an earlier one, or of a version before; nil where no
    /// version has it.
    public func field(named name: String) -> FieldSchema? {
        let present = presentName(of: name)
        return fields.first { $0.name == present } ?? columns.first { $0.name == present }
    }

    /// What a field is called now.
    public func presentName(of name: String) -> String { upcasting.renamed[name] ?? name }

    /// What an event without a column's field reads as; nil for nothing.
    public func defaultValue(ofColumn index: Int) -> FieldValue? {
        upcasting.defaults[columns[index].name]
    }

    /// The schema of the next version, which reads events of this one and all before.
    ///
    /// Columns keep their places; new ones follow, sorted by name. A field keeps its kind, an
    /// enumeration its words and their order, a type its subjects.
    ///
    /// What tells of persons goes on telling of them, also where the next version does not say so.
    ///
    /// - Throws: the first thing that older events could not be read by.
    public func evolved(to written: EventSchema) throws(SchemaFault) -> EventSchema {
        let next = written.withMarks(of: self)
        func fault(_ path: String, _ problem: String) -> SchemaFault {
            SchemaFault(type: type, path: path, problem: problem)
        }
        guard !isLogsOwn, !next.isLogsOwn, type != "event.voided" else {
            throw fault("", "is a type of the log itself, which can't be changed")
        }
        guard next.version == version + 1 else {
            throw fault("x-version", "must be \(version + 1), the version after \(version)")
        }
        guard next.subjectKinds == subjectKinds, next.wholeSubjects == wholeSubjects else {
            throw fault("properties.subject.pattern", "must stay as it is in version \(version)")
        }
        guard next.hasPersonalSubjects == hasPersonalSubjects else {
            throw fault(
                "properties.subject.x-personal", "must stay as it is in version \(version)")
        }
        let renamed = try mergedNames(next)
        for field in next.fields {
            let older = columns.first { (renamed[$0.name] ?? $0.name) == field.name }
            // The last version that had it counts: one that was given up is still in entries.
            let entryOnly = (earlier + [self]).reversed().lazy.flatMap(\.fields)
                .first { (renamed[$0.name] ?? $0.name) == field.name }
            try next.check(field, after: older ?? entryOnly)
        }
        try checkRounds(next, renamed)
        var order = columns.map { renamed[$0.name] ?? $0.name }
        order += next.columns.map(\.name).filter { !order.contains($0) }
        guard order.count <= EventSchema.mostFields else {
            throw fault(
                "properties.data.properties",
                "has more than \(EventSchema.mostFields) columns, those of earlier versions included"
            )
        }
        var merged = next
        merged.upcasting.renamed = renamed
        merged.upcasting.defaults = upcasting.defaults.merging(next.upcasting.defaults) { $1 }
        for (old, new) in next.upcasting.renamed {
            if let value = merged.upcasting.defaults.removeValue(forKey: old) {
                merged.upcasting.defaults[new] = merged.upcasting.defaults[new] ?? value
            }
        }
        try next.checkDefaults(merged.upcasting.defaults)
        merged.columns = order.compactMap { name in
            if let field = next.columns.first(where: { $0.name == name }) { return field }
            // A field that this version no longer has: its column stays for the events that have it.
            guard var field = columns.first(where: { (renamed[$0.name] ?? $0.name) == name }) else {
                return nil
            }
            field.name = name
            field.isRequired = false
            return field
        }
        merged.earlier = earlier + [self]
        return merged
    }

    /// This version with the marks of persons that an earlier one has and this one leaves out.
    private func withMarks(of earlier: EventSchema) -> EventSchema {
        var marked = self
        marked.hasPersonalSubjects = hasPersonalSubjects || earlier.hasPersonalSubjects
        let old = Dictionary(upcasting.renamed.map { ($1, $0) }, uniquingKeysWith: { $1 })
        for place in marked.fields.indices where marked.fields[place].personal == nil {
            let name = marked.fields[place].name
            guard case .text = marked.fields[place].kind,
                let known = earlier.field(named: old[name] ?? name)
            else { continue }
            marked.fields[place].personal = known.personal
            marked.fields[place].isSubject = marked.fields[place].isSubject || known.isSubject
        }
        marked.columns = marked.fields.filter { $0.column != nil }
        return marked
    }

    /// Old names with the present ones, of all versions.
    private func mergedNames(_ next: EventSchema) throws(SchemaFault) -> [String: String] {
        var renamed = upcasting.renamed
        for (old, new) in next.upcasting.renamed.sorted(by: { $0.key < $1.key }) {
            let path = "x-upcast.renamed.\(old)"
            guard fields.contains(where: { $0.name == old }) else {
                let meant = nearest(to: old, among: fields.map(\.name))
                throw SchemaFault(
                    type: type, path: path,
                    problem: "is no field of version \(version)"
                        + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
            guard next.fields.contains(where: { $0.name == new }) else {
                throw SchemaFault(
                    type: type, path: path,
                    problem: "\"\(new)\" is no field of version \(next.version)")
            }
            guard !fields.contains(where: { $0.name == new }),
                !columns.contains(where: { $0.name == new })
            else {
                throw SchemaFault(
                    type: type, path: path,
                    problem: "version \(version) has a field \"\(new)\" of its own")
            }
            for (name, present) in renamed where present == old { renamed[name] = new }
            renamed[old] = new
        }
        for field in next.fields where renamed[field.name] != nil {
            throw SchemaFault(
                type: type, path: "properties.data.properties.\(field.name)",
                problem: "was the name of \(renamed[field.name] ?? "") before and still means it; "
                    + "choose another name")
        }
        return renamed
    }

    /// Answers stay answers: what a version leaves out, adds or no longer asks for would show entries
    /// one by one that were given for a round, or groups of fewer people than one sees.
    private func checkRounds(
        _ next: EventSchema, _ renamed: [String: String]
    ) throws(SchemaFault) {
        let kept = Set(next.fields.map(\.name))
        for field in fields where field.round != nil {
            guard !kept.contains(renamed[field.name] ?? field.name) else { continue }
            throw SchemaFault(
                type: type, path: "properties.data.properties.\(field.name)",
                problem: "has x-round and must stay: answers given by it would be shown one by one")
        }
        let known = Set(fields.map { renamed[$0.name] ?? $0.name })
        for field in next.fields where field.round == .answer && !known.contains(field.name) {
            throw SchemaFault(
                type: type, path: "properties.data.properties.\(field.name).x-round",
                problem:
                    "comes too late for an answer: older events lack it; make it a type of its own")
        }
    }

    /// Whether events with an older field read as this one.
    private func check(
        _ field: FieldSchema, after older: FieldSchema?
    ) throws(SchemaFault) {
        guard let older else { return }
        func fault(_ key: String, _ problem: String) -> SchemaFault {
            SchemaFault(
                type: type, path: "properties.data.properties.\(field.name).\(key)",
                problem: problem)
        }
        guard field.column == older.column else {
            throw fault(
                "x-column",
                older.column == nil
                    ? "comes too late: recorded events have no such column; add another field"
                    : "must stay as it was")
        }
        guard field.personal == older.personal else {
            throw fault("x-personal", "must stay as it was: recorded events are kept that way")
        }
        guard field.round == older.round else {
            throw fault("x-round", "must stay as it was: rounds given out would change")
        }
        switch (older.kind, field.kind) {
        case (.enumeration(let before), .enumeration(let now)):
            guard now.starts(with: before) else {
                throw fault(
                    "enum", "must begin with the words it had, in their order; new ones follow them"
                )
            }
        case (.text, .text), (.boolean, .boolean), (.integer, .integer), (.day, .day): break
        default: throw fault("type", "must stay as it was: recorded events hold the other kind")
        }
    }

    private func checkDefaults(_ defaults: [String: FieldValue]) throws(SchemaFault) {
        for (name, value) in upcasting.defaults.sorted(by: { $0.key < $1.key }) {
            func fault(_ problem: String) -> SchemaFault {
                SchemaFault(type: type, path: "x-upcast.defaults.\(name)", problem: problem)
            }
            guard let field = fields.first(where: { $0.name == name }) else {
                let meant = nearest(to: name, among: fields.map(\.name))
                throw fault("is no field" + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
            guard field.column != nil else {
                throw fault("is kept in the entry only, where nobody reads it; give it an x-column")
            }
            guard field.personal == nil else {
                throw fault("would name a person in the schema; leave it out")
            }
            guard field.takes(value) else { throw fault("is not \(field.expectation)") }
        }
    }

    /// Checks what a first version may not have.
    func checkFirstVersion() throws(SchemaFault) {
        guard version == 1 else {
            throw SchemaFault(type: type, path: "x-version", problem: "must be 1: the type is new")
        }
        guard upcasting.renamed.isEmpty else {
            throw SchemaFault(
                type: type, path: "x-upcast.renamed", problem: "a first version renames nothing")
        }
        try checkDefaults(upcasting.defaults)
    }

    /// How recorded events of any version are read back: every field that some version has, none of
    /// them required, bounds as wide as they ever were.
    func forReading() -> EventSchema {
        guard !earlier.isEmpty else { return self }
        var known: [String: FieldSchema] = [:]
        for schema in earlier + [self] {
            for field in schema.fields {
                var field = field
                field.isRequired = false
                field.requires = []
                field.kind = known[field.name]?.kind.widened(by: field.kind) ?? field.kind
                known[field.name] = field
            }
        }
        var reading = EventSchema(
            type: type, version: version, subjectKinds: subjectKinds, wholeSubjects: wholeSubjects,
            isLogsOwn: isLogsOwn, fields: Array(known.values), title: title, summary: summary)
        reading.rank = rank
        reading.opensCase = opensCase
        reading.undoesCase = undoesCase
        reading.isPlan = isPlan
        reading.hasPersonalSubjects = hasPersonalSubjects
        reading.columns = columns
        reading.upcasting = upcasting
        return reading
    }
}

extension FieldSchema {
    /// Whether a value is one that the field may hold.
    func takes(_ value: FieldValue) -> Bool {
        switch (kind, value) {
        case (.text(let least, let most), .text(let text)):
            return !text.isEmpty && (least...max(least, most)).contains(text.unicodeScalars.count)
        case (.enumeration(let words), .text(let text)): return words.contains(text)
        case (.boolean, .boolean): return true
        case (.integer(let least, let most), .integer(let number)):
            return least <= number && number <= most
        case (.day, .text(let text)): return Day(iso: text.utf8Span.span) != nil
        default: return false
        }
    }
}

extension FieldKind {
    /// What holds the values of both.
    func widened(by other: FieldKind) -> FieldKind {
        switch (self, other) {
        case (.text(let least, let most), .text(let otherLeast, let otherMost)):
            .text(minimumLength: min(least, otherLeast), maximumLength: max(most, otherMost))
        case (.integer(let least, let most), .integer(let otherLeast, let otherMost)):
            .integer(minimum: min(least, otherLeast), maximum: max(most, otherMost))
        default: other
        }
    }
}

extension EventTypes {
    /// Types at most: each has a number of 16 bits in the columns, and tables by that number.
    public static let most = 1024

    /// Takes a new type in, or the next version of a known one.
    ///
    /// - Throws: what is wrong with it.
    public mutating func register(_ schema: EventSchema) throws(SchemaFault) {
        guard let id = id(of: schema.type) else {
            guard !schema.isLogsOwn else {
                throw SchemaFault(
                    type: schema.type, path: "x-logs-own",
                    problem: "the log has its own types from the beginning")
            }
            guard schemas.count < EventTypes.most else {
                throw SchemaFault(
                    type: schema.type, path: "",
                    problem: "the store has \(EventTypes.most) event types, which is all it takes")
            }
            try schema.checkFirstVersion()
            try checkPersons(schema)
            self = EventTypes(schemas + [schema])
            return
        }
        var all = schemas
        all[Int(id)] = try all[Int(id)].evolved(to: schema)
        self = EventTypes(all)
    }

    /// A kind of case is one of persons for all types, or for none.
    private func checkPersons(_ schema: EventSchema) throws(SchemaFault) {
        guard schema.hasPersonalSubjects else { return }
        let others = schemas.lazy.flatMap(\.subjectKinds)
        guard
            let kind = schema.subjectKinds.first(where: {
                !personalKinds.contains($0) && others.contains($0)
            })
        else { return }
        throw SchemaFault(
            type: schema.type, path: "properties.subject.x-personal",
            problem: "comes too late: other types have cases \(kind)/… in clear")
    }

    /// Texts that older events read as, which the log must know as names.
    public var defaultNames: Set<String> {
        var names: Set<String> = []
        for schema in schemas where !schema.upcasting.defaults.isEmpty {
            for (place, column) in schema.columns.enumerated() where column.column == .name {
                if case .text(let text)? = schema.defaultValue(ofColumn: place) {
                    names.insert(text)
                }
            }
        }
        return names
    }
}
