public import EventLog
public import EventModel

/// A state of the log: what it held when a question is answered as it would have been then.
///
///     let asOf = try AsOf("2025-08-05", zone: zone)
///     let count = try store.read { try asOf.entryCount(in: $0) }
public enum AsOf: Hashable, Sendable {
    /// The log's first so many entries, as a checkpoint's tree size counts them.
    case entries(UInt32)
    /// All that was recorded by a time, that moment included.
    case recordedBy(Instant)

    /// Reads a number of entries (`184203`, also `184,203`), an RFC 3339 time, a local time
    /// (`2025-08-05T17:30`), or a date: all that was recorded by the end of that day.
    ///
    /// - Parameter zone: where a date begins and ends, and what a time without an offset means.
    public init(_ text: String, zone: TimeZoneRules) throws(AsOfFault) {
        let digits = text.filter { $0 != "," && $0 != "." && $0 != "_" }
        if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            Self.isGrouped(text)
        {
            guard let count = UInt32(digits) else { throw .tooLarge(text) }
            self = .entries(count)
        } else if let instant = try? Instant(rfc3339: text) {
            self = .recordedBy(instant)
        } else if let day = Day(iso: text.utf8Span.span) {
            let next = zone.start(of: day.advanced(by: 1))
            self = .recordedBy(Instant(milliseconds: next.milliseconds - 1))
        } else if let local = Self.localMilliseconds(text) {
            self = .recordedBy(zone.instant(ofLocalMilliseconds: local))
        } else {
            throw .unreadable(text)
        }
    }

    /// Whether digits stand alone or in groups of three, as figures are printed.
    private static func isGrouped(_ text: String) -> Bool {
        let groups = text.split(omittingEmptySubsequences: false) { ",._".contains($0) }
        guard groups.count > 1 else { return true }
        return (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    /// `2025-08-05T17:30` with or without seconds, also with a blank: the local clock.
    private static func localMilliseconds(_ text: String) -> Int64? {
        let whole = text.count == 16 ? text + ":00Z" : text + "Z"
        return (try? Instant(rfc3339: whole.replacing(" ", with: "T")))?.milliseconds
    }

    /// How many entries that is.
    ///
    /// - Throws: `AsOfFault` where the log has fewer, or none by then; what the store throws.
    /// - Complexity: O(log entries · log segments).
    public func entryCount(in view: borrowing LogView) throws -> UInt32 {
        switch self {
        case .entries(let count):
            guard count > 0 else { throw AsOfFault.noEntries }
            guard count <= view.entryCount else {
                throw AsOfFault.beyond(asked: count, entries: view.entryCount)
            }
            return count
        case .recordedBy(let time):
            let count = try view.entryCount(recordedBy: time)
            if count == 0 {
                let first = view.entryCount > 0 ? try view.recorded(0) : nil
                throw AsOfFault.before(time, first: first)
            }
            return count
        }
    }
}

/// Why a text names no state of the log; reads after `--as-of 5000000: `.
public enum AsOfFault: Error, Hashable, Sendable {
    case unreadable(String)
    case tooLarge(String)
    case noEntries
    case beyond(asked: UInt32, entries: UInt32)
    case before(Instant, first: Instant?)
}

extension AsOfFault: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        let looks =
            "It is a number of entries, such as 184203, a time, such as 2025-08-05T09:00:00Z, or a "
            + "date, such as 2025-08-05."
        switch self {
        case .unreadable(let text):
            return text.isEmpty ? "it is empty. " + looks : "names no state of the log. " + looks
        case .tooLarge: return "a log has at most 4294967295 entries. " + looks
        case .noEntries: return "the log's first 0 entries say nothing. " + looks
        case .beyond(_, let entries):
            return "the log holds \(entries) entries. Ask for at most so many, or for a time."
        case .before(let time, let first):
            return "nothing was recorded by \(time.rfc3339). "
                + (first.map { "The log's first entry was recorded at \($0.rfc3339)." }
                    ?? "The log is empty.")
        }
    }
}
