package import Definitions
package import EventModel

/// A question as typed, nothing of it looked up yet.
public struct QueryRequest: Sendable {
    /// KPIs and statistics: `csat`, `first_response_time.p90`.
    public var kpis: [String]
    /// Dimensions to split by.
    public var by: [String]
    /// Only facts whose dimension has one of these values; several of one dimension are
    /// alternatives. A name may be cut short where that leaves one.
    public var filters: [(dimension: String, value: String)]
    /// The period, as in `Period.init(_:today:)`.
    public var period: String
    /// What to split it by.
    public var grain: String?
    /// `previous`, or a period to compare with.
    public var compare: String?

    /// A question from its parts.
    public init(
        kpis: [String], by: [String] = [], filters: [(dimension: String, value: String)] = [],
        period: String, grain: String? = nil, compare: String? = nil
    ) {
        self.kpis = kpis
        self.by = by
        self.filters = filters
        self.period = period
        self.grain = grain
        self.compare = compare
    }
}

/// What a question is answered from: one state of the log.
package struct QueryContext {
    /// Every KPI in force.
    package var kpis: [KPIDefinition]
    /// The live projections.
    package var sources: [any FactSource]
    /// The log's state.
    package var basis: AnswerBasis
    /// What is known of a figure's books (closed, restated); nil leaves it to the calendar.
    package var status: (@Sendable (_ column: AnswerColumn, _ days: Range<Day>) -> FigureStatus?)?

    package init(
        kpis: [KPIDefinition], sources: [any FactSource], basis: AnswerBasis,
        status: (@Sendable (_ column: AnswerColumn, _ days: Range<Day>) -> FigureStatus?)? = nil
    ) {
        self.kpis = kpis
        self.sources = sources
        self.basis = basis
        self.status = status
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
            return try QueryEvaluation(context: self, plan: plan).answer()
        } catch let fault as QueryFault {
            throw QueryFaults([fault])
        }
    }
}
