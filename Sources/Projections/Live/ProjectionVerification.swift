public import EventLog
import LMDB

/// Holds every projection's stored rows against those that the entries give: what verifies a store, and
/// what whoever signs figures asks before they are read from stored rows.
///
///     let result = try ProjectionVerification(of: log, options: options).run()
///
/// Rows of a text that no state of the log explains are a difference. A version that the log says
/// answers and that has no rows is none, since rows may be deleted and made anew: it is told, as what
/// was not compared is never counted as compared.
public struct ProjectionVerification {
    /// What was found.
    public struct Result: Sendable {
        /// Versions replayed and compared.
        public var compared = 0
        /// What was not compared.
        public var uncompared: [Uncompared] = []
        /// Versions that answer, and were compared with what an earlier calendar, event type or text
        /// gives: as their rows are of that one, nothing is answered from them.
        public var superseded: [String] = []
        /// The first difference; nil where there is none.
        public var difference: String?
    }

    /// A version whose rows were not compared, and why.
    public struct Uncompared: Hashable, Sendable {
        /// Why there was nothing to compare.
        public enum Reason: Hashable, Sendable {
            /// The log says that it answers, and it has no rows yet.
            case unbuilt
            /// Its rows were made by the rules of an earlier Rekam; nothing is answered from them.
            case outdated
            /// Another process brought it on again and again.
            case moving
        }

        /// `resolution@2`.
        public var version: String
        /// Why.
        public var reason: Reason
    }

    private let log: LogStore
    private let options: BuildOptions
    private let versions: ProjectionVersions
    private let store: ProjectionStore
    private let current: BuildContext

    /// A verification of a log's projections.
    ///
    /// - Throws: `DefinitionFaults`, or what the store throws.
    public init(of log: LogStore, options: BuildOptions) throws {
        self.log = log
        self.options = options
        versions = try ProjectionVersions(of: log)
        let live = try LiveProjections(of: log, only: [])
        store = live.store
        current = live.context
    }

    /// Replays every version that has rows, whether it answers or not: those that stand at the same
    /// entry together, as many as fit into half of the memory given.
    ///
    /// - Throws: what kept it from being compared.
    /// - Complexity: O(entries) for each group of versions.
    public func run() throws -> Result {
        var result = Result()
        var statuses = try log.read { try store.statuses(in: $0) }
        result.uncompared = try unbuilt(statuses)
        result.difference = try log.read { try store.strayProblem(statuses, in: $0) }
        for _ in 0..<Self.attempts where result.difference == nil && !statuses.isEmpty {
            let moved = try compare(statuses, &result)
            statuses = try log.read { view in
                try moved.compactMap { try store.status($0.name, version: $0.version, in: view) }
            }
        }
        result.uncompared += statuses.map { Uncompared(version: $0.text, reason: .moving) }
        return result
    }

    /// How often what moves on is replayed.
    private static let attempts = 3

    /// A version that the log promoted last and that has no rows to answer from, in a log of events.
    private func unbuilt(_ statuses: [ProjectionStatus]) throws -> [Uncompared] {
        guard try log.read({ $0.hasEvents }) else { return [] }
        return versions.register.live("projection").filter { change in
            !statuses.contains {
                $0.name == change.name && $0.version == change.version && $0.isReadable
            }
        }.map { Uncompared(version: "\($0.name)@\($0.version)", reason: .unbuilt) }
    }

    // MARK: Groups

    /// Versions that are replayed in one pass.
    private struct Group {
        var context: BuildContext
        var position: UInt32
        /// Of the definitions in force.
        var isCurrent: Bool
        var members: [(source: ProjectionSource, status: ProjectionStatus)]
        /// What their stored rows take.
        var bytes: UInt64
    }

    /// - Returns: those that another process brought on meanwhile.
    private func compare(
        _ statuses: [ProjectionStatus], _ result: inout Result
    ) throws -> [ProjectionStatus] {
        var groups: [Group] = []
        for status in statuses {
            if let problem = try take(status, into: &groups, &result) {
                result.difference = "projection \(status.text)\(problem)"
                return []
            }
        }
        var moved: [ProjectionStatus] = []
        for group in groups {
            result.difference = try check(group, &result.compared, &moved)
            if result.difference != nil { return [] }
        }
        return moved
    }

    /// Adds a version to the group that it is replayed in.
    ///
    /// - Returns: why its rows can't be what the log gives, to be read after its name.
    private func take(
        _ status: ProjectionStatus, into groups: inout [Group], _ result: inout Result
    ) throws -> String? {
        guard !status.digest.isEmpty else {
            return ": what is said of its rows is not as it was written"
        }
        guard status.isReadable else { return nil }
        guard
            let version = versions.all.first(where: {
                $0.name == status.name && $0.version == status.version
            })
        else { return ": no definition in the log explains it" }
        guard status.state != .live || versions.live(status.name) == version else {
            return ": it answers, and the log promoted another"
        }
        let at = " at entry \(status.position): "
        guard let (source, context, isCurrent) = try source(of: version, status) else {
            if try isOutdated(version, status) {
                result.uncompared.append(Uncompared(version: status.text, reason: .outdated))
                return nil
            }
            return at + "its rows are of a text, calendar or schema that the log never had. Make "
                + "them anew: rekam projection rebuild \(status.name)"
        }
        if !isCurrent, versions.live(status.name) == version {
            result.superseded.append(status.text)
        }
        guard try status.layout == store.layout(of: source.definition, context: context) else {
            return at + "its rows are laid out another way than its definition says"
        }
        let bytes = try log.read { try store.rowBytes(status, in: $0) }
        let room = UInt64(options.memoryBudgetBytes / 2)
        let place = groups.firstIndex {
            isCurrent && $0.isCurrent && $0.position == status.position && $0.bytes + bytes <= room
        }
        if let place {
            groups[place].members.append((source, status))
            groups[place].bytes += bytes
        } else {
            groups.append(
                Group(
                    context: context, position: status.position, isCurrent: isCurrent,
                    members: [(source, status)], bytes: bytes))
        }
        return nil
    }

    /// What some rows were made of: the definition in force or, where they wait to be built anew, the
    /// one that an earlier state of the log gives; nil where none does.
    private func source(
        of version: ProjectionVersions.Version, _ status: ProjectionStatus
    ) throws -> (ProjectionSource, BuildContext, isCurrent: Bool)? {
        let now = try versions.source(version)
        if now.digest == status.digest { return (now, current, true) }
        for change in versions.register.changes.reversed() where change.isMeasure(of: version) {
            let register = try log.read { try $0.definitions(upTo: change.sequence) }
            let earlier = try ProjectionVersions(of: log, register: register)
            guard earlier.all.contains(version) else { continue }
            let source = try earlier.source(version)
            guard source.digest == status.digest else { continue }
            let context = try BuildContext(register: register, types: log.types(in: register))
            return (source, context, false)
        }
        return nil
    }

    /// Whether its rows were made from a text that the log had, by the rules of an earlier Rekam.
    private func isOutdated(
        _ version: ProjectionVersions.Version, _ status: ProjectionStatus
    ) throws -> Bool {
        let places = versions.register.changes.filter { $0.isMeasure(of: version) }.map(\.sequence)
        for place in places.reversed().map(Optional.some) + [nil] {
            let register = try log.read { try $0.definitions(upTo: place) }
            let known = try ProjectionVersions(of: log, register: register)
            guard known.all.contains(version) else { continue }
            for rules in 1..<max(1, EvaluationVersion.current)
            where try known.source(version, evaluation: rules).digest == status.digest {
                return true
            }
        }
        return false
    }

    // MARK: Comparing

    /// Replays a group to where its stored rows stand and compares both, row by row.
    private func check(
        _ group: Group, _ compared: inout Int, _ moved: inout [ProjectionStatus]
    ) throws -> String? {
        let sets = try store.replay(
            group.members.map(\.source.definition), context: group.context, upTo: group.position,
            options: options)
        for (set, (_, status)) in zip(sets, group.members) {
            var isStill = false
            var difference: String?
            try set.scan { expected in
                try log.read { view in
                    // Another process may have brought it on since; then there is a newer state to
                    // compare with, and this one says nothing.
                    let now = try store.status(status.name, version: status.version, in: view)
                    isStill = now == status
                    if isStill { difference = try compare(expected, status, view) }
                }
            }
            if let difference {
                return "projection \(status.text) at entry \(status.position): "
                    + difference
            }
            if isStill { compared += 1 } else { moved.append(status) }
        }
        return nil
    }

    private func compare(
        _ expected: Span<UInt32>, _ status: ProjectionStatus, _ view: borrowing LogView
    ) throws -> String? {
        try store.checkRuns(status, in: view)
        var difference: String?
        var place = 0
        try store.scanMerged(status, in: view) { stored in
            guard difference == nil else { return }
            guard place + stored.count <= expected.count else {
                difference = "it has rows that no fact explains"
                return
            }
            for index in stored.indices where stored[index] != expected[place + index] {
                let row = (place + index) / status.layout.words
                difference = "row \(row) is not what its events say"
                return
            }
            place += stored.count
        }
        if difference == nil, place < expected.count {
            difference = "rows are missing after row \(place / status.layout.words)"
        }
        return difference
    }
}

extension DefinitionChange {
    /// Whether rows of a version may be made otherwise from here on.
    fileprivate func isMeasure(of version: ProjectionVersions.Version) -> Bool {
        switch kind {
        case "projection": name == version.name && self.version == version.version
        case "kpi", "scorecard": false
        default: true
        }
    }
}
