import Definitions
package import EventModel
package import Querying

/// What an explanation shows beside the facts.
public struct ExplanationView {
    /// The explanation.
    package let explanation: Explanation
    /// The store's zone, for local times.
    let zone: TimeZoneRules
    let style: TextStyle
    /// Facts shown, at most; nil for all.
    let limit: Int?
    /// What stands under a fact: its entries, or proofs of them.
    let beneath: (UInt32) throws -> [String]
    /// The same for programs: members of the fact's JSON object.
    let members: ([UInt32]) throws -> [(name: String, json: String)]

    /// A view of an explanation.
    package init(
        _ explanation: Explanation, zone: TimeZoneRules, style: TextStyle, limit: Int?,
        beneath: @escaping (UInt32) throws -> [String],
        members: @escaping ([UInt32]) throws -> [(name: String, json: String)]
    ) {
        self.explanation = explanation
        self.zone = zone
        self.style = style
        self.limit = limit
        self.beneath = beneath
        self.members = members
    }

    private var language: Language { style.language }
    private var words: Words { Words(language: language) }
    private var unit: Definitions.Unit { explanation.answer.columns[0].unit }

    /// The explanation for people; ends with a line break.
    public func table() throws -> String {
        let content = AnswerContent(explanation.answer, language)
        var lines = TextLines(style: style)
        lines.add(pieces: content.headline, tone: .quiet)
        lines.add("")
        let figure = explanation.figure
        let value = content.figures.value(figure.value, unit)
        lines.add(
            "\(content.title(explanation.answer.columns[0])): \(value) = \(explanation.formula)")
        lines.add(termLines())
        for place in explanation.parts.indices where !explanation.parts[place].columns.isEmpty {
            lines.add("")
            lines.add(try partLines(place))
        }
        lines.add("")
        if explanation.isOpenOnly {
            lines.add(wrapping: words.openOnly(explanation.count), tone: .plain)
        } else {
            lines.add(
                wrapping: explanation.addsUp ? words.addsUp : words.doesNotAddUp, tone: .plain)
        }
        lines.add(wrapping: words.explainNext, tone: .quiet)
        return lines.text
    }

    private func termLines() -> [String] {
        var sheet = Sheet([.init("", ""), .init("", "", isNumber: true), .init("", "")])
        for term in explanation.terms {
            let column = explanation.parts[term.part].columns[term.column]
            let isTime = column.kind == .duration && !term.isCount
            let unit: Definitions.Unit = isTime ? .duration : .count
            var note = words.over(term.count)
            if let sum = term.sum {
                note = FigureText(language).value(Fraction(sum), unit) + " " + note
            } else if term.isCount {
                note = ""
            }
            sheet.add([
                .text("  " + term.words), .figure(term.value, unit, language), .text(note),
            ])
        }
        return sheet.lines(style)
    }

    private func partLines(_ place: Int) throws -> [String] {
        let part = explanation.parts[place]
        if part.isAnonymous { return occurrences(place).lines(style) }
        let shown = min(part.count, limit ?? part.count)
        let details = try explanation.lines(of: place, 0..<shown)
        let sheet = sheet(of: details, place)
        let table = sheet.lines(style)
        guard !details.isEmpty else { return [words.noFacts] }
        var lines = [table[0]]
        for (row, line) in details.enumerated() {
            lines.append(table[row + 1])
            for sequence in line.entries { lines += try beneath(sequence).map { "    " + $0 } }
        }
        if shown < part.count { lines.append(words.more(part.count - shown)) }
        return lines
    }

    private func value(_ value: Int64?, _ name: String?, _ kind: Explanation.Column.Kind)
        -> Sheet.Cell
    {
        guard let value else { return .text(nil) }
        switch kind {
        case .duration: return .figure(Fraction(value), .duration, language)
        case .number, .fact: return .number(value, language)
        case .mark: return .texts("✓", String(value))
        case .name: return .text(name ?? String(value))
        }
    }

    /// One row for each fact: case, times, values, entries.
    private func sheet(of details: [Explanation.Line], _ place: Int) -> Sheet {
        let part = explanation.parts[place]
        let moments = part.moments.isEmpty ? ["fact"] : part.moments
        var sheet = Sheet(
            [.init("case", words.caseTitle)]
                + moments.map { .init($0, $0 == "fact" ? words.when : heading($0)) }
                + part.columns.filter { $0.kind != .fact }.map {
                    .init($0.title, heading($0.title), isNumber: $0.kind != .mark)
                } + [
                    .init("multiplicity", "±"), .init("entries", words.entriesTitle),
                    .init("marks", ""),
                ])
        for line in details {
            let times = moments.map { name -> Sheet.Cell in
                if name == "fact" { return .time(line.time, zone) }
                let event = line.events.first { $0.name == name }
                return event.map { .time($0.time, zone) } ?? .text(nil)
            }
            let values = zip(part.columns, zip(line.values, line.names))
                .filter { $0.0.kind != .fact }.map { value($1.0, $1.1, $0.kind) }
            let sign = line.multiplicity == 1 ? nil : Int64(line.multiplicity)
            sheet.add(
                [.text(line.subject)] + times + values + [
                    .number(sign, language), .sequences(line.entries, language),
                    .text(line.marks.isEmpty ? nil : "← " + line.marks.joined(separator: ", ")),
                ])
        }
        return sheet
    }

    private func occurrences(_ place: Int) -> Sheet {
        let part = explanation.parts[place]
        let columns = part.columns.filter { $0.kind != .fact }
        var sheet = Sheet(
            columns.map { .init($0.title, heading($0.title), isNumber: true) }
                + [.init("count", words.facts, isNumber: true)])
        for (values, count) in explanation.occurrences(of: place) {
            let cells = zip(part.columns, values).filter { $0.0.kind != .fact }
                .map { value($1, nil, $0.kind) }
            sheet.add(cells + [.number(count, language)])
        }
        return sheet
    }

    private func heading(_ name: String) -> String {
        let spaced = name.replacing("_", with: " ")
        return spaced.prefix(1).uppercased() + spaced.dropFirst()
    }

    /// A Markdown table for each projection, all facts unless limited.
    public func markdown() throws -> String {
        let content = AnswerContent(explanation.answer, language)
        let title = content.title(explanation.answer.columns[0])
        let value = content.figures.value(explanation.figure.value, unit)
        var text = content.headline.map { MarkdownText.escaped($0) }.joined(separator: " · ")
        text += "\n\n" + MarkdownText.escaped("\(title): \(value) = \(explanation.formula)") + "\n"
        for place in explanation.parts.indices where !explanation.parts[place].columns.isEmpty {
            let part = explanation.parts[place]
            text += "\n"
            if part.isAnonymous {
                text += occurrences(place).markdown()
                continue
            }
            let shown = min(part.count, limit ?? part.count)
            text += sheet(of: try explanation.lines(of: place, 0..<shown), place).markdown()
            if shown < part.count { text += "\n" + words.more(part.count - shown) + "\n" }
        }
        return text
    }
}
