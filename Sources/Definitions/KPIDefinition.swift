/// What a figure's number means, for showing it.
public enum Unit: String, Hashable, Sendable, CaseIterable {
    /// Milliseconds inside, seconds in JSON and CSV, `2h 14m` for people.
    case duration
    case count
    case percent
    case score
    case ratio
    case money
}

/// Which way is better.
public enum Direction: Hashable, Sendable {
    case higher
    case lower
    /// Good within these bounds, both inclusive, in the KPI's unit.
    case band(minimum: Int64, maximum: Int64)
}

/// A function over the facts of a projection.
public enum AggregateFunction: Hashable, Sendable {
    /// Facts; with a measure, those in which it has a value.
    case count
    case sum
    case mean
    case minimum
    case maximum
    /// Distinct values of a measure.
    case distinct
    /// Nearest rank: the first value whose rank × 100 ≥ n × percent. Per mille would be another one.
    case percentile(Int)
    /// Running sum of a stock's flows through the period's end; only for stocks.
    case stock
    /// The same before the period's first day; with a measure, its different values in stock then.
    case start
    /// Different values of a measure in stock before the period's first day that are in stock at
    /// its end, too, whatever their dimensions are by then; only for stocks.
    case kept
}

extension AggregateFunction {
    /// Whether it is asked of stocks, and of nothing else.
    public var isOfStocks: Bool {
        switch self {
        case .stock, .start, .kept: true
        case .count, .sum, .mean, .minimum, .maximum, .distinct, .percentile: false
        }
    }
}

/// One aggregate in a formula: `p90(first_response.wait)`, `count(ticket_volume[reason=complaint])`.
public struct Aggregate: Hashable, Sendable {
    /// What is computed.
    public var function: AggregateFunction
    /// Over which projection's facts.
    public var projection: String
    /// Which of its measures; nil for the facts themselves.
    public var measure: String?
    /// Only facts whose dimensions have one of these values; sorted by dimension.
    public var filter: [String: [String]]

    /// An aggregate from its parts.
    public init(
        function: AggregateFunction, projection: String, measure: String? = nil,
        filter: [String: [String]] = [:]
    ) {
        self.function = function
        self.projection = projection
        self.measure = measure
        self.filter = filter
    }
}

/// Arithmetic over aggregates. Exact: evaluated in integers and ratios of integers.
public indirect enum Formula: Hashable, Sendable {
    /// A constant: `numerator / denominator` (`0.5` is 1/2), denominator positive.
    case number(numerator: Int64, denominator: Int64)
    /// A length of time: `1h` is 3,600,000 milliseconds.
    case time(milliseconds: Int64)
    case aggregate(Aggregate)
    /// Different values of several measures, each once however many of them have it:
    /// `distinct(reply.customer, call_handling.customer)`.
    case union([Aggregate])
    case sum(Formula, Formula)
    case difference(Formula, Formula)
    case product(Formula, Formula)
    /// Null where the denominator is zero.
    case quotient(Formula, Formula)
    case negated(Formula)
    /// Days of the period: `days()`; `weeks()` are days ÷ 7.
    case periodDays
    /// Months of the period: each of its days is a share of its own month, so that a whole month
    /// is 1, whatever its length.
    case periodMonths
    /// Another KPI's value.
    case kpi(String)
}

/// A KPI: a formula over projections' measures, with what people need to read it.
public struct KPIDefinition: Hashable, Sendable {
    /// Unique name, `first_response_time`.
    public var name: String
    /// From 1; a changed body is a new version.
    public var version: Int
    /// Title for people.
    public var title: LocalizedText
    /// What it says, in a sentence.
    public var description: LocalizedText
    /// `operational`, `organizational`, or a user's own word.
    public var group: String
    /// What its numbers mean.
    public var unit: Unit
    /// Which way is better.
    public var better: Direction
    /// The value.
    public var value: Formula
    /// Named figures beside the value (`p90`), those written first.
    public var statistics: [(name: String, formula: Formula)]
    /// The units of statistics whose formulas give something else than the KPI's own unit says.
    public var statisticUnits: [String: Unit]
    /// Where the definition comes from: a standard, a book.
    public var source: String
    /// Edge cases, shown by `kpi show`.
    public var notes: [LocalizedText]

    /// A KPI from its parts.
    public init(
        name: String, version: Int, title: LocalizedText, description: LocalizedText,
        group: String, unit: Unit, better: Direction, value: Formula,
        statistics: [(name: String, formula: Formula)] = [],
        statisticUnits: [String: Unit] = [:], source: String = "",
        notes: [LocalizedText] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.group = group
        self.unit = unit
        self.better = better
        self.value = value
        self.statistics = statistics
        self.statisticUnits = statisticUnits
        self.source = source
        self.notes = notes
    }

    /// Whether all parts are equal.
    public static func == (left: KPIDefinition, right: KPIDefinition) -> Bool {
        left.name == right.name && left.version == right.version && left.title == right.title
            && left.group == right.group && left.unit == right.unit && left.better == right.better
            && left.value == right.value && left.description == right.description
            && left.statistics.elementsEqual(right.statistics, by: ==)
            && left.statisticUnits == right.statisticUnits
            && left.source == right.source && left.notes == right.notes
    }

    /// Hashes what tells most values apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
    }
}

/// One document of a definition file, checked.
public enum Definition: Hashable, Sendable {
    case projection(ProjectionDefinition)
    case kpi(KPIDefinition)
    case calendar(CalendarDefinition)
    case scorecard(ScorecardDefinition)

    /// The kinds there are: the words with which a document can begin, in the order in which
    /// definitions build on each other.
    public static let kinds = ["calendar", "projection", "kpi", "scorecard"]

    /// One of `kinds`.
    public var kind: String {
        switch self {
        case .projection: "projection"
        case .kpi: "kpi"
        case .calendar: "calendar"
        case .scorecard: "scorecard"
        }
    }

    /// Its name, unique within its kind.
    public var name: String {
        switch self {
        case .projection(let projection): projection.name
        case .kpi(let kpi): kpi.name
        case .calendar(let calendar): calendar.name
        case .scorecard(let scorecard): scorecard.name
        }
    }

    /// Its version, from 1.
    public var version: Int {
        switch self {
        case .projection(let projection): projection.version
        case .kpi(let kpi): kpi.version
        case .calendar(let calendar): calendar.version
        case .scorecard(let scorecard): scorecard.version
        }
    }
}
