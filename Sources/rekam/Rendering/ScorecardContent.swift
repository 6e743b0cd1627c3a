import Definitions
import EventModel
import Querying

/// A scorecard's parts in words of one language, before they are laid out.
struct ScorecardContent {
    let answer: ScorecardAnswer
    let language: Language
    let words: Words
    let figures: FigureText

    init(_ answer: ScorecardAnswer, _ language: Language) {
        self.answer = answer
        self.language = language
        words = Words(language: language)
        figures = FigureText(language)
    }

    var periodLabel: String { answer.period.label(in: language) }

    /// What it is, about whom, when, and what it rests on.
    var headline: [String] {
        var pieces = [answer.definition.title.text(language).printable]
        for (dimension, values) in answer.filters {
            pieces.append(values.map { name($0, dimension) }.joined(separator: " / "))
        }
        if answer.definition.isCompanyWide { pieces.append(words.company) }
        var period = periodLabel
        if let comparison = answer.comparison {
            let year = answer.period.singleYear
            period += ", " + words.against(comparison.label(in: language, knownYear: year))
        }
        return pieces + [period] + words.basis(answer.basis, knownYear: answer.period.singleYear)
    }

    /// What people call a subject.
    func name(_ value: String, _ dimension: String?) -> String {
        dimension.flatMap { answer.names[$0]?.title(value) } ?? value.printableValue
    }

    /// A row's title, with its days where it counts for a part of the period only.
    func title(_ line: ScorecardLine) -> String {
        var title = figures.title(line.column)
        if line.days != answer.period.days {
            title += " (" + line.days.label(language, answer.period) + ")"
        }
        return title
    }

    /// `40 %`, `37.5 %`.
    func percent(_ value: BigFraction?) -> String {
        guard let value else { return "–" }
        let isWhole = value == value.rounded(places: 0).flatMap { Self.whole($0) }
        return NumberText.decimal(value, places: isWhole ? 0 : 1, language) + " %"
    }

    private static func whole(_ rounded: RoundedDecimal) -> BigFraction? {
        Int(exactly: rounded.whole).map { BigFraction(rounded.isNegative ? -$0 : $0) }
    }

    /// A score or total, in points of a hundred.
    func points(_ value: BigFraction?) -> String {
        value.map { NumberText.decimal($0, places: 1, language) } ?? "–"
    }

    /// Whether shares were changed by rows without data.
    func isShared(_ card: ScorecardCard) -> Bool {
        answer.definition.missing == .share && card.lines.contains { $0.counted == nil }
            && card.total != nil
    }

    /// A card's figure, marked where it rests on few facts.
    func value(_ line: ScorecardLine) -> String {
        figures.value(line.figure, line.column.unit) + (line.figure.isFew ? "*" : "")
    }

    /// Targets that were to be looked at again, by the day that was said.
    private var reviewsDue: [String] {
        var due: [Day: [String]] = [:]
        for line in answer.cards.flatMap(\.lines) where line.row.isReviewDue(on: answer.basis.today)
        {
            guard let day = line.row.review else { continue }
            let title = figures.title(line.column)
            if due[day]?.contains(title) != true { due[day, default: []].append(title) }
        }
        let words = AnswerDoubtWords(language)
        return due.sorted { $0.key < $1.key }.map {
            words.reviewDue($0.value, by: $0.key, in: answer.definition.name)
        }
    }

    /// What must be known beside the figures.
    func notes(_ card: ScorecardCard?) -> [String] {
        var notes: [String] = []
        if answer.entriesNotYetIn > 0 { notes.append(words.notYetIn(answer.entriesNotYetIn)) }
        if let card {
            if card.days != [answer.period.days] {
                notes.append(
                    words.inScope(
                        card.dayCount, of: answer.period.dayCount,
                        card.days.map { $0.label(language, answer.period) }
                            .joined(separator: ", ")))
            }
            let refused = card.lines.filter { $0.status == .refused }
            if !refused.isEmpty {
                notes.append(words.refused(refused.map { figures.title($0.column) }))
            }
            let missing = card.lines.filter { $0.attainment == nil }
            if !missing.isEmpty, missing.count < card.lines.count {
                notes.append(
                    words.noData(
                        missing.map { figures.title($0.column) },
                        isShared: answer.definition.missing == .share))
            }
        }
        let lines = answer.cards.flatMap(\.lines)
        if lines.contains(where: { $0.isProportional }) {
            notes.append(words.proportional(answer.definition.grain))
        }
        if lines.contains(where: \.figure.isFew), !answer.isRanking {
            notes.append(words.few(Figure.fewestFacts))
        }
        notes += reviewsDue
        if let last = answer.openUntil {
            let day = last.text(language, knownYear: answer.period.singleYear)
            notes.append(words.mayChange(periodLabel, until: day))
        }
        return notes
    }
}

extension ScorecardLine {
    /// Whether its target is not the one that is stated, but in proportion to the days.
    var isProportional: Bool {
        guard column.growsWithTime else { return false }
        func differs(_ exact: Fraction, _ number: ExactNumber) -> Bool {
            Fraction.compare(
                exact, Fraction(Int128(number.numerator), over: Int128(number.denominator))) != 0
        }
        switch (target, row.target) {
        case (.minimum(let exact), .minimum(let stated)),
            (.maximum(let exact), .maximum(let stated)),
            (.band(_, let exact), .band(_, let stated)):
            return differs(exact, stated)
        default: return false
        }
    }
}

extension Range where Bound == Day {
    /// `1–14 July`, with the year where the period does not say it.
    func label(_ language: Language, _ period: Period) -> String {
        let first = CalendarSpan(.day, containing: lowerBound)
        let last = CalendarSpan(.day, containing: upperBound.advanced(by: -1))
        guard let stretch = Period(from: first, through: last) else { return "" }
        return stretch.label(in: language, knownYear: period.singleYear)
    }
}

extension FigureText {
    /// `First response, p90`.
    func title(_ column: AnswerColumn) -> String {
        let title = column.title.text(language)
        return (column.statistic.map { title + ", " + $0 } ?? title).printable
    }

    /// `≥ 90 %`, `≤ 1h`, `5 – 15 %`.
    func target(_ target: ExactTarget, _ unit: Definitions.Unit) -> String {
        switch target {
        case .minimum(let least): return "≥ " + exact(least, unit)
        case .maximum(let most): return "≤ " + exact(most, unit)
        case .band(let least, let most): return exact(least, unit) + " – " + exact(most, unit)
        }
    }

    /// A target's number as people write it: without decimals that say nothing.
    private func exact(_ value: Fraction, _ unit: Definitions.Unit) -> String {
        guard value.reduced.denominator == 1 else { return self.value(value, unit) }
        switch unit {
        case .percent: return NumberText.decimal(value, places: 0, language) + " %"
        case .score, .ratio: return NumberText.decimal(value, places: 0, language)
        default: return self.value(value, unit)
        }
    }
}

extension NumberText {
    /// A value with a fixed number of decimals, rounded half to even.
    static func decimal(_ value: BigFraction, places: Int, _ language: Language) -> String {
        guard let rounded = value.rounded(places: places) else { return "–" }
        return decimal(rounded, language)
    }
}
