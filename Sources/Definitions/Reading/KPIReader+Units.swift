import EventModel

/// What a formula's values are made of: powers of time and of money. `0` and `0` is a plain number.
private struct UnitPowers: Equatable {
    var time = 0
    var money = 0

    static let plain = UnitPowers()

    init(time: Int = 0, money: Int = 0) {
        self.time = time
        self.money = money
    }

    /// Those that a KPI's unit asks for.
    init(of unit: Unit) {
        switch unit {
        case .duration: self.init(time: 1)
        case .money: self.init(money: 1)
        case .count, .percent, .score, .ratio: self.init()
        }
    }

    var inWords: String {
        switch (time, money) {
        case (0, 0): "a plain number"
        case (1, 0): "a length of time"
        case (0, 1): "money"
        default: "a product or quotient of lengths of time, money or both"
        }
    }
}

extension KPIReader {
    /// Refuses sums of times, money and counts, and a unit that the formula does not give.
    func checkUnit(_ formula: Formula, unit: Unit?, at value: YAMLValue) {
        guard let powers = powers(of: formula, at: value), let unit else { return }
        let wanted = UnitPowers(of: unit)
        guard powers != wanted else { return }
        let isProduct = powers.time != 0 && (powers.time != 1 || powers.money != 0)
        faults.report(
            at: value,
            isProduct && powers.money == 0
                ? "this formula multiplies or divides by lengths of time"
                : "this formula gives \(powers.inWords)",
            expected: wanted == .plain
                ? "no \(powers.money == 0 ? "length of time" : "money"), "
                    + "since unit is \(unit.rawValue)"
                : "\(wanted.inWords), as unit: \(unit.rawValue) says")
    }

    /// The units of statistics that the KPI's own unit does not say: what their formulas give. A new
    /// definition may have none that gives neither a number, a length of time nor money.
    func unitsOfStatistics(
        _ statistics: [(name: String, formula: Formula)], _ value: YAMLValue?, under unit: Unit
    ) -> [String: Unit] {
        // Sums of what does not fit were reported when the formulas were read.
        let quiet = copy(reportingTo: FaultList(file: ""))
        var units: [String: Unit] = [:]
        for (name, formula) in statistics {
            guard let at = value?.pairs?.first(where: { $0.name == name })?.value,
                let powers = quiet.powers(of: formula, at: at)
            else { continue }
            switch (powers.time, powers.money) {
            case (1, 0): units[name] = .duration
            case (0, 1): units[name] = .money
            case (0, 0):
                if unit == .duration || unit == .money, !formula.countsAlone {
                    units[name] = .ratio
                }
            default:
                units[name] = .ratio
                guard columns.isNew else { continue }
                faults.report(
                    at: at, "this formula gives \(powers.inWords)",
                    expected: "a plain number, a length of time or money")
            }
        }
        return units
    }

    private func copy(reportingTo other: FaultList) -> KPIReader {
        KPIReader(
            document: document, faults: other, projection: projection,
            projectionNames: projectionNames, isKPI: isKPI, kpiNames: kpiNames, columns: columns)
    }

    /// What a formula gives; nil where it is unknown, or at fault already.
    private func powers(of formula: Formula, at value: YAMLValue) -> UnitPowers? {
        switch formula {
        case .number, .periodDays, .periodMonths: return .plain
        case .time: return UnitPowers(time: 1)
        // Its own unit says what it gives; it may stand in another file.
        case .kpi: return nil
        case .negated(let inner): return powers(of: inner, at: value)
        case .aggregate(let aggregate): return powers(of: aggregate)
        case .union: return .plain
        case .product(let left, let right):
            guard let left = powers(of: left, at: value), let right = powers(of: right, at: value)
            else { return nil }
            return UnitPowers(time: left.time + right.time, money: left.money + right.money)
        case .quotient(let left, let right):
            guard let left = powers(of: left, at: value), let right = powers(of: right, at: value)
            else { return nil }
            return UnitPowers(time: left.time - right.time, money: left.money - right.money)
        case .sum(let left, let right), .difference(let left, let right):
            guard let first = powers(of: left, at: value),
                let second = powers(of: right, at: value)
            else { return nil }
            if first == second { return first }
            faults.report(
                at: value,
                "this formula adds or subtracts \(max(first, second).inWords) "
                    + "and \(min(first, second).inWords)",
                expected: "values of one unit")
            return nil
        }
    }

    private func powers(of aggregate: Aggregate) -> UnitPowers? {
        switch aggregate.function {
        case .count, .distinct, .stock, .start, .kept: return .plain
        case .sum, .mean, .minimum, .maximum, .percentile: break
        }
        let measures = projection(aggregate.projection)?.measures ?? []
        return measures.first { $0.name == aggregate.measure }.map {
            switch MeasureKind($0.source) {
            case .duration: UnitPowers(time: 1)
            case .money: UnitPowers(money: 1)
            case .number, .flag, .name: .plain
            }
        }
    }
}

extension Formula {
    /// Whether it is one count, of facts, names or what is in stock.
    fileprivate var countsAlone: Bool {
        switch self {
        case .union: return true
        case .aggregate(let aggregate):
            switch aggregate.function {
            case .count, .distinct, .stock, .start, .kept: return true
            case .sum, .mean, .minimum, .maximum, .percentile: return false
            }
        default: return false
        }
    }
}

extension UnitPowers: Comparable {
    /// Plain numbers first, so that a message names what is special before them.
    static func < (left: UnitPowers, right: UnitPowers) -> Bool {
        (left.time, left.money) < (right.time, right.money)
    }
}
