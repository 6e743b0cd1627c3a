public import EventModel

/// What an `EventGenerator` is to write. Every property has a default:
///
/// | option | default | meaning |
/// | --- | --- | --- |
/// | `events` | 1,000,000 | lines to write, exactly |
/// | `agents` | one per 25,000 events, 8 to 1,200 | agents who work at some time in the span |
/// | `from`, `to` | 2025-01-01, 2025-12-31 | first and last day, in Asia/Jakarta (UTC+07:00) |
/// | `lateShare` | 0.01 | lines that arrive minutes to days after their time |
/// | `duplicateShare` | 0 | lines that repeat an earlier one byte for byte |
/// | `longCases` | 3 | tickets with very many events |
/// | `longCaseEvents` | 2,000 | about how many events each of them has |
/// | `origin` | `nusa.test` | first part of every `source` |
public struct GeneratorOptions: Sendable, Hashable {
    /// Lines to write, duplicates included; the generator writes exactly so many.
    public var events = 1_000_000
    /// Agents who work at some time in the span; nil: one per 25,000 events, at least 8, at most
    /// 1,200.
    public var agents: Int?
    /// First day, in Asia/Jakarta.
    public var from = Day(number: 20_089)
    /// Last day, in Asia/Jakarta.
    public var to = Day(number: 20_453)
    /// Share of the lines that arrive late: half of them by minutes to hours, most others by hours
    /// to two days, one in ten by up to nine days. 0 to 0.2.
    public var lateShare = 0.01
    /// Share of the lines that repeat an earlier line byte for byte. 0 to 0.5.
    public var duplicateShare = 0.0
    /// Tickets with very many events, together at most a tenth of all.
    public var longCases = 3
    /// About how many events each of them has, unless the span ends before.
    public var longCaseEvents = 2000
    /// First part of every event's `source`, before `/tiket`, `/telepon`, `/survei`, `/pelanggan`,
    /// `/tim` or `/keuangan`: letters, digits and `.:/_-`.
    public var origin = "nusa.test"

    /// The defaults.
    public init() {}

    /// Why options cannot be had; `description` reads after `Error: `.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong and what would do.
        public let description: String
    }

    /// How many agents work, the default filled in.
    var agentCount: Int { agents ?? min(1200, max(8, events / 25_000)) }

    /// Days from `from` to `to`, both included.
    var dayCount: Int { Int(to.number) - Int(from.number) + 1 }

    /// A share as parts of a million.
    static func perMillion(_ share: Double) -> Int { Int(share * 1_000_000) }

    /// Checks every limit.
    func check() throws(Fault) {
        func demand(_ holds: Bool, _ sentence: String) throws(Fault) {
            if !holds { throw Fault(description: sentence) }
        }
        try demand(
            events >= 0 && events <= 4_000_000_000,
            "a log holds 0 to 4,000,000,000 generated events, not \(events)")
        try demand(dayCount >= 1, "the last day, \(to), lies before the first, \(from)")
        try demand(
            dayCount <= 10_000, "the span \(from) to \(to) is longer than 10,000 days (27 years)")
        try demand(
            events / dayCount <= 20_000_000,
            "\(events) events in \(dayCount) days are more than 20,000,000 a day: widen the span")
        if let agents {
            try demand(
                agents >= 8 && agents <= 20_000,
                "\(agents) agents: give 8 to 20,000, so that every team has somebody")
        }
        try demand(
            lateShare >= 0 && lateShare <= 0.2,
            "the share of late lines is 0 to 0.2, not \(lateShare)")
        try demand(
            duplicateShare >= 0 && duplicateShare <= 0.5,
            "the share of duplicates is 0 to 0.5, not \(duplicateShare)")
        try demand(
            longCases >= 0 && longCases <= 10_000, "long cases: give 0 to 10,000, not \(longCases)")
        try demand(
            longCaseEvents >= 100 && longCaseEvents <= 1_000_000,
            "events of a long case: give 100 to 1,000,000, not \(longCaseEvents)")
        let isPlain = origin.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D...0x2F, 0x3A, 0x5F: true
            default: false
            }
        }
        try demand(
            isPlain && !origin.isEmpty && origin.utf8.count <= 200,
            "the origin \"\(origin)\" is no name of 1 to 200 letters, digits and .:/_-")
    }
}
