internal import EventModel

/// What a text says of the order of a row, by a mapping's `order`.
///
/// Whole numbers go by their value, however they are written (`7`, `007`, `7.0`, and `1,024` where the
/// mapping's numbers have a decimal point), and however long they are. Beyond ±(2^53−1), where an entry
/// holds none, the number of digits stands before them, so that bytes compare as values do:
/// `17:36028797018963968`. A number that is not whole has no such form: as a text 10.5 would come before
/// 9.5. Any other text goes by its bytes.
enum OrderText {
    case order(SourceOrder)
    /// No order, and why.
    case refused(String)

    /// Bytes of a text that is no number, at most.
    static let longest = 32
    /// Digits of a number, at most: with what stands before them they fit into an entry.
    private static let mostDigits = 95

    init(_ text: String, decimal: UInt8) {
        let bytes = text.utf8
        let sign = bytes.first.flatMap { [0x2B, 0x2D].contains($0) ? $0 : nil }
        let rest = sign == nil ? bytes[...] : bytes.dropFirst()
        if let first = rest.first, Self.isDigit(first), rest.allSatisfy(Self.isDigit) {
            self = Self.whole(rest, isNegative: sign == 0x2D)
        } else if let number = NumberText.scaled(text, decimal: decimal, scale: 0) {
            self = .order(SourceOrder(number))
        } else if Self.isNumber(text, decimal) {
            self = .refused(
                "the order is a number, but no whole one (name a column that counts in whole numbers)"
            )
        } else if bytes.count > Self.longest {
            self = .refused(
                "the order is no whole number and longer than \(Self.longest) bytes (name "
                    + "a column with the number or the key that the source counts its changes by)")
        } else if !text.isFreeOfControls {
            self = .refused("the order holds a control character")
        } else {
            self = .order(.text(text))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func whole(_ text: Substring.UTF8View, isNegative: Bool) -> OrderText {
        let digits = String(Substring(text.drop { $0 == 0x30 }))
        if digits.isEmpty { return .order(.integer(0)) }
        if let number = Int64(digits), WholeNumber.isWithin(number) {
            return .order(.integer(isNegative ? -number : number))
        }
        guard !isNegative, digits.utf8.count <= mostDigits else {
            return .refused(
                "the order lies below -\(WholeNumber.largest), or has more than \(mostDigits) digits"
            )
        }
        return .order(.text("\(digits.utf8.count):\(digits)"))
    }

    /// Whether a text is one number that is not whole, or written by a power of ten.
    private static func isNumber(_ text: String, _ decimal: UInt8) -> Bool {
        let parts = text.utf8.split(
            maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 | 0x20 == 0x65 })
        var mantissa = parts[0]
        if parts.count > 1 {
            // What is longer is a key in hexadecimal.
            guard text.utf8.count < 16 else { return false }
            let power = parts[1]
            let isSigned = power.first.map { [0x2B, 0x2D].contains($0) } ?? false
            let digits = isSigned ? power.dropFirst() : power
            guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return false }
        }
        if let first = mantissa.first, [0x2B, 0x2D].contains(first) {
            mantissa = mantissa.dropFirst()
        }
        // Numbers have one sign of their decimals at most; what has several is a version or a date,
        // unless it is one by the mapping's own words.
        let marks = mantissa.count { !isDigit($0) }
        let isOne =
            marks <= 1 && mantissa.contains(where: isDigit)
            && mantissa.allSatisfy { isDigit($0) || $0 == 0x2E || $0 == 0x2C }
        return isOne || NumberText.scaled(text, decimal: decimal, scale: 6) != nil
    }
}

extension SourceOrder {
    /// How it is written into an id: one order has one text.
    var inID: String {
        switch self {
        case .integer(let number): String(number)
        case .text(let text): text
        }
    }
}
