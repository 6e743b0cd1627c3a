import EventModel
import Foundation

/// What still happens to cases that seemed done, days or months after: reopenings, answers without an
/// invitation or to a later one, messages, handovers, endings that come late; and what law 9 lists.
struct Aftermath {
    private var random: Seeded
    private var cases: [String: [String]] = [:]
    private var count = 0

    init(seed: UInt64) { random = Seeded(seed) }

    /// Remembers the case of a line that was told.
    mutating func met(_ line: DatedLine) {
        let parts = line.subject.split(separator: "/", maxSplits: 1).map(String.init)
        guard let kind = parts.first, ["ticket", "call", "customer"].contains(kind) else { return }
        if cases[kind]?.contains(line.subject) != true {
            cases[kind, default: []].append(line.subject)
        }
    }

    /// Events of so many cases at random, within a day that begins at `start`, oldest first.
    mutating func events(_ number: Int, from start: Int64) -> [DatedLine] {
        let kinds: [(String, [(type: String, data: String)])] = [
            ("ticket", ticketEvents), ("ticket", ticketEvents), ("call", callEvents),
            ("customer", customerEvents),
        ]
        return (0..<number).compactMap { _ in
            let (kind, events) = kinds[random.below(kinds.count)]
            let event = events[random.below(events.count)]
            return line(kind, event.type, event.data, start)
        }.sorted { $0.time < $1.time }
    }

    /// A named cause of law 9 for a case at random: a merge or a removal.
    mutating func namedCause(from start: Int64) -> DatedLine? {
        random.below(2) == 0
            ? line("ticket", "ticket.merged", #""into":"ticket/X""#, start)
            : line("ticket", "ticket.removed", #""reason":"spam""#, start)
    }

    private mutating func line(
        _ kind: String, _ type: String, _ data: String, _ start: Int64
    ) -> DatedLine? {
        guard let known = cases[kind], !known.isEmpty else { return nil }
        count += 1
        let subject = known[random.below(known.count)]
        let time = Instant(milliseconds: start + Int64(random.below(86_400_000)))
        return DatedLine(
            text:
                #"{"specversion":"1.0","id":"after-\#(count)","source":"after","type":"\#(type)","#
                + #""subject":"\#(subject)","time":"\#(time.rfc3339)","data":{\#(data)}}"#,
            time: time, type: type, subject: subject)
    }

    private let ticketEvents: [(type: String, data: String)] =
        ["open", "pending", "hold", "resolved", "resolved", "closed"].map {
            ("ticket.status_changed", #""status":"\#($0)","actor":"agus","actor_kind":"agent""#)
        } + [
            ("message.posted", message("out", "agent")),
            ("message.posted", message("in", "customer")),
            ("ticket.assigned", #""agent":"agus","team":"Teknis""#),
            ("ticket.assigned", #""agent":"sari","team":"Penagihan""#),
            ("ticket.escalated", #""trigger":"customer","to_level":2,"to_team":"Eskalasi""#),
            ("ticket.attributes_set", #""priority":"urgent","channel":"email""#),
            ("sla.applied", #""metric":"resolution","target_milliseconds":3600000"#),
            ("survey.sent", #""survey":"s","kind":"csat","valid_days":5"#),
            ("survey.answered", answer("csat", 1, 5, score: 1)),
            ("survey.answered", answer("csat", 1, 5, score: 5)),
            ("survey.answered", answer("ces", 1, 7, score: 6)),
            ("quality.reviewed", #""agent":"agus","score":70,"maximum":100"#),
            ("cost.recorded", #""amount":5000,"currency":"IDR","agent":"agus""#),
        ]

    private let callEvents: [(type: String, data: String)] = [
        ("call.answered", #""agent":"agus","team":"Teknis""#),
        ("call.ended", #""outcome":"handled","agent":"agus","resolved":true"#),
        ("call.ended", #""outcome":"abandoned""#),
        ("call.wrapped", #""agent":"agus""#),
        ("survey.answered", answer("csat", 1, 5, score: 2)),
    ]

    private let customerEvents: [(type: String, data: String)] = [
        ("survey.answered", answer("nps", 0, 10, score: 10)),
        ("survey.answered", answer("nps", 0, 10, score: 2)),
        ("survey.sent", #""survey":"s","kind":"nps","valid_days":10"#),
        ("customer.subscribed", #""plan":"Hemat""#),
        ("customer.churned", #""reason":"harga""#),
        ("customer.purchased", #""amount":100000,"currency":"IDR""#),
    ]
}

private func message(_ direction: String, _ kind: String) -> String {
    #""direction":"\#(direction)","visibility":"public","actor_kind":"\#(kind)","actor":"agus""#
}

private func answer(_ kind: String, _ least: Int, _ greatest: Int, score: Int) -> String {
    #""survey":"s","kind":"\#(kind)","score":\#(score),"scale_minimum":\#(least),"#
        + #""scale_maximum":\#(greatest),"team":"Teknis","agent":"sari""#
}

/// A line of CloudEvents, and what is known of it.
struct DatedLine {
    var text: String
    var time: Instant
    var type: String
    var subject: String

    init(text: String, time: Instant, type: String, subject: String) {
        (self.text, self.time, self.type, self.subject) = (text, time, type, subject)
    }

    /// Reads a generated line.
    init(_ text: String) throws {
        let values = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        func value(_ name: String) -> String { values?[name] as? String ?? "" }
        self.text = text
        time = try Instant(rfc3339: value("time"))
        type = value("type")
        subject = value("subject")
    }
}
