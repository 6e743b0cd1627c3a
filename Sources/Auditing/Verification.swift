public import EventLog
public import Projections

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
    /// Versions that were not compared, and why.
    public var uncompared: [ProjectionVerification.Uncompared] = []
    /// Versions that answer from rows of an earlier calendar, event type or text, and so don't.
    public var superseded: [String] = []
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
    /// - Complexity: O(entries) for the log, and for each group of projections replayed together.
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
            let found = try ProjectionVerification(
                of: log, options: BuildOptions(threads: threads)
            ).run()
            report.projections = found.compared
            report.uncompared = found.uncompared
            report.superseded = found.superseded
            report.difference = found.difference
        } catch let fault as ProjectionFault where fault.isDamage {
            report.difference = "projections: \(fault)"
        } catch {
            guard let difference = LogDifference(damage: error) else { throw error }
            report.difference = difference.description
        }
        return report
    }
}

extension ProjectionFault {
    /// Whether it says that what is stored does not hold together.
    fileprivate var isDamage: Bool {
        switch self {
        case .damaged, .damagedRegistry, .registry: true
        default: false
        }
    }
}
