import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// What is told of a case where recording alone decided, or where clocks differ.
///
/// Faults planted that made it fail: pairs of one source's order tried as ties; every pair of one
/// instant named; the second of three alike events skipped; ranks left out of what decides.
@Suite("Doubts about a case")
struct CaseDoubtsTests {
    private static let opened = deskEvent(
        "o", "ticket.opened", 0,
        [.init("channel", .text("email")), .init("origin", .text("customer"))])

    private static let definitions: [ProjectionDefinition] = {
        let library = DefinitionLibrary(
            types: shippedTypes,
            files: [
                (
                    "p.yaml",
                    """
                    projection: final
                    version: 1
                    title: {en: Course, id: Jalannya}
                    of: ticket
                    let:
                      opened: {first: ticket.opened}
                      final: {last: ticket.status_changed}
                      lasting: {from: opened, to: final}
                    fact: opened
                    dimensions: {status: final.status}
                    measures: {lasting: lasting}
                    ---
                    projection: changes
                    version: 1
                    title: {en: Changes, id: Perubahan}
                    of: ticket
                    let: {opened: {first: ticket.opened}, changes: {count: ticket.status_changed}}
                    fact: opened
                    measures: {changes: changes}
                    """
                )
            ])
        do {
            return try library.projectionNames.compactMap { try library.projection($0) }
        } catch {
            fatalError("\(error)")
        }
    }()

    /// The doubts about the one case of some drafts, entries told by the drafts' ids.
    private func doubts(
        _ drafts: [EventDraft], _ definitions: [ProjectionDefinition] = definitions
    ) throws -> (doubts: CaseDoubts?, id: (UInt32) -> String) {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let first = try log.read { $0.entryCount }
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let end = try log.read { $0.entryCount }
        let cases = try store.cases(touchedBy: first..<end)
        let doubts = try store.doubts(ofCases: cases, definitions, context: testContext)
        #expect(doubts.count <= 1)
        return (doubts.first, { drafts[Int($0 - first)].id })
    }

    @Test("Two events that only recording orders are named where a fact depends on it")
    func ties() throws {
        let (found, id) = try doubts([
            Self.opened, deskStatus("a", "pending", 9), deskStatus("b", "hold", 9),
        ])
        let told = try #require(found)
        #expect(told.ties.map { [id($0.first), id($0.second)] } == [["a", "b"]])
        #expect(told.ties.map(\.projections) == [["final"]])
        #expect(told.moved.isEmpty && told.early.isEmpty && !told.lacksOpening)
    }

    @Test("Where rank, the source, or what happens later tells as much, nothing is doubtful")
    func noTies() throws {
        let later = deskStatus("z", "open", 90)
        for drafts in [
            [Self.opened, deskStatus("a", "resolved", 9), deskStatus("b", "open", 9)],
            [
                Self.opened, deskStatus("a", "pending", 9, order: .integer(2)),
                deskStatus("b", "hold", 9, order: .integer(1)),
            ],
            [Self.opened, deskStatus("a", "pending", 9), deskStatus("b", "hold", 9), later],
        ] {
            #expect(try doubts(drafts).doubts == nil)
        }
    }

    @Test("Of three alike events the first and the last are a tie, too")
    func three() throws {
        // The one between says what is so already, whichever is the first.
        let (found, id) = try doubts([
            Self.opened, deskStatus("a", "pending", 9), deskStatus("b", "hold", 9),
            deskStatus("c", "pending", 9),
        ])
        let ties = try #require(found).ties.map { [id($0.first), id($0.second)] }
        #expect(ties == [["a", "b"], ["b", "c"]])
    }

    @Test("Events before the opening are told apart by whether clocks explain them")
    func clocks() throws {
        let (found, id) = try doubts([
            deskStatus("a", "resolved", -121), deskStatus("b", "open", -120), Self.opened,
        ])
        let told = try #require(found)
        #expect(told.moved.map(id) == ["b"] && told.early.map(id) == ["a"])
        #expect(told.reversals.isEmpty && told.ties.isEmpty)
        let reversed = try doubts([deskStatus("a", "resolved", -300), Self.opened])
        #expect(
            reversed.doubts?.reversals.map { [reversed.id($0.start), reversed.id($0.end)] } == [
                ["o", "a"]
            ])
    }

    @Test("A case without an opening is doubtful, but none whose kind has none")
    func openings() throws {
        #expect(try doubts([deskStatus("a", "open", 0)]).doubts?.lacksOpening == true)
        let profile = deskEvent(
            "a", "agent.profile_set", 0, [.init("team", .text("east"))], subject: "agent/budi")
        #expect(try doubts([profile]).doubts == nil)
    }

    /// A log's facts by the subject of their case.
    private func facts(
        _ drafts: [EventDraft], _ definitions: [ProjectionDefinition]
    ) throws -> [String: [[String]]] {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let end = try log.read { $0.entryCount }
        let subjects = try log.read { view in
            try (0..<view.caseCount).map { try view.subject(ofCase: UInt32($0)) }
        }
        var facts: [String: [[String]]] = [:]
        for (id, subject) in subjects.enumerated() {
            facts[subject] = try definitions.map { definition in
                let found = try store.facts(
                    ofCases: [UInt32(id)], definition, context: testContext, upTo: end)
                return try canonical([found.cells], log)[definition.name] ?? []
            }
        }
        return facts
    }

    @Test(
        "In another order of recording only the facts of cases with named ties differ",
        arguments: 0..<6)
    func permutations(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 1300)
        let drafts = random.drafts(90, cases: 7, step: 20_000).filter { $0.type != "event.voided" }
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let first = try log.read { $0.entryCount }
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        var source = RandomDefinitions(seed: seed + 1300)
        let definitions = (0..<12).map { source.definition("p\($0)") }.filter {
            (try? store.check([$0], context: testContext)) != nil
        }
        let end = try log.read { $0.entryCount }
        let doubts = try store.doubts(
            ofCases: store.cases(touchedBy: first..<end), definitions, context: testContext)
        let expected = try facts(drafts, definitions)
        let named = Set(
            try log.read { view in
                try doubts.filter { !$0.ties.isEmpty }.map { try view.subject(ofCase: $0.caseID) }
            })
        for _ in 0..<3 {
            let found = try facts(drafts.shuffled(using: &source.random), definitions)
            for (subject, facts) in expected where !named.contains(subject) {
                #expect(found[subject] == facts, "seed \(seed), \(subject)")
            }
        }
        // And each that is named does decide.
        for tie in doubts.flatMap(\.ties).prefix(6) {
            var swapped = drafts
            swapped.swapAt(Int(tie.first - first), Int(tie.second - first))
            let subject = drafts[Int(tie.first - first)].subject
            let found = try facts(swapped, definitions)
            let changed = definitions.indices.filter {
                found[subject]?[$0] != expected[subject]?[$0]
            }.map { definitions[$0].name }
            #expect(changed == tie.projections, "seed \(seed), \(subject)")
        }
    }
}
