import Definitions
import EventModel
import Projections

/// What groups' terms add up to.
struct GroupSums {
    private var values: [Fraction]
    private var sums: [Int128?]
    private var counts: [Int64]

    /// Nothing yet of some terms.
    init(_ terms: [Explanation.Term]) {
        // Whole numbers, where what is added is no sum of values.
        values = terms.map { _ in Fraction(0) }
        sums = terms.map { $0.sum.map { _ in 0 } }
        counts = terms.map { _ in 0 }
    }

    /// Adds a group's terms, in the same order.
    mutating func add(_ terms: [Explanation.Term]) {
        for (place, term) in terms.enumerated() {
            counts[place] += term.count
            if let sum = term.sum { sums[place]? += sum }
            if term.sum == nil, term.value.hasValue {
                values[place] = Fraction(values[place].numerator + term.value.numerator)
            }
        }
    }

    /// Whether they are those of the whole; nil where nothing of it can be added.
    func addUp(to terms: [Explanation.Term]) -> Bool? {
        guard terms.contains(where: \.isAdditive) else { return nil }
        return terms.indices.allSatisfy { place in
            let term = terms[place]
            return !term.isAdditive
                || counts[place] == term.count && sums[place] == term.sum
                    && (term.sum != nil || values[place] == term.value)
        }
    }
}

extension Answer {
    /// What it says of one group, as if that were all it had been asked.
    func group(_ row: AnswerRow) -> Answer {
        var part = self
        var total = row
        total.slice = -1
        part.rows = [row]
        part.totals = [total]
        part.filters += zip(dimensions, row.key).map { ($0.name, [$1]) }
        return part
    }
}

extension Explanation {
    /// What is behind one figure of a planned question.
    ///
    /// - Parameters:
    ///   - answer: the figure is its total.
    ///   - stored: what the projections' rows give.
    ///   - again: the same from the traced facts.
    ///   - group: which of their groups it is of; nil for all together.
    ///   - open: for how long each projection's facts may change, where only those that may are
    ///     wanted; nil for all.
    init(
        of plan: QueryPlan, answer: Answer, formula: Formula?, traced: [TracedFacts],
        stored: QueryEvaluation.Measured, again: QueryEvaluation.Measured, group: Int?,
        open: (settling: Settling, reaches: [Reach])?
    ) throws {
        let figure = answer.total.figures[0]
        let listed = group.map { again.isPresent[$0] ? again.cells[$0][0] : nil } ?? again.whole[0]
        self.init(
            answer: answer, formula: formula, terms: [], parts: [], isOpenOnly: open != nil,
            addsUp: listed.map { $0.value == figure.value && $0.count == figure.count } ?? false)
        let asked = plan.outputs[0].expression.terms
        var columns = plan.projections.map { _ in [Int]() }
        for term in asked where !columns[term.projection].contains(term.stream) {
            columns[term.projection].append(term.stream)
        }
        for term in asked {
            let term = try Self.term(
                term, plan, traced[term.projection], stored.value(of: term, in: group),
                again.value(of: term, in: group),
                column: columns[term.projection].firstIndex(of: term.stream) ?? 0)
            if term.value != term.listed { addsUp = false }
            terms.append(term)
        }
        for (place, facts) in traced.enumerated() {
            let windows = plan.outputs[0].windows.filter { $0.projection == place }
                .map { plan.projections[place].streams[$0.stream] }
            let shown =
                open.map {
                    facts.open($0.settling, reach: $0.reaches[place], windows: windows)
                } ?? facts
            parts.append(try Self.part(plan.projections[place], columns[place], shown))
        }
        if isOpenOnly {
            // Ranks are among all facts, of which only some are listed.
            for index in terms.indices { terms[index].marked = nil }
        }
    }

    private static func term(
        _ term: Expression.Term, _ plan: QueryPlan, _ traced: TracedFacts,
        _ stored: Fraction, _ again: Fraction, column: Int
    ) throws -> Term {
        let projection = plan.projections[term.projection]
        let stream = projection.streams[term.stream]
        var found = Term(
            aggregate: try aggregate(term, projection), part: term.projection, column: column,
            value: stored, listed: again, sum: nil, count: 0,
            marked: nil, isCount: false, isAdditive: term.isAdditive)
        // Added up here, one fact after the other, as anybody would who has the list.
        var sum: Int128 = 0
        for fact in traced.facts {
            guard let value = stream.value(of: fact) else { continue }
            found.count += fact.multiplicity
            sum += Int128(value) * Int128(fact.multiplicity)
        }
        switch term.function {
        case .count:
            found.isCount = true
            found.listed = Fraction(found.count)
        case .sum:
            found.sum = sum
            found.listed = Fraction(sum)
        case .mean:
            found.sum = sum
            found.listed = Fraction(sum, over: Int128(found.count))
        case .statistic:
            guard found.value.hasValue else { break }
            found.marked = traced.facts.firstIndex { fact in
                stream.value(of: fact).map { Fraction($0) == found.value } ?? false
            }
        default: found.isCount = term.isCount
        }
        return found
    }

    /// The aggregate that a term was compiled from, as far as its words need it.
    private static func aggregate(
        _ term: Expression.Term, _ projection: ProjectionPlan
    ) throws -> Aggregate {
        let layout = projection.source.layout
        let stream = projection.streams[term.stream]
        var aggregate = Aggregate(
            function: term.aggregateFunction(projection), projection: layout.projection,
            measure: measure(of: stream, layout))
        for filter in stream.filters {
            aggregate.filter[layout.dimensions[filter.column - 1].name] = try filter.ids.map {
                try projection.source.text(ofDimension: filter.column - 1, id: $0)
            }
        }
        return aggregate
    }

    private static func measure(of stream: FactStream, _ layout: FactLayout) -> String? {
        stream.measure.map { layout.measures[($0 - layout.offset(ofMeasure: 0)) / 2] }
    }

    private static func part(
        _ plan: ProjectionPlan, _ streams: [Int], _ traced: TracedFacts
    ) throws -> Part {
        let definition = traced.origin.source.definition
        let layout = traced.layout
        var moments: [String] = []
        var columns: [Column] = []
        for place in streams {
            let stream = plan.streams[place]
            let name = measure(of: stream, layout)
            var title = name ?? (layout.isStock ? "in stock" : "facts")
            for filter in stream.filters {
                let values = try filter.ids.map {
                    try traced.text(ofDimension: filter.column - 1, id: $0)
                }
                title += " (\(values.joined(separator: ", ")))"
            }
            let source = definition.measures.first { $0.name == name }?.source
            if case .duration(let duration)? = source {
                for name in [duration.from, duration.to] where !moments.contains(name) {
                    moments.append(name)
                }
            }
            columns.append(.init(title: title, kind: .init(source), stream: stream))
        }
        return Part(
            definition: definition, columns: columns, moments: moments,
            isAnonymous: layout.isAnonymous, traced: traced)
    }
}

extension Explanation.Column.Kind {
    fileprivate init(_ source: MeasureSource?) {
        switch source {
        case nil: self = .fact
        case .duration: self = .duration
        case .flag: self = .mark
        case .name: self = .name
        default: self = .number
        }
    }
}

extension Expression.Term {
    /// Whether it is a running sum.
    var isStock: Bool {
        if case .stock = function { return true }
        return false
    }

    /// Whether its number is a number of things, not a measured value.
    var isCount: Bool {
        switch function {
        case .count, .distinct, .start, .started, .kept: true
        case .stock(let ofMeasure): !ofMeasure
        default: false
        }
    }

    /// Whether groups' values, sums and numbers of facts add up to those of the whole.
    var isAdditive: Bool {
        switch function {
        case .count, .sum, .mean, .stock, .start: true
        case .distinct, .started, .kept, .statistic: false
        }
    }

    /// The function it was compiled from.
    func aggregateFunction(_ plan: ProjectionPlan) -> AggregateFunction {
        switch function {
        case .count: return .count
        case .sum: return .sum
        case .mean: return .mean
        case .stock: return .stock
        case .start, .started: return .start
        case .kept: return .kept
        case .distinct: return .distinct
        case .statistic(let place):
            switch plan.statistics[stream][place] {
            case .minimum: return .minimum
            case .maximum: return .maximum
            case .distinct, .members: return .distinct
            case .percentile(let percent): return .percentile(percent)
            }
        }
    }
}
