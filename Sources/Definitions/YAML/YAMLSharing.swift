/// Finds YAML's anchors, aliases and tags, and odd line ends, before the YAML library sees the text.
///
/// They would let a short file stand for an exponentially long one, and definitions have no use
/// for them.
enum YAMLSharing {
    /// The first one, by 1-based line and column; nil when there is none.
    ///
    /// - Complexity: O(length).
    static func find(in text: String) -> (what: String, line: Int, column: Int)? {
        let scalars = Array(text.unicodeScalars)
        var line = 1
        var lineStart = 0
        var quote: Unicode.Scalar?
        // The last scalar on this line that is no blank, and whether blanks followed it.
        var last: Unicode.Scalar?
        var isSpaced = true
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            defer { index += 1 }
            if scalar == "\n" {
                line += 1
                lineStart = index + 1
                last = nil
                isSpaced = true
                continue
            }
            if scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}" {
                // YAML would count another line here, an editor would not.
                return ("line ends other than a line feed", line, index - lineStart + 1)
            }
            if let open = quote {
                if scalar == "\\", open == "\"" { index += 1 }
                if scalar == open { quote = nil }
                continue
            }
            if scalar == " " || scalar == "\t" || scalar == "\r" {
                isSpaced = true
                continue
            }
            if scalar == "#", isSpaced {
                while index + 1 < scalars.count, scalars[index + 1] != "\n" { index += 1 }
                continue
            }
            let startsToken: Bool
            switch last {
            case nil, "[", "{", ",": startsToken = true
            case ":", "-", "?": startsToken = isSpaced
            default: startsToken = false
            }
            last = scalar
            isSpaced = false
            guard startsToken else { continue }
            let isNamed = index + 1 < scalars.count && isNamePart(scalars[index + 1])
            switch scalar {
            case "\"", "'": quote = scalar
            case "&" where isNamed: return ("anchors (&)", line, index - lineStart + 1)
            case "*" where isNamed: return ("aliases (*)", line, index - lineStart + 1)
            case "!": return ("tags (!)", line, index - lineStart + 1)
            default: break
            }
        }
        return nil
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        !" \t\r\n,[]{}".unicodeScalars.contains(scalar)
    }
}
