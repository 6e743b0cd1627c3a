import ArgumentParser
import EventLog

/// Where the last signed checkpoint is kept, outside the store.
struct KeptOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the last signed checkpoint is kept.",
            discussion: "Without it: $REKAM_CHECKPOINT, else STORE.checkpoint beside the store.",
            valueName: "file"))
    var checkpointFile: String?

    /// The file for a store.
    func kept(of folder: String) -> KeptCheckpoint {
        KeptCheckpoint(
            path: checkpointFile ?? Machine.environment("REKAM_CHECKPOINT")
                ?? KeptCheckpoint.defaultPath(ofStore: folder))
    }

    /// Signs the checkpoint of the log's first `size` entries (all unless said); refuses where the
    /// store was rolled back or rewritten.
    func sign(_ log: LogStore, size: UInt32? = nil) throws -> SignedNote {
        try Self.failing { try kept(of: log.path).sign(log, size: size) }
    }

    /// Refuses where the store was rolled back or rewritten: before its books are closed.
    func requireSound(_ log: LogStore) throws {
        try Self.failing {
            let fault = try kept(of: log.path).fault(
                against: log, verifiers: log.noteVerifiers())
            if let fault { throw fault }
        }
    }

    /// A store that does not go with what was signed is a check that does not hold.
    private static func failing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let fault as KeptFault {
            throw Failure(.checkFailed, fault.description)
        }
    }
}
