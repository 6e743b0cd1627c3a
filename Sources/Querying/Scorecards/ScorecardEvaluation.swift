import Definitions
import EventModel

extension AskedState {
    /// Fills a scorecard in.
    ///
    /// - Throws: `ScorecardFault`, `QueryFaults`, or what the store throws.
    /// - Complexity: as the queries of its figures: one for each different stretch of its rows.
    package func answer(_ request: ScorecardRequest) throws -> ScorecardAnswer {
        guard let definition = try scorecard(request.name) else {
            throw ScorecardFault.unknown(
                request.name, nearest: nearest(to: request.name, among: scorecardNames),
                known: scorecardNames)
        }
        var evaluation = ScorecardEvaluation(
            context: self, definition: definition, request: request)
        return try evaluation.answer()
    }
}

extension AskedState {
    /// The same question by the values that are found for what it names.
    ///
    /// - Throws: `QueryFaults`, or what the store throws.
    package func resolved(_ request: ScorecardRequest) throws -> ScorecardRequest {
        guard !request.filters.isEmpty, let definition = try scorecard(request.name) else {
            return request
        }
        var found = request
        found.filters =
            try ScorecardEvaluation(context: self, definition: definition, request: request)
            .resolvedFilters() ?? request.filters
        return found
    }
}

/// One scorecard as it is filled in.
struct ScorecardEvaluation {
    let context: any AskedState
    let definition: ScorecardDefinition
    let request: ScorecardRequest

    /// What the figures of one stretch of days are, by subject.
    private struct Stretch {
        var answer: Answer
        var rows: [String: AnswerRow]
    }

    private var definitions: [String: Int] = [:]
    private var filters: [(dimension: String, values: [String])] = []
    private var names: [String: DimensionNames] = [:]
    private(set) var basis: AnswerBasis?
    /// What restricts the facts, every name and value looked up.
    private(set) var conditions: [ScorecardDefinition.Condition] = []
    private var entriesNotYetIn: UInt32 = 0
    private var openUntil: Day?
    private var dimension: String?
    /// What restricts the facts, by the values that were found for what was typed.
    private var resolved: [(dimension: String, value: String)]?

    init(context: any AskedState, definition: ScorecardDefinition, request: ScorecardRequest) {
        self.context = context
        self.definition = definition
        self.request = request
    }

    mutating func answer() throws -> ScorecardAnswer {
        try checkScope()
        resolved = try resolvedFilters()
        // Whoever is nobody has no card among others, and none of their own.
        let isOfNobody = resolved?.contains { definition.isAbout($0.dimension) && $0.value.isEmpty }
        if isOfNobody ?? false, !request.isRanking, !definition.isCompanyWide {
            throw ScorecardFault.noSubject(definition.name, scope: definition.scope)
        }
        let cards = try cards(of: request.period, withHistory: !request.isRanking)
        let (filters, names, openUntil) = (filters, names, openUntil)
        var previous: [String: ScorecardCard] = [:]
        if let comparison = request.comparison {
            do {
                for card in try self.cards(of: comparison, withHistory: false) {
                    previous[card.subject] = card
                }
            } catch ScorecardFault.notInForce { previous = [:] }
        }
        return ScorecardAnswer(
            basis: basis ?? context.basis, entriesNotYetIn: entriesNotYetIn,
            definition: definition,
            definitions: definitions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            period: request.period, filters: filters, names: names, dimension: dimension,
            cards: cards, isRanking: request.isRanking, comparison: request.comparison,
            previous: previous,
            openUntil: openUntil)
    }

    /// What restricts the facts, each value looked up once for all rows: whoever is asked for may have
    /// no facts of some kind.
    ///
    /// - Throws: `QueryFaults`, or what the store throws.
    func resolvedFilters() throws -> [(dimension: String, value: String)]? {
        var figures: [String] = []
        for row in definition.rows
        where row.days.overlaps(request.period.days) && !figures.contains(row.figure) {
            figures.append(row.figure)
        }
        // That no row counts is said elsewhere.
        guard !figures.isEmpty else { return nil }
        let question = query(figures, of: request.period)
        return try context.resolved(question).filters
    }

    private func checkScope() throws {
        if definition.isCompanyWide {
            if request.isRanking { throw ScorecardFault.noRanking(definition.name) }
            return
        }
        let isNamed = request.filters.contains { definition.isAbout($0.dimension) }
        guard isNamed || request.isRanking else {
            throw ScorecardFault.noSubject(definition.name, scope: definition.scope)
        }
    }

    // MARK: Cards

    private mutating func cards(of period: Period, withHistory: Bool) throws -> [ScorecardCard] {
        let rows = definition.rows.filter { $0.days.overlaps(period.days) }
        guard !rows.isEmpty else {
            let all = definition.rows
            throw ScorecardFault.notInForce(
                definition.name, period: period.description,
                from: all.map(\.days.lowerBound).min() ?? period.days.lowerBound,
                to: all.contains { $0.lastDay == nil } ? nil : all.compactMap(\.lastDay).max())
        }
        var stretches: [Range<Day>: Stretch] = [:]
        for row in rows {
            let days = row.days.clamped(to: period.days)
            guard stretches[days] == nil else { continue }
            let figures = rows.filter { $0.days.clamped(to: period.days) == days }.map(\.figure)
            stretches[days] = try stretch(
                days == period.days ? period : Period(days: days), figures)
        }
        let subjects =
            request.isRanking
            ? Set(stretches.values.flatMap(\.rows.keys)).filter { !$0.isEmpty }.sorted()
            : [stretches.values.first?.rows.keys.first ?? ""]
        let scope = try daysInScope(subjects, of: period)
        var cards = try subjects.map { subject in
            try card(
                of: subject, scope[subject] ?? [period.days], rows, period, stretches,
                withHistory: withHistory)
        }
        if request.isRanking {
            cards.removeAll { $0.days.isEmpty }
            cards = ranked(cards)
        }
        return cards
    }

    /// Best total first; equal ones by name.
    private func ranked(_ cards: [ScorecardCard]) -> [ScorecardCard] {
        func name(_ card: ScorecardCard) -> String {
            dimension.flatMap { names[$0]?.texts[card.subject] } ?? card.subject
        }
        return cards.sorted { left, right in
            switch (left.total, right.total) {
            case (let first?, let second?):
                let order = BigFraction.compare(first, second)
                if order != 0 { return order > 0 }
            case (nil, _?): return false
            case (_?, nil): return true
            case (nil, nil): break
            }
            return (name(left).lowercased(), left.subject) < (
                name(right).lowercased(), right.subject
            )
        }
    }

    private func card(
        of subject: String, _ scope: [Range<Day>], _ rows: [ScorecardRow], _ period: Period,
        _ stretches: [Range<Day>: Stretch], withHistory: Bool
    ) throws -> ScorecardCard {
        // Days on which some row counts: the whole that weights are shares of.
        let counting = Day.merged(rows.map { $0.days.clamped(to: period.days) })
        let whole = Day.common(counting, scope).reduce(0) { $0 + $1.count }
        var lines: [ScorecardLine] = []
        for row in rows {
            let days = row.days.clamped(to: period.days)
            guard let stretch = stretches[days],
                let place = stretch.answer.columns.firstIndex(where: { $0.name == row.figure })
            else { continue }
            let inScope = Day.common([days], scope)
            let share = BigFraction(
                whole == 0 ? days.count : inScope.reduce(0) { $0 + $1.count },
                over: whole == 0 ? period.dayCount : whole)
            let column = stretch.answer.columns[place]
            let found = stretch.rows[subject]
            let target = try target(of: row, column, on: whole == 0 ? [days] : inScope)
            var line = ScorecardLine(
                row: row, column: column, days: days, target: target,
                figure: found?.figures[place]
                    ?? Figure(
                        value: column.whenEmpty, count: 0,
                        reason: column.whenEmpty.hasValue ? nil : .nothing),
                status: found?.statuses[place] ?? .settled,
                weight: BigFraction(row.weight) * share)
            // Of whom it does not hold for, it says nothing.
            if whole == 0 { line.figure = Figure(value: .none, count: 0, reason: .nothing) }
            line.attainment = target.attainment(of: line.figure.value).map { attainment in
                guard let cap = row.cap.map({ BigFraction($0) }) else { return attainment }
                return BigFraction.compare(attainment, cap) > 0 ? cap : attainment
            }
            lines.append(line)
        }
        if withHistory { try addHistory(to: &lines, of: subject, before: period) }
        return total(subject, scope, lines)
    }

    /// Scores and total of a card's rows.
    private func total(
        _ subject: String, _ scope: [Range<Day>], _ lines: [ScorecardLine]
    ) -> ScorecardCard {
        var lines = lines
        let zero = BigFraction(0)
        let known = lines.filter { $0.attainment != nil }.reduce(zero) { $0 + $1.weight }
        let isWithheld =
            definition.missing == .withhold && lines.contains { $0.attainment == nil }
        var total = zero
        for index in lines.indices {
            guard let attainment = lines[index].attainment, known.sign > 0 else { continue }
            let isShared = definition.missing == .share
            let weight =
                isShared ? lines[index].weight * BigFraction(100) / known : lines[index].weight
            let score = weight * attainment / BigFraction(100)
            lines[index].counted = weight
            lines[index].score = score
            total = total + score
        }
        return ScorecardCard(
            subject: subject, days: scope, lines: lines,
            total: isWithheld || known.sign == 0 ? nil : total, isWithheld: isWithheld)
    }

    // MARK: Figures

    /// The figures of some days, by subject.
    private mutating func stretch(
        _ period: Period, _ figures: [String]
    ) throws -> Stretch {
        let answer = try context.answerLeavingTooLarge(query(figures, of: period))
        note(answer)
        var rows: [String: AnswerRow] = [:]
        if request.isRanking {
            for row in answer.rows { rows[row.key[0]] = row }
            dimension = answer.dimensions.first?.name
        } else {
            let scope = answer.filters.first { definition.isAbout($0.dimension) }
            if !definition.isCompanyWide { dimension = scope?.dimension }
            rows[definition.isCompanyWide ? "" : scope?.values.first ?? ""] = answer.total
        }
        return Stretch(answer: answer, rows: rows)
    }

    private func query(
        _ figures: [String], of period: Period, grain: Grain? = nil
    ) -> QueryRequest {
        var filters = request.filters
        for condition in definition.conditions {
            for value in condition.values ?? [] {
                filters.append((condition.dimension, value))
            }
        }
        var query = QueryRequest(
            kpis: figures, by: request.isRanking ? [definition.scope] : [], filters: filters,
            present: definition.conditions.filter { $0.values == nil }.map(\.dimension),
            period: period, grain: grain)
        if let resolved {
            query.filters = resolved
            query.areValuesResolved = true
        }
        return query
    }

    /// Keeps what an answer rests on.
    private mutating func note(_ answer: Answer) {
        basis = answer.basis.counting(basis?.calendars ?? [])
        entriesNotYetIn = max(entriesNotYetIn, answer.entriesNotYetIn)
        for (name, version) in answer.definitions { definitions[name] = version }
        definitions["scorecard/" + definition.name] = definition.version
        let last = answer.columns.compactMap(\.openUntil).max()
        if let last { openUntil = max(openUntil ?? last, last) }
        conditions = answer.filters.map { .init(dimension: $0.dimension, values: $0.values) }
        conditions += answer.present.map { .init(dimension: $0, values: nil) }
        filters = answer.filters.filter { filter in
            !definition.conditions.contains { condition in
                condition.dimension == filter.dimension
                    || filter.dimension.hasSuffix("." + condition.dimension)
            }
        }
        for (dimension, found) in answer.names {
            if names[dimension]?.add(found) == nil { names[dimension] = found }
        }
    }

    /// What a row should reach on some days: growing figures by how much of the scorecard's periods
    /// these days are.
    private func target(
        of row: ScorecardRow, _ column: AnswerColumn, on days: [Range<Day>]
    ) throws -> ExactTarget {
        do {
            guard column.growsWithTime else {
                return try ExactTarget(row.target, times: Fraction(1))
            }
            return try ExactTarget(row.target, times: definition.grain.share(of: days))
        } catch { throw ScorecardFault.tooLarge(row.figure) }
    }

    /// Adds in how many of the twelve periods before one each target was met.
    private func addHistory(
        to lines: inout [ScorecardLine], of subject: String, before period: Period
    ) throws {
        let last = CalendarSpan(definition.grain, containing: period.days.lowerBound)
            .advanced(by: -1)
        let first = last.advanced(by: -11)
        var figures: [String] = []
        for line in lines where !figures.contains(line.row.figure) {
            figures.append(line.row.figure)
        }
        guard first.year >= 1, let span = Period(from: first, through: last), !figures.isEmpty
        else { return }
        let answer: Answer
        do {
            answer = try context.answerLeavingTooLarge(
                query(figures, of: span, grain: definition.grain))
        } catch let faults as QueryFaults where faults.areTooLarge { return }
        let scope = try daysInScope([subject], of: span)[subject] ?? [span.days]
        for index in lines.indices {
            let line = lines[index]
            guard let place = figures.firstIndex(of: line.row.figure),
                answer.total.statuses[place] != .refused
            else { continue }
            var (met, of) = (0, 0)
            for row in answer.rows {
                let figure = row.figures[place]
                // Before anything was counted there is nothing to have been met.
                if of == 0, line.column.whenEmpty.hasValue, figure.count == 0 { continue }
                let days = Day.common([answer.slices[row.slice].period.days], scope)
                guard !days.isEmpty else { continue }
                let target = try target(of: line.row, line.column, on: days)
                guard let isMet = target.isMet(by: figure.value) else { continue }
                of += 1
                if isMet { met += 1 }
            }
            lines[index].history = (met, of)
        }
    }
}

extension BigFraction {
    /// A definition's number.
    init(_ number: ExactNumber) {
        self = BigFraction(Int(number.numerator), over: Int(number.denominator))
    }
}

extension ScorecardDefinition {
    /// Whether a dimension is the scope's, in its short or its long form.
    package func isAbout(_ name: String) -> Bool {
        func field(_ name: String) -> Substring {
            name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? name[...]
        }
        return name == scope
            || (name.contains(".") != scope.contains(".") && field(name) == field(scope))
    }
}
