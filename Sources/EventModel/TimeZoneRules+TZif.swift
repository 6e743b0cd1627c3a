/// Reading the tz database's compiled files. Source: RFC 9636 (TZif), POSIX.1-2017 8.3 (`TZ`).
extension TimeZoneRules {
    /// Why bytes are no time zone file.
    public enum TZifFault: Error, Hashable, Sendable {
        /// Not a TZif file of version 2 or later, or cut short.
        case form
        /// The rule for years after the last transition is not understood.
        case footer(String)
    }

    /// The last year for which a yearly daylight saving rule is written out as transitions.
    public static let lastExpandedYear = 2100

    /// Rules from a compiled file of the tz database (TZif version 2 or later).
    ///
    /// The file's closing rule is written out to `lastExpandedYear`, so that what is recorded needs
    /// no rule. Transitions that keep the offset (a new abbreviation alone) are left out.
    /// - Complexity: O(bytes + years).
    public init(name: String, release: String, tzif bytes: [UInt8]) throws(TZifFault) {
        var reader = TZifReader(bytes: bytes)
        // The first block is for readers of 32-bit times: skip it, read the second.
        let first = try reader.header()
        guard first.version >= 0x32 else { throw .form }
        try reader.skip(first.size(timeBytes: 4))
        let header = try reader.header()
        var times: [Int64] = []
        for _ in 0..<header.timeCount { times.append(try reader.integer(bytes: 8)) }
        var kinds: [Int] = []
        for _ in 0..<header.timeCount { kinds.append(Int(try reader.byte())) }
        var offsets: [Int32] = []
        for _ in 0..<header.typeCount {
            offsets.append(Int32(truncatingIfNeeded: try reader.integer(bytes: 4)))
            try reader.skip(2)
        }
        try reader.skip(
            header.charCount + header.leapCount * 12 + header.standardCount
                + header.utCount)
        let footer = try reader.footer()
        // RFC 8536: in ascending order; no place is further than two days from UTC.
        guard !offsets.isEmpty, kinds.allSatisfy({ $0 < offsets.count }),
            offsets.allSatisfy({ (-172_800...172_800).contains($0) }),
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .form }
        var all = zip(times, kinds).map { (seconds: $0, offset: offsets[$1]) }
        let initial = offsets[0]
        if let rule = try PosixRule(footer) {
            let last = all.last?.seconds ?? -5_000_000_000
            let lastOffset = all.last?.offset ?? initial
            // Times far beyond any calendar are allowed, and come to nothing here.
            let lastDay = (min(max(last, -100_000_000_000), 300_000_000_000) + Int64(lastOffset))
                .flooredDivision(by: 86_400)
            let lastYear = max(1970, Day(number: Int32(lastDay)).components.year)
            if lastYear <= Self.lastExpandedYear {
                for year in lastYear...Self.lastExpandedYear {
                    for change in rule.changes(in: year) where change.seconds > last {
                        all.append(change)
                    }
                }
            }
        }
        var transitions: [Instant] = []
        var kept = [initial]
        for (seconds, offset) in all where offset != kept[kept.count - 1] {
            let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
            let before = transitions.last ?? Instant.earliest
            guard !milliseconds.overflow, milliseconds.partialValue > before.milliseconds else {
                kept[kept.count - 1] = offset
                continue
            }
            transitions.append(Instant(milliseconds: milliseconds.partialValue))
            kept.append(offset)
        }
        self.init(name: name, release: release, transitions: transitions, offsetsSeconds: kept)
    }
}

private struct TZifHeader {
    var version: UInt8
    var utCount, standardCount, leapCount, timeCount, typeCount, charCount: Int

    func size(timeBytes: Int) -> Int {
        timeCount * (timeBytes + 1) + typeCount * 6 + charCount + leapCount * (timeBytes + 4)
            + standardCount + utCount
    }
}

private struct TZifReader {
    var bytes: [UInt8]
    var position = 0

    mutating func byte() throws(TimeZoneRules.TZifFault) -> UInt8 {
        guard position < bytes.count else { throw .form }
        position += 1
        return bytes[position - 1]
    }

    mutating func skip(_ count: Int) throws(TimeZoneRules.TZifFault) {
        guard count >= 0, position + count <= bytes.count else { throw .form }
        position += count
    }

    mutating func integer(bytes count: Int) throws(TimeZoneRules.TZifFault) -> Int64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 8 | UInt64(try byte()) }
        let shift = 64 - count * 8
        return Int64(bitPattern: value << shift) >> shift
    }

    mutating func header() throws(TimeZoneRules.TZifFault) -> TZifHeader {
        for expected in [UInt8]("TZif".utf8) where try byte() != expected { throw .form }
        let version = try byte()
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = Int(try integer(bytes: 4))
            guard count >= 0, count <= 65_536 else { throw .form }
            counts.append(count)
        }
        return TZifHeader(
            version: version, utCount: counts[0], standardCount: counts[1], leapCount: counts[2],
            timeCount: counts[3], typeCount: counts[4], charCount: counts[5])
    }

    mutating func footer() throws(TimeZoneRules.TZifFault) -> String {
        guard try byte() == 0x0A else { throw .form }
        let start = position
        while try byte() != 0x0A {}
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }
}

/// A POSIX `TZ` rule with daylight saving: `CET-1CEST,M3.5.0,M10.5.0/3`.
private struct PosixRule {
    /// The n-th (5: last) weekday of a month, or a day of the year, and a local time on it.
    struct Date {
        enum Kind {
            case monthWeekday(month: Int, week: Int, weekday: Int)
            case dayOfYear(Int, countsLeapDay: Bool)
        }
        var kind: Kind
        var seconds: Int64 = 7200

        func seconds(in year: Int) -> Int64 {
            let day: Int
            switch kind {
            case .monthWeekday(let month, let week, let weekday):
                let first = Day(year: year, month: month, day: 1)!
                let shift = (weekday - first.weekday % 7 + 7) % 7
                var dayOfMonth = 1 + shift + (week - 1) * 7
                while dayOfMonth > Day.length(ofMonth: month, year: year) { dayOfMonth -= 7 }
                day = Int(first.number) + dayOfMonth - 1
            case .dayOfYear(let number, let countsLeapDay):
                let first = Int(Day(year: year, month: 1, day: 1)!.number)
                let leap = Day.length(ofMonth: 2, year: year) == 29
                day =
                    countsLeapDay
                    ? first + number : first + number - 1 + (leap && number >= 60 ? 1 : 0)
            }
            return Int64(day) * 86_400 + seconds
        }
    }

    var standard: Int32
    var daylight: Int32
    var begins: Date
    var ends: Date

    /// nil for a rule without daylight saving, which adds no transition.
    init?(_ text: String) throws(TimeZoneRules.TZifFault) {
        guard text.contains(",") else { return nil }
        var rest = Substring(text)
        func fault() -> TimeZoneRules.TZifFault { .footer(text) }
        func abbreviation() throws(TimeZoneRules.TZifFault) {
            if rest.first == "<" {
                guard let end = rest.firstIndex(of: ">") else { throw fault() }
                rest = rest[rest.index(after: end)...]
            } else {
                rest = rest.drop { $0.isLetter }
            }
        }
        func time() throws(TimeZoneRules.TZifFault) -> Int64 {
            var sign: Int64 = 1
            if rest.first == "+" || rest.first == "-" { sign = rest.removeFirst() == "-" ? -1 : 1 }
            var parts: [Int64] = []
            repeat {
                if !parts.isEmpty { rest.removeFirst() }
                let digits = rest.prefix { $0.isNumber }
                guard let value = Int64(digits), value <= 999, parts.count < 3 else {
                    throw fault()
                }
                parts.append(value)
                rest = rest.dropFirst(digits.count)
            } while rest.first == ":"
            parts += [0, 0]
            return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])
        }
        func date() throws(TimeZoneRules.TZifFault) -> Date {
            guard rest.first == "," else { throw fault() }
            rest.removeFirst()
            let body = rest.prefix { $0 != "," && $0 != "/" }
            rest = rest.dropFirst(body.count)
            var result: Date
            if body.first == "M" {
                let numbers = body.dropFirst().split(separator: ".").compactMap { Int($0) }
                guard numbers.count == 3, (1...12).contains(numbers[0]),
                    (1...5).contains(numbers[1]), (0...6).contains(numbers[2])
                else { throw fault() }
                result = Date(
                    kind: .monthWeekday(
                        month: numbers[0], week: numbers[1], weekday: numbers[2]))
            } else if body.first == "J", let number = Int(body.dropFirst()),
                (1...365).contains(number)
            {
                result = Date(kind: .dayOfYear(number, countsLeapDay: false))
            } else if let number = Int(body), (0...365).contains(number) {
                result = Date(kind: .dayOfYear(number, countsLeapDay: true))
            } else {
                throw fault()
            }
            if rest.first == "/" {
                rest.removeFirst()
                result.seconds = try time()
            }
            return result
        }
        try abbreviation()
        let standardOffset = -(try time())
        try abbreviation()
        let daylightOffset = rest.first == "," ? standardOffset + 3600 : -(try time())
        begins = try date()
        ends = try date()
        guard rest.isEmpty, abs(standardOffset) <= 172_800, abs(daylightOffset) <= 172_800 else {
            throw fault()
        }
        standard = Int32(standardOffset)
        daylight = Int32(daylightOffset)
    }

    /// The two changes of a year in UTC seconds, in order.
    func changes(in year: Int) -> [(seconds: Int64, offset: Int32)] {
        [
            (begins.seconds(in: year) - Int64(standard), daylight),
            (ends.seconds(in: year) - Int64(daylight), standard),
        ].sorted { $0.seconds < $1.seconds }
    }
}
