import Definitions
public import EventLog
public import EventModel
import Projections

/// How a store is doing, for whoever looks after it: what came in last, what lags behind, how much
/// space it takes, and when it was verified and backed up.
public struct StoreStatus: Sendable {
    /// An import, as the log has it.
    public struct Import: Hashable, Sendable {
        /// When it was recorded.
        public var time: Instant
        /// The input's name.
        public var input: String
        /// Events recorded.
        public var accepted: Int
        /// Events that were there already.
        public var duplicates: Int
        /// Lines refused.
        public var refused: Int
    }

    /// The store's folder.
    public var path: String
    /// The log's name.
    public var origin: String
    /// Entries.
    public var entries: UInt32
    /// The root over them.
    public var root: TreeHash
    /// Recording time of the newest event that is none of the log's own; nil where there is none.
    public var lastEvent: Instant?
    /// The last import; nil where there was none.
    public var lastImport: Import?
    /// Lines refused by the imports of the last 24 hours before `now`.
    public var refusedInADay: Int
    /// What was found doubtful in the last 24 hours, by kind, in their order: what came in and what the
    /// imports told of it, and the cases that it made doubtful.
    public var doubtsInADay: [DoubtfulCases]
    /// Projections that answer.
    public var projections: Int
    /// How many entries the furthest behind lacks.
    public var behind: UInt32
    /// Versions that answer, but for their rows: those are of an earlier calendar, event type or text.
    public var superseded: [String]
    /// Bytes of the data file.
    public var fileBytes: Int
    /// Bytes of the vault, which holds names and other texts of persons; nil where it is missing.
    public var vaultBytes: Int?
    /// Why the vault is not the one that the log was written with; nil where it is.
    public var vault: Finding?
    /// Backups with names that are older than thirty days, and were noted here.
    public var oldBackups: Int
    /// Those of them that tables use.
    public var usedBytes: Int
    /// Entries of the last signed checkpoint, kept outside the store; nil where none is kept.
    public var signed: UInt32?
    /// Why the store does not go with it; nil where it does.
    public var keptFault: KeptFault?
    /// The last verification; nil where none is known.
    public var verification: OperationNote?
    /// The last backup; nil where none is known.
    public var backup: OperationNote?

    /// Imports that are looked at for `refusedInADay`, at most.
    static let mostImports = 1000

    /// Looks at a store.
    ///
    /// - Parameter kept: where its last signed checkpoint is; nil where nobody says.
    /// - Complexity: O(definitions + imports of the last day + its entries).
    public init(of log: LogStore, now: Instant, kept: KeptCheckpoint? = nil) throws {
        signed = (try? kept?.read())??.checkpoint.size
        keptFault = kept?.faultSeen(of: log)
        let live = try LiveProjections(of: log)
        path = log.path
        origin = log.origin
        projections = live.sources.count
        verification = OperationNote.last(.verification, of: log)
        backup = OperationNote.last(.backup, of: log)
        fileBytes = StoreFiles.status(log.path + "/data.mdb")?.size ?? 0
        vaultBytes = log.hasVault ? StoreFiles.status(log.path + "/private.mdb")?.size : nil
        vault = Examination.vault(of: log)
        oldBackups = CopyNote.oldBackups(of: log, now: now).count
        (entries, root, lastEvent, usedBytes) = try log.read { view in
            let statistics = try view.statistics()
            return (
                view.entryCount, statistics.root, try Self.lastEvent(in: view),
                statistics.tables.reduce(0) { $0 &+ $1.bytes }
            )
        }
        let yesterday = Instant(milliseconds: now.milliseconds - 86_400_000)
        let imports = try log.read { view in try Self.imports(in: view, since: yesterday) }
        (lastImport, refusedInADay) = (imports.last, imports.refused)
        doubtsInADay = try live.countDoubts(
            in: log.read { view in
                try view.entryCount(
                    recordedBy: Instant(milliseconds: yesterday.milliseconds - 1))..<view.entryCount
            })
        superseded = try log.read { try live.superseded(in: $0).map(\.text) }
        behind = try log.read { view in
            let statuses = try live.store.statuses(in: view).filter { $0.state == .live }
            return live.sources.map { source in
                let status = statuses.first { $0.name == source.definition.name }
                return status?.behind(view.entryCount) ?? view.entryCount
            }.max() ?? 0
        }
    }

    /// Walks back over the log's own entries, which are few at a time.
    private static func lastEvent(in view: borrowing LogView) throws -> Instant? {
        var end = view.entryCount
        while end > 0 {
            let segment = try view.segment(containing: end - 1)
            for row in (0..<Int(end - segment.first)).reversed()
            where !view.types.schemas[Int(segment.types[row])].isLogsOwn {
                return Instant(milliseconds: segment.recorded[row])
            }
            end = segment.first
        }
        return nil
    }

    private static func imports(
        in view: borrowing LogView, since start: Instant
    ) throws -> (last: Import?, refused: Int) {
        var last: Import?
        var refused = 0
        guard let id = try view.caseID("log/ingest"),
            var sequence = try view.lastSequence(ofCase: id)
        else { return (nil, 0) }
        for _ in 0..<mostImports {
            let segment = try view.segment(containing: sequence)
            let row = Int(sequence - segment.first)
            let time = Instant(milliseconds: segment.recorded[row])
            guard last == nil || time >= start else { break }
            let entry = try JSONValue(
                parsing: String(decoding: try view.revealedEntry(sequence), as: UTF8.self))
            func number(_ name: String) -> Int {
                guard case .number(let digits)? = entry["data"]?[name] else { return 0 }
                return Int(digits) ?? 0
            }
            if last == nil {
                var input = ""
                if case .string(let text)? = entry["data"]?["input"] { input = text }
                last = Import(
                    time: time, input: input, accepted: number("accepted"),
                    duplicates: number("duplicate"), refused: number("refused"))
            }
            if time >= start { refused += number("refused") }
            sequence = segment.previous[row]
            if sequence == .max { break }
        }
        return (last, refused)
    }

    /// What one may ask of a store's age, in milliseconds; nil asks nothing.
    public struct Limits: Sendable {
        /// Of the last event.
        public var event: Int64?
        /// Of the last backup.
        public var backup: Int64?
        /// Of the last verification.
        public var verification: Int64?

        /// Limits from their parts.
        public init(event: Int64? = nil, backup: Int64? = nil, verification: Int64? = nil) {
            self.event = event
            self.backup = backup
            self.verification = verification
        }
    }

    /// A limit that is not kept.
    public enum Breach: Hashable, Sendable {
        /// Nothing came in, or nothing was done, for longer than allowed; nil: never.
        case event(Instant?)
        case backup(Instant?)
        case verification(Instant?)
        /// The last verification found a difference.
        case differs
        /// The store does not go with the last signed checkpoint.
        case kept(KeptFault)
        /// The vault is not the one that the log was written with.
        case vault(Finding)
    }

    /// The limits that are not kept, and a store that does not hold.
    public func breaches(of limits: Limits, now: Instant) -> [Breach] {
        func isOld(_ time: Instant?, _ most: Int64?) -> Bool {
            guard let most else { return false }
            guard let time else { return true }
            return now.milliseconds - time.milliseconds > most
        }
        var breaches: [Breach] = []
        if isOld(lastEvent, limits.event) { breaches.append(.event(lastEvent)) }
        if isOld(verification?.time, limits.verification) {
            breaches.append(.verification(verification?.time))
        }
        if isOld(backup?.time, limits.backup) { breaches.append(.backup(backup?.time)) }
        if verification?.holds == false { breaches.append(.differs) }
        if let keptFault { breaches.append(.kept(keptFault)) }
        if let vault { breaches.append(.vault(vault)) }
        return breaches
    }
}
