public import Definitions
public import EventModel

/// What an answer rests on (the log's state), so that it can be given again.
public struct AnswerBasis: Hashable, Sendable {
    /// The store's origin.
    public var origin: String
    /// How many entries were read.
    public var sequence: UInt32
    /// Their root hash.
    public var root: [UInt8]
    /// The store's time zone, by which days begin and end.
    public var timeZone: String
    /// The tz database release its rules come from.
    public var tzdata: String
    /// The local day of the last entry's recording time: the answer's "now".
    public var today: Day
    /// Whether an earlier state was asked for, rather than the newest there is.
    public var isAsOf = false
    /// The closing by which its figures were reported; nil where they are asked for otherwise.
    public var closing: AnswerClosing?
    /// The calendars whose business time the figures count, by name; empty where none does.
    public var calendars: [CalendarVersion] = []
    /// The digests of the texts of the definitions and calendars used, by kind and name (`kpi/csat`).
    public var digests: [String: String] = [:]
    /// The versions of the event types that the facts were read from.
    public var eventTypes: [String: Int] = [:]
    /// The rules of evaluation that made its facts: see `EvaluationVersion`; nil where it is not said.
    public var evaluation: Int?

    /// A basis from its parts.
    public init(
        origin: String, sequence: UInt32, root: [UInt8], timeZone: String, tzdata: String,
        today: Day
    ) {
        self.origin = origin
        self.sequence = sequence
        self.root = root
        self.timeZone = timeZone
        self.tzdata = tzdata
        self.today = today
    }
}

/// A closing of books, as an answer names it.
public struct AnswerClosing: Hashable, Sendable {
    /// Its entry.
    public var sequence: UInt32
    /// The local day on which it was recorded.
    public var day: Day

    /// A closing from its parts.
    public init(sequence: UInt32, day: Day) {
        self.sequence = sequence
        self.day = day
    }
}

extension AnswerBasis {
    /// The same state with the calendars that another answer of it counts by, too.
    package func counting(_ other: [CalendarVersion]) -> AnswerBasis {
        var basis = self
        basis.calendars = Set(calendars + other).sorted()
        return basis
    }
}

/// A calendar in its version, whose business time a figure counts.
public struct CalendarVersion: Hashable, Sendable, Comparable {
    /// Its name.
    public var name: String
    /// Its version, from 1.
    public var version: Int

    /// A calendar's version from its parts.
    public init(name: String, version: Int) {
        self.name = name
        self.version = version
    }

    /// As it is typed: `indonesia@2`.
    package var text: String { "\(name)@\(version)" }

    /// By name, then by version.
    public static func < (left: CalendarVersion, right: CalendarVersion) -> Bool {
        (left.name, left.version) < (right.name, right.version)
    }
}

/// Whether a figure may still change.
public enum FigureStatus: String, Hashable, Sendable {
    /// The period, or a window of the definition, is still open.
    case provisional
    case settled
    /// The period's books are closed, and it is what was reported first.
    case closed
    /// They were closed and are open again, and it is what was reported first.
    case reopened
    /// They were closed, and it is not what was reported first.
    case restated
    /// They were closed, and nothing was reported of it: what it is asked by was not defined yet.
    case notDefinedThen = "not_defined_then"
    /// They were closed, and nothing was reported of it: no figure could be given then.
    case refusedThen = "refused_then"
    /// No figure can be given: its reason says why.
    case refused

    /// Whether the books were closed without any such figure.
    package var isUnreported: Bool { self == .notDefinedThen || self == .refusedThen }
}

/// Why there is no value.
public enum NullReason: Hashable, Sendable {
    /// Nothing happened that could be measured.
    case nothing
    /// What it would be divided by is zero, though there are facts.
    case zeroDenominator
    /// Fewer respondents than this answered, of whom nothing was given out yet.
    case withheld(below: Int)
    /// Respondents' answers are taken through this day, or were, and recording has not rested since,
    /// so that their round has not closed.
    case roundOpen(through: Day)
    /// It would add amounts of money in these different currencies.
    case mixedCurrencies([String])
    /// Its numbers are too large to add up exactly.
    case tooLarge
}

/// One KPI's value for one group and time.
public struct Figure: Hashable, Sendable {
    /// The exact value, in the KPI's inner unit (milliseconds for a duration).
    public var value: Fraction
    /// Facts behind it; nil where that is withheld or has no meaning.
    public var count: Int64?
    /// Why there is no value; nil where there is one.
    public var reason: NullReason?
    /// The ISO 4217 code of an amount of money, in minor units; nil where none is recorded, and
    /// for all that is no money.
    public var currency: String?
    /// Whether it is a mean, share or percentile of fewer than `fewestFacts` facts.
    public var isFew = false
    /// The last day on which a window of one of its facts is open, where fields say how long.
    public var openThrough: Day?

    /// Fewer facts than this may say little of a mean, a share or a percentile: such figures are
    /// marked. (30 is the usual rule of thumb for the normal approximation of a mean.)
    public static let fewestFacts: Int64 = 30

    /// A figure from its parts.
    public init(
        value: Fraction, count: Int64?, reason: NullReason? = nil, currency: String? = nil
    ) {
        self.value = value
        self.count = count
        self.reason = reason
        self.currency = currency
    }
}

/// A KPI, or one of its statistics, as asked for.
public struct AnswerColumn: Hashable, Sendable {
    /// As it is typed: `first_response_time.p90`.
    public var name: String
    /// The KPI's name.
    public var kpi: String
    /// The KPI's title.
    public var title: LocalizedText
    /// The statistic's name; nil for the value itself.
    public var statistic: String?
    /// What the numbers are; a statistic that counts is a count whatever the KPI is.
    public var unit: Unit
    /// Which way is better; nil where that has no meaning.
    public var better: Direction?
    /// Whether the value is the number of facts itself.
    public var isCount: Bool
    /// The last day on which the period may still change, where that is not past.
    public var openUntil: Day?
    /// Whether it may change for ever: no window of its definitions says until when.
    public var staysOpen = false
    /// Whether it grows with the length of the period (numbers and sums), so that a target for a
    /// month is half as much for half a month.
    public var growsWithTime = false
    /// The calendars whose business time it counts, by name.
    public var calendars: [CalendarVersion] = []
    /// The value where there are no facts: 0 of what is counted, none of what is averaged.
    public var whenEmpty = Fraction.none
}

/// A dimension the answer is split by.
public struct AnswerDimension: Hashable, Sendable {
    /// How its values are shown.
    public enum Kind: Hashable, Sendable {
        case text
        /// 0–23.
        case hour
        /// 1 Monday to 7 Sunday.
        case weekday
    }

    /// Its name in the definitions.
    public var name: String
    /// How its values are shown.
    public var kind: Kind
    /// The fact's dimension and the field of the case it names that is shown instead; nil for a
    /// dimension of the facts.
    public var followed: Followed?

    /// A dimension followed to a field of the cases it names.
    public struct Followed: Hashable, Sendable {
        /// The fact's dimension.
        public var dimension: String
        /// The field of the case.
        public var field: String
    }

    /// A dimension from its parts.
    public init(name: String, kind: Kind, followed: Followed? = nil) {
        self.name = name
        self.kind = kind
        self.followed = followed
    }
}

/// What people call the values of a dimension.
public struct DimensionNames: Hashable, Sendable {
    /// The field of the cases' profiles that says it.
    public var field: String
    /// Names by value; values without one are not in it.
    public private(set) var texts: [String: String]
    /// Values that must stand beside their names: another is called the same, or is it.
    private var shared: Set<String>

    /// Names from their parts.
    ///
    /// - Parameters:
    ///   - others: names of values that are not shown, from which these must be told apart, too.
    ///   - values: values that are shown, also those without a name.
    public init(
        field: String, texts: [String: String], others: [String: String] = [:],
        values: Set<String> = []
    ) {
        self.field = field
        self.texts = texts
        let all = others.merging(texts) { $1 }
        let bearers = all.values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        shared = Set(
            texts.filter { value, name in
                let isAnother = name != value && (all[name] != nil || values.contains(name))
                return isAnother || bearers[name] ?? 0 > 1
            }.keys)
    }

    /// What people read for a value; where that might be another, with the value itself. Nil for one
    /// without a name.
    public func title(_ value: String) -> String? {
        guard let name = texts[value] else { return nil }
        return name.printableValue + (shared.contains(value) ? " (\(value.printable))" : "")
    }

    /// Takes in what was found for other values.
    mutating func add(_ other: DimensionNames) {
        texts.merge(other.texts) { $1 }
        shared.formUnion(other.shared)
    }
}

/// The figures of one group in one slice of time, in the order of the answer's columns.
public struct AnswerRow: Hashable, Sendable {
    /// A value for each dimension; "" is nobody, shown as "–".
    public var key: [String]
    /// Which of the answer's slices.
    public var slice: Int
    /// The values.
    public var figures: [Figure]
    /// Those of the period compared with; empty where none is.
    public var previous: [Figure]
    /// Whether they may still change.
    public var statuses: [FigureStatus]
    /// What they should reach by the scorecards in force; empty where none says anything.
    public var targets: [ExactTarget?] = []

    /// What a figure should reach; nil where no scorecard says.
    public func target(_ column: Int) -> ExactTarget? {
        column < targets.count ? targets[column] : nil
    }
}

/// What a query found, with all it rests on. Rendering it is another module's work.
public struct Answer: Sendable {
    /// The log's state.
    public var basis: AnswerBasis
    /// Entries of the log that the projections do not hold yet: the answer is as of before them.
    public var entriesNotYetIn: UInt32
    /// Every definition used, by kind and name (`kpi/csat`), with its version; sorted.
    public var definitions: [(name: String, version: Int)]
    /// The KPIs, in the order asked for.
    public var columns: [AnswerColumn]
    /// What rows are split by, in the order asked for.
    public var dimensions: [AnswerDimension]
    /// Dimensions all the KPIs have beside these and the filtered ones.
    public var otherDimensions: [String]
    /// Dimensions of which only some values were asked for.
    public var filters: [(dimension: String, values: [String])]
    /// How the values of filters are shown that are no texts: hours and weekdays.
    public var filterKinds: [String: AnswerDimension.Kind] = [:]
    /// Dimensions that had to have a value.
    public var present: [String] = []
    /// What people called the dimensions' values at the period's end, by dimension, where a profile
    /// says it.
    public var names: [String: DimensionNames]
    /// The period asked for.
    public var period: Period
    /// What it is split by; nil for one value.
    public var grain: Grain?
    /// Its pieces: one without a grain.
    public var slices: [PeriodSlice]
    /// The period compared with.
    public var comparison: Period?
    /// Its pieces, side by side with `slices`.
    public var comparisonSlices: [PeriodSlice]
    /// By group (sorted by name, nobody last), then by slice.
    public var rows: [AnswerRow]
    /// All groups together: one for each slice where there are several of both, then the whole
    /// period (`slice` is then −1). Computed from the facts, never from the rows.
    public var totals: [AnswerRow]
    /// What should be known of it before it is relied on.
    public var doubts: [AnswerDoubt] = []

    /// The whole period, all groups.
    public var total: AnswerRow { totals[totals.count - 1] }
}
