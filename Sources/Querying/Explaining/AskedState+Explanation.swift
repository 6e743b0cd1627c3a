import Definitions
package import EventModel
import Projections

/// Why a figure cannot be explained; each reads well after `Error: `.
package enum ExplanationFault: Error, Hashable, CustomStringConvertible {
    case oneKPI
    case withheld(below: Int)
    case roundOpen(through: Day)
    case followedStock(String)
    case notTraced(projection: String)

    package var description: String {
        switch self {
        case .oneKPI: "explain takes one KPI at a time, such as csat or first_response_time.p90."
        case .withheld(let below):
            "the figure is withheld because fewer than \(below) people answered; what they said "
                + "is not shown either. Ask for a longer --period, or without --agent and --team."
        case .roundOpen(let day):
            "the figure is withheld because its round has not closed yet (its days end on \(day)); "
                + "what respondents answer is shown once it has."
        case .followedStock(let kpi):
            "\(kpi) is a stock: what is in force of an agent is looked up at the period's end, not at "
                + "its entries. Explain it by --agent or --team."
        case .notTraced(let projection):
            "the facts of \(projection) are not at hand here. Ask with --as-of."
        }
    }
}

extension AskedState {
    /// Explains one figure: the facts behind it, which add up to it; where it is split, each group's
    /// beside it.
    ///
    /// - Parameters:
    ///   - request: one KPI or statistic, without grain or comparison.
    ///   - isOpenOnly: list only the facts that may still change.
    /// - Throws: `QueryFaults`, `ExplanationFault`, `ProjectionFault.tooManyFacts`, or what the store
    ///   has to say.
    /// - Complexity: O(entries) for each projection, however many groups; facts of the figure in
    ///   memory.
    package func explanation(
        _ request: QueryRequest, onlyOpen isOpenOnly: Bool = false
    ) throws -> Explanation {
        guard request.kpis.count == 1 else { throw ExplanationFault.oneKPI }
        precondition(request.grain == nil && request.comparison == nil, "one figure")
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        let evaluation = QueryEvaluation(context: self, plan: plan)
        let reading = try evaluation.read()
        let stored = try evaluation.measure(reading.current, reading.groups.count)
        let answer = try evaluation.answer(from: reading, stored)
        switch answer.total.figures[0].reason {
        case .withheld(let below): throw ExplanationFault.withheld(below: below)
        case .roundOpen(let day): throw ExplanationFault.roundOpen(through: day)
        default: break
        }
        let formula = try formula(of: plan.outputs[0])
        let traced = try traced(plan)
        var listing = plan
        for place in listing.projections.indices {
            listing.projections[place].source = traced[place]
        }
        let relisting = QueryEvaluation(context: self, plan: listing)
        let relisted = try relisting.read(in: reading.groups)
        let again = try relisting.measure(relisted.current, relisted.groups.count)
        let terms = plan.outputs[0].expression.terms
        let reaches = plan.projections.indices.map { place in
            terms.filter { $0.projection == place }
                .reduce(Reach()) { $0.joined(with: planner.reach(of: $1)) }
        }
        func explanation(
            _ answer: Answer, _ traced: [TracedFacts], _ group: Int?
        ) throws -> Explanation {
            try Explanation(
                of: plan, answer: answer, formula: formula, traced: traced,
                stored: stored, again: again, group: group,
                open: isOpenOnly ? (settling, reaches) : nil)
        }
        var whole = try explanation(answer, traced, nil)
        guard !plan.dimensions.isEmpty else { return whole }
        let grouped = try zip(traced, plan.projections).map { try $0.grouped($1) }
        var sums = GroupSums(whole.terms)
        let places = Dictionary(
            uniqueKeysWithValues: (0..<reading.groups.count).map {
                (reading.groups.texts(of: $0), $0)
            })
        for row in answer.rows {
            let facts = zip(grouped, traced).map { $0[row.key] ?? $1.none }
            var group = try explanation(answer.group(row), facts, places[row.key])
            sums.add(group.terms)
            if row.figures[0].isWithheld {
                group.terms = []
                group.parts = []
                // There is nothing to add up.
                group.addsUp = true
            }
            whole.groups.append(group)
        }
        whole.groupsAddUp = sums.addUp(to: whole.terms)
        return whole
    }

    /// The facts behind a question, found anew in the log.
    private func traced(_ plan: QueryPlan) throws -> [TracedFacts] {
        let terms = plan.outputs[0].expression.terms
        return try plan.projections.enumerated().map { place, projection in
            let published = projection.source as? PublishedFacts
            guard let origin = (published?.base ?? projection.source) as? PrefixFacts else {
                throw ExplanationFault.notTraced(projection: projection.source.layout.projection)
            }
            if projection.usesStock, projection.isFollowing {
                throw ExplanationFault.followedStock(plan.outputs[0].column.kpi)
            }
            if let published {
                return try TracedFacts(projection, shown: published, origin, days: plan.period.days)
            }
            // Flows that cancel out are left away where nothing but the stock is asked for.
            let nets = terms.filter { $0.projection == place }.allSatisfy(\.isStock)
            return try TracedFacts(projection, of: origin, days: plan.period.days, netting: nets)
        }
    }

    private func formula(of output: QueryPlan.Output) throws -> Formula? {
        guard let kpi = try kpi(output.column.kpi) else { return nil }
        let statistic = kpi.statistics.first { $0.name == output.column.statistic }
        return statistic?.formula ?? kpi.value
    }
}
