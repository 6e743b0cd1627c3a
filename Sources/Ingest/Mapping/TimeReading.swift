internal import EventModel

/// What a text says of a time, and what is doubtful in it.
struct TimeReading {
    var time: SentTime
    /// The other instant of a local time that the clock shows twice.
    var second: Instant?
    var doubts: [DoubtGroup.Kind] = []

    /// Reads a text by the first of some formats that fits, local times in a zone; nil where none
    /// does.
    ///
    /// A date alone is the first instant of its day. A local time that the clock repeats is its first
    /// occurrence, one that it skips is read with the offset before the jump (RFC 5545, 3.3.5).
    init?(_ text: String, _ formats: [TimeFormat], _ zone: TimeZoneRules) {
        var found: TimeFormat.Reading?
        for format in formats {
            guard let reading = format.read(text) else { continue }
            guard let first = found else {
                found = reading
                continue
            }
            if reading != first, !doubts.contains(.twoDateFormats) {
                doubts.append(.twoDateFormats)
            }
        }
        guard let found else { return nil }
        if let offset = found.offsetMilliseconds {
            time = SentTime(
                Instant(milliseconds: found.localMilliseconds - offset),
                nanoseconds: found.nanoseconds)
        } else if found.isDay {
            let day = Day(
                number: Int32(truncatingIfNeeded: found.localMilliseconds / 86_400_000))
            time = SentTime(zone.start(of: day))
            doubts.append(.dateAlone)
        } else {
            let local = zone.reading(ofLocalMilliseconds: found.localMilliseconds)
            time = SentTime(local.instant, nanoseconds: found.nanoseconds)
            second = local.second
            if let doubt = local.doubt { doubts.append(doubt) }
        }
    }
}

extension TimeZoneRules.LocalReading {
    /// What is doubtful in it.
    var doubt: DoubtGroup.Kind? {
        if isSkipped { return .localTimeSkipped }
        return second == nil ? nil : .localTimeRepeated
    }
}
