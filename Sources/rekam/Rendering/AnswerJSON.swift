package import Definitions
import EventModel
public import Querying

extension Answer {
    /// The answer for programs: one JSON object, one line for each row, ending with a line break.
    ///
    /// Durations are in seconds; `value` has at most six decimals and is null where there is none;
    /// `numerator / denominator` is the exact value, where `denominator` is not 0. `total` holds all
    /// groups together. Numbers are decimal text all the way, never binary fractions.
    ///
    /// - Complexity: O(rows × columns).
    public func json() -> String {
        var text = "{\n" + basis.jsonMembers(definitions)
        text += "  \"period\": \"\(period)\",\n"
        if let grain { text += "  \"grain\": \"\(grain.rawValue)\",\n" }
        if let comparison { text += "  \"compared_with\": \"\(comparison)\",\n" }
        if !doubts.isEmpty { text += "  \"doubts\": [\(JSONText.lines(doubts.map(\.json)))],\n" }
        text += "  \"rows\": [\(JSONText.lines(rows.flatMap { jsonRows($0) }))],\n"
        text += "  \"total\": [\(JSONText.lines(totals.flatMap { jsonRows($0) }))]\n}\n"
        return text
    }

    /// One object for each KPI.
    package func jsonRows(_ row: AnswerRow) -> [String] {
        columns.indices.map { index in
            let column = columns[index]
            let figure = FigureNumbers(row.figures[index], column.unit)
            var text = "{\"kpi\": \(JSONText.string(column.name)), "
            text += "\"period\": \"\(periodText(row.slice))\""
            for (dimension, value) in keyPairs(row) {
                let shown = value.isEmpty ? "null" : JSONText.string(value)
                text += ", \(JSONText.string(dimension)): \(shown)"
            }
            text += ", \"value\": \(figure.value ?? "null")"
            if let reason = figure.reason { text += ", \"reason\": \"\(reason)\"" }
            text += ", \"unit\": \"\(column.unit.rawValue)\""
            if let currency = row.figures[index].currency {
                text += ", \"currency\": \(JSONText.string(currency))"
            }
            text += ", \(figure.json)"
            if row.figures[index].isFew { text += ", \"few\": true" }
            if let target = row.target(index) {
                let met = target.isMet(by: row.figures[index].value).map { "\($0)" } ?? "null"
                text += ", \"target\": \(target.json(column.unit)), \"met\": \(met)"
            }
            text += ", \"status\": \"\(row.statuses[index].rawValue)\""
            if comparison != nil, !row.previous.isEmpty {
                let previous = FigureNumbers(row.previous[index], column.unit)
                text += ", \"previous\": {\"period\": \(previousPeriodJSON(row.slice)), "
                text += "\"value\": \(previous.value ?? "null"), \(previous.json)}"
            }
            return text + "}"
        }
    }

    private func previousPeriodJSON(_ slice: Int) -> String {
        previousPeriodText(slice).map { "\"\($0)\"" } ?? "null"
    }

    /// The period of a row, as typed.
    package func periodText(_ slice: Int) -> String {
        (slice < 0 ? period : slices[slice].period).description
    }

    /// The period a row is compared with; nil where the other period has fewer pieces.
    func previousPeriodText(_ slice: Int) -> String? {
        if slice < 0 { return comparison?.description }
        return slice < comparisonSlices.count ? comparisonSlices[slice].period.description : nil
    }

    /// A row's dimensions: those it is split by, then those filtered to one value; behind each what
    /// people call it, where a profile says it (`agent`, `agent.name`). Named as `RowNames` says.
    func keyPairs(_ row: AnswerRow) -> [(String, String)] {
        var pairs = zip(dimensions.map(\.name), row.key).map { ($0, $1) }
        for (dimension, values) in filters where values.count == 1 {
            if !dimensions.contains(where: { $0.name == dimension }) {
                pairs.append((dimension, values[0]))
            }
        }
        return pairs.flatMap { dimension, value -> [(String, String)] in
            let key = (RowNames.dimension(dimension), value)
            guard let names = names[dimension] else { return [key] }
            let name = dimension + "." + names.field
            if pairs.contains(where: { $0.0 == name }) { return [key] }
            return [key, (name, names.texts[value] ?? "")]
        }
    }
}

/// A figure's numbers as exact decimal text, durations in seconds.
package struct FigureNumbers {
    /// The value, with at most six decimals; nil where there is none.
    package var value: String?
    package var numerator: String?
    package var denominator: String?
    package var count: String?
    /// Why there is no value, in one word.
    package var reason: String?

    /// The numbers of a figure.
    package init(_ figure: Figure, _ unit: Definitions.Unit) {
        let scale: Int128 = unit == .duration ? 1000 : 1
        value = figure.value.decimalText(atMostPlaces: 6, unit: scale)
        count = figure.count.map { String($0) }
        reason = figure.reason.map(Self.word)
        let hasTerms = figure.value.hasValue || figure.reason != nil && figure.reason != .tooLarge
        if figure.isWithheld || !hasTerms { return }
        numerator = Fraction(figure.value.numerator, over: 1).decimalText(
            atMostPlaces: 3, unit: scale)
        denominator = String(figure.value.denominator)
    }

    private static func word(_ reason: NullReason) -> String {
        switch reason {
        case .nothing: "nothing"
        case .zeroDenominator: "zero_denominator"
        case .withheld: "withheld"
        case .roundOpen: "round_open"
        case .mixedCurrencies: "mixed_currencies"
        case .tooLarge: WhyNotCompared.tooLarge.text
        }
    }

    /// What one of these words says, as far as it says it; nil where it is none.
    package static func reason(_ text: String) -> NullReason? {
        let all: [NullReason] = [
            .nothing, .zeroDenominator, .withheld(below: 0), .roundOpen(through: Day(number: 0)),
            .mixedCurrencies([]), .tooLarge,
        ]
        return all.first { word($0) == text }
    }

    /// Members of a JSON object.
    var json: String {
        "\"numerator\": \(numerator ?? "null"), \"denominator\": \(denominator ?? "null"), "
            + "\"count\": \(count ?? "null")"
    }
}

/// JSON by hand.
package enum JSONText {
    /// Objects one under the other.
    package static func lines(_ rows: [String]) -> String {
        rows.isEmpty ? "" : "\n    " + rows.joined(separator: ",\n    ") + "\n  "
    }

    /// An object of members already written as JSON.
    package static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }

    /// An array of strings.
    static func strings(_ texts: [String]) -> String {
        "[" + texts.map(string).joined(separator: ", ") + "]"
    }

    /// A string with what must be escaped escaped (RFC 8259, 7), control characters of every kind
    /// too, so that a terminal that shows it obeys none.
    package static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                let value = scalar.value
                let isHidden =
                    value < 0x20 || (0x7F..<0xA0).contains(value)
                    || (0x200E...0x200F).contains(value) || (0x2028...0x202E).contains(value)
                    || (0x2066...0x2069).contains(value) || value == 0xFEFF
                if isHidden {
                    let digits = String(value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

extension ExactTarget {
    /// Its bounds as decimal text, durations in seconds.
    func bounds(_ unit: Definitions.Unit) -> (least: String?, most: String?) {
        let scale: Int128 = unit == .duration ? 1000 : 1
        func text(_ value: Fraction) -> String? { value.decimalText(atMostPlaces: 6, unit: scale) }
        switch self {
        case .minimum(let least): return (text(least), nil)
        case .maximum(let most): return (nil, text(most))
        case .band(let least, let most): return (text(least), text(most))
        }
    }

    /// `{"min": 85}`.
    func json(_ unit: Definitions.Unit) -> String {
        let (least, most) = bounds(unit)
        return JSONText.object(
            [("min", least), ("max", most)].compactMap { name, value in value.map { (name, $0) } })
    }
}

extension AnswerBasis {
    /// The root hash in hexadecimal.
    package var rootText: String { Hexadecimal.text(root) }

    /// The texts and rules behind the figures, where they are known.
    private var groundMembers: String {
        guard let evaluation else { return "" }
        let texts = digests.sorted { $0.key < $1.key }
            .map { "\(JSONText.string($0.key)): \(JSONText.string($0.value))" }
        let types = eventTypes.sorted { $0.key < $1.key }
            .map { "\(JSONText.string($0.key)): \($0.value)" }
        return "  \"digests\": {\(texts.joined(separator: ", "))},\n"
            + "  \"event_types\": {\(types.joined(separator: ", "))},\n"
            + "  \"evaluation\": \(evaluation),\n"
    }

    private var calendarMembers: [String] {
        calendars.map { "\(JSONText.string($0.name)): \($0.version)" }
    }

    /// The closing whose figures these are.
    private var closingMember: String {
        guard let closing else { return "" }
        return
            "  \"closing\": {\"sequence\": \(closing.sequence), \"closed\": \"\(closing.day)\"},\n"
    }

    /// What every answer for programs says it rests on: members of an object, a line each.
    package func jsonMembers(_ definitions: [(name: String, version: Int)]) -> String {
        let versions = definitions.map { "\(JSONText.string($0.name)): \($0.version)" }
        return "  \"store\": {\"origin\": \(JSONText.string(origin)), "
            + "\"sequence\": \(sequence), \"root\": \"\(rootText)\"},\n" + closingMember
            + "  \"time_zone\": \(JSONText.string(timeZone)),\n"
            + "  \"tzdata\": \(JSONText.string(tzdata)),\n"
            + "  \"calendars\": {\(calendarMembers.joined(separator: ", "))},\n"
            + "  \"definitions\": {\(versions.joined(separator: ", "))},\n" + groundMembers
    }
}

extension AnswerDoubt {
    /// One object for programs.
    package var json: String {
        func text(_ text: String) -> String { JSONText.string(text) }
        return switch self {
        case .unknownValue(let kpi, let dimension, let value, let nearest):
            JSONText.object([
                ("kind", "\"unknown_value\""), ("kpi", text(kpi)), ("dimension", text(dimension)),
                ("value", text(value)), ("nearest", nearest.map(text) ?? "null"),
            ])
        case .targetsDiffer(let figure, let scorecards):
            JSONText.object([
                ("kind", "\"targets_differ\""), ("kpi", text(figure)),
                ("scorecards", "[" + scorecards.map(text).joined(separator: ", ") + "]"),
            ])
        case .reviewDue(let figure, let scorecard, let day):
            JSONText.object([
                ("kind", "\"review_due\""), ("kpi", text(figure)),
                ("scorecard", text(scorecard)), ("by", "\"\(day)\""),
            ])
        }
    }
}
