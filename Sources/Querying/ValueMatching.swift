import EventModel

extension QueryPlanner {
    /// Looks the values of one filter up, adds it to every projection, and gives the values' texts.
    mutating func filter(
        _ dimension: String, _ texts: [String], on period: Period
    ) throws -> [String] {
        var known: [String]?
        var names: [String: String] = [:]
        var values: [String] = []
        for text in texts {
            var value: String? = text == "–" || text.isEmpty ? "" : nil
            if value == nil,
                try projections.contains(where: { try id(dimension, text, in: $0) != nil })
            {
                value = text
                unsureValues.append((dimension, text))
            }
            if value == nil {
                if known == nil {
                    known = try occurringTexts(dimension)
                    let last = period.days.upperBound.advanced(by: -1)
                    names =
                        try Naming.names(dimension, on: last, upTo: entriesRead, in: context)
                        ?? [:]
                }
                value = match(text, dimension, among: known ?? [], naming: names)
            }
            if let value, !values.contains(value) { values.append(value) }
        }
        guard faults.isEmpty else { return values }
        for place in projections.indices {
            guard let index = index(dimension, in: projections[place]) else { continue }
            let plan = projections[place]
            let ids = try values.compactMap { value -> UInt32? in
                value.isEmpty ? 0 : try id(dimension, value, in: plan)
            }
            projections[place].filters.append(IDFilter(column: 1 + index, ids: ids.sorted()))
        }
        return values
    }

    /// The value a word means: the same in another case, else the only one in which each part of the
    /// word begins a part of the value or of its name, in order.
    ///
    /// - Parameter names: what people call the values.
    mutating func match(
        _ text: String, _ dimension: String, among known: [String],
        naming names: [String: String] = [:]
    ) -> String? {
        let wanted = text.lowercased()
        func matching(_ test: (String) -> Bool) -> [String] {
            known.filter { value in test(value) || names[value].map(test) == true }
        }
        let same = matching { $0.lowercased() == wanted }
        if same.count == 1 { return same[0] }
        let found = same.isEmpty ? matching { ValueMatching.isPrefix(wanted, of: $0) } : same
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            faults.append(
                .ambiguousValue(
                    dimension: dimension, value: text,
                    candidates: ValueMatching.shortened(found.sorted())))
            return nil
        }
        // A misspelt first name is nearer to the first name alone than to the whole name.
        var near = nearest(to: text, among: known).map { [$0] } ?? []
        if near.isEmpty {
            near = known.filter { name in
                let words = name.split(separator: " ").map(String.init)
                return nearest(to: text, among: words) != nil
            }
        }
        faults.append(
            .unknownValue(
                dimension: dimension, value: text, nearest: ValueMatching.shortened(near.sorted())))
        return nil
    }

    private func index(_ dimension: String, in plan: ProjectionPlan) -> Int? {
        plan.source.layout.dimensions.firstIndex { $0.name == dimension }
    }

    private func id(
        _ dimension: String, _ text: String, in plan: ProjectionPlan
    ) throws -> UInt32? {
        guard let index = index(dimension, in: plan) else { return nil }
        return try plan.source.id(ofDimension: index, text: text)
    }

    /// Every value of a dimension in the projections used.
    func occurringTexts(_ dimension: String) throws -> [String] {
        var texts: Set<String> = []
        for plan in projections {
            guard let index = index(dimension, in: plan) else { continue }
            for id in try plan.source.occurringIDs(ofDimension: index) {
                texts.insert(try plan.source.text(ofDimension: index, id: id))
            }
        }
        texts.remove("")
        return texts.sorted()
    }

    /// The known name nearest to a misspelt one; an abbreviation of first letters (`frt`) counts.
    func nearestName(_ name: String, _ known: [String]) -> String? {
        if let near = nearest(to: name, among: known) { return near }
        let letters = name.lowercased()
        if let initials = known.first(where: { ValueMatching.initials($0).hasPrefix(letters) }) {
            return initials
        }
        return known.first { candidate in
            letters.count >= 3 && candidate.split(separator: "_").contains { $0.hasPrefix(letters) }
        }
    }
}

enum ValueMatching {
    /// `frt` for `first_response_time`.
    static func initials(_ name: String) -> String {
        String(name.split(separator: "_").compactMap(\.first))
    }

    /// Whether each word of a lowercase text begins a word of the name, in order.
    static func isPrefix(_ text: String, of name: String) -> Bool {
        let wanted = text.split { !$0.isLetter && !$0.isNumber }
        guard !wanted.isEmpty else { return false }
        var rest = name.lowercased().split { !$0.isLetter && !$0.isNumber }[...]
        for word in wanted {
            guard let place = rest.firstIndex(where: { $0.hasPrefix(word) }) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    /// At most eight, and how many more there are.
    static func shortened(_ names: [String]) -> [String] {
        guard names.count > 8 else { return names }
        return names.prefix(8) + ["\(names.count - 8) more"]
    }
}
