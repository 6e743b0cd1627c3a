package import EventLog
package import EventModel

/// That a copy of a store's names was handed out: a backup, a snapshot, an export. The list of them
/// stands in a file beside the log, so that an erasure can say which copies to recall.
package struct CopyNote: Hashable, Sendable {
    /// What was copied.
    package enum Kind: String, Sendable, CaseIterable {
        case backup, snapshot, export, store
    }

    /// What was copied.
    package var kind: Kind
    /// Where to.
    package var path: String
    /// When.
    package var time: Instant

    /// A note from its parts.
    package init(kind: Kind, path: String, time: Instant) {
        self.kind = kind
        self.path = path
        self.time = time
    }

    /// Where it is: the path, or `PATH.partial` where making it was cut off.
    package var places: [String] {
        let partial = PartialFolder.partial(path)
        guard !StoreFiles.isAbsent(partial) else { return [path] }
        return StoreFiles.isAbsentOrEmpty(path) ? [partial] : [path, partial]
    }

    private static func file(_ store: String) -> String { store + "/copies.jsonl" }

    /// Adds the note to a store's list.
    ///
    /// - Returns: whether that was possible: who may only read the store leaves none.
    @discardableResult
    package func leave(at store: String) -> Bool {
        let value = JSONValue.object([
            JSONMember(key: "kind", value: .string(kind.rawValue)),
            JSONMember(key: "path", value: .string(path)),
            JSONMember(key: "time", value: .string(time.rfc3339)),
        ])
        do {
            try StoreFiles.append((value.canonical ?? []) + [0x0A], to: Self.file(store))
            return true
        } catch {
            return false
        }
    }

    /// Takes the note back of a copy that failed and left nothing.
    package func takeBack(at store: String) {
        guard StoreFiles.isAbsentOrEmpty(path), StoreFiles.isAbsent(PartialFolder.partial(path)),
            let size = StoreFiles.status(Self.file(store))?.size,
            let read = try? StoreFiles.read(Self.file(store), limitBytes: size, following: false)
        else { return }
        let kept = read.bytes.split(separator: 0x0A).filter {
            CopyNote(line: String(decoding: $0, as: UTF8.self)) != self
        }
        try? StoreFiles.replace(Self.file(store), Array(kept.map { $0 + [0x0A] }.joined()))
    }

    /// The copies that are known, oldest first; a line that cannot be read is left out.
    package static func all(of log: LogStore) -> [CopyNote] { all(ofStore: log.path) }

    /// What copies that were killed in the making left: of those that a store knows of, and beside it,
    /// where a killed restore leaves its own.
    ///
    /// - Parameter store: its whole path.
    package static func leftovers(ofStore store: String) -> [String] {
        let parent = StoreFiles.parent(of: store)
        let beside = (StoreFiles.names(in: parent) ?? []).map {
            StoreFiles.withoutSlash(parent) + "/" + $0
        }
        return Set(beside + all(ofStore: store).map { PartialFolder.partial($0.path) }).sorted()
            .filter(PartialFolder.isLeftover)
    }

    /// Takes away what copies that a store knows of left in the making.
    package static func sweepLeftovers(of log: LogStore) {
        for note in all(of: log) { PartialFolder.sweep(PartialFolder.partial(note.path)) }
    }

    private static func all(ofStore store: String) -> [CopyNote] {
        let path = file(store)
        guard let size = StoreFiles.status(path)?.size,
            let read = try? StoreFiles.read(path, limitBytes: size, following: false)
        else { return [] }
        return String(decoding: read.bytes, as: UTF8.self).split(separator: "\n").compactMap {
            CopyNote(line: String($0))
        }
    }

    private init?(line: String) {
        guard let json = try? JSONValue(parsing: line),
            case .string(let word)? = json["kind"], let kind = Kind(rawValue: word),
            case .string(let path)? = json["path"], case .string(let text)? = json["time"],
            let time = try? Instant(rfc3339: text)
        else { return nil }
        self.init(kind: kind, path: path, time: time)
    }

    /// Days that a copy of names may be kept.
    package static let mostDays: Int64 = 30

    /// Backups with names that are older than that, and still where they were made.
    package static func oldBackups(of log: LogStore, now: Instant) -> [CopyNote] {
        all(of: log).filter { note in
            note.kind == .backup
                && now.milliseconds - note.time.milliseconds > mostDays * 86_400_000
                && [note.path, PartialFolder.whole(note.path)].contains {
                    !StoreFiles.isAbsent($0 + "/private.mdb")
                }
        }
    }
}
