public import EventLog
public import EventModel

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
                facts.parserKernel == "fallback" ? .note : .fine,
                .processor(cores: facts.cores, kernel: facts.parserKernel)),
            Finding(
                facts.memoryBytes.map { $0 < leastMemoryBytes } ?? false ? .fault : .fine,
                .memory(bytes: facts.memoryBytes)),
        ]
        findings += limits(facts)
        if facts.pageBytes != 4096 {
            findings.append(Finding(.fault, .pages(bytes: facts.pageBytes)))
        }
        findings.append(
            Finding(facts.tzdata == nil ? .note : .fine, .timeZones(release: facts.tzdata)))
        findings.append(libraries(facts))
        // Before anything of this program was written.
        if facts.now.milliseconds < 1_735_689_600_000 {
            findings.append(Finding(.fault, .clock(facts.now)))
        }
        return findings
    }

    /// What can be said of the file system that a store lies, or will lie, on.
    public static func fileSystem(_ facts: MachineFacts, storeBytes: Int) -> [Finding] {
        var findings: [Finding] = []
        let kind = facts.fileSystem
        if networks.contains(kind) || kind.hasPrefix("fuse.") {
            findings.append(Finding(.fault, .network(kind: kind)))
        } else if kind == "tmpfs" || kind == "ramfs" {
            findings.append(Finding(.note, .memory(kind: kind)))
        } else if kind == "overlay" {
            findings.append(Finding(.note, .container))
        } else {
            findings.append(Finding(.fine, .usual(kind: kind)))
        }
        if facts.isReadOnlyFileSystem { findings.append(Finding(.fault, .readOnly)) }
        findings.append(space(facts, storeBytes))
        return findings
    }

    /// A store that could not be opened or looked at: none there yet is no fault.
    public static func unopened(isOpen: Bool, _ reason: String, path: String) -> Finding {
        if !isOpen, StoreFiles.isAbsentOrEmpty(path) {
            return Finding(.note, .absent(path: path))
        }
        return Finding(.fault, .unopened(reason: reason))
    }

    /// What the checkpoint kept outside a store says of it; nothing where none is kept.
    public static func kept(_ kept: KeptCheckpoint, of log: LogStore) -> [Finding] {
        if let fault = kept.faultSeen(of: log) { return [Finding(.fault, .keptFault("\(fault)"))] }
        guard let checkpoint = (try? kept.read())??.checkpoint else { return [] }
        return [Finding(.fine, .kept(entries: checkpoint.size))]
    }

    private static func space(_ facts: MachineFacts, _ storeBytes: Int) -> Finding {
        let level: Finding.Level =
            facts.freeBytes < max(leastFreeBytes, storeBytes / 20)
            ? .fault : facts.freeBytes < storeBytes ? .note : .fine
        return Finding(
            level, .space(free: facts.freeBytes, of: facts.totalBytes, store: storeBytes))
    }

    private static func limits(_ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        // Below that there is no room for a map of a useful size beside the program.
        func level(_ limit: Int) -> Finding.Level { limit < 8 << 30 ? .fault : .note }
        if let limit = facts.addressSpaceBytes, limit < 1 << 40 {
            findings.append(Finding(level(limit), .addressSpace(bytes: limit)))
        }
        if let limit = facts.fileSizeBytes, limit < 1 << 40 {
            findings.append(Finding(level(limit), .fileSize(bytes: limit)))
        }
        if let limit = facts.openFiles, limit < 64 {
            findings.append(Finding(.fault, .openFiles(limit)))
        }
        return findings
    }

    private static func libraries(_ facts: MachineFacts) -> Finding {
        let lmdb = facts.libraries.first { $0.name == "liblmdb" }?.version ?? ""
        let parts = lmdb.split(separator: ".").map { Int($0) ?? 0 }
        return Finding(
            parts.lexicographicallyPrecedes(leastLMDB) ? .fault : .fine,
            .libraries(facts.libraries.map { "\($0.name) \($0.version)" }))
    }
}
