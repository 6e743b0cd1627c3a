/// A KPI's formula with its aggregates looked up: what is evaluated for each group.
///
/// Its parts stand in a list, each after those that it is made of, which it names by their places. A KPI
/// that is used in several places is one part, so that KPIs which use each other in a ladder take as
/// many parts as are written down, not as many as come out when each is put in for its name.
struct Expression {
    /// A part; numbers are the places of other parts.
    enum Part {
        case number(Fraction)
        case term(Term)
        /// Different values of several streams together.
        case union([Term])
        case sum(Int, Int)
        case difference(Int, Int)
        case product(Int, Int)
        case quotient(Int, Int)
        case negated(Int)
        /// Days of the period, and its months.
        case days
        case months
    }

    /// An aggregate of one stream of one projection.
    struct Term: Hashable {
        var projection: Int
        var stream: Int
        var function: Function

        enum Function: Hashable {
            case count
            case sum
            case mean
            case stock(ofMeasure: Bool)
            /// In stock at the start; different values in stock at the start, and those kept.
            case start
            case started
            case kept
            /// Place among the stream's statistics.
            case statistic(Int)
            /// Likewise; 0 where there is no value.
            case distinct(Int)
        }
    }

    /// The last one is the whole formula.
    private(set) var parts: [Part] = []

    /// Adds a part that is made of earlier ones.
    ///
    /// - Returns: its place.
    mutating func add(_ part: Part) -> Int {
        parts.append(part)
        return parts.count - 1
    }

    /// What the whole formula is.
    var whole: Part { parts[parts.count - 1] }

    /// What comes out where each part is worked out from those before it.
    private func folded<Value, Failure: Error>(
        _ value: (Part, [Value]) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var values: [Value] = []
        values.reserveCapacity(parts.count)
        for part in parts { values.append(try value(part, values)) }
        return values[parts.count - 1]
    }

    /// The value of a group.
    func value(
        of group: Int, in figures: [CellFigures], length: PeriodLength
    ) throws(Fraction.Overflow) -> Fraction {
        try folded { (part, values: [Fraction]) throws(Fraction.Overflow) in
            switch part {
            case .number(let number): return number
            case .days: return Fraction(length.days)
            case .months: return length.months
            case .term(let term): return term.value(of: group, in: figures[term.projection])
            case .union(let terms):
                return Fraction(Expression.members(of: terms, group, in: figures).count)
            case .sum(let left, let right): return try values[left].adding(values[right])
            case .difference(let left, let right):
                return try values[left].subtracting(values[right])
            case .product(let left, let right):
                return try values[left].multiplied(by: values[right])
            case .quotient(let left, let right):
                return try values[left].divided(by: values[right])
            case .negated(let inner): return try values[inner].negated()
            }
        }
    }

    /// The values that occur in at least one of some streams.
    ///
    /// - Complexity: O(values of the group).
    static func members(of terms: [Term], _ group: Int, in figures: [CellFigures]) -> Set<Int64> {
        var found: Set<Int64> = []
        for term in terms {
            found.formUnion(figures[term.projection].members(group, stream: term.stream))
        }
        return found
    }

    /// The streams whose facts the value rests on: a quotient's below, all parts of a sum, else the
    /// first named.
    var basis: [Term] {
        folded { part, bases in
            func first(_ one: Int, _ other: Int) -> [Term] {
                bases[one].isEmpty ? bases[other] : bases[one]
            }
            switch part {
            case .number, .days, .months: return []
            case .term(let term): return [term]
            case .union(let terms): return terms
            case .negated(let inner): return bases[inner]
            case .quotient(let left, let right): return first(right, left)
            case .sum(let left, let right):
                return bases[left] + bases[right].filter { !bases[left].contains($0) }
            case .difference(let left, let right), .product(let left, let right):
                return first(left, right)
            }
        }
    }

    /// How the value grows with the period's length: 1 numbers and sums, 0 means, shares, percentiles
    /// and stocks.
    var growth: Int {
        folded { part, growths in
            switch part {
            case .number: return 0
            case .days, .months: return 1
            case .term(let term): return term.growsWithTime ? 1 : 0
            case .union: return 1
            case .negated(let inner): return growths[inner]
            case .sum(let left, let right), .difference(let left, let right):
                return max(growths[left], growths[right])
            // A ladder of products doubles it at every step.
            case .product(let left, let right):
                return Expression.bounded(growths[left] + growths[right])
            case .quotient(let left, let right):
                return Expression.bounded(growths[left] - growths[right])
            }
        }
    }

    private static func bounded(_ growth: Int) -> Int { min(max(growth, -1 << 32), 1 << 32) }

    /// The value where there are no facts: 0 of numbers and sums, none of means and shares.
    var whenEmpty: Fraction {
        folded { part, values in
            func joined(
                _ left: Int, _ right: Int, _ join: (Fraction, Fraction) throws -> Fraction
            ) -> Fraction {
                (try? join(values[left], values[right])) ?? .none
            }
            switch part {
            case .number(let number): return number
            case .days, .months: return Fraction(1)
            case .term(let term): return term.whenEmpty
            case .union: return Fraction(0)
            case .negated(let inner): return (try? values[inner].negated()) ?? .none
            case .sum(let left, let right): return joined(left, right) { try $0.adding($1) }
            case .difference(let left, let right):
                return joined(left, right) { try $0.subtracting($1) }
            case .product(let left, let right):
                return joined(left, right) { try $0.multiplied(by: $1) }
            case .quotient(let left, let right):
                return joined(left, right) { try $0.divided(by: $1) }
            }
        }
    }

    /// Every aggregate in it, once, in the order of the formula.
    var terms: [Term] {
        var found: [Term] = []
        for part in parts {
            switch part {
            case .term(let term): if !found.contains(term) { found.append(term) }
            case .union(let terms): found += terms.filter { !found.contains($0) }
            case .number, .days, .months, .sum, .difference, .product, .quotient, .negated: break
            }
        }
        return found
    }
}

extension Expression.Term {
    /// Whether longer periods have more of it.
    fileprivate var growsWithTime: Bool {
        switch function {
        case .count, .sum, .distinct: true
        case .mean, .stock, .start, .started, .kept, .statistic: false
        }
    }

    fileprivate var whenEmpty: Fraction {
        switch function {
        case .count, .sum, .distinct, .stock, .start, .started, .kept: Fraction(0)
        case .mean, .statistic: .none
        }
    }

    func value(of group: Int, in figures: CellFigures) -> Fraction {
        switch function {
        case .count: return Fraction(figures.count(group, stream: stream))
        case .sum: return Fraction(figures.sum(group, stream: stream))
        case .mean:
            return Fraction(
                figures.sum(group, stream: stream),
                over: Int128(figures.count(group, stream: stream)))
        case .stock(let ofMeasure):
            return Fraction(figures.stock(group, stream: stream, ofMeasure: ofMeasure))
        case .start: return Fraction(figures.start(group, stream: stream))
        case .started, .kept:
            return Fraction(figures.stayed(group, stream: stream, kept: function == .kept))
        case .statistic(let place):
            return figures.statistic(group, stream: stream, place: place).map { Fraction($0) }
                ?? .none
        case .distinct(let place):
            return Fraction(figures.statistic(group, stream: stream, place: place) ?? 0)
        }
    }
}
