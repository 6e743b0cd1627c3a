internal import Definitions
public import EventLog
internal import Projections

/// What `Verification` found.
public struct VerificationReport: Sendable {
    /// Entries hashed.
    public var entries: UInt32 = 0
    /// The root of the Merkle tree that they give, 32 bytes.
    public var root: [UInt8] = []
    /// Tiles of the tree rebuilt: whole ones of every level.
    public var tiles = 0
    /// Column segments compared.
    public var segments = 0
    /// How commitments to names and texts go together with the vault.
    public var persons = PersonCensus()
    /// Versions of projections replayed and compared.
    public var projections = 0
    /// The first difference, in words that name table, key and sequence; nil where all is equal.
    public var difference: String?

    /// Nothing checked yet.
    public init() {}
}

/// Holds a store against its own entries: re-hashes every entry, rebuilds tree, columns, names,
/// chains and identities, replays every projection, and compares.
///
///     let report = try Verification(of: store).run(threads: 2)
///     if let difference = report.difference { … }
public struct Verification {
    private let log: LogStore

    /// A verification of a store.
    public init(of log: LogStore) { self.log = log }

    /// Checks everything, and stops at the first difference.
    ///
    /// - Parameter progress: told the number of entries done.
    /// - Throws: what kept the check from being made.
    /// - Complexity: O(entries × versions of projections).
    public func run(
        threads: Int, progress: @escaping @Sendable (UInt32) -> Void = { _ in }
    ) throws -> VerificationReport {
        var report = VerificationReport()
        do {
            (report.entries, report.root, report.segments) = try log.read {
                ($0.entryCount, $0.root, try $0.segments().count)
            }
            for level in 1...4 { report.tiles += Int(report.entries) >> (8 * level) }
            var persons = PersonCensus()
            let difference = try log.verify(
                threads: threads, persons: { persons = $0 }, progress: progress)
            report.persons = persons
            if let difference {
                report.difference = difference.description
                return report
            }
            try checkProjections(threads: threads, &report)
        } catch let fault as ProjectionFault where fault.isDamage {
            report.difference = "projections: \(fault)"
        } catch {
            guard let difference = LogDifference(damage: error) else { throw error }
            report.difference = difference.description
        }
        return report
    }

    /// Replays every version that has rows, whether it answers or not.
    private func checkProjections(threads: Int, _ report: inout VerificationReport) throws {
        let versions = try ProjectionVersions(of: log)
        let live = try LiveProjections(of: log, only: [])
        let statuses = try log.read { try live.store.statuses(in: $0) }
        for status in statuses where status.isReadable {
            let name = "projection \(status.name)@\(status.version)"
            guard
                let version = versions.all.first(where: {
                    $0.name == status.name && $0.version == status.version
                })
            else {
                report.difference = "\(name): no definition in the log explains it"
                return
            }
            guard status.state != .live || versions.live(status.name) == version else {
                report.difference = "\(name): it answers, and the log promoted another"
                return
            }
            let problem = try check(versions.source(version), status, live, threads: threads)
            if let problem {
                report.difference = "\(name) at entry \(status.position): \(problem)"
                return
            }
            report.projections += 1
        }
    }

    /// Replays one version to where its stored rows stand and compares both, row by row.
    private func check(
        _ source: ProjectionSource, _ status: ProjectionStatus, _ live: LiveProjections,
        threads: Int
    ) throws -> String? {
        let definition = source.definition
        guard try status.position <= log.read({ $0.entryCount }) else {
            return "it holds entries that are not there"
        }
        // Rows of an older text, or of an older calendar, wait to be built anew; who asks meanwhile
        // is told so.
        guard status.digest == source.digest else { return nil }
        guard try status.layout == live.store.layout(of: definition, context: live.context) else {
            return "its rows are laid out another way than its definition says"
        }
        let set = try live.store.replay(
            [definition], context: live.context, upTo: status.position,
            options: BuildOptions(threads: threads))[0]
        var difference: String?
        try set.scan { expected in
            try log.read { view in
                // Another process may have brought it on since; then there is a newer state to
                // compare with, and this one says nothing.
                let now = try live.store.status(
                    definition.name, version: definition.version, in: view)
                guard now == status else { return }
                difference = try compare(expected, status, live, view)
            }
        }
        return difference
    }

    private func compare(
        _ expected: Span<UInt32>, _ status: ProjectionStatus, _ live: LiveProjections,
        _ view: borrowing LogView
    ) throws -> String? {
        try live.store.checkRuns(status, in: view)
        var difference: String?
        var place = 0
        try live.store.scanMerged(status, in: view) { stored in
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

extension ProjectionFault {
    /// Whether it says that what is stored does not hold together.
    fileprivate var isDamage: Bool {
        switch self {
        case .damaged, .registry: true
        default: false
        }
    }
}
