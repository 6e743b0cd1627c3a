package import Definitions
public import EventModel

/// What should be known of an answer before anybody relies on it; it is given all the same.
public enum AnswerDoubt: Hashable, Sendable {
    /// A formula asks for a value that no fact has, where another is spelt nearly so.
    case unknownValue(kpi: String, dimension: String, value: String, nearest: String?)
    /// Scorecards set different targets for a figure, so that none is shown.
    case targetsDiffer(figure: String, scorecards: [String])
    /// A target that is shown was to be looked at again by a day that has passed.
    case reviewDue(figure: String, scorecard: String, by: Day)
}

extension QueryContext {
    /// What is doubtful of a KPI before it answers: each value that its formulas ask for and no fact
    /// has, though there are facts.
    ///
    /// - Complexity: O(rows of the projections with such a dimension), at worst.
    package func doubts(about kpi: KPIDefinition) throws -> [AnswerDoubt] {
        var doubts: [AnswerDoubt] = []
        for aggregate in ([kpi.value] + kpi.statistics.map(\.formula)).flatMap(\.aggregates) {
            guard !aggregate.filter.isEmpty, let source = try source(aggregate.projection) else {
                continue
            }
            for (dimension, asked) in aggregate.filter.sorted(by: { $0.key < $1.key }) {
                let values = DimensionValues(
                    dimension, of: [source], on: basis.today, upTo: basis.sequence, in: self)
                for value in asked where try !value.isEmpty && values.exact(value) == nil {
                    let all = try values.all().sorted()
                    let doubt = AnswerDoubt.unknownValue(
                        kpi: kpi.name, dimension: dimension, value: value,
                        nearest: nearest(to: value, among: all))
                    if !all.isEmpty, !doubts.contains(doubt) { doubts.append(doubt) }
                }
            }
        }
        return doubts
    }
}

extension ScorecardDefinition {
    /// What is doubtful of a scorecard beside others: figures for which another one of the same scope
    /// sets a different target on the same days, so that answers show neither.
    package func doubts(beside others: [ScorecardDefinition]) -> [AnswerDoubt] {
        guard conditions.isEmpty else { return [] }
        let alike = others.filter { $0.scope == scope && $0.conditions.isEmpty }
        return rows.compactMap { row in
            let names = alike.filter { other in
                other.rows.contains {
                    $0.figure == row.figure && $0.days.overlaps(row.days) && $0.target != row.target
                }
            }.map(\.name)
            guard !names.isEmpty else { return nil }
            return .targetsDiffer(figure: row.figure, scorecards: names + [name])
        }
    }
}
