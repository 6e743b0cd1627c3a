import Definitions
import EventLog
import EventModel
import Projections
import Testing

/// Random definitions over random logs, compared with an evaluator written from the definitions'
/// documentation alone (`NaiveEvaluator`). Every failure names its seed.
///
/// Faults planted in the engine that made it fail: `includesStart` ignored; ties ordered by the
/// later sequence; "" taken for somebody; voided rows kept; the latest value looked for before the
/// fact only; an optional start that empties its window.
@Suite struct NaiveComparisonTests {
    private func definitions(seed: UInt64, count: Int) -> [ProjectionDefinition] {
        var random = RandomDefinitions(seed: seed)
        // What the compiler refuses (a dimension of two kinds, for example) is not compared.
        return (0..<count).map { random.definition("p\($0)") }
    }

    private func naive(
        _ definitions: [ProjectionDefinition], _ drafts: [EventDraft]
    ) -> [String: [String]] {
        var forms: [String: [String]] = [:]
        for definition in definitions {
            forms[definition.name] =
                NaiveEvaluator(definition).lines(of: drafts)
        }
        return forms
    }

    private func accepted(
        _ definitions: [ProjectionDefinition], _ store: ProjectionStore
    ) -> [ProjectionDefinition] {
        definitions.filter { (try? store.check([$0], context: testContext)) != nil }
    }

    @Test(arguments: 0..<40)
    func `A replay gives the facts that the documentation says`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let drafts = random.drafts(60 + Int(seed) * 4, cases: 2 + Int(seed) % 9)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let definitions = accepted(self.definitions(seed: seed, count: 25), store)
        #expect(definitions.count >= 10, "seed \(seed): too few definitions compile")
        let expected = naive(definitions, drafts)
        #expect(
            expected.values.filter { !$0.isEmpty }.count * 3 >= definitions.count,
            "seed \(seed): too little to compare")
        let found = try canonical(
            try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            #expect(
                found[definition.name] == expected[definition.name],
                "seed \(seed), \(definition)")
        }
    }

    @Test(arguments: 0..<6)
    func `A long case gives the same, by index and binary search`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 500)
        let drafts = random.drafts(500, cases: 1)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let definitions = accepted(self.definitions(seed: seed + 500, count: 12), store)
        let expected = naive(definitions, drafts)
        let found = try canonical(
            try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            #expect(
                found[definition.name] == expected[definition.name],
                "seed \(seed), \(definition)")
        }
    }

    @Test func `The catalogue gives the facts that the documentation says`() throws {
        #expect(catalogue.count >= 10)
        for seed in UInt64(900)..<906 {
            var random = RandomLog(seed: seed)
            let drafts = random.drafts(200, cases: 8)
            let folder = StoreFolder()
            let log = try LogStore.make(in: folder)
            try log.record(drafts)
            let store = try ProjectionStore(log: log)
            let expected = naive(catalogue, drafts)
            let found = try canonical(
                try store.replay(catalogue, context: testContext), log)
            for definition in catalogue {
                #expect(
                    found[definition.name] == expected[definition.name],
                    "seed \(seed), \(definition.name)")
            }
        }
    }
}
