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
    /// than itself: a quick look that is sure of texts of Latin letters, and of the signs that are met
    /// among them.
    ///
    /// From U+0300 on there are marks that combine; before, U+0080 to U+00BF have blanks and the soft
    /// hyphen.
    package static func mayDiffer(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Bool {
        for position in start..<start + count {
            if text[position] >= 0xCC || text[position] == 0xC2,
                !isSign(text, position, start + count)
            {
                return true
            }
        }
        return false
    }

    /// Whether a dash, a quotation mark or an ellipsis (U+2010 to U+2027) stands at a place, or a picture
    /// (U+1F000 to U+1FFFF): these combine with nothing and are their own form.
    private static func isSign(_ text: Span<UInt8>, _ position: Int, _ end: Int) -> Bool {
        guard position + 2 < end else { return false }
        switch (text[position], text[position + 1], text[position + 2]) {
        case (0xE2, 0x80, 0x90...0xA7), (0xF0, 0x9F, _): return true
        default: return false
        }
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
            // Most texts of such an event are as they should be.
            guard EventTokens.mayDiffer(value, isSubject, input), input.isClean(value) else {
                return
            }
            let form = NormalText.form(of: input.string(value), isSubject: isSubject)
            let start = self.text.count
            self.text.append(contentsOf: form.utf8)
            words[value] = EventToken.string.word(length: self.text.count - start)
            words[value + 1] = UInt64(start)
        }
        finish()
    }

    /// Whether a text may have another normal form.
    private static func mayDiffer(
        _ value: Int, _ isSubject: Bool, _ input: borrowing EventInput
    ) -> Bool {
        input.mayNotBeNormal(value) || isSubject && input.mayBeginWithBlank(nameOf: value)
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

extension EventInput {
    /// Whether a text of the subject or of data may have another normal form.
    func mayNotBeNormal(_ envelope: Envelope) -> Bool {
        if envelope.subject >= 0, mayNotBeNormal(envelope.subject + 2) { return true }
        guard envelope.data >= 0, kind(envelope.data + 2) == .object else { return false }
        var value = envelope.data + 6
        let end = envelope.data + 4 + length(envelope.data + 2) * 4
        while value < end {
            if mayNotBeNormal(value) { return true }
            value += 4
        }
        return false
    }

    /// Whether what stands behind a subject's slash may begin with a blank.
    func mayBeginWithBlank(nameOf value: Int) -> Bool {
        guard value > 1, kind(value) == .string else { return false }
        let start = offset(value)
        let end = start + length(value)
        var slash = start
        while slash < end, text[slash] != 0x2F { slash += 1 }
        return slash + 1 < end && text[slash + 1] <= 0x20
    }

    /// Whether a text may have another normal form.
    @inline(__always)
    func mayNotBeNormal(_ value: Int) -> Bool {
        let length = length(value)
        guard kind(value) == .string, length > 0 else { return false }
        let offset = offset(value)
        if text[offset] <= 0x20 || text[offset + length - 1] <= 0x20 { return true }
        return !isASCII && NormalText.mayDiffer(text, offset, length)
    }
}
