/// Numbers and durations as exports write them, read exactly: no floating point.
enum NumberText {
    /// A number times 10^`scale` as a whole number: `1.234,50` with a decimal comma and scale 2 is
    /// 123450. Groups of three may be parted by the other of point and comma, or by blanks.
    ///
    /// Nil where the text is no number, has more decimals than `scale` (zeros aside), or is past
    /// ±(2^53−1).
    static func scaled(_ text: String, decimal: UInt8, scale: Int) -> Int64? {
        let comma = UInt8(ascii: ",")
        let point = UInt8(ascii: ".")
        let group = decimal == comma ? point : comma
        var value: Int64 = 0
        var digits = 0
        var sinceGroup: Int?
        var decimals: Int?
        var isNegative = false
        for (place, byte) in text.withPlainBlanks.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where place == 0: isNegative = true
            case UInt8(ascii: "+") where place == 0: break
            case 48...57:
                if let seen = decimals {
                    decimals = seen + 1
                    if seen >= scale {
                        guard byte == 48 else { return nil }
                        continue
                    }
                }
                digits += 1
                sinceGroup = sinceGroup.map { $0 + 1 }
                guard value < 1 << 53 else { return nil }
                value = value * 10 + Int64(byte - 48)
            case decimal:
                guard decimals == nil, sinceGroup ?? 3 == 3 else { return nil }
                decimals = 0
                sinceGroup = nil
            case group, 32:
                let isFirst = sinceGroup == nil && (1...3).contains(digits)
                guard decimals == nil, isFirst || sinceGroup == 3 else { return nil }
                sinceGroup = 0
            default: return nil
            }
        }
        guard digits > 0, sinceGroup ?? 3 == 3 else { return nil }
        for _ in 0..<max(0, scale - (decimals ?? 0)) {
            guard value < 1 << 53 else { return nil }
            value *= 10
        }
        guard value < 1 << 53 else { return nil }
        return isNegative ? -value : value
    }

    /// Milliseconds of `h:mm:ss`, `mm:ss` or `h:mm:ss.fff`; nil for anything else.
    static func clock(_ text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let last = parts.last,
            let seconds = scaled(String(decoding: last, as: UTF8.self), decimal: 46, scale: 3),
            seconds >= 0, seconds < 60_000
        else { return nil }
        var total = seconds
        var unit: Int64 = 60_000
        for (place, part) in parts.dropLast().reversed().enumerated() {
            guard part.count <= 6, !part.isEmpty, part.allSatisfy({ (48...57).contains($0) }),
                let number = Int64(String(decoding: part, as: UTF8.self)),
                place == 1 || parts.count == 2 || number < 60
            else { return nil }
            total += number * unit
            unit *= 60
        }
        return total
    }
}
