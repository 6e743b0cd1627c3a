import Definitions
import EventModel
import Querying

/// An explanation for programs.
extension ExplanationView {
    /// One line for each fact and column: the values of a column, each times its count, add up to
    /// its term's sum, the counts to its number of facts. Durations in seconds. Split, each line
    /// begins with its group's values. Of respondents there is one line for each column, `sum(score)`,
    /// whose value is the sum already.
    public func csv() throws -> String {
        let dimensions = explanation.answer.dimensions.map { RowNames.dimension($0.name) }
        var text = CSVText.heading(
            dimensions + [
                "projection", "case", "time", "value_of", "value", "count", "sequence", "support",
            ])
        for group in explanation.isSplit ? explanation.groups : [explanation] {
            let key = group.key.map { CSVText.text($0) }
            for line in try of(group).csvLines() { text += CSVText.line(key + line) }
        }
        return text
    }

    private func csvLines() throws -> [[String]] {
        var lines: [[String]] = []
        for place in explanation.parts.indices {
            let part = explanation.parts[place]
            if part.isAnonymous {
                for (column, found) in zip(part.columns, explanation.sums(of: place)) {
                    guard let sum = found.sum else { continue }
                    lines.append([
                        CSVText.text(part.definition.name), "", "",
                        CSVText.text("sum(\(column.title))"), plain(sum, column.kind),
                        String(found.count), "", "",
                    ])
                }
                continue
            }
            for line in try details(place) {
                for (column, (value, name)) in zip(part.columns, zip(line.values, line.names))
                where value != nil {
                    lines.append([
                        CSVText.text(part.definition.name), CSVText.text(line.subject),
                        line.time.rfc3339, CSVText.text(column.title),
                        name.map { CSVText.text($0) } ?? plain(value, column.kind),
                        String(line.multiplicity), String(line.sequence),
                        line.support.map(String.init).joined(separator: " "),
                    ])
                }
            }
        }
        return lines
    }

    /// One JSON object: the figure with all it rests on, its terms, its facts, or its groups with
    /// each its own.
    public func json() throws -> String {
        let answer = explanation.answer
        var text = "{\n" + answer.basis.jsonMembers(answer.definitions)
        text += "  \"kpi\": \(JSONText.string(answer.columns[0].name)),\n"
        text += "  \"period\": \"\(answer.period)\",\n"
        let pairs = answer.keyPairs(answer.total)
        text += pairs.map { "  \(JSONText.string($0)): \(JSONText.string($1)),\n" }.joined()
        text += "  \"figure\": \(figureObject),\n"
        let formula = explanation.formula?.inWords(in: .english) ?? ""
        text += "  \"formula\": \(JSONText.string(formula)),\n"
        text += "  \"adds_up\": \(explanation.addsUp),\n"
        text += "  \"terms\": [\(JSONText.lines(explanation.terms.map { term($0) }))],\n"
        if !explanation.isSplit {
            let (facts, left) = try listedFacts()
            text += "  \"facts\": [\(JSONText.lines(facts))],\n  \"not_listed\": \(left)\n}\n"
            return text
        }
        let adds = explanation.groupsAddUp.map { "\($0)" } ?? "null"
        text += "  \"groups_add_up\": \(adds),\n"
        let groups = try explanation.groups.map { try of($0).groupObject() }
        text += "  \"groups\": [\(JSONText.lines(groups))]\n}\n"
        return text
    }

    private var figureObject: String {
        let unit = explanation.answer.columns[0].unit
        let figure = FigureNumbers(explanation.figure, unit)
        var text = "{\"value\": \(figure.value ?? "null"), "
        if let reason = figure.reason { text += "\"reason\": \"\(reason)\", " }
        return text + "\"unit\": \"\(unit.rawValue)\", \(figure.json)}"
    }

    /// A group as an object on one line.
    private func groupObject() throws -> String {
        let answer = explanation.answer
        var text = "{"
        for (name, value) in answer.keyPairs(answer.total) {
            text += "\(JSONText.string(name)): \(value.isEmpty ? "null" : JSONText.string(value)), "
        }
        let (facts, left) = try listedFacts()
        text += "\"figure\": \(figureObject), \"adds_up\": \(explanation.addsUp), "
        text += "\"terms\": [\(explanation.terms.map { term($0) }.joined(separator: ", "))], "
        return text + "\"facts\": [\(facts.joined(separator: ", "))], \"not_listed\": \(left)}"
    }

    /// Objects of facts, and how many are left out.
    private func listedFacts() throws -> (facts: [String], left: Int) {
        var facts: [String] = []
        var left = 0
        for place in explanation.parts.indices {
            let lines = try factLines(place)
            facts += lines
            if !explanation.parts[place].isAnonymous {
                left += explanation.parts[place].count - lines.count
            }
        }
        return (facts, left)
    }

    private func details(_ place: Int) throws -> [Explanation.Line] {
        let count = explanation.parts[place].count
        return try explanation.lines(of: place, 0..<min(count, limit ?? count))
    }

    private func plain(_ value: Int64?, _ kind: Explanation.Column.Kind) -> String {
        guard let value else { return "" }
        guard kind == .duration else { return String(value) }
        return Fraction(value).decimalText(atMostPlaces: 3, unit: 1000) ?? ""
    }

    private func plain(_ sum: Int128, _ kind: Explanation.Column.Kind) -> String {
        Fraction(sum).decimalText(atMostPlaces: 3, unit: kind == .duration ? 1000 : 1) ?? ""
    }

    private func term(_ term: Explanation.Term) -> String {
        let column = explanation.parts[term.part].columns[term.column]
        let scale: Int128 = column.kind == .duration && !term.isCount ? 1000 : 1
        let value = term.value.decimalText(atMostPlaces: 6, unit: scale) ?? "null"
        let sum =
            term.sum.flatMap { Fraction($0).decimalText(atMostPlaces: 3, unit: scale) } ?? "null"
        let aggregate = JSONText.string(term.aggregate.inWords(in: .english))
        return "{\"aggregate\": \(aggregate), \"value\": \(value), "
            + "\"sum\": \(sum), \"count\": \(term.count)}"
    }

    private func factLines(_ place: Int) throws -> [String] {
        let part = explanation.parts[place]
        let projection = JSONText.string(part.definition.name)
        func values(_ values: [Int64?], _ names: [String?]) -> String {
            let members = zip(part.columns, zip(values, names)).map { column, pair in
                let shown =
                    pair.0 == nil
                    ? "null" : pair.1.map { JSONText.string($0) } ?? plain(pair.0, column.kind)
                return "\(JSONText.string(column.title)): \(shown)"
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
        if part.isAnonymous {
            let sums = zip(part.columns, explanation.sums(of: place)).map { column, found in
                "\(JSONText.string(column.title)): {\"sum\": "
                    + "\(found.sum.map { plain($0, column.kind) } ?? "null"), "
                    + "\"count\": \(found.count)}"
            }
            guard !sums.isEmpty, part.count > 0 else { return [] }
            return [
                "{\"projection\": \(projection), \"sums\": {\(sums.joined(separator: ", "))}}"
            ]
        }
        return try details(place).map { line in
            let events = line.events.map {
                "\(JSONText.string($0.name)): {\"sequence\": \($0.sequence), "
                    + "\"time\": \"\($0.time.rfc3339)\"}"
            }
            let dimensions = zip(part.dimensions, line.dimensions).map {
                "\(JSONText.string($0)): \($1.isEmpty ? "null" : JSONText.string($1))"
            }
            var text = "{\"projection\": \(projection), \"case\": \(JSONText.string(line.subject)),"
            text += " \"time\": \"\(line.time.rfc3339)\", \"sequence\": \(line.sequence), "
            text += "\"dimensions\": {\(dimensions.joined(separator: ", "))}, "
            text += "\"values\": \(values(line.values, line.names)), "
            text += "\"count\": \(line.multiplicity), "
            text += "\"events\": {\(events.joined(separator: ", "))}"
            for (name, json) in try members(line.entries) { text += ", \"\(name)\": \(json)" }
            return text + "}"
        }
    }
}
