package import Definitions
public import EventLog
public import EventModel

/// The calendars of business time that a build knows, as a log puts them in force.
public struct CalendarSet: Sendable {
    /// One calendar.
    public struct Member: Sendable {
        /// Its name, then the aliases under which events speak of it.
        public var names: [String]
        /// Of its body, its version and its zone's rules.
        public var digest: String
        /// What it measures.
        public var calendar: BusinessCalendar

        /// A member from its parts.
        public init(names: [String], digest: String, calendar: BusinessCalendar) {
            self.names = names
            self.digest = digest
            self.calendar = calendar
        }
    }

    /// By name.
    public private(set) var members: [Member]
    /// The place of the one that counts where none is named; nil where the store has none.
    public private(set) var standard: Int?

    /// Calendars, and the name of the store's own.
    ///
    /// Of several with one name or alias the first counts, names before aliases.
    public init(_ members: [Member] = [], standard: String? = nil) {
        var taken = Set(members.compactMap(\.names.first))
        self.members = members.map { member in
            var member = member
            member.names = member.names.enumerated().filter { index, name in
                index == 0 || taken.insert(name).inserted
            }.map(\.element)
            return member
        }
        self.standard = standard.flatMap { name in
            members.firstIndex { $0.names.first == name }
        }
    }

    /// One calendar alone, which is the store's.
    public init(_ calendar: BusinessCalendar) {
        self.init(
            [Member(names: ["standard"], digest: "", calendar: calendar)], standard: "standard")
    }

    /// The place of a calendar by its name; nil where there is none.
    func place(of name: String) -> Int? { members.firstIndex { $0.names.first == name } }
}

extension CalendarSet {
    /// The calendars that a log's definitions put in force.
    ///
    /// - Throws: `DefinitionFaults` where a registered body cannot be read by this version of Rekam;
    ///   `ProjectionFault.registry` where the log lacks a calendar's zone.
    /// - Complexity: O(length of the calendars and of their zones' rules).
    public init(register: DefinitionRegister, types: EventTypes) throws {
        let changes = register.live("calendar")
        let library = DefinitionLibrary(register: register, types: types)
        var members: [Member] = []
        for change in changes {
            guard let definition = try library.calendar(change.name) else { continue }
            guard let zone = register.zone(definition.zone, before: change.sequence),
                let rules = TimeZoneRules(body: zone.body)
            else {
                throw ProjectionFault.registry(
                    reason: "the log has no rules of \(definition.zone), the zone of the calendar "
                        + "\"\(change.name)\". Add the calendar again: rekam calendar add.")
            }
            do {
                members.append(
                    Member(
                        names: [definition.name] + definition.aliases,
                        digest: CalendarSet.digest(of: change, zone: zone),
                        calendar: try definition.calendar(on: rules)))
            } catch {
                throw ProjectionFault.registry(
                    reason: "the calendar \"\(change.name)\" cannot be used: \(error.description).")
            }
        }
        self.init(members, standard: register.standardCalendar)
    }

    private static func digest(of change: DefinitionChange, zone: DefinitionChange) -> String {
        "\(change.name)@\(change.version) \(change.digest) \(zone.digest)"
    }

    /// What a projection's rows depend on besides its body: the digest of each calendar it may ask
    /// where it measures business time, and the names by which events choose among them. So rows that
    /// were built with another version of a calendar are never mixed with new ones.
    package func digests(of definition: ProjectionDefinition) -> [String] {
        var asked: Set<Int> = []
        var usesNames = false
        var usesStandard = false
        for duration in definition.durations where duration.clock == .business {
            switch duration.calendar {
            case .named(let name): if let place = place(of: name) { asked.insert(place) }
            case .field:
                usesNames = true
                asked.formUnion(members.indices)
            case nil: break
            }
            guard duration.calendar.isLeftToStore, let standard else { continue }
            usesStandard = true
            asked.insert(standard)
        }
        var parts: [String] = []
        for place in asked.sorted() {
            parts.append(members[place].digest)
            if usesNames { parts += members[place].names }
        }
        if usesStandard, let standard { parts.append(members[standard].names[0]) }
        return parts
    }
}

extension CalendarChoice? {
    /// Whether the store's calendar may count.
    fileprivate var isLeftToStore: Bool {
        switch self {
        case .named: false
        case .field, nil: true
        }
    }
}

extension ProjectionDefinition {
    /// Whether events name calendars whose business time it counts.
    var isCalendarNamedByEvents: Bool {
        durations.contains { if case .field = $0.calendar { true } else { false } }
    }
}

extension BuildContext {
    /// What the definitions in force in a log say.
    public init(register: DefinitionRegister, types: EventTypes) throws {
        self.init(
            types: types, zone: register.storeTimeZone ?? .utc,
            calendars: try CalendarSet(register: register, types: types))
    }
}
