import Definitions
import EventModel

extension QueryEvaluation {
    /// Every output's figure for one group.
    func figures(
        of group: Int, in cells: Cells, length: PeriodLength
    ) throws -> [Figure] {
        try plan.outputs.map { output in
            let withheld = withheld(output, of: group, in: cells)
            let openThrough = withheld.compactMap(\.openThrough).max()
            if let reason = reason(output, of: group, in: cells, withheld) {
                var figure = Figure(value: .none, count: nil, reason: reason)
                figure.openThrough = openThrough
                return figure
            }
            var figure = try figure(output, of: group, in: cells.shown, length: length)
            figure.openThrough = [figure.openThrough, openThrough].compactMap { $0 }.max()
            return figure
        }
    }

    /// What is withheld of the answers behind a figure.
    private func withheld(
        _ output: QueryPlan.Output, of group: Int, in cells: Cells
    ) -> [Cells.Withheld] {
        output.answers.flatMap { term in
            cells.withheld[term.projection].filter {
                $0.figures.count(group, stream: term.stream) != 0
            }
        }
    }

    /// Why a figure is not shown: answers stand behind it of which none is in a group that is.
    private func reason(
        _ output: QueryPlan.Output, of group: Int, in cells: Cells, _ withheld: [Cells.Withheld]
    ) -> NullReason? {
        let isMissing = output.answers.contains { term in
            cells.shown[term.projection].count(group, stream: term.stream) == 0
                && cells.withheld[term.projection].contains {
                    $0.figures.count(group, stream: term.stream) != 0
                }
        }
        // A round that closes may still be shown, a few answers are not.
        return isMissing
            ? withheld.max { ($0.openThrough ?? .earliest) < ($1.openThrough ?? .earliest) }?.reason
            : nil
    }

    private func figure(
        _ output: QueryPlan.Output, of group: Int, in cells: [CellFigures], length: PeriodLength
    ) throws -> Figure {
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

extension Figure {
    /// Whether it is not shown for the sake of those who answered.
    package var isWithheld: Bool {
        switch reason {
        case .withheld, .roundOpen: true
        case .nothing, .zeroDenominator, .mixedCurrencies, .tooLarge, nil: false
        }
    }

    /// Whether it is not shown as long as its round has not closed.
    var isAwaited: Bool {
        if case .roundOpen = reason { return true }
        return false
    }
}

extension Day {
    /// Before any day of an answer.
    fileprivate static var earliest: Day { Day(number: .min) }
}
