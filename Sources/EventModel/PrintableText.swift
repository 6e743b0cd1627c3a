extension String {
    /// The text as people read it: control characters, those that turn the direction of writing, and
    /// those that nobody sees are made visible, so that a name can neither colour the terminal nor
    /// break a line, and two names that differ look different. A line feed becomes `␊`, a zero-width
    /// space `\u{200b}`.
    ///
    /// What is quoted from input, files or the command line passes through this on its way to people.
    ///
    /// - Complexity: O(length).
    public var printable: String { shown { UnseenCharacters.isUnseen($0, at: $1) } }

    /// The text without what a terminal would obey, for programs and files: control characters and
    /// those that turn the direction of writing are made visible, what is only not seen stays.
    ///
    /// - Complexity: O(length).
    public var harmless: String { shown { _, _ in false } }

    /// Whether it holds no control characters (U+0000–001F, U+007F–009F), as CloudEvents asks of its
    /// strings.
    package var isFreeOfControls: Bool {
        unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    /// A dimension's value as people read it: `–` is nobody or none, so that the text `–` itself stands
    /// in quotes, and that text in quotes in another pair.
    public var printableValue: String {
        if isEmpty { return "–" }
        var inner = unicodeScalars[...]
        while inner.count > 1, inner.first == "\"", inner.last == "\"" {
            inner = inner.dropFirst().dropLast()
        }
        return inner.elementsEqual("–".unicodeScalars) ? "\"\(self)\"" : printable
    }

    /// - Parameter isUnseen: whether a scalar that a terminal does not obey is shown all the same.
    private func shown(_ isUnseen: ([Unicode.Scalar], Int) -> Bool) -> String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        let scalars = Array(unicodeScalars)
        var text = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0..<0x20: text.append(Unicode.Scalar(0x2400 + scalar.value) ?? " ")
            case 0x7F: text.append("␡")
            case 0x80..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                text.append(contentsOf: scalar.spelt.unicodeScalars)
            case 0x20..<0x7F: text.append(scalar)
            default:
                if isUnseen(scalars, place) {
                    text.append(contentsOf: scalar.spelt.unicodeScalars)
                } else {
                    text.append(scalar)
                }
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Its number, as Swift writes it in a text: `\u{200b}`.
    fileprivate var spelt: String { "\\u{" + String(value, radix: 16) + "}" }
}
