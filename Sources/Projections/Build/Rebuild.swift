import Definitions
import EventLog
import EventModel
import LMDB
import Synchronization

extension ProjectionStore {
    /// Builds projections from the log, on all cores, in as few passes as they allow.
    ///
    /// Rows are written under a name nobody reads, in short transactions; the last one publishes
    /// them with their position. Until then, and when it fails or is interrupted, a version that
    /// could be read before is as it was. A version that is new becomes `ready`; promote it to
    /// make it answer. An interrupted build goes on where it stopped, from the same entries: catch
    /// up afterwards.
    ///
    /// - Parameter upTo: the log's first so many entries; nil for all.
    /// - Throws: `ProjectionFault`, or what the store has to say.
    @discardableResult
    public func rebuild(
        _ sources: [ProjectionSource], context: BuildContext, upTo: UInt32? = nil,
        options: BuildOptions = BuildOptions()
    ) throws -> BuildReport {
        var report = BuildReport()
        let (plans, count) = try prepare(sources.map(\.definition), context: context)
        var place = 0
        for plan in plans {
            let part = Array(sources[place..<place + plan.definitions.count])
            place += part.count
            let statuses = try begin(part, plan, upTo: min(upTo ?? count, count))
            // Builds that were interrupted go on from their own entries.
            for end in Set(statuses.map { $0.build?.upTo ?? 0 }).sorted() {
                let chosen = statuses.indices.filter { statuses[$0].build?.upTo == end }
                let same = chosen.count == part.count
                let group =
                    same
                    ? plan
                    : try prepare(chosen.map { part[$0].definition }, context: context).plans[0]
                let build = try Rebuild(
                    self, plan: group, statuses: chosen.map { statuses[$0] }, upTo: end,
                    options: options)
                report.rows += try build.run()
                report.entries += UInt64(end)
                report.position = end
            }
        }
        report.rebuilt = sources.map(\.definition.name)
        try clean()
        return report
    }

    /// Notes the builds in the registry, or finds those that were interrupted.
    private func begin(
        _ sources: [ProjectionSource], _ plan: Plan, upTo: UInt32
    ) throws -> [ProjectionStatus] {
        try log.write { write, _ in
            var statuses: [ProjectionStatus] = []
            for (source, layout) in zip(sources, plan.layouts) {
                let definition = source.definition
                var status =
                    try status(definition.name, definition.version, in: write)
                    ?? ProjectionStatus(
                        name: definition.name, version: definition.version,
                        digest: source.digest, layout: layout)
                if let build = status.build, build.digest == source.digest, build.layout == layout,
                    build.upTo <= upTo
                {
                    try runs(build.runs, layout).discardBuild(in: write)
                } else {
                    if let old = status.build { try leave(old.runs, old.layout, in: write) }
                    status.build = BuildStatus(
                        upTo: upTo, casesDone: 0, runs: try newRunsName(status, in: write),
                        digest: source.digest, layout: layout)
                    try save(status, in: write)
                }
                statuses.append(status)
            }
            return statuses
        }
    }

    /// A name that no sorted runs of this store have had.
    private func newRunsName(
        _ status: ProjectionStatus, in write: borrowing WriteTransaction
    ) throws -> String {
        let key = Key([0] as [UInt8])
        var number: UInt64 = 0
        if let bytes = try write.copyValue(writableTable, key) {
            var reader = StatusReader(bytes: bytes)
            number = try reader.number()
        }
        var writer = StatusWriter()
        writer.put(number + 1)
        try write.put(writableTable, key, writer.bytes)
        return "cells/\(status.name)@\(status.version)/\(number + 1)"
    }
}

/// One pass whose results go into the store.
///
/// Results of case ranges are collected in the order of their cases; when they outgrow their
/// share of memory, those up to a case are written as one run each and the registry notes that
/// case, in one transaction: from there an interrupted build goes on.
private final class Rebuild: Sendable {
    private let store: ProjectionStore
    private let plan: Plan
    private let options: BuildOptions
    private let upTo: UInt32
    private let pass: Pass
    /// What the registry says of each projection, as this build left it.
    private let statuses: Mutex<[ProjectionStatus]>
    private let collected = Mutex(Collected())
    /// Held while rows are written: one writer at a time, in the order of cases.
    private let writing = Mutex(())
    private let rowsWritten = Atomic<UInt64>(0)
    private let spillWords: Int

    private struct Collected {
        var waiting: [Int: PartitionResult] = [:]
        var next = 0
        var ready: [PartitionResult] = []
        var words = 0
    }

    /// Bytes of one write transaction.
    static let sliceBytes = 24 << 20

    init(
        _ store: ProjectionStore, plan: Plan, statuses: [ProjectionStatus], upTo: UInt32,
        options: BuildOptions
    ) throws {
        self.store = store
        self.plan = plan
        self.options = options
        self.upTo = upTo
        self.statuses = Mutex(statuses)
        pass = Pass(log: store.log, plan: plan, upTo: upTo, options: options)
        spillWords = max(1 << 16, options.memoryBudgetBytes / 6 / 4)
    }

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
        try writing.withLock { _ in
            let ready = collected.withLock { collected -> [PartitionResult] in
                guard collected.words > spillWords else { return [] }
                defer {
                    collected.words -= collected.ready.reduce(0) { $0 + $1.words }
                    collected.ready = []
                }
                return collected.ready
            }
            guard let last = ready.last else { return }
            try write(ready, casesDone: UInt32(last.cases.upperBound))
        }
    }

    // MARK: Writing

    /// A projection's rows of some days, to be merged by whoever has time.
    final class MergeTask: Sendable {
        let projection: Int
        let days: ClosedRange<UInt32>
        let isClaimed = Atomic<Bool>(false)
        let output = Mutex<Result<CellBlock, any Error>?>(nil)

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
        let failure = Mutex<(any Error)?>(nil)
        let writer = Mutex(SliceWriter(store: store, plan: plan))
        try concurrently(helpers: helpers) { [self] in
            for task in tasks { merge(task, blocks[task.projection]) }
        } body: { [self] in
            for task in tasks {
                merge(task, blocks[task.projection])
                while true {
                    if let output = task.output.withLock({ $0 }) {
                        let block = try output.get()
                        try writer.withLock { try $0.add(block, to: task.projection, expecting) }
                        task.output.withLock { $0 = nil }
                        break
                    }
                    Pause.briefly()
                }
                if options.shouldStop() { throw ProjectionFault.interrupted }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        try writer.withLock { writer in
            try writer.flush(expecting) { [self] write in try settle(casesDone, in: write) }
            rowsWritten.add(writer.rows, ordering: .relaxed)
        }
    }

    private func concurrently(
        helpers: Int, help: @escaping @Sendable () -> Void, body: () throws -> Void
    ) throws {
        let threads = HelperThreads(count: helpers, body: help)
        defer { threads.wait() }
        try body()
    }

    private func merge(_ task: MergeTask, _ blocks: [CellBlock]) {
        let (claimed, _) = task.isClaimed.compareExchange(
            expected: false, desired: true, ordering: .acquiringAndReleasing)
        guard claimed else { return }
        let output: Result<CellBlock, any Error>
        do {
            var merge = CellMerge(
                blocks, words: plan.layouts[task.projection].words, days: task.days)
            var rows = Buffer<UInt32>()
            _ = try merge.next(limit: .max, into: &rows)
            output = .success(CellBlock(rows))
        } catch {
            output = .failure(
                ProjectionFault.event(
                    projection: plan.definitions[task.projection].name, sequence: upTo,
                    reason: "its counts go beyond 64 bits"))
        }
        task.output.withLock { $0 = output }
    }

    /// Cuts a projection's rows into stretches of days of about 8 MiB.
    private func mergeTasks(for projection: Int, _ blocks: [CellBlock]) -> [MergeTask] {
        let words = plan.layouts[projection].words
        let total = blocks.reduce(0) { $0 + $1.rows.count }
        guard total > 0 else { return [] }
        let parts = total / (2 << 20) + 1
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

    /// Makes sure that no other process works on the same build.
    private func expecting(_ projection: Int, in write: borrowing WriteTransaction) throws
        -> SortedRuns
    {
        let expected = statuses.withLock { $0[projection] }
        guard let status = try store.status(expected.name, expected.version, in: write),
            let build = status.build, build == expected.build
        else {
            throw ProjectionFault.registry(
                reason: "\(expected.name)@\(expected.version) is being built by another process")
        }
        return try store.runs(build.runs, build.layout)
    }

    /// Ends a round of writing in its last transaction.
    private func settle(_ casesDone: UInt32?, in write: borrowing WriteTransaction) throws {
        for place in plan.layouts.indices {
            let runs = try expecting(place, in: write)
            try runs.publishBuild(replacing: false, in: write)
            // Read again: the version may have been promoted meanwhile.
            let expected = statuses.withLock { $0[place] }
            guard var status = try store.status(expected.name, expected.version, in: write),
                var build = status.build
            else { preconditionFailure("checked above") }
            if let casesDone {
                build.casesDone = max(build.casesDone, casesDone)
                status.build = build
            } else {
                if !status.runs.isEmpty { try store.leave(status.runs, status.layout, in: write) }
                status.runs = build.runs
                status.layout = build.layout
                status.digest = build.digest
                status.position = build.upTo
                status.build = nil
                if status.state == .building { status.state = .ready }
            }
            try store.save(status, in: write)
            statuses.withLock { [status] in $0[place] = status }
        }
    }
}

/// Puts rows into write transactions of a bounded size, several projections together.
private struct SliceWriter {
    let store: ProjectionStore
    let plan: Plan
    private var pending: [(projection: Int, rows: [UInt32])] = []
    private var bytes = 0
    private(set) var rows: UInt64 = 0

    init(store: ProjectionStore, plan: Plan) {
        self.store = store
        self.plan = plan
    }

    typealias Runs = (Int, borrowing WriteTransaction) throws -> SortedRuns

    mutating func add(_ block: CellBlock, to projection: Int, _ runs: Runs) throws {
        let words = plan.layouts[projection].words
        rows += UInt64(block.rows.count / words)
        let piece = (4 << 20) / words * words
        var start = 0
        while start < block.rows.count {
            let end = min(start + piece, block.rows.count)
            pending.append((projection, block.rows.array(start..<end)))
            bytes += 4 * (end - start)
            start = end
            if bytes >= Rebuild.sliceBytes { try flush(runs) { _ in } }
        }
    }

    mutating func flush(
        _ runs: Runs, also body: (borrowing WriteTransaction) throws -> Void
    ) throws {
        let pending = pending
        try store.log.write { write, _ in
            for (projection, rows) in pending {
                try runs(projection, write).appendToBuild(rows, in: write)
            }
            try body(write)
        }
        self.pending = []
        bytes = 0
    }
}
