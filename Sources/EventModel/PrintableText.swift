extension String {
    /// The text with control characters, and those that turn the direction of writing, made visible:
    /// a name can neither colour the terminal nor break a line. A line feed becomes `␊`.
    ///
    /// What is quoted from input, files or the command line passes through this on its way to people.
    ///
    /// - Complexity: O(length).
    public var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0..<0x20: text.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? " ")
            case 0x7F: text += "␡"
            case 0x80..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
