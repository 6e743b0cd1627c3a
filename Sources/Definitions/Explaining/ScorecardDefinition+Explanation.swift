public import EventModel

extension ScorecardDefinition {
    /// See `Definition.explanation(in:)`: whom it is for, its rows, what they should reach and serve.
    public func explanation(in language: Language) -> String {
        let words = Words(language)
        var lines = words.heading(name, version, title, description)
        var about = words.pick("It is about ", "Tentang ")
        about +=
            isCompanyWide
            ? words.pick("everything together", "semuanya bersama")
            : words.pick("one \(scope)", "satu \(scope)")
        for condition in conditions {
            let values =
                condition.values.map { words.pick("is ", "adalah ") + words.any($0) }
                ?? words.pick("is given", "terisi")
            about += words.pick(", where ", ", dengan ") + "\(condition.dimension) \(values)"
        }
        let grain = words.pick(grain.rawValue, grain.indonesianName)
        about += words.pick("; targets are for a ", "; target berlaku untuk satu ") + "\(grain)."
        lines += ["", about]
        if !objectives.isEmpty {
            lines += ["", words.pick("Its objectives", "Tujuannya")]
            lines += Words.table(objectives.map { ($0.name, $0.text.text(language)) })
        }
        lines += ["", words.pick("Its rows", "Barisnya")]
        lines += Words.table(rows.map { ($0.figure, $0.inWords(words)) })
        let kpis = words.all(Set(rows.map(\.kpi)).sorted())
        lines += [
            "",
            missing == .share
                ? words.pick(
                    "Where a row has no data, its weight is shared out in proportion to the others'.",
                    "Bila satu baris tanpa data, bobotnya dibagi sebanding ke baris lain.")
                : words.pick(
                    "Where a row has no data, there is no total.",
                    "Bila satu baris tanpa data, tidak ada total."),
            "", words.pick("It reads KPIs ", "Membaca KPI ") + kpis + ".",
        ]
        return Words.text(lines + words.ending(source, notes))
    }
}

extension Grain {
    /// `bulan`, `triwulan`.
    package var indonesianName: String {
        switch self {
        case .day: "hari"
        case .week: "minggu"
        case .month: "bulan"
        case .quarter: "triwulan"
        case .half: "semester"
        case .year: "tahun"
        }
    }
}

extension ScorecardRow {
    /// The KPI's name, without the statistic.
    public var kpi: String { String(figure.prefix { $0 != "." }) }

    fileprivate func inWords(_ words: Words) -> String {
        func text(_ number: ExactNumber) -> String {
            unit == .duration ? DurationText.text(number.numerator) : number.description
        }
        let aim =
            switch target {
            case .minimum(let least): words.atLeast(text(least))
            case .maximum(let most): words.atMost(text(most))
            case .band(let least, let most): words.range(text(least), text(most))
            }
        let span =
            lastDay.map { words.range("\(days.lowerBound)", "\($0)") }
            ?? words.pick("from \(days.lowerBound) on", "sejak \(days.lowerBound)")
        var line = "\(weight) %, \(aim), \(span)"
        if let review {
            line += words.pick(
                ", to be reviewed by \(review)", ", ditinjau paling lambat \(review)")
        }
        if isLongTerm { line += words.pick(" (long-term)", " (jangka panjang)") }
        switch cap {
        case nil: line += words.pick(", not capped", ", tanpa batas")
        case let cap?:
            if ExactNumber.compare(cap, ExactNumber(100)) != 0 {
                line += words.pick(", capped at \(cap) %", ", dibatasi \(cap) %")
            }
        }
        let serves =
            switch serves {
            case .objective(let name): name
            case .row(let scorecard, let figure): "\(scorecard).\(figure)"
            }
        return line + words.pick(", serves ", ", mendukung ") + serves
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
