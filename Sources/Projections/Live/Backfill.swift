import Definitions
import EventLog

/// What a backfill did.
public struct BackfillReport: Sendable {
    /// The version's rows hold the facts of the log's first so many entries.
    public var position: UInt32 = 0
    /// The log's entries when it ended; what lies between is left to the next ingest.
    public var entryCount: UInt32 = 0
    /// Rounds: the build, then each stretch that came in meanwhile.
    public var rounds = 0
    /// Rows of cells written.
    public var rows: UInt64 = 0
    /// Whether everything was there already.
    public var wasUpToDate = false
}

extension ProjectionStore {
    /// Builds a version beside those that answer, while the log may go on growing: first from the
    /// log as it is, then what came in meanwhile, in rounds, until it stands at the log's end or
    /// the rounds no longer get shorter (the next ingest then keeps it up). One that was
    /// interrupted goes on where it stopped.
    ///
    /// A fault ends it, is kept in the version's status, and leaves what answers as it is.
    ///
    /// - Throws: `ProjectionFault`, or what the store has to say.
    public func backfill(
        _ source: ProjectionSource, context: BuildContext, options: BuildOptions = BuildOptions()
    ) throws -> BackfillReport {
        let (name, version) = (source.definition.name, source.definition.version)
        var report = BackfillReport()
        var part = BuildReport()
        var behind = UInt32.max
        do {
            while true {
                let isDone = try !round([source], context, options, &part)
                (report.position, report.entryCount) = try log.read { view in
                    (
                        try status(name, version: version, in: view)?.position ?? 0,
                        view.entryCount
                    )
                }
                if isDone { break }
                report.rounds += 1
                let rest = report.entryCount - min(report.entryCount, report.position)
                if report.rounds > Self.roundsWithoutGain, rest > 0, rest >= behind { break }
                behind = rest
            }
        } catch let fault as ProjectionFault {
            if case .event(_, let sequence, let reason) = fault {
                try note(BuildFault(sequence: sequence, reason: reason), of: name, version: version)
            }
            throw fault
        }
        try note(nil, of: name, version: version)
        report.rows = part.rows
        report.wasUpToDate = report.rounds == 0
        return report
    }

    /// A log that grows as fast as a version catches up would keep it for ever.
    private static let roundsWithoutGain = 4
}
