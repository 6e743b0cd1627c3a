public import EventModel

extension Formula {
    /// The formula in words of a language: `100 × number of csat with satisfied ÷ number of csat`;
    /// names stay as they are.
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
    /// The aggregate in words of a language: `mean wait of first_response`; names stay as they are.
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
