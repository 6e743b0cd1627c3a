/// A value of a YAML document that knows where it stands.
///
/// Only what definitions need: no anchors, aliases or tags; keys are texts, each once.
package struct YAMLValue: Sendable, Hashable {
    /// What the value is.
    package enum Content: Sendable, Hashable {
        /// A text; plain when it stood without quotes, so that `7` and `"7"` differ.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        case mapping([YAMLPair])
    }

    /// What the value is.
    package var content: Content
    /// Where it starts: 1-based line of the file, 1-based column in Unicode scalars.
    package var line: Int
    package var column: Int

    /// A value from its parts.
    package init(_ content: Content, line: Int, column: Int) {
        self.content = content
        self.line = line
        self.column = column
    }

    /// The text of a scalar; nil for lists, mappings and the empty value.
    package var text: String? {
        guard case .scalar(let text, _) = content, !isEmpty else { return nil }
        return text
    }

    /// The text of a scalar that stood without quotes.
    package var plainText: String? {
        guard case .scalar(let text, true) = content, !isEmpty else { return nil }
        return text
    }

    /// Whether nothing was written (`key:`), or `~` or `null`.
    package var isEmpty: Bool {
        guard case .scalar(let text, true) = content else { return false }
        return text.isEmpty || text == "~" || text == "null"
    }

    /// The value as a whole number, when it is written as one without quotes.
    package var integer: Int64? {
        guard let text = plainText, let first = text.utf8.first else { return nil }
        let digits = first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// The value as a truth value, when it is written `true` or `false` without quotes.
    package var boolean: Bool? {
        switch plainText {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// The entries of a list; a single value counts as a list of itself.
    package var elements: [YAMLValue] {
        if case .list(let values) = content { return values }
        return [self]
    }

    /// The pairs of a mapping, in the order of the file; nil for anything else.
    package var pairs: [YAMLPair]? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs
    }

    /// What was found, for a fault: `"abc"`, `a list`, `nothing`.
    package var inWords: String {
        switch content {
        case .scalar(let text, _):
            isEmpty ? "nothing" : "\"\(text.count > 60 ? text.prefix(59) + "…" : text)\""
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key of a mapping and its value.
package struct YAMLPair: Sendable, Hashable {
    /// The key, always a scalar.
    package var key: YAMLValue
    package var value: YAMLValue

    /// A pair from its parts.
    package init(key: YAMLValue, value: YAMLValue) {
        self.key = key
        self.value = value
    }

    /// The key's text.
    package var name: String {
        guard case .scalar(let text, _) = key.content else { return "" }
        return text
    }
}
