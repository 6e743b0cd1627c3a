/// What the validator reads: one line's tokens and texts, borrowed.
struct EventInput: ~Escapable {
    let tokens: Span<UInt64>
    let text: Span<UInt8>
    let isPlain: Bool
    /// Whether all texts are known to be ASCII.
    let isASCII: Bool

    @_lifetime(copy tokens, copy text)
    init(tokens: Span<UInt64>, text: Span<UInt8>, isPlain: Bool, isASCII: Bool = false) {
        self.tokens = tokens
        self.text = text
        self.isPlain = isPlain
        self.isASCII = isASCII
    }

    /// What the token is; nil never happens for tokens that were made by the parsers.
    @inline(__always)
    func kind(_ token: Int) -> EventToken? {
        EventToken(rawValue: UInt8(truncatingIfNeeded: tokens[token] >> 56))
    }

    @inline(__always)
    func length(_ token: Int) -> Int { Int(truncatingIfNeeded: tokens[token] & 0xFFFF_FFFF) }

    @inline(__always)
    func offset(_ token: Int) -> Int { Int(truncatingIfNeeded: tokens[token + 1]) }

    @inline(__always)
    func integer(_ token: Int) -> Int64 { Int64(bitPattern: tokens[token + 1]) }

    /// A string token's bytes.
    @inline(__always)
    @_lifetime(copy self)
    func bytes(_ token: Int) -> Span<UInt8> {
        let start = offset(token)
        return text.extracting(start..<start + length(token))
    }

    /// A string token's text, for messages.
    func string(_ token: Int) -> String {
        let bytes = bytes(token)
        return bytes.text
    }

    /// Whether a key has a name.
    @inline(__always)
    func isKey(_ key: Int, _ name: StaticString) -> Bool { isText(key, name) }

    /// Whether a text token holds these bytes.
    func isText(_ token: Int, _ wanted: StaticString) -> Bool {
        guard kind(token) == .string, length(token) == wanted.utf8CodeUnitCount else {
            return false
        }
        let start = offset(token)
        var place = start
        for byte in wanted.description.utf8 {
            guard text[place] == byte else { return false }
            place += 1
        }
        return true
    }

    /// Whether some bytes have the form of a token: 43 of the base64url alphabet.
    func isToken(_ start: Int, _ count: Int) -> Bool {
        guard count == PersonalText.tokenBytes else { return false }
        for index in start..<start + count {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: continue
            default: return false
            }
        }
        return true
    }

    /// Any token as it may be shown in a rejection.
    func shown(_ token: Int) -> String {
        switch kind(token) {
        case .string?: string(token)
        case .integer?, .wide?: String(integer(token))
        case .wideUnsigned?: String(tokens[token + 1])
        case .yes?: "true"
        case .no?: "false"
        case .null?: "null"
        case .real?: Double(bitPattern: tokens[token + 1]).description
        case .object?, .nested?, nil: ""
        }
    }

    /// Whether a text of the envelope holds no control characters (U+0000–001F, U+007F–009F), as
    /// CloudEvents asks of its strings. Eight bytes at a time while they are ASCII.
    @inline(__always)
    func isPrintable(_ token: Int) -> Bool {
        var position = offset(token)
        var rest = length(token)
        while rest > 0 {
            var word = text.word(at: position)
            if rest < 8 { word = EventInput.filler(word, rest) }
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let hasControl =
                (word &- 0x2020_2020_2020_2020) & ~word
                | (delete &- 0x0101_0101_0101_0101) & ~delete | word
            if hasControl & 0x8080_8080_8080_8080 != 0 { return isPrintableSlowly(token) }
            position += 8
            rest -= 8
        }
        return true
    }

    /// The lowest `count` bytes of a word (1 to 7), the others spaces.
    @inline(__always)
    private static func filler(_ word: UInt64, _ count: Int) -> UInt64 {
        let mask = (1 << UInt64(truncatingIfNeeded: count * 8)) &- 1 as UInt64
        return word & mask | 0x2020_2020_2020_2020 & ~mask
    }

    private func isPrintableSlowly(_ token: Int) -> Bool {
        let bytes = bytes(token)
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return false }
            if byte == 0xC2, bytes[index + 1] < 0xA0 { return false }
        }
        return true
    }

    /// Whether a decoded text has neither NUL nor half a surrogate pair; only escapes bring these.
    func isClean(_ token: Int) -> Bool {
        let bytes = bytes(token)
        for index in bytes.indices {
            if bytes[index] == 0 { return false }
            if bytes[index] == 0xED, bytes[index + 1] >= 0xA0 { return false }
        }
        return true
    }

    /// Whether a text has from `minimum` to `maximum` Unicode scalars; negative below, positive
    /// above, 0 within.
    @inline(__always)
    func compareLength(_ token: Int, minimum: Int64, maximum: Int64) -> Int {
        let count = length(token)
        if count <= maximum, count >= minimum &* 4 { return 0 }
        return compareScalars(token, minimum: minimum, maximum: maximum)
    }

    private func compareScalars(_ token: Int, minimum: Int64, maximum: Int64) -> Int {
        let bytes = bytes(token)
        var scalars: Int64 = 0
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { scalars += 1 }
        return scalars < minimum ? -1 : scalars > maximum ? 1 : 0
    }
}
