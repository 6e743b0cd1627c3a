public import EventModel

/// A number as a definition writes it, exactly: `90.5` is 905/10.
public struct ExactNumber: Hashable, Sendable {
    /// The part, with the sign.
    public var numerator: Int64
    /// A power of ten.
    public var denominator: Int64

    /// A number from its parts; traps unless the denominator is positive.
    public init(_ numerator: Int64, over denominator: Int64 = 1) {
        precondition(denominator > 0, "a denominator is positive")
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Reads `90`, `-3`, `99.5`; nil for anything else, and for more than nine decimals.
    public init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 9, let whole = Int64(parts[0] + decimals) else { return nil }
        var scale: Int64 = 1
        for _ in decimals.utf8 { scale *= 10 }
        self.init(isNegative ? -whole : whole, over: scale)
    }

    /// Whether both mean the same number; nil where they are too large to tell.
    public static func compare(_ left: ExactNumber, _ right: ExactNumber) -> Int {
        let first = Int128(left.numerator) * Int128(right.denominator)
        let second = Int128(right.numerator) * Int128(left.denominator)
        return first == second ? 0 : first < second ? -1 : 1
    }
}

/// What a figure should reach, in the KPI's inner unit (milliseconds for a duration).
public enum Target: Hashable, Sendable {
    /// At least this.
    case minimum(ExactNumber)
    /// At most this.
    case maximum(ExactNumber)
    /// Between these, both included.
    case band(ExactNumber, ExactNumber)
}

/// One row of a scorecard.
public struct ScorecardRow: Hashable, Sendable {
    /// What it serves.
    public enum Purpose: Hashable, Sendable {
        /// An objective that the scorecard states, by its name.
        case objective(String)
        /// A row of another scorecard, by the figure it is about.
        case row(scorecard: String, figure: String)
    }

    /// The figure, as a query names it: `csat`, `first_response_time.p90`.
    public var figure: String
    /// What its numbers are.
    public var unit: Unit
    /// Its share of the total, in percent.
    public var weight: ExactNumber
    /// What it should reach.
    public var target: Target
    /// The local days on which it counts; one that has no last day ends at `ScorecardRow.noEnd`.
    public var days: Range<Day>
    /// The day on which its target is to be looked at again; nil where that is its last one.
    public var review: Day?
    /// The most its attainment counts for, in percent; nil for no limit.
    public var cap: ExactNumber?
    /// What it serves.
    public var serves: Purpose

    /// A row from its parts.
    public init(
        figure: String, unit: Unit, weight: ExactNumber, target: Target, days: Range<Day>,
        review: Day? = nil, cap: ExactNumber? = ExactNumber(100), serves: Purpose
    ) {
        self.figure = figure
        self.unit = unit
        self.weight = weight
        self.target = target
        self.days = days
        self.review = review
        self.cap = cap
        self.serves = serves
    }

    /// The day after every day that a definition can name.
    public static let noEnd = Day(number: 2_932_897)

    /// The last day on which it counts; nil where it has none, and is looked at again instead.
    public var lastDay: Day? {
        days.upperBound == Self.noEnd ? nil : days.upperBound.advanced(by: -1)
    }

    /// Whether the target should have been looked at again before a day.
    public func isReviewDue(on day: Day) -> Bool { review.map { $0 < day } ?? false }

    /// Whether the target runs for more than three years, until it ends or is looked at again.
    public var isLongTerm: Bool {
        let (year, month, day) = days.lowerBound.components
        let length = Day.length(ofMonth: month, year: min(9999, year + 3))
        guard let third = Day(year: year + 3, month: month, day: min(day, length)) else {
            return false
        }
        return (review?.advanced(by: 1) ?? days.upperBound) > third
    }
}

/// A scorecard: figures with weights and targets, for one agent, team, department or the company.
public struct ScorecardDefinition: Hashable, Sendable {
    /// What becomes of a total where rows have no data.
    public enum Missing: String, Hashable, Sendable, CaseIterable {
        /// Their weight is shared out in proportion to the others'.
        case share
        /// There is no total.
        case withhold
    }

    /// Which cases or facts it is for.
    public struct Condition: Hashable, Sendable {
        /// A dimension, or one followed to a field: `agent.role`.
        public var dimension: String
        /// One of these; nil for any that is given.
        public var values: [String]?

        /// A condition from its parts.
        public init(dimension: String, values: [String]?) {
            self.dimension = dimension
            self.values = values
        }
    }

    /// An aim that rows may serve.
    public struct Objective: Hashable, Sendable {
        /// Its name, `satisfied_customers`.
        public var name: String
        /// What it says.
        public var text: LocalizedText

        /// An objective from its parts.
        public init(name: String, text: LocalizedText) {
            self.name = name
            self.text = text
        }
    }

    /// The scope of everything together.
    public static let company = "company"

    /// Unique name, `cs_agent`.
    public var name: String
    /// From 1; a changed body is a new version.
    public var version: Int
    /// Title for people.
    public var title: LocalizedText
    /// What it is for, in a sentence.
    public var description: LocalizedText
    /// The dimension whose one value a scorecard is about (`agent`, `team`, `department`), or
    /// `company`.
    public var scope: String
    /// Whom it is for within the scope; all must hold.
    public var conditions: [Condition]
    /// The period that targets of growing figures (counts, sums) are stated for.
    public var grain: Grain
    /// What becomes of a total where rows have no data.
    public var missing: Missing
    /// Aims it states itself.
    public var objectives: [Objective]
    /// In the order of the file.
    public var rows: [ScorecardRow]
    /// Where it comes from.
    public var source: String
    /// What to know about it.
    public var notes: [LocalizedText]

    /// A scorecard from its parts.
    public init(
        name: String, version: Int, title: LocalizedText,
        description: LocalizedText = LocalizedText(english: ""), scope: String,
        conditions: [Condition] = [], grain: Grain, missing: Missing = .share,
        objectives: [Objective] = [], rows: [ScorecardRow], source: String = "",
        notes: [LocalizedText] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.scope = scope
        self.conditions = conditions
        self.grain = grain
        self.missing = missing
        self.objectives = objectives
        self.rows = rows
        self.source = source
        self.notes = notes
    }

    /// Whether it is about everything together.
    public var isCompanyWide: Bool { scope == ScorecardDefinition.company }
}
