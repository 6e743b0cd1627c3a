import EventModel

extension ScorecardDefinition {
    /// See `Definition.explanation`: whom it is for, its rows, what they should reach and serve.
    public var explanation: String {
        var lines = ["\(name), version \(version): \(title.english)"]
        if !description.english.isEmpty { lines.append(description.english) }
        let whom = isCompanyWide ? "everything together" : "one \(scope)"
        var about = "It is about \(whom)"
        for condition in conditions {
            let values = condition.values.map { "is \(Words.list($0, "or"))" } ?? "is given"
            about += ", where \(condition.dimension) \(values)"
        }
        lines += ["", about + "; targets are for a \(grain.rawValue)."]
        if !objectives.isEmpty {
            lines += ["", "Its objectives"]
            lines += table(objectives.map { ($0.name, $0.text.english) })
        }
        lines += ["", "Its rows"]
        lines += table(rows.map { ($0.figure, $0.inWords) })
        lines += [
            "",
            missing == .share
                ? "Where a row has no data, its weight is shared out in proportion to the others'."
                : "Where a row has no data, there is no total.",
            "", "It reads KPIs \(Words.list(Set(rows.map(\.kpi)).sorted())).",
        ]
        if !source.isEmpty { lines += ["", "Source: \(source)"] }
        if !notes.isEmpty { lines += ["", "To know:"] + notes.map { "  \($0.english)" } }
        return lines.joined(separator: "\n")
    }
}

extension ScorecardRow {
    /// The KPI's name, without the statistic.
    public var kpi: String { String(figure.prefix { $0 != "." }) }

    fileprivate var inWords: String {
        func text(_ number: ExactNumber) -> String {
            unit == .duration ? DurationText.text(number.numerator) : number.description
        }
        let aim =
            switch target {
            case .minimum(let least): "at least \(text(least))"
            case .maximum(let most): "at most \(text(most))"
            case .band(let least, let most): "\(text(least)) to \(text(most))"
            }
        let last = days.upperBound.advanced(by: -1)
        var words = "\(weight) %, \(aim), \(days.lowerBound) to \(last)"
        if isLongTerm { words += " (long-term)" }
        switch cap {
        case nil: words += ", not capped"
        case let cap?:
            if ExactNumber.compare(cap, ExactNumber(100)) != 0 { words += ", capped at \(cap) %" }
        }
        switch serves {
        case .objective(let name): words += ", serves \(name)"
        case .row(let scorecard, let figure): words += ", serves \(scorecard).\(figure)"
        }
        return words
    }
}

extension ExactNumber: CustomStringConvertible {
    /// As it is written, without zeros at the end: `90.5`.
    public var description: String {
        guard denominator > 1 else { return "\(numerator)" }
        let rest = String(denominator + Int64(numerator.magnitude % UInt64(denominator)))
        var digits = rest.dropFirst()
        while digits.hasSuffix("0") { digits = digits.dropLast() }
        let whole = "\(numerator.magnitude / UInt64(denominator))"
        return (numerator < 0 ? "-" : "") + whole + (digits.isEmpty ? "" : "." + digits)
    }
}
