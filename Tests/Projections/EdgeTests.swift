import Definitions
import EventLog
import EventModel
import Projections
import Synchronization
import Testing

/// Edges that random logs seldom meet: the last millisecond of a window, and a build that is
/// stopped just after a part of it was stored.
///
/// Faults planted that made it fail: a window that ends a millisecond early or late; a build that
/// does not note which cases are done.
@Suite struct EdgeTests {
    /// Questions, answered within a minute or not, seen from the question and from the answer.
    private static let answered = ProjectionDefinition(
        name: "answered", version: 1, title: LocalizedText(english: "Answered"),
        subjectKinds: ["ticket"],
        bindings: [
            Binding(
                name: "next", kind: .first(message("out")),
                window: Window(after: "fact", withinMilliseconds: 60_000)),
            Binding(
                name: "before", kind: .last(message("out")),
                window: Window(before: "fact", withinMilliseconds: 60_000)),
            Binding(
                name: "near", kind: .count(message("out")),
                window: Window(after: "fact", withinMilliseconds: 60_000)),
        ],
        fact: .each(message("in")), dimensions: [],
        measures: [
            ("next", .flag([.exists("next", negated: false)])),
            ("before", .flag([.exists("before", negated: false)])),
            ("near", .count("near")),
        ])

    private static func message(_ direction: String) -> Selector {
        Selector(
            types: ["message.posted"],
            tests: [("direction", .among([.text(direction)], negated: false))])
    }

    private func post(_ direction: String, _ id: String, at milliseconds: Int64) -> EventDraft {
        EventDraft(
            id: id, source: "test", type: "message.posted", subject: "ticket/1",
            time: Instant(milliseconds: testStart + milliseconds),
            fields: [
                .init("direction", .text(direction)), .init("visibility", .text("public")),
                .init("actor_kind", .text("agent")),
            ])
    }

    @Test(arguments: [(Int64(59_999), true), (60_000, true), (60_001, false)])
    func `A window holds its last millisecond and none more`(
        distance: Int64, isWithin: Bool
    ) throws {
        for (answer, isAfter) in [(distance, true), (-distance, false)] {
            let folder = StoreFolder()
            let log = try LogStore.make(in: folder)
            try log.record([
                post("in", "question", at: 100_000), post("out", "answer", at: 100_000 + answer),
            ])
            let store = try ProjectionStore(log: log)
            let set = try store.replay([Self.answered], context: testContext)[0]
            var found: [[Int64]] = []
            set.scan { block in
                #expect(block.count == set.layout.words)
                found.append(
                    (0..<3).map { measure in
                        let word = 1 + 2 * measure
                        return Int64(
                            bitPattern: (UInt64(block[word]) << 32 | UInt64(block[word + 1]))
                                ^ 1 << 63)
                    })
            }
            let yes: Int64 = isWithin ? 1 : .min
            #expect(
                found == [
                    [isAfter ? yes : .min, isAfter ? .min : yes, isWithin && isAfter ? 1 : 0]
                ], "the answer comes \(answer) ms after the question")
        }
    }

    @Test(arguments: 0..<4)
    func `A build stopped after each part it stored does no part twice`(seed: UInt64) throws {
        var random = RandomLog(seed: seed + 600)
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(random.drafts(400, cases: 60))
        let store = try ProjectionStore(log: log)
        let definition = Self.answered
        let source = sources([definition])
        let reached = Atomic<UInt32>(0)
        @Sendable func casesDone() -> UInt32 {
            (try? log.read { view in
                try store.status(definition.name, version: 1, in: view)?.build?.casesDone
            }) ?? 0
        }
        var stops = 0
        for _ in 0..<200 {
            // Stopped as soon as it stored one part more than the build before it.
            let options = BuildOptions(
                threads: 1, memoryBudgetBytes: 1 << 8, rowsPerPartition: 8,
                shouldStop: { casesDone() > reached.load(ordering: .relaxed) })
            do {
                try store.rebuild(source, context: testContext, options: options)
                break
            } catch ProjectionFault.interrupted {
                let done = casesDone()
                #expect(done > reached.load(ordering: .relaxed), "seed \(seed)")
                reached.store(done, ordering: .relaxed)
                stops += 1
            }
        }
        #expect(stops >= 2, "seed \(seed): \(stops) stops")
        let rebuilt = try canonical([definition], store, log)
        let expected = try canonical(
            try store.replay([definition], context: testContext), log)
        #expect(rebuilt == expected, "seed \(seed), after \(stops) stops")
    }

    /// Planted: rows of the slower process are discarded when the other one begins; who finds a
    /// build as it left it, but for rows, goes on writing.
    @Test(arguments: 0..<4)
    func `Two processes at one build leave what one of them would have`(ending: Int) throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        let day: Int64 = 86_400_000
        try log.record((0..<1500).map { post("in", "post-\($0)", at: Int64($0) * day) })
        let store = try ProjectionStore(log: log)
        let definitions = (0..<8).map { number in
            var definition = Self.answered
            definition.name = "answered_\(number)"
            return definition
        }
        let source = sources(definitions)
        let expected = try canonical(
            try store.replay(definitions, context: testContext), log)
        /// Builds with some calls of `body`, at each moment it asks whether to stop, before it is
        /// stopped; in several write transactions.
        @Sendable func build(
            memoryBytes: Int = 7 << 19, _ body: @escaping @Sendable (Int) -> Bool
        ) throws -> Bool {
            let calls = Atomic(0)
            do {
                try store.rebuild(
                    source, context: testContext,
                    options: BuildOptions(
                        threads: 1, memoryBudgetBytes: memoryBytes,
                        shouldStop: { body(calls.add(1, ordering: .relaxed).oldValue) }))
                return true
            } catch ProjectionFault.interrupted {
                return false
            } catch ProjectionFault.overtaken {
                return false
            }
        }
        let counted = Atomic(0)
        #expect(
            try build { _ in
                counted.add(1, ordering: .relaxed)
                return false
            })
        let calls = counted.load(ordering: .relaxed)
        // The other one comes at each of the last moments, and goes on for a while, or to its end.
        for moment in max(0, calls - 6)..<calls {
            let others = Atomic(0)
            let isDone = try build { call in
                guard call == moment else { return false }
                let done = try? build(memoryBytes: 3 << 19) { call in
                    call >= [0, calls - 4, calls - 2, calls + 1][ending]
                }
                others.add(done == true ? 1 : 0, ordering: .relaxed)
                return false
            }
            let isOtherDone = others.load(ordering: .relaxed) > 0
            // One that wrote and was stopped leaves neither done.
            #expect(
                isDone || isOtherDone || (1...2).contains(ending), "moment \(moment) of \(calls)")
            #expect(
                try canonical(definitions, store, log) == expected, "moment \(moment) of \(calls)")
            // What is left of either goes on to its end.
            #expect(try build { _ in false })
            #expect(
                try canonical(definitions, store, log) == expected, "after \(moment) of \(calls)")
        }
    }

    /// How rows come to be built anew beside another process that takes them further.
    enum Cause: CaseIterable { case catchingUp, rebuilding, rebuildingAnotherText }

    /// Planted: a rebuild that publishes whatever stands there by then.
    @Test(arguments: Cause.allCases)
    func `No rebuild takes readers back behind another's catching up`(cause: Cause) throws {
        @Sendable func posts(_ numbers: Range<Int>) -> [EventDraft] {
            numbers.map { number in
                var draft = post("in", "post-\(number)", at: Int64(number) * 1000)
                draft.subject = "ticket/\(number % 3000)"
                return draft
            }
        }
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder)
        try log.record(posts(0..<6000))
        let store = try ProjectionStore(log: log)
        let definition = Self.answered
        let source = sources([definition])
        try store.rebuild(source, context: testContext)
        try log.record(posts(6000..<7500))
        @Sendable func position() -> UInt32 {
            (try? log.read { view in
                try store.status(definition.name, version: 1, in: view)?.position
            }) ?? 0
        }
        let end = 17_000
        let isOther = Atomic(false)
        let furthest = Atomic<UInt32>(0)
        let wentBack = Atomic(false)
        @Sendable func look() {
            let now = position()
            if now < furthest.max(now, ordering: .relaxed).oldValue {
                wentBack.store(true, ordering: .relaxed)
            }
        }
        let options = BuildOptions(
            threads: 1,
            shouldStop: {
                look(); return false
            },
            progress: { _ in
                guard !isOther.exchange(true, ordering: .relaxed) else { return look() }
                // Another process, which takes the same log further in the meantime: by more than
                // the build follows at a time.
                try? log.record(posts(7500..<end))
                var others = BuildOptions(threads: 1)
                others.strategy = .differences
                _ = try? store.catchUp(source, context: testContext, options: others)
                look()
            })
        let rebuilt: [String]
        switch cause {
        case .catchingUp:
            rebuilt = try store.catchUp(source, context: testContext, options: options).rebuilt
        case .rebuilding:
            rebuilt = try store.rebuild(source, context: testContext, options: options).rebuilt
        case .rebuildingAnotherText:
            let other = [ProjectionSource(definition: definition, digest: "another text")]
            rebuilt = try store.rebuild(other, context: testContext, options: options).rebuilt
        }
        look()
        let (wasOther, didGoBack) = (
            isOther.load(ordering: .relaxed), wentBack.load(ordering: .relaxed)
        )
        #expect(rebuilt == [definition.name] && wasOther)
        #expect(!didGoBack)
        #expect(position() == end)
        let status = try log.read { view in
            try store.status(definition.name, version: 1, in: view)
        }
        #expect(status?.build == nil)
        let live = try canonical([definition], store, log)
        #expect(
            live == (try canonical(try store.replay([definition], context: testContext), log)))
    }
}
