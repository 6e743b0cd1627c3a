/// Why a document is no event schema that Rekam can hold an event to. A keyword it does not know is
/// such a fault: ignoring it would let events through that the schema refuses.
public struct SchemaFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The schema's event type, or the document's name where that is not known yet.
    public var type: String
    /// Where, as keys from the top: `properties.data.properties.level.multipleOf`.
    public var path: String
    /// What is wrong and what would be right.
    public var problem: String

    /// A fault from its parts.
    package init(type: String = "", path: String, problem: String) {
        self.type = type
        self.path = path
        self.problem = problem
    }

    /// `schema ticket.opened, properties.data: …`.
    public var description: String {
        "schema" + (type.isEmpty ? "" : " " + type) + (path.isEmpty ? "" : ", " + path) + ": "
            + problem
    }
}
