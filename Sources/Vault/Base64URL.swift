/// Base64 with `-` and `_`, without padding. Source: RFC 4648, 5.
package enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// By byte the six bits that a character stands for; 255 for one that stands for none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// The encoded form of bytes.
    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        encode(bytes, to: &text)
        return text
    }

    /// Adds the encoded form of bytes to others.
    package static func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let letters = alphabet
        func add(_ bits: UInt32) {
            text.append(letters[Int(truncatingIfNeeded: bits & 63)])
        }
        var index = 0
        while index + 3 <= bytes.count {
            let word =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                | UInt32(bytes[index + 2])
            add(word >> 18)
            add(word >> 12)
            add(word >> 6)
            add(word)
            index += 3
        }
        guard index < bytes.count else { return }
        let hasTwo = index + 1 < bytes.count
        let word = UInt32(bytes[index]) << 16 | (hasTwo ? UInt32(bytes[index + 1]) << 8 : 0)
        add(word >> 18)
        add(word >> 12)
        if hasTwo { add(word >> 6) }
    }

    /// The bytes of an encoded form; nil where it is none.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var word: UInt32 = 0
        var bits = 0
        for index in text.indices {
            let value = values[Int(text[index])]
            guard value < 64 else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return bytes
    }
}
