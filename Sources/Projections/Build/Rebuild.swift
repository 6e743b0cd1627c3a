import Definitions
import EventLog
import EventModel
import LMDB
import Synchronization

/// One pass whose results go into the store.
///
/// Results of case ranges are collected in the order of their cases; when they outgrow their
/// share of memory, those up to a case are written as one run each and the registry notes that
/// case, in one transaction: from there an interrupted build goes on.
final class Rebuild: Sendable {
    private let store: ProjectionStore
    private let plan: Plan
    private let options: BuildOptions
    private let upTo: UInt32
    /// A fingerprint of the root over these entries.
    private let root: Fingerprint
    private let yieldsToNewer: Bool
    private let pass: Pass
    /// What the registry says of each projection, as this build left it.
    private let statuses: Guarded<[ProjectionStatus]>
    private let collected = Guarded(Collected())
    /// Held while rows are written: one writer at a time, in the order of cases. True once a round
    /// was not written to its end: none may come after it then.
    private let writing = Guarded(false)
    private let rowsWritten = Atomic<UInt64>(0)
    private let leftBehind = Guarded<[Int]>([])
    /// Whether this process has begun to write; whoever writes holds `writing` or is alone.
    private let isOwner = Atomic<Bool>(false)
    private let spillWords: Int

    private struct Collected {
        var waiting: [Int: PartitionResult] = [:]
        var next = 0
        var ready: [PartitionResult] = []
        var words = 0
    }

    /// Bytes of one write transaction.
    private let sliceBytes: Int

    init(
        _ store: ProjectionStore, plan: Plan, statuses: [ProjectionStatus], upTo: UInt32,
        options: BuildOptions, yieldsToNewer: Bool
    ) throws {
        self.store = store
        self.plan = plan
        self.options = options
        self.upTo = upTo
        root = Fingerprint(of: try store.log.read { try $0.root(upTo: upTo) }.bytes.span)
        self.yieldsToNewer = yieldsToNewer
        self.statuses = Guarded(statuses)
        pass = Pass(log: store.log, plan: plan, upTo: upTo, options: options)
        sliceBytes = max(64, min(24 << 20, options.memoryBudgetBytes / 16))
        spillWords = max(64, options.memoryBudgetBytes / 6 / 4)
    }

    /// After `run`, the places of projections whose rows stand further than this build: it is whole
    /// and not published.
    var overtaken: [Int] { leftBehind.withLock { $0 } }

    /// Builds and publishes.
    ///
    /// - Returns: rows written.
    func run() throws -> UInt64 {
        let firstCases = statuses.withLock { $0.map { $0.build?.casesDone ?? 0 } }
        try pass.run(firstCases: firstCases) { [self] result in try take(result) }
        let rest = collected.withLock { collected in
            defer { collected.ready = [] }
            return collected.ready
        }
        try write(rest, casesDone: nil)
        return rowsWritten.load(ordering: .relaxed)
    }

    private func take(_ result: PartitionResult) throws {
        let isFull = collected.withLock { collected in
            collected.waiting[result.index] = result
            collected.words += result.words
            while let next = collected.waiting.removeValue(forKey: collected.next) {
                collected.ready.append(next)
                collected.next += 1
            }
            return collected.words > spillWords
        }
        guard isFull else { return }
        try writing.withLock { hasFailed in
            guard !hasFailed else { return }
            let ready = collected.withLock { collected -> [PartitionResult] in
                guard collected.words > spillWords else { return [] }
                defer {
                    collected.words -= collected.ready.reduce(0) { $0 + $1.words }
                    collected.ready = []
                }
                return collected.ready
            }
            guard let last = ready.last else { return }
            hasFailed = true
            try write(ready, casesDone: UInt32(last.cases.upperBound))
            hasFailed = false
        }
    }

    // MARK: Writing

    /// A projection's rows of some days, to be merged by whoever has time.
    final class MergeTask: Sendable {
        let projection: Int
        let days: ClosedRange<UInt32>
        let isClaimed = Atomic<Bool>(false)
        let output = Guarded<Result<CellBlock, any Error>?>(nil)

        init(projection: Int, days: ClosedRange<UInt32>) {
            self.projection = projection
            self.days = days
        }
    }

    /// Writes results, ending each projection's run, with the case up to which all is done; nil
    /// publishes the whole build.
    private func write(_ results: [PartitionResult], casesDone: UInt32?) throws {
        let blocks = plan.layouts.indices.map { place in
            results.compactMap { $0.blocks[place] }
        }
        let tasks = plan.layouts.indices.flatMap { mergeTasks(for: $0, blocks[$0]) }
        // The last writes come when the other cores have nothing left to do.
        let helpers = casesDone == nil ? options.threads - 1 : 0
        let writer = Guarded(SliceWriter(store: store, plan: plan, sliceBytes: sliceBytes))
        let others = HelperThreads(count: helpers) { [self] in
            for task in tasks { merge(task, blocks[task.projection]) }
        }
        defer { others.wait() }
        for task in tasks {
            merge(task, blocks[task.projection])
            let block = try wait(for: task)
            try writer.withLock { try $0.add(block, to: task.projection, expecting) }
            if options.shouldStop() { throw ProjectionFault.interrupted }
        }
        try writer.withLock { writer in
            try writer.flush(expecting) { [self] write in try settle(casesDone, in: write) }
            rowsWritten.add(writer.rows, ordering: .relaxed)
        }
    }

    /// The output of a task that some thread has claimed; taken from it, so that memory is freed.
    private func wait(for task: MergeTask) throws -> CellBlock {
        while true {
            let output = task.output.withLock { output in
                defer { output = nil }
                return output
            }
            if let output { return try output.get() }
            Pause.briefly()
        }
    }

    private func merge(_ task: MergeTask, _ blocks: [CellBlock]) {
        let (claimed, _) = task.isClaimed.compareExchange(
            expected: false, desired: true, ordering: .acquiringAndReleasing)
        guard claimed else { return }
        let output: Result<CellBlock, any Error>
        do {
            let merge = CellMerge(
                blocks, words: plan.layouts[task.projection].words, days: task.days)
            output = .success(CellBlock(try merge.rows()))
        } catch {
            output = .failure(
                ProjectionFault.event(
                    projection: plan.definitions[task.projection].name, sequence: upTo,
                    reason: "its counts go beyond 64 bits"))
        }
        task.output.withLock { $0 = output }
    }

    /// Cuts a projection's rows into stretches of days of about 1 MiB: small beside a core's share
    /// of the work, so that no core waits long for another.
    private func mergeTasks(for projection: Int, _ blocks: [CellBlock]) -> [MergeTask] {
        let words = plan.layouts[projection].words
        let total = blocks.reduce(0) { $0 + $1.rows.count }
        guard total > 0 else { return [] }
        let parts = total / (1 << 18) + 1
        var sample: [UInt32] = []
        for block in blocks {
            let rows = block.rows.count / words
            let step = max(1, rows / 256)
            for row in stride(from: 0, to: rows, by: step) {
                sample.append(block.rows[row * words])
            }
        }
        sample.sort()
        var bounds: [UInt32] = [0]
        for part in 1..<max(parts, 1) {
            let day = sample[sample.count * part / parts]
            if day > bounds[bounds.count - 1] { bounds.append(day) }
        }
        return bounds.indices.map { index in
            let end = index + 1 < bounds.count ? bounds[index + 1] - 1 : UInt32.max
            return MergeTask(projection: projection, days: bounds[index]...end)
        }
    }

    /// The build's rows, once it is sure that they are this process's.
    private func expecting(_ projection: Int, in write: borrowing WriteTransaction) throws
        -> SortedRuns
    {
        if !isOwner.exchange(true, ordering: .relaxed) {
            for place in plan.layouts.indices { try take(over: place, in: write) }
        }
        let expected = statuses.withLock { $0[projection] }
        let (_, build) = try status(expected, in: write)
        // What the rows follow from: the definition, and the entries.
        let basis = Fingerprint(Fingerprint(of: Array(build.digest.utf8).span), root)
        return try store.runs(build.runs, build.layout, basis: basis.value)
    }

    /// Makes a build this process's own, before the first row of it is written: what another one
    /// wrote of a round that it did not end is discarded, and should it be alive, it finds that it
    /// was overtaken.
    private func take(over projection: Int, in write: borrowing WriteTransaction) throws {
        var (status, build) = try status(statuses.withLock { $0[projection] }, in: write)
        try store.runs(build.runs, build.layout).discardBuild(in: write)
        build.owner = try store.newNumber(in: write)
        status.build = build
        try store.save(status, in: write)
        statuses.withLock { [status] in $0[projection] = status }
    }

    /// A projection's entry of the registry; it may have been promoted meanwhile.
    ///
    /// - Throws: `.overtaken` where another process works on the same build.
    private func status(
        _ expected: ProjectionStatus, in write: borrowing WriteTransaction
    ) throws -> (ProjectionStatus, BuildStatus) {
        guard let status = try store.status(expected.name, expected.version, in: write),
            let build = status.build, build == expected.build
        else {
            throw ProjectionFault.overtaken(projection: "\(expected.name)@\(expected.version)")
        }
        return (status, build)
    }

    /// Ends a round of writing in its last transaction.
    private func settle(_ casesDone: UInt32?, in write: borrowing WriteTransaction) throws {
        let entryCount = try store.log.read { $0.entryCount }
        for place in plan.layouts.indices {
            let runs = try expecting(place, in: write)
            try runs.publishBuild(replacing: false, in: write)
            var (status, build) = try status(statuses.withLock { $0[place] }, in: write)
            build.rows = try runs.readMark(in: write)
            // A position past the log's end is damage.
            let isBehind =
                status.isReadable && status.position > build.upTo && status.position <= entryCount
            if let casesDone {
                build.casesDone = max(build.casesDone, casesDone)
                status.build = build
            } else if !isBehind {
                try store.publish(build, as: &status, in: write)
            } else if yieldsToNewer, status.digest == build.digest,
                status.layout == build.layout
            {
                try store.drop(build.runs, build.layout, in: write)
                status.build = nil
            } else {
                build.casesDone = BuildStatus.allCases
                status.build = build
                leftBehind.withLock { $0.append(place) }
            }
            try store.save(status, in: write)
            statuses.withLock { [status] in $0[place] = status }
        }
    }
}
