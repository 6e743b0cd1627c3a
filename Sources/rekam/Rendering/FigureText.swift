package import Definitions
package import EventModel
package import Querying

/// What became of a figure since the period compared with.
enum Trend: Hashable {
    case better
    case worse
    case neither
}

/// A comparison in pieces, so that a table can align them: `▼`, `18 %`, `better`.
struct ComparisonText: Hashable {
    var arrow = ""
    var amount = ""
    var word = ""
    var trend = Trend.neither

    /// All in one; numbers padded to a width stand under each other.
    func text(amountWidth: Int = 0) -> String {
        let number = amount.isEmpty ? "" : TextWidth.rightAligned(amount, to: amountWidth)
        return [arrow, number, word].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// Figures in words of one language.
package struct FigureText {
    var language: Language
    private var words: Words { Words(language: language) }

    package init(_ language: Language) { self.language = language }

    /// A figure in its unit, money in its currency: `IDR 12,500.00`.
    package func value(_ figure: Figure, _ unit: Unit) -> String {
        guard unit == .money, let currency = figure.currency, figure.value.hasValue else {
            return value(figure.value, unit)
        }
        let places = NumberText.minorPlaces(of: currency)
        var minor: Int128 = 1
        for _ in 0..<places { minor *= 10 }
        // From a thousand on, hundredths say nothing.
        let whole = figure.value.rounded(places: 0, unit: minor)?.whole ?? 0
        return currency.printable + " "
            + NumberText.decimal(
                figure.value, places: whole >= 1000 ? 0 : places, language, unit: minor)
    }

    /// A value in its unit: `2h 14m`, `91.3 %`, `1,204`; "–" where there is none.
    package func value(_ value: Fraction, _ unit: Unit) -> String {
        guard value.hasValue else { return "–" }
        switch unit {
        case .duration: return NumberText.duration(value, language)
        case .percent: return NumberText.decimal(value, places: 1, language) + " %"
        case .count:
            let isWhole = value.reduced.denominator == 1
            return NumberText.decimal(value, places: isWhole ? 0 : 1, language)
        case .score: return NumberText.decimal(value, places: 1, language)
        case .ratio: return NumberText.decimal(value, places: 2, language)
        case .money: return NumberText.decimal(value, places: 0, language)
        }
    }

    /// How a figure differs from the one compared with.
    ///
    /// - Parameter isBrief: without saying what is better, for narrow terminals.
    func comparison(
        _ figure: Figure, _ previous: Figure, _ column: AnswerColumn, isBrief: Bool = false
    ) -> ComparisonText {
        var text = ComparisonText()
        let (new, old) = (figure.value, previous.value)
        guard let order = Fraction.compare(new, old) else {
            if new.hasValue { text.word = words.new }
            if old.hasValue, !isBrief { text.word = words.was(value(old, column.unit)) }
            return text
        }
        guard order != 0 else {
            text.arrow = "="
            text.word = isBrief ? "" : words.same
            return text
        }
        text.arrow = order > 0 ? "▲" : "▼"
        text.trend = trend(new, old, column.better)
        var note = text.trend == .better ? words.better : words.worse
        if text.trend == .neither || isBrief { note = "" }
        if isBrief { text.trend = .neither }
        // A share of a score, which may be zero or negative, would say nothing.
        if column.unit == .percent || column.unit == .score {
            text.amount = points(new, old)
            text.word = [words.points, note].filter { !$0.isEmpty }.joined(separator: " ")
        } else if old.numerator == 0 {
            text.word = [words.fromZero, note].filter { !$0.isEmpty }.joined(separator: " ")
        } else {
            text.amount = share(new, old)
            text.word = note
        }
        return text
    }

    /// The distance in percentage points, `2.1`; `<0.1` where it rounds to nothing.
    private func points(_ new: Fraction, _ old: Fraction) -> String {
        guard let distance = try? new.distance(from: old),
            let rounded = distance.rounded(places: 1)
        else { return "" }
        if rounded.whole == 0, rounded.fraction == 0 {
            return language == .english ? "<0.1" : "<0,1"
        }
        return NumberText.decimal(distance, places: 1, language)
    }

    /// The distance as a share of the old value, `18 %`; in times from tenfold on.
    private func share(_ new: Fraction, _ old: Fraction) -> String {
        guard let share = try? new.distance(from: old).dividedByMagnitude(of: old),
            let percent = try? share.scaled(by: 100), let whole = percent.roundedToWhole()
        else { return "" }
        if whole == 0 { return "<1 %" }
        if whole >= 1000 { return NumberText.decimal(share, places: 0, language) + "×" }
        return "\(whole) %"
    }

    private func trend(_ new: Fraction, _ old: Fraction, _ better: Direction?) -> Trend {
        guard let better, let order = Fraction.compare(new, old) else { return .neither }
        switch better {
        case .higher: return order > 0 ? .better : .worse
        case .lower: return order < 0 ? .better : .worse
        case .band(let minimum, let maximum):
            let bounds = (Fraction(minimum), Fraction(maximum))
            guard let newer = try? new.distance(outside: bounds),
                let older = try? old.distance(outside: bounds),
                let nearer = Fraction.compare(newer, older), nearer != 0
            else { return .neither }
            return nearer < 0 ? .better : .worse
        }
    }

    /// A dimension's value as shown: nobody is "–", weekdays have names.
    package func key(_ text: String, _ kind: AnswerDimension.Kind) -> String {
        if text.isEmpty { return text.printableValue }
        switch kind {
        case .text: return text.printableValue
        case .hour: return (text.count == 1 ? "0" : "") + text.printable + ":00"
        case .weekday:
            guard let number = Int(text), (1...7).contains(number) else { return text.printable }
            return language.weekdayNames[number - 1]
        }
    }
}
