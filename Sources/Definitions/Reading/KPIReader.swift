import EventModel

/// What a measure's values are, for choosing functions and units.
enum MeasureKind: Equatable {
    case duration
    case number
    case flag
    case name
    case money

    init(_ source: MeasureSource) {
        switch source {
        case .duration: self = .duration
        case .number, .count: self = .number
        case .flag: self = .flag
        case .name: self = .name
        case .money: self = .money
        }
    }

    var inWords: String {
        switch self {
        case .duration: "a length of time"
        case .number: "a number"
        case .flag: "a flag"
        case .name: "a name"
        case .money: "money"
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
        let units = unit.map { unitsOfStatistics(statistics, fields["statistics"], under: $0) }
        if let value { addStandardStatistics(of: value, to: &statistics) }
        let notes = fields["notes"]?.elements.map { common.localized($0) } ?? []
        let source = common.text(fields["source"]) ?? ""
        guard faults.faults.isEmpty, let name, let version, let group, let unit, let better,
            let value
        else { return nil }
        let kpi = KPIDefinition(
            name: name, version: version, title: title, description: description, group: group,
            unit: unit, better: better, value: value, statistics: statistics,
            statisticUnits: units ?? [:],
            source: source, notes: notes)
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
        guard kind == .duration || kind == .number || kind == .money else { return }
        for name in KPIReader.standardStatistics {
            guard !statistics.contains(where: { $0.name == name }),
                let function = FormulaParser.function(name), function != aggregate.function
            else { continue }
            var other = aggregate
            other.function = function
            statistics.append((name, .aggregate(other)))
        }
    }
}
