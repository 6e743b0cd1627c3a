import EventLog
import EventModel
import Testing

@Suite("Duplicates, conflicts and voids, by giving the log the same keys again")
struct AdmissionTests {
    let folder = StoreFolder()

    @Test("The same events again add nothing, whole, in part and within one batch")
    func duplicates() throws {
        let store = try LogStore.make(in: folder)
        let drafts = randomDrafts(count: 600, seed: 11)
        try store.record(drafts, at: 1_000_000)
        let root = try store.read { $0.root }
        let again = try store.record(drafts, at: 2_000_000)
        #expect(again.accepted == 0)
        #expect(again.duplicates == 600)
        #expect(again.sequences.isEmpty)
        try #expect(store.read { $0.root } == root)
        let mixed = try store.record(
            drafts[100..<200] + [message("new"), message("new"), message("newer")], at: 2_000_000)
        #expect(mixed.accepted == 2)
        #expect(mixed.duplicates == 101)
        #expect(mixed.sequences == 600..<602)
    }

    @Test("Another content under the same source and id is refused, and named")
    func conflicts() throws {
        let store = try LogStore.make(in: folder)
        try store.record([message("a"), message("b")])
        let outcome = try store.record([
            message("a", actor: "Somebody else"), message("c"), message("c", minute: 9),
            message("a"),
        ])
        #expect(outcome.accepted == 1)
        #expect(outcome.duplicates == 1)
        #expect(outcome.rejections.map(\.row) == [0, 2])
        let rejection = try #require(outcome.rejections.first?.rejection)
        #expect(rejection.line == 1)
        // What differs is named: the field, both values and the entry.
        #expect(rejection.kind == .conflict)
        #expect(rejection.field == "data.actor")
        #expect(rejection.value == "Somebody else")
        #expect(rejection.recorded == .init(value: "Budi", sequence: 0))
        #expect(rejection.problem.hasPrefix("another event already has this source and id"))
        try #expect(store.record([message("a", source: "other")]).accepted == 1)
    }

    @Test("One order is one content, however its number is sent; the text of its digits is another")
    func orders() throws {
        func sent(_ sequence: FieldValue, _ type: String? = nil) -> EventDraft {
            var draft = message("a")
            draft.attributes = [.init("sequence", sequence)]
            if let type { draft.attributes.append(.init("sequencetype", .text(type))) }
            return draft
        }
        let ways = [
            sent(.integer(10)), sent(.integer(10), "Integer"), sent(.text("10"), "Integer"),
            sent(.text("010"), "Integer"),
        ]
        for first in ways {
            let folder = StoreFolder()
            let store = try LogStore.make(in: folder)
            let outcome = try store.record([first] + ways)
            #expect(outcome.accepted == 1 && outcome.duplicates == ways.count)
            #expect(try store.record(ways).duplicates == ways.count)
            let others = try store.record([sent(.text("10")), sent(.integer(9)), message("a")])
            #expect(
                others.rejections.map(\.rejection.field) == ["sequence", "sequence", "sequence"])
        }
    }

    @Test("In strict mode the first refusal keeps the whole batch out")
    func strict() throws {
        let store = try LogStore.make(in: folder)
        try store.record([message("a")])
        let outcome = try store.record(
            [message("x"), message("a", minute: 1), message("y")], isStrict: true)
        #expect(outcome.accepted == 0)
        #expect(outcome.sequences.isEmpty)
        #expect(outcome.rejections.map(\.row) == [1])
        try #expect(store.read { $0.entryCount } == 1)
        // The names and cases that batch would have brought were not kept either.
        try #expect(store.record([message("z", actor: "Zaki")]).accepted == 1)
        try store.read { view in
            let id = try #require(try view.nameID("Zaki"))
            #expect(Int(id) == view.nameCount - 1)
        }
    }

    @Test("Of a row's events all are recorded or, where one is at odds with the log, none")
    func rows() throws {
        let store = try LogStore.make(in: folder)
        try store.record([message("a"), message("b"), message("v", ticket: "T-2")])
        let outcome = try store.append(
            batch(ofRows: [
                // Refused in the middle: what comes before and behind it leaves no trace.
                [message("c"), void("w", of: "b"), message("a", actor: "Citra"), message("d")],
                // So these are new, and what the void named is still there.
                [message("c", actor: "Dewi"), message("d", actor: "Dewi")],
                [void("x", of: "b"), message("e")],
                // Refused by what the row itself says twice.
                [message("f"), message("f", actor: "Citra")],
                [message("f", actor: "Eka"), message("a")],
                // What is there already stays so, and counts only where its row does.
                [message("a"), message("b", actor: "Citra"), void("y", of: "nothing")],
            ]), recorded: Instant(milliseconds: 1_750_000_000_000), isStrict: false)
        #expect(outcome.rejections.map(\.row) == [2, 9, 14])
        #expect(outcome.rejections.map(\.rejection.line) == [1, 4, 6])
        #expect(outcome.accepted == 5)
        #expect(outcome.duplicates == 1)
        #expect(outcome.sequences == 3..<8)
        try store.read { view in
            try #expect(view.isVoided(1) && !view.isVoided(0))
            #expect(view.entryCount == 8)
        }
    }

    @Test("A void takes out one event of its case, once, and its key may be used anew")
    func voids() throws {
        let store = try LogStore.make(in: folder)
        try store.record([message("a"), message("b"), message("c", ticket: "T-2")])
        let outcome = try store.record([
            void("v1", of: "a"), void("v2", of: "nothing"), void("v3", of: "c"),
            void("v4", of: "a"), void("v5", of: "v1"),
        ])
        #expect(outcome.accepted == 1)
        #expect(outcome.rejections.map(\.row) == [1, 2, 3, 4])
        let problems = outcome.rejections.map(\.rejection.problem)
        #expect(problems[0].hasPrefix("no event with this source and id is in the log: "))
        #expect(problems[1].contains("another case"))
        #expect(problems[2] == "the event to void is voided already")
        #expect(problems[3].contains("cannot be voided"))
        try store.read { view in
            try #expect(view.voidedSequences() == [0])
            try #expect(view.isVoided(0))
            try #expect(!view.isVoided(1))
            let type = try #require(view.types.id(of: "event.voided"))
            let segment = try view.segment(containing: 3)
            let columns = view.types.schemas[Int(type)].columns.count
            let column = try #require(segment.column(type: type, index: columns))
            #expect(column[0] == 0)
        }
        let anew = try store.record([message("a", minute: 3)])
        #expect(anew.accepted == 1)
        try #expect(store.record([message("a", minute: 3)]).duplicates == 1)
        try #expect(store.record([message("a", minute: 4)]).rejections.count == 1)
        try #expect(store.record([void("v6", of: "a")]).accepted == 1)
        try #expect(store.read { try $0.voidedSequences() } == [0, 4])
        // The very same content as a voided event is there already: an input ingested again adds
        // nothing, although it was taken out since.
        try #expect(store.record([message("a")]).duplicates == 1)
        try #expect(store.record([message("a", minute: 3)]).duplicates == 1)
    }

    @Test("A case whose first row is refused is known by its next, in the order of rows")
    func refusedFirst() throws {
        let store = try LogStore.make(in: folder)
        let outcome = try store.record([
            void("v", of: "nothing", ticket: "T-9"), message("a", ticket: "T-8"),
            message("b", ticket: "T-9"), message("c", ticket: "T-7"), message("d", ticket: "T-9"),
            void("w", of: "nothing", ticket: "T-8"), message("e", ticket: "T-8"),
        ])
        #expect(outcome.rejections.map(\.row) == [0, 5])
        try store.read { view in
            var ids: [UInt32] = []
            for ticket in ["T-8", "T-9", "T-7"] {
                ids.append(try #require(try view.caseID("ticket/" + ticket)))
            }
            #expect(ids == ids.sorted())
            #expect(view.caseCount == 3)
            for (id, history) in zip(ids, [[0, 4], [1, 3], [2]] as [[UInt32]]) {
                try #expect(view.caseHistory(id) == history)
            }
        }
    }

    @Test("What the log itself withdrew may be recorded anew, once")
    func withdrawn() throws {
        let store = try LogStore.make(in: folder)
        try #expect(store.record([message("a"), message("b")]).accepted == 2)
        var withdrawal = void("v1", of: "a")
        withdrawal.source = store.origin
        // From outside nobody may speak in the log's name.
        let forged = try store.record([withdrawal])
        #expect(forged.accepted == 0 && forged.rejections.first?.rejection.kind == .ownSource)
        var own = batch([withdrawal])
        own.isLogsOwn = true
        try #expect(
            store.append(own, recorded: Instant(milliseconds: 1_750_000_000_000)).accepted == 1)
        try #expect(store.record([void("v2", of: "b")]).accepted == 1)
        let again = try store.record([message("a"), message("b")])
        #expect(again.accepted == 1)
        #expect(again.duplicates == 1)
        try #expect(store.record([message("a"), message("b")]).duplicates == 2)
        try #expect(store.read { try $0.voidedSequences() } == [0, 1])
    }

    @Test("Within one batch voids and repeats are taken in order, as one at a time")
    func oneBatch() throws {
        let drafts = [
            message("a"), void("v1", of: "a"), message("a", minute: 1), message("a", minute: 1),
            void("v2", of: "late"), message("late"), message("a"), void("v3", of: "a"),
            void("v4", of: "a"), message("b"), message("a"),
        ]
        let store = try LogStore.make(in: folder)
        let outcome = try store.record(drafts)
        let other = StoreFolder()
        let single = try LogStore.make(in: other)
        var rows: [Int] = []
        for (row, draft) in drafts.enumerated()
        where try !single.record([draft]).rejections.isEmpty {
            rows.append(row)
        }
        #expect(outcome.rejections.map(\.row) == rows)
        #expect(rows == [4, 8])
        let image = try store.read { try LogImage($0) }
        let expected = try single.read { try LogImage($0) }
        #expect(image.difference(from: expected) == nil)
    }

    @Test(
        "Random repeats, conflicts and voids give the same log in any batch sizes",
        arguments: [
            21 as UInt64, 22, 23,
        ])
    func randomly(seed: UInt64) throws {
        var random = Seeded(seed)
        var drafts: [EventDraft] = []
        for index in 0..<400 {
            let id = "m\(Int.random(in: 0..<120, using: &random))"
            let ticket = "T-\(Int(id.dropFirst())! % 5)"
            switch Int.random(in: 0..<4, using: &random) {
            case 0: drafts.append(void("v\(index)", of: id, ticket: ticket))
            case 1: drafts.append(message(id, ticket: ticket, minute: 1))
            default: drafts.append(message(id, ticket: ticket))
            }
        }
        let store = try LogStore.make(in: folder)
        let outcome = try store.record(drafts)
        let other = StoreFolder()
        let split = try LogStore.make(in: other)
        var start = 0
        var counts = (accepted: 0, duplicates: 0, refused: 0)
        while start < drafts.count {
            let size = min(Int.random(in: 1...20, using: &random), drafts.count - start)
            let part = try split.record(drafts[start..<start + size])
            counts.accepted += part.accepted
            counts.duplicates += part.duplicates
            counts.refused += part.rejections.count
            start += size
        }
        #expect(outcome.accepted == counts.accepted, "seed \(seed)")
        #expect(outcome.duplicates == counts.duplicates, "seed \(seed)")
        #expect(outcome.rejections.count == counts.refused, "seed \(seed)")
        let image = try store.read { try LogImage($0) }
        let expected = try split.read { try LogImage($0) }
        #expect(image.difference(from: expected) == nil, "seed \(seed)")
    }
}
