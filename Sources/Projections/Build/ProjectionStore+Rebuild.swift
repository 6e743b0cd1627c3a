import Definitions
import EventLog
import EventModel
import LMDB

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
        try rebuild(
            sources, context: context, upTo: upTo, options: options, yieldsToNewer: false)
    }

    /// - Parameter yieldsToNewer: whether rows of the same definition that stand further by the time
    ///   the build ends stay instead of it: another process caught up meanwhile, and who asks must not
    ///   be answered from an earlier state than before.
    func rebuild(
        _ sources: [ProjectionSource], context: BuildContext, upTo: UInt32?,
        options: BuildOptions, yieldsToNewer: Bool
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
                    options: options, yieldsToNewer: yieldsToNewer)
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
