/// A number as a workbook keeps it, `45581.395833333336` or `1.5E-3`, to the 15 digits that spreadsheets
/// reckon with: beyond them stands what binary fractions add, as in `0.30000000000000004`.
struct SheetNumber {
    private var isNegative = false
    /// At most 15, without zeros at their ends; none for nought.
    private var digits: [UInt8] = []
    /// Ten to this power times `0.digits`.
    private var power = 0

    /// - Returns: nil for what is no number of XML Schema's `double`, and for one beyond 300 digits.
    init?(_ written: String) {
        let parts = written.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let first = parts.first, parts.count <= 2 else { return nil }
        var mantissa = first[...]
        if mantissa.first == "-" || mantissa.first == "+" {
            isNegative = mantissa.removeFirst() == "-"
        }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let all = Array(halves.joined().utf8)
        guard halves.count <= 2, !all.isEmpty, all.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        var exponent = 0
        if parts.count == 2 {
            guard let stated = Int(parts[1]), abs(stated) <= 400 else { return nil }
            exponent = stated
        }
        let leading = all.prefix { $0 == 48 }.count
        digits = Array(all[leading...])
        power = halves[0].utf8.count - leading + exponent
        if digits.count > 15 { round() }
        while digits.last == 48 { digits.removeLast() }
        if digits.isEmpty {
            power = 0
            isNegative = false
        }
        guard abs(power) <= 300 else { return nil }
    }

    private mutating func round() {
        let isUp = digits[15] >= 53
        digits.removeSubrange(15...)
        guard isUp else { return }
        var place = 14
        while place >= 0, digits[place] == 57 {
            digits[place] = 48
            place -= 1
        }
        if place >= 0 {
            digits[place] += 1
        } else {
            digits = [49]
            power += 1
        }
    }

    /// Whether it is a part of one, and not negative.
    var isBelowOne: Bool { !isNegative && power <= 0 }

    /// Of a number of days: milliseconds, the nearest; nil beyond a million days.
    var milliseconds: Int64? {
        guard power <= 6 else { return nil }
        // 86,400,000 has three digits before its zeros: 15 digits of days times it fit in 64 bits twice over.
        var value: UInt64 = 0
        for digit in digits { value = value * 10 + UInt64(digit - 48) }
        var (high, low) = value.multipliedFullWidth(by: 86_400_000)
        var dropped = digits.count - power
        var isHalf = false
        while dropped > 0 {
            let (quotient, rest) = SheetNumber.tenth(high, low)
            (high, low) = quotient
            isHalf = rest >= 5
            dropped -= 1
        }
        while dropped < 0 {
            low *= 10
            dropped += 1
        }
        let size = Int64(low) + (isHalf ? 1 : 0)
        return isNegative ? -size : size
    }

    private static func tenth(_ high: UInt64, _ low: UInt64) -> ((UInt64, UInt64), UInt64) {
        let (top, carry) = high.quotientAndRemainder(dividingBy: 10)
        let (bottom, rest) = UInt64(10).dividingFullWidth((carry, low))
        return ((top, bottom), rest)
    }

    /// Written without exponent.
    func text(decimal: UInt8) -> String {
        guard !digits.isEmpty else { return "0" }
        var bytes: [UInt8] = isNegative ? [45] : []
        if power <= 0 {
            bytes += [48, decimal] + Array(repeating: 48, count: -power) + digits
        } else if power >= digits.count {
            bytes += digits + Array(repeating: 48, count: power - digits.count)
        } else {
            bytes += digits[..<power] + [decimal] + digits[power...]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
