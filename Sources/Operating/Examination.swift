import EventLog
public import EventModel

/// What was found about one thing, and what to do about it.
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

    /// What was looked at, in one word: `space`, `readers`.
    public var subject: String
    /// How much it matters.
    public var level: Level
    /// What was found, in a sentence.
    public var text: String
    /// What to do about it; empty where there is nothing to do.
    public var remedy: String

    init(_ subject: String, _ level: Level, _ text: String, _ remedy: String = "") {
        self.subject = subject
        self.level = level
        self.text = text
        self.remedy = remedy
    }
}

/// What a machine says of itself, as far as a store needs it.
public struct MachineFacts: Sendable {
    /// The process's limit of address space; nil where there is none.
    public var addressSpaceBytes: Int?
    /// The process's limit of a file's size; nil where there is none.
    public var fileSizeBytes: Int?
    /// The machine's memory, or what its control group allows; nil where it is not known.
    public var memoryBytes: Int?
    /// The process's limit of open files; nil where there is none.
    public var openFiles: Int?
    /// Cores.
    public var cores = 1
    /// The size of a page of memory.
    public var pageBytes = 4096
    /// The instructions that the event parser uses: `haswell`, `fallback`.
    public var parserKernel = ""
    /// The kind of file system that the store lies on: `ext4`; empty where that is not known.
    public var fileSystem = ""
    /// Its free bytes.
    public var freeBytes = 0
    /// Its bytes.
    public var totalBytes = 0
    /// Whether it is mounted read-only.
    public var isReadOnlyFileSystem = false
    /// The user the process runs as.
    public var user: UInt32 = 0
    /// What the clock says.
    public var now = Instant(milliseconds: 0)
    /// The release of the machine's tz database; nil where it has none.
    public var tzdata: String?
    /// What the machine's tz database says of the store's zone; nil where it does not know it.
    public var zone: TimeZoneRules?
    /// Libraries and their versions.
    public var libraries: [(name: String, version: String)] = []

    /// Facts to be filled in.
    public init() {}
}

/// Says whether machine, file system and store are fit, and what to do where they are not.
public enum Examination {
    /// A store is never put on these: locks and shared memory maps do not hold there.
    private static let networks: Set = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs", "fuse",
        "virtiofs", "vboxsf", "beegfs", "davfs",
    ]

    /// Less free space than this is a fault.
    static let leastFreeBytes = 256 << 20
    /// Less memory than this is a fault: what a catalogue rebuild may take.
    static let leastMemoryBytes = 512 << 20
    /// The first version of liblmdb whose on-disk bugs are none of ours to fear.
    static let leastLMDB = [0, 9, 24]

    /// What can be said of the machine alone.
    public static func machine(_ facts: MachineFacts) -> [Finding] {
        var findings = [
            Finding(
                "processor", .fine,
                "\(facts.cores) \(facts.cores == 1 ? "core" : "cores"); events are parsed with "
                    + "\"\(facts.parserKernel)\" instructions.")
        ]
        if facts.parserKernel == "fallback" {
            findings[0].level = .note
            findings[0].remedy = "Ingest is slower here; a machine with AVX2 or NEON is faster."
        }
        findings.append(memory(facts))
        findings += limits(facts)
        if facts.pageBytes != 4096 {
            findings.append(
                Finding(
                    "pages", .fault,
                    "memory pages have \(facts.pageBytes) bytes; stores are laid out in 4,096.",
                    "Use a kernel with pages of 4 KiB."))
        }
        findings.append(zones(facts))
        findings.append(libraries(facts))
        // Before anything of this program was written.
        if facts.now.milliseconds < 1_735_689_600_000 {
            findings.append(
                Finding(
                    "clock", .fault, "the clock says \(facts.now.rfc3339).",
                    "Set it (timedatectl set-ntp true): recording times come from it."))
        }
        return findings
    }

    /// What can be said of the file system that a store lies, or will lie, on.
    public static func fileSystem(_ facts: MachineFacts, storeBytes: Int) -> [Finding] {
        var findings: [Finding] = []
        let kind = facts.fileSystem
        if networks.contains(kind) || kind.hasPrefix("fuse.") {
            findings.append(
                Finding(
                    "file system", .fault,
                    "the store lies on \(kind), where locks and shared memory maps do not hold.",
                    "Move it to a disk of this machine: rekam backup, then rekam restore there."))
        } else if kind == "tmpfs" || kind == "ramfs" {
            findings.append(
                Finding(
                    "file system", .note, "the store lies in memory (\(kind)).",
                    "It is gone when the machine stops; put it on a disk to keep it."))
        } else if kind == "overlay" {
            findings.append(
                Finding(
                    "file system", .note, "the store lies in a container's own layer (overlay).",
                    "It is gone with the container; put it on a volume to keep it."))
        } else {
            findings.append(
                Finding(
                    "file system", .fine,
                    kind.isEmpty ? "of a kind that the machine does not tell." : "\(kind)."))
        }
        if facts.isReadOnlyFileSystem {
            findings.append(
                Finding(
                    "file system", .fault, "the file system is mounted read-only.",
                    "Mount it read-write (mount -o remount,rw) to record anything."))
        }
        findings.append(space(facts, storeBytes))
        return findings
    }

    /// A store that could not be opened or looked at: none there yet is no fault.
    public static func unopened(isOpen: Bool, _ reason: String, path: String) -> Finding {
        if !isOpen, StoreFiles.isAbsentOrEmpty(path) {
            return Finding("store", .note, "there is none at \(path) yet.", "rekam init")
        }
        return Finding(
            "store", .fault, reason,
            "Keep the folder as it is, and restore a backup beside it if nothing else helps.")
    }

    private static func space(_ facts: MachineFacts, _ storeBytes: Int) -> Finding {
        let text = "\(bytes(facts.freeBytes)) free of \(bytes(facts.totalBytes))"
        if facts.freeBytes < max(leastFreeBytes, storeBytes / 20) {
            return Finding(
                "space", .fault, "\(text); the store takes \(bytes(storeBytes)).",
                "Free some before the next ingest: a full disk refuses it, though nothing is lost.")
        }
        if facts.freeBytes < storeBytes {
            return Finding(
                "space", .note, "\(text); the store takes \(bytes(storeBytes)).",
                "A backup or a move beside it would not fit: make backups to another disk.")
        }
        return Finding("space", .fine, "\(text).")
    }

    private static func memory(_ facts: MachineFacts) -> Finding {
        guard let memory = facts.memoryBytes else {
            return Finding("memory", .fine, "no limit is known.")
        }
        guard memory >= leastMemoryBytes else {
            return Finding(
                "memory", .fault, "\(bytes(memory)) for this process.",
                "Give it 512 MiB or more; until then: rekam projection rebuild --memory 64M.")
        }
        return Finding("memory", .fine, "\(bytes(memory)).")
    }

    private static func limits(_ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        // Below that there is no room for a map of a useful size beside the program.
        if let limit = facts.addressSpaceBytes, limit < 1 << 40 {
            findings.append(
                Finding(
                    "address space", limit < 8 << 30 ? .fault : .note,
                    "limited to \(bytes(limit)) (ulimit -v), which a store cannot outgrow.",
                    "Take the limit away: ulimit -v unlimited."))
        }
        if let limit = facts.fileSizeBytes, limit < 1 << 40 {
            findings.append(
                Finding(
                    "file size", limit < 8 << 30 ? .fault : .note,
                    "limited to \(bytes(limit)) (ulimit -f), which a store cannot outgrow.",
                    "Take the limit away: ulimit -f unlimited."))
        }
        if let limit = facts.openFiles, limit < 64 {
            findings.append(
                Finding(
                    "open files", .fault, "limited to \(limit) (ulimit -n).",
                    "Allow 64 or more: ulimit -n 1024."))
        }
        return findings
    }

    private static func zones(_ facts: MachineFacts) -> Finding {
        guard let release = facts.tzdata else {
            return Finding(
                "time zones", .note, "this machine has no tz database.",
                "Stores here work; to make new ones or add calendars, install the package tzdata.")
        }
        return Finding("time zones", .fine, "tz database \(release).")
    }

    private static func libraries(_ facts: MachineFacts) -> Finding {
        let list = facts.libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        let lmdb = facts.libraries.first { $0.name == "liblmdb" }?.version ?? ""
        let parts = lmdb.split(separator: ".").map { Int($0) ?? 0 }
        if parts.lexicographicallyPrecedes(leastLMDB) {
            return Finding(
                "libraries", .fault, "\(list).",
                "Install liblmdb 0.9.24 or later: earlier ones have faults that lose data.")
        }
        return Finding("libraries", .fine, "\(list).")
    }

    /// Bytes for people, rounded down.
    static func bytes(_ count: Int) -> String {
        count >= 1 << 40
            ? "\(count >> 40) TiB"
            : count >= 10 << 30
                ? "\(count >> 30) GiB"
                : count >= 10 << 20 ? "\(count >> 20) MiB" : "\(count >> 10) KiB"
    }
}
