public import EventLog
public import EventModel

/// One closing of a period's books, as its entry says.
public struct Closing: Hashable, Sendable {
    /// The period.
    public var period: Period
    /// The sequence of its `period.closed`.
    public var sequence: UInt32
    /// The log's first so many entries, on which the closed figures rest.
    public var entries: UInt32
    /// Digest of the snapshot of its figures; empty where none was recorded.
    public var snapshot: String
    /// KPIs and statistics of which some figures could not be said exactly, and so were not reported;
    /// as its entry has them.
    public var refused: [String]
    /// The reason given; empty where none was.
    public var reason: String
    /// Who did it, as said; empty where nobody was named.
    public var person: String
    /// When the entry was recorded.
    public var recorded: Instant
    /// Why it was opened again and where the log says so; nil while it is closed.
    public var reopening: Reopening?

    /// Whether days lie in its period.
    func holds(_ days: Range<Day>) -> Bool {
        period.days.lowerBound <= days.lowerBound && days.upperBound <= period.days.upperBound
    }
}

/// The opening of closed books.
public struct Reopening: Hashable, Sendable {
    /// The sequence of its `period.reopened`.
    public var sequence: UInt32
    /// The reason given; empty where none was.
    public var reason: String
    /// Who did it, as said; empty where nobody was named.
    public var person: String
    /// When the entry was recorded.
    public var recorded: Instant
}

/// Why a period cannot be closed or opened again; each reads well after `Error: `.
public enum ClosingFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notOver(Period, until: Day, today: Day)
    case closedAlready(Period, by: Period, entries: UInt32)
    case overlaps(Period, Period)
    case notClosed(Period)
    case noClosing(Period, at: UInt32)
    case closedWithin(Period, Period)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .notOver(let period, let last, let today):
            "\(period) is not over: its last day is \(last), and today is \(today). Close it "
                + "afterwards."
        case .closedAlready(let period, let other, let entries):
            period.days == other.days
                ? "\(period) is closed already, at entry \(entries). To close it anew, open it "
                    + "first: rekam period reopen \(other) --reason …"
                : "\(period) lies in \(other), which is closed, at entry \(entries)."
        case .overlaps(let period, let other):
            "\(period) cuts \(other), which is closed. A period may be closed around closed ones "
                + "(a quarter around its months), not across them."
        case .notClosed(let period):
            "\(period) is not closed. rekam period list shows what is."
        case .noClosing(let period, let sequence):
            "entry \(sequence) closed no books that hold \(period). rekam period list shows the "
                + "closings with their entries."
        case .closedWithin(let period, let other):
            "\(period) lies in \(other), which is closed. Open that first: rekam period reopen "
                + "\(other) --reason …"
        }
    }
}

/// Which periods' books are closed, as the log's first entries say.
///
/// Closed periods may lie within each other, as months do in a quarter that is closed after them;
/// they never cut each other. A day belongs to the shortest closed period that holds it.
public struct ClosedPeriods: Sendable {
    /// Every closing there was, in order.
    public private(set) var history: [Closing] = []

    /// Reads them from a log.
    ///
    /// - Complexity: O(closings).
    public init(_ view: borrowing LogView, upTo count: UInt32) throws {
        guard let id = try view.caseID(Self.subject) else { return }
        for sequence in try view.caseHistory(id) where sequence < count {
            let entry = try view.json(sequence)
            let data = entry["data"]
            func text(_ name: String) -> String { data?[name]?.text ?? "" }
            guard let period = try? Period(fixed: text("period")) else { continue }
            let recorded = try view.recorded(sequence)
            switch entry["type"]?.text {
            case "period.closed":
                history.append(
                    Closing(
                        period: period, sequence: sequence,
                        entries: data?["entries"]?.integer ?? sequence,
                        snapshot: text("snapshot"),
                        refused: text("refused").split(separator: ",").map(String.init),
                        reason: text("reason"), person: text("by"), recorded: recorded))
            case "period.reopened":
                let open = history.lastIndex {
                    $0.period.days == period.days && $0.reopening == nil
                }
                guard let open else { continue }
                history[open].reopening = Reopening(
                    sequence: sequence, reason: text("reason"), person: text("by"),
                    recorded: recorded)
            default: continue
            }
        }
    }

    /// The case of all closings.
    public static let subject = "log/periods"

    /// The first closing of every period that was ever closed, in order: what was reported, whatever was
    /// opened and closed again since.
    public var reported: [Closing] {
        var days: Set<Range<Day>> = []
        return history.filter { days.insert($0.period.days).inserted }
    }

    /// The closing by which figures of some days were first reported: the earliest of a period that
    /// holds them all, whether it is in force or not; nil where they never were.
    public func firstReport(of days: Range<Day>) -> Closing? {
        history.first { $0.holds(days) }
    }

    /// The closing by which a period's figures were reported: the first, or the one that an entry is.
    ///
    /// - Parameter sequence: of a `period.closed`, as `period list` shows it; nil for the first.
    public func report(
        of period: Period, at sequence: UInt32?
    ) throws(ClosingFault) -> Closing {
        guard let first = firstReport(of: period.days) else { throw .notClosed(period) }
        guard let sequence else { return first }
        guard let closing = history.first(where: { $0.sequence == sequence }),
            closing.holds(period.days)
        else { throw .noClosing(period, at: sequence) }
        return closing
    }

    /// The closings in force.
    public var inForce: [Closing] { history.filter { $0.reopening == nil } }

    /// The closing that figures of some days belong to: that of the shortest closed period which
    /// holds them all; nil where they are open.
    public func closing(of days: Range<Day>) -> Closing? {
        inForce.filter { $0.holds(days) }.min { $0.period.dayCount < $1.period.dayCount }
    }

    /// Checks that a period can be closed.
    ///
    /// - Parameter today: the store's day on which that happens.
    public func requireClosable(_ period: Period, today: Day) throws(ClosingFault) {
        guard today >= period.days.upperBound else {
            throw .notOver(period, until: period.days.upperBound.advanced(by: -1), today: today)
        }
        if let closing = closing(of: period.days) {
            throw .closedAlready(period, by: closing.period, entries: closing.entries)
        }
        for closing in inForce {
            let other = closing.period.days
            let isInside =
                period.days.lowerBound <= other.lowerBound
                && other.upperBound <= period.days.upperBound
            if other.overlaps(period.days), !isInside {
                throw .overlaps(period, closing.period)
            }
        }
    }

    /// The closing that opening a period again takes back.
    public func requireReopenable(_ period: Period) throws(ClosingFault) -> Closing {
        let around = inForce.first {
            $0.period.days != period.days && $0.holds(period.days)
        }
        if let around { throw .closedWithin(period, around.period) }
        guard let closing = inForce.first(where: { $0.period.days == period.days }) else {
            throw .notClosed(period)
        }
        return closing
    }
}

extension LogView {
    /// An entry as JSON, with the texts of persons that the log shows.
    func json(_ sequence: UInt32) throws -> JSONValue {
        try JSONValue(parsing: String(decoding: revealedEntry(sequence), as: UTF8.self))
    }
}

extension JSONValue {
    /// A string's text; nil for anything else.
    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// A whole number; nil for anything else.
    var integer: UInt32? {
        if case .number(let text) = self { return UInt32(text) }
        return nil
    }
}

extension LogStore {
    /// `period.closed`: the books of a period with the entries and the snapshot they rest on.
    ///
    /// - Parameter refused: KPIs and statistics of which the snapshot lacks figures. A store whose
    ///   `period.closed` is of before has no field for them; the snapshot's manifest names them anyway.
    public func closing(
        of period: Period, entries: UInt32, snapshot: String, refused: [String] = [],
        reason: String?, by person: String?, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "period/\(period)/closed/\(entries)", source: origin, type: "period.closed",
            subject: ClosedPeriods.subject, time: time,
            fields: [
                .init("period", .text(period.description)),
                .init("entries", .integer(Int64(entries))), .init("snapshot", .text(snapshot)),
            ])
        let hasField = types["period.closed"]?.fields.contains { $0.name == "refused" } ?? false
        if !refused.isEmpty, hasField {
            var names = refused
            while names.joined(separator: ",").utf8.count > 4000 { names.removeLast() }
            draft.set("refused", .text(names.joined(separator: ",")))
        }
        if let reason { draft.set("reason", .text(reason)) }
        if let person { draft.set("by", .text(person)) }
        return draft
    }

    /// `period.reopened`: a closing taken back.
    public func reopening(
        of closing: Closing, reason: String, by person: String?, at time: Instant
    ) -> EventDraft {
        var draft = EventDraft(
            id: "period/\(closing.period)/reopened/\(closing.sequence)", source: origin,
            type: "period.reopened", subject: ClosedPeriods.subject, time: time,
            fields: [
                .init("period", .text(closing.period.description)),
                .init("reason", .text(reason)),
            ])
        if let person { draft.set("by", .text(person)) }
        return draft
    }
}
