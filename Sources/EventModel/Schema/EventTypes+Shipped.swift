extension EventTypes {
    /// Compiles the schemas of a folder, such as `Schemas/events`: all of its files but
    /// `cloudevent.json`, the envelope. A type's id is its place among the types sorted by name.
    ///
    /// - Parameter texts: path and text of each file; a file is named after its type.
    /// - Throws: the first `SchemaFault`.
    /// - Complexity: O(length of the texts); a few milliseconds for the shipped ones.
    public static func shipped(
        texts: some Sequence<(path: String, text: String)>
    ) throws(SchemaFault) -> EventTypes {
        var schemas: [EventSchema] = []
        for (path, text) in texts {
            let name = path.split(separator: "/").last ?? ""
            if name == "cloudevent.json" { continue }
            let schema: EventSchema
            do throws(SchemaFault) {
                schema = try EventSchema(jsonSchema: text)
            } catch {
                throw SchemaFault(
                    type: error.type.isEmpty ? path : error.type, path: error.path,
                    problem: error.problem)
            }
            guard name == schema.type + ".json" else {
                throw SchemaFault(
                    type: path, path: "properties.type.const",
                    problem: "names \(schema.type), which is not the file's name")
            }
            schemas.append(schema)
        }
        return EventTypes(schemas.sorted { $0.type < $1.type })
    }
}
