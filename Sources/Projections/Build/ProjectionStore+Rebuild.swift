import Definitions
import EventLog
import EventModel
import LMDB

extension ProjectionStore {
    /// Builds projections from the log, on all cores, in as few passes as they allow.
    ///
    /// Rows are written under a name nobody reads, in short transactions; the last one publishes
    /// them with their position. Until then, and when it fails or is interrupted, a version that
    /// could be read before is as it was. What it replaces may stand further by then, as another
    /// process caught up meanwhile: the build follows that far before it is published, so that
    /// nobody is answered from an earlier state than before. A version that is new becomes `ready`;
    /// promote it to make it answer. An interrupted build goes on where it stopped, from the same
    /// entries, unless what it replaces is too far ahead by now: catch up afterwards.
    ///
    /// - Throws: `ProjectionFault`, or what the store has to say.
    @discardableResult
    public func rebuild(
        _ sources: [ProjectionSource], context: BuildContext,
        options: BuildOptions = BuildOptions()
    ) throws -> BuildReport {
        try rebuild(sources, context: context, options: options, yieldsToNewer: false)
    }

    /// - Parameter yieldsToNewer: whether rows of the same definition that stand further by the time
    ///   the build ends stay instead of it, as they are as good.
    func rebuild(
        _ sources: [ProjectionSource], context: BuildContext, options: BuildOptions,
        yieldsToNewer: Bool
    ) throws -> BuildReport {
        var report = BuildReport()
        let (plans, count) = try prepare(sources.map(\.definition), context: context)
        var place = 0
        for plan in plans {
            let part = Array(sources[place..<place + plan.definitions.count])
            place += part.count
            let statuses = try begin(part, plan, upTo: count)
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
                    options: options, yieldsToNewer: yieldsToNewer)
                report.rows += try build.run()
                report.entries += UInt64(end)
                report.position = end
                for source in build.overtaken.map({ part[chosen[$0]] }) {
                    report.rows += try publishFollowing(source, context, options)
                }
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
                    build.upTo <= upTo, !build.isWhole, try isOwn(build, in: write),
                    try !isRebuildCheaper(
                        from: build.upTo, to: max(build.upTo, status.position))
                {
                    statuses.append(status)
                    continue
                }
                if let old = status.build { try leave(old.runs, old.layout, in: write) }
                let number = try newNumber(in: write)
                status.build = BuildStatus(
                    upTo: upTo, casesDone: 0,
                    runs: "cells/\(status.name)@\(status.version)/\(number)",
                    digest: source.digest, layout: layout, owner: number)
                try save(status, in: write)
                statuses.append(status)
            }
            return statuses
        }
    }

    /// Whether what is stored of a build is what its writer left: else it is begun anew.
    private func isOwn(
        _ build: BuildStatus, in write: borrowing WriteTransaction
    ) throws -> Bool {
        try runs(build.runs, build.layout).readMark(in: write) == build.rows
    }

    /// Puts a build's rows in the place of those before it, which go with the same commit unless
    /// there is too much of them.
    func publish(
        _ build: BuildStatus, as status: inout ProjectionStatus,
        in write: borrowing WriteTransaction
    ) throws {
        if !status.runs.isEmpty { try drop(status.runs, status.layout, in: write) }
        status.runs = build.runs
        status.rows = try manifest(of: build.runs, in: write)
        status.layout = build.layout
        status.digest = build.digest
        status.position = build.upTo
        status.build = nil
        if status.state == .building { status.state = .ready }
    }

    /// Takes a whole build as far as the rows that it replaces, by differences, and publishes it.
    ///
    /// Each stretch is computed and committed while nobody else can write: what is replaced does not
    /// move on meanwhile, and the last stretch is the last.
    ///
    /// - Returns: rows written.
    private func publishFollowing(
        _ source: ProjectionSource, _ context: BuildContext, _ options: BuildOptions
    ) throws -> UInt64 {
        let (name, version) = (source.definition.name, source.definition.version)
        let plan = try prepare([source.definition], context: context).plans[0]
        var differences = Differences(log: log, plan: plan)
        var rows: UInt64 = 0
        var isPublished = false
        while !isPublished {
            if options.shouldStop() { throw ProjectionFault.interrupted }
            try log.write { write, _ in
                guard var status = try status(name, version, in: write),
                    var build = status.build, build.isWhole, build.digest == source.digest,
                    build.layout == plan.layouts[0], try isOwn(build, in: write)
                else { throw ProjectionFault.overtaken(projection: "\(name)@\(version)") }
                if build.upTo < status.position {
                    let end = min(status.position, build.upTo + Self.stretch)
                    _ = try differences.compute(build.upTo..<end)
                    rows += try add(
                        differences.take()[0], to: build.runs, build.layout, in: write)
                    build.upTo = end
                    build.rows = try runs(build.runs, build.layout).readMark(in: write)
                }
                isPublished = build.upTo >= status.position
                if isPublished {
                    try publish(build, as: &status, in: write)
                } else {
                    status.build = build
                }
                try save(status, in: write)
            }
        }
        return rows
    }

    /// Entries that a build follows at a time while nobody else can write.
    private static let stretch: UInt32 = 8192

    /// Adds differences to sorted runs.
    ///
    /// - Returns: rows added.
    func add(
        _ block: CellBlock, to runs: String, _ layout: CellLayout,
        in write: borrowing WriteTransaction
    ) throws -> UInt64 {
        let words = block.rows.count
        guard words > 0 else { return 0 }
        try self.runs(runs, layout).add(
            block.rows.array(0..<words), in: write, mergeBudgetBytes: max(2 << 20, words * 12))
        return UInt64(words / layout.words)
    }
}
