import Definitions
import EventLog
import EventModel
import LMDB
import Projections
import Synchronization
import Testing

/// Law 2: however the facts came to be computed, the canonical cells are the same.
///
/// Random logs and definitions; every failure names its seed. Faults planted that made it fail:
/// differences without the facts before; a void's case not touched; a partition's first case left
/// out. Budgets of a few KiB make every build write in rounds.
@Suite struct SameCellsTests {
    /// Definitions that compile, and their canonical form by a replay of a log.
    private func prepare(
        seed: UInt64, _ log: LogStore, _ store: ProjectionStore, count: Int = 12
    ) throws -> [ProjectionDefinition] {
        var random = RandomDefinitions(seed: seed)
        return (0..<count).map { random.definition("p\($0)") }.filter {
            (try? store.check([$0], context: testContext)) != nil
        }
    }

    @Test(arguments: 0..<8)
    func `Live in batches of any size equals a replay`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 100)
        let drafts = random.drafts(90, cases: 5)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        let definitions = try prepare(seed: seed + 100, log, store)
        var options = BuildOptions()
        options.strategy = .differences
        var rest = drafts[...]
        var sizes = Seeded(seed)
        try store.rebuild(sources(definitions), context: testContext)
        while !rest.isEmpty {
            let size = seed < 2 ? 1 : 1 + sizes.below(30)
            try log.record(rest.prefix(size))
            rest = rest.dropFirst(size)
            try store.catchUp(sources(definitions), context: testContext, options: options)
        }
        let live = try canonical(definitions, store, log)
        let replayed = try canonical(
            try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            #expect(
                live[definition.name] == replayed[definition.name], "seed \(seed), \(definition)")
        }
    }

    @Test(arguments: 0..<6)
    func `Any number of threads and any memory give the same rebuild`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 200)
        let drafts = random.drafts(400, cases: 60)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let definitions = try prepare(seed: seed + 200, log, store)
        let expected = try canonical(
            try store.replay(definitions, context: testContext), log)
        for (threads, budget, rows) in [(1, 1 << 28, 1 << 20), (3, 1 << 16, 16), (2, 1 << 20, 1)] {
            let options = BuildOptions(
                threads: threads, memoryBudgetBytes: budget, rowsPerPartition: rows)
            try store.rebuild(sources(definitions), context: testContext, options: options)
            let rebuilt = try canonical(definitions, store, log)
            for definition in definitions {
                #expect(
                    rebuilt[definition.name] == expected[definition.name],
                    "seed \(seed), \(threads) threads, \(definition)")
            }
        }
    }

    @Test(arguments: 0..<6)
    func `A build interrupted again and again goes on to the same cells`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 300)
        let drafts = random.drafts(300, cases: 50)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let definitions = try prepare(seed: seed + 300, log, store, count: 6)
        var finished = false
        var interruptions = 0
        for allowance in 3..<400 where !finished {
            let asked = Atomic(0)
            let options = BuildOptions(
                threads: 1 + Int(seed) % 2, memoryBudgetBytes: 1 << 12, rowsPerPartition: 20,
                shouldStop: {
                    asked.add(1, ordering: .relaxed).newValue > allowance * 3
                })
            do {
                try store.rebuild(sources(definitions), context: testContext, options: options)
                finished = true
            } catch ProjectionFault.interrupted {
                interruptions += 1
            }
        }
        #expect(finished && interruptions > 0, "seed \(seed)")
        let rebuilt = try canonical(definitions, store, log)
        let expected = try canonical(
            try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            #expect(
                rebuilt[definition.name] == expected[definition.name],
                "seed \(seed), \(definition)")
        }
    }

    /// Planted: whoever goes on publishes what was put in the place of the rows of rounds before.
    @Test func `A build whose rows were changed while it was interrupted is begun anew`() throws {
        var random = RandomLog(seed: 900)
        let folder = StoreFolder()
        var definitions: [ProjectionDefinition] = []
        var changed = 0
        do {
            let log = try LogStore.make(in: folder)
            try log.record(random.drafts(300, cases: 50))
            let store = try ProjectionStore(log: log)
            definitions = try prepare(seed: 900, log, store, count: 6)
            for allowance in 8..<400 where changed == 0 {
                let asked = Atomic(0)
                let options = BuildOptions(
                    threads: 1, memoryBudgetBytes: 1 << 12, rowsPerPartition: 20,
                    shouldStop: {
                        asked.add(1, ordering: .relaxed).newValue > allowance
                    })
                _ = try? store.rebuild(
                    sources(definitions), context: testContext, options: options)
                changed = try log.read { try store.statuses(in: $0) }.filter {
                    ($0.build?.casesDone ?? 0) > 0
                }.count
            }
        }
        try #require(changed > 0)
        do {
            let environment = try Environment.open(at: folder.path)
            let table = try environment.openTable("runs.manifests")
            let write = try environment.beginWrite()
            var found: [([UInt8], [UInt8])] = []
            var cursor = try write.cursor(table)
            while try cursor.move(.next) {
                try cursor.withEntry { key, value in
                    found.append((key.indices.map { key[$0] }, value.indices.map { value[$0] }))
                }
            }
            for (key, value) in found where key.starts(with: Array("cells/".utf8)) {
                // The first run loses its last record.
                guard value.count >= 72, value[56] > 1 else { continue }
                var value = value
                value[56] -= 1
                try write.put(table, Key(key), try #require(RunManifest.sealed(value)))
            }
            try write.commit()
        }
        let log = try LogStore.open(at: folder.path)
        let store = try ProjectionStore(log: log)
        try store.rebuild(sources(definitions), context: testContext)
        let rebuilt = try canonical(definitions, store, log)
        let expected = try canonical(try store.replay(definitions, context: testContext), log)
        for definition in definitions {
            #expect(rebuilt[definition.name] == expected[definition.name], "\(definition.name)")
        }
    }

    @Test(arguments: 0..<6)
    func `Arrival in another order gives the same cells`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 400)
        let drafts = random.drafts(150, cases: 6)
        // Voids need their event first, and a case's events of one instant keep their order.
        var shuffled = drafts.filter { $0.type != "event.voided" }
        shuffled.shuffle(using: &random.random)
        var placed: [String: [EventDraft]] = [:]
        for draft in drafts where draft.type != "event.voided" {
            placed["\(draft.subject) \(draft.time.milliseconds)", default: []].append(draft)
        }
        shuffled = shuffled.map { draft in
            placed["\(draft.subject) \(draft.time.milliseconds)"]!.removeFirst()
        }
        shuffled += drafts.filter { $0.type == "event.voided" }

        var forms: [[String: [String]]] = []
        var definitions: [ProjectionDefinition] = []
        for order in [drafts, shuffled] {
            let folder = StoreFolder()
            let log = try LogStore.make(in: folder)
            try log.record(order, batch: 17)
            let store = try ProjectionStore(log: log)
            definitions = try prepare(seed: seed + 400, log, store)
            try store.rebuild(sources(definitions), context: testContext)
            forms.append(try canonical(definitions, store, log))
        }
        for definition in definitions {
            #expect(
                forms[0][definition.name] == forms[1][definition.name],
                "seed \(seed), \(definition)")
        }
    }

    @Test func `A replay of the log's first entries equals what was known then`() throws {
        var random = RandomLog(seed: 77)
        let drafts = random.drafts(120, cases: 5)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let store = try ProjectionStore(log: log)
        let definitions = try prepare(seed: 77, log, store)
        try log.record(drafts.prefix(70))
        try store.rebuild(sources(definitions), context: testContext)
        let then = try canonical(definitions, store, log)
        try log.record(drafts.dropFirst(70))
        let replayed = try canonical(
            try store.replay(definitions, context: testContext, upTo: 70), log)
        #expect(then == replayed)
    }

    @Test func `Facts one by one add up to the cells`() throws {
        var random = RandomLog(seed: 78)
        let drafts = random.drafts(200, cases: 9)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(drafts)
        let store = try ProjectionStore(log: log)
        let all = Day(number: -1_000_000)..<Day(number: 1_000_000)
        for definition in try prepare(seed: 78, log, store) {
            var cells: [[UInt32]: Int64] = [:]
            let layout = try store.facts(of: definition, context: testContext, days: all) { fact in
                let key = Array(fact.row.dropLast(2))
                let layoutWords = fact.row.count
                #expect(layoutWords == key.count + 2)
                let multiplicity = Int64(
                    bitPattern: UInt64(fact.row[key.count]) << 32 | UInt64(fact.row[key.count + 1]))
                cells[key, default: 0] += multiplicity
            }
            var expected: [[UInt32]: Int64] = [:]
            let set = try store.replay([definition], context: testContext)[0]
            set.scan { block in
                for start in stride(from: 0, to: block.count, by: layout.words) {
                    let key = (start..<start + layout.keyWords).map { block[$0] }
                    expected[key, default: 0] += layout.multiplicity(block, start)
                }
            }
            #expect(cells.filter { $0.value != 0 } == expected, "\(definition)")
        }
    }
}
