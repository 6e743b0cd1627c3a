/// Lengths of time as people write them: `7d`, `4h 30m`, `20s`, `250ms`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ("ms", 1),
    ]

    /// The longest: ten thousand years, as long as time is told here. Sums of such stay far within 64 bits.
    package static let longest: Int64 = 3_652_425 * 86_400_000

    /// What a fault says was expected.
    package static let form = "a length of time such as 7d, 4h 30m, 20s or 250ms"

    /// Milliseconds; nil when the text is no length of time, repeats a unit or puts a smaller one
    /// first, or passes `longest`. A bare `0` is one.
    package static func milliseconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var total: Int64 = 0
        var place = 0
        var rest = Substring(text).utf8[...]
        func skipBlanks() { rest = rest.drop { $0 == 32 } }
        skipBlanks()
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty, let number = Int64(String(decoding: digits, as: UTF8.self))
            else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { (97...122).contains($0) }
            let name = String(decoding: letters, as: UTF8.self)
            guard let unit = units[place...].firstIndex(where: { $0.name == name }) else {
                return nil
            }
            rest = rest.dropFirst(letters.count)
            place = unit + 1
            let (part, overflow) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, overflow2) = total.addingReportingOverflow(part)
            guard !overflow, !overflow2, sum <= longest else { return nil }
            total = sum
            skipBlanks()
        }
        return total
    }

    /// The text of a length of time, largest unit first: `4h 30m`.
    package static func text(_ milliseconds: Int64) -> String {
        var rest = milliseconds
        var parts: [String] = []
        for unit in units.dropFirst() {
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.milliseconds)
            if count != 0 { parts.append("\(count)\(unit.name)") }
            rest = remainder
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }
}
