import Definitions
import EventModel
public import Querying

extension ScorecardAnswer {
    /// The scorecard as a table for people: rows with weight, target, value, attainment and score,
    /// the total, what must be known, and the next useful command. Ends with a line break.
    ///
    /// - Complexity: O(rows of all cards).
    public func table(_ style: TextStyle) -> String {
        let content = ScorecardContent(self, style.language)
        var lines = TextLines(style: style)
        lines.add(pieces: content.headline, tone: .quiet)
        lines.add("")
        if cards.isEmpty {
            lines.add(content.words.nothing(content.periodLabel))
            return lines.text
        }
        var columns = isRanking ? content.ranking() : content.card(cards[0])
        // What is furthest to the right can be spared first, but for the total.
        func width() -> Int { TableLayout(columns: columns, wrapsTitles: true).width }
        while let limit = style.width, width() > limit, columns.count > (isRanking ? 3 : 4) {
            columns.removeLast()
        }
        if let limit = style.width, width() > limit,
            let place = columns.firstIndex(where: {
                $0.shortest != nil
            })
        {
            let excess = width() - limit
            columns[place] = columns[place].cut(
                to: max(8, columns[place].cellWidth - excess))
        }
        let isNarrow = style.width.map { TableLayout(columns: columns).width > $0 } ?? false
        var layout = TableLayout(columns: columns, wrapsTitles: isNarrow)
        while let limit = style.width, layout.width > limit, layout.columns.count > 2 {
            layout.columns.removeLast()
        }
        let rows = layout.lines(isColoured: style.isColoured)
        lines.add(
            style.width.map { limit in
                layout.width > limit
                    ? TableLayout(columns: columns, wrapsTitles: true).lines(isColoured: false)
                        .map { TextWidth.cut($0, to: limit) } : rows
            } ?? rows)
        let notes = content.notes(isRanking ? nil : cards[0])
        if !notes.isEmpty { lines.add("") }
        for note in notes { lines.add(wrapping: note, tone: .plain) }
        if let next = content.nextCommand {
            lines.add("")
            lines.add(wrapping: content.words.next(next), tone: .quiet)
        }
        return lines.text
    }
}

extension ScorecardContent {
    /// One card: a line for each row, the total last.
    func card(_ card: ScorecardCard) -> [TableColumn] {
        let shared = isShared(card)
        let before = answer.comparison == nil ? nil : answer.previous[card.subject]
        var title = TableColumn(title: words.kpi, shortest: 12)
        var weight = TableColumn(title: words.weight, alignment: .right)
        var counted = TableColumn(title: words.counted, alignment: .right)
        var target = TableColumn(title: words.target, alignment: .right)
        var value = TableColumn(title: words.actual, alignment: .right)
        var mark = TableColumn(gap: 1)
        var reached = TableColumn(title: words.attainment, alignment: .right)
        var score = TableColumn(title: words.score, alignment: .right)
        var earlier = TableColumn(title: words.change, alignment: .right)
        var history = TableColumn(
            title: words.lastTwelve(answer.definition.grain), alignment: .right)
        for line in card.lines {
            title.cells.append(.init(text: self.title(line)))
            weight.cells.append(.init(text: percent(line.weight)))
            counted.cells.append(.init(text: percent(line.counted)))
            target.cells.append(.init(text: figures.target(line.target, line.column.unit)))
            value.cells.append(.init(text: self.value(line)))
            mark.cells.append(self.mark(line.isMet))
            reached.cells.append(
                .init(text: line.attainment == nil ? "–" : points(line.attainment) + " %"))
            score.cells.append(.init(text: points(line.score)))
            let old = before?.lines.first { $0.row.figure == line.row.figure }
            earlier.cells.append(.init(text: points(old?.score), tone: .quiet))
            let met = line.history.map { $0.of == 0 ? "–" : words.outOf($0.met, $0.of) } ?? ""
            history.cells.append(.init(text: met, tone: .quiet))
        }
        title.cells.append(.init(text: words.total, tone: .strong))
        let whole = card.lines.reduce(BigFraction(0)) { $0 + $1.weight }
        weight.cells.append(.init(text: percent(whole), tone: .strong))
        score.cells.append(
            .init(text: card.isWithheld ? words.withheld : points(card.total), tone: .strong))
        earlier.cells.append(.init(text: points(before?.total), tone: .quiet))
        var columns = [title, weight]
        if shared { columns.append(counted) }
        columns += [target, value, mark, reached, score]
        if before != nil { columns.append(earlier) }
        if card.lines.contains(where: { $0.history != nil }) { columns.append(history) }
        return columns
    }

    func mark(_ isMet: Bool?) -> TableColumn.Cell {
        switch isMet {
        case true?: .init(text: "✓", tone: .good)
        case false?: .init(text: "✗", tone: .bad)
        case nil: .init(text: "")
        }
    }

    /// Several cards: a line for each, best first; equal totals share a rank.
    func ranking() -> [TableColumn] {
        var rank = TableColumn(title: words.rank, alignment: .right)
        var name = TableColumn(
            title: answer.dimension.map { words.heading(dimension: $0) } ?? "", shortest: 8)
        var total = TableColumn(title: words.total, alignment: .right)
        var before = TableColumn(title: words.change, alignment: .right)
        var days = TableColumn(title: words.daysHeading, alignment: .right)
        for (card, place) in zip(answer.cards, answer.ranks) {
            rank.cells.append(.init(text: place.map { "\($0)" } ?? "–"))
            name.cells.append(.init(text: self.name(card.subject, answer.dimension)))
            total.cells.append(
                .init(text: card.isWithheld ? words.withheld : points(card.total), tone: .strong))
            before.cells.append(
                .init(text: points(answer.previous[card.subject]?.total), tone: .quiet))
            days.cells.append(
                .init(
                    text: card.days == [answer.period.days] ? "" : "\(card.dayCount)",
                    tone: .quiet))
        }
        var columns = [rank, name, total]
        if answer.comparison != nil { columns.append(before) }
        if days.cellWidth > 0 { columns.append(days) }
        let first = answer.cards.first?.lines ?? []
        for (place, line) in first.enumerated() {
            var column = TableColumn(title: title(line), alignment: .right)
            for card in answer.cards {
                let found = place < card.lines.count ? card.lines[place].attainment : nil
                column.cells.append(.init(text: found == nil ? "–" : points(found) + " %"))
            }
            columns.append(column)
        }
        return columns
    }

    /// A look at the row that is furthest from its target; of a ranking, the first card.
    var nextCommand: String? {
        let name = answer.definition.name
        if answer.isRanking {
            guard let first = answer.cards.first, let dimension = answer.dimension else {
                return nil
            }
            return "rekam scorecard \(name) " + Answer.option(dimension, first.subject)
                + " --period \(answer.period)"
        }
        let open = answer.cards[0].lines.filter { $0.attainment != nil }
        let worst = open.min {
            BigFraction.compare($0.attainment ?? BigFraction(0), $1.attainment ?? BigFraction(0))
                < 0
        }
        guard let worst else { return nil }
        let options = answer.filters.flatMap { filter in
            filter.values.map { Answer.option(filter.dimension, $0) + " " }
        }
        return "rekam query \(worst.row.figure) " + options.joined() + "--period \(answer.period)"
            + " --compare previous"
    }
}

extension ScorecardAnswer {
    /// Each card's place; equal totals have the same, those without a total none.
    public var ranks: [Int?] {
        var ranks: [Int?] = []
        for (place, card) in cards.enumerated() {
            guard card.total != nil else {
                ranks.append(nil)
                continue
            }
            let isEqual = place > 0 && cards[place - 1].total == card.total
            ranks.append(isEqual ? ranks[place - 1] : place + 1)
        }
        return ranks
    }
}
