/// A KPI's formula with its aggregates looked up: what is evaluated for each group.
indirect enum Expression {
    case number(Fraction)
    case term(Term)
    /// Different values of several streams together.
    case union([Term])
    case sum(Expression, Expression)
    case difference(Expression, Expression)
    case product(Expression, Expression)
    case quotient(Expression, Expression)
    case negated(Expression)
    /// Days of the period, and its months.
    case days
    case months

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

    /// The value of a group.
    func value(
        of group: Int, in figures: [CellFigures], length: PeriodLength
    ) throws(Fraction.Overflow) -> Fraction {
        func value(_ part: Expression) throws(Fraction.Overflow) -> Fraction {
            try part.value(of: group, in: figures, length: length)
        }
        switch self {
        case .number(let number): return number
        case .days: return Fraction(length.days)
        case .months: return length.months
        case .term(let term): return term.value(of: group, in: figures[term.projection])
        case .union(let terms):
            return Fraction(Expression.members(of: terms, group, in: figures).count)
        case .sum(let left, let right): return try value(left).adding(value(right))
        case .difference(let left, let right): return try value(left).subtracting(value(right))
        case .product(let left, let right): return try value(left).multiplied(by: value(right))
        case .quotient(let left, let right): return try value(left).divided(by: value(right))
        case .negated(let part): return try value(part).negated()
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
        func first(_ one: Expression, _ other: Expression) -> [Term] {
            let basis = one.basis
            return basis.isEmpty ? other.basis : basis
        }
        switch self {
        case .number, .days, .months: return []
        case .term(let term): return [term]
        case .union(let terms): return terms
        case .negated(let part): return part.basis
        case .quotient(let left, let right): return first(right, left)
        case .sum(let left, let right):
            let basis = left.basis
            return basis + right.basis.filter { !basis.contains($0) }
        case .difference(let left, let right), .product(let left, let right):
            return first(left, right)
        }
    }

    /// How the value grows with the period's length: 1 numbers and sums, 0 means, shares, percentiles
    /// and stocks.
    var growth: Int {
        switch self {
        case .number: 0
        case .days, .months: 1
        case .term(let term): term.growsWithTime ? 1 : 0
        case .union: 1
        case .negated(let part): part.growth
        case .sum(let left, let right), .difference(let left, let right):
            max(left.growth, right.growth)
        case .product(let left, let right): left.growth + right.growth
        case .quotient(let left, let right): left.growth - right.growth
        }
    }

    /// The value where there are no facts: 0 of numbers and sums, none of means and shares.
    var whenEmpty: Fraction {
        func joined(
            _ left: Expression, _ right: Expression,
            _ join: (Fraction, Fraction) throws -> Fraction
        ) -> Fraction {
            (try? join(left.whenEmpty, right.whenEmpty)) ?? .none
        }
        switch self {
        case .number(let number): return number
        case .days, .months: return Fraction(1)
        case .term(let term): return term.whenEmpty
        case .union: return Fraction(0)
        case .negated(let part): return (try? part.whenEmpty.negated()) ?? .none
        case .sum(let left, let right): return joined(left, right) { try $0.adding($1) }
        case .difference(let left, let right): return joined(left, right) { try $0.subtracting($1) }
        case .product(let left, let right): return joined(left, right) { try $0.multiplied(by: $1) }
        case .quotient(let left, let right): return joined(left, right) { try $0.divided(by: $1) }
        }
    }

    /// Every aggregate in it.
    var terms: [Term] {
        switch self {
        case .number, .days, .months: []
        case .term(let term): [term]
        case .union(let terms): terms
        case .negated(let part): part.terms
        case .quotient(let left, let right), .sum(let left, let right),
            .difference(let left, let right), .product(let left, let right):
            left.terms + right.terms
        }
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
