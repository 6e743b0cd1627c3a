import EventModel

extension ScorecardReader {
    /// The rows; nil when one could not be read. `asked` are the dimensions each must have.
    func readRows(
        _ value: YAMLValue?, of scorecard: String, objectives: [String], asked: [String]
    ) -> [ScorecardRow]? {
        guard let value else { return nil }
        guard case .list(let elements) = value.content, !elements.isEmpty,
            elements.count <= ScorecardReader.mostRows
        else {
            faults.report(
                at: value, "\(value.inWords) stands under rows",
                expected: "a list of 1 to \(ScorecardReader.mostRows) rows")
            return nil
        }
        var rows: [ScorecardRow] = []
        for element in elements {
            guard
                let row = readRow(
                    element, of: scorecard, objectives: objectives, asked: asked)
            else { continue }
            if rows.contains(where: { $0.figure == row.figure && $0.days.overlaps(row.days) }) {
                faults.report(
                    at: element, "\(row.figure) has two rows for the same days",
                    expected: "one row for each day")
            }
            rows.append(row)
        }
        return rows.count == elements.count ? rows : nil
    }

    private func readRow(
        _ value: YAMLValue, of scorecard: String, objectives: [String], asked: [String]
    ) -> ScorecardRow? {
        guard let fields = Fields(value, of: "a row", keys: ScorecardReader.rowKeys, faults: faults)
        else { return nil }
        let figure = readFigure(
            needed(fields, "kpi", "specific (S", "a KPI, or KPI.statistic"), asked: asked)
        let weight = readNumber(fields.required("weight", "a share in percent"), "share", most: 100)
        let target = readTarget(
            needed(
                fields, "target", "measurable (M", "{min: …}, {max: …} or {band: [least, most]}"),
            of: figure)
        let from = readDay(needed(fields, "from", "time-bound (T", "the first day"), isEnd: false)
        guard let (to, review) = readEnd(fields, from: from) else { return nil }
        var cap: ExactNumber? = ExactNumber(100)
        if let value = fields["cap"] {
            cap = value.plainText == "none" ? nil : readNumber(value, "limit", most: 1000)
            if let limit = cap, ExactNumber.compare(limit, ExactNumber(100)) < 0 {
                faults.report(
                    at: value, "a target that is met counts as 100 %",
                    expected: "100 or more, or none")
            }
        }
        let serves = readPurpose(
            needed(
                fields, "serves", "relevant (R",
                "a row of a scorecard above (company.csat), or one of objectives"),
            of: scorecard, objectives: objectives)
        guard let figure, let weight, let target, let from, let serves else { return nil }
        return ScorecardRow(
            figure: figure.name, unit: figure.unit, weight: weight, target: target,
            days: from..<to, review: review, cap: cap, serves: serves)
    }

    /// The day after a target's last one, and when it is looked at again; nil where a fault was
    /// reported. A target without a last day must say when.
    private func readEnd(_ fields: Fields, from: Day?) -> (end: Day, review: Day?)? {
        let end = fields["to"].map { readDay($0, isEnd: true) }
        let review = fields["review"].map { readDay($0, isEnd: true) }
        if end == nil, review == nil {
            faults.report(
                at: fields.value,
                "this row is not time-bound (T of SMART): \"to\" and \"review\" are missing",
                expected: "to: the last day, or review: the day on which it is looked at again")
            return nil
        }
        if case .some(nil) = end { return nil }
        if case .some(nil) = review { return nil }
        let last = end ?? nil
        if let from, let last, last < from {
            faults.report(
                at: fields["to"] ?? fields.value, "the target ends before it begins",
                expected: "a day from \(from) on")
            return nil
        }
        let again = review ?? nil
        if let from, let again, again < from || last.map({ again > $0 }) ?? false {
            faults.report(
                at: fields["review"] ?? fields.value,
                "the target is looked at again on a day on which it does not count",
                expected: "a day from \(from)" + (last.map { " to \($0)" } ?? " on"))
            return nil
        }
        return (last?.advanced(by: 1) ?? ScorecardRow.noEnd, again)
    }

    /// A key without which a row is not SMART; the letter that it misses is named.
    private func needed(
        _ fields: Fields, _ key: String, _ letter: String, _ expected: String
    ) -> YAMLValue? {
        if let value = fields[key] { return value }
        faults.report(
            at: fields.value, "this row is not \(letter) of SMART): \"\(key)\" is missing",
            expected: expected)
        return nil
    }

    // MARK: Figures

    /// A figure with what is known of it.
    struct Figure {
        var name: String
        var unit: Unit
        /// Nil for numbers of facts, which are good or bad either way.
        var better: Direction?
    }

    private func readFigure(_ value: YAMLValue?, asked: [String]) -> Figure? {
        guard let value else { return nil }
        let text = value.text ?? ""
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first.map(String.init), let kpi = kpi(first) else {
            faults.report(
                at: value, "no KPI is called \(value.inWords)", word: String(parts.first ?? ""),
                among: kpiNames())
            return nil
        }
        var formula = kpi.value
        var figure = Figure(name: text, unit: kpi.unit, better: kpi.better)
        if parts.count == 2 {
            let statistic = String(parts[1])
            guard let found = kpi.statistics.first(where: { $0.name == statistic }) else {
                faults.report(
                    at: value, "\(kpi.name) has no statistic \"\(statistic)\"", word: statistic,
                    among: kpi.statistics.map(\.name))
                return nil
            }
            formula = found.formula
            figure.unit = kpi.unit(ofStatistic: statistic)
            figure.better = kpi.better(ofStatistic: statistic)
            if figure.unit == .count, kpi.unit != .count { figure.better = nil }
        }
        let known = ScorecardReader.shared(projections(formula))
        for name in asked where !isTrusting && !isKnown(name, among: known) {
            faults.report(
                at: value, "\(text) can't be asked by \(name)", word: name, among: known)
            return nil
        }
        return figure
    }

    /// The dimensions that all of some projections have.
    private static func shared(_ projections: [ProjectionDefinition]) -> [String] {
        var shared: [String]?
        for projection in projections {
            let dimensions = projection.dimensions.map(\.name)
            shared = shared?.filter { dimensions.contains($0) } ?? dimensions
        }
        return shared ?? []
    }

    /// Refuses persons' names among what a scorecard is asked for.
    func checkNames(_ conditions: YAMLValue?, of rows: [ScorecardRow]) {
        let behind = rows.compactMap { row in
            kpi(String(row.figure.prefix { $0 != "." }))
        }.flatMap { projections($0.value) }
        for pair in conditions?.pairs ?? [] {
            let shape = behind.lazy.compactMap { projection in
                projection.dimensions.first { $0.name == pair.name }.flatMap {
                    columns.shape(of: $0.source, in: projection)
                }
            }.first
            guard let shape, pair.value.plainText != "present" else { continue }
            for element in pair.value.elements {
                columns.checkName(element.text ?? "", shape, at: element, faults)
            }
        }
    }

    /// Whether a dimension is among some, or follows one of them to a field.
    private func isKnown(_ name: String, among known: [String]) -> Bool {
        if known.contains(name) { return true }
        func has(_ kind: String, _ field: String) -> Bool {
            columns.types.profileFields(of: kind).contains { $0.name == field }
        }
        if let dot = name.firstIndex(of: ".") {
            let kind = String(name[..<dot])
            return known.contains(kind) && has(kind, String(name[name.index(after: dot)...]))
        }
        return known.count { has($0, name) } == 1
    }

    // MARK: Numbers and days

    private func readNumber(_ value: YAMLValue?, _ what: String, most: Int64) -> ExactNumber? {
        guard let value else { return nil }
        var text = value.plainText ?? value.text ?? ""
        if text.hasSuffix("%") { text = String(text.dropLast()).trimmed }
        guard let number = ExactNumber(text), number.numerator > 0,
            ExactNumber.compare(number, ExactNumber(most)) <= 0
        else {
            faults.report(
                at: value, "\(value.inWords) is no \(what)",
                expected: "a number above 0, at most \(most)")
            return nil
        }
        return number
    }

    private func readDay(_ value: YAMLValue?, isEnd: Bool) -> Day? {
        guard let value else { return nil }
        if let text = value.text, let period = try? Period(fixed: text), period.isSingle {
            return isEnd ? period.days.upperBound.advanced(by: -1) : period.days.lowerBound
        }
        faults.report(
            at: value, "\(value.inWords) is no day",
            expected: "a day, month or year such as 2025-07-14, 2025-07 or 2025")
        return nil
    }

    // MARK: Targets

    private func readTarget(_ value: YAMLValue?, of figure: Figure?) -> Target? {
        guard let value else { return nil }
        guard
            let fields = Fields(
                value, of: "a target", keys: ScorecardReader.targetKeys, faults: faults)
        else { return nil }
        let present = fields.present(ScorecardReader.targetKeys)
        guard present.count == 1, let key = present.first, let bound = fields[key] else {
            faults.report(
                at: value, present.isEmpty ? "this target is empty" : "this target says two things",
                expected: "min, max or band")
            return nil
        }
        guard let figure else { return nil }
        let against: [String: Direction] = ["min": .lower, "max": .higher]
        if let wrong = against[key], figure.better == wrong {
            faults.report(
                at: fields.key(key) ?? value,
                "\(figure.name) is better when \(wrong == .lower ? "lower" : "higher")",
                expected: "\(wrong == .lower ? "max" : "min"), or band")
            return nil
        }
        if key == "band" {
            let bounds = bound.elements.compactMap { readBound($0, figure.unit) }
            guard bound.elements.count == 2, bounds.count == 2,
                ExactNumber.compare(bounds[0], bounds[1]) <= 0
            else {
                if bounds.count == bound.elements.count {
                    faults.report(at: bound, "this is no band", expected: "[least, most]")
                }
                return nil
            }
            return .band(bounds[0], bounds[1])
        }
        guard let number = readBound(bound, figure.unit) else { return nil }
        return key == "min" ? .minimum(number) : .maximum(number)
    }

    private func readBound(_ value: YAMLValue, _ unit: Unit) -> ExactNumber? {
        let text = value.text ?? ""
        if unit == .duration {
            if let milliseconds = DurationText.milliseconds(text) {
                return ExactNumber(milliseconds)
            }
            let isNumber = ExactNumber(text) != nil
            faults.report(
                at: value,
                isNumber
                    ? "this row is not measurable (M of SMART): \(text) has no unit"
                    : "\(value.inWords) is no length of time", expected: DurationText.form)
            return nil
        }
        let plain = unit == .percent && text.hasSuffix("%") ? String(text.dropLast()).trimmed : text
        if let number = ExactNumber(plain) { return number }
        faults.report(
            at: value, "\(value.inWords) is no \(unit.rawValue)",
            expected: unit == .money ? "minor units (cents, sen), such as 500000" : "such as 90")
        return nil
    }

    // MARK: Purposes

    private func readPurpose(
        _ value: YAMLValue?, of scorecard: String, objectives: [String]
    ) -> ScorecardRow.Purpose? {
        guard let value else { return nil }
        let text = value.text ?? ""
        guard let dot = text.firstIndex(of: ".") else {
            if objectives.contains(text) { return .objective(text) }
            faults.report(
                at: value,
                "this row is not relevant (R of SMART): no objective is called \(value.inWords)",
                expected: objectives.isEmpty
                    ? "a row of a scorecard above, such as company.csat" : "",
                word: text, among: objectives)
            return nil
        }
        let name = String(text[..<dot])
        let figure = String(text[text.index(after: dot)...])
        if isTrusting { return .row(scorecard: name, figure: figure) }
        guard let other = outline(name), name != scorecard else {
            faults.report(
                at: value,
                name == scorecard
                    ? "this row is not relevant (R of SMART): it serves its own scorecard"
                    : "no scorecard is called \"\(name)\"",
                expected: name == scorecard ? "a row of a scorecard above" : "",
                word: name, among: scorecardNames().filter { $0 != scorecard })
            return nil
        }
        guard other.rows.contains(where: { $0.figure == figure }) else {
            faults.report(
                at: value, "the scorecard \(name) has no row \"\(figure)\"", word: figure,
                among: other.rows.map(\.figure))
            return nil
        }
        guard leadsUp(from: name, figure, to: scorecard) else {
            faults.report(
                at: value, "what this row serves leads back to the scorecard \(scorecard)",
                expected: "rows that lead up to an objective")
            return nil
        }
        return .row(scorecard: name, figure: figure)
    }

    /// Whether the rows that one serves never come back to a scorecard.
    private func leadsUp(from name: String, _ figure: String, to start: String) -> Bool {
        var (name, figure) = (name, figure)
        var seen: Set<String> = [start]
        while seen.insert(name).inserted {
            guard let serves = outline(name)?.rows.first(where: { $0.figure == figure })?.serves,
                let dot = serves.firstIndex(of: ".")
            else { return true }
            (name, figure) = (String(serves[..<dot]), String(serves[serves.index(after: dot)...]))
        }
        return false
    }
}
