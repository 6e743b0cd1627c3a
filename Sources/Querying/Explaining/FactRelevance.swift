import EventModel
import Projections

extension QueryContext {
    /// Which facts have a say in one group's figure: for each projection that the KPI reads, a test
    /// of a fact's row.
    ///
    /// - Parameter key: the group, as dimensions and their values; "" is nobody.
    /// - Throws: `QueryFaults` where the KPI or a dimension does not exist.
    package func relevance(
        _ request: QueryRequest, key: [(dimension: String, value: String)]
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
            for (dimension, value) in key {
                // A followed dimension (`agent.team`) is no word of the row: all its facts count.
                let index = source.layout.dimensions.firstIndex { $0.name == dimension }
                guard let index else { continue }
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
                    return streams.contains { $0.value(of: row) != nil }
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
}
