extension Instant {
    /// Why a text is no instant; `description` reads after "time "2025-02-30T…" ".
    public enum Fault: String, Error, Sendable {
        /// Not of the form `2025-07-14T08:12:00Z`.
        case form = "is no RFC 3339 time"
        /// A month or day that does not exist.
        case date = "is no date"
        /// An hour, minute or second that does not exist.
        case clock = "is no time of day"
        /// Second 60 where there was none.
        case leapSecond = "has a second 60 where there was no leap second"
        /// Neither `Z` nor an offset at the end.
        case zone = "has no time zone"
        /// An offset of more than 23:59.
        case offset = "has an impossible zone offset"
        /// A year that Rekam does not hold.
        case year = "lies outside the years 0001 to 9999"
    }

    /// Reads the recorded form alone, exactly 24 bytes, `2025-07-14T08:12:00.000Z`; nil for any
    /// other text, which may still be a good time in another form.
    ///
    /// - Complexity: O(1), a few nanoseconds: eight bytes are checked at once.
    package init?(recordedForm text: Span<UInt8>) {
        guard text.count == 24 else { return nil }
        // Digits exclusive-or '0' give 0…9, separators exclusive-or themselves give 0.
        let date = text.word(at: 0) ^ 0x2D30_302D_3030_3030
        let clock = text.word(at: 8) ^ 0x3030_3A30_3054_3030
        let rest = text.word(at: 16) ^ 0x5A30_3030_2E30_303A
        let separators =
            date & 0xFF00_00FF_0000_0000 | clock & 0x0000_FF00_00FF_0000
            | rest & 0xFF00_0000_FF00_00FF
        let tooLarge =
            (date &+ 0x7676_7676_7676_7676) | (clock &+ 0x7676_7676_7676_7676)
            | (rest &+ 0x7676_7676_7676_7676) | date | clock | rest
        guard separators == 0, tooLarge & 0x8080_8080_8080_8080 == 0 else { return nil }
        func two(_ word: UInt64, _ shift: UInt64) -> Int {
            Int(word >> shift & 0xF) * 10 + Int(word >> (shift + 8) & 0xF)
        }
        let hour = two(clock, 24)
        let minute = two(clock, 48)
        let second = two(rest, 8)
        guard hour < 24, minute < 60, second < 60,
            let day = Day(
                year: two(date, 0) * 100 + two(date, 16), month: two(date, 40), day: two(clock, 0))
        else { return nil }
        let fraction = two(rest, 32) * 10 + Int(rest >> 48 & 0xF)
        milliseconds =
            Int64(day.number) * 86_400_000
            + Int64((hour * 60 + minute) * 60 + second) * 1000 + Int64(fraction)
    }

    /// Reads an RFC 3339 time: `2025-07-14T08:12:00Z`, `2025-07-14t08:12:00.5+07:00`; what lies
    /// beyond the millisecond is cut.
    ///
    /// - Complexity: O(length).
    public init(rfc3339 text: Span<UInt8>) throws(Fault) {
        self = try SentTime(rfc3339: text).instant
    }

    /// Reads an RFC 3339 time from a string.
    public init(rfc3339 text: String) throws(Fault) {
        try self.init(rfc3339: text.utf8Span.span)
    }

    /// The recorded form, always 24 bytes: `2025-07-14T08:12:00.000Z`.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        appendRFC3339(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the recorded form, 24 bytes, to a buffer.
    public func appendRFC3339(to bytes: inout [UInt8]) {
        let (year, month, dayOfMonth, rest) = fields
        func put(_ value: Int, _ divisor: Int, _ separator: UInt8) {
            var divisor = divisor
            while divisor > 0 {
                bytes.append(UInt8(48 + value / divisor % 10))
                divisor /= 10
            }
            bytes.append(separator)
        }
        put(year, 1000, 0x2D)
        put(month, 10, 0x2D)
        put(dayOfMonth, 10, 0x54)
        put(rest / 3_600_000, 10, 0x3A)
        put(rest / 60_000 % 60, 10, 0x3A)
        put(rest / 1000 % 60, 10, 0x2E)
        put(rest % 1000, 100, 0x5A)
    }
}

extension SentTime {
    /// Reads an RFC 3339 time, decimals beyond the ninth cut.
    ///
    /// A leap second (`:60`) is read as the last nanosecond of its minute; where there was none, it is
    /// no time. Source: RFC 3339, 5.6 and 5.7.
    /// - Complexity: O(length).
    public init(rfc3339 text: Span<UInt8>) throws(Instant.Fault) {
        guard text.count >= 19 else { throw .form }
        func digits(_ start: Int, _ count: Int) throws(Instant.Fault) -> Int {
            var value = 0
            for index in start..<start + count {
                let digit = Int(text[index]) - 48
                guard digit >= 0, digit <= 9 else { throw .form }
                value = value * 10 + digit
            }
            return value
        }
        let year = try digits(0, 4)
        let month = try digits(5, 2)
        let dayOfMonth = try digits(8, 2)
        let hour = try digits(11, 2)
        let minute = try digits(14, 2)
        let second = try digits(17, 2)
        let separator = text[10]
        guard text[4] == 0x2D, text[7] == 0x2D, text[13] == 0x3A, text[16] == 0x3A,
            separator == 0x54 || separator == 0x74 || separator == 0x20
        else { throw .form }
        guard year >= 1 else { throw .year }
        guard let day = Day(year: year, month: month, day: dayOfMonth) else { throw .date }
        guard hour < 24, minute < 60, second <= 60 else { throw .clock }
        var position = 19
        var fraction = 0
        if position < text.count, text[position] == 0x2E {
            position += 1
            var scale = 100_000_000
            let start = position
            while position < text.count, text[position] >= 48, text[position] <= 57 {
                fraction += scale * Int(text[position] - 48)
                scale /= 10
                position += 1
            }
            guard position > start else { throw .form }
        }
        guard position < text.count else { throw .zone }
        var offsetMinutes = 0
        switch text[position] {
        case 0x5A, 0x7A:
            position += 1
        case 0x2B, 0x2D:
            guard position + 6 <= text.count, text[position + 3] == 0x3A else { throw .zone }
            let hours = try digits(position + 1, 2)
            let minutes = try digits(position + 4, 2)
            guard hours < 24, minutes < 60 else { throw .offset }
            offsetMinutes = (hours * 60 + minutes) * (text[position] == 0x2D ? -1 : 1)
            position += 6
        default: throw .zone
        }
        guard position == text.count else { throw .form }
        let leap = second == 60
        let seconds = hour * 3600 + minute * 60 + (leap ? 59 : second) - offsetMinutes * 60
        if leap { fraction = 999_999_999 }
        instant = Instant(
            milliseconds: Int64(day.number) * 86_400_000 + Int64(seconds) * 1000
                + Int64(fraction / 1_000_000))
        nanoseconds = UInt32(fraction % 1_000_000)
        guard instant >= .earliest, instant <= .latest else { throw .year }
        guard !leap || LeapSecond.follows(instant) else { throw .leapSecond }
    }

    /// Reads a time in its recorded spelling alone; nil for any other text.
    package init?(recordedForm text: Span<UInt8>) {
        if let instant = Instant(recordedForm: text) {
            self.init(instant)
            return
        }
        guard (25...30).contains(text.count), let time = try? SentTime(rfc3339: text) else {
            return nil
        }
        var again: [UInt8] = []
        time.append(to: &again)
        guard again.count == text.count else { return nil }
        for index in text.indices where again[index] != text[index] { return nil }
        self = time
    }

    /// The recorded form, 24 to 30 bytes.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the recorded form to a buffer.
    public func append(to bytes: inout [UInt8]) {
        instant.appendRFC3339(to: &bytes)
        guard nanoseconds > 0 else { return }
        bytes.removeLast()
        var rest = nanoseconds
        var scale: UInt32 = 100_000
        while rest > 0 {
            bytes.append(UInt8(48 + rest / scale))
            rest %= scale
            scale /= 10
        }
        bytes.append(0x5A)
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity; `divisor` must be positive.
    @inlinable
    package func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
