extension TimeFormat {
    /// A place in a text that is being read as a time.
    struct Cursor {
        private let bytes: [UInt8]
        private var place = 0

        init(_ text: String) { bytes = Array(text.withPlainBlanks.utf8) }

        var isAtEnd: Bool { place == bytes.count }

        mutating func take(_ byte: UInt8) -> Bool {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
            return true
        }

        mutating func blanks() -> Bool {
            let start = place
            while place < bytes.count, bytes[place] == 32 { place += 1 }
            return place > start
        }

        mutating func number(_ digits: ClosedRange<Int>, into value: inout Int) -> Bool {
            let start = place
            var number = 0
            while place < bytes.count, place - start < digits.upperBound,
                (48...57).contains(bytes[place])
            {
                number = number * 10 + Int(bytes[place] - 48)
                place += 1
            }
            value = number
            return place - start >= digits.lowerBound
        }

        mutating func fraction(into nanoseconds: inout Int) -> Bool {
            let start = place
            var scale = 100_000_000
            nanoseconds = 0
            while place < bytes.count, (48...57).contains(bytes[place]) {
                nanoseconds += scale * Int(bytes[place] - 48)
                scale /= 10
                place += 1
            }
            return place > start
        }

        /// Letters, and a point behind them.
        mutating func word() -> String {
            let start = place
            while place < bytes.count, (65...90).contains(bytes[place] & 0xDF) { place += 1 }
            let word = String(decoding: bytes[start..<place], as: UTF8.self)
            if !word.isEmpty { _ = take(UInt8(ascii: ".")) }
            return word
        }

        mutating func monthName(into month: inout Int) -> Bool {
            month = MonthNames.month(word()) ?? 0
            return month > 0
        }

        mutating func half(into isAfternoon: inout Bool) -> Bool {
            // a.m., p. m. and AM alike.
            var letters = word().lowercased()
            if letters.count == 1 {
                _ = blanks()
                letters += word().lowercased()
            }
            isAfternoon = letters == "pm"
            return letters == "pm" || letters == "am"
        }

        mutating func offset(into milliseconds: inout Int64?) -> Bool {
            guard place < bytes.count else { return false }
            let sign = bytes[place]
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
                guard let seconds = ZoneNames.fixed[word().uppercased()] else { return false }
                milliseconds = Int64(seconds) * 1000
                return true
            }
            place += 1
            var hours = 0
            var minutes = 0
            guard number(2...2, into: &hours), hours < 24 else { return false }
            if take(UInt8(ascii: ":")) {
                guard number(2...2, into: &minutes) else { return false }
            } else if !isAtEnd, !number(2...2, into: &minutes) {
                return false
            }
            guard minutes < 60 else { return false }
            let total = Int64(hours * 60 + minutes) * 60_000
            milliseconds = sign == UInt8(ascii: "-") ? -total : total
            return true
        }

        mutating func readISO() -> Reading? {
            var parts = Parts()
            guard number(4...4, into: &parts.year), take(45), number(2...2, into: &parts.month),
                take(45), number(2...2, into: &parts.day)
            else { return nil }
            if isAtEnd {
                parts.isDay = true
                return parts.reading
            }
            guard take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || blanks(),
                number(1...2, into: &parts.hour), take(58), number(2...2, into: &parts.minute)
            else { return nil }
            if take(58) {
                guard number(2...2, into: &parts.second) else { return nil }
                if take(46) || take(44), !fraction(into: &parts.nanosecond) { return nil }
            }
            if isAtEnd { return parts.reading }
            _ = blanks()
            guard offset(into: &parts.offset), isAtEnd else { return nil }
            return parts.reading
        }
    }
}

extension String {
    /// The text with a plain blank for each blank of another kind; itself where it has none.
    var withPlainBlanks: String {
        if utf8.allSatisfy({ $0 < 0x80 && $0 != 9 }) { return self }
        var plain = String.UnicodeScalarView()
        for scalar in unicodeScalars { plain.append(scalar.properties.isWhitespace ? " " : scalar) }
        return String(plain)
    }
}

/// Zones known by a short name: those of Indonesia, which has no summer time, and UTC.
enum ZoneNames {
    /// Offset from UTC in seconds, by upper-case name.
    static let fixed: [String: Int32] = [
        "Z": 0, "UTC": 0, "GMT": 0, "WIB": 25_200, "WITA": 28_800, "WIT": 32_400,
    ]
}
