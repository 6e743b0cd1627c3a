public import EventModel

/// Definitions kept as texts and read when they are asked for: a query of one KPI reads that KPI
/// and its projections, not the whole catalogue.
///
///     let library = DefinitionLibrary(types: types, files: shipped)
///     let kpi = try library.kpi("csat")
///
/// Not shared between threads.
public final class DefinitionLibrary {
    /// The event types that projections are checked against.
    public let types: EventTypes
    private(set) var documents: [String: [String: SourceDocument]] = [:]
    private(set) var order: [String: [String]] = [:]
    private var projections: [String: ProjectionDefinition] = [:]
    private var kpis: [String: KPIDefinition] = [:]
    private var calendars: [String: CalendarDefinition] = [:]
    var scorecards: [String: ScorecardDefinition] = [:]
    var outlines: [String: ScorecardOutline] = [:]
    private var uses: [String: [String]] = [:]

    /// A library of the documents of these files. Of two with the same kind and name the later one
    /// counts. Texts are only parted here, not read.
    ///
    /// - Complexity: O(length of the texts).
    public convenience init(types: EventTypes, files: [(path: String, text: String)]) {
        self.init(
            types: types, documents: files.flatMap { SourceDocument.split($0.text, file: $0.path) })
    }

    /// A library of documents, such as the bodies that a store has registered.
    public init(types: EventTypes, documents: [SourceDocument]) {
        self.types = types
        for document in documents {
            guard let (kind, name) = document.heading else { continue }
            let old = self.documents[kind, default: [:]].updateValue(document, forKey: name)
            if old == nil { order[kind, default: []].append(name) }
        }
    }

    /// Names of all projections, in the order of the files.
    public var projectionNames: [String] { order["projection"] ?? [] }

    /// Names of all KPIs, in the order of the files.
    public var kpiNames: [String] { order["kpi"] ?? [] }

    /// Names of all calendars, in the order of the files.
    public var calendarNames: [String] { order["calendar"] ?? [] }

    /// The text a definition is read from; nil when there is none of that name.
    public func document(kind: String, name: String) -> SourceDocument? { documents[kind]?[name] }

    /// A projection by name; nil when there is none.
    public func projection(_ name: String) throws(DefinitionFaults) -> ProjectionDefinition? {
        if let known = projections[name] { return known }
        guard let document = documents["projection"]?[name] else { return nil }
        var reader = DefinitionReader(types: types)
        reader.knownCalendarNames = { self.calendarNames }
        let read = try reader.read([document])
        guard case .projection(let projection)? = read.first?.definition else { return nil }
        projections[name] = projection
        return projection
    }

    /// A calendar by name; nil when there is none.
    public func calendar(_ name: String) throws(DefinitionFaults) -> CalendarDefinition? {
        if let known = calendars[name] { return known }
        guard let document = documents["calendar"]?[name] else { return nil }
        let read = try DefinitionReader(types: types).read([document])
        guard case .calendar(let calendar)? = read.first?.definition else { return nil }
        calendars[name] = calendar
        return calendar
    }

    /// A KPI by name; nil when there is none. The projections it names are read too.
    public func kpi(_ name: String) throws(DefinitionFaults) -> KPIDefinition? {
        if let known = kpis[name] { return known }
        guard let document = documents["kpi"]?[name] else { return nil }
        var broken: DefinitionFaults?
        let reader = DefinitionReader(
            types: types,
            knownProjection: { name in
                do throws(DefinitionFaults) {
                    return try self.projection(name)
                } catch {
                    broken = error
                    return nil
                }
            },
            knownProjectionNames: { self.projectionNames },
            knownKPI: { $0 == name ? nil : self.uses(ofKPI: $0) },
            knownKPINames: { self.kpiNames })
        do throws(DefinitionFaults) {
            guard case .kpi(let kpi)? = try reader.read([document]).first?.definition else {
                return nil
            }
            kpis[name] = kpi
            return kpi
        } catch {
            // What is wrong with its projection says more than that the projection is not there.
            throw broken ?? error
        }
    }

    /// Every definition, by kind and in the order of the files; all faults of the first document
    /// that has any.
    public func all() throws(DefinitionFaults) -> [Definition] {
        var found: [Definition] = []
        for name in calendarNames {
            if let calendar = try calendar(name) { found.append(.calendar(calendar)) }
        }
        for name in projectionNames {
            if let projection = try projection(name) { found.append(.projection(projection)) }
        }
        for name in kpiNames { if let kpi = try kpi(name) { found.append(.kpi(kpi)) } }
        for name in scorecardNames {
            if let scorecard = try scorecard(name) { found.append(.scorecard(scorecard)) }
        }
        return found
    }

    /// What can't be read with the rest, each as the file it was read from is called; sorted.
    public func unreadable() -> [String] {
        var files: Set<String> = []
        for kind in Definition.kinds {
            for name in order[kind] ?? [] where fault(ofKind: kind, name) != nil {
                files.insert(documents[kind]?[name]?.file ?? name)
            }
        }
        return files.sorted()
    }

    /// The first thing that is wrong with a definition, read with the rest; nil where nothing is.
    public func fault(ofKind kind: String, _ name: String) -> DefinitionFault? {
        do throws(DefinitionFaults) {
            _ = try definition(ofKind: kind, name)
            return nil
        } catch {
            return error.faults.first
        }
    }

    /// A definition by its kind and name; nil when there is none.
    public func definition(
        ofKind kind: String, _ name: String
    ) throws(DefinitionFaults) -> Definition? {
        switch kind {
        case "calendar": try calendar(name).map { .calendar($0) }
        case "projection": try projection(name).map { .projection($0) }
        case "kpi": try kpi(name).map { .kpi($0) }
        case "scorecard": try scorecard(name).map { .scorecard($0) }
        default: nil
        }
    }

    /// A reader for a new file, which may use what the library holds.
    public func reader() -> DefinitionReader {
        var reader = DefinitionReader(
            types: types, knownProjection: { try? self.projection($0) },
            knownProjectionNames: { self.projectionNames },
            knownKPI: { self.uses(ofKPI: $0) }, knownKPINames: { self.kpiNames },
            knownCalendarNames: { self.calendarNames })
        reader.knownKPIDefinition = { try? self.kpi($0) }
        reader.knownOutline = { self.outline(ofScorecard: $0) }
        reader.knownScorecardNames = { self.scorecardNames }
        return reader
    }

    /// Which KPIs a KPI names, without checking it: formulas are parsed, nothing else.
    private func uses(ofKPI name: String) -> [String]? {
        if let known = uses[name] { return known }
        guard let document = documents["kpi"]?[name] else { return nil }
        let found = usedKPIs(by: document)
        uses[name] = found
        return found
    }

    private func usedKPIs(by document: SourceDocument) -> [String] {
        let root = YAMLReader.read(document, faults: FaultList(file: document.file))
        var formulas: [YAMLValue] = []
        for pair in root?.pairs ?? [] {
            if pair.name == "value" { formulas.append(pair.value) }
            if pair.name == "statistics" { formulas += pair.value.pairs?.map(\.value) ?? [] }
        }
        return formulas.flatMap { value -> [String] in
            var parser = FormulaParser(value.text ?? "")
            return (try? parser.parse())?.kpis ?? []
        }
    }
}
