import EventModel
import LMDB

/// One registration, promotion or dropping of a definition, as its entry says.
public struct DefinitionChange: Hashable, Sendable {
    /// What happened.
    public enum Action: UInt8, Sendable {
        /// Its text came into the log.
        case registered = 0
        /// It became the version that answers.
        case promoted = 1
        /// It stopped being there.
        case dropped = 2
    }

    /// What happened.
    public var action: Action
    /// The entry that says so.
    public var sequence: UInt32
    /// Such as `projection`, `kpi` or `event_schema`: the words of `definition.registered`.
    public var kind: String
    /// The definition's name, unique within its kind.
    public var name: String
    /// Its version, from 1.
    public var version: Int
    /// Its text; empty unless registered.
    public var body: String
    /// The digest of its text; empty unless registered.
    public var digest: String
    /// The digest of what it says without its texts for people; empty unless registered.
    public var meaning: String
    /// The promotion that this one takes back; nil where it is an ordinary one.
    public var undoes: UInt32?

    /// A registration that is not in the log (yet).
    public init(
        registering kind: String, _ name: String, version: Int, body: String, digest: String,
        meaning: String, sequence: UInt32
    ) {
        action = .registered
        self.sequence = sequence
        self.kind = kind
        self.name = name
        self.version = version
        self.body = body
        self.digest = digest
        self.meaning = meaning
    }

    /// Reads a change out of a `definition.*` event's canonical bytes; nil where it is none.
    init?(
        canonical: Range<Int>, in bytes: Span<UInt8>, action: Action, sequence: UInt32
    ) {
        guard let data = CanonicalJSON.member("data", of: canonical, in: bytes) else { return nil }
        func text(_ name: String) -> String? {
            guard let raw = CanonicalJSON.member(name, of: data, in: bytes) else { return nil }
            return CanonicalJSON.text(raw, in: bytes)
        }
        guard let kind = text("kind"), let name = text("name"),
            let raw = CanonicalJSON.member("version", of: data, in: bytes),
            let version = CanonicalJSON.integer(raw, in: bytes)
        else { return nil }
        self.action = action
        self.sequence = sequence
        self.kind = kind
        self.name = name
        self.version = Int(version)
        body = text("body") ?? ""
        digest = text("digest") ?? ""
        meaning = text("meaning") ?? digest
        undoes = CanonicalJSON.member("undoes", of: data, in: bytes).flatMap {
            CanonicalJSON.integer($0, in: bytes).flatMap { UInt32(exactly: $0) }
        }
    }

    var encoded: [UInt8] {
        var record = RecordWriter()
        record.put(action.rawValue)
        record.put(UInt64(version))
        for text in [kind, name, digest, meaning, body] { record.put(text) }
        if let undoes { record.put(undoes) }
        return record.bytes
    }

    init?(_ bytes: [UInt8], sequence: UInt32) {
        var record = RecordReader(bytes)
        guard let code = record.take(UInt8.self), let action = Action(rawValue: code),
            let version = record.take(UInt64.self), let kind = record.takeText(),
            let name = record.takeText(), let digest = record.takeText(),
            let meaning = record.takeText(), let body = record.takeText()
        else { return nil }
        undoes = record.isAtEnd ? nil : record.take(UInt32.self)
        guard record.isAtEnd else { return nil }
        self.action = action
        self.sequence = sequence
        self.kind = kind
        self.name = name
        self.version = Int(version)
        self.body = body
        self.digest = digest
        self.meaning = meaning
    }
}

/// The definitions of a store, as its log's first entries left them.
public struct DefinitionRegister: Sendable {
    /// Every change, in order.
    public let changes: [DefinitionChange]

    init(changes: [DefinitionChange]) { self.changes = changes }

    /// The register as it would be with further changes.
    public func with(_ further: [DefinitionChange]) -> DefinitionRegister {
        DefinitionRegister(changes: changes + further)
    }

    /// Reads the changes among the first `count` entries.
    init(
        tables: LogTables, upTo count: UInt32,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        var changes: [DefinitionChange] = []
        var cursor = try transaction.cursor(tables.definitions)
        var stands = try cursor.move(.first)
        while stands {
            let sequence = try cursor.keyNumber(at: 0, as: UInt32.self)
            guard sequence < count else { break }
            let change = try cursor.withEntry { _, value in
                DefinitionChange(value.copyBytes(), sequence: sequence)
            }
            guard let change else {
                throw StoreFault.damaged(
                    path: tables.path, table: tables.definitions.name, key: String(sequence),
                    reason: "the record is cut")
            }
            changes.append(change)
            stands = try cursor.move(.next)
        }
        self.changes = changes
    }

    /// A definition's text as it was registered, also where it was dropped since; nil where it never
    /// was. Where its texts for people were told anew, the last ones.
    public func definition(_ kind: String, _ name: String, _ version: Int) -> DefinitionChange? {
        changes.last {
            $0.action == .registered && $0.kind == kind && $0.name == name
                && $0.version == version
        }
    }

    /// Whether a version was registered and not dropped since.
    public func isThere(_ kind: String, _ name: String, _ version: Int) -> Bool {
        let last = changes.last {
            $0.action != .promoted && $0.kind == kind && $0.name == name && $0.version == version
        }
        return last?.action == .registered
    }

    /// What brought versions of a definition into force and was neither taken back nor dropped since,
    /// the last one last: promotions, and of everything but projections registrations, too. Telling a
    /// version's texts anew is none.
    public func standing(_ kind: String, _ name: String) -> [DefinitionChange] {
        var standing: [DefinitionChange] = []
        for change in changes where change.kind == kind && change.name == name {
            switch change.action {
            case .dropped: standing.removeAll { $0.version == change.version }
            case .registered:
                let isKnown = standing.contains { $0.version == change.version }
                if kind != "projection", !isKnown { standing.append(change) }
            case .promoted:
                if let undone = change.undoes { standing.removeAll { $0.sequence >= undone } }
                if standing.last?.version != change.version { standing.append(change) }
            }
        }
        return standing
    }

    /// What taking back comes to: the first of the entries that brought the version in force there,
    /// and the one that was in force before; nil where none is, or none was before.
    public func undoing(
        _ kind: String, _ name: String
    ) -> (undone: UInt32, before: DefinitionChange)? {
        let standing = standing(kind, name)
        guard let live = live(kind, name), let last = standing.last, last.version == live.version,
            let before = standing.last(where: { $0.version != last.version }),
            let undone = standing.first(where: { $0.sequence > before.sequence })
        else { return nil }
        return (undone.sequence, before)
    }

    /// The version that was promoted last and not dropped since; nil when there is none.
    public func promoted(_ kind: String, _ name: String) -> Int? {
        var live: Int?
        for change in changes where change.kind == kind && change.name == name {
            switch change.action {
            case .registered: break
            case .promoted: live = change.version
            case .dropped: if live == change.version { live = nil }
            }
        }
        return live
    }

    /// The version in force: of a projection the promoted one, of everything else the one that came
    /// into force last.
    public func live(_ kind: String, _ name: String) -> DefinitionChange? {
        let version =
            kind == "projection" ? promoted(kind, name) : standing(kind, name).last?.version
        return version.flatMap { definition(kind, name, $0) }
    }

    /// The newest version of each projection of which none answers: registered and not promoted
    /// yet, or dropped while it did. A KPI of it can be read; it has no figures.
    public var waiting: [DefinitionChange] {
        var newest: [String: DefinitionChange] = [:]
        for change in changes where change.kind == "projection" && change.action == .registered {
            if change.version >= newest[change.name]?.version ?? 0 { newest[change.name] = change }
        }
        return newest.values.filter { promoted("projection", $0.name) == nil }.sorted {
            $0.name < $1.name
        }
    }

    /// Everything in force of a kind, by name.
    public func live(_ kind: String) -> [DefinitionChange] {
        Set(changes.filter { $0.kind == kind }.map(\.name)).sorted().compactMap {
            live(kind, $0)
        }
    }
}
