import Definitions
package import EventLog
package import EventModel
package import Projections

extension QueryContext {
    /// What a store answers from, as one transaction sees it. Valid while `LogStore.read` runs.
    ///
    ///     let answer = try store.read { view in
    ///         try QueryContext(view, of: store, projections: projections).answer(request)
    ///     }
    ///
    /// - Complexity: O(definitions); those a question does not use are not read.
    package init(
        _ view: borrowing LogView, of store: LogStore, projections: ProjectionStore
    ) throws {
        let register = try view.definitions()
        let library = DefinitionLibrary(register: register, types: store.types)
        let statuses = try projections.statuses(in: view).filter { $0.state == .live }
        let zone = register.storeTimeZone ?? .utc
        let log = try SharedView(view)
        let origin = store.origin
        let calendars = CalendarsInForce(register)
        let rounds = AnonymousRounds(of: store, zone: zone)
        let (types, count) = (store.types(in: register), view.entryCount)
        var knownCalendars: CalendarSet?
        func calendarSet() throws -> CalendarSet {
            let set = try knownCalendars ?? CalendarSet(register: register, types: types)
            knownCalendars = set
            return set
        }
        func basis(_ count: UInt32) throws -> AnswerBasis {
            try AnswerBasis(log.view, count: count, origin: origin, zone: zone)
        }
        self.init(
            kpiNames: library.kpiNames, kpi: { try library.kpi($0) },
            projectionNames: statuses.map(\.name),
            source: { name in
                guard let status = statuses.first(where: { $0.name == name }) else { return nil }
                var definition = try library.projection(name)
                if definition?.version != status.version {
                    // Another version was promoted and is not built yet.
                    definition = try DefinitionLibrary(
                        register: register, types: types,
                        promoting: .init(name: name, version: status.version)
                    ).projection(name)
                }
                try Self.check(status, definition, register, types, calendars: calendarSet)
                let facts = try LiveFacts(
                    .stored(status, projections), definition: definition, calendars: calendars,
                    log: log, reach: { try log.view.withoutEvents(from: $0) })
                return try PublishedFacts.shown(
                    facts, of: definition, projections,
                    context: { try BuildContext(register: register, types: types) }, rounds,
                    upTo: count)
            }, basis: try basis(view.entryCount))
        settling = try Settling(view, count: view.entryCount, zone: zone)
        grounds = Self.groundsGiven(register, library, types)
        earlierBasis = basis
        scorecardNames = library.scorecardNames
        scorecard = { try library.scorecard($0) }
        scorecardsAbout = { library.scorecards(about: $0) }
        profiles = StoreProfiles.byKind(types: store.types, zone: zone) { try $0(log.view) }
        kindsNamed = { try log.view.kinds(named: $0, among: types, upTo: count) }
        marked = { try log.view.tokenMarked(of: $0) }
    }
}

extension QueryContext {
    /// Nothing is answered from rows that were made otherwise than the definition in force says: from
    /// another text, with other calendars or versions of event types, or by other rules.
    ///
    /// - Throws: `QueryFault.otherRows`.
    private static func check(
        _ status: ProjectionStatus, _ definition: ProjectionDefinition?,
        _ register: DefinitionRegister, _ types: EventTypes, calendars: () throws -> CalendarSet
    ) throws {
        let change = register.definition("projection", status.name, status.version)
        guard let definition, let change else { return }
        let source = try LiveProjections.source(
            definition, meaning: change.meaning, types: types, calendars: calendars())
        guard source.digest == status.digest else {
            throw QueryFault.otherRows(projection: status.name, version: status.version)
        }
    }
}

extension LogView {
    /// How far the log goes on from an entry with what it says of itself alone: definitions, imports,
    /// closed books. Rows made of the entries before stand for these as well.
    ///
    /// - Complexity: O(such entries).
    func withoutEvents(from count: UInt32) throws -> UInt32 {
        var end = count
        while end < entryCount {
            let segment = try segment(containing: end)
            let types = segment.types
            for row in Int(end - segment.first)..<segment.count {
                guard self.types.schemas[Int(types[row])].isLogsOwn else { return end }
                end += 1
            }
        }
        return end
    }

    /// Kinds of case, without respondents, of which one has a name, in the order of their types.
    func kinds(
        named text: String, among types: EventTypes, upTo count: UInt32
    ) throws -> [String] {
        var kinds: [String] = []
        for schema in types.schemas where !schema.isLogsOwn {
            for kind in schema.subjectKinds
            where !kinds.contains(kind) && !EventTypes.anonymousKinds.contains(kind) {
                guard let id = try caseID(kind + "/" + text), try hasCase(id, upTo: count)
                else { continue }
                kinds.append(kind)
            }
        }
        return kinds
    }
}

extension AnswerBasis {
    /// The state of a log after its first entries.
    package init(
        _ view: borrowing LogView, count: UInt32, origin: String, zone: TimeZoneRules
    ) throws {
        let root = try view.withTree(size: count) { try $0.root().bytes }
        self.init(
            origin: origin, sequence: count, root: root, timeZone: zone.name, tzdata: zone.release,
            today: zone.day(of: try view.lastRecorded(of: count)))
    }
}

extension Settling {
    /// As it is after a log's first entries.
    init(_ view: borrowing LogView, count: UInt32, zone: TimeZoneRules) throws {
        self.init(now: try view.lastRecorded(of: count), zone: zone)
    }
}

extension LogView {
    /// When the last of the first entries was recorded; 1970 where there is none.
    fileprivate borrowing func lastRecorded(of count: UInt32) throws -> Instant {
        count > 0 ? try recorded(count - 1) : Instant(milliseconds: 0)
    }
}
