public import Definitions
public import EventModel

/// A question for a scorecard. No name in it is looked up yet.
public struct ScorecardRequest: Sendable {
    /// The scorecard's name.
    public var name: String
    /// Whom it is about, and what else restricts the facts; a name may be cut short where that
    /// leaves one.
    public var filters: [(dimension: String, value: String)]
    /// Of which days.
    public var period: Period
    /// Whether everybody in the scope is asked for, best first.
    public var isRanking: Bool
    /// The period to compare with.
    public var comparison: Period?

    /// A question from its parts.
    public init(
        name: String, filters: [(dimension: String, value: String)] = [], period: Period,
        isRanking: Bool = false, comparison: Period? = nil
    ) {
        self.name = name
        self.filters = filters
        self.period = period
        self.isRanking = isRanking
        self.comparison = comparison
    }
}

/// One row of a scorecard, filled in.
public struct ScorecardLine: Sendable {
    /// What its definition says.
    public var row: ScorecardRow
    /// The figure's title, unit and direction.
    public var column: AnswerColumn
    /// The days of the period on which it counts.
    public var days: Range<Day>
    /// What the figure should have reached on these days.
    public var target: ExactTarget
    /// The figure.
    public var figure: Figure
    /// Whether it may still change.
    public var status: FigureStatus
    /// Its share of the total in percent, by the days on which it counts.
    public var weight: BigFraction
    /// Its share after that of rows without data was shared out; nil where it does not count.
    public var counted: BigFraction?
    /// How far the target was reached, in percent, capped; nil without data.
    public var attainment: BigFraction?
    /// What it adds to the total, in percent; nil without data.
    public var score: BigFraction?
    /// In how many of the last twelve periods with data the target was met; nil where not asked.
    public var history: (met: Int, of: Int)?

    /// Whether the target was met; nil without data.
    public var isMet: Bool? { target.isMet(by: figure.value) }
}

/// A scorecard of one agent, team or department, or of the company.
public struct ScorecardCard: Sendable {
    /// Whom it is about; "" is the company.
    public var subject: String
    /// Days of the period on which it holds for them; all of them, unless they joined, left or moved.
    public var days: [Range<Day>]
    /// Its rows, in the order of the definition.
    public var lines: [ScorecardLine]
    /// The total in percent; nil where there is no data, or where it is withheld.
    public var total: BigFraction?
    /// Whether it is withheld because a row has no data.
    public var isWithheld: Bool

    /// How many days that are.
    public var dayCount: Int { days.reduce(0) { $0 + $1.count } }
}

/// A filled-in scorecard, or a ranking of several, with all it rests on.
public struct ScorecardAnswer: Sendable {
    /// The log's state.
    public var basis: AnswerBasis
    /// Entries of the log that the projections do not hold yet.
    public var entriesNotYetIn: UInt32
    /// The scorecard.
    public var definition: ScorecardDefinition
    /// Every definition used, by kind and name (`kpi/csat`), with its version; sorted.
    public var definitions: [(name: String, version: Int)]
    /// The period asked for.
    public var period: Period
    /// Whom and what it is restricted to.
    public var filters: [(dimension: String, values: [String])]
    /// What people call the values of dimensions.
    public var names: [String: DimensionNames]
    /// The scope's dimension as looked up: `agent.department`; nil for the company.
    public var dimension: String?
    /// One, or several, best total first, those without one last.
    public var cards: [ScorecardCard]
    /// Whether several were asked for.
    public var isRanking: Bool
    /// The period compared with, and its cards, in the order of `cards`; nil where there is none.
    public var comparison: Period?
    /// Totals of the period compared with, by subject.
    public var previous: [String: ScorecardCard]
    /// The last day on which the period may still change, where that is not past.
    public var openUntil: Day?
}

extension Range where Bound == Day {
    /// How many days it has.
    public var count: Int { Int(upperBound.number - lowerBound.number) }
}
