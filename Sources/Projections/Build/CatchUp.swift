import Definitions
import EventLog
import EventModel
import LMDB

extension ProjectionStore {
    /// Brings projections up to the log's end: by differences, or by a rebuild where that is
    /// cheaper or needed (a new version, another digest, another layout).
    ///
    /// Each chunk of differences commits with the new position in one transaction. Safe beside
    /// other processes: whoever comes second finds the position moved and goes on from there.
    ///
    /// The rule: the cases that the new entries touch are expected to have as many entries as
    /// cases have on average. Where three times that (a difference looks at a case twice and reads
    /// it out of order) reaches the length of the log, a rebuild is cheaper.
    @discardableResult
    public func catchUp(
        _ sources: [ProjectionSource], context: BuildContext,
        options: BuildOptions = BuildOptions()
    ) throws -> BuildReport {
        var report = BuildReport()
        while try round(sources, context, options, &report) {}
        let rebuilt = Set(report.rebuilt)
        report.rebuilt = sources.map(\.definition.name).filter { rebuilt.contains($0) }
        report.caughtUp = sources.map(\.definition.name).filter { !rebuilt.contains($0) }
        return report
    }

    /// Brings projections up to where the log's end is now; it may be further when this returns.
    ///
    /// - Returns: whether there was something to do.
    func round(
        _ sources: [ProjectionSource], _ context: BuildContext, _ options: BuildOptions,
        _ report: inout BuildReport
    ) throws -> Bool {
        let (plans, count) = try prepare(sources.map(\.definition), context: context)
        let layouts = plans.flatMap(\.layouts)
        let statuses = try log.read { view in
            try sources.map {
                try status($0.definition.name, version: $0.definition.version, in: view)
            }
        }
        var toRebuild: [Int] = []
        var behind: [UInt32: [Int]] = [:]
        for place in sources.indices {
            guard let status = statuses[place], status.isReadable,
                status.digest == sources[place].digest, status.layout == layouts[place],
                status.position <= count
            else {
                toRebuild.append(place)
                continue
            }
            if status.position < count { behind[status.position, default: []].append(place) }
        }
        if options.strategy == .cheaper {
            for (position, places) in behind {
                guard try isRebuildCheaper(from: position, to: count) else { continue }
                toRebuild += places
                behind[position] = nil
            }
        }
        report.position = count
        if toRebuild.isEmpty, behind.isEmpty { return false }
        if !toRebuild.isEmpty {
            let part = try rebuild(
                toRebuild.sorted().map { sources[$0] }, context: context, options: options,
                yieldsToNewer: true)
            report.entries += part.entries
            report.rows += part.rows
            report.rebuilt += part.rebuilt
        }
        for (position, places) in behind.sorted(by: { $0.key < $1.key }) {
            try follow(
                places.map { sources[$0] }, context, from: position, to: count, options, &report)
        }
        return true
    }

    func isRebuildCheaper(from position: UInt32, to count: UInt32) throws -> Bool {
        if UInt64(count - position) * 4 >= UInt64(count) { return count > 50_000 }
        return try !isFollowingCheaper(position..<count)
    }

    /// Whether the cases that some entries touch cost less than all of the log, by the rule of
    /// `catchUp`.
    ///
    /// - Parameters:
    ///   - known: cases below this one count whatever touches them;
    ///   - limit: others by an event before this time, in milliseconds.
    /// - Complexity: O(entries given).
    func isFollowingCheaper(
        _ entries: Range<UInt32>, known: UInt32 = .max, limit: Int64 = .max
    ) throws -> Bool {
        guard entries.count > 1000 else { return true }
        var touched: [Bool] = []
        var cases: UInt64 = 0
        var first = entries.lowerBound
        // Short read transactions.
        while first < entries.upperBound {
            let end = min(entries.upperBound, first + 4_000_000)
            try log.read { view in
                if touched.isEmpty {
                    touched = [Bool](repeating: false, count: try view.soundCounts().cases)
                }
                for segment in try view.segments(covering: first..<end) {
                    let rows =
                        max(first, segment.first)..<min(end, segment.first + UInt32(segment.count))
                    for sequence in rows {
                        let row = Int(sequence - segment.first)
                        let id = segment.cases[row]
                        guard id < known || segment.times[row] < limit, Int(id) < touched.count,
                            !touched[Int(id)]
                        else { continue }
                        touched[Int(id)] = true
                        cases += 1
                    }
                }
            }
            first = end
        }
        return try log.read { view in
            let count = UInt64(view.entryCount)
            let expected = cases * count / UInt64(max(1, view.caseCount))
            return expected * 3 < count
        }
    }

    /// Follows the log by differences, chunk by chunk.
    private func follow(
        _ sources: [ProjectionSource], _ context: BuildContext, from position: UInt32,
        to count: UInt32, _ options: BuildOptions, _ report: inout BuildReport
    ) throws {
        let plans = try prepare(sources.map(\.definition), context: context).plans
        var place = 0
        for plan in plans {
            let part = Array(sources[place..<place + plan.definitions.count])
            place += part.count
            var differences = Differences(log: log, plan: plan)
            var start = position
            var size: UInt32 = 8192
            while start < count {
                if options.shouldStop() { throw ProjectionFault.interrupted }
                let end = start + min(size, count - start)
                let rowsRead = try differences.compute(start..<end)
                guard let rows = try commit(differences.take(), of: part, plan, start, end) else {
                    // Another process moved the position; the caller looks again.
                    return
                }
                report.rows += rows
                report.entries += UInt64(end - start)
                // So that a chunk stays in the memory and time of a short transaction.
                size = rowsRead > 400_000 ? max(16, size / 4) : min(16_384, size * 2)
                start = end
                options.progress(
                    BuildProgress(
                        eventsDone: UInt64(start - position), events: UInt64(count - position)))
            }
        }
    }

    /// Adds differences and moves the position; nil when it is no longer where they start.
    private func commit(
        _ blocks: [CellBlock], of sources: [ProjectionSource], _ plan: Plan, _ start: UInt32,
        _ end: UInt32
    ) throws -> UInt64? {
        try log.write { write, _ in
            var rows: UInt64 = 0
            for (place, source) in sources.enumerated() {
                let definition = source.definition
                guard var status = try status(definition.name, definition.version, in: write),
                    status.isReadable, status.position == start, status.digest == source.digest,
                    status.layout == plan.layouts[place]
                else { return nil }
                try requireOwnRows(status, in: write)
                rows += try add(blocks[place], to: status.runs, status.layout, in: write)
                status.rows = try manifest(of: status.runs, in: write)
                status.position = end
                try save(status, in: write)
            }
            return rows
        }
    }
}
