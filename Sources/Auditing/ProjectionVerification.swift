import EventLog
import Projections

/// Holds every projection's stored rows against those that the entries give.
///
/// A version that the log says answers and that has no rows, and rows of a text that no state of the
/// log explains, are differences: what was not compared is never counted as compared.
struct ProjectionVerification {
    private let log: LogStore
    private let threads: Int
    private let versions: ProjectionVersions
    private let store: ProjectionStore

    init(of log: LogStore, threads: Int) throws {
        self.log = log
        self.threads = threads
        versions = try ProjectionVersions(of: log)
        store = try LiveProjections(of: log, only: []).store
    }

    /// Replays every version that has rows, whether it answers or not.
    ///
    /// - Returns: versions compared, and the first difference; nil where there is none.
    /// - Complexity: O(entries × versions).
    func run() throws -> (compared: Int, difference: String?) {
        let statuses = try log.read { try store.statuses(in: $0) }
        if let problem = try log.read({ try store.strayProblem(statuses, in: $0) }) {
            return (0, problem)
        }
        var compared = 0
        for status in statuses {
            let name = "projection \(status.name)@\(status.version)"
            guard !status.digest.isEmpty else {
                return (compared, "\(name): what is said of its rows is not as it was written")
            }
            guard status.isReadable else { continue }
            guard
                let version = versions.all.first(where: {
                    $0.name == status.name && $0.version == status.version
                })
            else { return (compared, "\(name): no definition in the log explains it") }
            guard status.state != .live || versions.live(status.name) == version else {
                return (compared, "\(name): it answers, and the log promoted another")
            }
            if let problem = try check(version, status) {
                return (compared, "\(name) at entry \(status.position): \(problem)")
            }
            compared += 1
        }
        return (compared, lacking(statuses))
    }

    /// A version that the log promoted last and that has no rows to answer from.
    private func lacking(_ statuses: [ProjectionStatus]) -> String? {
        // A new store has no rows of any before its first events.
        guard !statuses.isEmpty else { return nil }
        for change in versions.register.live("projection") {
            let isThere = statuses.contains {
                $0.name == change.name && $0.version == change.version && $0.state == .live
            }
            guard !isThere else { continue }
            return "projection \(change.name)@\(change.version): the log says that it answers, "
                + "and it has no rows that could be compared"
        }
        return nil
    }

    /// Replays one version to where its stored rows stand and compares both, row by row.
    private func check(
        _ version: ProjectionVersions.Version, _ status: ProjectionStatus
    ) throws -> String? {
        guard let (source, context) = try source(of: version, status) else {
            return "its rows are of a text, calendar or schema that the log never had. Make them "
                + "anew: rekam projection rebuild \(status.name)"
        }
        guard try status.layout == store.layout(of: source.definition, context: context) else {
            return "its rows are laid out another way than its definition says"
        }
        let set = try store.replay(
            [source.definition], context: context, upTo: status.position,
            options: BuildOptions(threads: threads))[0]
        var difference: String?
        try set.scan { expected in
            try log.read { view in
                // Another process may have brought it on since; then there is a newer state to
                // compare with, and this one says nothing.
                let now = try store.status(status.name, version: status.version, in: view)
                guard now == status else { return }
                difference = try compare(expected, status, view)
            }
        }
        return difference
    }

    /// What some rows were made of: the definition in force or, where they wait to be built anew, the
    /// one that an earlier state of the log gives; nil where none does.
    private func source(
        of version: ProjectionVersions.Version, _ status: ProjectionStatus
    ) throws -> (ProjectionSource, BuildContext)? {
        func made(by versions: ProjectionVersions) throws -> (ProjectionSource, BuildContext)? {
            guard versions.all.contains(version) else { return nil }
            let source = try versions.source(version)
            guard source.digest == status.digest else { return nil }
            let register = versions.register
            return (source, try BuildContext(register: register, types: log.types(in: register)))
        }
        if let found = try made(by: versions) { return found }
        for change in versions.register.changes.reversed() where change.isMeasure(of: version) {
            let earlier = try log.read { try $0.definitions(upTo: change.sequence) }
            if let found = try made(by: ProjectionVersions(of: log, register: earlier)) {
                return found
            }
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
