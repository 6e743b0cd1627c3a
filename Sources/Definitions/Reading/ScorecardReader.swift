import EventModel

/// What is known of a scorecard without checking it: enough for rows of others to serve its rows.
struct ScorecardOutline {
    /// Each row's figure and what it serves, as written.
    var rows: [(figure: String, serves: String)]

    init(_ root: YAMLValue) {
        let list = root.pairs?.first { $0.name == "rows" }?.value.elements ?? []
        rows = list.map { row in
            func text(_ key: String) -> String {
                row.pairs?.first { $0.name == key }?.value.text ?? ""
            }
            return (text("kpi"), text("serves"))
        }
    }
}

/// Reads one scorecard and checks it against the KPIs and scorecards it names.
struct ScorecardReader {
    static let keys = [
        "scorecard", "version", "title", "description", "scope", "where", "grain", "missing",
        "objectives", "rows", "source", "notes",
    ]
    static let rowKeys = ["kpi", "weight", "target", "from", "to", "review", "cap", "serves"]
    static let targetKeys = ["min", "max", "band"]
    static let mostRows = 50

    let faults: FaultList
    /// The KPIs a row may name; nil where there is none of that name.
    let kpi: (String) -> KPIDefinition?
    let kpiNames: () -> [String]
    let columns: Columns
    /// The projections behind a figure.
    let projections: (Formula) -> [ProjectionDefinition]
    /// Other scorecards, and this one.
    let outline: (String) -> ScorecardOutline?
    let scorecardNames: () -> [String]
    /// For a text that was checked before: some rows of it are read, what they serve and may be
    /// asked by is taken as it stands.
    var isTrusting = false

    /// The scorecard; nil when faults were reported.
    func read(_ root: YAMLValue) -> ScorecardDefinition? {
        guard
            let fields = Fields(root, of: "a scorecard", keys: ScorecardReader.keys, faults: faults)
        else { return nil }
        let common = CommonReader(faults: faults)
        let name = common.name(fields["scorecard"])
        let version = common.version(fields.required("version", "a whole number from 1"))
        let title = common.localized(fields.required("title", "a text, or {en: …, id: …}"))
        let description = common.localized(fields["description"])
        let scope = readScope(fields)
        let conditions = readConditions(fields["where"])
        let grain = readWord(
            fields.required("grain", "the period that targets are for, such as month"), "grain",
            Grain.allCases.map(\.rawValue)
        ).flatMap { Grain(rawValue: $0) }
        let missing =
            fields["missing"].map {
                readWord($0, "way", ScorecardDefinition.Missing.allCases.map(\.rawValue))
                    .flatMap { ScorecardDefinition.Missing(rawValue: $0) }
            } ?? .share
        let objectives = readObjectives(fields["objectives"])
        let asked = ([scope].compactMap(\.self) + conditions.map(\.dimension))
            .filter { $0 != ScorecardDefinition.company }
        let rows = readRows(
            fields.required(
                "rows", "a list of rows with kpi, weight, target, from, to or review, and serves"),
            of: name ?? "", objectives: objectives.map(\.name), asked: asked)
        checkNames(fields["where"], of: rows ?? [])
        let notes = fields["notes"]?.elements.map { common.localized($0) } ?? []
        let source = common.text(fields["source"]) ?? ""
        guard faults.faults.isEmpty, let name, let version, let scope, let grain, let missing,
            let rows
        else { return nil }
        if !isTrusting { checkWeights(rows, at: fields.key("rows") ?? root) }
        guard faults.faults.isEmpty else { return nil }
        return ScorecardDefinition(
            name: name, version: version, title: title, description: description, scope: scope,
            conditions: conditions, grain: grain, missing: missing, objectives: objectives,
            rows: rows, source: source, notes: notes)
    }

    // MARK: Head

    private func readScope(_ fields: Fields) -> String? {
        guard let value = fields["scope"] else {
            faults.report(
                at: fields.value,
                "its rows are not specific (S of SMART): \"scope\" is missing",
                expected: "company, or a dimension such as agent, team or department")
            return nil
        }
        return dimension(value)
    }

    /// A dimension's name, or one followed to a field.
    private func dimension(_ value: YAMLValue) -> String? {
        guard let text = value.text,
            text.split(separator: ".", omittingEmptySubsequences: false).count <= 2,
            text.split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy({ CommonReader.isName(String($0)) })
        else {
            faults.report(
                at: value, "\(value.inWords) is no dimension",
                expected: "a name such as agent, team or agent.department")
            return nil
        }
        return text
    }

    private func readWord(_ value: YAMLValue?, _ what: String, _ words: [String]) -> String? {
        guard let value else { return nil }
        if let text = value.text, words.contains(text) { return text }
        faults.report(
            at: value, "there is no \(what) \(value.inWords)", word: value.text, among: words)
        return nil
    }

    private func readConditions(_ value: YAMLValue?) -> [ScorecardDefinition.Condition] {
        guard let value else { return [] }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under where",
                expected: "dimensions with their values: {agent.role: [agent, senior agent]}")
            return []
        }
        return pairs.compactMap { pair in
            guard let dimension = dimension(pair.key) else { return nil }
            if pair.value.plainText == "present" { return .init(dimension: dimension, values: nil) }
            let values = pair.value.elements.compactMap(\.text)
            guard !values.isEmpty, values.count == pair.value.elements.count else {
                faults.report(
                    at: pair.value, "\(pair.value.inWords) is no value of a dimension",
                    expected: "a text, a list of texts, or present")
                return nil
            }
            return .init(dimension: dimension, values: values)
        }
    }

    private func readObjectives(_ value: YAMLValue?) -> [ScorecardDefinition.Objective] {
        guard let value else { return [] }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under objectives",
                expected: "names with texts: {loyalty: {en: …, id: …}}")
            return []
        }
        let common = CommonReader(faults: faults)
        return pairs.compactMap { pair in
            guard let name = common.name(pair.key) else { return nil }
            return .init(name: name, text: common.localized(pair.value))
        }
    }

    // MARK: Weights

    /// On every day on which rows count, their weights come to 100 %.
    private func checkWeights(_ rows: [ScorecardRow], at place: YAMLValue) {
        let borders = Set(rows.flatMap { [$0.days.lowerBound, $0.days.upperBound] }).sorted()
        for (from, to) in zip(borders, borders.dropFirst()) {
            let counting = rows.filter { $0.days.contains(from) }
            guard !counting.isEmpty else { continue }
            // Weights have at most nine decimals.
            let total = counting.reduce(Int128(0)) {
                $0 + Int128($1.weight.numerator) * (1_000_000_000 / Int128($1.weight.denominator))
            }
            guard total != 100_000_000_000 else { continue }
            let days =
                to == ScorecardRow.noEnd ? "\(from) on" : "\(from) to \(to.advanced(by: -1))"
            faults.report(
                at: place, "the weights from \(days) total \(ScorecardReader.decimal(total)) %",
                expected: "100 %")
            return
        }
    }

    private static func decimal(_ billionths: Int128) -> String {
        let (whole, rest) = billionths.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest != 0 else { return "\(whole)" }
        var digits = String(1_000_000_000 + rest).dropFirst()
        while digits.hasSuffix("0") { digits = digits.dropLast() }
        return "\(whole).\(digits)"
    }
}
