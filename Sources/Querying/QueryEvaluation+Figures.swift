import Definitions
import EventModel

extension QueryEvaluation {
    /// Every output's figure for one group.
    func figures(
        of group: Int, in cells: [CellFigures], length: PeriodLength
    ) throws -> [Figure] {
        try plan.outputs.map { try figure($0, of: group, in: cells, length: length) }
    }

    private func figure(
        _ output: QueryPlan.Output, of group: Int, in cells: [CellFigures], length: PeriodLength
    ) throws -> Figure {
        if isWithheld(output, of: group, in: cells) {
            return Figure(
                value: .none, count: nil, reason: .withheld(below: Self.fewestRespondents))
        }
        let count = output.basis.map { self.count(of: $0, group, in: cells) }
        let currencies = try self.currencies(of: output, group, in: cells)
        if currencies.count > 1 {
            return Figure(value: .none, count: count, reason: .mixedCurrencies(currencies))
        }
        let value: Fraction
        do {
            value = try output.expression.value(of: group, in: cells, length: length)
        } catch {
            throw QueryFault.tooLarge(output.column.name)
        }
        let missing: NullReason = count ?? 0 == 0 ? .nothing : .zeroDenominator
        let isMoney = output.column.unit == .money
        var figure = Figure(
            value: value, count: count, reason: value.hasValue ? nil : missing,
            currency: isMoney ? currencies.first.flatMap { $0.isEmpty ? nil : $0 } : nil)
        figure.isFew =
            value.hasValue && !output.column.whenEmpty.hasValue
            && count.map { $0 < Figure.fewestFacts } ?? false
        return figure
    }

    /// Whether some, but only few respondents are behind a figure.
    private func isWithheld(
        _ output: QueryPlan.Output, of group: Int, in cells: [CellFigures]
    ) -> Bool {
        output.respondents.contains { term in
            let number: Int64
            if case .distinct(let place) = term.function {
                number =
                    cells[term.projection].statistic(group, stream: term.stream, place: place) ?? 0
            } else {
                number = cells[term.projection].count(group, stream: term.stream)
            }
            return number > 0 && number < Self.fewestRespondents
        }
    }

    /// The facts behind a figure: those its basis counts.
    private func count(
        of basis: Expression.Term, _ group: Int, in cells: [CellFigures]
    ) -> Int64 {
        let figures = cells[basis.projection]
        switch basis.function {
        case .stock(ofMeasure: false):
            return Int64(
                clamping: figures.stock(group, stream: basis.stream, ofMeasure: false))
        case .start: return figures.start(group, stream: basis.stream)
        case .started, .kept: return figures.stayed(group, stream: basis.stream, kept: false)
        default: return figures.count(group, stream: basis.stream)
        }
    }

    /// The different currencies of a figure's amounts, "" where none is recorded; of three and more
    /// two are enough.
    private func currencies(
        of output: QueryPlan.Output, _ group: Int, in cells: [CellFigures]
    ) throws -> [String] {
        var found: Set<String> = []
        for amount in output.amounts {
            for place in [amount.least, amount.greatest] {
                guard
                    let id = cells[amount.projection].statistic(
                        group, stream: amount.stream, place: place)
                else { continue }
                let source = plan.projections[amount.projection].source
                found.insert(
                    try source.text(
                        ofDimension: amount.dimension, id: UInt32(truncatingIfNeeded: id)))
            }
        }
        return found.sorted()
    }
}
