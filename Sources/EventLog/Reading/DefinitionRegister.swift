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
    }

    var encoded: [UInt8] {
        var record = RecordWriter()
        record.put(action.rawValue)
        record.put(UInt64(version))
        for text in [kind, name, digest, meaning, body] { record.put(text) }
        return record.bytes
    }

    init?(_ bytes: [UInt8], sequence: UInt32) {
        var record = RecordReader(bytes)
        guard let code = record.take(UInt8.self), let action = Action(rawValue: code),
            let version = record.take(UInt64.self), let kind = record.takeText(),
            let name = record.takeText(), let digest = record.takeText(),
            let meaning = record.takeText(), let body = record.takeText(), record.isAtEnd
        else { return nil }
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

    /// A registered definition; nil when there is none, also after it was dropped. Where its texts
    /// for people were told anew, the last ones.
    public func definition(_ kind: String, _ name: String, _ version: Int) -> DefinitionChange? {
        changes.last {
            $0.action == .registered && $0.kind == kind && $0.name == name
                && $0.version == version
        }
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

    /// The version in force: of a projection the promoted one, of everything else the one
    /// registered or promoted last and not dropped since.
    public func live(_ kind: String, _ name: String) -> DefinitionChange? {
        if kind == "projection" {
            return promoted(kind, name).flatMap { definition(kind, name, $0) }
        }
        var order: [Int] = []
        for change in changes where change.kind == kind && change.name == name {
            // Telling a version's texts anew brings it back into force no more than it was.
            if change.action == .registered, order.contains(change.version) { continue }
            order.removeAll { $0 == change.version }
            if change.action != .dropped { order.append(change.version) }
        }
        return order.last.flatMap { definition(kind, name, $0) }
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
