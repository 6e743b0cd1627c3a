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

    private static let definitions = definitions(
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
        """)

    private static func definitions(_ yaml: String) -> [ProjectionDefinition] {
        let library = DefinitionLibrary(types: shippedTypes, files: [("p.yaml", yaml)])
        do {
            return try library.projectionNames.compactMap { try library.projection($0) }
        } catch {
            fatalError("\(error)")
        }
    }

    /// What was found in a log of some drafts: ties, and the entries of other doubts of a kind, all told
    /// by the drafts' ids.
    private struct Found {
        var ties: [[String]] = []
        var projections: [[String]] = []
        var others: [DoubtKind: [String]] = [:]
    }

    private func find(
        _ drafts: [EventDraft], _ definitions: [ProjectionDefinition] = definitions
    ) throws -> Found {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let first = try log.read { $0.entryCount }
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let entries = try log.read { first..<$0.entryCount }
        func id(_ sequence: UInt32) -> String { drafts[Int(sequence - first)].id }
        var found = Found()
        let tied = try log.read { view in
            try view.findDoubts(in: entries) { found.others[$0.kind] = $0.sequences.map(id) }
            return try view.tiedCases(in: entries)
        }
        let untried = try store.ties(
            ofCases: tied, among: entries, definitions, context: testContext
        ) { _, ties, _ in
            found.ties += ties.map { $0.entries.map(id) }
            found.projections += ties.map(\.projections)
        }
        #expect(untried == 0)
        return found
    }

    @Test("Two events that only recording orders are named where a fact depends on it")
    func ties() throws {
        let found = try find([
            Self.opened, deskStatus("a", "pending", 9), deskStatus("b", "hold", 9),
        ])
        #expect(found.ties == [["a", "b"]] && found.projections == [["final"]])
        #expect(found.others.isEmpty)
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
            let found = try find(drafts)
            #expect(found.ties.isEmpty && found.others.isEmpty)
        }
    }

    @Test("Of three alike events the first and the last are a tie, too")
    func three() throws {
        // The one between says what is so already, whichever is the first.
        let found = try find([
            Self.opened, deskStatus("a", "pending", 9), deskStatus("b", "hold", 9),
            deskStatus("c", "pending", 9),
        ])
        #expect(found.ties == [["a", "b"], ["b", "c"]])
    }

    @Test("An order that only three events in other places give is tried, too")
    func several() throws {
        func assigned(
            _ id: String, _ field: String, _ value: String, _ order: SourceOrder? = nil
        ) -> EventDraft {
            deskEvent(
                id, "ticket.assigned", 9, [.init(field, .text(value))],
                source: order == nil ? "desk" : "other", order: order)
        }
        // A team belongs to the change before it; of the other source's two one waits for the other.
        let drafts = [
            assigned("a", "agent", "ani", .integer(4)), assigned("b", "team", "east"),
            assigned("c", "agent", "ani"), assigned("d", "agent", "", .integer(1)),
        ]
        var isTold: [[[[String]]]: [Bool]] = [:]
        for places in permutations(of: [0, 1, 2, 3]) {
            let recorded = [Self.opened] + places.map { drafts[$0] }
            let facts = try facts(recorded, Self.handovers)["ticket/1"] ?? []
            let found = try find(recorded, Self.handovers)
            isTold[[facts], default: []].append(!found.ties.isEmpty)
        }
        #expect(isTold.count > 1 && isTold.values.allSatisfy { $0.allSatisfy { $0 } })
    }

    @Test(
        "A tie of several names every projection that depends on it, told of by another tie or not")
    func everyProjection() throws {
        let drafts = ["ani", "budi", "citra"].map { agent in
            deskEvent(agent, "ticket.assigned", 9, [.init("agent", .text(agent))])
        }
        let found = try find([Self.opened] + drafts, Self.rounds)
        // No exchange of two makes the round, but from the second on to the first; who has it in the
        // end hangs on that order, too.
        let place = try #require(found.ties.firstIndex { $0.count == 3 })
        #expect(found.projections[place] == ["holders", "rounds"])
        #expect(found.ties.count == 3)
    }

    private func permutations(of places: [Int]) -> [[Int]] {
        guard places.count > 1 else { return [places] }
        return places.flatMap { first in
            permutations(of: places.filter { $0 != first }).map { [first] + $0 }
        }
    }

    private static let handovers = definitions(
        """
        projection: handovers
        version: 1
        title: {en: Handovers, id: Serah terima}
        of: ticket
        fact: {each: ticket.assigned}
        dimensions: {agent: fact.agent, team: fact.team}
        """)

    private static let rounds = definitions(
        """
        projection: holders
        version: 1
        title: {en: Holders, id: Pemegang}
        of: ticket
        let: {last: {last: ticket.assigned}}
        fact: last
        dimensions: {agent: last.agent}
        ---
        projection: rounds
        version: 1
        title: {en: Rounds, id: Putaran}
        of: ticket
        let:
          opened: {first: ticket.opened}
          budi: {first: ticket.assigned, where: {agent: budi}}
          citra: {first: ticket.assigned, after: budi, where: {agent: citra}}
          ani: {first: ticket.assigned, after: citra, where: {agent: ani}}
        fact: opened
        measures: {round: {flag: {ani: present}}}
        """)

    @Test(
        "Two profiles of one instant are a tie where they say different things until the day's end")
    func profiles() throws {
        func profile(_ id: String, _ fields: [String: String], _ seconds: Double) -> EventDraft {
            deskEvent(
                id, "agent.profile_set", seconds,
                fields.map { .init($0.key, .text($0.value)) }, subject: "agent/budi")
        }
        let east = profile("a", ["department": "east", "team": "one"], 0)
        let west = profile("b", ["department": "west"], 0)
        let same = profile("c", ["department": "east"], 0)
        let found = try find([east, west])
        #expect(found.ties == [["b", "a"]] && found.projections == [["agent.department"]])
        #expect(try find([west, east]).ties == [["a", "b"]])
        #expect(try find([east, same]).ties.isEmpty)
        #expect(try find([east, profile("b", ["team": "two"], 1)]).ties.isEmpty)
        // One name has a token for each time it is said, and is one name all the same.
        func called(_ id: String, _ name: String) -> EventDraft { profile(id, ["name": name], 0) }
        #expect(try find([called("a", "Budi"), called("b", "Budi")]).ties.isEmpty)
        #expect(try find([called("a", "Budi"), called("b", "Adi")]).ties == [["b", "a"]])
        // What a later one of that day says counts, that of the next day only from then on.
        #expect(try find([east, west, profile("d", ["department": "north"], 1)]).ties.isEmpty)
        let next = profile("d", ["department": "north"], 86_400)
        #expect(try find([east, west, next]).ties == [["b", "a"]])
    }

    @Test("Events before the opening are told apart by whether clocks explain them")
    func clocks() throws {
        let found = try find([
            deskStatus("a", "resolved", -121), deskStatus("b", "open", -120), Self.opened,
        ])
        #expect(found.others == [.endBeforeStart: ["a", "o"], .moved: ["b", "o"]])
        #expect(found.ties.isEmpty)
    }

    @Test("A case without an opening is doubtful, but none whose kind has none")
    func openings() throws {
        #expect(try find([deskStatus("a", "open", 0)]).others == [.noOpening: ["a"]])
        let profile = deskEvent(
            "a", "agent.profile_set", 0, [.init("team", .text("east"))], subject: "agent/budi")
        #expect(try find([profile]).others.isEmpty)
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
        var ties: [DecidingTie] = []
        var named: Set<String> = []
        _ = try store.ties(
            ofCases: log.read { try $0.tiedCases(in: first..<end) }, among: first..<end,
            definitions, context: testContext
        ) { id, found, view in
            ties += found
            named.insert(try view.subject(ofCase: id))
        }
        let expected = try facts(drafts, definitions)
        for _ in 0..<3 {
            let found = try facts(drafts.shuffled(using: &source.random), definitions)
            for (subject, facts) in expected where !named.contains(subject) {
                #expect(found[subject] == facts, "seed \(seed), \(subject)")
            }
        }
        // And each that is named does decide.
        for tie in ties.filter({ $0.entries.count == 2 }).prefix(6) {
            var swapped = drafts
            swapped.swapAt(Int(tie.entries[0] - first), Int(tie.entries[1] - first))
            let subject = drafts[Int(tie.entries[0] - first)].subject
            let found = try facts(swapped, definitions)
            let changed = definitions.indices.filter {
                found[subject]?[$0] != expected[subject]?[$0]
            }.map { definitions[$0].name }
            #expect(changed == tie.projections, "seed \(seed), \(subject)")
        }
    }
}
