import EventModel
import Projections

extension AskedState {
    /// What facts give to one group's figure: for each projection that the KPI reads, the share of a
    /// fact's row; nil for one that has no say. Facts whose shares add up to the same come to the same
    /// figure.
    ///
    /// - Parameters:
    ///   - key: the group, as dimensions and their values; "" is nobody.
    ///   - states: what followed dimensions of the key say: a fact has a say that is of the group in one
    ///     of them. Facts of a stock always are, since what holds on the stock's day counts.
    ///   - countsAll: whether facts have a say that hold nothing of what is counted: they make a group
    ///     whose figure is 0, where there would be none. Their share is that they are there.
    /// - Throws: `QueryFaults` where the KPI or a dimension does not exist.
    package func shares(
        _ request: QueryRequest, key: [(dimension: String, value: String)],
        _ states: FollowedStates, countsAll: Bool = false
    ) throws -> [(projection: String, share: ([UInt32]) -> [Int64]?)] {
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        let days = plan.period.days
        return try plan.projections.enumerated().compactMap { place, projection in
            let source = projection.source
            // Which answers moved a figure is not told.
            if source.layout.isAnonymous { return nil }
            let streams = projection.given(to: plan.outputs[0], at: place)
            var group = FactStream(measure: nil, filters: projection.filters)
            var followed: [[FollowedFilter]] = []
            for (dimension, value) in key {
                let index = source.layout.dimensions.firstIndex { $0.name == dimension }
                guard let index else {
                    let path = states.followed(dimension, in: request.kpis[0])
                    if let path, !projection.usesStock {
                        followed.append(try source.filters(path, value, states))
                    }
                    continue
                }
                let ids = try source.anyIDs(ofValue: value, inDimension: index)
                group.filters.append(IDFilter(column: 1 + index, ids: ids.sorted()))
            }
            let start = CellLayout.word(of: days.lowerBound)
            let first = projection.usesStock ? nil : start
            let end = CellLayout.word(of: days.upperBound)
            return (
                projection: source.layout.projection,
                share: { row in
                    guard row[0] >= first ?? 0, row[0] < end, group.value(of: row) != nil else {
                        return nil
                    }
                    let day = Int32(bitPattern: row[0] ^ 0x8000_0000)
                    let isFollowed = followed.allSatisfy { filters in
                        filters.contains { $0.passes(row[$0.followed.column], day: day) }
                    }
                    guard isFollowed else { return nil }
                    if countsAll { return [] }
                    let values = streams.map { $0.share(of: row) }
                    guard values.contains(where: { $0 != nil }) else { return nil }
                    // What is there at the period's start is asked for beside what is there at its end.
                    let isBefore = projection.usesStart && row[0] < start
                    return values.map { $0 ?? .min } + (isBefore ? [1] : [])
                }
            )
        }
    }
}

extension ProjectionPlan {
    /// A stream as a figure reads it.
    fileprivate struct Given {
        var stream: FactStream
        /// Whether a fact only counts, whatever it holds.
        var isCounted: Bool

        /// What a fact's row gives; nil where it is none of the stream's.
        func share(of row: [UInt32]) -> Int64? {
            guard let value = stream.value(of: row) else { return nil }
            if let column = stream.column { return Int64(row[column]) }
            return isCounted ? 1 : value
        }
    }

    /// What a column reads of this projection, at a place among the plan's.
    fileprivate func given(to output: QueryPlan.Output, at place: Int) -> [Given] {
        var given = output.expression.terms.filter { $0.projection == place }.map { term in
            let isCounted =
                switch term.function {
                case .count, .stock(ofMeasure: false), .start: true
                default: false
                }
            return Given(stream: streams[term.stream], isCounted: isCounted)
        }
        // Amounts of several currencies add up to nothing.
        for amount in output.amounts where amount.projection == place {
            given.append(Given(stream: streams[amount.stream], isCounted: false))
        }
        return given
    }
}

extension FactSource {
    /// The words of a value, also where it became known later than the source's state.
    fileprivate func anyIDs(ofValue value: String, inDimension index: Int) throws -> [UInt32] {
        guard !value.isEmpty, let prefix = self as? PrefixFacts else {
            return try ids(ofValue: value, inDimension: index)
        }
        return try prefix.newestIDs(ofDimension: index, text: value)
    }

    /// Tests of a followed dimension's value, one for each state; none where the dimension is not its.
    fileprivate func filters(
        _ path: AnswerDimension.Followed, _ value: String, _ states: FollowedStates
    ) throws -> [FollowedFilter] {
        guard let index = layout.dimensions.firstIndex(where: { $0.name == path.dimension }) else {
            return []
        }
        return try states.fields(path).map { field in
            FollowedFilter(
                followed: try FollowedColumn(field, column: 1 + index) {
                    try anyIDs(ofValue: $0, inDimension: index)
                }, values: value.isEmpty ? [0] : field.place(of: value).map { [$0] } ?? [])
        }
    }
}
