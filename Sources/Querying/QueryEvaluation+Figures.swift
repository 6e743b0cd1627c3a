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
        let count =
            output.basis.isEmpty
            ? nil
            : output.basis.reduce(Int64(0)) { sum, term in
                let (total, isTooLarge) = sum.addingReportingOverflow(
                    self.count(of: term, group, in: cells))
                return isTooLarge ? .max : total
            }
        let openThrough = openThrough(output, group, in: cells)
        let currencies = try self.currencies(of: output, group, in: cells)
        if currencies.count > 1 {
            var figure = Figure(
                value: .none, count: count, reason: .mixedCurrencies(currencies))
            figure.openThrough = openThrough
            return figure
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
        figure.openThrough = openThrough
        figure.isFew =
            value.hasValue && !output.column.whenEmpty.hasValue
            && count.map { $0 < Figure.fewestFacts } ?? false
        return figure
    }

    /// Whether some, but only few respondents are behind a figure.
    private func isWithheld(
        _ output: QueryPlan.Output, of group: Int, in cells: [CellFigures]
    ) -> Bool {
        isTooFew(output, ofAll: [group], in: cells)
    }

    /// The last day on which a window of a figure's facts is open; nil where no field says one.
    private func openThrough(
        _ output: QueryPlan.Output, _ group: Int, in cells: [CellFigures]
    ) -> Day? {
        output.windows.compactMap { term -> Day? in
            guard case .statistic(let place) = term.function,
                let last = cells[term.projection].statistic(
                    group, stream: term.stream, place: place)
            else { return nil }
            return Day(number: Int32(clamping: last))
        }.max()
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
