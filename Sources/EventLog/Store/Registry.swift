import EventModel
import LMDB

/// What never changes in a store: its origin and event types.
struct Registry {
    let origin: String
    let types: EventTypes
    /// The key of content digests.
    let contentKey: [UInt8]
    /// What tells the vault's key of digests from another one; nil in a store of a rekam that did not
    /// write it.
    let vaultMark: [UInt8]?

    init(origin: String, types: EventTypes, contentKey: [UInt8], vaultMark: [UInt8]?) {
        self.origin = origin
        self.types = types
        self.contentKey = contentKey
        self.vaultMark = vaultMark
    }

    /// The mark of a key: its SHA-256, from which nobody works out 16 random bytes.
    static func mark(ofVaultKey key: [UInt8]) -> [UInt8] { TreeHash.leaf(key).bytes }

    /// Reads it from a folder that may turn out to be no store.
    init(reading environment: LMDB.Environment) throws {
        let path = environment.path
        let table: Table
        do {
            table = try environment.openTable("registry")
        } catch {
            guard error.kind == .notADatabase else { throw error }
            throw StoreFault.notAStore(path: path)
        }
        let transaction = try environment.beginRead()
        guard let format = try transaction.copyValue(table, Key(StoreFormat.formatKey)),
            let version = StoreFormat.version(of: format)
        else { throw StoreFault.notAStore(path: path) }
        guard version == StoreFormat.version else {
            throw StoreFault.otherFormat(
                path: path, version: version, expected: StoreFormat.version)
        }
        func damage(_ key: String) -> StoreFault {
            .damaged(path: path, table: "registry", key: key, reason: "it is missing or cut")
        }
        guard let bytes = try transaction.copyValue(table, Key(StoreFormat.originKey)),
            let origin = String(validating: bytes, as: UTF8.self), LogStore.isOrigin(origin)
        else { throw damage(StoreFormat.originKey) }
        guard let encoded = try transaction.copyValue(table, Key(StoreFormat.typesKey)),
            let types = TypeRegistry.decode(encoded)
        else { throw damage(StoreFormat.typesKey) }
        guard let key = try transaction.copyValue(table, Key(StoreFormat.contentKey)),
            key.count == ContentDigest.keyBytes
        else { throw damage(StoreFormat.contentKey) }
        let mark = try transaction.copyValue(table, Key(StoreFormat.vaultMarkKey))
        self.init(origin: origin, types: types, contentKey: key, vaultMark: mark)
        transaction.end()
    }

    /// Writes the registry of an empty log.
    func write(to environment: LMDB.Environment) throws {
        let tables = try LogTables(environment, contentKey: contentKey)
        let transaction = try environment.beginWrite()
        // The name ids 0 and 1 stand for texts without bytes.
        let ends = [UInt8](repeating: 0, count: 8 * Int(LogState.firstName))
        try tables.names.ends.append(ends.span, at: 0, in: transaction)
        var state = LogState(typeCount: types.schemas.count)
        var nothing = state
        nothing.nameCount = 0
        try tables.markTexts(nothing, &state, in: transaction)
        try transaction.put(tables.registry, Key(StoreFormat.originKey), Array(origin.utf8))
        try transaction.put(
            tables.registry, Key(StoreFormat.typesKey), TypeRegistry.encode(types))
        try transaction.put(tables.registry, Key(StoreFormat.contentKey), contentKey)
        if let vaultMark {
            try transaction.put(tables.registry, Key(StoreFormat.vaultMarkKey), vaultMark)
        }
        try transaction.put(tables.registry, Key(StoreFormat.stateKey), state.encoded)
        try transaction.put(tables.registry, Key(StoreFormat.formatKey), StoreFormat.encoded)
        try transaction.put(
            tables.registry, Key(StoreFormat.sealKey),
            try Registry.seal(in: transaction, tables.registry).bytes)
        try transaction.commit()
    }

    /// The digest of the records that no entry tells: what verification holds them against.
    static func seal(
        in transaction: borrowing some Transaction & ~Copyable, _ table: Table
    ) throws -> TreeHash {
        var record = RecordWriter()
        let keys = [
            StoreFormat.formatKey, StoreFormat.originKey, StoreFormat.typesKey,
            StoreFormat.contentKey,
        ]
        for key in keys {
            let bytes = try transaction.copyValue(table, Key(key)) ?? []
            record.put(TreeHash.leaf(bytes))
        }
        if let mark = try transaction.copyValue(table, Key(StoreFormat.vaultMarkKey)) {
            record.put(TreeHash.leaf(mark))
        }
        return .leaf(record.bytes)
    }
}

extension LogTables {
    /// The state of the log as a transaction sees it, and with which the runs of keys are the log's.
    func state(in transaction: borrowing some Transaction & ~Copyable) throws -> LogState {
        guard let bytes = try transaction.copyValue(registry, Key(StoreFormat.stateKey)),
            let state = LogState(bytes)
        else {
            throw StoreFault.damaged(
                path: path, table: registry.name, key: StoreFormat.stateKey,
                reason: "it is missing or cut")
        }
        for (keys, mark) in zip(keyRuns, state.keyMarks)
        where try keys.runs.mark(in: transaction) != mark {
            throw StoreFault.damaged(
                path: path, table: RunTables.names[1], key: keys.runs.name,
                reason: "it is of another state than the log's")
        }
        return state
    }
}
