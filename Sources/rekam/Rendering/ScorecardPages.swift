public import Definitions
import EventModel
import Querying

/// How a list of definitions is written.
public enum ListFormat: Hashable, Sendable {
    case table
    case json
    case csv
    case markdown
}

/// What `scorecard list` and `scorecard show` print.
public enum ScorecardPages {
    /// All scorecards: name, title, scope, rows.
    ///
    /// - Complexity: O(scorecards).
    public static func list(
        _ scorecards: [ScorecardDefinition], _ style: TextStyle, as format: ListFormat
    ) -> String {
        let words = Words(language: style.language)
        switch format {
        case .json:
            return "["
                + JSONText.lines(
                    scorecards.map { scorecard in
                        JSONText.object([
                            ("name", JSONText.string(scorecard.name)),
                            ("version", "\(scorecard.version)"),
                            ("title", JSONText.string(scorecard.title.english)),
                            ("scope", JSONText.string(scorecard.scope)),
                            ("grain", "\"\(scorecard.grain.rawValue)\""),
                            ("rows", "\(scorecard.rows.count)"),
                        ])
                    }) + "]\n"
        case .csv:
            return CSVText.line(["scorecard", "version", "title", "scope", "grain", "rows"])
                + scorecards.map { scorecard in
                    CSVText.line([
                        scorecard.name, "\(scorecard.version)",
                        CSVText.text(scorecard.title.english), scorecard.scope,
                        scorecard.grain.rawValue, "\(scorecard.rows.count)",
                    ])
                }.joined()
        case .table, .markdown:
            var columns = [
                TableColumn(title: words.scorecard), TableColumn(title: words.title, shortest: 8),
                TableColumn(title: words.scope), TableColumn(title: words.rows, alignment: .right),
            ]
            for scorecard in scorecards {
                columns[0].cells.append(.init(text: scorecard.name.printable))
                columns[1].cells.append(
                    .init(text: scorecard.title.text(style.language).printable))
                columns[2].cells.append(.init(text: scope(scorecard, words)))
                columns[3].cells.append(.init(text: "\(scorecard.rows.count)"))
            }
            if format == .markdown { return MarkdownText.table(columns) }
            var lines = TextLines(style: style)
            lines.add(columns, cutting: 1)
            lines.add("")
            let next = "rekam scorecard show " + (scorecards.first?.name ?? "NAME").printable
            lines.add(wrapping: words.next(next), tone: .quiet)
            return lines.text
        }
    }

    private static func scope(_ scorecard: ScorecardDefinition, _ words: Words) -> String {
        scorecard.isCompanyWide ? words.company : words.heading(dimension: scorecard.scope)
    }

    /// One scorecard: whom it is about, its rows, what they should reach and serve.
    ///
    /// - Parameter titles: of the KPIs, by name.
    public static func page(
        _ scorecard: ScorecardDefinition, titles: [String: LocalizedText], _ style: TextStyle,
        as format: ListFormat
    ) -> String {
        switch format {
        case .json: return json(scorecard) + "\n"
        case .csv: return csv(scorecard)
        case .markdown:
            return MarkdownText.table(rows(scorecard, titles, Words(language: style.language)))
        case .table: break
        }
        let words = Words(language: style.language)
        var lines = TextLines(style: style)
        lines.add(
            pieces: [
                scorecard.title.text(style.language).printable, scorecard.name,
                words.version(scorecard.version), scope(scorecard, words),
            ], tone: .strong)
        let description = scorecard.description.text(style.language).printable
        if !description.isEmpty { lines.add(wrapping: description, tone: .plain) }
        for condition in scorecard.conditions {
            let values = condition.values?.joined(separator: ", ") ?? words.anyValue
            lines.add(
                wrapping: words.heading(dimension: condition.dimension) + ": " + values.printable,
                tone: .plain)
        }
        lines.add("")
        lines.add(rows(scorecard, titles, words), cutting: 0)
        if !scorecard.objectives.isEmpty {
            lines.add("")
            lines.add(pieces: [words.objectives], tone: .strong)
            for objective in scorecard.objectives {
                lines.add(
                    wrapping: objective.name + ": "
                        + objective.text.text(style.language).printable, tone: .plain)
            }
        }
        lines.add("")
        lines.add(wrapping: words.missing(scorecard.missing), tone: .plain)
        if scorecard.rows.contains(where: { $0.unit == .count || $0.unit == .money }) {
            lines.add(wrapping: words.proportional(scorecard.grain), tone: .plain)
        }
        for note in scorecard.notes {
            lines.add(wrapping: note.text(style.language).printable, tone: .plain)
        }
        if !scorecard.source.isEmpty {
            lines.add(wrapping: words.source + ": " + scorecard.source.printable, tone: .plain)
        }
        lines.add("")
        let next =
            "rekam scorecard \(scorecard.name)"
            + (scorecard.isCompanyWide ? "" : " --by \(scorecard.scope)") + " --period last-month"
        lines.add(wrapping: words.next(next), tone: .quiet)
        return lines.text
    }

    private static func rows(
        _ scorecard: ScorecardDefinition, _ titles: [String: LocalizedText], _ words: Words
    ) -> [TableColumn] {
        let figures = FigureText(words.language)
        var columns = [
            TableColumn(title: words.kpi, shortest: 12),
            TableColumn(title: words.weight, alignment: .right),
            TableColumn(title: words.target, alignment: .right), TableColumn(title: words.period),
            TableColumn(title: words.serves), TableColumn(),
        ]
        for row in scorecard.rows {
            let statistic = row.figure.dropFirst(row.kpi.count + 1)
            let title = titles[row.kpi]?.text(words.language) ?? row.kpi
            columns[0].cells.append(
                .init(text: (statistic.isEmpty ? title : title + ", " + statistic).printable))
            let weight = NumberText.decimal(row.weight, words.language)
            columns[1].cells.append(.init(text: weight + " %"))
            columns[2].cells.append(.init(text: figures.target(row.target, row.unit)))
            columns[3].cells.append(.init(text: row.spanLabel(words)))
            columns[4].cells.append(.init(text: row.serves.text(scorecard, words.language)))
            var remarks = row.isLongTerm ? [words.longTerm] : []
            if let review = row.review { remarks.append(words.reviewed(by: review)) }
            if row.cap == nil { remarks.append(words.notCapped) }
            if let cap = row.cap, cap != ExactNumber(100) {
                remarks.append("≤ " + NumberText.decimal(cap, words.language) + " %")
            }
            columns[5].cells.append(.init(text: remarks.joined(separator: ", "), tone: .quiet))
        }
        return columns
    }

    private static func csv(_ scorecard: ScorecardDefinition) -> String {
        var text = CSVText.line([
            "scorecard", "version", "kpi", "weight", "target", "from", "to", "cap", "serves",
            "long_term", "review",
        ])
        let figures = FigureText(.english)
        for row in scorecard.rows {
            text += CSVText.line([
                scorecard.name, "\(scorecard.version)", CSVText.text(row.figure), "\(row.weight)",
                CSVText.text(figures.target(row.target, row.unit)), "\(row.days.lowerBound)",
                row.lastDay.map { "\($0)" } ?? "", row.cap.map { "\($0)" } ?? "none",
                CSVText.text(row.serves.name), "\(row.isLongTerm)",
                row.review.map { "\($0)" } ?? "",
            ])
        }
        return text
    }

    private static func json(_ scorecard: ScorecardDefinition) -> String {
        func exact(_ number: ExactNumber, _ unit: Definitions.Unit) -> String {
            Fraction(Int128(number.numerator), over: Int128(number.denominator))
                .decimalText(atMostPlaces: 9, unit: unit == .duration ? 1000 : 1) ?? "null"
        }
        let rows = scorecard.rows.map { row -> String in
            let target: [(String, String)] =
                switch row.target {
                case .minimum(let least): [("min", exact(least, row.unit))]
                case .maximum(let most): [("max", exact(most, row.unit))]
                case .band(let least, let most):
                    [("min", exact(least, row.unit)), ("max", exact(most, row.unit))]
                }
            return JSONText.object([
                ("kpi", JSONText.string(row.figure)), ("weight", "\(row.weight)"),
                ("target", JSONText.object(target)), ("unit", "\"\(row.unit.rawValue)\""),
                ("from", "\"\(row.days.lowerBound)\""),
                ("to", row.lastDay.map { "\"\($0)\"" } ?? "null"),
                ("review", row.review.map { "\"\($0)\"" } ?? "null"),
                ("cap", row.cap.map { "\($0)" } ?? "null"),
                ("serves", JSONText.string(row.serves.name)), ("long_term", "\(row.isLongTerm)"),
            ])
        }
        return JSONText.object([
            ("name", JSONText.string(scorecard.name)), ("version", "\(scorecard.version)"),
            ("title", JSONText.string(scorecard.title.english)),
            ("scope", JSONText.string(scorecard.scope)),
            ("grain", "\"\(scorecard.grain.rawValue)\""),
            ("missing", "\"\(scorecard.missing.rawValue)\""),
            ("rows", "[\(JSONText.lines(rows))]"),
        ])
    }
}

extension ScorecardRow.Purpose {
    /// As it is written.
    var name: String {
        switch self {
        case .objective(let name): name
        case .row(let scorecard, let figure): scorecard + "." + figure
        }
    }

    /// For people: an objective's text, or the row.
    func text(_ scorecard: ScorecardDefinition, _ language: Language) -> String {
        if case .objective(let name) = self,
            let objective = scorecard.objectives.first(where: { $0.name == name })
        {
            return objective.text.text(language).printable
        }
        return name
    }
}

extension ScorecardRow {
    /// `January – December 2025`, `from January 2025 on`, or days.
    fileprivate func spanLabel(_ words: Words) -> String {
        let month = CalendarSpan(.month, containing: days.lowerBound)
        let last = lastDay ?? days.lowerBound
        let end = CalendarSpan(.month, containing: last)
        let isWhole =
            month.start == days.lowerBound && (lastDay == nil || end.end == days.upperBound)
        let grain: Grain = isWhole ? .month : .day
        let first = CalendarSpan(grain, containing: days.lowerBound)
        let label =
            Period(from: first, through: CalendarSpan(grain, containing: last))?
            .label(in: words.language) ?? ""
        return lastDay == nil ? words.since(label) : label
    }
}

extension FigureText {
    /// A stated target.
    func target(_ target: Target, _ unit: Definitions.Unit) -> String {
        func exact(_ number: ExactNumber) -> Fraction {
            Fraction(Int128(number.numerator), over: Int128(number.denominator))
        }
        switch target {
        case .minimum(let least): return self.target(ExactTarget.minimum(exact(least)), unit)
        case .maximum(let most): return self.target(ExactTarget.maximum(exact(most)), unit)
        case .band(let least, let most):
            return self.target(ExactTarget.band(exact(least), exact(most)), unit)
        }
    }
}

extension NumberText {
    /// A written number in a language's form.
    static func decimal(_ number: ExactNumber, _ language: Language) -> String {
        let text = number.description
        return language == .english
            ? text : String(text.map { $0 == "." ? "," : $0 })
    }
}

extension TextLines {
    /// A table, one of whose columns is cut where the terminal is narrow, others left out from the
    /// right.
    mutating func add(_ columns: [TableColumn], cutting place: Int) {
        guard let limit = style.width else {
            add(TableLayout(columns: columns).lines(isColoured: style.isColoured))
            return
        }
        var table = TableLayout(columns: columns)
        while table.width > limit, table.columns.count > 3 { table.columns.removeLast() }
        if table.width > limit {
            let width = max(8, table.columns[place].cellWidth - (table.width - limit))
            table.columns[place] = table.columns[place].cut(to: width)
        }
        while table.width > limit, table.columns.count > 1 { table.columns.removeLast() }
        let lines = table.lines(isColoured: style.isColoured && table.width <= limit)
        add(table.width <= limit ? lines : lines.map { TextWidth.cut($0, to: limit) })
    }
}

extension MarkdownText {
    /// Columns as a whole table.
    static func table(_ columns: [TableColumn]) -> String {
        var table = MarkdownText()
        for column in columns { table.add(column.title, isRight: column.alignment == .right) }
        table.endHeading()
        for row in 0..<(columns.map(\.cells.count).max() ?? 0) {
            for column in columns {
                let cell = row < column.cells.count ? column.cells[row] : TableColumn.Cell()
                table.add(cell.text, isStrong: cell.tone == .strong)
            }
            table.endRow()
        }
        return table.text
    }
}
