package import Definitions
package import EventModel

/// What comparing one figure of two sides finds.
package enum FigureOutcome: String, CaseIterable, Sendable {
    case same
    case differs
    /// One side can't be asked: it has no such KPI, statistic, dimension or period.
    case notDefined = "not_defined_then"
    /// A side gives no figure though there is one, so that nothing was compared.
    case refused
}

/// What one side of a comparison says to one question.
package enum FigureSide: Sendable {
    /// Figures by where they stand; a group that has none has nothing there.
    case figures([FigurePlace: Figure], Definitions.Unit)
    /// It can't be asked that, and why.
    case notDefined(QueryFaults)
    /// It was asked and gives none.
    case refused(WhyNotCompared)
}

/// Where a figure stands among those of one question.
package struct FigurePlace: Hashable, Sendable {
    /// The period, or the piece of it.
    package var period: Period
    /// A value for each dimension of the split; "" is nobody.
    package var key: [String]

    package init(_ period: Period, _ key: [String]) {
        self.period = period
        self.key = key
    }
}

/// Why figures were not compared.
package enum WhyNotCompared: Hashable, Sendable {
    /// One side has none of that name.
    case undefined
    /// Neither side shows what respondents answered there.
    case withheld
    /// They are answered from no stored rows, or there are none of that definition.
    case notStored
    /// A side's numbers are too large to add up exactly.
    case tooLarge
    /// What a side says instead.
    case fault(String)

    /// The reason as programs read it; "" where the outcome says it.
    package var text: String {
        switch self {
        case .undefined: ""
        case .withheld: "withheld"
        case .notStored: "not_stored"
        case .tooLarge: "too_large"
        case .fault(let text): text
        }
    }
}

/// A figure that two sides say otherwise.
package struct ChangedFigure: Sendable {
    /// The KPI or statistic, as it is typed.
    package var name: String
    /// The dimensions of the split.
    package var by: [String]
    package var place: FigurePlace
    package var before: Figure
    package var after: Figure
    /// What each side's numbers are.
    package var units: (before: Definitions.Unit, after: Definitions.Unit)

    /// The dimensions' values; empty for all together.
    package var key: [(dimension: String, value: String)] {
        zip(by, place.key).map { (dimension: $0, value: $1) }
    }
}

/// Figures of one name that were not compared, for one reason.
package struct NotCompared: Sendable {
    package var name: String
    package var outcome: FigureOutcome
    package var why: WhyNotCompared
    /// The splits it is about: `agent`, or several dimensions; empty for all together.
    package var splits: [[String]]
    /// How many figures, as far as a side tells.
    package var count: Int
}

/// Holds the figures of two sides against each other, question by question: two states of the log, two
/// snapshots, two versions of a projection, stored rows and entries.
///
/// A figure is its value, its currency, the facts behind it and why there is none (`Figure.isSame`).
/// Each is one of four outcomes, and what was not compared is never counted as compared.
///
///     var comparison = FigureComparison()
///     try comparison.ask("csat", by: ["agent"], before, after)
package struct FigureComparison {
    /// How many figures came out how.
    package private(set) var counts: [FigureOutcome: Int] = [:]
    /// Those that differ, in the order of the questions, each by period and group.
    package private(set) var differing: [ChangedFigure] = []
    /// What was not compared, in the order of the questions.
    package private(set) var notCompared: [NotCompared] = []

    package init() {}

    /// How many figures were compared.
    package var compared: Int { count(.same) + count(.differs) }

    package func count(_ outcome: FigureOutcome) -> Int { counts[outcome] ?? 0 }

    /// Compares what two sides say to a question.
    ///
    /// - Parameter splits: the dimensions it is split by.
    /// - Returns: the faults of a name that neither side has; nothing is counted then.
    /// - Complexity: O(figures).
    @discardableResult
    package mutating func compare(
        _ name: String, by split: [String], _ before: FigureSide, _ after: FigureSide
    ) -> QueryFaults? {
        switch (before, after) {
        case (.notDefined, .notDefined(let faults)): return faults
        case (.figures(let old, let oldUnit), .figures(let new, let newUnit)):
            let nothing = Figure(value: .none, count: 0, reason: .nothing)
            for place in Set(old.keys).union(new.keys).sorted() {
                let (was, now) = (old[place] ?? nothing, new[place] ?? nothing)
                let isShown = was.value.hasValue || now.value.hasValue
                if !isShown, was.isWithheld || now.isWithheld {
                    add(name, split, .refused, .withheld, 1)
                } else if oldUnit == newUnit,
                    was.isSame(as: now)
                        || (old[place] == nil || new[place] == nil) && was.isOfNothing
                            && now.isOfNothing
                            && was.value.hasValue == now.value.hasValue
                {
                    counts[.same, default: 0] += 1
                } else {
                    counts[.differs, default: 0] += 1
                    differing.append(
                        ChangedFigure(
                            name: name, by: split, place: place, before: was, after: now,
                            units: (oldUnit, newUnit)))
                }
            }
        case (.notDefined, let other), (let other, .notDefined):
            add(name, split, .notDefined, .undefined, other.count)
        case (.refused(let why), let other), (let other, .refused(let why)):
            add(name, split, .refused, why, other.count)
        }
        return nil
    }

    private mutating func add(
        _ name: String, _ split: [String], _ outcome: FigureOutcome, _ why: WhyNotCompared,
        _ count: Int
    ) {
        counts[outcome, default: 0] += count
        let known = notCompared.lastIndex { $0.name == name && $0.why == why }
        guard let known else {
            notCompared.append(
                NotCompared(name: name, outcome: outcome, why: why, splits: [split], count: count))
            return
        }
        if !notCompared[known].splits.contains(split) { notCompared[known].splits.append(split) }
        notCompared[known].count += count
    }
}

extension FigureSide {
    /// What a state answers to a question of one column.
    ///
    /// - Throws: `QueryFaults` of what can be asked but not answered: too many rows, too little memory,
    ///   rows that don't add up. What the store throws.
    package init(_ answer: () throws -> Answer) throws {
        do {
            self.init(try answer(), column: 0)
        } catch let faults as QueryFaults {
            guard let outcome = faults.outcome else { throw faults }
            self =
                outcome == .notDefined
                ? .notDefined(faults)
                : .refused(faults.areTooLarge ? .tooLarge : .fault(faults.description))
        }
    }

    private init(_ answer: Answer, column: Int) {
        // All groups together are the whole period, but where it is asked for by pieces.
        let isWhole = answer.dimensions.isEmpty && answer.grain == nil
        let rows = (isWhole ? [answer.total] : answer.rows).map { row in
            let period = row.slice < 0 ? answer.period : answer.slices[row.slice].period
            return (FigurePlace(period, row.key), row.figures[column])
        }
        self = .figures(Dictionary(rows, uniquingKeysWith: { $1 }), answer.columns[column].unit)
    }

    /// What a state answers to a question of several columns, each of which is a question by itself:
    /// one that can't be asked or answered takes no other with it.
    ///
    /// - Throws: as `init(_:)` does.
    package static func columns(
        of request: QueryRequest, _ answer: (QueryRequest) throws -> Answer
    ) throws -> [FigureSide] {
        do {
            let answer = try answer(request)
            return answer.columns.indices.map { FigureSide(answer, column: $0) }
        } catch let faults as QueryFaults where faults.outcome != nil {
            return try request.kpis.map { name in
                var one = request
                one.kpis = [name]
                return try FigureSide { try answer(one) }
            }
        }
    }

    /// How many figures it gives, or stands for.
    fileprivate var count: Int {
        if case .figures(let figures, _) = self { max(1, figures.count) } else { 1 }
    }
}

extension FigurePlace: Comparable {
    /// By period, then by group.
    package static func < (left: FigurePlace, right: FigurePlace) -> Bool {
        let (one, other) = (left.period.days, right.period.days)
        if one != other {
            return (one.lowerBound, one.upperBound) < (other.lowerBound, other.upperBound)
        }
        return left.key.lexicographicallyPrecedes(right.key)
    }
}

extension QueryFault {
    /// What it means for a comparison where one side only has it; nil for a fault of both, or of none.
    fileprivate var outcome: FigureOutcome? {
        switch self {
        case .unknownKPI, .unknownStatistic, .unknownDimension, .missingDimension: .notDefined
        case .notBuilt, .otherRows, .missingMeasure, .circular, .notAStock, .differentKinds,
            .tooLarge:
            .refused
        case .noKPI, .unknownValue, .ambiguousValue, .tooManyRows, .tooMuchMemory, .negative: nil
        }
    }
}

extension QueryFaults {
    /// What they mean where one of two states has them: not defined there, or refused; nil where one is
    /// a fault of the question itself, or of the machine.
    package var outcome: FigureOutcome? {
        let outcomes = faults.map(\.outcome)
        if outcomes.contains(nil) { return nil }
        return outcomes.contains(.refused) ? .refused : .notDefined
    }

    /// Whether what was asked for has figures, but none that add up exactly: no fault of the question,
    /// of the store or of the machine, so that other figures are given without these.
    package var areTooLarge: Bool {
        faults.allSatisfy { if case .tooLarge = $0 { true } else { false } }
    }
}

extension Figure {
    /// Whether it says that there is nothing: 0 of no facts, or no value for want of any.
    package var isOfNothing: Bool {
        count ?? 0 == 0 && (value.hasValue ? value.numerator == 0 : reason == .nothing)
    }

    /// Whether two figures say the same: value, currency, facts behind it, and why there is none.
    package func isSame(as other: Figure) -> Bool {
        guard count == other.count, reason == other.reason, currency == other.currency else {
            return false
        }
        guard value.hasValue, other.value.hasValue else {
            return value.hasValue == other.value.hasValue
        }
        return Fraction.compare(value, other.value) == 0
    }
}

extension FigureComparison {
    /// The dimensions by which a snapshot and a comparison split figures.
    package static let usualDimensions = ["agent", "team", "channel"]
}

extension AskedState {
    /// All together, and each usual dimension that a KPI can be split by.
    package func usualSplits(of name: String) throws -> [[String]] {
        let known = try dimensions(of: name)
        return [[]] + FigureComparison.usualDimensions.filter(known.contains).map { [$0] }
    }
}
