internal import EventModel

/// The lines of a drafted mapping.
struct DraftText {
    private(set) var lines: [String] = []

    /// A line, with a comment behind it where there is one to make.
    mutating func line(_ text: String, _ comment: String? = nil) {
        lines.append(comment.map { text.isEmpty ? "# \($0)" : "\(text)  # \($0)" } ?? text)
    }

    /// A line with what was guessed or is to be answered.
    mutating func ask(_ text: String, _ question: String) { line(text, "? " + question) }

    mutating func blank() { if lines.last?.isEmpty == false { lines.append("") } }

    /// What stands where a question must be answered.
    static let open = "\"?\""

    /// A text as YAML has it between quotes.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F
                || (0x80...0x9F).contains(scalar.value)
                || (0x2028...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value)
                || scalar.value == 0xFEFF:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// What puts a column into a text.
    static func column(_ column: ColumnFacts) -> String { quoted("{\(column.reference)}") }

    /// A condition's key.
    static func key(_ column: ColumnFacts) -> String { quoted(column.reference) }
}

extension DraftText {
    /// A text as a comment can show it.
    static func printable(_ text: String) -> String { String(quoted(text).dropFirst().dropLast()) }
}
