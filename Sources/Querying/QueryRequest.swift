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
