public import EventModel

/// Reads definition files: YAML documents → checked definitions, in which every name is resolved
/// and every shorthand written out.
///
///     let reader = DefinitionReader(types: types)
///     let definitions = try reader.read(text, file: "first_response.yaml")
///
/// A KPI may use projections and KPIs of the same file, and those given as `known`.
public struct DefinitionReader {
    /// The event types that projections are checked against.
    public var types: EventTypes
    /// Projections that a file may use beside its own, by name; asked only when needed.
    public var knownProjection: (String) -> ProjectionDefinition?
    /// Their names, for faults.
    public var knownProjectionNames: () -> [String]
    /// The KPIs that a KPI names in its formulas; nil where there is no such KPI.
    public var knownKPI: (String) -> [String]?
    /// The names of those there are, for faults.
    public var knownKPINames: () -> [String]
    /// The calendars that a projection may name.
    public var knownCalendarNames: () -> [String]
    /// Whether a person's name was published on purpose, so that a new definition may name it in clear;
    /// nil: names are not looked at, as in a definition that the log has.
    public var isPublishedName: ((String) -> Bool)?
    /// The KPIs that a scorecard's rows may name.
    public var knownKPIDefinition: (String) -> KPIDefinition? = { _ in nil }
    /// The scorecards that rows may serve, and their names.
    var knownOutline: (String) -> ScorecardOutline? = { _ in nil }
    var knownScorecardNames: () -> [String] = { [] }

    var columns: Columns { Columns(types: types, isPublished: isPublishedName) }

    /// Longest document in bytes, so that its text fits into an entry of the log.
    public static let longestDocument = 60_000

    /// KPIs that use each other, one upon the next.
    public static let mostLevels = 64

    /// A reader that knows nothing but the event types.
    public init(types: EventTypes) {
        self.init(
            types: types, knownProjection: { _ in nil }, knownProjectionNames: { [] },
            knownKPI: { _ in nil }, knownKPINames: { [] })
    }

    /// A reader that knows other definitions, too.
    public init(
        types: EventTypes, knownProjection: @escaping (String) -> ProjectionDefinition?,
        knownProjectionNames: @escaping () -> [String],
        knownKPI: @escaping (String) -> [String]?, knownKPINames: @escaping () -> [String],
        knownCalendarNames: @escaping () -> [String] = { [] }
    ) {
        self.types = types
        self.knownProjection = knownProjection
        self.knownProjectionNames = knownProjectionNames
        self.knownKPI = knownKPI
        self.knownKPINames = knownKPINames
        self.knownCalendarNames = knownCalendarNames
    }

    /// The definitions of a file, in its order.
    ///
    /// - Throws: every fault found (up to a limit), in the order of the file.
    public func read(_ text: String, file: String) throws(DefinitionFaults) -> [Definition] {
        let documents = SourceDocument.split(text, file: file)
        guard !documents.isEmpty else {
            throw DefinitionFaults([
                DefinitionFault(
                    file: file, line: 1, column: 1, what: "there is no definition in this file",
                    expected: "a document that starts with \(Words.list(Definition.kinds, "or")):")
            ])
        }
        return try read(documents).map(\.definition)
    }

    /// The definitions of these documents, each beside the document it was read from.
    public func read(
        _ documents: [SourceDocument]
    ) throws(DefinitionFaults) -> [(document: SourceDocument, definition: Definition)] {
        var reading = FileReading(reader: self)
        return try reading.read(documents)
    }
}

/// The reading of one file's documents: projections first, since KPIs look at them.
struct FileReading {
    let reader: DefinitionReader
    var faults: [DefinitionFault] = []
    var projections: [String: ProjectionDefinition] = [:]
    /// Projections that are at fault, and KPIs that cannot be read: what is built on them is not
    /// reported.
    var brokenProjections: Set<String> = []
    var unreadKPIs: Set<String> = []
    /// Whether a document cannot be read and does not say what it defines.
    var hasNameless = false
    var definitions: [Int: Definition] = [:]
    /// Scorecards of this file, not checked yet.
    var outlines: [String: ScorecardOutline] = [:]
    var kpiUses: [(name: String, uses: [NameReference], document: SourceDocument)] = []

    init(reader: DefinitionReader) { self.reader = reader }

    mutating func read(
        _ documents: [SourceDocument]
    ) throws(DefinitionFaults) -> [(document: SourceDocument, definition: Definition)] {
        var kpis: [(index: Int, document: SourceDocument, value: YAMLValue, name: String)] = []
        var scorecards: [(index: Int, document: SourceDocument, value: YAMLValue)] = []
        var seen: [String: (file: String, line: Int)] = [:]
        let calendars = documents.compactMap(\.heading).filter { $0.kind == "calendar" }.map(\.name)
        let reader = reader
        for (index, document) in documents.enumerated() {
            let list = FaultList(file: document.file)
            defer { faults += list.faults }
            guard let value = root(of: document, faults: list) else {
                noteUnread(document)
                continue
            }
            guard let (kind, name) = heading(of: value, in: document, faults: list) else {
                continue
            }
            if let (file, line) = seen["\(kind) \(name)"] {
                let isHere = file == document.file
                list.report(
                    at: value,
                    "\(kind) \"\(name)\" is defined twice" + (isHere ? " in this file" : ""),
                    expected: "it once (it also stands in "
                        + (isHere ? "" : "\(file), ") + "line \(line))")
                continue
            }
            seen["\(kind) \(name)"] = (document.file, value.line)
            if kind == "kpi" {
                kpis.append((index, document, value, name))
            } else if kind == "scorecard" {
                scorecards.append((index, document, value))
                outlines[name] = ScorecardOutline(value)
            } else if kind == "calendar" {
                if let calendar = CalendarReader(faults: list).read(value) {
                    definitions[index] = .calendar(calendar)
                }
            } else if let projection = ProjectionReader(
                columns: reader.columns, faults: list,
                calendarNames: { (calendars + reader.knownCalendarNames()).sorted() }
            ).read(value) {
                projections[projection.name] = projection
                definitions[index] = .projection(projection)
            } else {
                brokenProjections.insert(name)
            }
        }
        let names = unreadKPIs.union(kpis.map(\.name))
        for kpi in kpis { readKPI(kpi.value, of: kpi.document, at: kpi.index, names: names) }
        checkOrder()
        // What is wrong with a KPI would only be said again of its rows.
        if faults.isEmpty {
            for (index, document, value) in scorecards {
                readScorecard(value, of: document, at: index)
            }
        }
        guard faults.isEmpty else {
            let sorted = faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
            throw DefinitionFaults(Array(sorted.prefix(DefinitionFaults.mostFaults)))
        }
        return documents.enumerated().compactMap { index, document in
            definitions[index].map { (document, $0) }
        }
    }

    private func root(of document: SourceDocument, faults: FaultList) -> YAMLValue? {
        guard document.text.utf8.count <= DefinitionReader.longestDocument else {
            faults.report(
                line: document.firstLine, column: 1,
                "this definition has \(document.text.utf8.count) bytes",
                expected: "at most \(DefinitionReader.longestDocument)")
            return nil
        }
        return YAMLReader.read(document, faults: faults)
    }

    private func heading(
        of value: YAMLValue, in document: SourceDocument, faults: FaultList
    ) -> (kind: String, name: String)? {
        var found = value.pairs?.filter { Definition.kinds.contains($0.name) } ?? []
        // A projection names its calendar with the word that begins a calendar.
        if found.count > 1, found.contains(where: { $0.name == "projection" }) {
            found.removeAll { $0.name == "calendar" }
        }
        if found.count == 1 {
            let kind = found[0].name
            // By this line a definition is found again among those that a log has.
            if document.heading?.kind == kind { return (kind, found[0].value.text ?? "") }
            faults.report(
                at: found[0].key, "\"\(kind)\" does not stand on a line of its own",
                expected:
                    "a line that begins with \(kind): and the name, without brackets or quotes")
            return nil
        }
        let first = value.pairs?.first
        faults.report(
            at: found.last?.key ?? first?.key ?? value,
            found.isEmpty
                ? "this document does not say what it defines"
                : "this document defines two things",
            expected: "\(Words.list(Definition.kinds, "or")): with a name",
            word: found.isEmpty ? first?.name : nil, among: Definition.kinds)
        return nil
    }

    private mutating func readKPI(
        _ value: YAMLValue, of document: SourceDocument, at index: Int, names: Set<String>
    ) {
        let list = FaultList(file: document.file)
        let here = projections
        let reader = reader
        let kpiReader = KPIReader(
            document: document, faults: list,
            projection: { here[$0] ?? reader.knownProjection($0) },
            projectionNames: { (here.keys + reader.knownProjectionNames()).sorted() },
            isKPI: { names.contains($0) || reader.knownKPI($0) != nil },
            kpiNames: { (names + reader.knownKPINames()).sorted() },
            columns: reader.columns)
        if let (kpi, uses) = kpiReader.read(value) {
            definitions[index] = .kpi(kpi)
            kpiUses.append((kpi.name, uses, document))
        }
        // A fault that follows from a broken projection of this file says nothing new.
        faults += list.faults.filter { fault in
            if hasNameless, fault.what.hasPrefix("no projection is called") { return false }
            return !brokenProjections.contains {
                fault.what == "no projection is called \"\($0)\""
            }
        }
    }

    /// Remembers what a document that cannot be read would have defined.
    private mutating func noteUnread(_ document: SourceDocument) {
        switch document.heading {
        case ("projection", let name)?: brokenProjections.insert(name)
        case ("kpi", let name)?: unreadKPIs.insert(name)
        case _?: break
        case nil: hasNameless = true
        }
    }

    /// KPIs don't depend on themselves, and don't build on each other without end.
    ///
    /// - Complexity: O(KPIs that those of the file use, and their uses).
    private mutating func checkOrder() {
        var uses: [String: [String]] = [:]
        for (name, others, _) in kpiUses { uses[name] = others.map(\.name) }
        let (here, reader) = (uses, reader)
        var order = KPIOrder { here[$0] ?? reader.knownKPI($0) ?? [] }
        for (name, _, _) in kpiUses {
            if let circle = order.circle(from: name) {
                report(circle)
                return
            }
        }
        let tooHigh = kpiUses.first { order.levels[$0.name] ?? 0 > DefinitionReader.mostLevels }
        guard let (name, others, document) = tooHigh,
            let use = others.max(by: { order.levels[$0.name] ?? 0 < order.levels[$1.name] ?? 0 })
        else { return }
        let list = FaultList(file: document.file)
        list.report(
            at: use.at,
            "KPI \"\(name)\" stands on \(order.levels[use.name] ?? 0) KPIs, each on the next",
            expected: "at most \(DefinitionReader.mostLevels) levels")
        faults += list.faults
    }

    /// Reports a circle at the first of its KPIs that stands in this file.
    private mutating func report(_ circle: [String]) {
        for (place, name) in circle.enumerated() {
            let next = circle[(place + 1) % circle.count]
            guard let (_, others, document) = kpiUses.first(where: { $0.name == name }),
                let use = others.first(where: { $0.name == next })
            else { continue }
            let way = circle[place...] + circle[..<place] + [name]
            let list = FaultList(file: document.file)
            list.report(
                at: use.at,
                "KPI \"\(name)\" depends on itself: " + way.joined(separator: " → "),
                expected: "KPIs that don't depend on each other in a circle")
            faults += list.faults
            return
        }
    }
}

/// How KPIs build on each other.
private struct KPIOrder {
    /// The KPIs that one uses.
    private let used: (String) -> [String]
    /// How many KPIs stand on each other up to one, by name; of those looked at.
    private(set) var levels: [String: Int] = [:]

    init(used: @escaping (String) -> [String]) { self.used = used }

    /// Looks at a KPI and all that it builds on.
    ///
    /// - Returns: KPIs of which each uses the next and the last the first; nil where there are none.
    mutating func circle(from start: String) -> [String]? {
        guard levels[start] == nil else { return nil }
        var way: [(name: String, uses: [String], rest: ArraySlice<String>)] = []
        var within: Set<String> = []
        func step(to name: String) {
            let uses = used(name)
            within.insert(name)
            way.append((name, uses, uses[...]))
        }
        step(to: start)
        while let last = way.last {
            guard let next = last.rest.first else {
                levels[last.name] = 1 + (last.uses.compactMap { levels[$0] }.max() ?? 0)
                within.remove(last.name)
                way.removeLast()
                continue
            }
            way[way.count - 1].rest.removeFirst()
            if within.contains(next) {
                return way.map(\.name).drop { $0 != next }.map { $0 }
            }
            if levels[next] == nil { step(to: next) }
        }
        return nil
    }
}
