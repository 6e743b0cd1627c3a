import EventModel

/// What a measure's values are, for choosing functions and units.
enum MeasureKind: Equatable {
    case duration
    case number
    case flag
    case name

    init(_ source: MeasureSource) {
        switch source {
        case .duration: self = .duration
        case .number, .count: self = .number
        case .flag: self = .flag
        case .name: self = .name
        }
    }

    var inWords: String {
        switch self {
        case .duration: "a length of time"
        case .number: "a number"
        case .flag: "a flag"
        case .name: "a name"
        }
    }
}

/// Reads one KPI and checks it against the projections and KPIs it uses.
struct KPIReader {
    static let keys = [
        "kpi", "version", "title", "description", "group", "unit", "better", "value", "statistics",
        "source", "notes",
    ]
    static let mostStatistics = 16
    /// Statistics that every KPI of a single measure has without writing them.
    static let standardStatistics = ["p50", "p90", "p95", "max", "min", "count"]

    let document: SourceDocument
    let faults: FaultList
    /// The projections and KPIs a formula may name; nil where there is none of that name.
    let projection: (String) -> ProjectionDefinition?
    let projectionNames: () -> [String]
    let isKPI: (String) -> Bool
    let kpiNames: () -> [String]
    let columns: Columns

    /// The KPI and where its formulas name other KPIs; nil when faults were reported.
    func read(_ root: YAMLValue) -> (kpi: KPIDefinition, uses: [NameReference])? {
        guard let fields = Fields(root, of: "a KPI", keys: KPIReader.keys, faults: faults) else {
            return nil
        }
        let common = CommonReader(faults: faults)
        let name = common.name(fields["kpi"])
        let version = common.version(fields.required("version", "a whole number from 1"))
        let title = common.localized(fields.required("title", "a text, or {en: …, id: …}"))
        let description = common.localized(fields["description"])
        let group = common.name(
            fields.required("group", "operational, organizational, or a word of your own"))
        let unit = readUnit(fields.required("unit", listed(Unit.allCases.map(\.rawValue))))
        let better = readDirection(
            fields.required("better", "higher, lower or {band: [least, most]}"), unit: unit)
        var uses: [NameReference] = []
        let value = fields.required("value", "a formula such as count(ticket_volume)")
            .flatMap { readFormula($0, unit: unit, uses: &uses) }
        var statistics = readStatistics(fields["statistics"], uses: &uses)
        if let value { addStandardStatistics(of: value, to: &statistics) }
        let notes = fields["notes"]?.elements.map { common.localized($0) } ?? []
        let source = common.text(fields["source"]) ?? ""
        guard faults.faults.isEmpty, let name, let version, let group, let unit, let better,
            let value
        else { return nil }
        let kpi = KPIDefinition(
            name: name, version: version, title: title, description: description, group: group,
            unit: unit, better: better, value: value, statistics: statistics, source: source,
            notes: notes)
        return (kpi, uses)
    }

    private func readUnit(_ value: YAMLValue?) -> Unit? {
        guard let value else { return nil }
        if let unit = value.text.flatMap(Unit.init(rawValue:)) { return unit }
        faults.report(
            at: value, "there is no unit \(value.inWords)", word: value.text,
            among: Unit.allCases.map(\.rawValue))
        return nil
    }

    private func readDirection(_ value: YAMLValue?, unit: Unit?) -> Direction? {
        guard let value else { return nil }
        switch value.text {
        case "higher": return .higher
        case "lower": return .lower
        default: break
        }
        guard value.pairs != nil else {
            faults.report(
                at: value, "\(value.inWords) is no direction",
                expected: "higher, lower or "
                    + "{band: [least, most]}", word: value.text, among: ["higher", "lower"])
            return nil
        }
        guard let fields = Fields(value, of: "a direction", keys: ["band"], faults: faults),
            let band = fields.required("band", "[least, most]")
        else { return nil }
        let bounds = band.elements.compactMap { element -> Int64? in
            if let number = element.integer { return number }
            guard unit == .duration else { return nil }
            return element.text.flatMap(DurationText.milliseconds)
        }
        guard bounds.count == 2, band.elements.count == 2, bounds[0] <= bounds[1] else {
            faults.report(
                at: band, "this is no band",
                expected: unit == .duration
                    ? "two lengths of time such as [0, 4h]" : "two whole numbers such as [0, 5]")
            return nil
        }
        return .band(minimum: bounds[0], maximum: bounds[1])
    }

    private func readStatistics(
        _ value: YAMLValue?, uses: inout [NameReference]
    ) -> [(name: String, formula: Formula)] {
        guard let value else { return [] }
        guard let pairs = value.pairs, pairs.count <= KPIReader.mostStatistics else {
            faults.report(
                at: value, "\(value.inWords) stands under statistics",
                expected: "at most \(KPIReader.mostStatistics) names with formulas: "
                    + "{count: count(csat)}")
            return []
        }
        var statistics: [(name: String, formula: Formula)] = []
        for pair in pairs {
            guard CommonReader(faults: faults).name(pair.key) != nil,
                let formula = readFormula(pair.value, unit: nil, uses: &uses)
            else { continue }
            statistics.append((pair.name, formula))
        }
        return statistics
    }

    private func addStandardStatistics(
        of value: Formula, to statistics: inout [(name: String, formula: Formula)]
    ) {
        guard case .aggregate(let aggregate) = value, let measure = aggregate.measure,
            let source = projection(aggregate.projection)?.measures.first(where: {
                $0.name == measure
            })?.source
        else { return }
        let kind = MeasureKind(source)
        guard kind == .duration || kind == .number else { return }
        for name in KPIReader.standardStatistics {
            guard !statistics.contains(where: { $0.name == name }),
                let function = FormulaParser.function(name), function != aggregate.function
            else { continue }
            var other = aggregate
            other.function = function
            statistics.append((name, .aggregate(other)))
        }
    }

    // MARK: Formulas

    private func readFormula(
        _ value: YAMLValue, unit: Unit?, uses: inout [NameReference]
    ) -> Formula? {
        guard let text = value.text else {
            faults.report(
                at: value, "\(value.inWords) stands where a formula should",
                expected: "such as count(ticket_volume)")
            return nil
        }
        let before = faults.faults.count
        var parser = FormulaParser(text)
        do {
            let formula = try parser.parse()
            for aggregate in parser.aggregates { check(aggregate, in: value) }
            for (name, offset) in parser.kpis {
                let at = placed(offset, in: value)
                uses.append(NameReference(name: name, at: at))
                if !isKPI(name) {
                    faults.report(
                        at: at, "no KPI is called \"\(name)\"", word: name, among: kpiNames())
                }
            }
            guard faults.faults.count == before else { return nil }
            checkUnit(formula, unit: unit, at: value)
            return formula
        } catch {
            faults.report(
                at: placed(error.offset, in: value), error.what, expected: error.expected,
                word: error.word, among: error.candidates)
            return nil
        }
    }

    private func placed(_ offset: Int, in value: YAMLValue) -> YAMLValue {
        let (line, column) = document.place(ofScalar: offset, in: value)
        return YAMLValue(value.content, line: line, column: column)
    }

    private func check(_ placed: PlacedAggregate, in value: YAMLValue) {
        let aggregate = placed.aggregate
        guard let projection = projection(aggregate.projection) else {
            faults.report(
                at: self.placed(placed.projectionAt, in: value),
                "no projection is called \"\(aggregate.projection)\"", word: aggregate.projection,
                among: projectionNames())
            return
        }
        checkFunction(placed, of: projection, in: value)
        for (dimension, values) in aggregate.filter.sorted(by: { $0.key < $1.key }) {
            let at = self.placed(placed.filterAt[dimension] ?? placed.offset, in: value)
            guard let source = projection.dimensions.first(where: { $0.name == dimension })?.source
            else {
                faults.report(
                    at: at, "\(projection.name) has no dimension \"\(dimension)\"",
                    word: dimension, among: projection.dimensions.map(\.name))
                continue
            }
            guard let known = knownValues(of: source, in: projection) else { continue }
            for value in values where !known.contains(value) {
                faults.report(
                    at: at, "\"\(value)\" is never a value of \(dimension)", word: value,
                    among: known)
            }
        }
    }

    /// The values a dimension can have, where its schema lists them.
    private func knownValues(of source: DimensionSource, in projection: ProjectionDefinition)
        -> [String]?
    {
        switch source {
        case .field(let reference):
            let types = projection.eventTypes(of: reference.binding)
            guard
                let shape = types.first.flatMap({ columns.types[$0] })?.fields.first(where: {
                    $0.name == reference.field
                })?.shape
            else { return nil }
            return shape.values.isEmpty ? nil : shape.values
        case .latest(let field, _):
            let types = projection.latestTypes.first { $0.field == field }?.types ?? []
            guard
                let shape = types.first.flatMap({ columns.types[$0] })?.fields.first(where: {
                    $0.name == field
                })?.shape
            else { return nil }
            return shape.values.isEmpty ? nil : shape.values
        case .firstOf(let sources):
            return sources.lazy.compactMap { self.knownValues(of: $0, in: projection) }.first
        case .hour: return (0...23).map(String.init)
        case .weekday: return (1...7).map(String.init)
        case .constant, .subject: return nil
        }
    }

    private func checkFunction(
        _ placed: PlacedAggregate, of projection: ProjectionDefinition, in value: YAMLValue
    ) {
        let aggregate = placed.aggregate
        let at = self.placed(placed.offset, in: value)
        let isStock = if case .stock = projection.fact { true } else { false }
        if isStock != (aggregate.function == .stock) {
            faults.report(
                at: at,
                isStock ? "\(projection.name) is a stock" : "\(projection.name) is no stock",
                expected: isStock ? "stock(\(projection.name))" : "count(\(projection.name))")
            return
        }
        guard let name = aggregate.measure else {
            guard aggregate.function != .count, aggregate.function != .stock else { return }
            faults.report(
                at: self.placed(placed.projectionAt, in: value),
                "no measure of \(projection.name) is named",
                expected: listed(projection.measures.map { "\(projection.name).\($0.name)" }))
            return
        }
        guard let source = projection.measures.first(where: { $0.name == name })?.source else {
            faults.report(
                at: self.placed(placed.measureAt, in: value),
                "\(projection.name) has no measure \"\(name)\"", word: name,
                among: projection.measures.map(\.name))
            return
        }
        let kind = MeasureKind(source)
        switch (aggregate.function, kind) {
        case (.count, _), (.distinct, .name), (.distinct, .number): return
        case (.sum, .duration), (.sum, .number), (.mean, .duration), (.mean, .number): return
        case (.minimum, .duration), (.minimum, .number): return
        case (.maximum, .duration), (.maximum, .number): return
        case (.percentile, .duration), (.percentile, .number): return
        default:
            faults.report(
                at: at, "\(projection.name).\(name) is \(kind.inWords)",
                expected: kind == .name
                    ? "count or distinct"
                    : kind == .flag ? "count" : "count, sum, mean, min, max or a percentile")
        }
    }

    // MARK: Units

    /// Refuses sums of times and counts, and a unit that the formula does not give.
    private func checkUnit(_ formula: Formula, unit: Unit?, at value: YAMLValue) {
        guard let power = timePower(of: formula, at: value), let unit else { return }
        let wanted = unit == .duration ? 1 : 0
        guard power != wanted else { return }
        faults.report(
            at: value,
            power == 1
                ? "this formula gives a length of time"
                : power == 0
                    ? "this formula gives a plain number"
                    : "this formula multiplies or divides by lengths of time",
            expected: unit == .duration
                ? "a length of time, as unit: duration says"
                : "no length of time, since unit is \(unit.rawValue)")
    }

    /// The power of time in a formula: 1 for durations, 0 for counts; nil where it is unknown.
    private func timePower(of formula: Formula, at value: YAMLValue) -> Int? {
        switch formula {
        case .number, .periodDays: return 0
        // Its own unit says what it gives; it may stand in another file.
        case .kpi: return nil
        case .negated(let inner): return timePower(of: inner, at: value)
        case .aggregate(let aggregate):
            switch aggregate.function {
            case .count, .distinct, .stock: return 0
            default: break
            }
            let measures = projection(aggregate.projection)?.measures ?? []
            return measures.first { $0.name == aggregate.measure }
                .map { MeasureKind($0.source) == .duration ? 1 : 0 }
        case .product(let left, let right):
            guard let left = timePower(of: left, at: value),
                let right = timePower(of: right, at: value)
            else { return nil }
            return left + right
        case .quotient(let left, let right):
            guard let left = timePower(of: left, at: value),
                let right = timePower(of: right, at: value)
            else { return nil }
            return left - right
        case .sum(let left, let right), .difference(let left, let right):
            guard let first = timePower(of: left, at: value),
                let second = timePower(of: right, at: value)
            else { return nil }
            if first == second { return first }
            faults.report(
                at: value, "this formula adds or subtracts a length of time and a plain number",
                expected: "values of one unit")
            return nil
        }
    }
}
