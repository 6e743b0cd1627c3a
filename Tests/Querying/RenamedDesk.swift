import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Recording
import Shipped
import Vault

@testable import Querying

/// A store in which no name is what it is elsewhere: fields in schemas and events, projections,
/// their dimensions and measures, KPIs. Words that fields may hold and types of events stay.
final class RenamedDesk {
    private let log: LogStore
    private let store: ProjectionStore
    private let context: BuildContext
    private let projections: [ProjectionDefinition]
    private let kpis: [KPIDefinition]
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "rekam-renamed-\(UUID().uuidString)")

    /// Another name for a name, in another order of names, too.
    static func name(_ name: String) -> String { "x" + String(name.reversed()) }

    /// - Parameter original: where the calendar and the zone are taken from.
    init(_ cases: [GoldenKPITests.Case], like original: LogStore) throws {
        let types = try GoldenKPITests.types.get()
        let renamed = EventTypes(types.schemas.map(Self.renamed))
        let now = try Instant(rfc3339: "2100-01-01T00:00:00Z")
        log = try LogStore.create(
            at: folder.path, origin: "test.example/renamed", types: renamed,
            seed: [UInt8](repeating: 7, count: 32), salts: .counting())
        for one in cases {
            let events = one.events.map { Self.renamed($0, types) }
            try log.appendOwn(events.filter { $0.type != "event.voided" }, recorded: now)
            let voids = events.filter { $0.type == "event.voided" }
            if !voids.isEmpty { try log.appendOwn(voids, recorded: now) }
        }
        try log.appendOwn([GoldenKPITests.ending], recorded: GoldenKPITests.ending.time)
        let library = DefinitionLibrary(types: types, files: Shipped.texts(in: "catalogue"))
        projections = try library.projectionNames.compactMap { try library.projection($0) }
            .map(Self.renamed)
        kpis = try library.kpiNames.compactMap { try library.kpi($0) }.map(Self.renamed)
        var context = try LiveProjections(of: original).context
        context.types = renamed
        self.context = context
        store = try ProjectionStore(log: log)
        try store.rebuild(
            projections.map { ProjectionSource(definition: $0, digest: $0.name) },
            context: context)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The answer to a question asked in the usual names.
    func answer(_ request: QueryRequest) throws -> Answer {
        var request = request
        request.kpis = request.kpis.map { kpi in
            let parts = kpi.split(separator: ".", maxSplits: 1)
            return ([Self.name(String(parts[0]))] + parts.dropFirst().map(String.init))
                .joined(separator: ".")
        }
        request.filters = request.filters.map { (Self.name($0.dimension), $0.value) }
        return try log.read { view in
            let shared = try SharedView(view)
            let calendars = CalendarsInForce(try view.definitions())
            let rounds = AnonymousRounds(of: log, zone: .utc)
            let sources = try projections.compactMap { definition -> (any FactSource)? in
                let status = try store.status(
                    definition.name, version: definition.version, in: view)
                return try status.map {
                    try PublishedFacts.shown(
                        LiveFacts(
                            .stored($0, store), definition: definition, calendars: calendars,
                            log: shared, reach: { $0 }), of: definition, store,
                        context: { context }, rounds,
                        upTo: view.entryCount)
                }
            }
            let basis = try AnswerBasis(
                view, count: view.entryCount, origin: "renamed", zone: .utc)
            return try MemoryState(kpis: kpis, sources: sources, basis: basis).answer(request)
        }
    }

    // MARK: Schemas and events

    private static func renamed(_ schema: EventSchema) -> EventSchema {
        // The log itself reads its own types, and what a void says.
        if schema.isLogsOwn || schema.type == "event.voided" { return schema }
        return EventSchema(
            type: schema.type, version: schema.version, subjectKinds: schema.subjectKinds,
            wholeSubjects: schema.wholeSubjects, isLogsOwn: false,
            profileName: schema.profileName.map(name),
            fields: schema.fields.map { field in
                var field = field
                field.name = name(field.name)
                field.requires = field.requires.map(name)
                return field
            }, title: schema.title, summary: schema.summary)
    }

    private static func renamed(_ draft: EventDraft, _ types: EventTypes) -> EventDraft {
        if draft.type == "event.voided" { return draft }
        return EventDraft(
            id: draft.id, source: draft.source, type: draft.type, subject: draft.subject,
            time: draft.time, fields: draft.fields.map { .init(name($0.name), $0.value) })
    }

    // MARK: Definitions

    private static func renamed(_ definition: ProjectionDefinition) -> ProjectionDefinition {
        ProjectionDefinition(
            name: name(definition.name), version: definition.version, title: definition.title,
            subjectKinds: definition.subjectKinds,
            bindings: definition.bindings.map { binding in
                var binding = binding
                switch binding.kind {
                case .first(let selector): binding.kind = .first(renamed(selector))
                case .last(let selector): binding.kind = .last(renamed(selector))
                case .count(let selector): binding.kind = .count(renamed(selector))
                case .either: break
                }
                return binding
            }, fact: renamed(definition.fact), rounds: definition.rounds.map(renamed),
            split: definition.split.map(renamed),
            conditions: definition.conditions.map(renamed),
            latestTypes: definition.latestTypes.map { (name($0.field), $0.types) },
            dimensions: definition.dimensions.map { (name($0.name), renamed($0.source)) },
            measures: definition.measures.map { (name($0.name), renamed($0.source)) })
    }

    private static func renamed(_ reference: FieldReference) -> FieldReference {
        FieldReference(binding: reference.binding, field: name(reference.field))
    }

    private static func renamed(_ test: FieldTest) -> FieldTest {
        guard case .same(let reference, let negated) = test else { return test }
        return .same(renamed(reference), negated: negated)
    }

    private static func renamed(_ selector: Selector) -> Selector {
        Selector(
            types: selector.types,
            tests: selector.tests.map { (name($0.field), renamed($0.test)) })
    }

    private static func renamed(_ fact: FactRule) -> FactRule {
        switch fact {
        case .one: fact
        case .each(let selector): .each(renamed(selector))
        case .stock(let from, let conditions):
            .stock(from: from, while: conditions.map(renamed))
        case .stay(let enter, let leave): .stay(enter: renamed(enter), leave: renamed(leave))
        }
    }

    private static func renamed(_ rounds: Rounds) -> Rounds {
        Rounds(
            field: rounds.field.map(name), invitation: rounds.invitation,
            days: rounds.days.map(renamed), withinMilliseconds: rounds.withinMilliseconds)
    }

    private static func renamed(_ split: Split) -> Split {
        guard case .days(let from, let to, let within) = split else { return split }
        return .days(from: renamed(from), to: renamed(to), withinDays: within)
    }

    private static func renamed(_ duration: Definitions.Duration) -> Definitions.Duration {
        var duration = duration
        if case .field(let reference)? = duration.calendar {
            duration.calendar = .field(renamed(reference))
        }
        duration.only = duration.only.map { (name($0.field), $0.values) }
        duration.except = duration.except.map { (name($0.field), $0.values) }
        return duration
    }

    private static func renamed(_ condition: Condition) -> Condition {
        switch condition {
        case .exists, .count: condition
        case .field(let reference, let test): .field(renamed(reference), renamed(test))
        case .latest(let field, let test): .latest(name(field), renamed(test))
        case .duration(let duration, let minimum, let maximum):
            .duration(renamed(duration), minimum: minimum, maximum: maximum)
        case .within(let duration, let reference, let unit):
            .within(renamed(duration), renamed(reference), millisecondsPerUnit: unit)
        case .beyond(let duration, let reference, let unit):
            .beyond(renamed(duration), renamed(reference), millisecondsPerUnit: unit)
        case .any(let lists): .any(lists.map { $0.map(renamed) })
        }
    }

    private static func renamed(_ source: DimensionSource) -> DimensionSource {
        switch source {
        case .field(let reference): .field(renamed(reference))
        case .latest(let field, let place): .latest(name(field), at: place)
        case .firstOf(let sources): .firstOf(sources.map(renamed))
        case .constant, .hour, .weekday, .subject: source
        }
    }

    private static func renamed(_ source: MeasureSource) -> MeasureSource {
        switch source {
        case .duration(let duration): .duration(renamed(duration))
        case .number(let reference): .number(renamed(reference))
        case .count: source
        case .flag(let conditions): .flag(conditions.map(renamed))
        case .name(let source, let conditions):
            .name(renamed(source), when: conditions.map(renamed))
        case .money(let reference, let currency):
            .money(renamed(reference), currency: name(currency))
        }
    }

    private static func renamed(_ kpi: KPIDefinition) -> KPIDefinition {
        var kpi = kpi
        kpi.name = name(kpi.name)
        kpi.value = renamed(kpi.value)
        kpi.statistics = kpi.statistics.map { ($0.name, renamed($0.formula)) }
        return kpi
    }

    private static func renamed(_ formula: Formula) -> Formula {
        switch formula {
        case .number, .time, .periodDays, .periodMonths: return formula
        case .kpi(let kpi): return .kpi(name(kpi))
        case .negated(let part): return .negated(renamed(part))
        case .sum(let left, let right): return .sum(renamed(left), renamed(right))
        case .difference(let left, let right): return .difference(renamed(left), renamed(right))
        case .product(let left, let right): return .product(renamed(left), renamed(right))
        case .quotient(let left, let right): return .quotient(renamed(left), renamed(right))
        case .aggregate(let aggregate): return .aggregate(renamed(aggregate))
        case .union(let aggregates): return .union(aggregates.map(renamed))
        }
    }

    private static func renamed(_ aggregate: Aggregate) -> Aggregate {
        var aggregate = aggregate
        aggregate.projection = name(aggregate.projection)
        aggregate.measure = aggregate.measure.map(name)
        aggregate.filter = Dictionary(
            uniqueKeysWithValues: aggregate.filter.map { (name($0.key), $0.value) })
        return aggregate
    }
}
