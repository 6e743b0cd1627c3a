public import EventLog
public import EventModel

/// New event types, and later versions of known ones, on their way into a log.
///
///     let registration = try SchemaRegistration([(file, text)], for: store.types)
///     try registration.record(in: store, at: now)
public struct SchemaRegistration: Sendable {
    /// One of them: its text, and what it comes to beside the versions before.
    public struct Part: Sendable {
        /// The schema's text, as it is recorded.
        public var text: String
        /// The schema with all that earlier versions left.
        public var schema: EventSchema
        /// The version before; nil for a new type.
        public var before: EventSchema?
    }

    /// In the order given.
    public private(set) var parts: [Part] = []
    /// The types with all of them.
    public private(set) var types: EventTypes

    /// Reads schemas and checks that every recorded event can be read by them.
    ///
    /// - Throws: the first `SchemaFault`, with the file's name where its type is not known.
    public init(
        _ texts: [(file: String, text: String)], for types: EventTypes
    ) throws(SchemaFault) {
        self.types = types
        for (file, text) in texts {
            let schema: EventSchema
            do throws(SchemaFault) {
                guard text.utf8.count <= Self.longestText else {
                    throw SchemaFault(
                        path: "", problem: "has more than \(Self.longestText) bytes")
                }
                schema = try EventSchema(jsonSchema: text)
            } catch {
                throw SchemaFault(
                    type: error.type.isEmpty ? file : error.type, path: error.path,
                    problem: error.problem)
            }
            let before = self.types[schema.type]
            try self.types.register(schema)
            guard let merged = self.types[schema.type] else { continue }
            let part = Part(text: text, schema: merged, before: before)
            guard part.newDefaultNames.count <= 1 else {
                throw SchemaFault(
                    type: schema.type, path: "x-upcast.defaults",
                    problem: "has \(part.newDefaultNames.count) new default texts; one version "
                        + "takes one, a further version the next")
            }
            parts.append(part)
        }
    }

    /// Bytes of a schema at most, so that it fits into an entry.
    public static let longestText = 60_000

    /// Records them, all or none.
    ///
    /// - Throws: a `Rejection` where the log refuses one: another process was quicker.
    public func record(in store: LogStore, at now: Instant) throws {
        let drafts = parts.map { part in
            var draft = store.registration(
                kind: "event_schema", name: part.schema.type, version: part.schema.version,
                body: part.text, at: now)
            // The log gives it an id as a name, by which rows of older events can hold it.
            if let text = part.newDefaultNames.first { draft.set("default_text", .text(text)) }
            return draft
        }
        try store.appendOwn(drafts, recorded: now)
    }
}

extension SchemaRegistration.Part {
    /// Default texts of name columns that this version brings.
    var newDefaultNames: [String] {
        var names: Set<String> = []
        for (place, column) in schema.columns.enumerated() where column.column == .name {
            guard case .text(let text)? = schema.defaultValue(ofColumn: place) else { continue }
            let old = before.flatMap { before in
                before.columnIndex(of: column.name).flatMap { before.defaultValue(ofColumn: $0) }
            }
            if old != .text(text) { names.insert(text) }
        }
        return names.sorted()
    }

    /// What is new beside the version before.
    public var changes: [SchemaChange] { schema.changes(since: before) }
}
