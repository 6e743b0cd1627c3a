internal import EventModel

/// How a text is a time: the letters of Unicode's date field symbols (UTS #35), of which exports
/// need these: `yyyy yy M MM MMM MMMM d dd H HH h hh a m mm s ss S… X z E…`, `'text'`, and any
/// other character for itself.
///
/// `M`, `d`, `H`, `h`, `m` and `s` take one or two digits, doubled exactly two; `MMM` and `MMMM`
/// take an English or Indonesian month name; `S` any number of digits (further than nanoseconds
/// are cut); `X` and `z` an offset (`Z`, `+07:00`, `+0700`, `+07`) or WIB, WITA, WIT, UTC, GMT;
/// `E` a word, which is passed. A blank takes one or more blanks.
struct TimeFormat: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case year4, year2, month(Int), monthName, day(Int), hour(Int), hour12(Int), half
        case minute(Int), second(Int), fraction, offset, word, blank, literal(UInt8)
    }

    /// A time read: local milliseconds since 1970 and nanoseconds beyond them, and the offset where
    /// the text states one.
    struct Reading: Equatable {
        var localMilliseconds: Int64
        var nanoseconds: UInt32 = 0
        var offsetMilliseconds: Int64?
        /// Whether it is a date alone.
        var isDay = false
    }

    private var steps: [Step] = []
    private var isISO = false
    /// Whether it has no time of day.
    private var isDay = false
    /// The format as it was written.
    private(set) var text = "iso"

    /// RFC 3339 and its looser kin: a date, a blank or T, a time of day, parts of which may be left
    /// out from the right.
    static let iso = {
        var format = TimeFormat()
        format.isISO = true
        return format
    }()

    private init() {}

    /// Compiles a format; nil where it has a letter that means nothing here, or no year, month and
    /// day.
    init?(_ text: String) {
        if text == "iso" {
            self = .iso
            return
        }
        self.text = text
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var end = index + 1
            if byte == UInt8(ascii: "'") {
                while end < bytes.count, bytes[end] != byte { end += 1 }
                steps += bytes[index + 1..<end].map { .literal($0) }
                index = end + 1
                continue
            }
            while end < bytes.count, bytes[end] == byte { end += 1 }
            let count = end - index
            index = end
            switch (Character(Unicode.Scalar(byte)), count) {
            case ("y", 4): steps.append(.year4)
            case ("y", 2): steps.append(.year2)
            case ("M", 1...2): steps.append(.month(count))
            case ("M", 3...4): steps.append(.monthName)
            case ("d", 1...2): steps.append(.day(count))
            case ("H", 1...2): steps.append(.hour(count))
            case ("h", 1...2): steps.append(.hour12(count))
            case ("a", _): steps.append(.half)
            case ("m", 1...2): steps.append(.minute(count))
            case ("s", 1...2): steps.append(.second(count))
            case ("S", _): steps.append(.fraction)
            case ("X", _), ("Z", _), ("z", _): steps.append(.offset)
            case ("E", _): steps.append(.word)
            case (" ", _): steps.append(.blank)
            default:
                let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
                if isLetter { return nil }
                steps += Array(repeating: .literal(byte), count: count)
            }
        }
        let hasYear = steps.contains(.year4) || steps.contains(.year2)
        let hasMonth = steps.contains { $0 == .month(1) || $0 == .month(2) || $0 == .monthName }
        let hasDay = steps.contains { $0 == .day(1) || $0 == .day(2) }
        guard hasYear, hasMonth, hasDay else { return nil }
        isDay = steps.allSatisfy { step in
            switch step {
            case .hour, .hour12: false
            default: true
            }
        }
    }

    /// Reads a text; nil where it is none of this form, or no date or time of day.
    ///
    /// - Complexity: O(length).
    func read(_ text: String) -> Reading? {
        var cursor = Cursor(bytes: Array(text.utf8))
        return isISO ? cursor.readISO() : read(&cursor)
    }

    private func read(_ cursor: inout Cursor) -> Reading? {
        var parts = Parts()
        for step in steps {
            let isRead: Bool
            switch step {
            case .year4: isRead = cursor.number(4...4, into: &parts.year)
            case .year2:
                isRead = cursor.number(2...2, into: &parts.year)
                parts.year += parts.year < 69 ? 2000 : 1900
            case .month(let width): isRead = cursor.number(width...2, into: &parts.month)
            case .monthName: isRead = cursor.monthName(into: &parts.month)
            case .day(let width): isRead = cursor.number(width...2, into: &parts.day)
            case .hour(let width): isRead = cursor.number(width...2, into: &parts.hour)
            case .hour12(let width):
                isRead =
                    cursor.number(width...2, into: &parts.hour) && (1...12).contains(parts.hour)
                parts.isTwelveHours = true
            case .half: isRead = cursor.half(into: &parts.isAfternoon)
            case .minute(let width): isRead = cursor.number(width...2, into: &parts.minute)
            case .second(let width): isRead = cursor.number(width...2, into: &parts.second)
            case .fraction: isRead = cursor.fraction(into: &parts.nanosecond)
            case .offset: isRead = cursor.offset(into: &parts.offset)
            case .word: isRead = !cursor.word().isEmpty
            case .blank: isRead = cursor.blanks()
            case .literal(let byte): isRead = cursor.take(byte)
            }
            guard isRead else { return nil }
        }
        parts.isDay = isDay
        return cursor.isAtEnd ? parts.reading : nil
    }
}

/// The parts of a time as they are read.
struct Parts {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    var isTwelveHours = false
    var isDay = false
    var isAfternoon = false
    var offset: Int64?

    var reading: TimeFormat.Reading? {
        let hour24 = isTwelveHours ? hour % 12 + (isAfternoon ? 12 : 0) : hour
        guard let date = Day(year: year, month: month, day: day), hour24 < 24, minute < 60,
            second < 60
        else { return nil }
        let seconds = hour24 * 3600 + minute * 60 + second
        let local = Int64(date.number) * 86_400_000 + Int64(seconds * 1000 + nanosecond / 1_000_000)
        return TimeFormat.Reading(
            localMilliseconds: local, nanoseconds: UInt32(nanosecond % 1_000_000),
            offsetMilliseconds: offset, isDay: isDay)
    }
}
