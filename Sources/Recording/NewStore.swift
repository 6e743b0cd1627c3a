public import Definitions
public import EventLog
public import EventModel
public import Vault

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
    /// The source of salts for personal texts.
    public var salts: Salts
    /// A group, by number, that may read the store.
    public var group: UInt32?
    /// Whether the time of its making is given rather than read from the machine's clock: its entries
    /// say so then.
    public var isClockGiven = false
    /// The name of the calendar that is the store's own; nil for the first that follows the store's
    /// clock, else the first there is.
    public var calendar: String?
    /// The rules of the zones that calendars name; nil where there is no such zone.
    public var zoneRules: @Sendable (String) throws -> TimeZoneRules?

    /// A new store from its parts.
    public init(
        origin: String, timeZone: TimeZoneRules, types: EventTypes, catalogue: [SourceDocument],
        seed: [UInt8], salts: Salts, calendar: String? = nil,
        zoneRules: @escaping @Sendable (String) throws -> TimeZoneRules? = {
            $0 == "UTC" ? .utc : nil
        }
    ) {
        self.origin = origin
        self.timeZone = timeZone
        self.types = types
        self.catalogue = catalogue
        self.seed = seed
        self.salts = salts
        self.calendar = calendar
        self.zoneRules = zoneRules
    }

    /// Makes the store in a folder that is not there yet, or empty: the log's first entries are the
    /// time zone, the zones of calendars and the catalogue, each projection promoted and one calendar
    /// made the store's own, all recorded at `now` in one batch.
    ///
    /// - Returns: the open store, how many projections and KPIs it begins with, and its calendar.
    /// - Throws: `StoreFault`, `DefinitionFaults` where a document of the catalogue is wrong,
    ///   `CalendarFault`, or what LMDB has to say.
    public func create(at path: String, now: Instant, threads: Int) throws -> (
        store: LogStore, projections: Int, kpis: Int, calendar: String?
    ) {
        // Read first, so that a faulty catalogue leaves no half-made store.
        let reader = DefinitionLibrary(types: types, documents: catalogue)
        let definitions = try reader.all()
        let calendars = definitions.compactMap { definition -> CalendarDefinition? in
            if case .calendar(let calendar) = definition { calendar } else { nil }
        }
        let standard = try standardCalendar(among: calendars)
        let zones = try zones(of: calendars)
        func begin(at path: String) throws -> LogStore {
            try self.begin(
                definitions, reader, zones, standard, at: path, now: now, threads: threads)
        }
        let store: LogStore
        if StoreFiles.status(path) == nil {
            // Made beside and renamed, so that an interrupted init leaves no half-made store.
            let partial = try PartialFolder(for: path)
            _ = try begin(at: partial.path)
            try partial.finish()
            store = try LogStore.open(at: path, salts: salts, threads: threads)
        } else {
            // An empty folder may be where a volume is mounted, and cannot be replaced then.
            store = try begin(at: path)
            try StoreFiles.sync(folder: path)
        }
        return (
            store, definitions.count { $0.kind == "projection" },
            definitions.count { $0.kind == "kpi" }, standard
        )
    }

    private func begin(
        _ definitions: [Definition], _ reader: DefinitionLibrary, _ zones: [TimeZoneRules],
        _ standard: String?, at path: String, now: Instant, threads: Int
    ) throws -> LogStore {
        let store = try LogStore.create(
            at: path, origin: origin, types: types, seed: seed, salts: salts,
            threads: threads, group: group)
        if isClockGiven { store.tellGivenClock() }
        var drafts = zones.map { zone in
            store.registration(
                kind: "time_zone", name: zone.name, version: 1, body: zone.body, at: now)
        }
        for definition in definitions {
            guard let document = reader.document(kind: definition.kind, name: definition.name)
            else { continue }
            drafts.append(
                store.registration(
                    kind: definition.kind, name: definition.name, version: definition.version,
                    body: document.text, at: now))
            let isStandard = definition.kind == "calendar" && definition.name == standard
            guard definition.kind == "projection" || isStandard else { continue }
            drafts.append(
                store.promotion(
                    kind: definition.kind, of: definition.name, version: definition.version,
                    after: 0, reason: "shipped with Rekam", at: now))
        }
        try store.appendOwn(drafts, recorded: now)
        return store
    }

    private func standardCalendar(among calendars: [CalendarDefinition]) throws -> String? {
        guard let calendar else {
            return
                (calendars.first { $0.zone == timeZone.name }
                ?? calendars.first { $0.zone == "UTC" } ?? calendars.first)?.name
        }
        guard calendars.contains(where: { $0.name == calendar }) else {
            let near = nearest(to: calendar, among: calendars.map(\.name))
            throw CalendarFault(
                description: "no calendar is called \"\(calendar)\"."
                    + (near.map { " Did you mean \($0)?" }
                        ?? " Shipped: \(calendars.map(\.name).joined(separator: ", "))."))
        }
        return calendar
    }

    /// The store's zone, then those of calendars, each once.
    private func zones(of calendars: [CalendarDefinition]) throws -> [TimeZoneRules] {
        var zones = [timeZone]
        for calendar in calendars {
            var rules = zones.first { $0.name == calendar.zone }
            if rules == nil {
                rules = try zoneRules(calendar.zone)
                if let rules { zones.append(rules) }
            }
            guard let rules else { throw CalendarFault.noZone(of: calendar) }
            _ = try calendar.calendar(on: rules)
        }
        return zones
    }
}

/// Why a calendar cannot be recorded; `description` reads after `Error: `.
public struct CalendarFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would do.
    public let description: String
    /// The calendar that it is about; nil where it is about none.
    public var calendar: String?
    /// The key of its text that it is about.
    public var key: String?
    /// The word there.
    public var word: String?

    static func noZone(of calendar: CalendarDefinition) -> CalendarFault {
        CalendarFault(
            description: "the calendar \(calendar.name) follows the clock of \(calendar.zone), and "
                + "there is no such time zone. Zones look like Asia/Jakarta or UTC.",
            calendar: calendar.name, key: "zone", word: calendar.zone)
    }
}
