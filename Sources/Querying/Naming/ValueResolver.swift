package import EventModel

/// Finds which value people mean by a text, the same way wherever a value is named.
///
/// The text is trimmed and brought into its normal form. Then, the first that fits: a value that has
/// exactly this text; one that people call exactly so; the same without regard to letter case, or as
/// tables show it; the only one in which each word of the text begins a word, in order. Where several
/// fit, none is taken: they are the candidates of a question back. Where nobody is called so at the time
/// asked about, the same among what somebody was called at any other. The empty text is nobody, and so is
/// `–` unless somebody is called that.
///
/// Which values there are is looked up when quicker look-ups did not decide, once for all texts.
struct ValueResolver<Values: NamedValues> {
    /// A value and what it may be called.
    private struct Candidate {
        var value: String
        var names: [String]
        /// Folded: every way to write it in full.
        var whole: Set<String>
        /// Folded: what may be cut short.
        var short: [String]
    }

    private let values: Values
    private var names: [String: [String]]?
    private var candidates: [Candidate]?

    init(_ values: Values) { self.values = values }

    /// The value that a text means.
    ///
    /// - Throws: `QueryFault.unknownValue`, `QueryFault.ambiguousValue`, or what the store throws.
    /// - Complexity: O(1) where the text is a value that has a profile or is listed; else O(rows), at
    ///   worst.
    mutating func value(_ typed: String) throws -> String {
        let text = NormalText.form(of: typed)
        if text.isEmpty { return "" }
        if let exact = try values.exact(text) { return exact }
        let called = try known().filter { $0.value.contains(text) }.keys
        if let value = try one(of: Array(called), text, isWhole: true) { return value }
        // Nothing but the sign itself is shown as it.
        if text == "–" { return "" }
        let candidates = try allCandidates()
        if let value = try find(text, among: candidates) { return value }
        if let value = try find(text, among: formerCandidates()) { return value }
        throw QueryFault.unknownValue(
            dimension: values.dimension, value: text,
            nearest: Self.shortened(near(text, candidates)),
            elsewhere: try values.elsewhere(text))
    }

    /// The only value that a text fits, whole or cut short; nil where it fits none.
    private func find(_ text: String, among candidates: [Candidate]) throws -> String? {
        let wanted = NameFolding.fold(text)
        let same = candidates.filter { $0.whole.contains(wanted) }.map(\.value)
        if let value = try one(of: same, text, isWhole: true) { return value }
        let longer = candidates.filter { candidate in
            candidate.short.contains { NameFolding.isPrefix(wanted, of: $0) }
        }.map(\.value)
        return try one(of: longer, text, isWhole: false)
    }

    /// The only one of some values; nil where there is none.
    private func one(of found: [String], _ text: String, isWhole: Bool) throws -> String? {
        guard found.count > 1 else { return found.first }
        let shown = found.map { self.shown($0) }.sorted()
        throw QueryFault.ambiguousValue(
            dimension: values.dimension, value: text, candidates: Self.shortened(shown),
            isWhole: isWhole)
    }

    /// A value as tables show it where two are called the same: `Budi Santoso (b.1)`.
    private func shown(_ value: String) -> String {
        names?[value]?.first.map { "\($0) (\(value))" } ?? value
    }

    private mutating func known() throws -> [String: [String]] {
        let known = try names ?? values.names()
        names = known
        return known
    }

    private mutating func allCandidates() throws -> [Candidate] {
        if let candidates { return candidates }
        let names = try known()
        let found = try values.all().sorted().map { value in
            let called = names[value] ?? []
            let spelt = [value] + called + called.map { "\($0) (\(value))" }
            let other = values.spellings(of: value)
            let whole = (spelt + other).flatMap { [$0, $0.printableValue] }
            return Candidate(
                value: value, names: called, whole: Set(whole.map(NameFolding.fold)),
                short: ([value] + called).map(NameFolding.fold))
        }
        candidates = found
        return found
    }

    /// Values by what they were called at another time: before a renaming, or before anybody said.
    private func formerCandidates() throws -> [Candidate] {
        try values.namesAtAnyTime().sorted { $0.key < $1.key }.map { value, called in
            let folded = called.map(NameFolding.fold)
            return Candidate(value: value, names: called, whole: Set(folded), short: folded)
        }
    }

    /// Values that a misspelt name comes near to, by name or by a word of it.
    private func near(_ text: String, _ candidates: [Candidate]) -> [String] {
        let spellings = candidates.map { [$0.value] + $0.names }
        if let name = nearest(to: text, among: spellings.flatMap(\.self)) { return [name] }
        // A misspelt first name is nearer to the first name alone than to the whole name.
        return spellings.filter { names in
            names.contains { name in
                nearest(to: text, among: name.split(separator: " ").map(String.init)) != nil
            }
        }.map { $0[$0.count - 1] }.sorted()
    }

    /// At most eight, and how many more there are.
    private static func shortened(_ names: [String]) -> [String] {
        guard names.count > 8 else { return names }
        return names.prefix(8) + ["\(names.count - 8) more"]
    }
}

extension QueryPlanner {
    /// The values that some texts mean, each once; what is wrong with them is added to the faults.
    mutating func values(_ texts: [String], among values: some NamedValues) throws -> [String] {
        var resolver = ValueResolver(values)
        var found: [String] = []
        for text in texts {
            do {
                let value = areValuesResolved ? text : try resolver.value(text)
                if !found.contains(value) { found.append(value) }
            } catch let fault as QueryFault {
                faults.append(fault)
            }
        }
        return found
    }

    /// Keeps only facts whose dimension has one of some values, in every projection; gives the values.
    mutating func filter(
        _ dimension: String, _ texts: [String], on period: Period
    ) throws -> [String] {
        let found = try values(
            texts,
            among: DimensionValues(
                dimension, of: projections.map(\.source),
                on: period.days.upperBound.advanced(by: -1), upTo: entriesRead, in: context))
        guard faults.isEmpty else { return found }
        for place in projections.indices {
            let source = projections[place].source
            guard let index = source.layout.dimensions.firstIndex(where: { $0.name == dimension })
            else { continue }
            let ids = try found.flatMap { try source.ids(ofValue: $0, inDimension: index) }
            projections[place].filters.append(IDFilter(column: 1 + index, ids: ids.sorted()))
        }
        return found
    }
}

extension AskedState {
    /// A question with every value that it names looked up, once for all its KPIs.
    ///
    /// - Throws: `QueryFaults`, or what the store throws.
    package func resolved(_ request: QueryRequest) throws -> QueryRequest {
        var planner = QueryPlanner(context: self)
        return request.resolved(try planner.plan(request))
    }

    /// The words that stand in a projection's rows for the values that some texts mean.
    ///
    /// - Parameters:
    ///   - day: people are called as on that day.
    ///   - count: how many of the log's entries count.
    /// - Throws: `QueryFaults`, or what the store throws.
    package func words(
        of texts: [String], inDimension index: Int, of source: any FactSource, on day: Day,
        upTo count: UInt32
    ) throws -> Set<UInt32> {
        var planner = QueryPlanner(context: self)
        let dimension = source.layout.dimensions[index].name
        let found = try planner.values(
            texts,
            among: DimensionValues(dimension, of: [source], on: day, upTo: count, in: self))
        if !planner.faults.isEmpty { throw QueryFaults(planner.faults) }
        return Set(try found.flatMap { try source.ids(ofValue: $0, inDimension: index) })
    }
}

extension QueryRequest {
    /// The same question by the values that were found.
    func resolved(_ plan: QueryPlan) -> QueryRequest {
        var request = self
        request.filters = plan.filters.flatMap { dimension, values in
            values.map { (dimension, $0) }
        }
        request.areValuesResolved = true
        return request
    }
}

extension FactSource {
    /// The words of a value; "" is nobody.
    func ids(ofValue value: String, inDimension index: Int) throws -> [UInt32] {
        try (value.isEmpty ? [0] : []) + ids(ofDimension: index, text: value)
    }
}
