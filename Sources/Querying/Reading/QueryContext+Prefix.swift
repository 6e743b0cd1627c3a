import Definitions
package import EventLog
import EventModel
package import Projections

/// Which definitions an answer as of an earlier state goes by.
public enum DefinitionChoice: String, CaseIterable, Sendable {
    /// Those in force then: projections promoted, everything else registered by then.
    case then
    /// Those in force now, over the entries of then.
    case current
}

extension QueryContext {
    /// What a log's first entries answer: as a store would that holds nothing else. Later voids,
    /// names, definitions and promotions have no say, and "now" is the recording time of the last of
    /// these entries.
    ///
    ///     let context = try QueryContext(of: store, asOf: 184_203)
    ///     let answer = try context.answer(request)
    ///
    /// Nothing stored is touched; call it outside `LogStore.read`, since computing a projection from
    /// zero takes longer than a reader may stay.
    ///
    /// - Complexity: O(definitions); a question then reads stored rows and evaluates the cases touched
    ///   between where they stand and that state, or all entries once for each projection it uses,
    ///   whichever is cheaper.
    package init(
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
    package init(
        of log: LogStore, asOf count: UInt32, register: DefinitionRegister,
        options: BuildOptions = BuildOptions(), stored: StoredRows = .whereCheaper
    ) throws {
        let origin = log.origin
        let zone = register.storeTimeZone ?? .utc
        let (basis, settling) = try log.read { view in
            precondition(count <= view.entryCount, "the log is shorter")
            var basis = try AnswerBasis(view, count: count, origin: origin, zone: zone)
            basis.isAsOf = count < view.entryCount
            return (basis, try Settling(view, count: count, zone: zone))
        }
        let library = DefinitionLibrary(register: register, types: log.types(in: register))
        let sources = PrefixSources(log, register, count, options, stored)
        self.init(
            kpiNames: library.kpiNames, kpi: { try library.kpi($0) },
            projectionNames: sources.names, source: { try sources.source($0) }, basis: basis)
        self.settling = settling
        grounds = Self.groundsGiven(register, library, log.types(in: register))
        scorecardNames = library.scorecardNames
        scorecard = { try library.scorecard($0) }
        scorecardsAbout = { library.scorecards(about: $0) }
        profiles = StoreProfiles.byKind(types: log.types, zone: zone) { body in
            try log.read { try body($0) }
        }
        let types = log.types(in: register)
        kindsNamed = { text in
            try log.read { try $0.kinds(named: text, among: types, upTo: count) }
        }
        marked = { text in try log.read { try $0.tokenMarked(of: text) } }
    }
}

/// The projections of a prefix, each opened when it is first asked for.
private final class PrefixSources {
    let names: [String]
    private let log: LogStore
    private let register: DefinitionRegister
    private let count: UInt32
    private let options: BuildOptions
    private let stored: StoredRows
    private let calendars: CalendarsInForce
    private let rounds: AnonymousRounds
    private var opened: [String: any FactSource] = [:]

    init(
        _ log: LogStore, _ register: DefinitionRegister, _ count: UInt32, _ options: BuildOptions,
        _ stored: StoredRows
    ) {
        self.log = log
        self.register = register
        self.count = count
        self.options = options
        self.stored = stored
        names = register.live("projection").map(\.name)
        calendars = CalendarsInForce(register)
        rounds = AnonymousRounds(of: log, zone: register.storeTimeZone ?? .utc)
    }

    func source(_ name: String) throws -> (any FactSource)? {
        if let known = opened[name] { return known }
        guard names.contains(name) else { return nil }
        let live = try LiveProjections(of: log, register: register, only: [name])
        guard let source = live.sources.first else { return nil }
        let facts = try PublishedFacts.shown(
            PrefixFacts(
                source, of: live, calendars: calendars, upTo: count, options: options,
                stored: stored),
            of: source.definition, live.store, context: { live.context }, rounds, upTo: count)
        opened[name] = facts
        return facts
    }
}
