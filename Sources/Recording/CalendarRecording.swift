public import Definitions
public import EventLog
public import EventModel

/// Registers calendars with the rules of their zones, so that the log alone says what business time
/// was.
///
///     let recording = try CalendarRecording(documents, in: log, zoneRules: Machine.zone)
///     try log.appendOwn(recording.drafts(at: now), recorded: now)
public struct CalendarRecording {
    /// A calendar that comes into the log.
    public struct Addition {
        /// What it says.
        public var definition: CalendarDefinition
        /// The first day on which its hours are others than those of the version before it; nil
        /// where there was none, or they are the same up to the year 2200.
        public var changesFrom: Day?
        /// The version in force until now; nil for a new name.
        public var before: Int?
        fileprivate var text: String
        /// Whether the log had it already, and it was dropped.
        fileprivate var isAgain: Bool
    }

    /// The calendars, in the order of their file.
    public private(set) var additions: [Addition] = []
    /// Rules of zones that the log does not have, or has otherwise.
    public private(set) var zones: [(rules: TimeZoneRules, version: Int)] = []
    private let log: LogStore
    /// How many entries the log had.
    private let count: UInt32

    /// Looks at calendars that are to be registered.
    ///
    /// - Parameter zoneRules: the rules of a zone as the machine knows them now; nil where it has no
    ///   such zone.
    /// - Throws: `CalendarFault` where a zone is missing, or a name or alias belongs to another.
    public init(
        _ calendars: [(document: SourceDocument, definition: CalendarDefinition)],
        in log: LogStore, zoneRules: (String) throws -> TimeZoneRules?
    ) throws {
        self.log = log
        let register: DefinitionRegister
        (register, count) = try log.read { (try $0.definitions(), $0.entryCount) }
        let library = DefinitionLibrary(
            types: log.types,
            documents: register.live("calendar").map {
                SourceDocument(file: "calendar \($0.name)@\($0.version)", text: $0.body)
            })
        for (document, definition) in calendars {
            let rules = try rules(of: definition, in: register, zoneRules)
            let new = try definition.calendar(on: rules)
            let isAgain =
                register.definition("calendar", definition.name, definition.version) != nil
            var addition = Addition(
                definition: definition, text: document.text, isAgain: isAgain)
            if let old = register.live("calendar", definition.name),
                let known = try library.calendar(definition.name),
                let zone = register.zone(known.zone, before: old.sequence),
                let oldRules = TimeZoneRules(body: zone.body)
            {
                addition.before = old.version
                addition.changesFrom = try known.calendar(on: oldRules).firstDifference(from: new)
            }
            additions.append(addition)
        }
        try checkNames(in: library)
    }

    private mutating func rules(
        of definition: CalendarDefinition, in register: DefinitionRegister,
        _ zoneRules: (String) throws -> TimeZoneRules?
    ) throws -> TimeZoneRules {
        if let noted = zones.first(where: { $0.rules.name == definition.zone }) {
            return noted.rules
        }
        let known = register.zone(definition.zone)
        guard
            let rules = try zoneRules(definition.zone)
                ?? known.flatMap({
                    TimeZoneRules(body: $0.body)
                })
        else { throw CalendarFault.noZone(of: definition) }
        if known?.body != rules.body {
            zones.append((rules, (known?.version ?? 0) + 1))
        }
        return rules
    }

    /// Events must not mean two calendars by one name.
    private func checkNames(in library: DefinitionLibrary) throws {
        var owners: [String: String] = [:]
        let added = Set(additions.map(\.definition.name))
        let standing = try library.calendarNames.filter { !added.contains($0) }.compactMap {
            try library.calendar($0)
        }
        for definition in standing + additions.map(\.definition) {
            for name in [definition.name] + definition.aliases {
                if let owner = owners.updateValue(definition.name, forKey: name) {
                    let isOwn = owner == definition.name
                    throw CalendarFault(
                        description: isOwn
                            ? "\"\(name)\" is the calendar's own name. Take it out of its aliases."
                            : "\"\(name)\" would mean two calendars, \(owner) and "
                                + "\(definition.name). Take it out of the aliases of one of them.",
                        calendar: definition.name,
                        key: name == definition.name && !isOwn ? "calendar" : "aliases",
                        word: name)
                }
            }
        }
    }

    /// The events that record them.
    ///
    /// - Parameters:
    ///   - reason: why the calendars come into the log.
    ///   - person: by whom.
    public func drafts(
        reason: String? = nil, by person: String? = nil, at now: Instant
    ) -> [EventDraft] {
        zones.map { rules, version in
            log.registration(
                kind: "time_zone", name: rules.name, version: version, body: rules.body, at: now)
        }
            + additions.map { addition in
                log.registration(
                    kind: "calendar", name: addition.definition.name,
                    version: addition.definition.version, body: addition.text,
                    again: addition.isAgain ? count : nil, reason: reason, by: person, at: now)
            }
    }
}
