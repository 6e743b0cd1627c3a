/// One object of a schema document while it is compiled: knows where it stands, and refuses keys
/// that nobody asks for.
struct SchemaObject {
    let path: String
    let members: [JSONMember]

    init(_ value: JSONValue, path: String) throws(SchemaFault) {
        guard case .object(let members) = value else {
            throw SchemaFault(path: path, problem: "must be an object")
        }
        self.path = path
        self.members = members
    }

    func pathOf(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

    /// Throws unless every key is one of these.
    func allow(_ keys: [String], what: String) throws(SchemaFault) {
        for member in members where !keys.contains(member.key) {
            let meant = nearest(to: member.key, among: keys)
            throw SchemaFault(
                path: pathOf(member.key),
                problem: "is not supported for \(what)"
                    + (meant.map { "; did you mean \($0)?" }
                        ?? " (supported: \(keys.joined(separator: ", ")))"))
        }
    }

    func object(_ key: String) throws(SchemaFault) -> SchemaObject? {
        guard let value = self[key] else { return nil }
        return try SchemaObject(value, path: pathOf(key))
    }

    func string(_ key: String) throws(SchemaFault) -> String? {
        switch self[key] {
        case nil: return nil
        case .string(let text)?: return text
        default: throw SchemaFault(path: pathOf(key), problem: "must be a string")
        }
    }

    func boolean(_ key: String) throws(SchemaFault) -> Bool? {
        switch self[key] {
        case nil: return nil
        case .boolean(let value)?: return value
        default: throw SchemaFault(path: pathOf(key), problem: "must be true or false")
        }
    }

    func integer(_ key: String) throws(SchemaFault) -> Int64? {
        switch self[key] {
        case nil: return nil
        case .number(let text)?:
            if let value = WholeNumber.value(of: text) { return value }
            fallthrough
        default:
            throw SchemaFault(
                path: pathOf(key), problem: "must be a whole number within ±9007199254740991")
        }
    }

    func strings(_ key: String) throws(SchemaFault) -> [String]? {
        guard let value = self[key] else { return nil }
        var texts: [String] = []
        if case .array(let elements) = value {
            for element in elements {
                guard case .string(let text) = element else { break }
                texts.append(text)
            }
            if texts.count == elements.count, Set(texts).count == texts.count { return texts }
        }
        throw SchemaFault(path: pathOf(key), problem: "must be a list of different strings")
    }

    subscript(key: String) -> JSONValue? {
        for member in members where member.key == key { return member.value }
        return nil
    }
}
