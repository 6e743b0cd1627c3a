import Definitions
import EventModel

/// A question with every name looked up.
struct QueryPlan {
    /// A definition in its version.
    struct UsedDefinition: Hashable {
        var name: String
        var version: Int
        var isProjection: Bool
    }

    /// One KPI or statistic asked for.
    struct Output {
        var column: AnswerColumn
        var expression: Expression
        /// The facts whose number stands beside the value.
        var basis: [Expression.Term]
        /// For how long its facts may still change.
        var reach: Reach
        /// The last day on which windows are open whose length fields say.
        var windows: [Expression.Term]
        /// Numbers of answers that are shown in groups: where there is none, some may be withheld.
        var answers: [Expression.Term]
        /// Amounts of money that must be in one currency.
        var amounts: [Amount]
        /// Definitions it rests on.
        var definitions: [UsedDefinition]
    }

    /// The currencies of a stream's facts: the least and the greatest id tell whether it is one.
    struct Amount: Hashable {
        var projection: Int
        var dimension: Int
        var stream: Int
        var least: Int
        var greatest: Int
    }

    var outputs: [Output] = []
    var projections: [ProjectionPlan] = []
    var dimensions: [AnswerDimension] = []
    /// Dimensions that all its projections have.
    var sharedDimensions: [String] = []
    var filters: [(dimension: String, values: [String])] = []
    var filterKinds: [String: AnswerDimension.Kind] = [:]
    var present: [String] = []
    var period: Period
    var grain: Grain?
    var comparison: Period?
    var doubts: [AnswerDoubt] = []

    /// Dimensions all the KPIs have beside those asked for and the filtered ones.
    var otherDimensions: [String] {
        sharedDimensions.filter { name in
            !dimensions.contains { $0.name == name } && !filters.contains { $0.dimension == name }
        }
    }
}

/// Looks names up and collects all that is wrong.
struct QueryPlanner {
    let context: any AskedState
    var faults: [QueryFault] = []
    private var doubts: [AnswerDoubt] = []
    var projections: [ProjectionPlan] = []
    /// Whether values are taken as they are.
    var areValuesResolved = false
    private var placeByProjection: [String: Int] = [:]
    /// What the KPI being compiled uses: places in `projections`, and definitions.
    private var used: [Int] = []
    private var definitions: [QueryPlan.UsedDefinition] = []
    /// The parts of its formula so far; of the KPIs that it uses, those compiled already by their
    /// place (nil where one is at fault), and those it is within.
    private var expression = Expression()
    private var compiled: [String: Int?] = [:]
    private var within: Set<String> = []

    init(context: any AskedState) { self.context = context }

    mutating func plan(_ request: QueryRequest) throws -> QueryPlan {
        areValuesResolved = request.areValuesResolved
        var plan = QueryPlan(
            period: request.period, grain: request.grain, comparison: request.comparison)
        if request.kpis.isEmpty { faults.append(.noKPI) }
        var by: [String] = []
        for name in request.by where !by.contains(name) { by.append(name) }
        var filterNames: [String] = []
        for (name, _) in request.filters where !filterNames.contains(name) {
            filterNames.append(name)
        }
        var asked = by
        for name in filterNames + request.present where !asked.contains(name) {
            asked.append(name)
        }
        var outputs: [QueryPlan.Output] = []
        var unknown: [String] = []
        var known: [String]?
        for name in request.kpis {
            guard let output = try output(named: name) else { continue }
            outputs.append(output)
            let shared = sharedDimensions(of: used)
            for dimension in asked where !used.isEmpty && !shared.contains(dimension) {
                if try path(dimension, among: shared) != nil { continue }
                // A currency picks amounts of money; what is counted beside them has none.
                if !by.contains(dimension), isCurrency(dimension, at: used) { continue }
                if known == nil { known = try knownDimensions() }
                if known?.contains(dimension) == true {
                    missing(dimension, in: output.column.kpi, shared)
                } else if !unknown.contains(dimension) {
                    unknown.append(dimension)
                }
            }
        }
        if outputs.isEmpty {
            let all = try knownDimensions()
            unknown = asked.filter { !all.contains($0) }
            known = all
        }
        for name in unknown {
            let all = known ?? []
            faults.append(.unknownDimension(name, nearest: nearestName(name, all), known: all))
        }
        plan.outputs = outputs
        if !faults.isEmpty { throw QueryFaults(faults) }
        let kinds = projections.first.map { $0.source.layout.dimensions } ?? []
        let shared = sharedDimensions(of: Array(projections.indices))
        let everything = Array(projections.indices)
        let paths = try paths(
            of: asked.filter { by.contains($0) || !isCurrency($0, at: everything) }, among: shared,
            outputs)
        if !faults.isEmpty { throw QueryFaults(faults) }
        for name in by {
            if let path = paths[name] {
                try split(by: path, &plan)
                continue
            }
            for place in projections.indices {
                projections[place].keyColumns.append(try column(of: name, at: place))
            }
            let kind = kinds.first { $0.name == name }?.kind ?? .text
            plan.dimensions.append(AnswerDimension(name: name, kind: .init(kind)))
        }
        for name in filterNames {
            let texts = request.filters.filter { $0.dimension == name }.map(\.value)
            if let path = paths[name] {
                plan.filters.append((path.name, try filter(path, texts)))
            } else {
                plan.filters.append((name, try filter(name, texts, on: plan.period)))
                plan.filterKinds[name] = kinds.first { $0.name == name }.map { .init($0.kind) }
            }
        }
        for name in request.present {
            plan.present.append(paths[name]?.name ?? name)
            try keepPresent(name, paths[name])
        }
        if !faults.isEmpty { throw QueryFaults(faults) }
        plan.sharedDimensions = shared
        plan.projections = projections
        plan.doubts = doubts
        return plan
    }

    /// The dimensions that all projections of a KPI have.
    mutating func dimensions(of kpi: String) throws -> [String] {
        _ = try output(named: kpi)
        if !faults.isEmpty { throw QueryFaults(faults) }
        return sharedDimensions(of: used)
    }

    /// Whether a dimension says the currency of some amounts of these projections.
    private func isCurrency(_ dimension: String, at places: [Int]) -> Bool {
        places.contains { place in
            let layout = projections[place].source.layout
            return layout.currencies.values.contains { layout.dimensions[$0].name == dimension }
        }
    }

    /// Every dimension of a live projection, in order of first appearance.
    private func knownDimensions() throws -> [String] {
        var known: [String] = []
        for name in context.projectionNames {
            guard let source = try context.source(name) else { continue }
            for dimension in source.layout.dimensions where !known.contains(dimension.name) {
                known.append(dimension.name)
            }
        }
        for dimension in known {
            let fields = try context.profiles(dimension)?.fields ?? []
            known += fields.map { dimension + "." + $0 }
        }
        return known
    }

    func column(of dimension: String, at place: Int) throws -> Int {
        let layout = projections[place].source.layout
        guard let index = layout.dimensions.firstIndex(where: { $0.name == dimension }) else {
            preconditionFailure("dimensions are checked for every projection used")
        }
        return 1 + index
    }

    // MARK: KPIs

    private mutating func output(named name: String) throws -> QueryPlan.Output? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kpi = try context.kpi(String(parts[0])) else {
            let near = nearestName(String(parts[0]), context.kpiNames)
            faults.append(.unknownKPI(name, nearest: near, count: context.kpiNames.count))
            return nil
        }
        var formula = kpi.value
        var statistic: String?
        if parts.count == 2 {
            let known = kpi.statistics.map(\.name)
            guard let found = kpi.statistics.first(where: { $0.name == parts[1] }) else {
                let near = nearest(to: String(parts[1]), among: known)
                faults.append(
                    .unknownStatistic(
                        kpi: kpi.name, statistic: String(parts[1]), nearest: near, known: known))
                return nil
            }
            (statistic, formula) = (found.name, found.formula)
        }
        used = []
        definitions = [.init(name: kpi.name, version: kpi.version, isProjection: false)]
        expression = Expression()
        compiled = [:]
        within = [kpi.name]
        guard try compile(formula, of: kpi) != nil else { return nil }
        let terms = expression.terms
        let counts = statistic != nil && expression.isCount
        return QueryPlan.Output(
            column: AnswerColumn(
                name: name, kpi: kpi.name, title: kpi.title, statistic: statistic,
                unit: counts ? .count : statistic.map { kpi.unit(ofStatistic: $0) } ?? kpi.unit,
                better: counts ? nil : kpi.better(ofStatistic: statistic),
                isCount: expression.isPlainCount,
                growsWithTime: expression.growth == 1, calendars: calendars(behind: terms),
                whenEmpty: expression.whenEmpty),
            expression: expression, basis: expression.basis,
            reach: terms.reduce(Reach()) { $0.joined(with: reach(of: $1)) },
            windows: windows(behind: terms),
            answers: answers(behind: terms), amounts: amounts(in: terms),
            definitions: definitions)
    }

    mutating func missing(_ dimension: String, in kpi: String, _ shared: [String]) {
        let fault = QueryFault.missingDimension(
            dimension, kpi: kpi, known: shared, nearest: nearestName(dimension, shared))
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// The dimensions that all of some projections have.
    func sharedDimensions(of places: [Int]) -> [String] {
        var shared: [String]?
        for place in places {
            let names = projections[place].source.layout.dimensions.map(\.name)
            shared = shared?.filter { names.contains($0) } ?? names
        }
        return shared ?? []
    }

    /// Looks up what a formula names.
    ///
    /// - Returns: the place of the part that the formula is; nil where something of it is at fault.
    /// - Complexity: O(parts of the formulas of the KPIs that it uses), each of them once.
    private mutating func compile(_ formula: Formula, of kpi: KPIDefinition) throws -> Int? {
        switch formula {
        case .number(let numerator, let denominator):
            return expression.add(.number(Fraction(Int128(numerator), over: Int128(denominator))))
        case .time(let milliseconds): return expression.add(.number(Fraction(milliseconds)))
        case .periodDays: return expression.add(.days)
        case .periodMonths: return expression.add(.months)
        case .aggregate(let aggregate):
            return try term(aggregate, of: kpi).map { expression.add(.term($0)) }
        case .union(let aggregates):
            return try union(aggregates, of: kpi).map { expression.add(.union($0)) }
        case .negated(let part):
            return try compile(part, of: kpi).map { expression.add(.negated($0)) }
        case .sum(let left, let right): return try pair(left, right, kpi, Expression.Part.sum)
        case .difference(let left, let right):
            return try pair(left, right, kpi, Expression.Part.difference)
        case .product(let left, let right):
            return try pair(left, right, kpi, Expression.Part.product)
        case .quotient(let left, let right):
            return try pair(left, right, kpi, Expression.Part.quotient)
        case .kpi(let name): return try used(name, of: kpi)
        }
    }

    /// The part that another KPI's value is.
    private mutating func used(_ name: String, of kpi: KPIDefinition) throws -> Int? {
        if let known = compiled[name] { return known }
        guard let other = try context.kpi(name) else {
            faults.append(.unknownKPI(name, nearest: nil, count: context.kpiNames.count))
            compiled[name] = .some(nil)
            return nil
        }
        guard within.insert(name).inserted else {
            faults.append(.circular(kpi: kpi.name))
            return nil
        }
        definitions.append(.init(name: other.name, version: other.version, isProjection: false))
        let place = try compile(other.value, of: kpi)
        within.remove(name)
        compiled[name] = .some(place)
        return place
    }

    private mutating func pair(
        _ left: Formula, _ right: Formula, _ kpi: KPIDefinition,
        _ join: (Int, Int) -> Expression.Part
    ) throws -> Int? {
        let first = try compile(left, of: kpi)
        let second = try compile(right, of: kpi)
        guard let first, let second else { return nil }
        return expression.add(join(first, second))
    }

    private mutating func term(
        _ aggregate: Aggregate, of kpi: KPIDefinition, isUnion: Bool = false
    ) throws -> Expression.Term? {
        guard let place = try place(of: aggregate.projection) else {
            let fault = QueryFault.notBuilt(projection: aggregate.projection, kpi: kpi.name)
            if !faults.contains(fault) { faults.append(fault) }
            return nil
        }
        if !used.contains(place) {
            used.append(place)
            let layout = projections[place].source.layout
            definitions.append(
                .init(name: layout.projection, version: layout.version, isProjection: true))
        }
        guard let stream = try stream(aggregate, at: place, of: kpi) else { return nil }
        let function: Expression.Term.Function
        switch aggregate.function {
        case .count: function = .count
        case .sum, .mean:
            projections[place].isSummed[stream] = true
            function = aggregate.function == .sum ? .sum : .mean
        case .minimum: function = .statistic(statistic(.minimum, place, stream))
        case .maximum: function = .statistic(statistic(.maximum, place, stream))
        case .percentile(let percent):
            function = .statistic(statistic(.percentile(percent), place, stream))
        case .distinct:
            function = .distinct(statistic(isUnion ? .members : .distinct, place, stream))
        case .stock, .start, .kept:
            guard projections[place].source.layout.isStock else {
                faults.append(.notAStock(projection: aggregate.projection, kpi: kpi.name))
                return nil
            }
            projections[place].usesStock = true
            function = stockFunction(aggregate, at: place, stream: stream)
        }
        return Expression.Term(projection: place, stream: stream, function: function)
    }

    /// Several measures whose values are counted together: only alike ones can be.
    private mutating func union(
        _ aggregates: [Aggregate], of kpi: KPIDefinition
    ) throws -> [Expression.Term]? {
        let terms = try aggregates.compactMap { try term($0, of: kpi, isUnion: true) }
        guard terms.count == aggregates.count else { return nil }
        let kinds = terms.map { term in
            let layout = projections[term.projection].source.layout
            return projections[term.projection].streams[term.stream].measure
                .flatMap { layout.kinds[layout.measure(atOffset: $0)] }
        }
        if let other = kinds.indices.first(where: { kinds[$0] != kinds[0] }) {
            faults.append(
                .differentKinds(
                    aggregates[0].measured, aggregates[other].measured, kpi: kpi.name))
            return nil
        }
        return terms
    }

    private mutating func place(of projection: String) throws -> Int? {
        if let place = placeByProjection[projection] { return place }
        guard let source = try context.source(projection) else { return nil }
        projections.append(ProjectionPlan(source: source))
        placeByProjection[projection] = projections.count - 1
        return projections.count - 1
    }

    private mutating func stream(
        _ aggregate: Aggregate, at place: Int, of kpi: KPIDefinition
    ) throws -> Int? {
        let source = projections[place].source
        let layout = source.layout
        var stream = FactStream(measure: nil, filters: [])
        if let name = aggregate.measure {
            guard let index = layout.measures.firstIndex(of: name) else {
                faults.append(
                    .missingMeasure(
                        name, projection: layout.projection, version: layout.version, kpi: kpi.name)
                )
                return nil
            }
            stream.measure = layout.offset(ofMeasure: index)
        }
        for (name, values) in aggregate.filter.sorted(by: { $0.key < $1.key }) {
            guard let index = layout.dimensions.firstIndex(where: { $0.name == name }) else {
                faults.append(
                    .missingDimension(
                        name, kpi: kpi.name, known: layout.dimensions.map(\.name), nearest: nil))
                return nil
            }
            var found: [UInt32] = []
            for value in values {
                let ids = try source.ids(ofValue: value, inDimension: index)
                if ids.isEmpty { try doubt(value, of: name, in: source, kpi: kpi.name) }
                found += ids
            }
            stream.filters.append(IDFilter(column: 1 + index, ids: found.sorted()))
        }
        return projections[place].place(of: stream)
    }

    /// Notes a value of a formula that nothing has, where another is spelt nearly so.
    ///
    /// - Complexity: O(rows of the projections that have the dimension), for such a value alone.
    private mutating func doubt(
        _ value: String, of dimension: String, in source: any FactSource, kpi: String
    ) throws {
        let values = DimensionValues(
            dimension, of: [source], on: context.basis.today, upTo: context.basis.sequence,
            in: context)
        guard let near = nearest(to: value, among: try values.all().sorted()) else { return }
        let doubt = AnswerDoubt.unknownValue(
            kpi: kpi, dimension: dimension, value: value, nearest: near)
        if !doubts.contains(doubt) { doubts.append(doubt) }
    }

    private mutating func statistic(
        _ statistic: ValueSamples.Statistic, _ place: Int, _ stream: Int
    ) -> Int {
        projections[place].place(of: statistic, stream: stream)
    }
}

extension AnswerDimension.Kind {
    init(_ kind: FactDimension.Kind) {
        switch kind {
        case .text: self = .text
        case .hour: self = .hour
        case .weekday: self = .weekday
        }
    }
}

extension Expression {
    /// Whether its numbers are numbers of facts.
    fileprivate var isCount: Bool {
        if case .union = whole { return true }
        guard case .term(let term) = whole else { return false }
        switch term.function {
        case .count, .distinct, .start, .started, .kept: return true
        case .stock(let ofMeasure): return !ofMeasure
        case .sum, .mean, .statistic: return false
        }
    }

    /// Whether it is the number of the facts it rests on.
    fileprivate var isPlainCount: Bool {
        guard case .term(let term) = whole else { return false }
        return term.function == .count
    }
}

extension Aggregate {
    /// What it is taken over: `reply.customer`.
    fileprivate var measured: String {
        ([projection] + (measure.map { [$0] } ?? [])).joined(separator: ".")
    }
}
