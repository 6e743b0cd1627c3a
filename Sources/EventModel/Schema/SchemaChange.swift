/// What a version of a schema brings beside the one before, or a new type at all.
public enum SchemaChange: Hashable, Sendable {
    /// A field of a new type.
    case holds(FieldSchema)
    /// A field that the version before did not have.
    case added(FieldSchema)
    /// A field under another name.
    case renamed(from: String, to: String)
    /// Words that a field may be from now on.
    case widened(field: String, words: [String])
    /// A field that may hold other values.
    case retyped(FieldSchema)
    /// A field that must be there from now on, or need not.
    case required(field: String, Bool)
    /// A field that is not taken any more.
    case removed(field: String)
    /// What an event without a field reads as.
    case reads(field: String, as: String)
}

extension EventSchema {
    /// What is new beside the version before; nil for a new type.
    ///
    /// - Complexity: O(fields²).
    public func changes(since before: EventSchema?) -> [SchemaChange] {
        guard let before else { return fields.map { .holds($0) } }
        var changes: [SchemaChange] = []
        for field in fields {
            let old = before.fields.first {
                $0.name == field.name || upcasting.renamed[$0.name] == field.name
            }
            guard let old else {
                changes.append(.added(field))
                continue
            }
            if old.name != field.name {
                changes.append(.renamed(from: old.name, to: field.name))
            }
            if case .enumeration(let words) = field.kind, case .enumeration(let known) = old.kind,
                words.count > known.count
            {
                changes.append(
                    .widened(field: field.name, words: Array(words.dropFirst(known.count))))
            } else if old.kind != field.kind {
                changes.append(.retyped(field))
            }
            if old.isRequired != field.isRequired {
                changes.append(.required(field: field.name, field.isRequired))
            }
        }
        for old in before.fields
        where field(named: old.name).map({ !fields.contains($0) }) ?? true {
            changes.append(.removed(field: old.name))
        }
        for (name, value) in upcasting.defaults.sorted(by: { $0.key < $1.key })
        where before.upcasting.defaults[name] != value {
            changes.append(.reads(field: name, as: value.text))
        }
        return changes
    }
}
