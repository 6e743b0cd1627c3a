/// A value of a column; what it means, the column's type tells.
package enum ParquetValue: Hashable, Sendable {
    /// No value.
    case null
    case boolean(Bool)
    /// A whole number; days of a date, units of a time or timestamp.
    case integer(Int128)
    case decimal(ParquetDecimal)
    case float(Float)
    case double(Double)
    /// A text's bytes, which need not be UTF-8 where a file is read, or any others.
    case bytes(ArraySlice<UInt8>)

    /// A text.
    package static func text(_ text: String) -> ParquetValue { .bytes(Array(text.utf8)[...]) }
}

/// An exact number of up to 76 digits: a whole number of 256 bits, of which some digits stand behind the
/// point.
package struct ParquetDecimal: Hashable, Sendable {
    /// The whole number's bits, two's complement.
    fileprivate(set) var high: Int128
    fileprivate(set) var low: UInt128
    /// How many digits stand behind the point.
    package var scale: Int

    /// `unscaled` times 10 to the power of minus `scale`: 1234 with scale 2 is 12.34.
    package init(_ unscaled: Int128, scale: Int) {
        high = unscaled >> 127
        low = UInt128(truncatingIfNeeded: unscaled)
        self.scale = scale
    }

    /// A whole number in two's complement, the most significant byte first, as byte arrays hold decimals;
    /// nil where it has more than 256 bits. No bytes are nought.
    init?(_ bytes: ArraySlice<UInt8>, scale: Int) {
        let sign: UInt8 = bytes.first ?? 0 >= 0x80 ? 0xFF : 0
        guard bytes.dropLast(32).allSatisfy({ $0 == sign }),
            bytes.count <= 32 || (bytes[bytes.endIndex - 32] ^ sign) < 0x80
        else { return nil }
        high = sign == 0 ? 0 : -1
        low = sign == 0 ? 0 : UInt128.max
        for byte in bytes.suffix(32) {
            high = high << 8 | Int128(truncatingIfNeeded: low >> 120)
            low = low << 8 | UInt128(byte)
        }
        self.scale = scale
    }

    /// The whole number; nil where it has more than 128 bits.
    package var unscaled: Int128? {
        let value = Int128(truncatingIfNeeded: low)
        return high == value >> 127 ? value : nil
    }

    /// The digits of the whole number's size.
    private var digits: [UInt8] {
        var (top, bottom) = (UInt128(truncatingIfNeeded: high), low)
        if high < 0 {
            top = ~top &+ (bottom == 0 ? 1 : 0)
            bottom = 0 &- bottom
        }
        if top == 0 { return Array(String(bottom).utf8) }
        // Nineteen digits at a time, of 64 bits each.
        var words = [top >> 64, top, bottom >> 64, bottom].map { UInt64(truncatingIfNeeded: $0) }
        var pieces: [UInt64] = []
        while words.contains(where: { $0 > 0 }) {
            var rest: UInt64 = 0
            for index in words.indices {
                (words[index], rest) = UInt64(10_000_000_000_000_000_000)
                    .dividingFullWidth((rest, words[index]))
            }
            pieces.append(rest)
        }
        return pieces.reversed().enumerated().flatMap { place, piece in
            let digits = Array(String(piece).utf8)
            return (place == 0 ? [] : Array(repeating: 48, count: 19 - digits.count)) + digits
        }
    }

    /// Written exactly, with all digits behind the point: `-0.50`.
    ///
    /// - Parameter point: the sign for decimals.
    package func text(point: UInt8 = UInt8(ascii: ".")) -> [UInt8] {
        var digits = digits
        if digits.count <= scale {
            digits.insert(contentsOf: repeatElement(48, count: scale + 1 - digits.count), at: 0)
        }
        if scale > 0 { digits.insert(point, at: digits.count - scale) }
        return high < 0 ? [UInt8(ascii: "-")] + digits : digits
    }
}
