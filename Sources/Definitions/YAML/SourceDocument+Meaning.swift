extension SourceDocument {
    /// Keys that say nothing of what is counted: what people are told about it, in any language.
    private static let texts: Set<String> = ["title", "description", "notes", "source"]

    /// What the document says, in one spelling, without the texts for people: titles, descriptions,
    /// notes and sources. Two documents that count the same by their words mean the same, however
    /// their lines, quotes of texts, order of keys and comments differ.
    ///
    /// - Returns: nil where the document is no YAML that definitions can be.
    /// - Complexity: O(length).
    public var meaning: String? {
        guard let value = YAMLReader.read(self, faults: FaultList(file: file)),
            let pairs = value.pairs
        else { return nil }
        let kept = pairs.filter { !SourceDocument.texts.contains($0.name) }
        return SourceDocument.canonical(
            YAMLValue(.mapping(kept), line: value.line, column: value.column))
    }

    private static func canonical(_ value: YAMLValue) -> String {
        switch value.content {
        case .scalar(let text, let isPlain):
            // `7` and `"7"`, `present` and `"present"` differ.
            return (isPlain ? "[" : "") + quoted(text) + (isPlain ? "]" : "")
        case .list(let values):
            return "(" + values.map(canonical).joined(separator: ",") + ")"
        case .mapping(let pairs):
            let sorted = pairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            return "{"
                + sorted.map { quoted($0.name) + ":" + canonical($0.value) }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        return String(decoding: bytes + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}
