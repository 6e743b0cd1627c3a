/// What is wrong in a formula, and at which Unicode scalar of its text.
struct FormulaFault: Error {
    var offset: Int
    var what: String
    var expected = ""
    var word: String?
    var candidates: [String] = []
}

/// An aggregate of a formula, and where it stands.
struct PlacedAggregate {
    var aggregate: Aggregate
    var projectionAt: Int
    var measureAt: Int
    var filterAt: [String: Int]
    var offset: Int
}

/// Parses `100 * count(nps.promoter) / count(nps)`.
///
///     formula   = term { ("+" | "-") term }
///     term      = factor { ("*" | "/") factor }
///     factor    = "-" factor | number | "(" formula ")" | length | aggregate | kpi
///     length    = ( "days" | "weeks" | "months" ) "()"
///     aggregate = function "(" measured { "," measured } ")"
///     measured  = projection [filter] ["." measure] [filter]
///     filter    = "[" dimension "=" value { "|" value } { "," … } "]"
struct FormulaParser {
    /// Parentheses, signs and operations within each other.
    static let deepest = 64
    /// Measures whose different values are counted together.
    static let mostTogether = 16
    static let functions = [
        "count", "sum", "mean", "min", "max", "distinct", "stock", "start", "kept", "p50", "days",
        "weeks", "months",
    ]

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    /// Aggregates and KPIs in the order they stand, for checking.
    private(set) var aggregates: [PlacedAggregate] = []
    /// Those whose different values are counted together.
    private(set) var unions: [[PlacedAggregate]] = []
    private(set) var kpis: [(name: String, offset: Int)] = []

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The whole text as one formula.
    mutating func parse() throws(FormulaFault) -> Formula {
        let formula = try sum()
        skipBlanks()
        guard index == scalars.count else {
            throw fault("\"\(scalars[index])\" follows a complete formula", "an operator: + - * /")
        }
        guard depthOf(formula) <= FormulaParser.deepest else {
            throw FormulaFault(
                offset: 0, what: "this formula is nested too deep",
                expected: "at most \(FormulaParser.deepest) levels")
        }
        return formula
    }

    private func depthOf(_ formula: Formula) -> Int {
        switch formula {
        case .number, .time, .aggregate, .union, .periodDays, .periodMonths, .kpi: 1
        case .negated(let inner): 1 + depthOf(inner)
        case .sum(let left, let right), .difference(let left, let right),
            .product(let left, let right), .quotient(let left, let right):
            1 + max(depthOf(left), depthOf(right))
        }
    }

    private mutating func sum() throws(FormulaFault) -> Formula {
        var left = try product()
        while let sign = take(["+", "-"]) {
            let right = try product()
            left = sign == "+" ? .sum(left, right) : .difference(left, right)
        }
        return left
    }

    private mutating func product() throws(FormulaFault) -> Formula {
        var left = try factor()
        while let sign = take(["*", "/", "×", "÷"]) {
            let right = try factor()
            left = sign == "*" || sign == "×" ? .product(left, right) : .quotient(left, right)
        }
        return left
    }

    private mutating func factor() throws(FormulaFault) -> Formula {
        depth += 1
        defer { depth -= 1 }
        guard depth <= FormulaParser.deepest else {
            throw fault(
                "this formula is nested too deep", "at most \(FormulaParser.deepest) levels")
        }
        if take(["-", "−"]) != nil { return .negated(try factor()) }
        if take(["("]) != nil {
            let inner = try sum()
            try expect(")")
            return inner
        }
        skipBlanks()
        guard index < scalars.count else {
            throw fault("the formula ends too early", "a number, a function or a KPI")
        }
        if isDigit(scalars[index]) { return try number() }
        let start = index
        let name = word()
        guard !name.isEmpty else {
            throw fault(
                "\"\(scalars[index])\" stands where a value should",
                "a number, a function such as count(…), or a KPI")
        }
        guard take(["("]) != nil else {
            kpis.append((name, start))
            return .kpi(name)
        }
        if let length = FormulaParser.length(name) {
            try expect(")")
            return length
        }
        guard let function = FormulaParser.function(name) else {
            throw FormulaFault(
                offset: start, what: "there is no function \"\(name)\"", word: name,
                candidates: FormulaParser.functions)
        }
        return try measured(function, from: start)
    }

    /// The period's length by a name; nil where it is none.
    private static func length(_ name: String) -> Formula? {
        switch name {
        case "days": .periodDays
        case "weeks": .quotient(.periodDays, .number(numerator: 7, denominator: 1))
        case "months": .periodMonths
        default: nil
        }
    }

    /// The function of a name: `p90` is a percentile, from `p1` to `p100`.
    static func function(_ name: String) -> AggregateFunction? {
        switch name {
        case "count": return .count
        case "sum": return .sum
        case "mean": return .mean
        case "min": return .minimum
        case "max": return .maximum
        case "distinct": return .distinct
        case "stock": return .stock
        case "start": return .start
        case "kept": return .kept
        default:
            guard name.hasPrefix("p"), let percent = Int(name.dropFirst()),
                (1...100).contains(percent), name == "p\(percent)"
            else { return nil }
            return .percentile(percent)
        }
    }

    /// What stands in a function's parentheses: one measure, or several whose different values are
    /// counted together.
    private mutating func measured(
        _ function: AggregateFunction, from start: Int
    ) throws(FormulaFault) -> Formula {
        var found = [try aggregate(function, from: start)]
        while take([","]) != nil {
            guard function == .distinct else {
                throw FormulaFault(
                    offset: index - 1, what: "only distinct(…) takes several measures",
                    expected: "one measure here, or a sum of functions")
            }
            skipBlanks()
            found.append(try aggregate(function, from: index))
        }
        try expect(")")
        guard found.count > 1 else { return .aggregate(found[0].aggregate) }
        guard found.count <= FormulaParser.mostTogether else {
            throw FormulaFault(
                offset: start, what: "\(found.count) measures are counted together",
                expected: "at most \(FormulaParser.mostTogether)")
        }
        unions.append(found)
        return .union(found.map(\.aggregate))
    }

    private mutating func aggregate(
        _ function: AggregateFunction, from start: Int
    ) throws(FormulaFault) -> PlacedAggregate {
        skipBlanks()
        let projectionAt = index
        let projection = word()
        guard !projection.isEmpty else {
            throw fault("no projection stands in the parentheses", "such as count(ticket_volume)")
        }
        var placed = PlacedAggregate(
            aggregate: Aggregate(function: function, projection: projection),
            projectionAt: projectionAt, measureAt: projectionAt, filterAt: [:], offset: start)
        try filter(into: &placed)
        if take(["."]) != nil {
            skipBlanks()
            placed.measureAt = index
            let measure = word()
            guard !measure.isEmpty else { throw fault("no measure follows the point", "its name") }
            placed.aggregate.measure = measure
            try filter(into: &placed)
        }
        aggregates.append(placed)
        return placed
    }

    private mutating func filter(into placed: inout PlacedAggregate) throws(FormulaFault) {
        guard take(["["]) != nil else { return }
        repeat {
            skipBlanks()
            let at = index
            let dimension = word()
            guard !dimension.isEmpty else {
                throw fault("a filter names no dimension", "such as [reason=complaint]")
            }
            guard placed.aggregate.filter[dimension] == nil else {
                throw FormulaFault(
                    offset: at, what: "\"\(dimension)\" is filtered twice",
                    expected: "one list of values: \(dimension)=a|b")
            }
            try expect("=")
            var values = [try filterValue()]
            while take(["|"]) != nil { values.append(try filterValue()) }
            placed.aggregate.filter[dimension] = values
            placed.filterAt[dimension] = at
        } while take([","]) != nil
        try expect("]")
    }

    private mutating func filterValue() throws(FormulaFault) -> String {
        skipBlanks()
        if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" {
            let quote = scalars[index]
            let start = index + 1
            guard let end = scalars[start...].firstIndex(of: quote) else {
                throw fault("this quote is not closed", "another \(quote)")
            }
            index = end + 1
            return text(start..<end)
        }
        let start = index
        while index < scalars.count, isWordPart(scalars[index]) || scalars[index] == "-" {
            index += 1
        }
        guard index > start else { throw fault("a filter has no value", "a word, or \"a text\"") }
        return text(start..<index)
    }

    /// An exact decimal: `0.5` is 1/2.
    private mutating func number() throws(FormulaFault) -> Formula {
        let start = index
        var numerator: Int64 = 0
        var denominator: Int64 = 1
        var isFraction = false
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == ".", !isFraction, index + 1 < scalars.count, isDigit(scalars[index + 1]) {
                isFraction = true
            } else if isDigit(scalar) {
                let (tens, overflow) = numerator.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = tens.addingReportingOverflow(Int64(scalar.value - 48))
                let (places, overflow3) = denominator.multipliedReportingOverflow(
                    by: isFraction ? 10 : 1)
                guard !overflow, !overflow2, !overflow3 else {
                    throw FormulaFault(
                        offset: start, what: "this number is too large or too long",
                        expected: "at most 18 digits")
                }
                numerator = sum
                denominator = places
            } else {
                break
            }
            index += 1
        }
        if index < scalars.count, isWordPart(scalars[index]) {
            var end = index
            while end < scalars.count, isWordPart(scalars[end]) { end += 1 }
            if !isFraction, let length = DurationText.milliseconds(text(start..<end)) {
                index = end
                return .time(milliseconds: length)
            }
            throw fault(
                "\"\(scalars[index])\" follows a number", "an operator: + - * /")
        }
        let divisor = greatestCommonDivisor(numerator, denominator)
        return .number(numerator: numerator / divisor, denominator: denominator / divisor)
    }

    private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        right == 0 ? max(left, 1) : greatestCommonDivisor(right, left % right)
    }

    // MARK: Scalars

    private func fault(_ what: String, _ expected: String) -> FormulaFault {
        FormulaFault(offset: min(index, max(0, scalars.count - 1)), what: what, expected: expected)
    }

    private mutating func skipBlanks() {
        while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
    }

    private mutating func take(_ choices: [Unicode.Scalar]) -> Unicode.Scalar? {
        skipBlanks()
        guard index < scalars.count, choices.contains(scalars[index]) else { return nil }
        index += 1
        return scalars[index - 1]
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(FormulaFault) {
        guard take([scalar]) == nil else { return }
        throw fault(
            index < scalars.count
                ? "\"\(scalars[index])\" stands where \"\(scalar)\" should"
                : "the formula ends too early", "\"\(scalar)\"")
    }

    private mutating func word() -> String {
        let start = index
        guard index < scalars.count, !isDigit(scalars[index]) else { return "" }
        while index < scalars.count, isWordPart(scalars[index]) { index += 1 }
        return text(start..<index)
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            || scalar == "_"
    }
}
