internal import EventModel

/// How a text is a time: the letters of Unicode's date field symbols (UTS #35), of which exports
/// need these: `yyyy yy M MM MMM MMMM d dd H HH h hh a m mm s ss S… X z E…`, `'text'`, and any
/// other character for itself.
///
/// `M`, `d`, `H`, `h`, `m` and `s` take one or two digits, doubled exactly two; `MMM` and `MMMM`
/// take an English or Indonesian month name; `S` any number of digits (further than nanoseconds
/// are cut); `X` and `z` an offset (`Z`, `+07:00`, `+0700`, `+07`) or WIB, WITA, WIT, UTC, GMT;
/// `E` a word, which is passed; `a` AM or PM, with points and blanks in it or without. A blank takes
/// one or more blanks of any kind: browsers write a narrow one before PM. `24:00` is the beginning of
/// the next day (ISO 8601). Four words stand for forms that have no symbols: see `Form`.
struct TimeFormat: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case year4, year2, month(Int), monthName, day(Int), hour(Int), hour12(Int), half
        case minute(Int), second(Int), fraction, offset, word, blank, literal(UInt8)

        /// The part of a time that it reads, by the letter that people write for it; nil for one that
        /// reads none, and may come again.
        var part: Character? {
            switch self {
            case .year4, .year2: "y"
            case .month, .monthName: "M"
            case .day: "d"
            case .hour: "H"
            case .hour12: "h"
            case .half: "a"
            case .minute: "m"
            case .second: "s"
            case .fraction: "S"
            case .offset: "X"
            case .word, .blank, .literal: nil
            }
        }
    }

    private enum Form: Sendable, Hashable {
        /// RFC 3339 and its looser kin: a date, a blank or T, a time of day, parts of which may be
        /// left out from the right.
        case iso
        case symbols([Step], isDay: Bool)
        /// A count of days or seconds, with a decimal sign.
        case count(CountedTime, decimal: UInt8)
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

    /// Why a text is no format.
    struct Fault: Error {
        var problem: String
        var expected: String
    }

    private let form: Form
    /// The format as it was written.
    let text: String

    /// RFC 3339 and its looser kin.
    static let iso = TimeFormat(form: .iso, text: "iso")

    private init(form: Form, text: String) {
        self.form = form
        self.text = text
    }

    /// Compiles a format.
    ///
    /// - Parameter decimal: the decimal sign of counted times, `.` or `,`.
    /// - Throws: `Fault` where a letter means nothing here or a part is read twice, where no year, month
    ///   and day are read, and where hours of half a day and the half don't stand together.
    init(_ text: String, decimal: UInt8 = UInt8(ascii: ".")) throws(Fault) {
        self.text = text
        if text == "iso" {
            form = .iso
        } else if let counted = CountedTime(rawValue: text) {
            form = .count(counted, decimal: decimal)
        } else {
            let steps = try TimeFormat.steps(of: text)
            let parts = try TimeFormat.parts(of: steps)
            form = .symbols(steps, isDay: parts.isDisjoint(with: ["H", "h"]))
        }
    }

    private static func steps(of text: String) throws(Fault) -> [Step] {
        let bytes = Array(text.withPlainBlanks.utf8)
        var steps: [Step] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var end = index + 1
            if byte == UInt8(ascii: "'") {
                while end < bytes.count, bytes[end] != byte { end += 1 }
                steps += bytes[index + 1..<end].map { $0 == 32 ? .blank : .literal($0) }
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
            case (let letter, _) where letter.isASCII && letter.isLetter:
                throw Fault(
                    problem: "\(String(repeating: letter, count: count)) means nothing in it",
                    expected: "yyyy or yy, M, MM or MMM, d or dd, H or HH, mm, ss; letters that "
                        + "stand for themselves in quotes, as in 'T'; "
                        + CountedTime.allCases.map(\.rawValue).joined(separator: ", ") + "; or iso")
            default: steps += Array(repeating: .literal(byte), count: count)
            }
        }
        return steps
    }

    /// The parts that steps read.
    private static func parts(of steps: [Step]) throws(Fault) -> Set<Character> {
        var parts: Set<Character> = []
        for part in steps.compactMap(\.part) where !parts.insert(part).inserted {
            throw Fault(
                problem: "\(part) stands in it twice",
                expected: "each part once: M is the month, m the minute; H counts 24 hours, h 12")
        }
        for (part, word) in [("y", "year"), ("M", "month"), ("d", "day")] as [(Character, String)] {
            guard !parts.contains(part) else { continue }
            throw Fault(
                problem: "it has no \(word)",
                expected:
                    "yyyy or yy for the year, M, MM or MMM for the month (m is the minute), d or "
                    + "dd for the day")
        }
        guard !parts.isSuperset(of: ["H", "h"]), parts.contains("h") == parts.contains("a") else {
            throw Fault(
                problem: parts.contains("a")
                    ? "a tells the half of a day, and no hours of half a day stand alone beside it"
                    : "h counts the hours of half a day, and no a tells which half",
                expected: "HH for 24 hours, or h and a for 1:05 PM")
        }
        return parts
    }

    /// Reads a text; nil where it is none of this form, or no date or time of day.
    ///
    /// - Complexity: O(length).
    func read(_ text: String) -> Reading? {
        switch form {
        case .iso:
            var cursor = Cursor(text)
            return cursor.readISO()
        case .symbols(let steps, let isDay):
            var cursor = Cursor(text)
            return TimeFormat.read(steps, isDay, &cursor)
        case .count(let counted, let decimal):
            return counted.read(text, decimal: decimal)
        }
    }

    private static func read(_ steps: [Step], _ isDay: Bool, _ cursor: inout Cursor) -> Reading? {
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
        // The end of a day is the beginning of the next one (ISO 8601, 4.3.8).
        let isEnd = hour24 == 24 && minute == 0 && second == 0 && nanosecond == 0
        guard let date = Day(year: year, month: month, day: day), hour24 < 24 || isEnd,
            minute < 60, second < 60
        else { return nil }
        let seconds = hour24 * 3600 + minute * 60 + second
        let local = Int64(date.number) * 86_400_000 + Int64(seconds * 1000 + nanosecond / 1_000_000)
        return TimeFormat.Reading(
            localMilliseconds: local, nanoseconds: UInt32(nanosecond % 1_000_000),
            offsetMilliseconds: offset, isDay: isDay)
    }
}
