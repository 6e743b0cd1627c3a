/// Reads single members out of canonical JSON (RFC 8785), for the few places where the log looks
/// into an entry: confirming identities, resolving voids, registering definitions.
///
/// Canonical text has no white space and one way to write each string, so that two strings are equal
/// where their raw tokens are. The input was validated when it was recorded; damaged text gives nil.
package enum CanonicalJSON {
    /// The raw value of an object's member; `object` runs from `{` to `}`.
    ///
    /// - Complexity: O(length).
    package static func member(
        _ name: String, of object: Range<Int>, in bytes: Span<UInt8>
    ) -> Range<Int>? {
        guard object.lowerBound >= 0, object.upperBound <= bytes.count, object.count >= 2,
            bytes[object.lowerBound] == 0x7B
        else { return nil }
        let wanted = name.utf8Span.span
        var position = object.lowerBound + 1
        while position < object.upperBound, bytes[position] == 0x22 {
            guard let key = string(at: position, end: object.upperBound, in: bytes),
                key.upperBound < object.upperBound, bytes[key.upperBound] == 0x3A,
                let value = value(at: key.upperBound + 1, end: object.upperBound, in: bytes)
            else { return nil }
            if equals(key.lowerBound + 1..<key.upperBound - 1, in: bytes, wanted) { return value }
            guard value.upperBound < object.upperBound else { return nil }
            position = value.upperBound + 1
        }
        return nil
    }

    /// The decoded text of a raw string value.
    package static func text(_ raw: Range<Int>, in bytes: Span<UInt8>) -> String? {
        guard raw.count >= 2, bytes[raw.lowerBound] == 0x22 else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var position = raw.lowerBound + 1
        let end = raw.upperBound - 1
        while position < end {
            let byte = bytes[position]
            position += 1
            guard byte == 0x5C else {
                decoded.append(byte)
                continue
            }
            guard position < end else { return nil }
            let escape = bytes[position]
            position += 1
            switch escape {
            case 0x22, 0x5C, 0x2F: decoded.append(escape)
            case 0x62: decoded.append(0x08)
            case 0x66: decoded.append(0x0C)
            case 0x6E: decoded.append(0x0A)
            case 0x72: decoded.append(0x0D)
            case 0x74: decoded.append(0x09)
            case 0x75:
                // Canonical text escapes only control characters this way: U+0000 to U+001F.
                guard position + 4 <= end, let high = hexadecimal(bytes[position + 2]),
                    let low = hexadecimal(bytes[position + 3]), bytes[position] == 0x30,
                    bytes[position + 1] == 0x30
                else { return nil }
                decoded.append(high << 4 | low)
                position += 4
            default: return nil
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// A raw whole number.
    package static func integer(_ raw: Range<Int>, in bytes: Span<UInt8>) -> Int64? {
        var position = raw.lowerBound
        let isNegative = position < raw.upperBound && bytes[position] == 0x2D
        if isNegative { position += 1 }
        guard position < raw.upperBound, raw.upperBound - position <= 18 else { return nil }
        var value: Int64 = 0
        while position < raw.upperBound {
            let digit = Int64(bytes[position]) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return isNegative ? -value : value
    }

    /// Whether two pieces of text are the same bytes.
    package static func equals(
        _ left: Range<Int>, in leftBytes: Span<UInt8>, _ right: Range<Int>,
        in rightBytes: Span<UInt8>
    ) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count
        where leftBytes[left.lowerBound + index] != rightBytes[right.lowerBound + index] {
            return false
        }
        return true
    }

    private static func equals(
        _ range: Range<Int>, in bytes: Span<UInt8>, _ text: Span<UInt8>
    ) -> Bool {
        equals(range, in: bytes, 0..<text.count, in: text)
    }

    private static func string(at start: Int, end: Int, in bytes: Span<UInt8>) -> Range<Int>? {
        var position = start + 1
        while position < end {
            switch bytes[position] {
            case 0x22: return start..<position + 1
            case 0x5C: position += 2
            default: position += 1
            }
        }
        return nil
    }

    private static func value(at start: Int, end: Int, in bytes: Span<UInt8>) -> Range<Int>? {
        guard start < end else { return nil }
        if bytes[start] == 0x22 { return string(at: start, end: end, in: bytes) }
        var depth = 0
        var position = start
        while position < end {
            switch bytes[position] {
            case 0x22:
                guard let inner = string(at: position, end: end, in: bytes) else { return nil }
                position = inner.upperBound
                continue
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                if depth == 0 { return start..<position }
                depth -= 1
                if depth == 0 { return start..<position + 1 }
            case 0x2C:
                if depth == 0 { return start..<position }
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
