import Definitions
package import EventModel
package import Querying

/// What an explanation shows beside the facts.
public struct ExplanationView {
    /// The explanation.
    package private(set) var explanation: Explanation
    /// The store's zone, for local times.
    let zone: TimeZoneRules
    let style: TextStyle
    /// Facts shown, at most; nil for all.
    let limit: Int?
    /// What stands under a fact, line for line: its entries, or proofs of them.
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
    private var content: AnswerContent { AnswerContent(explanation.answer, language) }

    /// The same view of one group.
    func of(_ group: Explanation) -> ExplanationView {
        var view = self
        view.explanation = group
        return view
    }
    private var unit: Definitions.Unit { explanation.answer.columns[0].unit }

    /// The explanation for people; ends with a line break.
    public func table() throws -> String {
        var lines = TextLines(style: style)
        lines.add(pieces: content.headline, tone: .quiet)
        lines.add("")
        lines.add(heading)
        lines.add(termLines())
        if !explanation.isSplit { lines.add(try factLines()) }
        for group in explanation.groups {
            let view = of(group)
            lines.add("")
            lines.add("\(view.groupTitle): \(view.valueText)")
            lines.add(view.termLines())
            lines.add(try view.factLines())
        }
        lines.add("")
        if explanation.isOpenOnly {
            lines.add(wrapping: words.openOnly(explanation.count), tone: .plain)
        } else if explanation.count > 0 || !explanation.holds {
            // Of nothing there is nothing to add up.
            lines.add(wrapping: verdict, tone: .plain)
        }
        lines.add(wrapping: words.explainNext, tone: .quiet)
        return lines.text
    }

    /// `First response time: 5h 00m = mean wait of first_response`.
    private var heading: String {
        "\(content.title(explanation.answer.columns[0])): \(valueText) = "
            + (explanation.formula?.inWords(in: language) ?? "")
    }

    /// A group's values as people call them.
    private var groupTitle: String {
        let answer = explanation.answer
        return zip(answer.dimensions, explanation.key).map { dimension, value in
            value.isEmpty
                ? words.heading(dimension: dimension.name) + " –" : content.key(value, dimension)
        }.joined(separator: " · ")
    }

    /// The figure, or why there is none.
    private var valueText: String {
        let figure = explanation.figure
        let value = content.figures.value(figure.value, unit)
        if figure.isWithheld { return content.reason([figure]) }
        return value
    }

    /// Whether all that can add up does, in a sentence.
    private var verdict: String {
        guard explanation.holds else { return words.doesNotAddUp }
        guard explanation.isSplit else { return words.addsUp }
        return words.groupsAddUp(explanation.groupsAddUp == true)
    }

    /// The facts of each projection, an empty line before each.
    private func factLines() throws -> [String] {
        try explanation.parts.indices.filter { !explanation.parts[$0].columns.isEmpty }
            .flatMap { [""] + (try partLines($0)) }
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
                .text("  " + term.aggregate.inWords(in: language)),
                .figure(term.value, unit, language), .text(note),
            ])
        }
        return sheet.lines(style)
    }

    private func partLines(_ place: Int) throws -> [String] {
        let part = explanation.parts[place]
        if part.isAnonymous { return sums(place).lines(style) }
        let shown = min(part.count, limit ?? part.count)
        let details = try explanation.lines(of: place, 0..<shown)
        let sheet = sheet(of: details, place)
        let table = sheet.lines(style)
        guard !details.isEmpty else { return [words.noFacts] }
        var lines = [table[0]]
        for (row, line) in details.enumerated() {
            lines.append(table[row + 1])
            for sequence in line.entries { lines += try beneath(sequence) }
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
                + moments.map { .init("", $0 == "fact" ? words.when : heading($0)) }
                + part.columns.filter { $0.kind != .fact }.map {
                    .init("", heading($0.title), isNumber: $0.kind != .mark)
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
            let marks = line.marks.map { $0.inWords(in: language) }
            let sign = line.multiplicity == 1 ? nil : Int64(line.multiplicity)
            sheet.add(
                [.text(line.subject)] + times + values + [
                    .number(sign, language), .sequences(line.entries, language),
                    .text(marks.isEmpty ? nil : "← " + marks.joined(separator: ", ")),
                ])
        }
        return sheet
    }

    /// What the values of respondents come to, a row for each column.
    private func sums(_ place: Int) -> Sheet {
        var sheet = Sheet([
            .init("value_of", words.valueOf), .init("sum", words.sum, isNumber: true),
            .init("count", words.facts, isNumber: true),
        ])
        for (column, found) in zip(explanation.parts[place].columns, explanation.sums(of: place)) {
            let unit: Definitions.Unit = column.kind == .duration ? .duration : .count
            // Facts have nothing to add but themselves.
            let isFact = column.kind == .fact
            var sum = Sheet.Cell.text(nil)
            if let found = found.sum, !isFact {
                sum = .figure(Fraction(found), unit, language)
            }
            sheet.add([
                .text(isFact ? words.facts : heading(column.title)), sum,
                .number(found.count, language),
            ])
        }
        return sheet
    }

    private func heading(_ name: String) -> String {
        let spaced = name.replacing("_", with: " ")
        return spaced.prefix(1).uppercased() + spaced.dropFirst()
    }

    /// A Markdown table for each projection, of each group; all facts unless limited.
    public func markdown() throws -> String {
        var text = content.headline.map { MarkdownText.escaped($0) }.joined(separator: " · ")
        text += "\n\n" + MarkdownText.escaped(heading) + "\n"
        if !explanation.isSplit { return text + (try markdownFacts()) }
        for group in explanation.groups {
            let view = of(group)
            text += "\n" + MarkdownText.escaped("\(view.groupTitle): \(view.valueText)") + "\n"
            text += try view.markdownFacts()
        }
        return text
    }

    private func markdownFacts() throws -> String {
        var text = ""
        for place in explanation.parts.indices where !explanation.parts[place].columns.isEmpty {
            let part = explanation.parts[place]
            text += "\n"
            if part.isAnonymous {
                text += sums(place).markdown()
                continue
            }
            let shown = min(part.count, limit ?? part.count)
            text += sheet(of: try explanation.lines(of: place, 0..<shown), place).markdown()
            if shown < part.count { text += "\n" + words.more(part.count - shown) + "\n" }
        }
        return text
    }
}
