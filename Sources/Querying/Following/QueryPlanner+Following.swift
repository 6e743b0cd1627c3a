import EventModel

/// A dimension followed to a field of the cases it names.
struct DimensionPath: Hashable {
    var dimension: String
    var field: String
    var name: String { dimension + "." + field }
}

extension QueryPlanner {
    /// What a name means that is no dimension of the facts: `agent.department`, or `department` alone
    /// where only one dimension has such a field; nil where it means nothing.
    func path(_ name: String, among dimensions: [String]) throws -> DimensionPath? {
        if let dot = name.firstIndex(of: ".") {
            let path = DimensionPath(
                dimension: String(name[..<dot]), field: String(name[name.index(after: dot)...]))
            guard dimensions.contains(path.dimension) else { return nil }
            let fields = try context.profiles(path.dimension)?.fields ?? []
            return fields.contains(path.field) ? path : nil
        }
        let having = try dimensions.filter {
            try context.profiles($0)?.fields.contains(name) == true
        }
        return having.count == 1 ? DimensionPath(dimension: having[0], field: name) : nil
    }

    /// The names asked for that are followed. A name means the same in every KPI: where the facts of
    /// one have such a dimension themselves, those of all must.
    mutating func paths(
        of asked: [String], among shared: [String], _ outputs: [QueryPlan.Output]
    ) throws -> [String: DimensionPath] {
        var paths: [String: DimensionPath] = [:]
        for name in asked where !shared.contains(name) {
            let isOwn = projections.contains { projection in
                projection.source.layout.dimensions.contains { $0.name == name }
            }
            if !isOwn, let path = try path(name, among: shared) {
                paths[name] = path
            } else {
                missing(name, in: outputs.first?.column.kpi ?? "", shared)
            }
        }
        return paths
    }

    /// How many of the log's entries the answer rests on.
    var entriesRead: UInt32 {
        let positions = projections.compactMap(\.source.position)
        return min(positions.min() ?? .max, context.basis.sequence)
    }

    /// Splits every projection by a followed dimension.
    mutating func split(by path: DimensionPath, _ plan: inout QueryPlan) throws {
        guard !plan.dimensions.contains(where: { $0.name == path.name }) else { return }
        let field = try followed(path)
        for place in projections.indices {
            let column = try followed(field, at: place)
            projections[place].followedKeys.append(
                (place: projections[place].keyColumns.count, followed: column))
            projections[place].keyColumns.append(column.column)
        }
        plan.dimensions.append(
            AnswerDimension(
                name: path.name, kind: .text,
                followed: .init(dimension: path.dimension, field: path.field)))
    }

    /// Keeps only facts whose followed value is one of some; gives the values.
    mutating func filter(_ path: DimensionPath, _ texts: [String]) throws -> [String] {
        let field = try followed(path)
        let values = try values(texts, among: FollowedValues(field: field, context: context))
        guard faults.isEmpty else { return values }
        try keep(field, values.compactMap { field.place(of: $0) }.sorted())
        return values
    }

    /// Keeps only facts in which a dimension has a value.
    mutating func keepPresent(_ name: String, _ path: DimensionPath?) throws {
        if let path {
            let field = try followed(path)
            let values = field.texts.indices.dropFirst().map { UInt32($0) }
            try keep(field, values)
            return
        }
        for place in projections.indices {
            let column = try column(of: name, at: place)
            let ids = try projections[place].source.occurringIDs(ofDimension: column - 1)
            projections[place].filters.append(
                IDFilter(column: column, ids: ids.filter { $0 != 0 }))
        }
    }

    /// Adds a filter on a followed field to every projection.
    private mutating func keep(_ field: FollowedField, _ values: [UInt32]) throws {
        for place in projections.indices {
            let column = try followed(field, at: place)
            projections[place].followedFilters.append(
                FollowedFilter(followed: column, values: values))
            // What is in force is looked up at the stock's day, so its cases stay apart until then.
            if projections[place].usesStock,
                !projections[place].keyColumns.contains(column.column)
            {
                projections[place].keyColumns.append(column.column)
            }
        }
    }

    private func followed(_ path: DimensionPath) throws -> FollowedField {
        let history = try context.profiles(path.dimension)?
            .history(of: path.field, upTo: entriesRead)
        return FollowedField(
            dimension: path.dimension, field: path.field, history: history ?? [:])
    }

    private func followed(_ field: FollowedField, at place: Int) throws -> FollowedColumn {
        let source = projections[place].source
        let column = try column(of: field.dimension, at: place)
        return try FollowedColumn(field, column: column) {
            try source.ids(ofDimension: column - 1, text: $0)
        }
    }
}
