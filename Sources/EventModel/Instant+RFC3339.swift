extension Instant {
    /// Why a text is no instant; `description` reads after "time "2025-02-30T…" ".
    public enum Fault: String, Error, Sendable {
        case form = "is no RFC 3339 time"
        case date = "is no date"
        case clock = "is no time of day"
        case zone = "has no time zone"
        case offset = "has an impossible zone offset"
        case year = "lies outside the years 0001 to 9999"
    }

    /// Reads an RFC 3339 time: `2025-07-14T08:12:00Z`, `2025-07-14t08:12:00.5+07:00`.
    ///
    /// A leap second (`:60`) is read as the last millisecond of its minute. Source: RFC 3339, 5.6.
    /// - Complexity: O(length).
    public init(rfc3339 text: Span<UInt8>) throws(Fault) {
        guard text.count >= 19 else { throw .form }
        func digits(_ start: Int, _ count: Int) throws(Fault) -> Int {
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
            var scale = 100
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
        milliseconds =
            Int64(day.number) * 86_400_000 + Int64(seconds) * 1000 + Int64(leap ? 999 : fraction)
        guard self >= .earliest, self <= .latest else { throw .year }
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
        let day = Day(number: Int32(milliseconds.flooredDivision(by: 86_400_000)))
        let (year, month, dayOfMonth) = day.components
        let rest = Int(milliseconds - Int64(day.number) * 86_400_000)
        func put(_ value: Int, _ width: Int) {
            var divisor = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(48 + value / divisor % 10))
                divisor /= 10
            }
        }
        put(year, 4)
        bytes.append(0x2D)
        put(month, 2)
        bytes.append(0x2D)
        put(dayOfMonth, 2)
        bytes.append(0x54)
        put(rest / 3_600_000, 2)
        bytes.append(0x3A)
        put(rest / 60_000 % 60, 2)
        bytes.append(0x3A)
        put(rest / 1000 % 60, 2)
        bytes.append(0x2E)
        put(rest % 1000, 3)
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
