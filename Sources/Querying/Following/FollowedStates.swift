package import EventModel

/// What followed dimensions (`agent.department`) say at two states of a log.
///
/// Not shared between threads.
package final class FollowedStates {
    private let context: any AskedState
    private let counts: [UInt32]
    private var known: [AnswerDimension.Followed: [FollowedField]] = [:]

    /// What they say in the log's first entries, for each of some numbers of these.
    package init(_ context: any AskedState, at counts: [UInt32]) {
        self.context = context
        self.counts = counts
    }

    /// What a name means that is no dimension of a KPI's facts; nil where it is one, or means nothing.
    package func followed(
        _ name: String, in kpi: String
    ) -> AnswerDimension.Followed? {
        var planner = QueryPlanner(context: context)
        guard let own = try? planner.dimensions(of: kpi), !own.contains(name),
            let path = try? planner.paths(of: [name], among: own, []), let found = path[name]
        else { return nil }
        return .init(dimension: found.dimension, field: found.field)
    }

    /// The field at each state.
    func fields(_ path: AnswerDimension.Followed) throws -> [FollowedField] {
        if let found = known[path] { return found }
        let profiles = try context.profiles(path.dimension)
        let fields = try counts.map { count in
            FollowedField(
                dimension: path.dimension, field: path.field,
                history: try profiles?.history(of: path.field, upTo: count) ?? [:])
        }
        known[path] = fields
        return fields
    }

    /// The cases whose field differs between the states on some of these days, by name.
    ///
    /// - Parameter value: only those that have this value then in one of the states; nil for all.
    /// - Complexity: O(changes²) of each case.
    package func moved(
        _ path: AnswerDimension.Followed, on days: Range<Day>, value: String? = nil
    ) throws -> [String] {
        let fields = try fields(path)
        let names = Set(fields.flatMap { $0.changes.keys })
        return names.filter { name in
            let changes = fields.flatMap { $0.changes[name] ?? [] }.map { Day(number: $0.day) }
            return ([days.lowerBound] + changes.filter(days.contains)).contains { day in
                let texts = Set(fields.map { $0.text(of: name, on: day) })
                return texts.count > 1 && value.map(texts.contains) ?? true
            }
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension FollowedField {
    /// The value in force at a day's end; "" for none.
    fileprivate func text(of name: String, on day: Day) -> String {
        let change = changes[name]?.last { $0.day <= day.number }
        return texts[Int(change?.value ?? 0)]
    }
}
