/// One YAML document of a definition file: its text and where it stands. What the log records as a
/// definition's body is this text.
public struct SourceDocument: Hashable, Sendable {
    /// The file as the user named it.
    public var file: String
    /// 1-based line of the file where the document's text starts.
    public var firstLine: Int
    /// The text, without the `---` before it.
    public var text: String
    /// What it says it defines (`kpi`, `csat`), by its first line that begins with a kind of
    /// definition; nil where none does. Of a projection that names its calendar it is the projection.
    public var heading: (kind: String, name: String)? {
        guard let kind = headingKind, let name = headingName else { return nil }
        return (kind, name)
    }
    private var headingKind: String?
    private var headingName: String?

    /// A document from its parts.
    public init(file: String, firstLine: Int = 1, text: String) {
        self.file = file
        self.firstLine = firstLine
        self.text = text
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let first = line.first, (97...122).contains(first),
                let colon = line.firstIndex(of: UInt8(ascii: ":"))
            else { continue }
            let kind = String(decoding: line[..<colon], as: UTF8.self)
            guard Definition.kinds.contains(kind), headingKind == nil || kind == "projection"
            else { continue }
            headingKind = kind
            let rest = line[line.index(after: colon)...]
            headingName = String(decoding: SourceDocument.word(rest), as: UTF8.self)
            if kind != "calendar" { break }
        }
    }

    private static func word(_ line: Substring.UTF8View) -> [UInt8] {
        let blanks: Set<UInt8> = [32, 9, 13, UInt8(ascii: "\""), UInt8(ascii: "'")]
        var bytes: [UInt8] = []
        for byte in line.drop(while: { blanks.contains($0) }) {
            if blanks.contains(byte) || byte == UInt8(ascii: "#") { break }
            bytes.append(byte)
        }
        return bytes
    }

    /// The documents of a file, parted by lines that start with `---`; those without content are
    /// left out, and `\r\n` and `\r` are read as `\n`.
    ///
    /// - Complexity: O(length).
    public static func split(_ text: String, file: String) -> [SourceDocument] {
        var bytes = Array(text.utf8)
        if bytes.contains(13) {
            bytes = bytes.indices.compactMap {
                guard bytes[$0] == 13 else { return bytes[$0] }
                return $0 + 1 < bytes.count && bytes[$0 + 1] == 10 ? nil : 10
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var documents: [SourceDocument] = []
        var start = 0
        var firstLine = 1
        var hasContent = false
        func finish(at end: Int) {
            guard hasContent else { return }
            let body = String(decoding: bytes[start..<end], as: UTF8.self)
            documents.append(SourceDocument(file: file, firstLine: firstLine, text: body))
        }
        var lineStart = 0
        var number = 0
        while lineStart < bytes.count {
            number += 1
            let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.count
            let line = bytes[lineStart..<lineEnd]
            if line.starts(with: [45, 45, 45]), line.count == 3 || line[lineStart + 3] == 32 {
                finish(at: lineStart)
                start = min(lineEnd + 1, bytes.count)
                firstLine = number + 1
                hasContent = false
            } else if let first = line.first(where: { $0 != 32 && $0 != 9 }), first != 35 {
                hasContent = true
            }
            lineStart = lineEnd + 1
        }
        finish(at: bytes.count)
        return documents
    }

    /// The line, from the document's first, that is a directive of YAML (`%YAML 1.2`); nil where none is.
    var directive: Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.firstIndex { line in
            line.first { $0 != " " && $0 != "\t" }.map { $0 != "#" } ?? false
        }
        guard let first, lines[first].first == "%" else { return nil }
        return first + 1
    }

    /// Where the second of two equal keys stands, given the first; the first when it is not found.
    func secondKey(_ name: String, after line: Int, _ column: Int) -> (line: Int, column: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = lines[line - 1].prefix { $0 == " " || $0 == "-" }.count
        for number in line...lines.count {
            let scalars = Array(lines[number - 1].unicodeScalars)
            let key = Array(name.unicodeScalars)
            // On the same line in braces, or at the same column of a later line.
            let starts =
                if number == line {
                    Array(scalars.indices.dropFirst(column))
                } else if indent == column - 1 {
                    [column - 1]
                } else {
                    Array(scalars.indices)
                }
            for start in starts where start + key.count < scalars.count {
                let end = start + key.count
                guard Array(scalars[start..<end]) == key, scalars[end] == ":" else { continue }
                if start > 0, ![" ", "{", ","].contains(scalars[start - 1]) { continue }
                return (number, start + 1)
            }
        }
        return (line, column)
    }

    /// A place that YAML may have put behind the last line, moved to the end of that line.
    func inside(_ line: Int, _ column: Int) -> (line: Int, column: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard line > lines.count, let last = lines.last else { return (line, column) }
        return (lines.count, last.unicodeScalars.count + 1)
    }

    /// Line and column of a character by its place in the text, both from 1.
    func place(ofCharacter offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for character in text.prefix(offset) {
            if character == "\n" {
                line += 1
                column = 1
            } else {
                column += character.unicodeScalars.count
            }
        }
        return (line, column)
    }

    /// Line and column (of the file) of a scalar of a value's text: YAML folds lines and drops
    /// quotes, so the n-th scalar that is no blank is looked up in the source.
    func place(ofScalar offset: Int, in value: YAMLValue) -> (line: Int, column: Int) {
        guard case .scalar(let content, let isPlain) = value.content else {
            return (value.line, value.column)
        }
        let wanted = content.unicodeScalars.prefix(offset).count { !isBlank($0) }
        let source = Array(text.unicodeScalars)
        var line = 1
        var start = 0
        while line < value.line - firstLine + 1, start < source.count {
            if source[start] == "\n" { line += 1 }
            start += 1
        }
        var lineStart = start
        var index = start + value.column - 1
        if !isPlain, index < source.count {
            if source[index] == "|" || source[index] == ">" {
                while index < source.count, source[index] != "\n" { index += 1 }
            } else {
                index += 1
            }
        }
        var seen = 0
        while index < source.count {
            if source[index] == "\n" {
                line += 1
                lineStart = index + 1
            } else if !isBlank(source[index]) {
                if seen == wanted { break }
                seen += 1
            }
            index += 1
        }
        return (line + firstLine - 1, index - lineStart + 1)
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r"
    }

    /// Whether all parts are equal.
    public static func == (left: SourceDocument, right: SourceDocument) -> Bool {
        left.file == right.file && left.firstLine == right.firstLine && left.text == right.text
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(text)
    }
}
