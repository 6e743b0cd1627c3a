public import EventModel

/// What was found about one thing. What people are told of it, and of what to do, is said elsewhere.
public struct Finding: Hashable, Sendable {
    /// How much it matters.
    public enum Level: String, Sendable {
        /// As it should be.
        case fine
        /// Worth knowing; the store works.
        case note
        /// The store does not work as it should, or is in danger.
        case fault
    }

    /// What was looked at; programs know it by these words.
    public enum Subject: String, Sendable {
        case processor, memory, pages, libraries, clock, space, store, map, files, key, readers
        case writer, verified, backup, names, doubtful, checkpoint, projections
        case addressSpace = "address space"
        case fileSize = "file size"
        case openFiles = "open files"
        case timeZones = "time zones"
        case fileSystem = "file system"
        case zoneRules = "zone rules"
    }

    /// What was found.
    public enum Matter: Hashable, Sendable {
        case machine(OfMachine)
        case fileSystem(OfFileSystem)
        case store(OfStore)
    }

    /// What was found of a machine.
    public enum OfMachine: Hashable, Sendable {
        /// Cores, and the instructions that events are parsed with.
        case processor(cores: Int, kernel: String)
        /// Memory for the process; nil where no limit is known.
        case memory(bytes: Int?)
        /// Limits of the process that a store cannot outgrow.
        case addressSpace(bytes: Int)
        case fileSize(bytes: Int)
        case openFiles(Int)
        /// Pages of memory of another size than stores are laid out in.
        case pages(bytes: Int)
        /// The tz database's release; nil where there is none.
        case timeZones(release: String?)
        /// Libraries with their versions: `liblmdb 0.9.31`.
        case libraries([String])
        /// A clock that was never set.
        case clock(Instant)
    }

    /// What was found of the file system that a store lies, or will lie, on.
    public enum OfFileSystem: Hashable, Sendable {
        /// One of the usual kinds; empty where the machine does not tell.
        case usual(kind: String)
        /// One over a network, where locks and shared memory maps do not hold.
        case network(kind: String)
        /// One in memory.
        case memory(kind: String)
        /// A container's own layer.
        case container
        case readOnly
        /// Free bytes of all, and those that the store takes.
        case space(free: Int, of: Int, store: Int)
    }

    /// What was found of a store.
    public enum OfStore: Hashable, Sendable {
        /// None is there yet.
        case absent(path: String)
        /// It could not be opened or looked at.
        case unopened(reason: String)
        /// How much of its memory map it uses.
        case map(used: Int, of: Int)
        /// One of its paths is a symbolic link.
        case link(path: String)
        /// Others can reach a path; with the mode it has, and the one it should.
        case exposed(path: String, mode: UInt32, wanted: UInt32)
        /// The store's group cannot write a table of readers, and so cannot read.
        case lockMode(path: String, mode: UInt32, wanted: UInt32)
        /// A path belongs to somebody else.
        case foreign(path: String, owner: UInt32)
        /// Who can reach its files: its owner, or a group as well.
        case files(isShared: Bool)
        /// The signing key is there, missing, or not to be used.
        case key
        case keyMissing
        case keyFault(String)
        /// The vault is there with the permissions of the log, is missing, or has others.
        case vault
        case vaultMissing
        case vaultMode(path: String, mode: UInt32, wanted: UInt32)
        /// The vault is kept from the store's group; with the mode that lets it in.
        case vaultKept(path: String, mode: UInt32, wanted: UInt32)
        /// The vault's key of digests is missing, or another store's.
        case digestKey(isMissing: Bool)
        /// The vault is older than the log, or of a copy that went on apart.
        case vaultOlder
        /// The list of erasures beside the store lacks some that the log tells.
        case erasuresLacking(path: String, count: Int)
        /// The vault holds rows, or pages, of an append that never was, or is under way.
        case vaultUnrecorded(rows: Int)
        /// Processes that read now; slots of killed ones that were just freed.
        case readers([Int], freed: Int)
        case writer(isWriting: Bool)
        /// The clock is ahead of the log's last recording time, or behind it.
        case clockAhead
        case clockBehind(seconds: Int64, last: Instant)
        /// A zone's rules as recorded, and as the machine's release has them.
        case zoneRules(zone: String, recorded: String, machine: String)
        /// When it was last verified, and what differed; nil where nothing did.
        case verified(Instant, difference: String?)
        case neverVerified
        /// When and where it was last backed up, with so many of its entries.
        case backup(Instant, place: String, entries: UInt32, of: UInt32)
        case noBackup
        /// The last signed checkpoint goes with the store, or does not.
        case kept(entries: UInt32)
        case keptFault(String)
        /// Versions from whose rows nothing is answered, as a calendar, an event type or a text is newer.
        case superseded([String])
        /// Something doubtful that is recorded.
        case doubtful(DoubtfulCases)
        /// Folders that copies left which were killed in the making.
        case leftovers([String])
    }

    /// How much it matters.
    public var level: Level
    /// What was found.
    public var matter: Matter

    /// A finding from its parts.
    public init(_ level: Level, _ matter: Matter) {
        self.level = level
        self.matter = matter
    }

    init(_ level: Level, _ matter: OfMachine) { self.init(level, .machine(matter)) }
    init(_ level: Level, _ matter: OfFileSystem) { self.init(level, .fileSystem(matter)) }
    init(_ level: Level, _ matter: OfStore) { self.init(level, .store(matter)) }

    /// What was looked at.
    public var subject: Subject {
        switch matter {
        case .machine(let matter): matter.subject
        case .fileSystem(.space): .space
        case .fileSystem: .fileSystem
        case .store(let matter): matter.subject
        }
    }
}

extension Finding.OfMachine {
    fileprivate var subject: Finding.Subject {
        switch self {
        case .processor: .processor
        case .memory: .memory
        case .addressSpace: .addressSpace
        case .fileSize: .fileSize
        case .openFiles: .openFiles
        case .pages: .pages
        case .timeZones: .timeZones
        case .libraries: .libraries
        case .clock: .clock
        }
    }
}

extension Finding.OfStore {
    fileprivate var subject: Finding.Subject {
        switch self {
        case .absent, .unopened: .store
        case .map: .map
        case .link, .exposed, .lockMode, .foreign, .files: .files
        case .key, .keyMissing, .keyFault: .key
        case .vault, .vaultMissing, .vaultMode, .vaultKept, .digestKey, .vaultOlder,
            .vaultUnrecorded, .erasuresLacking:
            .names
        case .readers: .readers
        case .writer: .writer
        case .clockAhead, .clockBehind: .clock
        case .zoneRules: .zoneRules
        case .verified, .neverVerified: .verified
        case .backup, .noBackup: .backup
        case .kept, .keptFault: .checkpoint
        case .superseded: .projections
        case .doubtful: .doubtful
        case .leftovers: .names
        }
    }
}
