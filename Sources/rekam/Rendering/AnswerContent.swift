import Definitions
import EventModel
import Querying

/// An answer's parts in words of one language, before they are laid out.
struct AnswerContent {
    let answer: Answer
    let language: Language
    let words: Words
    let figures: FigureText

    init(_ answer: Answer, _ language: Language) {
        self.answer = answer
        self.language = language
        words = Words(language: language)
        figures = FigureText(language)
    }

    /// `July 2025`.
    var periodLabel: String { answer.period.label(in: language) }

    /// `July 2025, against June`, what it is filtered to, and what it rests on.
    var headline: [String] {
        let basis = answer.basis
        var pieces: [String] = []
        for (dimension, values) in answer.filters {
            let isNobody = values == [""]
            let asked = AnswerDimension(
                name: dimension, kind: answer.filterKinds[dimension] ?? .text)
            pieces.append(
                (isNobody ? words.heading(dimension: dimension) + " " : "")
                    + values.map { key($0, asked) }.joined(separator: " / "))
        }
        var period = periodLabel
        if let comparison = answer.comparison {
            let year = answer.period.singleYear
            period += ", " + words.against(comparison.label(in: language, knownYear: year))
        }
        return pieces + [period] + words.basis(basis, knownYear: answer.period.singleYear)
    }

    /// A dimension's value as people call it; where two are called the same, with the value itself.
    func key(_ value: String, _ dimension: AnswerDimension) -> String {
        answer.names[dimension.name]?.title(value) ?? figures.key(value, dimension.kind)
    }

    /// What the marks beside the figures mean: targets, and few facts.
    private var legend: [String] {
        var notes: [String] = []
        var aims: [String] = []
        for (index, column) in answer.columns.enumerated() {
            var texts: [String] = []
            for target in (answer.rows + answer.totals).compactMap({ $0.target(index) }) {
                let text = figures.target(target, column.unit)
                if !texts.contains(text) { texts.append(text) }
            }
            // Of months of different length, the first and the last will do.
            if texts.count > 2 { texts = [texts[0], "…", texts[texts.count - 1]] }
            if !texts.isEmpty { aims.append(title(column) + " " + texts.joined(separator: " / ")) }
        }
        if !aims.isEmpty { notes.append(words.targets(aims)) }
        let all = (answer.rows + answer.totals).flatMap(\.figures)
        if all.contains(where: \.isFew) { notes.append(words.few(Figure.fewestFacts)) }
        return notes
    }

    /// What should be known before the figures are relied on.
    private var doubts: [String] {
        func title(_ figure: String) -> String {
            answer.columns.first { $0.name == figure }.map { self.title($0) } ?? figure
        }
        let words = AnswerDoubtWords(language)
        return answer.doubts.map { words.text($0, title: title) }
    }

    /// What the marks mean, what is not in yet, and what may still change.
    var notes: [String] {
        var notes = legend + doubts
        if answer.entriesNotYetIn > 0 { notes.append(words.notYetIn(answer.entriesNotYetIn)) }
        notes += unreported
        let refused = answer.columns.indices.filter { answer.total.statuses[$0] == .refused }
        if !refused.isEmpty {
            notes.append(words.refused(refused.map { title(answer.columns[$0]) }))
        }
        let statuses = Set((answer.rows + answer.totals).flatMap(\.statuses)).filter {
            !$0.isUnreported && $0 != .refused
        }
        if let reopened = part(.reopened) { notes.append(words.reopened(reopened.label)) }
        if let restated = part(.restated) {
            return notes + [words.restated(restated.label, restated.first.description)]
        }
        if let closed = part(.closed) {
            if statuses == [.closed] { return notes + [words.closed(closed.label)] }
            if closed.first != answer.period { notes.append(words.closedApart(closed.label)) }
        }
        let open = answer.columns.filter(\.staysOpen).map { title($0) }
        if !open.isEmpty { notes.append(words.staysOpen(open)) }
        guard let last = answer.columns.compactMap(\.openUntil).max() else { return notes }
        let day = last.text(language, knownYear: answer.period.singleYear)
        return notes + [words.mayChange(periodLabel, until: day)]
    }

    /// The part of the period in which figures have a status: all of it where they have it of the whole,
    /// or in every slice; else some slices, with the first of them. Nil where none has it.
    private func part(_ status: FigureStatus) -> (label: String, first: Period)? {
        let having = (answer.rows + answer.totals).filter { $0.statuses.contains(status) }
        guard !having.isEmpty else { return nil }
        let slices = Set(having.map(\.slice)).sorted()
        guard answer.grain != nil, slices[0] >= 0, slices.count < answer.slices.count else {
            return (periodLabel, answer.period)
        }
        let shown = slices.prefix(3).map {
            answer.slices[$0].label(in: language, knownYear: nil)
        }
        return (
            shown.joined(separator: ", ") + (slices.count > shown.count ? ", …" : ""),
            answer.slices[slices[0]].period
        )
    }

    /// What was not reported when the books were closed, and why not.
    private var unreported: [String] {
        let (whole, all) = (answer.totals, answer.rows + answer.totals)
        return [FigureStatus.notDefinedThen, .refusedThen].compactMap { status in
            let names = answer.columns.indices.compactMap { place -> String? in
                func isUnreported(_ row: AnswerRow) -> Bool { row.statuses[place] == status }
                guard all.contains(where: isUnreported) else { return nil }
                let title = title(answer.columns[place])
                // Asked for all together it was reported.
                return whole.contains(where: isUnreported) || answer.dimensions.isEmpty
                    ? title : words.split(title, by: answer.dimensions.map(\.name))
            }
            guard !names.isEmpty, let part = part(status) else { return nil }
            return words.unreported(names, part.label, status)
        }
    }

    /// `First response, p90`.
    func title(_ column: AnswerColumn) -> String { figures.title(column) }

    /// The rows people read: groups, then all together.
    struct Line {
        var key: [String]
        var period: String
        var row: AnswerRow
        var isTotal: Bool
    }

    /// Every row, names not repeated, all groups together last.
    ///
    /// - Parameter repeatingNames: for formats that are read by machines, too.
    func lines(repeatingNames: Bool = false) -> [Line] {
        var lines: [Line] = []
        var last: [String]?
        for row in answer.rows {
            var key = zip(row.key, answer.dimensions).map { self.key($0, $1) }
            if row.key == last, !repeatingNames { key = key.map { _ in "" } }
            last = row.key
            lines.append(
                Line(key: key, period: label(row.slice), row: row, isTotal: false))
        }
        let totals = answer.dimensions.isEmpty ? [answer.total] : answer.totals
        if answer.dimensions.isEmpty, answer.slices.count <= 1 { return lines }
        for (index, row) in totals.enumerated() {
            var key = answer.dimensions.map { _ in "" }
            if !key.isEmpty, index == 0 || repeatingNames { key[0] = words.all }
            lines.append(Line(key: key, period: label(row.slice), row: row, isTotal: true))
        }
        return lines
    }

    private func label(_ slice: Int) -> String {
        guard slice >= 0, answer.grain != nil else { return periodLabel }
        return answer.slices[slice].label(in: language, knownYear: answer.period.singleYear)
    }

    /// Numbers of facts beside a row: one where all columns rest on the same.
    func facts(_ row: AnswerRow) -> String {
        let counts = zip(answer.columns, row.figures).filter { !$0.0.isCount }.map(\.1.count)
        guard !counts.isEmpty, counts.contains(where: { $0 ?? 0 != 0 }) else { return "" }
        let texts = counts.map { count in
            count.map { NumberText.grouped($0, language) } ?? "–"
        }
        return Set(texts).count == 1 ? texts[0] : texts.joined(separator: " · ")
    }

    /// Why a row has no values, where none has one, or where something was held back.
    func reason(_ figures: [Figure]) -> String {
        let reasons = figures.compactMap(\.reason)
        let kept = reasons.filter { $0 != .nothing }
        if let first = kept.first { return words.reason(first) }
        return !figures.isEmpty && reasons.count == figures.count ? words.reason(.nothing) : ""
    }
}
