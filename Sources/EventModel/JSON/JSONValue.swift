/// A JSON value, objects in the order of the text: for schemas and other small documents. Events
/// are read another way, see `EventTokens`.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// A number as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// Containers inside each other, at most.
    package static let deepest = 32

    /// Reads a text that holds one value; duplicate keys are refused.
    ///
    /// - Complexity: O(length), and O(n²) in the members of one object.
    package init(parsing text: String) throws(JSONFault) {
        try self.init(parsing: text.utf8Span.span)
    }

    /// Reads bytes that hold one value; duplicate keys are refused.
    package init(parsing bytes: Span<UInt8>) throws(JSONFault) {
        try JSONScanner.requireUTF8(bytes)
        var scanner = JSONScanner()
        var scratch: [UInt8] = []
        self = try JSONValue.value(bytes, &scanner, &scratch, depth: 0)
        try scanner.expectEnd(bytes)
    }

    private static func value(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, _ scratch: inout [UInt8], depth: Int
    ) throws(JSONFault) -> JSONValue {
        guard depth < deepest else { throw JSONFault("is nested too deeply", at: scanner.position) }
        switch scanner.peek(bytes) {
        case 0x22: return .string(try string(bytes, &scanner, &scratch))
        case 0x7B: return .object(try members(bytes, &scanner, &scratch, depth: depth))
        case 0x5B: return .array(try elements(bytes, &scanner, &scratch, depth: depth))
        case 0x74:
            try scanner.expectWord("true", bytes)
            return .boolean(true)
        case 0x66:
            try scanner.expectWord("false", bytes)
            return .boolean(false)
        case 0x6E:
            try scanner.expectWord("null", bytes)
            return .null
        case let byte? where byte == 0x2D || (byte >= 0x30 && byte <= 0x39):
            let range = try scanner.number(bytes)
            return .number(bytes.extracting(range).text)
        case nil: throw JSONFault("ends too early", at: scanner.position)
        default: throw JSONFault("has no value where one belongs", at: scanner.position)
        }
    }

    private static func string(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, _ scratch: inout [UInt8]
    ) throws(JSONFault) -> String {
        scratch.removeAll(keepingCapacity: true)
        try scanner.string(bytes, appendingTo: &scratch)
        return String(decoding: scratch, as: UTF8.self)
    }

    private static func members(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, _ scratch: inout [UInt8], depth: Int
    ) throws(JSONFault) -> [JSONMember] {
        scanner.position += 1
        var members: [JSONMember] = []
        if scanner.take(0x7D, bytes) { return members }
        repeat {
            guard scanner.peek(bytes) == 0x22 else {
                throw JSONFault("has no key where one belongs", at: scanner.position)
            }
            let start = scanner.position
            let key = try string(bytes, &scanner, &scratch)
            if members.contains(where: { $0.key == key }) {
                throw JSONFault("has the key \"\(key)\" twice", at: start)
            }
            try scanner.expect(0x3A, bytes)
            let value = try value(bytes, &scanner, &scratch, depth: depth + 1)
            members.append(JSONMember(key: key, value: value))
        } while scanner.take(0x2C, bytes)
        try scanner.expect(0x7D, bytes)
        return members
    }

    private static func elements(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, _ scratch: inout [UInt8], depth: Int
    ) throws(JSONFault) -> [JSONValue] {
        scanner.position += 1
        var elements: [JSONValue] = []
        if scanner.take(0x5D, bytes) { return elements }
        repeat {
            elements.append(try value(bytes, &scanner, &scratch, depth: depth + 1))
        } while scanner.take(0x2C, bytes)
        try scanner.expect(0x5D, bytes)
        return elements
    }
}

/// One key of an object and its value.
package struct JSONMember: Hashable, Sendable {
    /// The key.
    package var key: String
    /// Its value.
    package var value: JSONValue

    /// A member from its parts.
    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue {
    /// The value of a key; nil where there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The RFC 8785 (JCS) form: no white space, keys by their UTF-16 code units, shortest escapes.
    /// Numbers must be whole and within ±(2^53−1), as all of Rekam's are; others give nil.
    ///
    /// - Complexity: O(length · log members).
    package var canonical: [UInt8]? {
        var writer = ByteWriter(capacity: 256)
        guard write(to: &writer) else { return nil }
        var bytes: [UInt8] = []
        writer.flush(to: &bytes)
        return bytes
    }

    private func write(to writer: inout ByteWriter) -> Bool {
        writer.reserve(32)
        switch self {
        case .null: writer.put("null")
        case .boolean(let value): writer.put(value ? "true" : "false")
        case .string(let text): writer.putQuoted(text)
        case .number(let text):
            guard let value = WholeNumber.value(of: text) else { return false }
            writer.putNumber(value)
        case .array(let elements):
            writer.put("[")
            for (index, element) in elements.enumerated() {
                writer.reserve(2)
                if index > 0 { writer.put(",") }
                guard element.write(to: &writer) else { return false }
            }
            writer.reserve(1)
            writer.put("]")
        case .object(let members):
            writer.put("{")
            let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            for (index, member) in sorted.enumerated() {
                writer.reserve(2)
                if index > 0 { writer.put(",") }
                writer.putQuoted(member.key)
                writer.reserve(2)
                writer.put(":")
                guard member.value.write(to: &writer) else { return false }
            }
            writer.reserve(1)
            writer.put("}")
        }
        return true
    }
}
