/// What a token of an event's line is. A line is handed to the validator as flat words, two for
/// each token: `kind << 56 | length`, then an offset into the line's texts or the value itself.
/// First key, value, key, value … of the event; right after the value of `data` stand the keys and
/// values of its members, as many as its length says.
package enum EventToken: UInt8 {
    /// Length in bytes; offset of the decoded text.
    case string = 1
    /// A whole number within ±(2^53−1).
    case integer = 2
    case yes = 3
    case no = 4
    case null = 5
    /// The object of `data`; its length is the number of its members, which follow.
    case object = 6
    /// Any other object or array; what is in it is left out.
    case nested = 7
    /// A number with a fraction, or too large: the bits of its IEEE 754 value.
    case real = 8
    /// A whole number below −(2^53−1) or above 2^53−1.
    case wide = 9
    /// A whole number above 2^63−1, without sign.
    case wideUnsigned = 10

    /// A token's kind from its number, without a call for each.
    @inline(__always)
    package init?(rawValue: UInt8) {
        switch rawValue {
        case 1: self = .string
        case 2: self = .integer
        case 3: self = .yes
        case 4: self = .no
        case 5: self = .null
        case 6: self = .object
        case 7: self = .nested
        case 8: self = .real
        case 9: self = .wide
        case 10: self = .wideUnsigned
        default: return nil
        }
    }

    /// The first word of a token.
    package func word(length: Int = 0) -> UInt64 { UInt64(rawValue) << 56 | UInt64(length) }

    /// Keys of an event and of its data, together at most.
    package static let mostMembers = 512
    /// The same of an entry, to which the log has added its sequence and recording time.
    package static let mostMembersOfEntry = mostMembers + 2
}

/// A line taken apart: its tokens, and the texts they point into.
///
/// The texts end with `slack` bytes that mean nothing, so that eight can be loaded anywhere.
package struct EventTokens {
    /// Two words for each token.
    package var words: [UInt64] = []
    /// Decoded texts.
    package var text: [UInt8] = []
    /// Whether no text has a character that JSON must escape.
    package var isPlain = true

    private var mostMembers = EventToken.mostMembers

    /// No tokens.
    package init() {}

    /// Bytes behind the last text.
    package static let slack = 16

    mutating func removeAll() {
        words.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        isPlain = true
    }

    mutating func append(_ token: EventToken, length: Int = 0, value: UInt64 = 0) {
        words.append(token.word(length: length))
        words.append(value)
    }

    /// Appends a text that may need escapes.
    mutating func append(_ string: String) {
        let start = text.count
        text.append(contentsOf: string.utf8)
        append(.string, length: text.count - start, value: UInt64(start))
        isPlain = false
    }

    mutating func append(_ value: Int64) {
        append(
            WholeNumber.isWithin(value) ? .integer : .wide, value: UInt64(bitPattern: value))
    }

    mutating func finish() {
        text.append(contentsOf: repeatElement(0, count: EventTokens.slack))
    }
}

extension EventTokens {
    /// Takes a line apart, byte by byte: for recorded entries and for saying what is wrong with a
    /// line that the fast parser of `Ingest` refused; both take the same lines.
    package mutating func read(
        _ line: Span<UInt8>, mostMembers: Int = EventToken.mostMembers
    ) throws(JSONFault) {
        self.mostMembers = mostMembers
        removeAll()
        try JSONScanner.requireUTF8(line)
        var scanner = JSONScanner()
        guard scanner.peek(line) == 0x7B else {
            throw JSONFault("is no JSON object", at: scanner.position)
        }
        scanner.position += 1
        _ = try members(line, &scanner, isTop: true)
        try scanner.expectEnd(line)
        finish()
    }

    private mutating func members(
        _ line: Span<UInt8>, _ scanner: inout JSONScanner, isTop: Bool
    ) throws(JSONFault) -> Int {
        var count = 0
        if scanner.take(0x7D, line) { return 0 }
        repeat {
            guard scanner.peek(line) == 0x22 else {
                throw JSONFault("has no key where one belongs", at: scanner.position)
            }
            guard words.count < mostMembers * 4 else {
                throw JSONFault(
                    "has more than \(mostMembers) keys", at: scanner.position)
            }
            let key = try string(line, &scanner)
            try scanner.expect(0x3A, line)
            let isData = isTop && text[key].elementsEqual("data".utf8)
            try value(line, &scanner, isData: isData)
            count += 1
        } while scanner.take(0x2C, line)
        try scanner.expect(0x7D, line)
        return count
    }

    private mutating func string(
        _ line: Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(JSONFault) -> Range<Int> {
        let start = text.count
        let opening = scanner.position
        try scanner.string(line, appendingTo: &text)
        // Without an escape the text is as long as what stands between the quotes.
        if scanner.position - opening - 2 != text.count - start { isPlain = false }
        append(.string, length: text.count - start, value: UInt64(start))
        return start..<text.count
    }

    private mutating func value(
        _ line: Span<UInt8>, _ scanner: inout JSONScanner, isData: Bool
    ) throws(JSONFault) {
        switch scanner.peek(line) {
        case 0x22: _ = try string(line, &scanner)
        case 0x7B where isData:
            let place = words.count
            append(.object)
            scanner.position += 1
            let count = try members(line, &scanner, isTop: false)
            words[place] = EventToken.object.word(length: count)
        case 0x7B, 0x5B:
            try skip(line, &scanner, depth: 0)
            append(.nested)
        case 0x74:
            try scanner.expectWord("true", line)
            append(.yes)
        case 0x66:
            try scanner.expectWord("false", line)
            append(.no)
        case 0x6E:
            try scanner.expectWord("null", line)
            append(.null)
        case let byte? where byte == 0x2D || (byte >= 0x30 && byte <= 0x39):
            number(line, try scanner.number(line))
        case nil: throw JSONFault("ends too early", at: scanner.position)
        default: throw JSONFault("has no value where one belongs", at: scanner.position)
        }
    }

    private mutating func number(_ line: Span<UInt8>, _ range: Range<Int>) {
        let digits = line.extracting(range).text
        if let value = Int64(digits) {
            append(value)
        } else if let value = UInt64(digits) {
            append(.wideUnsigned, value: value)
        } else {
            let real = Double(digits) ?? .infinity
            if let value = WholeNumber.value(of: real) {
                append(value)
            } else {
                append(.real, value: real.bitPattern)
            }
        }
    }

    /// Passes over a value, checking its grammar.
    private mutating func skip(
        _ line: Span<UInt8>, _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONFault) {
        guard depth < JSONValue.deepest else {
            throw JSONFault("is nested too deeply", at: scanner.position)
        }
        let opening = scanner.peek(line)
        guard opening == 0x7B || opening == 0x5B else {
            let kept = (words.count, text.count)
            try value(line, &scanner, isData: false)
            words.removeLast(words.count - kept.0)
            text.removeLast(text.count - kept.1)
            return
        }
        scanner.position += 1
        let closing: UInt8 = opening == 0x7B ? 0x7D : 0x5D
        if scanner.take(closing, line) { return }
        repeat {
            if opening == 0x7B {
                guard scanner.peek(line) == 0x22 else {
                    throw JSONFault("has no key where one belongs", at: scanner.position)
                }
                let kept = text.count
                try scanner.string(line, appendingTo: &text)
                text.removeLast(text.count - kept)
                try scanner.expect(0x3A, line)
            }
            try skip(line, &scanner, depth: depth + 1)
        } while scanner.take(0x2C, line)
        try scanner.expect(closing, line)
    }
}
