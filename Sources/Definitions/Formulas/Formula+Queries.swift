extension Formula {
    /// Every aggregate, in the order of the formula; those of other KPIs are not among them.
    public var aggregates: [Aggregate] {
        var found: [Aggregate] = []
        visit {
            switch $0 {
            case .aggregate(let aggregate): found.append(aggregate)
            case .union(let aggregates): found += aggregates
            default: break
            }
        }
        return found
    }

    /// Names of the KPIs it uses, in the order of the formula.
    public var kpis: [String] {
        var found: [String] = []
        visit { if case .kpi(let name) = $0, !found.contains(name) { found.append(name) } }
        return found
    }

    private func visit(_ body: (Formula) -> Void) {
        body(self)
        switch self {
        case .number, .time, .aggregate, .union, .periodDays, .periodMonths, .kpi: break
        case .negated(let inner): inner.visit(body)
        case .sum(let left, let right), .difference(let left, let right),
            .product(let left, let right), .quotient(let left, let right):
            left.visit(body)
            right.visit(body)
        }
    }
}

extension KPIDefinition {
    /// Names of the projections that the value and the statistics read directly, sorted.
    public var projections: [String] {
        Set(([value] + statistics.map(\.formula)).flatMap { $0.aggregates.map(\.projection) })
            .sorted()
    }

    /// Names of the KPIs that the value and the statistics use, sorted.
    public var kpis: [String] {
        Set(([value] + statistics.map(\.formula)).flatMap(\.kpis)).sorted()
    }

    /// The unit of a statistic: what its formula gives where that is not what the KPI's unit says (a
    /// length of time, money, a plain number). Plain counts are counts, and one measured value (a mean
    /// score beside a share of satisfied) is no percentage; all else is as the KPI itself.
    public func unit(ofStatistic name: String) -> Unit {
        if let unit = statisticUnits[name] { return unit }
        let formula = statistics.first { $0.name == name }?.formula
        if case .union = formula { return .count }
        guard case .aggregate(let aggregate) = formula else { return unit }
        switch aggregate.function {
        case .count, .distinct, .stock, .start, .kept: return .count
        case .sum, .mean, .minimum, .maximum, .percentile: return unit == .percent ? .score : unit
        }
    }

    /// Which way is better for the value, or for a statistic; nil where its unit is not the KPI's, so
    /// that nothing is known of it.
    public func better(ofStatistic name: String?) -> Direction? {
        guard let name, let own = statisticUnits[name], own != unit else { return better }
        return nil
    }
}
