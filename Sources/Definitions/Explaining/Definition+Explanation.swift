public import EventModel

extension Definition {
    /// The definition back in words (English): what it looks for, what makes a fact, what is
    /// measured, which events and fields it reads. Shown by `projection check` and `kpi show`.
    public var explanation: String {
        switch self {
        case .projection(let projection): projection.explanation
        case .kpi(let kpi): kpi.explanation
        case .calendar(let calendar): calendar.explanation
        case .scorecard(let scorecard): scorecard.explanation
        }
    }
}

extension ProjectionDefinition {
    /// See `Definition.explanation`.
    public var explanation: String {
        var lines = ["\(name), version \(version): \(title.english)"]
        if !description.english.isEmpty { lines.append(description.english) }
        if !bindings.isEmpty {
            lines += ["", "In each \(Words.list(subjectKinds, "or")) it looks for"]
            lines += table(bindings.map { ($0.name, Words.binding($0)) })
        }
        lines += ["", factSentence]
        if let split { lines.append(Words.split(split)) }
        if !dimensions.isEmpty {
            lines += ["", "A fact can be asked by"]
            lines += table(dimensions.map { ($0.name, Words.source($0.source)) })
        }
        if !measures.isEmpty {
            lines += ["", "It measures"]
            lines += table(measures.map { ($0.name, Words.measure($0.source)) })
        }
        if !latestTypes.isEmpty {
            lines += ["", "What is in force is set by"]
            lines += table(latestTypes.map { ($0.field, Words.list($0.types, "or")) })
        }
        lines += ["", "It reads"]
        lines += table(reads.map { ($0.type, $0.fields.joined(separator: ", ")) })
        return lines.joined(separator: "\n")
    }

    private var factSentence: String {
        let bullets = conditions.map { "\n  \(Words.condition($0))" }.joined()
        let when =
            switch conditions.count {
            case 0: ""
            case 1: ", provided that \(Words.condition(conditions[0]))"
            default: ", provided that" + bullets
            }
        let end = conditions.count > 1 ? "" : "."
        switch fact {
        case .one(let name):
            return "A case has one fact when there is \(name), at its time\(when)\(end)"
        case .each(let selector):
            return "There is a fact for each \(Words.selector(selector, ""))\(when)\(end)"
        case .stock(let from, let conditions):
            return
                "From \(from) on, a case is in stock while \(Words.conditions(conditions))\(when)\(end)"
        case .stay(let enter, let leave):
            return "A case is in stock from each \(Words.selector(enter, "")) "
                + "until the next \(Words.selector(leave, ""))\(when)\(end)"
        }
    }
}

extension KPIDefinition {
    /// See `Definition.explanation`.
    public var explanation: String {
        var lines = ["\(name), version \(version): \(title.english)"]
        if !description.english.isEmpty { lines.append(description.english) }
        lines += [
            "", "Value       \(value.inWords)", "Unit        \(unit.rawValue), \(directionInWords)",
        ]
        if !statistics.isEmpty {
            lines += ["", "Beside it"]
            lines += table(statistics.map { ($0.name, $0.formula.inWords) })
        }
        var uses: [String] = []
        if !projections.isEmpty { uses.append("projections \(Words.list(projections))") }
        if !kpis.isEmpty { uses.append("KPIs \(Words.list(kpis))") }
        lines += ["", "It reads " + Words.list(uses) + "."]
        if !source.isEmpty { lines += ["", "Source: \(source)"] }
        if !notes.isEmpty { lines += ["", "To know:"] + notes.map { "  \($0.english)" } }
        return lines.joined(separator: "\n")
    }

    private var directionInWords: String {
        switch better {
        case .higher: return "higher is better"
        case .lower: return "lower is better"
        case .band(let minimum, let maximum):
            func text(_ bound: Int64) -> String {
                unit == .duration ? DurationText.text(bound) : "\(bound)"
            }
            return "good from \(text(minimum)) to \(text(maximum))"
        }
    }
}

/// Two columns, indented.
func table(_ rows: [(String, String)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, text in
        text.isEmpty
            ? "  \(name)"
            : "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)"
    }
}

extension Formula {
    /// The formula in words: `100 × number of csat with satisfied ÷ number of csat`.
    public var inWords: String { inWords(in: .english) }

    /// The formula in words of a language; names stay as they are.
    public func inWords(in language: Language) -> String { words(within: 0, language) }

    private func words(within outer: Int, _ language: Language) -> String {
        func wrapped(_ text: String, _ level: Int) -> String { level < outer ? "(\(text))" : text }
        func part(_ formula: Formula, _ level: Int) -> String {
            formula.words(within: level, language)
        }
        let isEnglish = language == .english
        switch self {
        case .number(let numerator, let denominator):
            let text = decimal(numerator, denominator)
            return isEnglish ? text : text.replacing(".", with: ",")
        case .time(let milliseconds): return DurationText.text(milliseconds)
        case .aggregate(let aggregate): return aggregate.inWords(in: language)
        case .union(let aggregates):
            let all = Words.list(
                aggregates.map { $0.measured(in: language) }, isEnglish ? "and" : "dan")
            return isEnglish
                ? "number of different \(all), taken together"
                : "jumlah \(all) yang berbeda, digabung"
        case .sum(let left, let right): return wrapped("\(part(left, 1)) + \(part(right, 1))", 1)
        case .difference(let left, let right):
            return wrapped("\(part(left, 1)) − \(part(right, 2))", 1)
        case .product(let left, let right):
            return wrapped("\(part(left, 2)) × \(part(right, 2))", 2)
        case .quotient(let left, let right):
            return wrapped("\(part(left, 2)) ÷ \(part(right, 3))", 2)
        case .negated(let inner): return wrapped("−\(part(inner, 3))", 2)
        case .periodDays: return isEnglish ? "days of the period" : "hari dalam periode"
        case .periodMonths: return isEnglish ? "months of the period" : "bulan dalam periode"
        case .kpi(let name): return name
        }
    }

    /// Exact: a denominator here is a divisor of a power of ten.
    private func decimal(_ numerator: Int64, _ denominator: Int64) -> String {
        var text = "\(numerator / denominator)"
        var rest = numerator % denominator
        if rest > 0 { text += "." }
        while rest > 0 {
            let (tens, overflow) = rest.multipliedReportingOverflow(by: 10)
            if overflow { break }
            text += "\(tens / denominator)"
            rest = tens % denominator
        }
        return text
    }
}

extension Aggregate {
    /// The aggregate in words: `mean wait of first_response`.
    public var inWords: String { inWords(in: .english) }

    /// The aggregate in words of a language; names stay as they are.
    public func inWords(in language: Language) -> String {
        language == .english ? englishWords : indonesianWords
    }

    /// Projection and filter: `ticket_volume with reason complaint`.
    private func facts(in language: Language) -> String {
        if filter.isEmpty { return projection }
        return language == .english
            ? "\(projection) with \(filterWords("or", "and"))"
            : "\(projection) dengan \(filterWords("atau", "dan"))"
    }

    /// What is measured: `wait of first_response`.
    fileprivate func measured(in language: Language) -> String {
        let facts = facts(in: language)
        return measure.map { "\($0) \(language == .english ? "of" : "dari") \(facts)" } ?? facts
    }

    private var englishWords: String {
        let facts = facts(in: .english)
        let of = measured(in: .english)
        switch function {
        case .count:
            guard let measure else { return "number of \(facts)" }
            return "number of \(facts)\(filter.isEmpty ? " with" : " and") \(measure)"
        case .sum: return "sum of \(of)"
        case .mean: return "mean \(of)"
        case .minimum: return "smallest \(of)"
        case .maximum: return "largest \(of)"
        case .distinct: return "number of different \(of)"
        case .percentile(let percent): return "percentile \(percent) of \(of)"
        case .stock: return "stock of \(of) at the period's end"
        case .start: return "stock of \(of) at the period's start"
        case .kept: return "stock of \(of) at the period's start that is still there at its end"
        }
    }

    private var indonesianWords: String {
        let facts = facts(in: .indonesian)
        let of = measured(in: .indonesian)
        switch function {
        case .count:
            guard let measure else { return "jumlah \(facts)" }
            return "jumlah \(facts)\(filter.isEmpty ? " dengan" : " dan") \(measure)"
        case .sum: return "total \(of)"
        case .mean: return "rata-rata \(of)"
        case .minimum: return "\(of) terkecil"
        case .maximum: return "\(of) terbesar"
        case .distinct: return "jumlah \(of) yang berbeda"
        case .percentile(let percent): return "persentil \(percent) dari \(of)"
        case .stock: return "stok \(of) pada akhir periode"
        case .start: return "stok \(of) pada awal periode"
        case .kept: return "stok \(of) pada awal periode yang masih ada pada akhirnya"
        }
    }

    private func filterWords(_ or: String, _ and: String) -> String {
        Words.list(
            filter.sorted { $0.key < $1.key }.map { "\($0.key) \(Words.list($0.value, or))" }, and)
    }
}
