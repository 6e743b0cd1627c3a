package import Definitions
import EventLog
package import EventModel
import Projections
import Synchronization

/// What a KPI left out of a period, and why: cases of the kind it reads in which something happened,
/// and that it does not count.
package struct LeftOut {
    /// Why a case is not counted.
    package enum Reason: Hashable {
        /// It has no fact: no event for a name of the projection's `let`, of those that the fact needs
        /// the first.
        case binding(String)
        /// It has no fact: no event of the kind that facts are about.
        case event
        /// It has no fact: a condition does not hold, by its place among those of the projection.
        case condition(Int)
        /// Its facts lie in other periods, or, of a stock, begin after this one.
        case otherPeriod
        /// It has facts, and none that the KPI takes: what it measures has no value, or its formula's
        /// own conditions do not hold. With the measures it takes, where it takes some.
        case noValue([String])
    }

    /// Cases that are left out for one reason.
    package struct Group {
        package var reason: Reason
        package var count: Int
        /// The first of them.
        package var cases: [String]

        /// How many are named unless more are asked for.
        package static let usuallyShown = 5
    }

    /// What one projection left out.
    package struct Part {
        package var definition: ProjectionDefinition
        /// Cases in which something happened in the period, and those counted of them.
        package var cases: Int
        package var counted: Int
        /// The most frequent reasons first.
        package var groups: [Group]
    }

    package var kpi: String
    package var period: Period
    package var entries: UInt32
    package var parts: [Part]
}

/// Why it can't be said what a KPI left out; each reads well after `Error: `.
package enum LeftOutFault: Error, Hashable, CustomStringConvertible {
    case oneKPI
    case anonymous(String)
    case notTraced(String)

    package var description: String {
        switch self {
        case .oneKPI:
            "--left-out takes one KPI at a time, for all: leave --by, --grain, --compare and filters "
                + "away, since a case that is left out has no such value."
        case .anonymous(let kpi):
            "\(kpi) rests on answers of respondents: who is left out of it is not told."
        case .notTraced(let projection):
            "the facts of \(projection) are not at hand here. Ask with --as-of."
        }
    }
}

extension AskedState {
    /// Says what a KPI left out, projection by projection.
    ///
    /// - Parameters:
    ///   - request: one KPI or statistic and a period, nothing else.
    ///   - most: how many cases are named for each reason; nil for all.
    /// - Throws: `QueryFaults`, `LeftOutFault`, or what the store has to say.
    /// - Complexity: O(entries) for each projection, beside the cases left out one by one.
    package func leftOut(
        _ request: QueryRequest, naming most: Int? = LeftOut.Group.usuallyShown
    ) throws -> LeftOut {
        guard request.kpis.count == 1, request.by.isEmpty, request.filters.isEmpty,
            request.present.isEmpty, request.grain == nil, request.comparison == nil
        else { throw LeftOutFault.oneKPI }
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        let output = plan.outputs[0]
        let parts = try plan.projections.enumerated().map { place, projection in
            guard !(projection.source is PublishedFacts) else {
                throw LeftOutFault.anonymous(output.column.kpi)
            }
            guard let origin = projection.source as? PrefixFacts else {
                throw LeftOutFault.notTraced(projection.source.layout.projection)
            }
            let terms = output.expression.terms.filter { $0.projection == place }
            let streams = Set(terms.map(\.stream)).sorted().map { projection.streams[$0] }
            return try LeftOutSearch(
                origin, streams: streams, isStock: terms.contains(where: \.isStock),
                days: plan.period.days, most: most ?? .max
            ).part()
        }
        return LeftOut(
            kpi: output.column.kpi, period: plan.period, entries: basis.sequence, parts: parts)
    }
}

/// Where a case stands among the facts of a projection.
private struct CaseStanding: OptionSet {
    let rawValue: UInt8
    static let hasFact = CaseStanding(rawValue: 1)
    static let isInPeriod = CaseStanding(rawValue: 2)
    static let isCounted = CaseStanding(rawValue: 4)
}

/// The search through one projection.
private struct LeftOutSearch {
    let origin: PrefixFacts
    let streams: [FactStream]
    let isStock: Bool
    let days: Range<Day>
    /// How many cases are named for each reason.
    let most: Int

    init(
        _ origin: PrefixFacts, streams: [FactStream], isStock: Bool, days: Range<Day>, most: Int
    ) {
        self.most = most
        self.origin = origin
        self.streams = streams
        self.isStock = isStock
        self.days = days
    }

    private var definition: ProjectionDefinition { origin.source.definition }

    func part() throws -> LeftOut.Part {
        let cases = try touched()
        let standings = try standings()
        var groups: [LeftOut.Reason: (count: Int, first: [UInt32])] = [:]
        func add(_ reason: LeftOut.Reason, _ id: UInt32) {
            var group = groups[reason] ?? (0, [])
            group.count += 1
            if group.first.count < most { group.first.append(id) }
            groups[reason] = group
        }
        var counted = 0
        var without: [UInt32] = []
        let measures = measured
        for id in cases {
            let standing = standings[id] ?? []
            if standing.contains(.isCounted) {
                counted += 1
            } else if standing.contains(.isInPeriod) {
                add(.noValue(measures), id)
            } else if standing.contains(.hasFact) {
                add(.otherPeriod, id)
            } else {
                without.append(id)
            }
        }
        try origin.projections.missingFacts(
            of: definition, context: origin.context, upTo: origin.count, cases: without
        ) { id, missing in
            switch missing {
            case .binding(let name): add(.binding(name), id)
            case .event: add(.event, id)
            case .condition(let index): add(.condition(index), id)
            }
        }
        let named = try origin.projections.log.read { view in
            var named: [LeftOut.Group] = []
            for (reason, group) in groups {
                var cases: [String] = []
                for id in group.first { cases.append(try view.subject(ofCase: id)) }
                named.append(LeftOut.Group(reason: reason, count: group.count, cases: cases))
            }
            return named
        }
        return LeftOut.Part(
            definition: definition, cases: cases.count, counted: counted,
            groups: named.sorted { left, right in
                (-left.count, left.cases.first ?? "") < (-right.count, right.cases.first ?? "")
            })
    }

    /// The measures that the KPI takes, in their order.
    private var measured: [String] {
        let taken = Set(streams.compactMap(\.measure))
        return origin.cells.measures.indices.filter { index in
            taken.contains(origin.cells.firstMeasureWord + 2 * index)
        }.map { origin.cells.measures[$0].name }
    }

    /// The cases of the projection's kinds in which something happened in the period, by their ids.
    private func touched() throws -> [UInt32] {
        let zone = origin.context.zone
        let times =
            zone.start(of: days.lowerBound)
            .milliseconds..<zone.start(of: days.upperBound).milliseconds
        let kinds = definition.subjectKinds
        return try origin.projections.log.read { view in
            let voided = Set(try view.voids().filter { $0.by < origin.count }.map(\.voided))
            let isOfKind = view.types.schemas.map {
                !$0.isLogsOwn && $0.type != "event.voided" && $0.occurs(in: kinds)
            }
            var found: Set<UInt32> = []
            for segment in try view.segments(covering: 0..<origin.count) {
                let end = min(segment.count, Int(origin.count - segment.first))
                let (happened, types, cases) = (segment.times, segment.types, segment.cases)
                for row in 0..<end
                where times.contains(happened[row]) && isOfKind[Int(types[row])] {
                    guard !voided.contains(segment.first + UInt32(row)) else { continue }
                    found.insert(cases[row])
                }
            }
            return try found.sorted().filter { id in
                kinds.contains(String(try view.subject(ofCase: id).prefix { $0 != "/" }))
            }
        }
    }

    /// Where the cases that have facts stand.
    private func standings() throws -> [UInt32: CaseStanding] {
        let standings = Standings()
        let (days, streams, isStock) = (days, streams, isStock)
        try origin.projections.streamFacts(
            of: definition, context: origin.context, upTo: origin.count, options: origin.options
        ) { _, facts in
            for fact in facts {
                var standing: CaseStanding = .hasFact
                if isStock ? fact.day < days.upperBound : days.contains(fact.day) {
                    standing.insert(.isInPeriod)
                    if streams.contains(where: { $0.value(of: fact) != nil }) {
                        standing.insert(.isCounted)
                    }
                }
                standings.add(standing, of: fact.caseID)
            }
        }
        return standings.all
    }
}

/// Where cases stand, told by several threads.
private final class Standings: Sendable {
    private let byCase = Mutex<[UInt32: CaseStanding]>([:])

    var all: [UInt32: CaseStanding] { byCase.withLock { $0 } }

    func add(_ standing: CaseStanding, of id: UInt32) {
        byCase.withLock { $0[id, default: []].formUnion(standing) }
    }
}
