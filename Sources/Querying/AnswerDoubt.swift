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

extension AskedState {
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
    /// What is doubtful of a scorecard beside others: figures for which scorecards of the same scope set
    /// different targets on the same days, so that answers show none. Each names all of them, also those
    /// that agree with one another.
    package func doubts(beside others: [ScorecardDefinition]) -> [AnswerDoubt] {
        guard conditions.isEmpty else { return [] }
        let alike = others.filter { $0.scope == scope && $0.conditions.isEmpty }
        var doubts: [AnswerDoubt] = []
        for row in rows {
            let beside = alike.flatMap { other in
                other.rows.filter { $0.figure == row.figure && $0.days.overlaps(row.days) }
                    .map { (scorecard: other.name, days: $0.days, target: $0.target) }
            }
            let differing = beside.filter { $0.target != row.target }
            guard !differing.isEmpty else { continue }
            let names = beside.filter { one in
                one.target != row.target
                    || differing.contains { $0.days.clamped(to: row.days).overlaps(one.days) }
            }.map(\.scorecard)
            let doubt = AnswerDoubt.targetsDiffer(
                figure: row.figure, scorecards: Set(names + [name]).sorted())
            if !doubts.contains(doubt) { doubts.append(doubt) }
        }
        return doubts
    }
}
