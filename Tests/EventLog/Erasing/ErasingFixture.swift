import EventModel

@testable import EventLog

extension EventDraft {
    /// A ticket that a customer opened, a minute after the one before it.
    static func opened(_ number: Int, by customer: String, title: String? = nil) -> EventDraft {
        EventDraft(
            id: "o\(number)", source: "test", type: "ticket.opened", subject: "ticket/T-\(number)",
            time: Instant(milliseconds: 1_700_000_000_000 + Int64(number) * 60_000),
            fields: [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("customer", .text(customer)),
                .init("title", .text(title ?? "of \(customer)")),
            ])
    }

    /// How an agent is called.
    static func profile(_ agent: String, _ name: String) -> EventDraft {
        EventDraft(
            id: "p\(agent)", source: "test", type: "agent.profile_set", subject: "agent/\(agent)",
            time: Instant(milliseconds: 1_700_000_000_000),
            fields: [.init("name", .text(name)), .init("team", .text("Team A"))])
    }
}

extension LogStore {
    /// Erases a person as the data-protection officer does; nobody where the log knows no such one.
    @discardableResult
    func erase(_ subject: String, words: [String] = []) throws -> Erasure? {
        let now = Instant(milliseconds: 1_770_000_000_000)
        return try erase(at: now) { view in
            guard let person = try view.person(subject) else { return nil }
            return try view.erasure(
                of: [view.trace(person, words: words)], reason: "asked for", by: "dpo", at: now)
        }
    }
}
