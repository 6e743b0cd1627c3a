public import Definitions
public import EventLog
public import EventModel

/// What a new store begins with.
public struct NewStore: Sendable {
    /// The log's name in checkpoints, and the source of its own events: a word like
    /// `cs.example.com/log`.
    public var origin: String
    /// The zone whose days the figures count.
    public var timeZone: TimeZoneRules
    /// The event types.
    public var types: EventTypes
    /// The definitions registered from the start, as documents of files.
    public var catalogue: [SourceDocument]
    /// 32 random bytes for the signing key.
    public var seed: [UInt8]
    /// A group, by number, that may read the store.
    public var group: UInt32?

    /// A new store from its parts.
    public init(
        origin: String, timeZone: TimeZoneRules, types: EventTypes, catalogue: [SourceDocument],
        seed: [UInt8]
    ) {
        self.origin = origin
        self.timeZone = timeZone
        self.types = types
        self.catalogue = catalogue
        self.seed = seed
    }

    /// Makes the store in a folder that is not there yet, or empty: the log's first entries are the
    /// time zone and the catalogue, each projection promoted, all recorded at `now` in one batch.
    ///
    /// - Returns: the open store, and how many projections and KPIs it begins with.
    /// - Throws: `StoreFault`, `DefinitionFaults` where a document of the catalogue is wrong, or
    ///   what LMDB has to say.
    public func create(at path: String, now: Instant, threads: Int) throws -> (
        store: LogStore, projections: Int, kpis: Int
    ) {
        // Read first, so that a faulty catalogue leaves no half-made store.
        let reader = DefinitionLibrary(types: types, documents: catalogue)
        let definitions = try reader.all()
        let store: LogStore
        if StoreFiles.status(path) == nil {
            // Made beside and renamed, so that an interrupted init leaves no half-made store.
            let partial = try PartialFolder(for: path)
            try begin(definitions, reader, at: partial.path, now: now, threads: threads)
            try partial.finish()
            store = try LogStore.open(at: path, threads: threads)
        } else {
            // An empty folder may be where a volume is mounted, and cannot be replaced then.
            store = try begin(definitions, reader, at: path, now: now, threads: threads)
        }
        let projections = definitions.count { $0.kind == "projection" }
        return (store, projections, definitions.count - projections)
    }

    @discardableResult
    private func begin(
        _ definitions: [Definition], _ reader: DefinitionLibrary, at path: String, now: Instant,
        threads: Int
    ) throws -> LogStore {
        let store = try LogStore.create(
            at: path, origin: origin, types: types, seed: seed, threads: threads, group: group)
        var drafts = [
            store.registration(
                kind: "time_zone", name: timeZone.name, version: 1, body: timeZone.body, at: now)
        ]
        for definition in definitions {
            guard let document = reader.document(kind: definition.kind, name: definition.name)
            else { continue }
            drafts.append(
                store.registration(
                    kind: definition.kind, name: definition.name, version: definition.version,
                    body: document.text, at: now))
            guard definition.kind == "projection" else { continue }
            drafts.append(
                store.promotion(
                    of: definition.name, version: definition.version, after: 0,
                    reason: "shipped with Rekam", at: now))
        }
        try store.appendOwn(drafts, recorded: now)
        return store
    }
}
