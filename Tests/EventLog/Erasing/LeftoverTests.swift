import EventModel
import Foundation
import LMDB
import Testing

@testable import EventLog
@testable import Vault

/// Method: an append or an erasure is stopped where a killed process would have been, and rows of the
/// vault are changed by hand; what the vault holds, what readers are shown and what verification says
/// is compared with what was done.
@Suite struct LeftoverTests {
    private static let now = Instant(milliseconds: 1_770_000_000_000)

    private func opened(_ number: Int, _ customer: String) -> EventDraft {
        EventDraft(
            id: "o\(number)", source: "test", type: "ticket.opened", subject: "ticket/T-\(number)",
            time: Instant(milliseconds: 1_750_000_000_000 + Int64(number) * 1000),
            fields: [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("customer", .text(customer)), .init("title", .text("of \(customer)")),
            ])
    }

    /// An event without anything personal in it.
    private func plain(_ number: Int) -> EventDraft {
        EventDraft(
            id: "m\(number)", source: "test", type: "message.posted",
            subject: "ticket/T-\(number)",
            time: Instant(milliseconds: 1_750_000_000_000 + Int64(number) * 1000),
            fields: [
                .init("direction", .text("in")), .init("visibility", .text("public")),
                .init("actor_kind", .text("customer")),
            ])
    }

    private func made(_ folder: StoreFolder) throws -> LogStore {
        let log = try LogStore.make(in: folder, salts: .counting(from: 9))
        try log.record([opened(1, "ani"), opened(2, "budi"), profile("sari", "Sari Lestari")])
        return log
    }

    private func profile(_ agent: String, _ name: String) -> EventDraft {
        EventDraft(
            id: "p\(agent)", source: "test", type: "agent.profile_set", subject: "agent/\(agent)",
            time: Instant(milliseconds: 1_750_000_000_000),
            fields: [.init("name", .text(name)), .init("team", .text("Team A"))])
    }

    private func plan(_ subject: String, _ log: LogStore) throws -> Erasure {
        try log.read { view in
            let found = try view.person(subject)
            let person = try #require(found)
            return try view.erasure(
                of: [view.trace(person)], reason: "asked for", by: nil, at: Self.now)
        }
    }

    private func erase(_ subject: String, _ log: LogStore) throws {
        try log.erase(at: Self.now) { view in
            guard let person = try view.person(subject) else { return nil }
            return try view.erasure(
                of: [view.trace(person)], reason: "asked for", by: nil, at: Self.now)
        }
    }

    /// Leaves what an append leaves that is killed between the vault's commit and the log's.
    private func leave(_ drafts: [EventDraft], in log: LogStore) throws {
        var validator = EventValidator(log.types)
        var batch = EventBatch()
        for draft in drafts {
            if let refusal = validator.admit(draft, as: .input, into: &batch) { throw refusal }
        }
        try log.appendAndFail(batch) {}
    }

    private func rows(_ log: LogStore) throws -> (texts: Int, tokens: Int) {
        let reader = try #require(try log.vault.beginRead())
        return try (reader.textCount, reader.tokenCount)
    }

    @Test func `what a killed append left goes with the next append, also one without texts`()
        throws
    {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try leave([opened(3, "citra"), opened(4, "dewi")], in: log)
            #expect(try rows(log) == (4, 6))
        }
        let log = try LogStore.open(at: folder.path, salts: .counting(from: 90))
        try log.record([plain(1), plain(2)])
        #expect(try rows(log).texts == 2)
        var census = PersonCensus()
        #expect(try log.verify(persons: { census = $0 }) == nil)
        // The names are there still, until the vault is made anew.
        #expect(census.unreferenced == 2)
    }

    @Test func `an erasure takes what a killed append left, and every name that no entry has`()
        throws
    {
        let folder = StoreFolder()
        let log = try made(folder)
        try leave([opened(3, "ani"), opened(4, "dewi")], in: log)
        #expect(try log.read { try $0.person("customer/dewi") } != nil)
        try erase("customer/ani", log)
        #expect(try rows(log) == (1, 3))
        #expect(try log.read { try $0.person("customer/dewi") } == nil)
        var census = PersonCensus()
        #expect(try log.verify(persons: { census = $0 }) == nil)
        #expect(census.unreferenced == 0)
        #expect(try log.record([opened(3, "ani"), opened(4, "dewi")]).accepted == 2)
        #expect(try log.verify() == nil)
    }

    @Test func `an erasure that was killed is finished by who reads and may write`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.eraseAndFail(plan("customer/budi", log), at: Self.now)
            #expect(try log.read { try $0.person("customer/budi") } != nil)
        }
        let log = try LogStore.open(at: folder.path, readOnly: true)
        #expect(try log.erasureUnderWay() == nil)
        #expect(try rows(log) == (1, 3))
        #expect(try log.read { try $0.person("customer/budi") } == nil)
        #expect(try log.keptErasures.read(identity: log.identity).erasures.count == 1)
        #expect(try log.verify() == nil)
    }

    @Test func `who may not write is shown nothing of an erasure that was killed`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.eraseAndFail(plan("customer/budi", log), at: Self.now)
        }
        let log = try LogStore.open(copyAt: folder.path)
        #expect(try log.read { try $0.person("customer/budi") } != nil)
        log.hideErasureLeft()
        #expect(try log.read { try $0.person("customer/budi") } == nil)
        for sequence: UInt32 in 0..<2 {
            let text = try log.read {
                String(decoding: try $0.revealedEntry(sequence), as: UTF8.self)
            }
            #expect(text.contains("budi") == false && text.contains("ani") == (sequence == 0))
        }
        #expect(try log.verify() == nil)
    }

    @Test func `an erasure that never was hides nothing`() throws {
        let folder = StoreFolder()
        do {
            let log = try made(folder)
            try log.vault.note(LogStore.erasing, plan("customer/budi", log).json.canonical)
        }
        let copy = try LogStore.open(copyAt: folder.path)
        copy.hideErasureLeft()
        #expect(try copy.read { try $0.person("customer/budi") } != nil)
    }

    /// What is done to what leads from names to their rows.
    enum Change: CaseIterable { case swapped, deleted, added, leadsNowhere, cut }

    @Test(arguments: Change.allCases)
    func `a name that leads to another's row is a difference`(_ change: Change) throws {
        let folder = StoreFolder()
        let log = try made(folder)
        try log.vault.update { write, tables in
            var cursor = try write.cursor(tables.index)
            #expect(try cursor.move(.last))
            let (key, block) = try cursor.withEntry { ($0.copyBytes(), $1.copyBytes()) }
            // Eight bytes of counts, then items of a key and a row, those of names last.
            var items = stride(from: 8, to: block.count, by: 12).map { Array(block[$0..<$0 + 12]) }
            let last = items.count - 1
            var head = Array(block[..<8])
            #expect(head[4] == 3 && items.count == Int(head[0]) + 3)
            switch change {
            case .swapped:
                let row = items[last][8...]
                items[last][8...] = items[last - 1][8...]
                items[last - 1][8...] = row
            case .deleted:
                items.removeLast()
                head[4] -= 1
            case .added:
                items.append(items[last])
                head[4] += 1
            case .leadsNowhere: items[last][8] = 99
            case .cut: items[last].removeLast()
            }
            try write.put(tables.index, Key(key), head + items.joined())
        }
        #expect(try log.verify()?.table == "private.mdb index")
    }
}
