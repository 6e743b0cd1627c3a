package import Definitions
public import EventModel

/// A question: which figures of which time. No name in it is looked up yet.
public struct QueryRequest: Sendable {
    /// KPIs and statistics: `csat`, `first_response_time.p90`.
    public var kpis: [String]
    /// Dimensions to split by.
    public var by: [String]
    /// Only facts whose dimension has one of these values; several of one dimension are
    /// alternatives. `ValueResolver` says what may stand for a value.
    public var filters: [(dimension: String, value: String)]
    /// Only facts in which these dimensions have a value.
    public var present: [String]
    /// Whether the filters' values are those that were found for what was typed, and are taken as they
    /// are: whoever is asked for once may have no facts of some kind.
    package var areValuesResolved = false
    /// Of which days.
    public var period: Period
    /// What to split it by.
    public var grain: Grain?
    /// The period to compare with.
    public var comparison: Period?
    /// Bytes that its facts may take while it is answered, about.
    public var memoryBytes = QueryRequest.usualMemoryBytes

    /// What a question may take unless it says otherwise: 512 MiB.
    public static let usualMemoryBytes = 512 << 20

    /// A question from its parts.
    public init(
        kpis: [String], by: [String] = [], filters: [(dimension: String, value: String)] = [],
        present: [String] = [], period: Period, grain: Grain? = nil, comparison: Period? = nil
    ) {
        self.kpis = kpis
        self.by = by
        self.filters = filters
        self.present = present
        self.period = period
        self.grain = grain
        self.comparison = comparison
    }
}

/// What a question is answered from: one state of the log. Definitions and projections are opened
/// only when a question needs them.
package struct QueryContext {
    /// Names of every KPI in force.
    package var kpiNames: [String]
    /// A KPI in force; nil when there is none.
    package var kpi: (String) throws -> KPIDefinition?
    /// Names of the live projections.
    package var projectionNames: [String]
    /// The facts of a live projection; nil when there is none.
    package var source: (String) throws -> (any FactSource)?
    /// The log's state.
    package var basis: AnswerBasis
    /// Until when facts may change.
    package var settling: Settling
    /// What is known of the cases that a dimension names, where its name is that of a kind of case
    /// with profiles.
    package var profiles: (String) throws -> (any CaseProfiles)? = { _ in nil }
    /// Kinds of case, without respondents, of which one has a name.
    package var kindsNamed: (String) throws -> [String] = { _ in [] }
    /// A person's name as it stands where persons are shown as tokens; nil where no person has it.
    package var marked: (String) throws -> String? = { _ in nil }
    /// Names of the scorecards in force.
    package var scorecardNames: [String] = []
    /// A scorecard in force; nil when there is none.
    package var scorecard: (String) throws -> ScorecardDefinition? = { _ in nil }
    /// The scorecards in force about some figures, cut down to their rows.
    package var scorecardsAbout: ([String]) throws -> [ScorecardDefinition] = { _ in [] }
    /// The state after the log's first so many entries; for projections that lag behind it.
    package var earlierBasis: ((UInt32) throws -> AnswerBasis)?
    /// Completes what an answer says that it rests on, from the definitions it used.
    package var grounds:
        ((_ basis: inout AnswerBasis, _ used: [(name: String, version: Int)]) throws -> Void)?
    /// Marks an answer with what is known of its books (closed, restated); nil leaves every status
    /// to the calendar.
    package var books: ((_ answer: inout Answer, _ request: QueryRequest) throws -> Void)?

    /// A context that looks things up when they are needed.
    package init(
        kpiNames: [String], kpi: @escaping (String) throws -> KPIDefinition?,
        projectionNames: [String], source: @escaping (String) throws -> (any FactSource)?,
        basis: AnswerBasis
    ) {
        self.kpiNames = kpiNames
        self.kpi = kpi
        self.projectionNames = projectionNames
        self.source = source
        self.basis = basis
        settling = Settling(today: basis.today)
    }

    /// A context of things at hand.
    package init(kpis: [KPIDefinition], sources: [any FactSource], basis: AnswerBasis) {
        self.init(
            kpiNames: kpis.map(\.name), kpi: { name in kpis.first { $0.name == name } },
            projectionNames: sources.map(\.layout.projection),
            source: { name in sources.first { $0.layout.projection == name } }, basis: basis)
    }

    /// The KPIs whose projections all answer, in order, and those that have to wait for one.
    package func kpisThatAnswer() throws -> (answering: [String], waiting: [String]) {
        func answers(_ name: String, _ path: [String]) throws -> Bool {
            guard let kpi = try kpi(name), !path.contains(name) else { return false }
            return try kpi.projections.allSatisfy(projectionNames.contains)
                && kpi.kpis.allSatisfy { try answers($0, path + [name]) }
        }
        let answering = try kpiNames.filter { try answers($0, []) }
        return (answering, kpiNames.filter { !answering.contains($0) })
    }

    /// The dimensions that a KPI can be split by.
    ///
    /// - Throws: `QueryFaults` where there is no such KPI, or it does not answer.
    package func dimensions(of kpi: String) throws -> [String] {
        var planner = QueryPlanner(context: self)
        return try planner.dimensions(of: kpi)
    }

    /// What is wrong with a question before anything is read for it.
    package func faults(of request: QueryRequest) throws -> [QueryFault] {
        var planner = QueryPlanner(context: self)
        do { _ = try planner.plan(request) } catch let faults as QueryFaults {
            return faults.faults
        }
        return []
    }

    /// Answers a question.
    ///
    /// - Throws: `QueryFaults` with everything that is wrong with the question, or what the store
    ///   throws.
    /// - Complexity: O(facts of the period in the projections used); a stock reads those before, too.
    package func answer(_ request: QueryRequest) throws -> Answer {
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        do {
            var answer = try QueryEvaluation(
                context: self, plan: plan, memory: QueryMemory(bytes: request.memoryBytes)
            ).answer()
            var targets = TargetsInForce(context: self)
            answer = try targets.added(to: answer)
            try grounds?(&answer.basis, answer.definitions)
            try books?(&answer, request.resolved(plan))
            return answer
        } catch let fault as QueryFault {
            throw QueryFaults([fault])
        }
    }
}
