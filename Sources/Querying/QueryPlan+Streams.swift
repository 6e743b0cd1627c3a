import Definitions

extension ProjectionPlan {
    /// The place of a stream, a new one where nothing asked for it yet.
    mutating func place(of stream: FactStream) -> Int {
        if let found = streams.firstIndex(of: stream) { return found }
        streams.append(stream)
        isSummed.append(false)
        statistics.append([])
        return streams.count - 1
    }

    /// The place of a statistic among a stream's.
    mutating func place(of statistic: ValueSamples.Statistic, stream: Int) -> Int {
        if let found = statistics[stream].firstIndex(of: statistic) { return found }
        statistics[stream].append(statistic)
        return statistics[stream].count - 1
    }
}

// What a KPI's aggregates bring with them: answers that may be withheld, currencies to keep apart,
// windows that are still open.
extension QueryPlanner {
    mutating func stockFunction(
        _ aggregate: Aggregate, at place: Int, stream: Int
    ) -> Expression.Term.Function {
        let ofMeasure = aggregate.measure != nil
        if aggregate.function == .stock {
            projections[place].isSummed[stream] = ofMeasure
            return .stock(ofMeasure: ofMeasure)
        }
        projections[place].usesStart = true
        if aggregate.function == .start, !ofMeasure { return .start }
        if !projections[place].keptStreams.contains(stream) {
            projections[place].keptStreams.append(stream)
        }
        return aggregate.function == .start ? .started : .kept
    }

    /// For how long what an aggregate reads may still change.
    func reach(of term: Expression.Term) -> Reach {
        let projection = projections[term.projection]
        let layout = projection.source.layout
        guard let offset = projection.streams[term.stream].measure else { return layout.reach }
        let measure = layout.measure(atOffset: offset)
        return layout.reach.joined(with: layout.reachOfMeasures[measure] ?? Reach())
    }

    /// The last days on which windows are open whose length fields say, of the facts behind some
    /// aggregates.
    mutating func windows(behind terms: [Expression.Term]) -> [Expression.Term] {
        var found: [Expression.Term] = []
        for term in terms {
            let place = term.projection
            let layout = projections[place].source.layout
            var stream = projections[place].streams[term.stream]
            let measure = stream.measure.map { layout.measure(atOffset: $0) }
            stream.column = nil
            for window in layout.windows + (measure.flatMap { layout.windowsOfMeasures[$0] } ?? [])
            {
                stream.measure = layout.offset(ofMeasure: window.measure)
                stream.unitOfWindow = window.millisecondsPerUnit
                let number = projections[place].place(of: stream)
                let last = Expression.Term(
                    projection: place, stream: number,
                    function: .statistic(projections[place].place(of: .maximum, stream: number)))
                if !found.contains(last) { found.append(last) }
            }
        }
        return found
    }

    /// The calendars by which the facts behind some aggregates, and their measures, are counted.
    func calendars(behind terms: [Expression.Term]) -> [CalendarVersion] {
        var found: Set<CalendarVersion> = []
        for term in terms {
            let layout = projections[term.projection].source.layout
            found.formUnion(layout.calendars)
            let measure = projections[term.projection].streams[term.stream].measure
            guard let measure = measure.map({ layout.measure(atOffset: $0) }) else { continue }
            found.formUnion(layout.calendarsOfMeasures[measure] ?? [])
        }
        return found.sorted()
    }

    /// The numbers of answers of anonymous cases behind some aggregates, each under its own filters.
    mutating func answers(behind terms: [Expression.Term]) -> [Expression.Term] {
        var found: [Expression.Term] = []
        for term in terms where projections[term.projection].source.layout.isAnonymous {
            var stream = projections[term.projection].streams[term.stream]
            stream.measure = nil
            let answers = Expression.Term(
                projection: term.projection,
                stream: projections[term.projection].place(of: stream), function: .count)
            if !found.contains(answers) { found.append(answers) }
        }
        return found
    }

    /// What tells the currencies of some aggregates' facts.
    mutating func amounts(in terms: [Expression.Term]) -> [QueryPlan.Amount] {
        var found: [QueryPlan.Amount] = []
        for term in terms where term.function != .count {
            let place = term.projection
            let layout = projections[place].source.layout
            var stream = projections[place].streams[term.stream]
            guard let offset = stream.measure,
                let dimension = layout.currencies[layout.measure(atOffset: offset)]
            else { continue }
            stream.column = 1 + dimension
            let number = projections[place].place(of: stream)
            let amount = QueryPlan.Amount(
                projection: place, dimension: dimension, stream: number,
                least: projections[place].place(of: .minimum, stream: number),
                greatest: projections[place].place(of: .maximum, stream: number))
            if !found.contains(amount) { found.append(amount) }
        }
        return found
    }
}
