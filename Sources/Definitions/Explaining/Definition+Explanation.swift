public import EventModel

extension Definition {
    /// The definition back in words of a language: what it looks for, what makes a fact, what is
    /// measured, which events and fields it reads. Names stay as they are.
    public func explanation(in language: Language) -> String {
        switch self {
        case .projection(let projection): projection.explanation(in: language)
        case .kpi(let kpi): kpi.explanation(in: language)
        case .calendar(let calendar): calendar.explanation(in: language)
        case .scorecard(let scorecard): scorecard.explanation(in: language)
        }
    }
}

extension LocalizedText {
    /// The text in a language.
    public func text(_ language: Language) -> String {
        language == .english ? english : indonesian
    }
}

extension Words {
    /// The first lines of every explanation: name, version, title, and what it is about.
    func heading(
        _ name: String, _ version: Int, _ title: LocalizedText, _ description: LocalizedText
    ) -> [String] {
        let head = "\(name), \(pick("version", "versi")) \(version): \(title.text(language))"
        let about = description.text(language)
        return about.isEmpty ? [head] : [head, about]
    }

    /// The explanation of these lines. What a definition's author wrote neither breaks a line nor
    /// colours one.
    static func text(_ lines: [String]) -> String {
        lines.map(\.printable).joined(separator: "\n")
    }

    /// How far clocks may differ.
    func tolerance(_ milliseconds: Int64) -> String {
        let length = DurationText.text(milliseconds)
        return pick(
            "An event up to \(length) before its case opens counts as at the opening.",
            "Peristiwa sampai \(length) sebelum kasusnya dibuka dihitung pada saat pembukaan.")
    }

    /// The last lines: where it comes from, and what to know about it.
    func ending(_ source: String, _ notes: [LocalizedText]) -> [String] {
        var lines: [String] = []
        if !source.isEmpty { lines += ["", pick("Source: ", "Sumber: ") + source] }
        if !notes.isEmpty {
            lines += ["", pick("To know:", "Catatan:")] + notes.map { "  " + $0.text(language) }
        }
        return lines
    }
}

extension ProjectionDefinition {
    /// See `Definition.explanation(in:)`.
    public func explanation(in language: Language) -> String {
        let words = Words(language)
        var lines = words.heading(name, version, title, description)
        if !bindings.isEmpty {
            let kinds = words.any(subjectKinds)
            lines += [
                "", words.pick("In each \(kinds) it looks for", "Dalam setiap \(kinds) dicari"),
            ]
            lines += Words.table(bindings.map { ($0.name, words.binding($0)) })
        }
        lines += [""] + factSentence(words)
        if let rounds { lines.append(words.rounds(rounds)) }
        if let split { lines.append(words.split(split)) }
        if toleranceMilliseconds != Self.usualToleranceMilliseconds {
            lines.append(words.tolerance(toleranceMilliseconds))
        }
        if !dimensions.isEmpty {
            lines += ["", words.pick("A fact can be asked by", "Fakta dapat ditanyakan menurut")]
            lines += Words.table(dimensions.map { ($0.name, words.source($0.source)) })
        }
        if !measures.isEmpty {
            lines += ["", words.pick("It measures", "Yang diukur")]
            lines += Words.table(measures.map { ($0.name, words.measure($0.source)) })
        }
        if !latestTypes.isEmpty {
            lines += ["", words.pick("What is in force is set by", "Yang berlaku ditetapkan oleh")]
            lines += Words.table(latestTypes.map { ($0.field, words.any($0.types)) })
        }
        lines += ["", words.pick("It reads", "Yang dibaca")]
        lines += Words.table(reads.map { ($0.type, $0.fields.joined(separator: ", ")) })
        return Words.text(lines)
    }

    /// What makes a fact, in a sentence; several conditions stand under it.
    private func factSentence(_ words: Words) -> [String] {
        let provided = words.pick(", provided that", ", asalkan")
        switch conditions.count {
        case 0: return [factClause(words) + "."]
        case 1: return [factClause(words) + provided + " " + words.condition(conditions[0]) + "."]
        default:
            return [factClause(words) + provided]
                + conditions.map { "  " + words.condition($0) }
        }
    }

    private func factClause(_ words: Words) -> String {
        switch fact {
        case .one(let name):
            return words.pick(
                "A case has one fact when there is \(name), at its time",
                "Satu kasus punya satu fakta bila ada \(name), pada waktunya")
        case .each(let selector):
            return words.pick("There is a fact for each ", "Ada satu fakta untuk setiap ")
                + words.selector(selector, "")
        case .stock(let from, let conditions):
            return words.pick(
                "From \(from) on, a case is in stock while ",
                "Sejak \(from), kasus masuk stok selama ") + words.conditions(conditions)
        case .stay(let enter, let leave):
            let (enter, leave) = (words.selector(enter, ""), words.selector(leave, ""))
            return words.pick(
                "A case is in stock from each \(enter) until the next \(leave)",
                "Kasus masuk stok sejak setiap \(enter) sampai \(leave) berikutnya")
        }
    }
}

extension Unit {
    /// What it is called: `duration`, `durasi`.
    public func inWords(in language: Language) -> String {
        guard language == .indonesian else { return rawValue }
        return switch self {
        case .duration: "durasi"
        case .count: "jumlah"
        case .percent: "persen"
        case .score: "skor"
        case .ratio: "rasio"
        case .money: "uang"
        }
    }
}

extension KPIDefinition {
    /// See `Definition.explanation(in:)`.
    public func explanation(in language: Language) -> String {
        let words = Words(language)
        var lines = words.heading(name, version, title, description)
        lines += [
            "", words.pick("Value       ", "Nilai       ") + value.inWords(in: language),
            words.pick("Unit        ", "Satuan      ") + unit.inWords(in: language) + ", "
                + direction(words),
        ]
        if !statistics.isEmpty {
            lines += ["", words.pick("Beside it", "Selain itu")]
            lines += Words.table(statistics.map { ($0.name, $0.formula.inWords(in: language)) })
        }
        var uses: [String] = []
        if !projections.isEmpty {
            uses.append(words.pick("projections ", "proyeksi ") + words.all(projections))
        }
        if !kpis.isEmpty { uses.append(words.pick("KPIs ", "KPI ") + words.all(kpis)) }
        lines += ["", words.pick("It reads ", "Membaca ") + words.all(uses) + "."]
        return Words.text(lines + words.ending(source, notes))
    }

    private func direction(_ words: Words) -> String {
        switch better {
        case .higher: return words.pick("higher is better", "makin tinggi makin baik")
        case .lower: return words.pick("lower is better", "makin rendah makin baik")
        case .band(let minimum, let maximum):
            func text(_ bound: Int64) -> String {
                unit == .duration ? DurationText.text(bound) : "\(bound)"
            }
            return words.pick("good from ", "baik dari ")
                + words.range(text(minimum), text(maximum))
        }
    }
}
