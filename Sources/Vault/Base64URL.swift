/// Base64 with `-` and `_`, without padding. Source: RFC 4648, 5.
package enum Base64URL {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// By byte the six bits that a character stands for; 255 for one that stands for none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for value in 0..<64 { values[Int(unsafe alphabet.utf8Start[value])] = UInt8(value) }
        return values
    }()

    /// How long the encoded form of so many bytes is.
    package static func length(of byteCount: Int) -> Int { (byteCount * 4 + 2) / 3 }

    /// The encoded form of bytes.
    package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        let length = length(of: bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: length) { output, count in
            if let start = output.baseAddress { unsafe encode(bytes, into: start) }
            count = length
        }
    }

    /// Writes the encoded form of bytes; there must be room for its length.
    @unsafe package static func encode(
        _ bytes: Span<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) {
        let letters = unsafe alphabet.utf8Start
        var written = 0
        @inline(__always) func put(_ bits: UInt32) {
            unsafe output[written] = unsafe letters[Int(truncatingIfNeeded: bits & 63)]
            written &+= 1
        }
        var index = 0
        while index + 3 <= bytes.count {
            let word =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                | UInt32(bytes[index + 2])
            put(word >> 18)
            put(word >> 12)
            put(word >> 6)
            put(word)
            index += 3
        }
        guard index < bytes.count else { return }
        let hasTwo = index + 1 < bytes.count
        let word = UInt32(bytes[index]) << 16 | (hasTwo ? UInt32(bytes[index + 1]) << 8 : 0)
        put(word >> 18)
        put(word >> 12)
        if hasTwo { put(word >> 6) }
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
