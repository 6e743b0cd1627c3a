package import EventModel

/// Finds what people called the values of an answer's dimensions at the end of its period.
struct Naming {
    let context: any AskedState
    let plan: QueryPlan
    /// How many of the log's entries count.
    let upTo: UInt32

    /// Names by dimension and value, where there are any.
    ///
    /// - Complexity: O(profile events) for each dimension that has profiles.
    func names(_ groups: AnswerGroups) throws -> [String: DimensionNames] {
        var wanted: [String: Set<String>] = [:]
        for (place, dimension) in plan.dimensions.enumerated() where dimension.followed == nil {
            wanted[dimension.name] = groups.values(at: place)
        }
        for (dimension, values) in plan.filters {
            wanted[dimension, default: []].formUnion(values)
        }
        var names: [String: DimensionNames] = [:]
        let last = plan.period.days.upperBound.advanced(by: -1)
        for (dimension, values) in wanted {
            guard let all = try Naming.names(dimension, on: last, upTo: upTo, in: context),
                let field = try context.profiles(dimension)?.nameField
            else { continue }
            let found = all.filter { values.contains($0.key) && !$0.value.isEmpty }
            guard !found.isEmpty else { continue }
            names[dimension] = DimensionNames(
                field: field, texts: found, others: all.filter { !$0.value.isEmpty },
                values: values)
        }
        return names
    }

    /// What the cases of a kind were called on a day; nil where they have no names.
    static func names(
        _ kind: String, on day: Day, upTo count: UInt32, in context: any AskedState
    ) throws -> [String: String]? {
        guard let profiles = try context.profiles(kind), let field = profiles.nameField else {
            return nil
        }
        return try profiles.history(of: field, upTo: count).compactMapValues { $0.value(on: day) }
    }
}

extension AskedState {
    /// What a value of a dimension was called at the end of a period; nil where it had no name.
    package func called(
        _ value: String, _ dimension: String, in period: Period, upTo count: UInt32
    ) throws -> String? {
        let last = period.days.upperBound.advanced(by: -1)
        let name = try Naming.names(dimension, on: last, upTo: count, in: self)?[value]
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }
}
