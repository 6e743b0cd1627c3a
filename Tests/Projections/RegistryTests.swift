import Definitions
import EventLog
import EventModel
import LMDB
import Projections
import Testing

/// The life of a version: built beside the live one, promoted, rebuilt, dropped; what a reader
/// sees meanwhile.
@Suite struct RegistryTests {
    private func opened(
        _ name: String, version: Int = 1, field: String = "channel"
    ) -> ProjectionDefinition {
        ProjectionDefinition(
            name: name, version: version, title: LocalizedText(english: name),
            subjectKinds: ["ticket"],
            bindings: [
                Binding(
                    name: "opened", kind: .first(Selector(types: ["ticket.opened"], tests: [])),
                    window: Window())
            ], fact: .one("opened"),
            dimensions: [(field, .field(FieldReference(binding: "opened", field: field)))],
            measures: [])
    }

    private func ticket(_ number: Int, channel: String = "email", day: Int = 0) -> EventDraft {
        EventDraft(
            id: "t\(number)", source: "test", type: "ticket.opened", subject: "ticket/\(number)",
            time: Instant(milliseconds: testStart + Int64(day) * 86_400_000),
            fields: [.init("channel", .text(channel)), .init("origin", .text("customer"))])
    }

    private func rows(
        _ name: String, _ store: ProjectionStore, _ log: LogStore, days: Range<Day>
    ) throws -> Int64 {
        try log.read { view in
            guard let status = try store.live(name, in: view) else { return -1 }
            var total: Int64 = 0
            try store.scan(status, days: days, in: view) { block in
                for start in stride(from: 0, to: block.count, by: status.layout.words) {
                    #expect(days.contains(CellLayout.day(block, start)))
                    total += status.layout.multiplicity(block, start)
                }
            }
            return total
        }
    }

    private let always = Day(number: -700_000)..<Day(number: 2_900_000)

    /// Planted: rows whose position is further than a build are kept whatever the log holds.
    @Test func `A position past the log's end is built anew, not kept`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record((0..<40).map { ticket($0) })
        let store = try ProjectionStore(log: log)
        try store.rebuild(sources([opened("tickets")]), context: testContext)
        try store.promote(name: "tickets", version: 1)
        let whole = try #require(try log.read { try store.status("tickets", version: 1, in: $0) })
        var damaged = whole
        damaged.position = 1_000_000
        let table = try log.environment.openTable("projections")
        try log.write { [damaged] write, _ in
            try write.put(table, Key("tickets@1"), damaged.encoded)
        }
        #expect(damaged.behind(40) == 0)
        try store.catchUp(sources([opened("tickets")]), context: testContext)
        let after = try #require(try log.read { try store.status("tickets", version: 1, in: $0) })
        #expect(after.position == whole.position && after.build == nil)
        #expect(try rows("tickets", store, log, days: always) == 40)
    }

    @Test func `A version is built, promoted, replaced and dropped`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        try log.record((0..<10).map { ticket($0) })
        try store.rebuild(sources([opened("tickets")]), context: testContext)
        #expect(try rows("tickets", store, log, days: always) == -1)
        try store.promote(name: "tickets", version: 1)
        #expect(try rows("tickets", store, log, days: always) == 10)

        let second = opened("tickets", version: 2, field: "origin")
        #expect(throws: ProjectionFault.self) {
            try store.promote(name: "tickets", version: 2)
        }
        try store.rebuild(sources([second]), context: testContext)
        try store.promote(name: "tickets", version: 2)
        let statuses = try log.read { try store.statuses(in: $0) }
        #expect(statuses.map(\.state) == [.retired, .live])
        #expect(statuses.map(\.position) == [10, 10])
        #expect(statuses[1].layout.dimensions.map(\.name) == ["origin"])

        try store.drop(name: "tickets", version: 1)
        try store.clean()
        #expect(try log.read { try store.statuses(in: $0) }.map(\.version) == [2])
        #expect(try rows("tickets", store, log, days: always) == 10)
        #expect(throws: ProjectionFault.self) { try store.drop(name: "tickets", version: 1) }
    }

    @Test func `Catching up builds what is new or was built under another digest`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        try log.record((0..<4).map { ticket($0) })
        let definition = opened("tickets")
        let first = try store.catchUp(
            [ProjectionSource(definition: definition, digest: "a")], context: testContext)
        #expect(first.rebuilt == ["tickets"] && first.position == 4)
        try log.record((4..<6).map { ticket($0) })
        let second = try store.catchUp(
            [ProjectionSource(definition: definition, digest: "a")], context: testContext)
        #expect(second.caughtUp == ["tickets"] && second.rows == 1 && second.position == 6)
        let third = try store.catchUp(
            [ProjectionSource(definition: definition, digest: "b")], context: testContext)
        #expect(third.rebuilt == ["tickets"])
        try store.promote(name: "tickets", version: 1)
        #expect(try rows("tickets", store, log, days: always) == 6)
    }

    @Test func `A scan gives the days asked for and no others`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        try log.record((0..<60).map { ticket($0, day: $0 % 30) })
        try store.rebuild(sources([opened("tickets")]), context: testContext)
        try store.promote(name: "tickets", version: 1)
        let first = jumpyZone.day(of: Instant(milliseconds: testStart))
        let chosen = first.advanced(by: 3)..<first.advanced(by: 7)
        #expect(try rows("tickets", store, log, days: chosen) == 8)
        #expect(try rows("tickets", store, log, days: first..<first) == 0)
    }

    @Test func `A fault names the event and leaves the live rows as they were`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        let definition = ProjectionDefinition(
            name: "costs", version: 1, title: LocalizedText(english: "Costs"),
            subjectKinds: ["ticket"], bindings: [],
            fact: .each(Selector(types: ["cost.recorded"], tests: [])),
            dimensions: [
                ("amount", .field(FieldReference(binding: "fact", field: "amount")))
            ], measures: [])
        func cost(_ number: Int, _ amount: Int64) -> EventDraft {
            EventDraft(
                id: "c\(number)", source: "test", type: "cost.recorded", subject: "ticket/1",
                time: Instant(milliseconds: testStart),
                fields: [.init("amount", .integer(amount)), .init("currency", .text("IDR"))])
        }
        try log.record([cost(0, 5), cost(1, -2_147_483_647), cost(2, 2_147_483_647)])
        try store.rebuild(sources([definition]), context: testContext)
        try store.promote(name: "costs", version: 1)
        let before = try canonical([definition], store, log)
        #expect(before["costs"]?.count == 3)
        try log.record([cost(3, 2_147_483_648)])
        let fault = #expect(throws: ProjectionFault.self) {
            try store.catchUp(sources([definition]), context: testContext)
        }
        guard case .event(projection: "costs", sequence: 3, _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(throws: ProjectionFault.self) {
            try store.rebuild(sources([definition]), context: testContext)
        }
        #expect(try canonical([definition], store, log) == before)
        #expect(try log.read { try store.live("costs", in: $0)?.position } == 3)
    }

    @Test func `A store without a calendar refuses business time, before anything is built`() throws
    {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        var definition = opened("tickets")
        definition.measures = [
            ("wait", .duration(Duration(from: "opened", to: "opened", clock: .business)))
        ]
        let context = BuildContext(types: shippedTypes, zone: .utc)
        let fault = #expect(throws: ProjectionFault.self) {
            try store.rebuild(sources([definition]), context: context)
        }
        #expect(fault?.description.contains("no calendar") == true)
        #expect(try log.read { try store.statuses(in: $0) }.isEmpty)
    }

    @Test func `A dimension of two kinds is refused with the reason`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        var definition = opened("tickets")
        definition.dimensions = [
            (
                "mixed",
                .firstOf([
                    .field(FieldReference(binding: "opened", field: "channel")),
                    .field(FieldReference(binding: "opened", field: "level")),
                ])
            )
        ]
        let fault = #expect(throws: ProjectionFault.self) {
            try store.check([definition], context: testContext)
        }
        #expect(
            fault?.description
                == "projection tickets: \"mixed\" draws from fields that are kept in different ways"
        )
    }
}
