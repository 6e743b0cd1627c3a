@_spi(_Unicode) internal import Swift

/// The one form in which a text of `data` or a subject is recorded: Unicode's NFC, without what
/// nobody sees at its ends. `id` and `source` keep the sender's bytes; once recorded, texts are
/// compared by their bytes for ever.
///
/// The version of Unicode is that of Swift's standard library and stands in the registry: for
/// characters that it knows, no later version gives another form.
/// Source: Unicode Standard Annex #15, *Unicode Normalization Forms*.
package enum NormalText {
    /// The version of Unicode whose NFC is meant.
    package static let unicodeVersion = "17.0"

    /// Whether a text that does not begin or end with a blank of ASCII may have another normal form
    /// than itself: a quick look that is sure of texts of Latin letters.
    ///
    /// From U+0300 on there are marks that combine; before, U+0080 to U+00BF have blanks and the soft
    /// hyphen.
    static func mayDiffer(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Bool {
        for position in start..<start + count {
            if text[position] >= 0xCC || text[position] == 0xC2 { return true }
        }
        return false
    }

    /// The normal form of a text.
    ///
    /// - Complexity: O(length).
    package static func form(of text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text._nfc { scalars.append(scalar) }
        guard let first = scalars.firstIndex(where: { !isTrimmed($0) }),
            let last = scalars.lastIndex(where: { !isTrimmed($0) })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }

    /// The normal form of a text; of a subject, what stands behind its slash is trimmed as well, so that
    /// a name is the same there as in data.
    fileprivate static func form(of text: String, isSubject: Bool) -> String {
        let form = form(of: text)
        guard isSubject, let slash = form.firstIndex(of: "/") else { return form }
        return form[...slash] + self.form(of: String(form[form.index(after: slash)...]))
    }

    /// White space, and what is invisible: soft hyphen, zero-width space, non-joiner and joiner, word
    /// joiner, byte order mark, and what only says in which direction a text runs. Variation selectors
    /// and tags stay: flags and emoji need them.
    package static func isTrimmed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x061C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF:
            true
        default: scalar.properties.isWhitespace
        }
    }
}

extension EventTokens {
    /// Copies an event's tokens with the texts of its subject and of its data in their normal form.
    mutating func normalise(_ tokens: Span<UInt64>, _ text: Span<UInt8>, isPlain: Bool) {
        let input = EventInput(tokens: tokens, text: text, isPlain: isPlain)
        removeAll()
        self.isPlain = isPlain
        for index in tokens.indices { words.append(tokens[index]) }
        for index in text.indices { self.text.append(text[index]) }
        EventTokens.forEachText(input) { value, isSubject in
            guard input.length(value) > 0, input.isClean(value) else { return }
            let form = NormalText.form(of: input.string(value), isSubject: isSubject)
            let start = self.text.count
            self.text.append(contentsOf: form.utf8)
            words[value] = EventToken.string.word(length: self.text.count - start)
            words[value + 1] = UInt64(start)
        }
        finish()
    }

    /// Calls a closure with the texts that have a normal form: the subject, and those of data.
    private static func forEachText(
        _ input: borrowing EventInput, _ body: (_ value: Int, _ isSubject: Bool) -> Void
    ) {
        var key = 0
        while key < input.tokens.count {
            let value = key + 2
            key += 4
            switch input.kind(value) {
            case .string?: if input.isKey(value - 2, "subject") { body(value, true) }
            case .object?:
                let end = key + input.length(value) * 4
                while key < end {
                    if input.kind(key + 2) == .string { body(key + 2, false) }
                    key += 4
                }
            default: break
            }
        }
    }
}
