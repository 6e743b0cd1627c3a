import Definitions
public import EventModel
public import Querying

extension ScorecardAnswer {
    /// The scorecard for programs: one JSON object, ending with a line break. `rows` has a line for
    /// each row of each card, `total` one for each card. Percentages and totals have at most six
    /// decimals, durations are in seconds; what is not known is null.
    ///
    /// - Complexity: O(rows of all cards).
    public func json() -> String {
        var text = "{\n" + basis.jsonMembers(definitions)
        text += "  \"scorecard\": \(JSONText.string(definition.name)),\n"
        text += "  \"period\": \"\(period)\",\n"
        if let comparison { text += "  \"compared_with\": \"\(comparison)\",\n" }
        let rows = cards.flatMap { card in card.lines.map { row($0, card) } }
        text += "  \"rows\": [\(JSONText.lines(rows))],\n"
        let totals = zip(cards, ranks).map { total($0, rank: $1) }
        return text + "  \"total\": [\(JSONText.lines(totals))]\n}\n"
    }

    private func row(_ line: ScorecardLine, _ card: ScorecardCard) -> String {
        let numbers = FigureNumbers(line.figure, line.column.unit)
        let last = line.days.upperBound.advanced(by: -1)
        var members = pairs(card).map { ($0.0, $0.1.isEmpty ? "null" : JSONText.string($0.1)) }
        members += [
            ("kpi", JSONText.string(line.row.figure)), ("from", "\"\(line.days.lowerBound)\""),
            ("to", "\"\(last)\""), ("weight", decimal(line.weight)),
            ("counted_weight", decimal(line.counted)),
            ("target", line.target.json(line.column.unit)),
            ("value", numbers.value ?? "null"),
        ]
        if let reason = numbers.reason { members.append(("reason", "\"\(reason)\"")) }
        members.append(("unit", "\"\(line.column.unit.rawValue)\""))
        if let currency = line.figure.currency {
            members.append(("currency", JSONText.string(currency)))
        }
        members += [
            ("numerator", numbers.numerator ?? "null"),
            ("denominator", numbers.denominator ?? "null"), ("count", numbers.count ?? "null"),
        ]
        if line.figure.isFew { members.append(("few", "true")) }
        members += [
            ("met", line.isMet.map { "\($0)" } ?? "null"),
            ("attainment", decimal(line.attainment)), ("score", decimal(line.score)),
            ("status", "\"\(line.status.rawValue)\""), ("serves", JSONText.string(serves(line))),
        ]
        if line.row.isLongTerm { members.append(("long_term", "true")) }
        if let review = line.row.review {
            members.append(("review", "\"\(review)\""))
            if line.row.isReviewDue(on: basis.today) { members.append(("review_due", "true")) }
        }
        if let history = line.history {
            members.append(("last_periods", "{\"met\": \(history.met), \"of\": \(history.of)}"))
        }
        return JSONText.object(members)
    }

    private func total(_ card: ScorecardCard, rank: Int?) -> String {
        var members = pairs(card).map { ($0.0, $0.1.isEmpty ? "null" : JSONText.string($0.1)) }
        members.append(("total", decimal(card.total)))
        if card.isWithheld { members.append(("reason", "\"withheld\"")) }
        if isRanking { members.append(("rank", rank.map { "\($0)" } ?? "null")) }
        members += [("days", "\(card.dayCount)"), ("of_days", "\(period.dayCount)")]
        if comparison != nil {
            members.append(("previous", decimal(previous[card.subject]?.total)))
        }
        return JSONText.object(members)
    }

    /// Whom a card is about, and what people call them.
    private func pairs(_ card: ScorecardCard) -> [(String, String)] {
        guard let dimension else { return [] }
        let key = (RowNames.dimension(dimension), card.subject)
        guard let names = names[dimension] else { return [key] }
        return [
            key,
            (dimension + "." + names.field, names.texts[card.subject] ?? ""),
        ]
    }

    private func decimal(_ value: BigFraction?) -> String {
        value?.rounded(places: 6)?.text(trimmingZeros: true) ?? "null"
    }

    private func serves(_ line: ScorecardLine) -> String {
        switch line.row.serves {
        case .objective(let name): name
        case .row(let scorecard, let figure): scorecard + "." + figure
        }
    }

    /// The rows as CSV (RFC 4180), in units as in JSON, whatever the language; of a ranking one line
    /// for each subject instead.
    public func csv() -> String {
        var text = ""
        func add(_ cells: [String?]) { text += CSVText.line(cells.map { $0 ?? "" }) }
        let heads = cards.first.map { pairs($0).map(\.0) } ?? []
        if isRanking {
            text += CSVText.heading(
                ["scorecard", "period", "rank"] + heads + ["total", "days", "of_days"])
            for (card, rank) in zip(cards, ranks) {
                var cells: [String?] = [definition.name, period.description]
                cells.append(rank.map { "\($0)" })
                cells += pairs(card).map { CSVText.text($0.1) }
                cells.append(card.total == nil ? nil : decimal(card.total))
                add(cells + ["\(card.dayCount)", "\(period.dayCount)"])
            }
            return text
        }
        text += CSVText.heading(
            ["scorecard", "period"] + heads + [
                "kpi", "from", "to", "weight", "counted_weight", "target_min", "target_max",
                "value", "unit", "currency", "count", "met", "attainment", "score", "status",
                "serves",
                "calendars",
            ])
        for card in cards {
            for line in card.lines {
                let numbers = FigureNumbers(line.figure, line.column.unit)
                let (least, most) = line.target.bounds(line.column.unit)
                func number(_ value: BigFraction?) -> String? {
                    value.map { decimal($0) }
                }
                var cells: [String?] = [definition.name, period.description]
                cells += pairs(card).map { CSVText.text($0.1) }
                cells += [
                    CSVText.text(line.row.figure), line.days.lowerBound.description,
                    line.days.upperBound.advanced(by: -1).description, number(line.weight),
                    number(line.counted), least, most, numbers.value,
                    line.column.unit.rawValue, CSVText.text(line.figure.currency ?? ""),
                    numbers.count, line.isMet.map { "\($0)" },
                    number(line.attainment), number(line.score), line.status.rawValue,
                    CSVText.text(serves(line)), FigureCells.calendars(line.column),
                ]
                add(cells)
            }
        }
        return text
    }

    /// The scorecard as a Markdown table (GitHub's), with what it rests on above it.
    public func markdown(_ language: Language) -> String {
        let content = ScorecardContent(self, language)
        var text = content.headline.map { MarkdownText.escaped($0) }.joined(separator: " · ")
        text += "\n\n"
        guard let first = cards.first else {
            return text + content.words.nothing(content.periodLabel) + "\n"
        }
        let columns = isRanking ? content.ranking() : content.card(first)
        var table = MarkdownText()
        for column in columns { table.add(column.title, isRight: column.alignment == .right) }
        table.endHeading()
        let count = columns.map(\.cells.count).max() ?? 0
        for row in 0..<count {
            for column in columns {
                let cell = row < column.cells.count ? column.cells[row] : .init()
                table.add(cell.text, isStrong: cell.tone == .strong)
            }
            table.endRow()
        }
        for note in content.notes(isRanking ? nil : first) { table.note(note) }
        return text + table.text
    }
}
