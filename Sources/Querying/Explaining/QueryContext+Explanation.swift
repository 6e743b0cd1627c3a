import Definitions
import EventModel
import Projections

/// Why a figure cannot be explained; each reads well after `Error: `.
package enum ExplanationFault: Error, Hashable, CustomStringConvertible {
    case oneKPI
    case withheld(below: Int)
    case followedStock(String)
    case notTraced(projection: String)

    package var description: String {
        switch self {
        case .oneKPI: "explain takes one KPI at a time, such as csat or first_response_time.p90."
        case .withheld(let below):
            "the figure is withheld because fewer than \(below) people answered; what they said "
                + "is not shown either. Ask for a longer --period, or without --agent and --team."
        case .followedStock(let kpi):
            "\(kpi) is a stock: what is in force of an agent is looked up at the period's end, not at "
                + "its entries. Explain it by --agent or --team."
        case .notTraced(let projection):
            "the facts of \(projection) are not at hand here. Ask with --as-of."
        }
    }
}

extension QueryContext {
    /// Explains one figure: the facts behind it, which add up to it.
    ///
    /// - Parameters:
    ///   - request: one KPI or statistic, without dimensions to split by, grain or comparison.
    ///   - isOpenOnly: list only the facts that may still change.
    /// - Throws: `QueryFaults`, `ExplanationFault`, `ProjectionFault.tooManyFacts`, or what the store
    ///   has to say.
    /// - Complexity: O(entries) for each projection; facts of the figure in memory.
    package func explanation(
        _ request: QueryRequest, onlyOpen isOpenOnly: Bool = false
    ) throws -> Explanation {
        guard request.kpis.count == 1 else { throw ExplanationFault.oneKPI }
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        let answer = try QueryEvaluation(context: self, plan: plan).answer()
        if case .withheld(let below) = answer.total.figures[0].reason {
            throw ExplanationFault.withheld(below: below)
        }
        let output = plan.outputs[0]
        var terms: [Expression.Term] = []
        for term in output.expression.terms where !terms.contains(term) { terms.append(term) }
        var listing = plan
        var traced: [TracedFacts] = []
        for (place, projection) in plan.projections.enumerated() {
            guard let origin = projection.source as? PrefixFacts else {
                throw ExplanationFault.notTraced(projection: projection.source.layout.projection)
            }
            if projection.usesStock, !projection.followedFilters.isEmpty {
                throw ExplanationFault.followedStock(request.kpis[0])
            }
            // Flows that cancel out are left away where nothing but the stock is asked for.
            let nets = terms.filter { $0.projection == place }.allSatisfy(\.isStock)
            let facts = try TracedFacts(
                projection, of: origin, days: plan.period.days, netting: nets)
            traced.append(facts)
            listing.projections[place].source = facts
        }
        let listed = try QueryEvaluation(context: self, plan: listing).answer()
        var explanation = Explanation(
            answer: answer, formula: try formula(of: output), terms: [], parts: [],
            isOpenOnly: isOpenOnly,
            addsUp: listed.total.figures[0].value == answer.total.figures[0].value
                && listed.total.figures[0].count == answer.total.figures[0].count)
        let stored = try Self.totals(plan)
        let again = try Self.totals(listing)
        var columns = plan.projections.map { _ in [Int]() }
        for term in terms where !columns[term.projection].contains(term.stream) {
            columns[term.projection].append(term.stream)
        }
        for term in terms {
            let term = try Self.term(
                term, plan, traced[term.projection], stored, again,
                column: columns[term.projection].firstIndex(of: term.stream) ?? 0)
            if term.value != term.listed { explanation.addsUp = false }
            explanation.terms.append(term)
        }
        let today = answer.basis.today
        let openDays = plan.projections.indices.map { place in
            terms.filter { $0.projection == place }.map { planner.openDays(of: $0) }.max() ?? 0
        }
        for (place, facts) in traced.enumerated() {
            let windows = output.windows.filter { $0.projection == place }
                .map { plan.projections[place].streams[$0.stream] }
            let listed =
                isOpenOnly
                ? facts.open(on: today, openDays: openDays[place], windows: windows) : facts
            explanation.parts.append(
                try Self.part(plan.projections[place], columns[place], listed))
        }
        if isOpenOnly {
            // Ranks are among all facts, of which only some are listed.
            for index in explanation.terms.indices { explanation.terms[index].marked = nil }
        }
        return explanation
    }

    private func formula(of output: QueryPlan.Output) throws -> String {
        guard let kpi = try kpi(output.column.kpi) else { return "" }
        let statistic = kpi.statistics.first { $0.name == output.column.statistic }
        return (statistic?.formula ?? kpi.value).inWords
    }

    /// Each projection's figures for the whole period, all groups together.
    private static func totals(_ plan: QueryPlan) throws -> [CellFigures] {
        let slices = [PeriodSlice(period: plan.period, whole: plan.period.first)]
        return try plan.projections.map { projection in
            let scan = try FactScan.run(projection, slices: slices, days: plan.period.days)
            return try CellFigures(
                scan, plan: projection, sliceCount: 1,
                by: .init(count: 1, group: { _, _ in 0 }, spansSlices: true))
        }
    }

    private static func term(
        _ term: Expression.Term, _ plan: QueryPlan, _ traced: TracedFacts,
        _ stored: [CellFigures], _ again: [CellFigures], column: Int
    ) throws -> Explanation.Term {
        let projection = plan.projections[term.projection]
        let stream = projection.streams[term.stream]
        var found = Explanation.Term(
            words: try aggregate(term, projection).inWords, part: term.projection, column: column,
            value: term.value(of: 0, in: stored[term.projection]),
            listed: term.value(of: 0, in: again[term.projection]), sum: nil, count: 0,
            marked: nil, isCount: false)
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
    ) throws -> Explanation.Part {
        let definition = traced.origin.source.definition
        let layout = traced.layout
        var moments: [String] = []
        var columns: [Explanation.Column] = []
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
        return Explanation.Part(
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
