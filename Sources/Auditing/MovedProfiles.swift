import EventModel
import Querying

/// What was said of people and things between two states of a log, where figures are split by it:
/// `--by agent.department`.
struct MovedProfiles {
    let states: FollowedStates
    private let moved: MovedFacts
    private let contexts: [any AskedState]

    init(
        _ moved: MovedFacts, _ states: FollowedStates, _ before: any AskedState,
        _ after: any AskedState
    ) {
        self.moved = moved
        self.states = states
        contexts = [before, after]
    }

    /// The events by which cases came to a cell or left it, which have facts that count there.
    func events(
        behind column: String, _ key: [(dimension: String, value: String)], _ period: Period
    ) throws -> [Cause] {
        var found: Set<Cause> = []
        for (name, value) in key {
            guard let path = states.followed(name, in: column) else { continue }
            let names = try states.moved(path, on: period.days, value: value)
            guard !names.isEmpty else { continue }
            let others = key.filter { states.followed($0.dimension, in: column) == nil }
            let counted = try counted(path.dimension, in: column, others, period)
            for name in names where counted.contains(name) {
                found.formUnion(
                    try moved.causes(
                        ofCase: "\(path.dimension)/\(name)", setting: path.field))
            }
        }
        return Array(found)
    }

    /// The values of a dimension that have facts in a cell, in one of the states.
    private func counted(
        _ dimension: String, in column: String, _ cell: [(dimension: String, value: String)],
        _ period: Period
    ) throws -> Set<String> {
        var request = QueryRequest(
            kpis: [column], by: [dimension], filters: cell.map { ($0.dimension, $0.value) },
            period: period)
        request.areValuesResolved = true
        var values: Set<String> = []
        for context in contexts {
            // What can't be asked there has no facts.
            guard let answer = try? context.answer(request) else { continue }
            values.formUnion(answer.rows.compactMap(\.key.first))
        }
        return values
    }
}
