import EventLog
import EventModel
import Foundation
import Shipped
import Testing
import Vault

/// A folder for one test, removed with it.
final class StoreFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/rekam-log-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The shipped event types.
let shippedTypes: EventTypes = {
    do {
        return try EventTypes.shipped(texts: Shipped.texts(in: "events"))
    } catch {
        fatalError("the shipped schemas do not compile: \(error)")
    }
}()

/// A small generator of numbers: the same seed, the same numbers.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    // Source: SplitMix64 by Sebastiano Vigna.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

extension Salts {
    /// One salt for all.
    static let same = Salts { Array(repeating: 7, count: $0) }
}

extension LogStore {
    /// A new store with the shipped types and a fixed key. Unless told otherwise all salts are the
    /// same, so that a text has the same token whatever came before it.
    static func make(
        in folder: StoreFolder, threads: Int = 2, salts: Salts = .same
    ) throws -> LogStore {
        try LogStore.create(
            at: folder.path, origin: "test.example/log", types: shippedTypes,
            seed: Array(repeating: 7, count: 32), salts: salts, threads: threads)
    }

    /// Records drafts as one batch.
    @discardableResult
    func record(
        _ drafts: some Sequence<EventDraft>, at milliseconds: Int64 = 1_750_000_000_000,
        isStrict: Bool = false
    ) throws -> AppendOutcome {
        try append(
            batch(drafts), recorded: Instant(milliseconds: milliseconds), isStrict: isStrict)
    }
}

/// A batch of the events of some rows, each of which stands or falls as a whole.
func batch(ofRows rows: [[EventDraft]]) -> EventBatch {
    var batch = batch(rows.joined())
    var event = 0
    for (row, drafts) in rows.enumerated() {
        for _ in drafts {
            batch.rows[event].line = row + 1
            event += 1
        }
    }
    batch.isAtomicByLine = true
    return batch
}

/// A batch of valid drafts.
func batch(_ drafts: some Sequence<EventDraft>) -> EventBatch {
    var validator = EventValidator(shippedTypes)
    var batch = EventBatch()
    for (line, draft) in drafts.enumerated() {
        let isOwn = shippedTypes[draft.type]?.isLogsOwn ?? false
        let refusal = validator.admit(
            draft, as: isOwn ? .logsOwn : .input, line: line + 1, into: &batch)
        if let refusal { fatalError("\(draft): \(refusal)") }
    }
    return batch
}

/// A message in a ticket.
func message(
    _ id: String, ticket: String = "T-1", minute: Int64 = 0, actor: String = "Budi",
    source: String = "test", direction: String = "out"
) -> EventDraft {
    EventDraft(
        id: id, source: source, type: "message.posted", subject: "ticket/\(ticket)",
        time: Instant(milliseconds: 1_700_000_000_000 + minute * 60_000),
        fields: [
            .init("direction", .text(direction)), .init("visibility", .text("public")),
            .init("actor_kind", .text("agent")), .init("actor", .text(actor)),
        ])
}

/// A void of an event.
func void(_ id: String, of target: String, ticket: String = "T-1") -> EventDraft {
    EventDraft(
        id: id, source: "test", type: "event.voided", subject: "ticket/\(ticket)",
        time: Instant(milliseconds: 1_700_000_000_000),
        fields: [
            .init("source", .text("test")), .init("id", .text(target)),
            .init("reason", .text("wrong import")),
        ])
}

/// Random events of a support team: several types, cases with histories, names new and old, texts
/// that need escaping, absent fields.
func randomDrafts(count: Int, seed: UInt64) -> [EventDraft] {
    var random = Seeded(seed)
    return (0..<count).map { index in
        let ticket = Int.random(in: 0...max(3, index / 5), using: &random)
        let time = Instant(
            milliseconds: 1_700_000_000_000 + Int64.random(in: 0...40_000_000_000, using: &random))
        let agent = "Agent \(Int.random(in: 0..<20, using: &random)) \"é\""
        func draft(_ type: String, _ fields: [EventDraft.Field]) -> EventDraft {
            EventDraft(
                id: "e\(index)", source: "random/\(index % 3)", type: type,
                subject: "ticket/\(ticket)", time: time, fields: fields)
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return draft(
                "ticket.opened",
                [
                    .init(
                        "channel", .text(["email", "chat", "phone"].randomElement(using: &random)!)),
                    .init("origin", .text("customer")),
                    .init("customer", .text("Customer \(index)\n\u{1}")),
                    .init("title", .text(String(repeating: "x", count: index % 300))),
                ])
        case 1:
            return draft(
                "ticket.assigned",
                [
                    .init("agent", .text(index % 7 == 0 ? "" : agent)),
                    .init("team", .text("Team A")),
                ])
        case 2:
            return draft(
                "ticket.status_changed",
                [
                    .init(
                        "status",
                        .text(["open", "resolved", "closed"].randomElement(using: &random)!)),
                    .init("actor", .text(agent)),
                ])
        case 3:
            return draft(
                "cost.recorded",
                [
                    .init("amount", .integer(Int64.random(in: -5...5_000_000, using: &random))),
                    .init("currency", .text("IDR")),
                    .init("from_day", .text("2025-07-01")), .init("to_day", .text("2025-07-31")),
                ])
        default:
            return message(
                "e\(index)", ticket: "\(ticket)", minute: Int64(index), actor: agent,
                source: "random/\(index % 3)")
        }
    }
}
