package import Definitions
package import EventLog
package import EventModel
package import Projections

/// Which definitions an answer as of an earlier state goes by.
public enum DefinitionChoice: String, CaseIterable, Sendable {
    /// Those in force then: projections promoted, everything else registered by then.
    case then
    /// Those in force now, over the entries of then.
    case current
}

/// A state of a store's log: as one transaction sees it, or as its first entries leave it.
///
/// Not shared between threads.
package final class StoreState: AskedState {
    /// Where entries and rows are read.
    private enum Reading {
        /// In one transaction, from the rows that answer.
        case live(SharedView, ProjectionStore, [ProjectionStatus])
        /// In a transaction for each look, from rows that are made to be those of the first entries.
        case first(BuildOptions, StoredRows)
    }

    package let basis: AnswerBasis
    package let settling: Settling
    package private(set) var projectionNames: [String]
    package var books: (any Books)?
    private let log: LogStore
    private let reading: Reading
    private let register: DefinitionRegister
    private let types: EventTypes
    private let library: DefinitionLibrary
    private let calendars: CalendarsInForce
    private let rounds: AnonymousRounds
    private let zone: TimeZoneRules
    /// KPIs that come before those in force of the same name.
    private var kpis: [KPIDefinition] = []
    private var calendarSet: CalendarSet?
    private var opened: [String: any FactSource] = [:]
    private var profiles: [String: StoreProfiles?] = [:]

    private init(
        _ log: LogStore, _ register: DefinitionRegister, _ reading: Reading,
        _ projectionNames: [String], _ standing: (basis: AnswerBasis, settling: Settling)
    ) {
        self.log = log
        self.register = register
        self.reading = reading
        self.projectionNames = projectionNames
        (basis, settling) = standing
        types = log.types(in: register)
        library = DefinitionLibrary(register: register, types: types)
        calendars = CalendarsInForce(register)
        zone = register.storeTimeZone ?? .utc
        rounds = AnonymousRounds(of: log, zone: zone)
    }

    /// What a store answers from, as one transaction sees it. Valid while `LogStore.read` runs.
    ///
    ///     let answer = try store.read { view in
    ///         try StoreState(view, of: store, projections: projections).answer(request)
    ///     }
    ///
    /// - Complexity: O(definitions); those a question does not use are not read.
    package convenience init(
        _ view: borrowing LogView, of store: LogStore, projections: ProjectionStore
    ) throws {
        let register = try view.definitions()
        let statuses = try projections.statuses(in: view).filter { $0.state == .live }
        self.init(
            store, register, .live(try SharedView(view), projections, statuses),
            statuses.map(\.name),
            try Self.standing(view, view.entryCount, of: store, register))
    }

    /// What a log's first entries answer: as a store would that holds nothing else. Later voids,
    /// names, definitions and promotions have no say, and "now" is the recording time of the last of
    /// these entries.
    ///
    ///     let state = try StoreState(of: store, asOf: 184_203)
    ///     let answer = try state.answer(request)
    ///
    /// Nothing stored is touched; call it outside `LogStore.read`, since computing a projection from
    /// zero takes longer than a reader may stay.
    ///
    /// - Complexity: O(definitions); a question then reads stored rows and evaluates the cases touched
    ///   between where they stand and that state, or all entries once for each projection it uses,
    ///   whichever is cheaper.
    package convenience init(
        of log: LogStore, asOf count: UInt32, definitions choice: DefinitionChoice = .then,
        options: BuildOptions = BuildOptions(), stored: StoredRows = .whereCheaper
    ) throws {
        try self.init(
            of: log, asOf: count,
            register: log.read { try $0.definitions(upTo: choice == .then ? count : nil) },
            options: options, stored: stored)
    }

    /// What a log's first entries answer with given definitions.
    ///
    /// - Parameter stored: whether stored rows are read, rather than everything computed from zero.
    package convenience init(
        of log: LogStore, asOf count: UInt32, register: DefinitionRegister,
        options: BuildOptions = BuildOptions(), stored: StoredRows = .whereCheaper
    ) throws {
        self.init(
            log, register, .first(options, stored), register.live("projection").map(\.name),
            try log.read { view in
                precondition(count <= view.entryCount, "the log is shorter")
                return try Self.standing(view, count, of: log, register)
            })
    }

    private static func standing(
        _ view: borrowing LogView, _ count: UInt32, of log: LogStore, _ register: DefinitionRegister
    ) throws -> (basis: AnswerBasis, settling: Settling) {
        let zone = register.storeTimeZone ?? .utc
        var basis = try AnswerBasis(view, count: count, origin: log.origin, zone: zone)
        basis.isAsOf = count < view.entryCount
        return (basis, Settling(now: try view.lastRecorded(of: count), zone: zone))
    }

    /// Puts cells from elsewhere in place of a projection's, and KPIs before those of the same name.
    package func put(_ facts: any FactSource, kpis: [KPIDefinition] = []) {
        let name = facts.layout.projection
        opened[name] = facts
        if !projectionNames.contains(name) { projectionNames.append(name) }
        self.kpis = kpis
    }

    private func read<Result>(_ body: (borrowing LogView) throws -> Result) throws -> Result {
        if case .live(let shared, _, _) = reading { return try body(shared.view) }
        return try log.read(body)
    }

    // MARK: Definitions

    package var kpiNames: [String] {
        library.kpiNames + kpis.map(\.name).filter { !library.kpiNames.contains($0) }
    }
    package var scorecardNames: [String] { library.scorecardNames }

    package func kpi(_ name: String) throws -> KPIDefinition? {
        try kpis.first { $0.name == name } ?? library.kpi(name)
    }

    package func scorecard(_ name: String) throws -> ScorecardDefinition? {
        try library.scorecard(name)
    }

    package func scorecards(about figures: [String]) -> [ScorecardDefinition] {
        library.scorecards(about: figures)
    }

    package func basis(ofFirst count: UInt32) throws -> AnswerBasis {
        try read { try AnswerBasis($0, count: count, origin: log.origin, zone: zone) }
    }

    /// The digests of definitions, as the log has them, the versions of the event types that projections
    /// read, and the rules of evaluation.
    ///
    /// - Complexity: O(changes of definitions) for each.
    package func complete(
        _ basis: inout AnswerBasis, by used: [(name: String, version: Int)]
    ) throws {
        basis.evaluation = EvaluationVersion.current
        let calendars = basis.calendars.map { (name: "calendar/" + $0.name, version: $0.version) }
        for (path, version) in used + calendars {
            let (kind, name) = (path.prefix { $0 != "/" }, path.drop { $0 != "/" }.dropFirst())
            basis.digests[path] = register.definition(String(kind), String(name), version)?.digest
            guard kind == "projection" else { continue }
            for (type, _) in try library.projection(String(name))?.reads ?? [] {
                basis.eventTypes[type] = types[type]?.version
            }
        }
    }

    // MARK: People and things

    package func profiles(_ dimension: String) -> (any CaseProfiles)? {
        if let found = profiles[dimension] { return found }
        let found = StoreProfiles(of: dimension, types: log.types, zone: zone) { [unowned self] in
            try read($0)
        }
        profiles[dimension] = .some(found)
        return found
    }

    package func kinds(named text: String) throws -> [String] {
        try read { try $0.kinds(named: text, among: types, upTo: basis.sequence) }
    }

    package func tokenMarked(of text: String) throws -> String? {
        try read { try $0.tokenMarked(of: text) }
    }

    // MARK: Facts

    package func source(_ projection: String) throws -> (any FactSource)? {
        if let known = opened[projection] { return known }
        let found =
            switch reading {
            case .live(let view, let store, let statuses):
                try statuses.first { $0.name == projection }
                    .map { try stored($0, in: view, store) }
            case .first(let options, let stored):
                try first(projection, options, stored)
            }
        opened[projection] = found
        return found
    }

    /// The rows that answer. Nothing is answered from rows that were made otherwise than the definition
    /// in force says: from another text, with other calendars or versions of event types, or by other
    /// rules.
    ///
    /// - Throws: `QueryFault.otherRows`.
    private func stored(
        _ status: ProjectionStatus, in view: SharedView, _ store: ProjectionStore
    ) throws -> any FactSource {
        var definition = try library.projection(status.name)
        if definition?.version != status.version {
            // Another version was promoted and is not built yet.
            definition = try DefinitionLibrary(
                register: register, types: types,
                promoting: .init(name: status.name, version: status.version)
            ).projection(status.name)
        }
        if let definition,
            let change = register.definition("projection", status.name, status.version)
        {
            let set = try calendarSet ?? CalendarSet(register: register, types: types)
            calendarSet = set
            let source = LiveProjections.source(
                definition, meaning: change.meaning, types: types, calendars: set)
            guard source.digest == status.digest else {
                throw QueryFault.otherRows(projection: status.name, version: status.version)
            }
        }
        let facts = try LiveFacts(
            .stored(status, store), definition: definition, calendars: calendars, log: view,
            reach: { try view.view.withoutEvents(from: $0) })
        return try PublishedFacts.shown(
            facts, of: definition, store,
            context: { try BuildContext(register: register, types: types) }, rounds,
            upTo: basis.sequence)
    }

    /// The rows as the first entries give them.
    private func first(
        _ projection: String, _ options: BuildOptions, _ stored: StoredRows
    ) throws -> (any FactSource)? {
        guard projectionNames.contains(projection) else { return nil }
        let live = try LiveProjections(of: log, register: register, only: [projection])
        guard let source = live.sources.first else { return nil }
        let facts = try PrefixFacts(
            source, of: live, calendars: calendars, upTo: basis.sequence, options: options,
            stored: stored)
        return try PublishedFacts.shown(
            facts, of: source.definition, live.store, context: { live.context }, rounds,
            upTo: basis.sequence)
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

    /// When the last of the first entries was recorded; 1970 where there is none.
    fileprivate borrowing func lastRecorded(of count: UInt32) throws -> Instant {
        count > 0 ? try recorded(count - 1) : Instant(milliseconds: 0)
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
