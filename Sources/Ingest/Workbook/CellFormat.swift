internal import EventModel

/// What a cell's number stands for, as its format shows it (ECMA-376, 18.8.30 and 18.8.31).
enum CellFormat: Hashable {
    case number
    /// A day, with or without a time of day.
    case date
    case dateTime
    /// A time of day.
    case time
    /// A length of time, of which hours may go beyond 24.
    case elapsed

    /// A format that every workbook has by its number; nil for those that a workbook states itself.
    init?(builtIn number: Int) {
        switch number {
        case 0...13, 37...44, 48, 49: self = .number
        case 14...17, 27...31, 34...36, 50...54, 57, 58: self = .date
        case 18...21, 32, 33, 55, 56: self = .time
        case 22: self = .dateTime
        case 45, 47: self = .time
        case 46: self = .elapsed
        default: return nil
        }
    }

    /// A format by its code: `dd/mm/yyyy hh:mm`, `[h]:mm`, `0.00 "days"`.
    init(code: String) {
        var letters: Set<Character> = []
        var isElapsed = false
        // Of the sections for positive and negative numbers, the first.
        var rest = code[...]
        scanning: while let character = rest.popFirst() {
            switch character {
            case ";": break scanning
            case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let inside = rest.prefix { $0 != "]" }.lowercased()
                rest = rest.dropFirst(inside.count + 1)
                if !inside.isEmpty, ["h", "m", "s"].contains(where: { Set(inside) == Set($0) }) {
                    isElapsed = true
                }
            default:
                // General is a word, and E+00 an exponent.
                if rest.starts(with: "eneral"), character == "G" { rest = rest.dropFirst(6) }
                letters.formUnion(character.lowercased())
            }
        }
        let hasTime = !letters.isDisjoint(with: "hs")
        let hasDay = !letters.isDisjoint(with: "yd") || (letters.contains("m") && !hasTime)
        self =
            switch (isElapsed, hasDay, hasTime) {
            case (true, _, _): .elapsed
            case (_, true, true): .dateTime
            case (_, true, false): .date
            case (_, false, true): .time
            default: .number
            }
    }

    /// A number as the text of a row: times as ISO 8601, numbers without exponent, to the 15 digits that
    /// spreadsheets reckon with.
    ///
    /// - Parameters:
    ///   - counting: what a workbook counts its days from.
    ///   - decimal: the sign for decimals.
    /// - Returns: nil where it is no number, or no time that a spreadsheet can show.
    func text(_ written: String, counting: CountedTime, decimal: UInt8) -> String? {
        guard let number = SheetNumber(written) else { return nil }
        switch self {
        case .number: return number.text(decimal: decimal)
        case .elapsed: return number.milliseconds.map(CellFormat.elapsed)
        case .time, .date, .dateTime: break
        }
        let days = number.text(decimal: UInt8(ascii: "."))
        if number.isBelowOne, self != .date || days != "0" {
            return number.milliseconds.map(CellFormat.clock)
        }
        guard let reading = counting.read(days, decimal: UInt8(ascii: ".")) else { return nil }
        let text = CellFormat.dateTime(reading.localMilliseconds)
        return self == .date && reading.isDay ? String(text.prefix(10)) : text
    }

    private static func dateTime(_ milliseconds: Int64) -> String {
        let day = Day(
            number: Int32(truncatingIfNeeded: milliseconds.flooredDivision(by: 86_400_000)))
        return "\(day)T" + clock(milliseconds - Int64(day.number) * 86_400_000)
    }

    /// Milliseconds of a day as a time of it.
    private static func clock(_ milliseconds: Int64) -> String {
        let text = elapsed(milliseconds)
        return text.prefix { $0 != ":" }.count == 1 ? "0" + text : text
    }

    private static func elapsed(_ milliseconds: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let size = abs(milliseconds)
        let (seconds, rest) = size.quotientAndRemainder(dividingBy: 1000)
        let part = rest == 0 ? "" : "." + String(String(1000 + rest).dropFirst())
        return (milliseconds < 0 ? "-" : "") + "\(seconds / 3600):\(two(seconds / 60 % 60)):"
            + two(seconds % 60) + part
    }
}
