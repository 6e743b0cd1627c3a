internal import Definitions
public import EventLog
internal import Projections

/// What `Verification` found.
public struct VerificationReport: Sendable {
    /// Entries hashed.
    public var entries: UInt32 = 0
    /// The root of the Merkle tree that they give, 32 bytes.
    public var root: [UInt8] = []
    /// Projections replayed and compared.
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
    /// - Complexity: O(entries × projections).
    public func run(
        threads: Int, progress: @escaping @Sendable (UInt32) -> Void = { _ in }
    ) throws -> VerificationReport {
        var report = VerificationReport()
        (report.entries, report.root) = try log.read { ($0.entryCount, $0.root) }
        if let difference = try log.verify(threads: threads, progress: progress) {
            report.difference = difference.description
            return report
        }
        let live = try LiveProjections(of: log)
        for source in live.sources {
            if let difference = try check(source, live, threads: threads) {
                report.difference = difference
                return report
            }
            report.projections += 1
        }
        return report
    }

    /// Replays one projection to where its stored rows stand and compares both, row by row.
    private func check(
        _ source: ProjectionSource, _ live: LiveProjections, threads: Int
    ) throws -> String? {
        let definition = source.definition
        let status = try log.read { view in
            try live.store.status(definition.name, version: definition.version, in: view)
        }
        // A projection that was never built has no rows that could differ.
        guard let status, status.isReadable else { return nil }
        let set = try live.store.replay(
            [definition], context: live.context, upTo: status.position,
            options: BuildOptions(threads: threads))[0]
        var row = 0
        var difference: String?
        try set.scan { expected in
            var place = 0
            try log.read { view in
                // Another process may have brought it on since; then there is a newer state to
                // compare with, and this one says nothing.
                let now = try live.store.status(
                    definition.name, version: definition.version, in: view)
                guard now == status else { return }
                try live.store.scanMerged(status, in: view) { stored in
                    guard difference == nil else { return }
                    guard place + stored.count <= expected.count else {
                        difference = "it has rows that no fact explains"
                        return
                    }
                    for index in stored.indices where stored[index] != expected[place + index] {
                        row = (place + index) / status.layout.words
                        difference = "row \(row) is not what its events say"
                        return
                    }
                    place += stored.count
                }
                if difference == nil, place < expected.count {
                    difference = "rows are missing after row \(place / status.layout.words)"
                }
            }
        }
        return difference.map {
            "projection \(definition.name)@\(definition.version) at entry \(status.position): \($0)"
        }
    }
}
