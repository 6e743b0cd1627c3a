import Definitions
import Dispatch
import EventLog
import EventModel
import LMDB
import Synchronization

/// What a range of cases came to: a sorted block of rows per projection, empty ones left out.
struct PartitionResult: Sendable {
    var index: Int
    var cases: Range<Int>
    var blocks: [CellBlock?]
    var words: Int
}

/// One pass over the log: every case's facts, computed on several cores, a range of cases at a
/// time.
final class Pass: Sendable {
    let log: LogStore
    let plan: Plan
    /// The plan as the scan follows it: see `Plan.scanning`.
    let scanned: Plan
    let upTo: UInt32
    let options: BuildOptions
    /// Whether facts come as they are, each followed by its trace, instead of sorted.
    let isTraced: Bool
    private let input: Guarded<Input?>
    /// Whether some worker met an error: the others end, too.
    let hasFailed = Atomic<Bool>(false)

    /// What all workers read.
    private final class Input: Sendable {
        let census: Census
        let voided: Buffer<UInt32>
        let partitions: [Range<Int>]

        init(census: consuming Census, voided: consuming Buffer<UInt32>, partitions: [Range<Int>]) {
            self.census = census
            self.voided = voided
            self.partitions = partitions
        }
    }

    init(log: LogStore, plan: Plan, upTo: UInt32, options: BuildOptions, isTraced: Bool = false) {
        self.log = log
        self.plan = plan
        // Traces tell of every row.
        scanned = isTraced ? plan : plan.scanning()
        self.upTo = upTo
        self.options = options
        self.isTraced = isTraced
        input = Guarded(nil)
    }

    /// Runs the pass.
    ///
    /// - Parameters:
    ///   - firstCases: per projection, the first case whose facts are wanted.
    ///   - deliver: takes each range's result, on the worker's thread, in any order; ranges are
    ///     numbered from 0 in the order of their cases.
    func run(
        firstCases: [UInt32], deliver: @escaping @Sendable (PartitionResult) throws -> Void
    ) throws {
        let census = try takeCensus()
        let voided = Buffer(
            try log.read { view in try view.voids().filter { $0.by < upTo }.map(\.voided) })
        let first = Int(firstCases.min() ?? 0)
        // Several ranges for each worker, so that none waits long for another at the end.
        let share = census.rows(from: first) / (6 * options.threads) + 1
        let limit = min(
            options.rowsPerPartition, max(1 << 15, share),
            max(4096, options.memoryBudgetBytes / 4 / options.threads / plan.bytesPerRow))
        let partitions = census.partitions(from: first, rowsEach: limit)
        let input = Input(census: census, voided: voided, partitions: partitions)
        let next = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        try concurrently { [self] in
            var worker = PassWorker(self, firstCases: firstCases)
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < partitions.count, !hasFailed.load(ordering: .relaxed) else {
                    return
                }
                let result = try worker.work(
                    index, partitions[index], census: input.census, voided: input.voided)
                try deliver(result)
                let finished = done.add(1, ordering: .relaxed).newValue
                options.progress(
                    BuildProgress(
                        eventsDone: UInt64(upTo) * UInt64(finished) / UInt64(partitions.count),
                        events: UInt64(upTo)))
            }
        }
    }

    /// Runs a body on every core that the options allow; the first error ends all.
    func concurrently(_ body: @escaping @Sendable () throws -> Void) throws {
        let failure = Guarded<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: options.threads) { _ in
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try body()
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
                hasFailed.store(true, ordering: .relaxed)
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Counts rows by case; reads the log's case and type columns once.
    private func takeCensus() throws -> Census {
        let caseCount = try log.read { try $0.soundCounts().cases }
        // Rows past the end of what is read may be of types that came since.
        let typeCount = EventTypes.most
        let total = Guarded<CensusBox?>(nil)
        // Whole final segments, several stretches for each worker.
        let shares = Int(upTo) / (4 * options.threads)
        let stretch = UInt32(min(1 << 20, max(1, shares >> 16) << 16))
        let next = Atomic<UInt32>(0)
        // Each worker has its own counts: no more workers than a quarter of the budget holds.
        let workers = max(
            1, min(options.threads, options.memoryBudgetBytes / 4 / max(1, caseCount * 5)))
        let taken = Atomic<Int>(0)
        try concurrently { [self] in
            guard taken.add(1, ordering: .relaxed).newValue <= workers else { return }
            var census = Census(caseCount: caseCount, entryCount: upTo)
            let numbers = numbersOfTypes(typeCount)
            // Where sources told their order, rows are kept that nobody looks at.
            let all = Buffer<UInt8>(repeating: 0, count: max(typeCount, 1))
            let kindOfType = plan.kindsOfTypes(typeCount)
            while true {
                let start = next.add(1, ordering: .relaxed).oldValue
                guard UInt64(start) * UInt64(stretch) < UInt64(upTo) else { break }
                guard !options.shouldStop() else { throw ProjectionFault.interrupted }
                let first = start * stretch
                let end = UInt32(min(UInt64(first) + UInt64(stretch), UInt64(upTo)))
                try log.read { view in
                    for segment in try view.segments(covering: first..<end) {
                        if segment.orders == nil {
                            census.count(
                                segment, upTo: upTo, numbers: numbers, kindOfType: kindOfType)
                        } else {
                            census.count(
                                segment, upTo: upTo, numbers: all, kindOfType: kindOfType)
                        }
                    }
                }
            }
            let box = CensusBox(census)
            total.withLock { total in
                if let total { total.census.add(box.census) } else { total = box }
            }
        }
        guard let box = total.withLock({ $0 }) else { preconditionFailure("one worker counts") }
        return box.take()
    }

    /// The plan's number of each type; 255 where it does not read it.
    private func numbersOfTypes(_ typeCount: Int) -> Buffer<UInt8> {
        var numbers = Buffer<UInt8>(repeating: 255, count: max(typeCount, 1))
        for (number, program) in scanned.rows.programs.enumerated() {
            numbers[Int(program.type)] = UInt8(number)
        }
        return numbers
    }
}

/// A census that can be handed on.
private final class CensusBox: @unchecked Sendable {
    // Only one thread has it at a time: its maker, then whoever holds the lock around it.
    var census: Census

    init(_ census: consuming Census) { self.census = census }

    func take() -> Census {
        var taken = Census(caseCount: 0, entryCount: 0)
        swap(&taken, &census)
        return taken
    }
}

extension Plan {
    /// Bytes that a row of a range takes, about: itself with its values, and a fact of each
    /// projection for eight rows, once as it came and once in order.
    var bytesPerRow: Int { 48 + layouts.reduce(0) { $0 + $1.words } }

    /// What a row of each type says about its case's kind: the plan's number + 1 of the only kind
    /// the type is for, `otherKind` where no projection reads that, `unknown` where it may be of
    /// several kinds.
    func kindsOfTypes(_ typeCount: Int) -> Buffer<UInt8> {
        var kinds = Buffer<UInt8>(repeating: Census.unknown, count: max(typeCount, 1))
        for (type, schema) in context.types.schemas.enumerated() where type < typeCount {
            guard schema.subjectKinds.count == 1 else { continue }
            kinds[type] = kindMark(schema.subjectKinds[0])
        }
        return kinds
    }

    /// What stands for a kind of case in a census.
    func kindMark(_ kind: String) -> UInt8 {
        kinds.firstIndex(of: kind).map { UInt8($0) + 1 } ?? Census.otherKind
    }

    /// What stands for the kind of a subject.
    func kindMark(ofSubject subject: String) -> UInt8 {
        kindMark(String(subject.prefix { $0 != "/" }))
    }
}

/// A worker's share of a pass; keeps its memory from one range to the next.
struct PassWorker: ~Copyable {
    private let pass: Pass
    private var evaluator: CaseEvaluator
    private var scan: PartitionScan
    private var sorter = CellSorter()

    init(_ pass: Pass, firstCases: [UInt32]) {
        self.pass = pass
        evaluator = CaseEvaluator(plan: pass.scanned, isTraced: pass.isTraced)
        for place in firstCases.indices { evaluator.firstCase[place] = firstCases[place] }
        scan = PartitionScan(
            tables: pass.scanned.rows, typeCount: EventTypes.most)
    }

    mutating func work(
        _ index: Int, _ cases: Range<Int>, census: borrowing Census,
        voided: borrowing Buffer<UInt32>
    ) throws -> PartitionResult {
        let stop = pass.options.shouldStop
        var subjects: [Int: UInt8] = [:]
        let isWhole = try pass.log.read { view in
            let isWhole = scan.gather(
                cases, census: census, segments: try view.segments(), upTo: pass.upTo,
                voided: voided, into: &evaluator.table, mayContinue: { !stop() })
            for id in cases
            where census.kinds[id] == Census.unknown
                && !scan.rows(ofCase: id - cases.lowerBound).isEmpty
            {
                subjects[id] = pass.plan.kindMark(
                    ofSubject: try view.subject(ofCase: UInt32(id)))
            }
            // Where the scan broke off not all rows are there.
            if isWhole {
                try evaluator.table.readLongOrders(
                    of: cases.map { scan.rows(ofCase: $0 - cases.lowerBound) }, view)
            }
            return isWhole
        }
        guard isWhole else { throw ProjectionFault.interrupted }
        var unfinished: [(id: UInt32, kind: UInt8)] = []
        for id in cases {
            let rows = scan.rows(ofCase: id - cases.lowerBound)
            guard !rows.isEmpty else { continue }
            var kind = census.kinds[id]
            if kind == Census.unknown { kind = subjects[id] ?? Census.otherKind }
            guard kind != Census.otherKind else { continue }
            let isDone = evaluator.evaluate(
                caseID: UInt32(id), kind: kind - 1, start: rows.lowerBound, count: rows.count,
                sign: 1)
            if !isDone { unfinished.append((UInt32(id), kind - 1)) }
        }
        try finish(unfinished, voided: voided)
        if let fault = evaluator.fault { throw fault }
        return try collect(index, cases)
    }

    /// Evaluates cases that need more than the scan gathered.
    private mutating func finish(
        _ cases: [(id: UInt32, kind: UInt8)], voided: borrowing Buffer<UInt32>
    ) throws {
        guard !cases.isEmpty else { return }
        var whole = CaseEvaluator(plan: pass.plan, isTraced: pass.isTraced)
        whole.table.isWhole = true
        for place in evaluator.facts.indices { whole.firstCase[place] = evaluator.firstCase[place] }
        // Short read transactions.
        for start in stride(from: 0, to: cases.count, by: 256) {
            guard !pass.options.shouldStop() else { throw ProjectionFault.interrupted }
            try pass.log.read { view in
                var walk = ChainWalk(plan: pass.plan, segments: try view.segmentWalk())
                for (id, kind) in cases[start..<min(start + 256, cases.count)] {
                    whole.table.clear()
                    for sequence in try view.caseHistory(id)
                    where sequence < pass.upTo && !PartitionScan.contains(voided, sequence) {
                        _ = try walk.add(sequence, to: &whole.table)
                    }
                    try whole.table.readLongOrders(of: [0..<whole.table.rows.count], view)
                    whole.evaluate(
                        caseID: id, kind: kind, start: 0, count: whole.table.rows.count, sign: 1)
                }
            }
        }
        if let fault = whole.fault { throw fault }
        for (place, buffer) in whole.facts.enumerated() {
            evaluator.facts[place].words.append(buffer.words, 0..<buffer.words.count)
        }
    }

    private mutating func collect(_ index: Int, _ cases: Range<Int>) throws -> PartitionResult {
        var result = PartitionResult(index: index, cases: cases, blocks: [], words: 0)
        for (place, buffer) in evaluator.facts.enumerated() {
            guard buffer.words.count > 0 else {
                result.blocks.append(nil)
                continue
            }
            var sorted = Buffer<UInt32>(capacity: buffer.words.count)
            if pass.isTraced {
                sorted.append(buffer.words, 0..<buffer.words.count)
            } else {
                do {
                    try sorter.sort(
                        buffer.words, words: pass.plan.layouts[place].words, into: &sorted)
                } catch {
                    throw ProjectionFault.event(
                        projection: pass.plan.definitions[place].name, sequence: pass.upTo,
                        reason: "its counts go beyond 64 bits")
                }
            }
            result.words += sorted.count
            result.blocks.append(CellBlock(sorted))
            buffer.words.removeAll(keepingAtMost: 1 << 16)
        }
        return result
    }
}
