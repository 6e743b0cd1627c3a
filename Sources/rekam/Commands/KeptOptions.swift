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
        checkpointFile.map { KeptCheckpoint(path: $0) } ?? Self.usual(of: folder)
    }

    /// The file for a store where none is named.
    static func usual(of folder: String) -> KeptCheckpoint {
        KeptCheckpoint(
            path: Machine.environment("REKAM_CHECKPOINT")
                ?? KeptCheckpoint.defaultPath(ofStore: folder))
    }

    /// Signs the checkpoint of the log's first `size` entries (all unless said); refuses where the
    /// store was rolled back or rewritten, or does not hold.
    func sign(_ log: LogStore, size: UInt32? = nil, isHeld: Bool = false) throws -> SignedNote {
        try Self.failing { try kept(of: log.path).sign(log, size: size, isHeld: isHeld) }
    }

    /// Refuses where the store was rolled back or rewritten, also where there is no key to look at
    /// signatures with: before a copy of it is called verified.
    func requireEntries(of log: LogStore) throws {
        try Self.failing {
            let verifiers = (try? log.noteVerifiers()) ?? []
            let fault = try kept(of: log.path).fault(against: log, verifiers: verifiers)
            if let fault { throw fault }
        }
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

/// The kept checkpoint that a store is held against when it is opened.
enum KeptBeside {
    /// The one of a store where none is named.
    case usual
    /// The one that the options say.
    case at(KeptOptions)
    /// None: the command looks at it itself, or mends what is wrong with it.
    case nothing

    /// Tells of a store that does not go with what was signed, and refuses to write to one that would
    /// get a second history by it.
    func look(at log: LogStore, isWritten: Bool) throws {
        let kept: KeptCheckpoint
        switch self {
        case .usual: kept = KeptOptions.usual(of: log.path)
        case .at(let options): kept = options.kept(of: log.path)
        case .nothing: return
        }
        guard let fault = kept.faultSeen(of: log) else { return }
        if isWritten, fault.isOfHistory {
            throw Failure(.checkFailed, "\(fault.description) Nothing was recorded.")
        }
        Output.errorLine("Warning: \(fault.description)")
    }
}
