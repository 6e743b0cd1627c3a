public import EventModel
package import LMDB
public import Vault

/// One open store: a folder with the log, everything derived from it, and the signing key.
///
///     let store = try LogStore.open(at: "rekam.store", readOnly: false)
///     let outcome = try store.append(batch, recorded: now)
///     let root = try store.read { view in view.root }
///
/// It closes when the last reference to it goes away. A path can be open once in a process; other
/// processes may read and write beside it.
public final class LogStore: Sendable {
    /// The store's folder.
    public let path: String
    /// The log's origin: its name in checkpoints and the source of its own events.
    public let origin: String
    /// What tells this log from every other: its backups and restored copies share it, a log that it
    /// was carried over into has one of its own. 43 characters; nothing can be worked out from them.
    package let identity: String
    /// The event types of this store, as far as this process knows: a new one, or a new version,
    /// that another process registers is known from the next transaction on. Batches are made with
    /// these.
    public var types: EventTypes { storeTypes.current }
    let storeTypes: StoreTypes
    /// What of the definitions was compared with their entries.
    let definitionCheck = DefinitionCheck()

    /// The event types as an earlier or later state of the log's definitions leaves them.
    public func types(in register: DefinitionRegister) -> EventTypes {
        storeTypes.base.registering(register)
    }

    /// How long a writer waits for another process's transactions.
    public let patience: Swift.Duration
    /// The environment, in which projections keep their own tables.
    package let environment: LMDB.Environment
    let tables: LogTables
    let appender: Appender
    /// The texts behind tokens.
    package let vault: PersonalVault
    /// What tells the vault's key of digests from another one.
    let vaultMark: [UInt8]?
    /// Whether names are shown as the tokens that stand for them in what is signed.
    private let tokensOnly = Guarded(false)
    /// Whether somebody says what time it is, in the place of the machine's clock.
    private let clockIsGiven = Guarded(false)

    private init(
        environment: LMDB.Environment, registry: Registry, vault: PersonalVault, salts: Salts,
        threads: Int, patience: Swift.Duration
    ) throws {
        self.vault = vault
        self.environment = environment
        self.patience = patience
        path = environment.path
        origin = registry.origin
        vaultMark = registry.vaultMark
        tables = try LogTables(environment, contentKey: registry.contentKey)
        storeTypes = StoreTypes(base: registry.types, tables: tables)
        appender = try Appender(
            tables: tables, types: storeTypes, origin: registry.origin, vault: vault,
            salts: salts, threads: threads)
        let transaction = try environment.beginRead()
        let seal = try Registry.seal(in: transaction, tables.registry)
        guard try transaction.copyValue(tables.registry, Key(StoreFormat.sealKey)) == seal.bytes
        else {
            throw StoreFault.damaged(
                path: path, table: "registry", key: StoreFormat.typesKey,
                reason: "format, origin or event types are not those the store was made with")
        }
        identity = String(decoding: Base64URL.encode(seal.bytes.span), as: UTF8.self)
        _ = try storeTypes.state(of: tables.state(in: transaction), in: transaction)
        transaction.end()
    }

    /// From now on names are shown as their tokens, which an erasure leaves as they are; or again as
    /// people know them.
    public func show(tokensOnly isSet: Bool) { tokensOnly.withLock { $0 = isSet } }

    /// From now on the log's own entries say that their time was given, and is not the machine's.
    public func tellGivenClock() { clockIsGiven.withLock { $0 = true } }

    /// Whether the clock was given.
    var isClockGiven: Bool { clockIsGiven.withLock { $0 } }

    /// Whether names are shown as their tokens.
    public var showsTokens: Bool { tokensOnly.withLock { $0 } }

    /// Makes a store in a folder that is not there yet, or empty.
    ///
    /// - Parameters:
    ///   - origin: a name for the log, without white space or `+`, such as `cs.example.com/log`.
    ///   - types: the event types; their order gives the ids in the columns.
    ///   - seed: 32 random bytes for the signing key.
    ///   - salts: the source of random salts for personal texts.
    ///   - threads: cores that appending may use.
    ///   - group: a group, by number, that may read the store; its key stays the owner's.
    ///   - isDurable: false for a store that nobody needs after a crash, such as a scratch copy.
    /// - Throws: `StoreFault.alreadyThere`, or what the file system and LMDB have to say.
    public static func create(
        at path: String, origin: String, types: EventTypes, seed: [UInt8],
        salts: Salts, threads: Int = 2, group: UInt32? = nil,
        patience: Swift.Duration = .seconds(60), isDurable: Bool = true
    ) throws -> LogStore {
        guard let key = StoreKey(name: origin, seed: seed) else {
            preconditionFailure("a signing key is made from 32 bytes")
        }
        return try create(
            at: path, origin: origin, types: types, key: key, salts: salts, threads: threads,
            group: group, syncsCommits: isDurable, patience: patience)
    }

    /// Makes a store with a key that exists, or without one.
    ///
    /// - Parameters:
    ///   - syncsCommits: whether each batch is durable when it is acknowledged; without it nothing is
    ///     before `sync()`.
    ///   - vaultKey: the key of digests of a vault that is going to take the place of the new one;
    ///     nil for a new key.
    package static func create(
        at path: String, origin: String, types: EventTypes, key: StoreKey?,
        salts: Salts, threads: Int, group: UInt32? = nil, syncsCommits: Bool = true,
        patience: Swift.Duration = .seconds(60), vaultKey: [UInt8]? = nil
    ) throws -> LogStore {
        precondition(isOrigin(origin), "an origin is a word without white space or \"+\"")
        guard StoreFiles.isAbsentOrEmpty(path) else { throw StoreFault.alreadyThere(path: path) }
        var options = LMDB.Environment.Options(creates: true)
        options.syncsCommits = syncsCommits
        let environment = try open(path, options)
        try key?.write(folder: path)
        let contentKey = try salts.key(of: ContentDigest.keyBytes)
        let vaultKey = try vaultKey ?? salts.key(of: ContentDigest.keyBytes)
        let registry = Registry(
            origin: origin, types: types, contentKey: contentKey,
            vaultMark: Registry.mark(ofVaultKey: vaultKey))
        let vault = PersonalVault(
            folder: path, origin: origin, readOnly: false, syncsCommits: syncsCommits)
        try vault.create(key: vaultKey)
        try registry.write(to: environment)
        if let group { try share(path, with: group) }
        return try LogStore(
            environment: environment, registry: registry, vault: vault, salts: salts,
            threads: threads, patience: patience)
    }

    /// Opens a store.
    ///
    /// - Parameter mapBytes: the size of the memory map, beyond which the store can't grow; nil for
    ///   the largest that the machine gives.
    /// An erasure that a crash cut off is finished, also by who only reads where this user may write;
    /// who may not is shown nothing of what it erased.
    /// - Throws: `StoreFault.notAStore`, `.otherFormat`, `.openAlready`, or what LMDB has to say.
    public static func open(
        at path: String, readOnly: Bool = false, salts: Salts = .none, threads: Int = 2,
        patience: Swift.Duration = .seconds(60), mapBytes: Int? = nil
    ) throws -> LogStore {
        func opened(_ readOnly: Bool, _ patience: Swift.Duration) throws -> LogStore {
            try openAsItIs(
                at: path, readOnly: readOnly, salts: salts, threads: threads, patience: patience,
                mapBytes: mapBytes)
        }
        guard readOnly else {
            let store = try opened(false, patience)
            try store.finishErasureWhereSound()
            try store.dropUnrecordedWhereFree()
            return store
        }
        // A path is open once in a process: the store goes before another takes its place.
        do {
            let store = try opened(true, patience)
            if !store.hasErasureLeft {
                store.hideReturned()
                return store
            }
        }
        // A backup stays as its manifest says. Who may not write, or comes while another does, has
        // hidden what is left.
        if StoreFiles.isAbsent(path + "/" + backupManifest) {
            _ = try? opened(false, .zero).finishErasure()
        }
        let store = try opened(true, patience)
        store.hideErasureLeft()
        store.hideReturned()
        return store
    }

    /// Opens a copy of a store for reading, and leaves an erasure under way in it as it is.
    package static func open(copyAt path: String) throws -> LogStore {
        try openAsItIs(
            at: path, readOnly: true, salts: .none, threads: 2, patience: .seconds(60),
            mapBytes: nil)
    }

    private static func openAsItIs(
        at path: String, readOnly: Bool, salts: Salts, threads: Int, patience: Swift.Duration,
        mapBytes: Int?
    ) throws -> LogStore {
        // First for reading alone, so that a folder that is no store is left as it is.
        var environment = try open(path, .init(readOnly: true))
        let registry = try Registry(reading: environment)
        if !readOnly {
            environment = try reopen(consume environment, path, mapBytes)
            keepShared(path)
        }
        return try LogStore(
            environment: environment, registry: registry,
            vault: PersonalVault(folder: path, origin: registry.origin, readOnly: readOnly),
            salts: salts, threads: threads, patience: patience)
    }

    private static func reopen(
        _ environment: consuming LMDB.Environment, _ path: String, _ mapBytes: Int?
    ) throws -> LMDB.Environment {
        _ = consume environment
        var options = LMDB.Environment.Options()
        if let mapBytes { options.mapBytes = mapBytes }
        return try open(path, options)
    }

    private static func open(
        _ path: String, _ options: LMDB.Environment.Options
    ) throws -> LMDB.Environment {
        do {
            return try LMDB.Environment.open(at: path, options)
        } catch {
            switch error.kind {
            case .missing: throw StoreFault.notAStore(path: path)
            // A data file that LMDB does not know is damage, not absence: it keeps its own words.
            case .notADatabase where error.call == "stat": throw StoreFault.notAStore(path: path)
            case .alreadyOpen: throw StoreFault.openAlready(path: path)
            default: throw error
            }
        }
    }

    /// Whether a text can be a log's origin.
    public static func isOrigin(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && !text.unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace }
    }

    /// Whether the store was opened for reading alone.
    public var isReadOnly: Bool { environment.isReadOnly }

    // MARK: Transactions

    /// Reads the log as it is now, in one read transaction.
    ///
    /// Keep it below a second: a reader that stays makes the file grow. Segments and everything
    /// else that is lent are invalid once `body` returns.
    public func read<Result>(_ body: (borrowing LogView) throws -> Result) throws -> Result {
        let transaction = try environment.beginRead()
        let view = try LogView(store: self, transaction: TransactionReference(transaction.state))
        let result = try body(view)
        transaction.end()
        return result
    }

    /// Writes in one transaction, committed when `body` returns and taken back when it throws.
    ///
    /// The view shows what `body` itself wrote to other tables, and the log as it was before.
    package func write<Result>(
        _ body: (borrowing WriteTransaction, borrowing LogView) throws -> Result
    ) throws -> Result {
        let transaction = try beginWrite()
        let view = try LogView(store: self, transaction: TransactionReference(transaction.state))
        let result = try body(transaction, view)
        try transaction.commit()
        return result
    }

    func beginWrite() throws -> WriteTransaction {
        guard !isReadOnly else { throw StoreFault.readOnly(path: path) }
        do {
            return try environment.beginWrite(waitAtMost: patience)
        } catch {
            guard error.kind == .busy else { throw error }
            throw StoreFault.busy(path: path, seconds: Int(patience.components.seconds))
        }
    }
}

/// Another's transaction, for reading through it.
package struct TransactionReference: Transaction {
    /// The transaction's inside.
    package let state: TransactionState
    init(_ state: TransactionState) { self.state = state }
}
