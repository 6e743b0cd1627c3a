public import EventLog
import EventModel
import Projections

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
    /// Why the vault is not the one that the log was written with; nil where it is.
    var vault: Finding?
    /// That the list of erasures beside the store lacks some.
    var erasures: Finding?
    var sharesWithGroup: Bool
    var verification: OperationNote?
    var backup: OperationNote?
    /// Versions that would answer from rows of an earlier calendar, event type or text.
    var superseded: [String] = []
    var doubts: [DoubtfulCases] = []
    /// Why the log's columns could not be read for them; nil where they could.
    var columnFault: String?

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
            File(
                name: "names", path: path + "/private.mdb",
                status: StoreFiles.status(path + "/private.mdb"), forbidden: 0),
            File(
                name: "names lock", path: path + "/private.mdb-lock",
                status: StoreFiles.status(path + "/private.mdb-lock"), forbidden: others),
        ]
        vault =
            Examination.vault(of: log)
            ?? ((try? log.unrecorded()) ?? nil).map {
                Finding(.note, .vaultUnrecorded(rows: $0))
            }
        erasures = Examination.erasures(of: log)
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
        if let live = try? LiveProjections(of: log) {
            superseded = try log.read { try live.superseded(in: $0).map(\.text) }
        }
        do {
            doubts = try Self.doubts(of: log)
        } catch {
            columnFault = "\(error)"
        }
    }
}

extension StoreFacts {
    /// What is doubtful, by kind.
    ///
    /// - Complexity: O(entries + names).
    private static func doubts(of log: LogStore) throws -> [DoubtfulCases] {
        let all = try log.read { 0..<$0.entryCount }
        // Without readable definitions there are no figures that a tie could decide.
        if let live = try? LiveProjections(of: log) { return try live.countDoubts(in: all) }
        return try log.read { view in
            var census = DoubtCensus()
            try view.countDoubts(in: all, &census, isImport: false)
            return try census.named(in: view)
        }
    }
}

extension Examination {
    /// What can be said of a store on a machine.
    public static func store(_ store: StoreFacts, on facts: MachineFacts) -> [Finding] {
        var findings = [map(store)]
        findings += files(store, facts)
        findings += [key(store), vault(store)] + [store.erasures].compactMap(\.self)
        findings += [readers(store), writer(store), clock(store, facts)]
        if let finding = zone(store, facts) { findings.append(finding) }
        findings += [verification(store), backup(store, facts)]
        if !store.superseded.isEmpty {
            // Whoever writes now may be making them anew.
            findings.append(
                Finding(store.isBeingWritten ? .note : .fault, .superseded(store.superseded)))
        }
        findings += store.doubts.map { Finding(.note, .doubtful($0)) }
        if let fault = store.columnFault {
            findings.append(Finding(.fault, .unopened(reason: fault)))
        }
        return findings
    }

    /// What killed copies left beside a store that is there or not, and where it made copies.
    package static func leftovers(ofStore path: String) -> [Finding] {
        let found = CopyNote.leftovers(ofStore: path)
        return found.isEmpty ? [] : [Finding(.note, .leftovers(found))]
    }

    private static func map(_ store: StoreFacts) -> Finding {
        let level: Finding.Level =
            store.usedBytes > store.mapBytes / 10 * 8
            ? .fault : store.mapBytes < 1 << 40 ? .note : .fine
        return Finding(level, .map(used: store.usedBytes, of: store.mapBytes))
    }

    private static func files(_ store: StoreFacts, _ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        for file in store.files {
            guard let status = file.status else { continue }
            if status.kind == .link {
                findings.append(Finding(.note, .link(path: file.path)))
                continue
            }
            if status.mode & file.forbidden != 0 {
                findings.append(
                    Finding(
                        .fault,
                        .exposed(
                            path: file.path, mode: status.mode,
                            wanted: status.mode & ~file.forbidden)))
            }
            if needsWriting(file, store), status.mode & 0o060 != 0o060 {
                findings.append(
                    Finding(
                        .fault,
                        .lockMode(
                            path: file.path, mode: status.mode & 0o777,
                            wanted: status.mode & 0o777 | 0o060)))
            }
            if facts.user != 0, status.owner != facts.user,
                file.name == "data" || (file.name == "folder" && !store.sharesWithGroup)
            {
                findings.append(Finding(.note, .foreign(path: file.path, owner: status.owner)))
            }
        }
        return findings.isEmpty
            ? [Finding(.fine, .files(isShared: store.sharesWithGroup))] : findings
    }

    /// Whether the group of a shared store must write a file to read at all: LMDB's tables of readers,
    /// the vault's where the vault is not kept from the group.
    private static func needsWriting(_ file: StoreFacts.File, _ store: StoreFacts) -> Bool {
        guard store.sharesWithGroup else { return false }
        let readsNames = store.files[4].status.map { $0.mode & 0o040 != 0 } ?? false
        return file.name == "lock" || file.name == "names lock" && readsNames
    }

    private static func key(_ store: StoreFacts) -> Finding {
        guard store.hasKey else { return Finding(.fault, .keyMissing) }
        return store.keyFault.map { Finding(.fault, .keyFault($0)) } ?? Finding(.fine, .key)
    }

    /// Why the vault is not the one that the log was written with; nil where it is.
    static func vault(of log: LogStore) -> Finding? {
        switch try? log.vaultMismatch() {
        case .noKey: Finding(.fault, .digestKey(isMissing: true))
        case .otherKey: Finding(.fault, .digestKey(isMissing: false))
        case .older: Finding(.fault, .vaultOlder)
        case nil: nil
        }
    }

    /// Whether the list beside the store has every erasure that the log tells: a backup that comes back
    /// where the store is lost is erased again by it alone.
    static func erasures(of log: LogStore) -> Finding? {
        guard let count = try? log.erasuresOutsideLacking(), count > 0 else { return nil }
        return Finding(.fault, .erasuresLacking(path: log.keptErasures.path, count: count))
    }

    /// Names can be read by whoever reads the log, or by fewer, and by nobody else.
    private static func vault(_ store: StoreFacts) -> Finding {
        guard let vault = store.files[4].status else { return Finding(.note, .vaultMissing) }
        if let finding = store.vault { return finding }
        guard let data = store.files[1].status, vault.kind == .file, data.kind == .file,
            vault.mode & 0o777 != data.mode & 0o777
        else { return Finding(.fine, .vault) }
        let wanted = data.mode & 0o777 & ~store.files[1].forbidden
        if store.sharesWithGroup, vault.mode & 0o777 & ~data.mode == 0,
            vault.mode & 0o600 == 0o600
        {
            return Finding(
                .note,
                .vaultKept(
                    path: store.files[4].path, mode: vault.mode & 0o777, wanted: wanted))
        }
        return Finding(
            .fault,
            .vaultMode(
                path: store.files[4].path, mode: vault.mode & 0o777,
                wanted: wanted))
    }

    private static func readers(_ store: StoreFacts) -> Finding {
        let freed = store.deadReaders ?? 0
        let level: Finding.Level =
            freed > 0 ? .note : store.readers.count > 100 ? .fault : .fine
        return Finding(level, .readers(store.readers, freed: freed))
    }

    private static func writer(_ store: StoreFacts) -> Finding {
        Finding(store.isBeingWritten ? .note : .fine, .writer(isWriting: store.isBeingWritten))
    }

    private static func clock(_ store: StoreFacts, _ facts: MachineFacts) -> Finding {
        guard let last = store.lastRecorded, last > facts.now else {
            return Finding(.fine, .clockAhead)
        }
        let seconds = (last.milliseconds - facts.now.milliseconds + 999) / 1000
        return Finding(.fault, .clockBehind(seconds: seconds, last: last))
    }

    private static func zone(_ store: StoreFacts, _ facts: MachineFacts) -> Finding? {
        guard let zone = store.zone, let machine = facts.zone, zone.release != machine.release
        else { return nil }
        let isSame =
            zone.transitions == machine.transitions
            && zone.offsetsSeconds == machine.offsetsSeconds
        return Finding(
            isSame ? .fine : .note,
            .zoneRules(zone: zone.name, recorded: zone.release, machine: machine.release))
    }

    private static func verification(_ store: StoreFacts) -> Finding {
        guard let note = store.verification else { return Finding(.note, .neverVerified) }
        return Finding(
            note.holds ? .fine : .fault,
            .verified(note.time, difference: note.holds ? nil : note.detail))
    }

    /// A backup that is as old as one with names may be is none to rely on: it should be replaced.
    private static func backup(_ store: StoreFacts, _ facts: MachineFacts) -> Finding {
        guard let note = store.backup else { return Finding(.note, .noBackup) }
        let isOld =
            facts.now.milliseconds - note.time.milliseconds > CopyNote.mostDays * 86_400_000
        return Finding(
            isOld ? .note : .fine,
            .backup(note.time, place: note.detail, entries: note.entries, of: store.entries))
    }
}
