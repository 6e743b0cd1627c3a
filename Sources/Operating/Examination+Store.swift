public import EventLog
import EventModel

/// What a store says of itself.
public struct StoreFacts: Sendable {
    /// What stands at one of its paths, and the mode it may have at most.
    public struct File: Sendable {
        var name: String
        var path: String
        var status: FileStatus?
        /// Permission bits nobody should have on it.
        var forbidden: UInt32
    }

    var files: [File]
    var mapBytes: Int
    var usedBytes: Int
    var fileBytes: Int
    /// Slots of killed readers that were just freed; nil where that is not ours to do.
    var deadReaders: Int?
    var readers: [Int]
    var isBeingWritten: Bool
    var entries: UInt32
    var lastRecorded: Instant?
    var zone: TimeZoneRules?
    /// Why the key cannot sign; nil where it can, or where it is not ours to read.
    var keyFault: String?
    var hasKey: Bool
    var sharesWithGroup: Bool
    var verification: OperationNote?
    var backup: OperationNote?

    /// Looks at an open store; frees what killed readers left behind.
    public init(of log: LogStore, user: UInt32) throws {
        let path = log.path
        let folder = StoreFiles.status(path)
        sharesWithGroup = LogStore.isShared(path)
        let others: UInt32 = sharesWithGroup ? 0o007 : 0o077
        files = [
            File(
                name: "folder", path: path, status: folder,
                forbidden: others | (sharesWithGroup ? 0o020 : 0)),
            File(
                name: "data", path: path + "/data.mdb",
                status: StoreFiles.status(path + "/data.mdb"),
                forbidden: others | (sharesWithGroup ? 0o020 : 0)),
            File(
                name: "lock", path: path + "/lock.mdb",
                status: StoreFiles.status(path + "/lock.mdb"), forbidden: others),
            File(
                name: "key", path: path + "/key", status: StoreFiles.status(path + "/key"),
                forbidden: 0o077),
        ]
        fileBytes = files[1].status?.size ?? 0
        mapBytes = log.mapBytes
        usedBytes = try log.usedFileBytes()
        deadReaders = try? log.clearDeadReaders()
        readers = (try? log.activeReaders()) ?? []
        isBeingWritten = StoreFiles.isLocked(path + "/writer.lock")
        (entries, lastRecorded, zone) = try log.read { view in
            (view.entryCount, view.lastRecorded, try view.definitions().storeTimeZone)
        }
        hasKey = files[3].status != nil
        keyFault = nil
        if let key = files[3].status, key.owner == user || user == 0 {
            do { _ = try log.signingKey() } catch { keyFault = "\(error)" }
        }
        verification = OperationNote.last(.verification, of: log)
        backup = OperationNote.last(.backup, of: log)
    }
}

extension Examination {
    /// What can be said of a store on a machine.
    public static func store(_ store: StoreFacts, on facts: MachineFacts) -> [Finding] {
        var findings = [map(store)]
        findings += files(store, facts)
        findings.append(key(store))
        findings += [readers(store), writer(store), clock(store, facts)]
        if let finding = zone(store, facts) { findings.append(finding) }
        findings += [verification(store), backup(store)]
        return findings
    }

    private static func map(_ store: StoreFacts) -> Finding {
        let text = "\(bytes(store.usedBytes)) of a map of \(bytes(store.mapBytes))"
        if store.usedBytes > store.mapBytes / 10 * 8 {
            return Finding(
                "map", .fault, "\(text): there is little room left.",
                "Take limits on address space away: ulimit -v unlimited.")
        }
        if store.mapBytes < 1 << 40 {
            return Finding(
                "map", .note, "\(text); the machine refused the usual 1 TiB.",
                "Take limits on address space away (ulimit -v) before the store grows that far.")
        }
        return Finding("map", .fine, "\(text).")
    }

    private static func files(_ store: StoreFacts, _ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        for file in store.files {
            guard let status = file.status else { continue }
            if status.kind == .link {
                findings.append(
                    Finding(
                        "files", .note, "\(file.path) is a symbolic link.",
                        "Link the store's folder rather than files in it."))
                continue
            }
            if status.mode & file.forbidden != 0 {
                let mode = String(status.mode, radix: 8)
                findings.append(
                    Finding(
                        "files", .fault, "\(file.path) has mode \(mode): others can reach it.",
                        "chmod \(String(status.mode & ~file.forbidden, radix: 8)) \(file.path)"))
            }
            if facts.user != 0, status.owner != facts.user,
                file.name == "data" || (file.name == "folder" && !store.sharesWithGroup)
            {
                findings.append(
                    Finding(
                        "files", .note, "\(file.path) belongs to another user (\(status.owner)).",
                        "Only its owner records, backs up and signs; you can ask."))
            }
        }
        if findings.isEmpty {
            let who =
                store.sharesWithGroup ? "the owner writes, a group reads" : "its owner's alone"
            findings.append(Finding("files", .fine, "\(who)."))
        }
        return findings
    }

    private static func key(_ store: StoreFacts) -> Finding {
        guard store.hasKey else {
            return Finding(
                "key", .fault, "the store has no signing key: it cannot sign checkpoints.",
                "Bring the copy kept apart back (mode 0600), or: rekam key rotate --lost.")
        }
        guard let fault = store.keyFault else {
            return Finding("key", .fine, "the signing key is there.")
        }
        return Finding("key", .fault, "\(fault)", "Bring the right key back from its copy.")
    }

    private static func readers(_ store: StoreFacts) -> Finding {
        let count = store.readers.count
        let now = count == 1 ? "1 process reads now" : "\(count) processes read now"
        if let dead = store.deadReaders, dead > 0 {
            return Finding(
                "readers", .note,
                "\(dead) left behind by killed processes; freed just now. \(now).",
                "Nothing: what they kept from being used again is free for the next ingest.")
        }
        if count > 100 {
            return Finding(
                "readers", .fault, "\(now); 126 is the most.",
                "End some: \(store.readers.prefix(5).map(String.init).joined(separator: ", ")) …")
        }
        return Finding("readers", .fine, "\(now), none left behind.")
    }

    private static func writer(_ store: StoreFacts) -> Finding {
        store.isBeingWritten
            ? Finding("writer", .note, "another process is writing now.", "Wait for it to end.")
            : Finding("writer", .fine, "nobody is writing now.")
    }

    private static func clock(_ store: StoreFacts, _ facts: MachineFacts) -> Finding {
        guard let last = store.lastRecorded, last > facts.now else {
            return Finding("clock", .fine, "ahead of the log's last recording time.")
        }
        let seconds = (last.milliseconds - facts.now.milliseconds + 999) / 1000
        return Finding(
            "clock", .fault,
            "the clock is \(seconds) s behind the log's last recording time, \(last.rfc3339).",
            "Set it (timedatectl set-ntp true); until then that time is repeated.")
    }

    private static func zone(_ store: StoreFacts, _ facts: MachineFacts) -> Finding? {
        guard let zone = store.zone, let machine = facts.zone, zone.release != machine.release
        else { return nil }
        let isSame =
            zone.transitions == machine.transitions
            && zone.offsetsSeconds == machine.offsetsSeconds
        return isSame
            ? Finding(
                "zone rules", .fine,
                "\(zone.name) is the same in tz database \(zone.release) and \(machine.release).")
            : Finding(
                "zone rules", .note,
                "\(zone.name) was recorded from tz database \(zone.release); the machine's "
                    + "\(machine.release) has other rules for it.",
                "Figures keep to the recorded rules; a store with the new ones: init and migrate.")
    }

    private static func verification(_ store: StoreFacts) -> Finding {
        guard let note = store.verification else {
            return Finding("verified", .note, "never.", "rekam verify")
        }
        return note.holds
            ? Finding("verified", .fine, "at \(note.time.rfc3339), and it held.")
            : Finding(
                "verified", .fault, "at \(note.time.rfc3339): \(note.detail)",
                "Keep the store as it is, and restore a backup beside it.")
    }

    private static func backup(_ store: StoreFacts) -> Finding {
        guard let note = store.backup else {
            return Finding("backup", .note, "none is known.", "rekam backup DIR --verify")
        }
        return Finding(
            "backup", .fine,
            "at \(note.time.rfc3339) to \(note.detail), \(note.entries) of \(store.entries) entries."
        )
    }
}
