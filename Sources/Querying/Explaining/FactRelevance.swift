import EventModel
import Projections

extension AskedState {
    /// Which facts have a say in one group's figure: for each projection that the KPI reads, a test
    /// of a fact's row.
    ///
    /// - Parameters:
    ///   - key: the group, as dimensions and their values; "" is nobody.
    ///   - states: what followed dimensions of the key say: a fact has a say that is of the group in one
    ///     of them. Facts of a stock always are, since what holds on the stock's day counts.
    ///   - countsAll: whether facts have a say that hold nothing of what is counted: they make a group
    ///     whose figure is 0, where there would be none.
    /// - Throws: `QueryFaults` where the KPI or a dimension does not exist.
    package func relevance(
        _ request: QueryRequest, key: [(dimension: String, value: String)],
        _ states: FollowedStates, countsAll: Bool = false
    ) throws -> [(projection: String, isRelevant: ([UInt32]) -> Bool)] {
        var planner = QueryPlanner(context: self)
        let plan = try planner.plan(request)
        let days = plan.period.days
        return try plan.projections.enumerated().compactMap { place, projection in
            let source = projection.source
            // Which answers moved a figure is not told.
            if source.layout.isAnonymous { return nil }
            var streams: [FactStream] = []
            for term in plan.outputs[0].expression.terms where term.projection == place {
                streams.append(projection.streams[term.stream])
            }
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
            let first = projection.usesStock ? nil : CellLayout.word(of: days.lowerBound)
            let end = CellLayout.word(of: days.upperBound)
            return (
                projection: source.layout.projection,
                isRelevant: { row in
                    guard row[0] >= first ?? 0, row[0] < end, group.value(of: row) != nil else {
                        return false
                    }
                    let day = Int32(bitPattern: row[0] ^ 0x8000_0000)
                    let isFollowed = followed.allSatisfy { filters in
                        filters.contains { $0.passes(row[$0.followed.column], day: day) }
                    }
                    return isFollowed
                        && (countsAll || streams.contains { $0.value(of: row) != nil })
                }
            )
        }
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
