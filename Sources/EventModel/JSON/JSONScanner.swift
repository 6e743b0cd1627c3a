/// Reads the tokens of a JSON text (RFC 8259), strictly: no comments, no trailing commas, no lone
/// surrogates, UTF-8 only.
///
/// The bytes are handed to every call rather than kept, so that the scanner is an ordinary value;
/// they must be the same ones each time, and valid UTF-8 (`JSONScanner.requireUTF8`).
package struct JSONScanner {
    /// Offset of the next byte.
    package var position = 0

    /// A scanner at the start of a text.
    package init() {}

    /// Throws unless the text is valid UTF-8.
    package static func requireUTF8(_ bytes: Span<UInt8>) throws(JSONFault) {
        do {
            _ = try UTF8Span(validating: bytes)
        } catch {
            throw JSONFault("holds bytes that are not UTF-8", at: error.byteOffsets.lowerBound)
        }
    }

    /// The next byte that is no white space, without taking it; nil at the end.
    package mutating func peek(_ bytes: Span<UInt8>) -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Takes one byte after white space, if it is this one.
    package mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == byte else { return false }
        position += 1
        return true
    }

    /// Takes one byte after white space, which must be this one.
    package mutating func expect(
        _ byte: UInt8, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
        if take(byte, bytes) { return }
        throw position >= bytes.count
            ? JSONFault("ends too early", at: position)
            : JSONFault(
                "has no \"\(Character(Unicode.Scalar(byte)))\" where one belongs", at: position)
    }

    /// Takes white space up to the end of the text, which must follow.
    package mutating func expectEnd(_ bytes: Span<UInt8>) throws(JSONFault) {
        if peek(bytes) != nil { throw JSONFault("goes on after its value", at: position) }
    }

    /// Takes `true`, `false` or `null`, which must follow.
    package mutating func expectWord(
        _ word: StaticString, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
        let start = position
        for scalar in word.description.utf8 {
            guard position < bytes.count, bytes[position] == scalar else {
                throw JSONFault("holds a word that JSON does not know", at: start)
            }
            position += 1
        }
    }

    /// Takes a string, from its opening quote to its closing one, and appends what it means.
    package mutating func string(
        _ bytes: Span<UInt8>, appendingTo text: inout [UInt8]
    ) throws(JSONFault) {
        let start = position
        position += 1
        var plain = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                position += 1
                continue
            }
            text.append(copying: bytes.extracting(plain..<position))
            switch byte {
            case 0x22:
                position += 1
                return
            case 0x5C:
                try escape(bytes, appendingTo: &text)
                plain = position
            default: throw JSONFault("holds a control character inside a string", at: position)
            }
        }
        throw JSONFault("ends inside a string", at: start)
    }

    private mutating func escape(
        _ bytes: Span<UInt8>, appendingTo text: inout [UInt8]
    ) throws(JSONFault) {
        let start = position
        guard position + 1 < bytes.count else {
            throw JSONFault("ends inside a string", at: start)
        }
        position += 2
        switch bytes[position - 1] {
        case 0x22: text.append(0x22)
        case 0x5C: text.append(0x5C)
        case 0x2F: text.append(0x2F)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            var value = try hexadecimal(bytes)
            if value & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == 0x5C,
                bytes[position + 1] == 0x75
            {
                position += 2
                let low = try hexadecimal(bytes)
                guard low & 0xFC00 == 0xDC00 else {
                    throw JSONFault("holds half a surrogate pair", at: start)
                }
                value = 0x1_0000 + (value & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw JSONFault("holds half a surrogate pair", at: start)
            }
            text.append(contentsOf: UTF8.encode(scalar)!)
        default:
            throw JSONFault("holds an escape that JSON does not know", at: start)
        }
    }

    private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else {
                throw JSONFault("ends inside a string", at: position)
            }
            let digit: UInt8
            switch bytes[position] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
            case let byte where byte >= 0x41 && byte <= 0x46: digit = byte - 0x37
            case let byte where byte >= 0x61 && byte <= 0x66: digit = byte - 0x57
            default: throw JSONFault("holds an escape that JSON does not know", at: position)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Takes a number by JSON's grammar and returns where it stands.
    package mutating func number(_ bytes: Span<UInt8>) throws(JSONFault) -> Range<Int> {
        let start = position
        func isDigit(_ index: Int) -> Bool {
            index < bytes.count && bytes[index] >= 0x30 && bytes[index] <= 0x39
        }
        func require(_ condition: Bool) throws(JSONFault) {
            if !condition { throw JSONFault("holds a number that JSON does not know", at: start) }
        }
        if position < bytes.count, bytes[position] == 0x2D { position += 1 }
        try require(isDigit(position))
        let leadsWithZero = bytes[position] == 0x30
        position += 1
        if leadsWithZero { try require(!isDigit(position)) }
        while isDigit(position) { position += 1 }
        if position < bytes.count, bytes[position] == 0x2E {
            position += 1
            try require(isDigit(position))
            while isDigit(position) { position += 1 }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D {
                position += 1
            }
            try require(isDigit(position))
            while isDigit(position) { position += 1 }
        }
        return start..<position
    }
}
