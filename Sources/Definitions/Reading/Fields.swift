import EventModel

/// The keys of a mapping, checked: unknown ones are reported, missing ones can be asked for.
struct Fields {
    let value: YAMLValue
    private let pairs: [YAMLPair]
    private let faults: FaultList

    /// Reads a mapping whose keys must be among `keys`; nil (and a fault) for anything else.
    init?(_ value: YAMLValue, of subject: String, keys: [String], faults: FaultList) {
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where \(subject) should",
                expected: "a mapping with \(listed(keys))")
            return nil
        }
        self.value = value
        self.pairs = pairs
        self.faults = faults
        for pair in pairs where !keys.contains(pair.name) {
            if let (key, text) = Self.joined(pair), keys.contains(key) {
                faults.report(
                    at: pair.key, "\"\(pair.name)\" has no colon with a blank behind it",
                    expected: "\(key): \(text)")
                continue
            }
            faults.report(
                at: pair.key, "\(subject) has no key \"\(pair.name)\"", word: pair.name,
                among: keys)
        }
    }

    /// A key and a value that YAML took for one text, as in `{from:opened}` or `{from = opened}`; nil
    /// for others.
    private static func joined(_ pair: YAMLPair) -> (key: String, value: String)? {
        guard pair.value.isEmpty,
            let sign = pair.name.unicodeScalars.firstIndex(where: { $0 == ":" || $0 == "=" })
        else { return nil }
        let after = pair.name.unicodeScalars.index(after: sign)
        return (String(pair.name[..<sign]).trimmed, String(pair.name[after...]).trimmed)
    }

    /// The value of a key; nil where it does not stand.
    subscript(key: String) -> YAMLValue? { pairs.first { $0.name == key }?.value }

    /// The key itself, for faults about it.
    func key(_ name: String) -> YAMLValue? { pairs.first { $0.name == name }?.key }

    /// Which of these keys stand, in the order of the file.
    func present(_ keys: [String]) -> [String] {
        pairs.map(\.name).filter { keys.contains($0) }
    }

    /// The value of a key that must stand.
    func required(_ key: String, _ expected: String) -> YAMLValue? {
        if let value = self[key] { return value }
        faults.report(at: value, "\"\(key)\" is missing", expected: expected)
        return nil
    }
}

/// Reads what projections and KPIs have in common.
struct CommonReader {
    let faults: FaultList

    /// Names are lower-case words: `first_response`.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 64, let first = text.utf8.first, (97...122).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }

    /// A name; faults when it is none.
    func name(_ value: YAMLValue?) -> String? {
        guard let value else { return nil }
        guard let text = value.text, CommonReader.isName(text) else {
            faults.report(
                at: value, "\(value.inWords) is no name",
                expected: "a letter, then letters a–z, digits and _ (at most 64)")
            return nil
        }
        return text
    }

    /// A version: 1 to 999,999.
    func version(_ value: YAMLValue?) -> Int? {
        guard let value else { return nil }
        guard let number = value.integer, (1...999_999).contains(number) else {
            faults.report(
                at: value, "\(value.inWords) is no version", expected: "a whole number from 1")
            return nil
        }
        return Int(number)
    }

    /// A text, or one in each language.
    func localized(_ value: YAMLValue?) -> LocalizedText {
        guard let value else { return LocalizedText(english: "") }
        if value.pairs != nil {
            guard
                let fields = Fields(value, of: "a text", keys: ["en", "id"], faults: faults),
                let english = text(fields.required("en", "the English text"))
            else { return LocalizedText(english: "") }
            return LocalizedText(english: english, indonesian: fields["id"].flatMap { text($0) })
        }
        return LocalizedText(english: text(value) ?? "")
    }

    /// A text in which there is something to read, and nothing that nobody could.
    func text(_ value: YAMLValue?) -> String? {
        guard let value else { return nil }
        guard let text = value.text else {
            faults.report(at: value, "\(value.inWords) stands where a text should")
            return nil
        }
        // Other control characters are made visible wherever a text is shown; this one ends it in many
        // a program.
        guard !text.unicodeScalars.contains("\0") else {
            faults.report(
                at: value,
                "a character that can't be seen (\("\0".printable)) stands in this text",
                expected: "the text without it")
            return nil
        }
        let trimmed = text.trimmed
        guard !trimmed.isEmpty else {
            faults.report(at: value, "this text is empty", expected: "a text")
            return nil
        }
        return trimmed
    }
}

extension String {
    /// The text without blanks and line ends around it.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...end])
    }
}
