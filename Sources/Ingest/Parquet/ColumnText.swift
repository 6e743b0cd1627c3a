internal import EventModel
internal import Parquet

/// Writes values of columns as the texts that mappings read.
struct ColumnText {
    /// The sign for decimals of numbers.
    var decimal: UInt8

    private static let longestText = CSVFormat().longestField

    /// Appends a value's text to the last field of a row; nothing for null.
    ///
    /// - Returns: why the value has no text; nil where it has.
    func append(_ value: ParquetValue, of type: ParquetType, to row: inout InputRow) -> String? {
        switch (value, type) {
        case (.null, _): break
        case (.boolean(let flag), _): row.bytes += (flag ? "TRUE" : "FALSE").utf8
        case (.integer(let days), .date):
            guard let day = ColumnText.day(days) else { return ColumnText.beyond }
            row.hasTimes = true
            row.bytes += "\(day)".utf8
        case (.integer(let count), .time(let unit, _)):
            guard (0..<86_400 * Int128(unit.perSecond)).contains(count) else {
                return "it is no time of a day"
            }
            row.hasTimes = true
            ColumnText.appendClock(Int(count), unit, to: &row.bytes)
        case (.integer(let count), .timestamp(let unit, let isUTC)):
            let perDay = 86_400 * Int128(unit.perSecond)
            var (days, rest) = count.quotientAndRemainder(dividingBy: perDay)
            if rest < 0 { (days, rest) = (days - 1, rest + perDay) }
            guard let day = ColumnText.day(days) else { return ColumnText.beyond }
            row.hasTimes = true
            row.bytes += "\(day)T".utf8
            ColumnText.appendClock(Int(rest), unit, to: &row.bytes)
            if isUTC { row.bytes.append(UInt8(ascii: "Z")) }
        case (.integer(let number), _): row.bytes += "\(number)".utf8
        case (.decimal(let number), _): row.bytes += number.text(point: decimal)
        case (.float(let number), _):
            append("\(number)", isNumber: number.isFinite, to: &row.bytes)
        case (.double(let number), _):
            append("\(number)", isNumber: number.isFinite, to: &row.bytes)
        case (.bytes(let bytes), .uuid):
            for (place, byte) in bytes.enumerated() {
                if [4, 6, 8, 10].contains(place) { row.bytes.append(UInt8(ascii: "-")) }
                row.bytes += [byte >> 4, byte & 15].map { $0 < 10 ? 48 + $0 : 87 + $0 }
            }
        case (.bytes(let bytes), _):
            if let problem = ColumnText.problem(of: bytes) { return problem }
            row.bytes += bytes
        }
        return nil
    }

    // MARK: Times

    private static let beyond = "it is a time beyond the years 1 to 9999"
    private static let days = Day(year: 1, month: 1, day: 1)!...Day(year: 9999, month: 12, day: 31)!

    private static func day(_ number: Int128) -> Day? {
        guard let number = Int32(exactly: number) else { return nil }
        let day = Day(number: number)
        return days.contains(day) ? day : nil
    }

    /// Appends a time of a day, with the decimals of its seconds as far as there are.
    private static func appendClock(_ count: Int, _ unit: ParquetUnit, to bytes: inout [UInt8]) {
        let (seconds, part) = count.quotientAndRemainder(dividingBy: unit.perSecond)
        for (place, number) in [seconds / 3600, seconds / 60 % 60, seconds % 60].enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ":")) }
            bytes += [48 + UInt8(number / 10), 48 + UInt8(number % 10)]
        }
        guard part > 0 else { return }
        var digits = Array("\(unit.perSecond + part)".utf8)
        digits[0] = UInt8(ascii: ".")
        while digits.last == 48 { digits.removeLast() }
        bytes += digits
    }

    // MARK: Numbers

    /// Appends a floating number, of which Swift gives the fewest digits that mean it, without exponent; what
    /// is no number as `NaN` or `Infinity`.
    private func append(_ text: String, isNumber: Bool, to bytes: inout [UInt8]) {
        guard isNumber else {
            let sign = text.hasPrefix("-") ? "-" : ""
            bytes += (text.hasSuffix("inf") ? sign + "Infinity" : "NaN").utf8
            return
        }
        // SheetNumber rounds to the digits of spreadsheets: all stand here.
        let parts = text.split(separator: "e")
        var mantissa = Array(parts[0].utf8)
        let isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa.removeFirst() }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        // Ten to this power times `0.digits`.
        var power = point + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits.last == 48 { digits.removeLast() }
        let leading = min(digits.prefix { $0 == 48 }.count, digits.count - 1)
        digits.removeFirst(leading)
        power -= leading
        if isNegative, digits != [48] { bytes.append(UInt8(ascii: "-")) }
        if digits == [48] {
            bytes.append(48)
        } else if power <= 0 {
            bytes += [48, decimal] + Array(repeating: 48, count: -power) + digits
        } else if power >= digits.count {
            bytes += digits + Array(repeating: 48, count: power - digits.count)
        } else {
            bytes += digits[..<power] + [decimal] + digits[power...]
        }
    }

    // MARK: Texts

    private static func problem(of bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count <= longestText else { return "it is longer than \(longestText) bytes" }
        var isASCII = true
        for byte in bytes {
            if byte == 0 { return "a NUL byte stands in it" }
            if byte >= 0x80 { isASCII = false }
        }
        if isASCII { return nil }
        let isText = (try? UTF8Span(validating: bytes.span)) != nil
        return isText ? nil : "it is no UTF-8 text"
    }
}
