/// What phone numbers and e-mail addresses look like.
package enum ContactShape {
    /// What a piece of text looks like; nil where it looks like neither.
    ///
    /// An address has `@` between a letter or digit and a name with a dot. A phone number is `+` and 8
    /// to 15 digits, or an Indonesian mobile number: `08` or `628` and 10 to 14 digits in all; a blank,
    /// hyphen, dot, stroke or bracket, or two of these, may stand between two digits. Neither has a
    /// letter or digit right before or after it.
    package static func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DoubtKind? {
        mayBe(in: bytes.extracting(range)) ? findSlowly(bytes, range) : nil
    }

    /// A quick look: whether there is `@`, or as many digits as the shortest numbers have, with `+`
    /// and without.
    ///
    /// - Complexity: O(length), eight bytes at a time.
    static func mayBe(in text: Span<UInt8>) -> Bool {
        var look = QuickLook()
        let whole = text.count & ~7
        var place = 0
        while place < whole {
            look.take(text.word(at: place))
            place += 8
        }
        let rest = text.count - whole
        if rest > 0 {
            // The last bytes, and zeros.
            look.take(
                whole > 0
                    ? text.word(at: text.count - 8) >> UInt64(truncatingIfNeeded: 64 - 8 * rest)
                    : text.word(at: 0, count: rest))
        }
        return look.hasSign || look.digits >= (look.hasPlus ? 8 : 10)
    }

    /// What the bytes looked at so far have, found for eight of them at a time and without a branch.
    private struct QuickLook {
        var digits = 0
        /// The highest bit of each byte is clear where one of the bytes there was the sign.
        private var noSign = QuickLook.highest
        private var noPlus = QuickLook.highest

        var hasSign: Bool { noSign != QuickLook.highest }
        var hasPlus: Bool { noPlus != QuickLook.highest }

        private static let ones: UInt64 = 0x0101_0101_0101_0101
        private static let highest = 0x80 * ones

        /// The highest bit of each byte that is not less than a limit of at most 128.
        @inline(__always)
        private static func notBelow(_ limit: UInt64, _ word: UInt64) -> UInt64 {
            (((word & ~highest) &+ (0x80 - limit) &* ones) | word) & highest
        }

        @inline(__always)
        mutating func take(_ word: UInt64) {
            noSign &= QuickLook.notBelow(1, word ^ 0x40 &* QuickLook.ones)
            noPlus &= QuickLook.notBelow(1, word ^ 0x2B &* QuickLook.ones)
            let others = QuickLook.notBelow(10, word ^ 0x30 &* QuickLook.ones)
            digits &+= 8 &- others.nonzeroBitCount
        }
    }

    private static func findSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DoubtKind? {
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == 0x40, isAddress(bytes, range, at: place) { return .email }
            guard isDigit(byte) else {
                place += 1
                continue
            }
            let start = place
            let number = Number(bytes, range, from: start)
            place = number.end
            // A bracket may open it: `+(62) 812…`.
            let before = start > range.lowerBound ? bytes[start - 1] : 0
            let after = place < range.upperBound ? bytes[place] : 0
            guard !isLetter(before), !isLetter(after) else { continue }
            if before == 0x2B, (8...15).contains(number.digits) { return .phone }
            if number.isMobile, (10...14).contains(number.digits) { return .phone }
        }
        return nil
    }

    /// Digits with separators between them.
    private struct Number {
        var digits = 0
        var end: Int
        /// Whether it begins as an Indonesian mobile number does, and not as a date: `0812…`, `62 8…`.
        var isMobile = false

        init(_ bytes: Span<UInt8>, _ range: Range<Int>, from start: Int) {
            end = start
            // The first three digits, as a number of four bits each.
            var lead: UInt32 = 0
            var firstGroup = 0
            var place = start
            var separators = 0
            while place < range.upperBound {
                if isDigit(bytes[place]) {
                    digits += 1
                    if digits <= 3 { lead = lead << 4 | UInt32(bytes[place] & 15) }
                    separators = 0
                    end = place + 1
                } else if separators < 2, isSeparator(bytes[place]) {
                    if firstGroup == 0 { firstGroup = digits }
                    separators += 1
                } else {
                    break
                }
                place += 1
            }
            if firstGroup == 0 { firstGroup = digits }
            isMobile =
                digits > 3 && (lead >> 4 == 0x08 && firstGroup >= 4 || lead == 0x628)
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: true
        default: false
        }
    }

    private static func isAddress(_ bytes: Span<UInt8>, _ range: Range<Int>, at place: Int) -> Bool
    {
        guard place > range.lowerBound, isLetter(bytes[place - 1]) || isDigit(bytes[place - 1])
        else { return false }
        var next = place + 1
        var hasDot = false
        while next < range.upperBound,
            isLetter(bytes[next]) || isDigit(bytes[next]) || bytes[next] == 0x2D
                || bytes[next] == 0x2E
        {
            if bytes[next] == 0x2E, next > place + 1, next + 1 < range.upperBound,
                isLetter(bytes[next + 1])
            {
                hasDot = true
            }
            next += 1
        }
        return hasDot
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
}
