import EventModel
import Projections

/// Values that people name: those of a dimension, or of a field that is followed.
protocol NamedValues {
    /// What they are values of, as it is asked for: `agent`, `agent.department`.
    var dimension: String { get }

    /// The value that has exactly this text, where it is one of these; nil otherwise.
    func exact(_ text: String) throws -> String?

    /// What people call values at the time asked about; those without a name are not in it.
    func names() throws -> [String: [String]]

    /// What people called values at any time, where that is asked when nobody is called so.
    func namesAtAnyTime() throws -> [String: [String]]

    /// Every value, but nobody.
    ///
    /// - Complexity: O(rows), or as many as there are.
    func all() throws -> Set<String>

    /// Other ways to write a value in full, such as a case without its kind.
    func spellings(of value: String) -> [String]

    /// Where the log has a text as a name, if not among these values.
    func elsewhere(_ text: String) throws -> QueryFault.Elsewhere?
}

/// The values of a dimension of facts.
struct DimensionValues: NamedValues {
    let dimension: String
    let context: any AskedState
    /// The projections asked that have the dimension, and its place in each.
    let sources: [(source: any FactSource, index: Int)]
    /// The day on which people are called as they are asked for.
    let day: Day
    /// How many of the log's entries count.
    let count: UInt32

    init(
        _ dimension: String, of sources: [any FactSource], on day: Day, upTo count: UInt32,
        in context: any AskedState
    ) {
        self.dimension = dimension
        self.context = context
        self.day = day
        self.count = count
        self.sources = sources.compactMap { source in
            source.layout.dimensions.firstIndex { $0.name == dimension }.map { (source, $0) }
        }
    }

    /// Every projection that answers and has the dimension, those asked first: whom a name means does not
    /// hang on what is asked about them.
    private func everywhere() throws -> [(source: any FactSource, index: Int)] {
        let asked = sources.map(\.source.layout.projection)
        guard let kind = kinds.first?.kind else { return sources }
        let others = try context.projectionNames.filter { !asked.contains($0) }.compactMap { name in
            try context.source(name).flatMap { source in
                source.layout.dimensions.firstIndex {
                    $0.name == dimension && $0.kind == kind
                }.map { (source: source, index: $0) }
            }
        }
        return sources + others
    }

    private var kinds: [FactDimension] { sources.map { $0.source.layout.dimensions[$0.index] } }

    /// What a definition lists, and a case that has a profile, is one without a look at any row.
    func exact(_ text: String) throws -> String? {
        if let known = try context.profiles(dimension)?.name(of: text, upTo: count) { return known }
        if kinds.contains(where: { $0.listed.contains(text) }) { return text }
        for known in [sources, Array(try everywhere().dropFirst(sources.count))] {
            for (source, index) in known {
                for id in try source.ids(ofDimension: index, text: text)
                where try source.occurs(id, inDimension: index) {
                    return try source.text(ofDimension: index, id: id)
                }
            }
        }
        return nil
    }

    /// As at the day's end.
    func names() throws -> [String: [String]] {
        switch kinds.first?.kind {
        case .hour?:
            return Dictionary(
                uniqueKeysWithValues: (0..<24).map { hour in
                    ("\(hour)", [hour < 10 ? "0\(hour):00" : "\(hour):00", "\(hour):00"])
                })
        case .weekday?:
            let names = [Language.english, .indonesian].map(\.weekdayNames)
            return Dictionary(
                uniqueKeysWithValues: (0..<7).map { day in ("\(day + 1)", names.map { $0[day] }) })
        default: break
        }
        guard let profiles = try context.profiles(dimension), let field = profiles.nameField else {
            return [:]
        }
        return try profiles.history(of: field, upTo: count).compactMapValues { changes in
            changes.value(on: day).flatMap { $0.isEmpty ? nil : [$0] }
        }
    }

    func namesAtAnyTime() throws -> [String: [String]] {
        guard let profiles = try context.profiles(dimension), let field = profiles.nameField else {
            return [:]
        }
        return try profiles.history(of: field, upTo: count).compactMapValues { changes in
            let names = changes.map(\.value).filter { !$0.isEmpty }
            return names.isEmpty ? nil : names
        }
    }

    func all() throws -> Set<String> {
        var texts = Set(try names().keys).union(kinds.flatMap(\.listed))
        for (source, index) in try everywhere() {
            for id in try source.occurringIDs(ofDimension: index) {
                texts.insert(try source.text(ofDimension: index, id: id))
            }
        }
        texts.remove("")
        return texts
    }

    func spellings(of value: String) -> [String] {
        kinds.contains(where: \.namesKinds) ? [CellTexts.name(ofSubject: value)] : []
    }

    func elsewhere(_ text: String) throws -> QueryFault.Elsewhere? {
        if let kind = try context.kinds(named: text).first(where: { $0 != dimension }) {
            return .kind(kind)
        }
        let isName = try sources.contains { source, index in
            try !source.ids(ofDimension: index, text: text).isEmpty
        }
        return isName && kinds.allSatisfy { $0.listed.isEmpty } ? .somewhere : nil
    }
}

/// The values that a followed field ever had.
struct FollowedValues: NamedValues {
    let field: FollowedField
    let context: any AskedState

    var dimension: String { field.name }

    func exact(_ text: String) throws -> String? {
        if field.place(of: text) != nil { return text }
        // Where persons are shown as tokens, by the name.
        return try context.tokenMarked(of: text).flatMap { field.place(of: $0) == nil ? nil : $0 }
    }

    func names() -> [String: [String]] { [:] }

    func namesAtAnyTime() -> [String: [String]] { [:] }

    func all() -> Set<String> { Set(field.texts.dropFirst()) }

    func spellings(of value: String) -> [String] { [] }

    func elsewhere(_ text: String) throws -> QueryFault.Elsewhere? {
        try context.kinds(named: text).first.map { .kind($0) }
    }
}
